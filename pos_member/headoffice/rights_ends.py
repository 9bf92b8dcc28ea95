"""How rights end: given back, over and accounted for, void with an old epoch, asked back, written off.

What a till held is free again only when head office knows what of it was spent. A till says so by giving it back, or
by a hello: everything it did before its ``head_seq`` is on the way, so that once that much has been applied, rights to
its own sales that it had forgotten by then and rights that had lapsed by then cannot hide a use any more. What lies in
quarantine is not applied: what it may have used stays aside (``rights_aside``).

Each member and each coupon is a unit of work. A right ends once however often it is tried, and what a till said is
taken for settled (``rights_mark``) when all of it is: broken off anywhere, the next hello makes it good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    union_all,
)

from pos_member.domain.rights import RightKind, RightUse
from pos_member.headoffice import exceptions, portable, rights_aside, rights_ledger, rule_books, times
from pos_member.headoffice.exceptions import Finding
from pos_member.headoffice.rights_aside import SetAside, end
from pos_member.headoffice.rights_cases import cases_of, uses_of_rights
from pos_member.headoffice.rights_copied import copied_until
from pos_member.headoffice.rights_grants import margin
from pos_member.headoffice.rights_ledger import ENDED, Kept, RightState
from pos_member.headoffice.schema_sync import coupon_hold, effect, rights_mark, spending_right
from pos_member.headoffice.units import Pack, Units

#: Rights ended in one go: a hello must not take long. The rest follows with the next one.
ENDED_MAX = 2_000
RECALLS_MAX = 200
#: What a till said is not written again sooner, where it says the same.
_MARK_LASTS = timedelta(minutes=1)
_RIGHT = spending_right.c
_IS_HELD = _RIGHT.state.in_((RightState.LIVE.value, RightState.RECALLED.value))
# Not the state itself: SQLite would take the index by state, through all that ever ended, and not the one of these few.
_IS_COMING = and_(_RIGHT.spent > _RIGHT.used, func.coalesce(_RIGHT.state, "").in_(ENDED))
#: Not of one that was given back after the till said what is settled now, or about then (a hello may be held up by the
#: line): of the bills that are counted in ``spent`` it says nothing.
_COMING = and_(
    _IS_COMING,
    or_(_RIGHT.ended_at.is_(None), _RIGHT.ended_at <= bindparam("over"), _RIGHT.lapses_at <= bindparam("over")),
)
#: As ``Kept.let_go``.
_FORGOTTEN = and_(
    _RIGHT.kind == RightKind.OWN.value,
    _RIGHT.epoch == bindparam("of"),
    _RIGHT.origin_seq <= bindparam("acked"),
    _RIGHT.granted_at > bindparam("copied"),
)
_LAPSED = and_(_RIGHT.kind.in_([kind.value for kind in RightKind]), _RIGHT.lapses_at <= bindparam("over"))
_HERE = select(_RIGHT.id).where(_RIGHT.till_id == bindparam("till")).limit(1)
#: Asked with every hello: each goes by its index to what is over.
_TO_FORGET, _TO_LAPSE = _HERE.where(_IS_HELD, _FORGOTTEN), _HERE.where(_IS_HELD, _LAPSED)
_TO_ACCOUNT_FOR = _HERE.where(_COMING)
_RECALLED = (
    select(_RIGHT.id)
    .where(_RIGHT.till_id == bindparam("till"), _RIGHT.state == RightState.RECALLED.value)
    # Not in the order of an index: SQLite took it, through all that is asked back of any till.
    .order_by(func.coalesce(_RIGHT.lapses_at, ""), _RIGHT.id)
    .limit(RECALLS_MAX)
)
_MARK = select(rights_mark).where(rights_mark.c.till_id == bindparam("till"))
_HOLD_OVER = (
    select(coupon_hold.c.code)
    .where(coupon_hold.c.till_id == bindparam("till"), coupon_hold.c.until <= bindparam("over"))
    .limit(1)
)
_ENDS_SOME = select(exists(_TO_FORGET), exists(_TO_LAPSE), exists(_TO_ACCOUNT_FOR), exists(_HOLD_OVER))
_OF = bindparam("of", type_=Integer)
_WAITS = (
    select(effect.c.seq)
    .where(effect.c.till_id == bindparam("till"))
    .where((effect.c.epoch < _OF) | ((effect.c.epoch == _OF) & (effect.c.seq <= bindparam("upto"))))
    .limit(1)
)
Change = Callable[[Kept], bool]
Then = Callable[[Connection, Sequence[Kept]], None]


def release(units: Units, till_id: str, given_back: Iterable[RightUse], now: datetime) -> tuple[str, ...]:
    """A till gave rights back, each with all that was spent of it. Returns every id it named: it need not say it again.

    Bills that have not come yet keep what they spent set aside.
    """
    spent = {each.right_id: max(0, each.points) for each in given_back}

    def change(kept: Kept) -> bool:
        if not kept.held:
            return False
        kept.state, kept.spent, kept.ended_at = RightState.RELEASED, spent[kept.right.id], now
        return True

    if spent:
        with units.pack() as pack:
            here = and_(_IS_HELD, spending_right.c.id.in_(sorted(spent)))
            _change(pack, till_id, (here,), change, lambda connection, changed: _look_again(connection, changed, now))
    return tuple(spent)


def heard(
    units: Units,
    till_id: str,
    epoch: int,
    *,
    acked_seq: int,
    head_seq: int,
    applied_seq: int,
    now: datetime,
    said_at: datetime | None = None,
) -> int:
    """A till said hello: end what can hide no use any more. Returns how many rights ended.

    ``applied_seq``: the last event head office holds in ``epoch``. A till that sells all day is never heard with an
    empty queue; what it said last time is settled once its events up to that time's head are here. ``said_at``: when
    it spoke, where that is not now: of what it did since nothing is known.
    """
    said = said_at or now
    with units.database.read() as connection:
        word = glance(
            connection, till_id, epoch, acked_seq=acked_seq, head_seq=head_seq, applied_seq=applied_seq, said=said
        )
    ended = 0
    if word.ends is not None and word.ends.until is not None:
        ended = release_own(units, till_id, epoch, word.ends.acked_seq, word.ends.until, now, upto=applied_seq)
    if word.mark is not None:
        with units.pack() as pack, pack.unit() as connection:
            keep(connection, word)
    return ended


@dataclass(frozen=True)
class Word:
    """What a hello means for the rights of its till. ``ends``: some end by it; ``mark``: what is to be kept of it."""

    ends: Settled | None = None
    mark: Mapping[str, Any] | None = None


def glance(
    connection: Connection,
    till_id: str,
    epoch: int,
    *,
    acked_seq: int,
    head_seq: int,
    applied_seq: int,
    said: datetime,
    settled: bool = False,
) -> Word:
    """What ``heard`` would have to do. Nothing while effects wait, or while what was said before is waited for.
    ``settled``: it is known that none of this till's do."""
    if not settled and effects_wait(connection, till_id, epoch, applied_seq):
        return Word()
    mark = connection.execute(_MARK, {"till": till_id}).one_or_none()
    over = _settled(mark, epoch, acked_seq, head_seq, applied_seq, said)
    if over is None:
        return Word()
    row = {"till_id": till_id, "epoch": epoch, "acked_seq": acked_seq, "head_seq": head_seq, "at": times.stored(said)}
    known = mark is not None and _says_the_same(mark, row)
    ends = over.until is not None and _ends_some(connection, till_id, epoch, over.acked_seq, over.until)
    return Word(over if ends else None, None if known else row)


