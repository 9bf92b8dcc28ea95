"""The act of an event that is held: it was checked when it was taken in, and its till's own rows are written."""

from __future__ import annotations

from pos_member.domain import events
from pos_member.headoffice import quick_read
from pos_member.headoffice.acts import LOOKED_AT, Act, read_act, take_apart

#: What was checked field by field when it came, and has fields that go no further: they are passed over.
_PASSED_OVER = {(kind.value, version): cls for (kind, version), cls in events.PAYLOADS.items() if cls in LOOKED_AT}


def stored_act(till_id: str, seq: int, kind: str, version: int, payload: bytes) -> Act:
    """What a held event does to members and coupons. Raises ``Refusal`` for a kind this build does not know."""
    cls = _PASSED_OVER.get((kind, version))
    if cls is None:
        return read_act(till_id, seq, kind, version, payload)
    return take_apart(quick_read.read(cls, payload, LOOKED_AT[cls]), till_id, seq)
