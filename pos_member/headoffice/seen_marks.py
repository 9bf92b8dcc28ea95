"""Which of a till's events a figure includes, as long as the feed does not say so by itself.

The parts of one event are published one by one, so an account may include an event of a till of which another part is
still on its way. The account then says so (``FeedChange.seen``); once everything up to that event is published, the
page's ``included_seq`` says it for all, and the entry is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from pos_member.headoffice import portable
from pos_member.headoffice.asking import among
from pos_member.headoffice.schema import account, effect, outgoing, revision, till

_OF_ACCOUNTS = select(account.c.seen).where(among(account.c.member_id, "ids"), account.c.seen != "{}")
_OF_COUPONS = select(revision.c.seen).where(among(revision.c.shard, "ids"), revision.c.seen != "{}")
_FIRST, _BEGIN = effect.alias("first_effect").c, effect.alias("first_epoch").c
_EPOCH = (
    select(func.min(_BEGIN.epoch)).where(_BEGIN.till_id == till.c.id, _BEGIN.late.is_(False)).correlate(till)
).scalar_subquery()
_SEQ = (
    select(func.min(_FIRST.seq))
    .where(_FIRST.till_id == till.c.id, _FIRST.late.is_(False), _FIRST.epoch == _EPOCH)
    .correlate(till)
).scalar_subquery()
# What waits first is found at the beginning of the key, however much waits behind it: after a storm a batch names
# hundreds of tills, and of each a thousand events wait.
_APPLIED = select(till.c.id, till.c.epoch, till.c.last_seq, _EPOCH, _SEQ).where(among(till.c.id, "ids"))
_LEAVING = (
    select(outgoing.c.origin_till, outgoing.c.origin_epoch, func.min(outgoing.c.origin_seq))
    .where(among(outgoing.c.origin_till, "ids"))
    .group_by(outgoing.c.origin_till, outgoing.c.origin_epoch)
)
#: (epoch, seq) of an event of a known till.
Position = tuple[int, int]


def text(position: Position) -> str:
    """``"<epoch>.<seq>"``."""
    return f"{position[0]}.{position[1]}"


def position(written: str) -> Position:
    """The reverse of ``text``."""
    epoch, _, seq = written.partition(".")
    return int(epoch), int(seq)


def add(seen: dict[str, str], till_id: str, at: Position) -> None:
    """``till_id``'s events up to ``at`` are included; never goes back."""
    if till_id not in seen or position(seen[till_id]) < at:
        seen[till_id] = text(at)


def prune(seen: dict[str, str], published: Mapping[str, Position]) -> None:
    """Drop what the feed says by itself: entries at or before the till's last event that is published whole."""
    for till_id in [each for each in seen if each in published and position(seen[each]) <= published[each]]:
        del seen[till_id]


def tills_named(connection: Connection, member_ids: Iterable[str], codes: Iterable[str]) -> set[str]:
    """Tills that stand in the ``seen`` of these accounts and coupons."""
    found: set[str] = set()
    for query, named in ((_OF_ACCOUNTS, member_ids), (_OF_COUPONS, codes)):
        for part in portable.chunks(named):
            found.update(*(_tills(written) for written in connection.execute(query, {"ids": part}).scalars()))
    return found


def _tills(written: str) -> list[str]:
    return written.split('"')[1::4]


def published(connection: Connection, till_ids: Iterable[str]) -> dict[str, Position]:
    """The last event of each till up to which every effect is in the feed. True for good: it only rises."""
    found: dict[str, Position] = {}
    for part in portable.chunks(till_ids):
        found.update(_applied(connection, part))
        for till_id, epoch, seq in connection.execute(_LEAVING, {"ids": part}):
            found[till_id] = before(found.get(till_id), (epoch, seq))
    return found


def settled(connection: Connection, till_id: str) -> Position | None:
    """The last event of a till up to which every effect is applied; ``None`` for a till nobody knows.

    Read ahead of the figures it is to speak of, or in one view with them. It only rises.
    """
    return _applied(connection, [till_id]).get(till_id)


def _applied(connection: Connection, till_ids: list[str]) -> dict[str, Position]:
    """Of each till, as ``settled``."""
    return {
        till_id: (epoch, seq) if waits_of is None else before((epoch, seq), (waits_of, waits_at))
        for till_id, epoch, seq, waits_of, waits_at in connection.execute(_APPLIED, {"ids": till_ids})
    }


def before(upto: Position | None, waits: Position) -> Position:
    """``upto``, but for what comes from ``waits`` on."""
    last = (waits[0], waits[1] - 1)
    return last if upto is None else min(upto, last)