def keep(connection: Connection, word: Word) -> None:
    """Keep what was said, once all that it settles is settled."""
    if word.mark is not None:
        portable.upsert(connection, rights_mark, [word.mark])


def _says_the_same(mark: Row[Any], row: Mapping[str, Any]) -> bool:
    """Whether it is no use to write ``row`` over ``mark``: a till that hears news all the time says hello with each. An
    earlier ``at`` only settles less."""
    if any(getattr(mark, name) != row[name] for name in ("epoch", "acked_seq", "head_seq")):
        return False
    return timedelta(0) <= times.read(row["at"]) - times.read(mark.at) < _MARK_LASTS


@dataclass(frozen=True)
class Settled:
    """All that a till did ``until`` then is here, and it knew ``acked_seq`` as acknowledged. No ``until``: nothing is
    known yet."""

    acked_seq: int = 0
    until: datetime | None = None


def _settled(
    mark: Row[Any] | None, epoch: int, acked_seq: int, head_seq: int, applied_seq: int, said: datetime
) -> Settled | None:
    """What a hello settles; ``None`` where what was said before is waited for."""
    if head_seq <= applied_seq:
        return Settled(acked_seq, said)
    if mark is None or mark.epoch != epoch:
        return Settled()
    return Settled(mark.acked_seq, times.read(mark.at)) if mark.head_seq <= applied_seq else None


