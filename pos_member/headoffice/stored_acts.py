"""The act of an event that is held: it was checked when it was taken in, and its till's own rows are written.

What only those rows are made of (the lines of a bill, its tenders) is most of an event and is not read again.
"""

from __future__ import annotations

from typing import Any

import orjson

from pos_member.domain import codec, events
from pos_member.domain.events import EventKind
from pos_member.headoffice.acts import Act, read_act, take_apart

#: Fields that change nothing beyond the rows of the till. All of them are lists, or may be missing.
_OWN = {
    EventKind.BILL_COMPLETED.value: ("lines", "discounts", "tenders"),
    EventKind.BILL_RETURNED.value: ("lines",),
}


def stored_act(till_id: str, seq: int, kind: str, version: int, payload: bytes) -> Act:
    """What a held event does to members and coupons. Raises ``Refusal`` for a kind this build does not know."""
    own = _OWN.get(kind)
    cls = events.PAYLOADS.get((EventKind(kind), version)) if own is not None else None
    if own is None or cls is None:
        return read_act(till_id, seq, kind, version, payload)
    content: dict[str, Any] = orjson.loads(payload)
    return take_apart(codec.from_wire(cls, content | {name: [] for name in own}), till_id, seq)
