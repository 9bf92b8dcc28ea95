"""What tills are to be told: written with the change itself, in one commit; the stamper gives it its number later.

Every telling of a thing has a revision that rises while the thing's row is locked, so that of two the newer is known
whatever order they are numbered in. An account counts in its own row, everything else in ``revision``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select, update

from pos_member.domain import codec
from pos_member.domain.clock import SystemClock
from pos_member.headoffice import portable, times
from pos_member.headoffice.asking import keyed
from pos_member.headoffice.schema import account, outgoing, revision
from pos_member.services.sync_ports import FeedEntity

ORGANISATION_SCOPE = "organisation"
#: The shard of what is whole on every machine: catalogue, keys.
REFERENCE_SHARD = "reference"
_OF_ITSELF = frozenset(
    {
        FeedEntity.MEMBER.value,
        FeedEntity.ACCOUNT.value,
        FeedEntity.COUPON.value,
        FeedEntity.TILL_CERTIFICATE.value,
    }
)
#: Entity → where its body names whose it is.
_NAMED = {
    FeedEntity.QUOTA.value: "till_id",
    FeedEntity.RIGHT.value: "member_id",
    FeedEntity.DENIED.value: "subject_id",
}
#: A number that is not whole, or a text with the look of one.
_FRACTION = re.compile(rb"[:,\[]-?[0-9]+[.eE]")
#: (shard, entity, id) of a thing.
Key = tuple[str, str, str]
_KEY = (revision.c.shard, revision.c.entity, revision.c.id)
_KNOWN = select(revision).where(keyed(_KEY, "keys"))
_LOCKED = _KNOWN.order_by(*_KEY).with_for_update()


@dataclass(frozen=True)
class Origin:
    """The first event whose effects a change tells."""

    till_id: str
    epoch: int
    seq: int


@dataclass(frozen=True)
class Draft:
    """A change to publish.

    ``shard``: the member, coupon or till whose row is locked with it; by itself it is known for members, accounts,
    coupons, certificates, quotas, rights and what is denied, else it is the catalogue's. ``n``: its revision, by those
    who keep it themselves. ``seen``: see ``FeedChange``.
    """

    entity: str
    id: str
    body: Mapping[str, Any]
    deleted: bool = False
    scope: str = ORGANISATION_SCOPE
    shard: str = ""
    n: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None

    @property
    def key(self) -> Key:
        """Whose revision it has."""
        return self.shard or _shard(self), str(self.entity), self.id


def _shard(draft: Draft) -> str:
    if draft.entity in _OF_ITSELF:
        return draft.id
    if draft.entity in _NAMED:
        return str(draft.body[_NAMED[draft.entity]])
    return REFERENCE_SHARD


def publish(connection: Connection, drafts: Iterable[Draft], at: str = "") -> int:
    """Write changes down for the stamper, in this order. Returns how many. ``at``: stored time, now where it is empty.

    Their own rows are written or locked already: of an account whose draft has no ``n`` the row must be there.
    """
    listed = list(drafts)
    if not listed:
        return 0
    at = at or times.stored(SystemClock().now())
    numbers = _numbered(connection, [draft for draft in listed if draft.n is None])
    rows = []
    for place, draft in enumerate(listed):
        shard, entity, subject_id = draft.key
        n = draft.n if draft.n is not None else next(numbers[draft.key])
        rows.append(
            {
                "shard": shard,
                "entity": entity,
                "id": subject_id,
                "n": n,
                "at": at,
                "place": place,
                "scope": draft.scope,
                "deleted": draft.deleted,
                "body": _written(draft.body),
                "seen": orjson.dumps(draft.seen, option=orjson.OPT_SORT_KEYS).decode() if draft.seen else "{}",
                "origin_till": draft.origin.till_id if draft.origin else None,
                "origin_epoch": draft.origin.epoch if draft.origin else None,
                "origin_seq": draft.origin.seq if draft.origin else None,
            }
        )
    portable.insert_many(connection, outgoing, rows)
    return len(rows)


def _written(body: Mapping[str, Any]) -> str:
    """As JSON. Raises ``TypeError`` where it holds what has no form on the wire: it goes out as it is written here."""
    written = orjson.dumps(body)
    if _FRACTION.search(written):
        codec.to_wire(body)
    return written.decode()


def _numbered(connection: Connection, drafts: Sequence[Draft]) -> dict[Key, Any]:
    """The next revisions of each thing, as many as it has drafts, to be taken one after another."""
    wanted = Counter(draft.key for draft in drafts)
    accounts = {key: count for key, count in wanted.items() if key[1] == FeedEntity.ACCOUNT.value}
    others = {key: count for key, count in wanted.items() if key not in accounts}
    last = _raise_accounts(connection, accounts) | raise_revisions(connection, others)
    return {key: iter(range(last[key] - count + 1, last[key] + 1)) for key, count in wanted.items()}


def _raise_accounts(connection: Connection, wanted: Mapping[Key, int]) -> dict[Key, int]:
    found = {}
    for key in sorted(wanted):
        here = account.c.member_id == key[2]
        connection.execute(update(account).where(here).values(n=account.c.n + wanted[key]))
        found[key] = int(connection.execute(select(account.c.n).where(here)).scalar_one())
    return found


def raise_revisions(connection: Connection, wanted: Mapping[Key, int]) -> dict[Key, int]:
    """Raise each revision by so much, its row locked until the end of the transaction. Returns the new ones."""
    if not wanted:
        return {}
    keys = sorted(wanted)
    held = lock_revisions(connection, keys)
    raised = {key: held[key][0] + wanted[key] for key in keys}
    rows = [{"shard": key[0], "entity": key[1], "id": key[2], "n": raised[key]} for key in keys]
    portable.upsert(connection, revision, rows)
    return raised


def lock_revisions(connection: Connection, keys: Iterable[Key]) -> dict[Key, tuple[int, str]]:
    """(n, seen) of these things, their rows made where they are missing and locked until the transaction's end.

    In the order of their keys, whichever of them are there.
    """
    wanted = sorted(set(keys))
    rows = [{"shard": shard, "entity": entity, "id": subject, "n": 0} for shard, entity, subject in wanted]
    portable.insert_locked(connection, revision, rows)
    return _read(connection, _KNOWN, wanted)


def lock_known(connection: Connection, keys: Iterable[Key]) -> dict[Key, tuple[int, str]]:
    """As ``lock_revisions``, those that are there."""
    return _read(connection, _LOCKED, keys)


def _read(connection: Connection, query: Select[Any], keys: Iterable[Key]) -> dict[Key, tuple[int, str]]:
    found = {}
    for part in portable.parts(keys):
        for row in connection.execute(query, {"keys": part}):
            found[(row.shard, row.entity, row.id)] = (int(row.n), str(row.seen))
    return found