def _ends_some(connection: Connection, till_id: str, epoch: int, acked_seq: int, until: datetime) -> bool:
    """Whether anything of this till's may end by what ``release_own`` is told."""
    after = margin(rule_books.settings(connection))
    asked = {"till": till_id, "of": epoch, "acked": acked_seq, "over": times.stored(until - after), "copied": ""}
    some = any(connection.execute(_ENDS_SOME, asked).one())
    copied = copied_until(connection, till_id, epoch, after) if some else ""
    return any(connection.execute(_ENDS_SOME, asked | {"copied": copied}).one()) if copied else some


def release_own(
    units: Units, till_id: str, epoch: int, acked_seq: int, until: datetime, now: datetime, *, upto: int
) -> int:
    """Every event a till made up to ``until`` is in ``upto``, and it knew ``acked_seq`` as acknowledged then.

    Ends the rights to its own sales up to there, and all rights of it that had lapsed, by every clock; what was given
    back has been accounted for. What bills in quarantine may have used of them stays aside. Returns how many. Nothing
    while effects of those events wait.
    """
    with units.database.read() as connection:
        # In one view: what is taken in again lies in quarantine no more, and waits.
        if effects_wait(connection, till_id, epoch, upto):
            return 0
        # Most hellos end nothing: they need not stand in line with those that write.
        if not _ends_some(connection, till_id, epoch, acked_seq, until):
            return 0
        aside = rights_aside.read(connection, till_id)
        after = margin(rule_books.settings(connection))
        over, copied = until - after, copied_until(connection, till_id, epoch, after)
    forgotten = _FORGOTTEN.params(of=epoch, acked=acked_seq, copied=copied)
    lapsed, coming = (each.params(over=times.stored(over)) for each in (_LAPSED, _COMING))
    here = (and_(_IS_HELD, forgotten), and_(_IS_HELD, lapsed), coming)

    def change(kept: Kept) -> bool:
        if not kept.held:
            long_over = min(kept.ended_at or over, kept.right.lapses_at) <= over
            return long_over and _accounted_for(kept, aside)
        if kept.right.lapses_at <= over:
            end(kept, RightState.LAPSED, aside, now)
        elif kept.let_go(epoch, acked_seq, copied):
            end(kept, RightState.RELEASED, aside, now)
        else:
            return False
        return True

    with units.pack() as pack:
        _free_holds(pack, till_id, over)
        return _change(pack, till_id, here, change)


def void_epoch(units: Units, till_id: str, epoch: int, safe_at: datetime | None, now: datetime) -> int:
    """A till goes on in a later epoch: rights of ``epoch`` and earlier ones are void. Returns how many.

    Their points are free again at ``safe_at``; without one when they lapsed by every clock, which is right where
    another copy of the till may still be selling. What bills in quarantine may have used stays aside.
    """
    with units.database.read() as connection:
        after = margin(rule_books.settings(connection))
        aside = rights_aside.read(connection, till_id)

    def change(kept: Kept) -> bool:
        if not kept.held or kept.right.epoch > epoch:
            return False
        end(kept, RightState.VOID, aside, now)
        kept.safe_at = safe_at or kept.right.lapses_at + after
        return True

    table = spending_right
    here = (and_(table.c.epoch <= epoch, _IS_HELD),)
    ended = 0
    with units.pack() as pack:
        while changed := _change(pack, till_id, here, change):
            ended += changed
    return ended


def write_off(units: Units, till_id: str, now: datetime) -> int:
    """A till will not be heard again: what it held and has lapsed is free, whatever it may have spent. Returns how
    many rights ended. Bills that it made none the less are taken in when they come, and may overdraw."""
    with units.database.read() as connection:
        over = now - margin(rule_books.settings(connection))
    table, ended = spending_right, 0
    # Not in the order of an index: that one goes through the rights of every till.
    here = (and_(_IS_HELD, func.coalesce(table.c.lapses_at, "") <= times.stored(over)), _IS_COMING)

    def change(kept: Kept) -> bool:
        if not kept.held:
            return _accounted_for(kept, SetAside())
        if kept.right.lapses_at > over:
            return False
        end(kept, RightState.LAPSED, SetAside(), now)
        return True

    with units.pack() as pack:
        while changed := _change(pack, till_id, here, change):
            ended += changed
        _free_holds(pack, till_id, over)
    return ended


def recalls_for(connection: Connection, till_id: str) -> tuple[str, ...]:
    """Ids of rights that head office asks this till to give back."""
    return tuple(connection.execute(_RECALLED, {"till": till_id}).scalars())


def effects_wait(connection: Connection, till_id: str, epoch: int, seq: int) -> bool:
    """Whether events up to ``seq`` of ``epoch``, or of an earlier one, are not all applied."""
    return connection.execute(_WAITS, {"till": till_id, "of": epoch, "upto": seq}).first() is not None


def _accounted_for(kept: Kept, aside: SetAside) -> bool:
    """Of a right that ended: all bills came but those in quarantine. Whether that changes anything."""
    pending = min(kept.coming, aside.of(kept))
    if pending == kept.coming:
        return False
    kept.spent = kept.used + pending
    if kept.state is RightState.RELEASED and not pending:
        kept.state = RightState.LAPSED
    return True


def _change(
    pack: Pack,
    till_id: str,
    here: Sequence[ColumnElement[bool]],
    change: Change,
    then: Then = lambda _connection, _changed: None,
) -> int:
    """Change rights of a till, each member's account locked; returns how many ``change`` changed. ``here``: which, each
    of them by one of these.

    ``change`` sees them as they stand under the lock: another worker may have ended them meanwhile. ``then`` is called
    in the same unit.
    """
    last, count = ("", ""), 0
    while True:
        with pack.unit() as connection:
            keys = _page(connection, till_id, here, last)
        for part in pack.units_of(keys, itemgetter(0)):
            with pack.unit() as connection:
                rights_ledger.lock_accounts(connection, {member_id for member_id, _ in part})
                found = rights_ledger.by_ids(connection, part)
                changed = [each for each in found.values() if each.right.till_id == till_id and change(each)]
                rights_ledger.write(connection, changed)
                then(connection, changed)
                count += len(changed)
        if count or len(keys) < ENDED_MAX:
            return count
        last = keys[-1]  # those wait for a bill in quarantine: others behind them need not


def _page(
    connection: Connection, till_id: str, here: Sequence[ColumnElement[bool]], last: tuple[str, str]
) -> list[tuple[str, str]]:
    table = spending_right
    beyond = (table.c.member_id > last[0]) | ((table.c.member_id == last[0]) & (table.c.id > last[1]))
    mine = select(table.c.member_id, table.c.id).where(table.c.till_id == till_id, beyond)
    found = union_all(*(mine.where(each) for each in here)).subquery()
    rows = connection.execute(select(found).order_by(found.c.member_id, found.c.id).limit(ENDED_MAX))
    return [(row.member_id, row.id) for row in rows]


def _look_again(connection: Connection, changed: Sequence[Kept], now: datetime) -> None:
    """More may have been spent of a right than its till said when it gave it back."""
    minutes = rule_books.settings(connection).rights.margin_minutes
    uses = uses_of_rights(connection, [(each.right.member_id, each.right.id) for each in changed if each.used])
    findings: list[Finding] = []
    for each in changed:
        key = (each.right.member_id, each.right.id)
        if key in uses:
            findings += cases_of(*key, each, uses[key], minutes)
    exceptions.record(connection, findings, times.stored(now))


def _free_holds(pack: Pack, till_id: str, over: datetime) -> None:
    """Coupons promised to bills of this till that did not use them."""
    table = coupon_hold
    here = (table.c.till_id == till_id) & (table.c.until <= times.stored(over))
    with pack.unit() as connection:
        if pack.shared:
            connection.execute(delete(table).where(here))
            return
        codes = sorted(set(connection.execute(select(table.c.code).where(here).limit(ENDED_MAX)).scalars()))
    for code in codes:
        with pack.unit() as connection:
            connection.execute(delete(table).where(table.c.code == code, here))
