"""How rights end: given back, over and accounted for, void with an old epoch, asked back, written off.

What a till held is free again only when head office knows what of it was spent. A till says so by giving it back, or
by a hello: everything it did before its ``head_seq`` is on the way, so that once that much has been applied, rights to
its own sales that it had forgotten by then and rights that had lapsed by then cannot hide a use any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from pos_member.domain.rights import RightKind, RightUse
from pos_member.headoffice import exceptions, portable, rights_ledger, rule_books, times
from pos_member.headoffice.exceptions import Finding
from pos_member.headoffice.rights_cases import cases_of, uses_of_rights
from pos_member.headoffice.rights_grants import margin
from pos_member.headoffice.rights_ledger import Kept, RightState
from pos_member.headoffice.schema_sync import coupon_hold, effect, rights_mark, spending_right

#: Rights ended in one go: a hello must not take long. The rest follows with the next one.
ENDED_MAX = 2_000
RECALLS_MAX = 200
_HELD = (RightState.LIVE.value, RightState.RECALLED.value)
Change = Callable[[Kept], bool]


def release(connection: Connection, till_id: str, given_back: Iterable[RightUse], now: datetime) -> tuple[str, ...]:
    """A till gave rights back, each with all that was spent of it. Returns every id it named: it need not say it again.

    Bills that have not come yet keep what they spent set aside.
    """
    spent = {each.right_id: max(0, each.points) for each in given_back}

    def change(kept: Kept) -> bool:
        if not kept.held:
            return False
        kept.state, kept.spent, kept.ended_at = RightState.RELEASED, spent[kept.right.id], now
        return True

    here = spending_right.c.id.in_(sorted(spent))
    changed = _change(connection, till_id, here, change)
    _look_again(connection, changed, now)
    return tuple(spent)


def heard(
    connection: Connection, till_id: str, epoch: int, *, acked_seq: int, head_seq: int, applied_seq: int, now: datetime
) -> int:
    """A till said hello: end what can hide no use any more. Returns how many rights ended.

    ``applied_seq``: the last event head office holds in ``epoch``. A till that sells all day is never heard with an
    empty queue; what it said last time is settled once its events up to that time's head are here.
    """
    if _effects_wait(connection, till_id, epoch, applied_seq):
        return 0
    mark = connection.execute(select(rights_mark).where(rights_mark.c.till_id == till_id)).one_or_none()
    ended = 0
    if head_seq <= applied_seq:
        ended = release_own(connection, till_id, epoch, acked_seq, now)
    elif mark is not None and mark.epoch == epoch and mark.head_seq <= applied_seq:
        ended = release_own(connection, till_id, epoch, mark.acked_seq, times.read(mark.at))
    elif mark is not None and mark.epoch == epoch:
        return 0
    row = {"till_id": till_id, "epoch": epoch, "acked_seq": acked_seq, "head_seq": head_seq, "at": times.stored(now)}
    portable.upsert(connection, rights_mark, [row])
    return ended


def release_own(connection: Connection, till_id: str, epoch: int, acked_seq: int, now: datetime) -> int:
    """Every event a till made up to ``now`` is applied, and it knew ``acked_seq`` as acknowledged then.

    Ends the rights to its own sales up to there, and all rights of it that had lapsed, by every clock; what was given
    back has been accounted for. Returns how many. Nothing while effects of those events wait.
    """
    if _effects_wait(connection, till_id, epoch, acked_seq):
        return 0
    table, over = spending_right, now - margin(rule_books.settings(connection))
    forgotten = and_(table.c.kind == RightKind.OWN.value, table.c.epoch == epoch, table.c.origin_seq <= acked_seq)
    lapsed = table.c.lapses_at <= times.stored(over)
    coming = and_(table.c.state == RightState.RELEASED.value, table.c.spent > table.c.used)
    here = or_(and_(table.c.state.in_(_HELD), or_(forgotten, lapsed)), coming)

    def change(kept: Kept) -> bool:
        own = kept.right.kind is RightKind.OWN and kept.right.epoch == epoch and kept.right.lapses_at > over
        if kept.held and own:
            kept.state, kept.spent = RightState.RELEASED, kept.used
        elif kept.held and kept.right.lapses_at > over:
            return False
        elif kept.held or kept.state is RightState.RELEASED:
            kept.state = RightState.LAPSED
        kept.ended_at = kept.ended_at or now
        return True

    _free_holds(connection, till_id, over)
    return len(_change(connection, till_id, here, change))


def void_epoch(connection: Connection, till_id: str, epoch: int, safe_at: datetime | None, now: datetime) -> int:
    """A till goes on in a later epoch: rights of ``epoch`` and earlier ones are void. Returns how many.

    Their points are free again at ``safe_at``; without one when they lapsed by every clock, which is right where
    another copy of the till may still be selling.
    """
    after = margin(rule_books.settings(connection))

    def change(kept: Kept) -> bool:
        kept.state, kept.ended_at = RightState.VOID, now
        kept.safe_at = safe_at or kept.right.lapses_at + after
        return True

    table = spending_right
    here = and_(table.c.epoch <= epoch, table.c.state.in_(_HELD))
    ended = 0
    while changed := _change(connection, till_id, here, change):
        ended += len(changed)
    return ended


def write_off(connection: Connection, till_id: str, now: datetime) -> int:
    """A till will not be heard again: what it held and has lapsed is free, whatever it may have spent. Returns how
    many rights ended. Bills that it made none the less are taken in when they come, and may overdraw."""
    over = now - margin(rule_books.settings(connection))
    table, ended = spending_right, 0
    coming = and_(table.c.state == RightState.RELEASED.value, table.c.spent > table.c.used)
    here = or_(and_(table.c.state.in_(_HELD), table.c.lapses_at <= times.stored(over)), coming)

    def change(kept: Kept) -> bool:
        kept.state, kept.ended_at = RightState.LAPSED, kept.ended_at or now
        return True

    while changed := _change(connection, till_id, here, change):
        ended += len(changed)
    _free_holds(connection, till_id, over)
    return ended


def recalls_for(connection: Connection, till_id: str) -> tuple[str, ...]:
    """Ids of rights that head office asks this till to give back."""
    table = spending_right
    here = (table.c.till_id == till_id) & (table.c.state == RightState.RECALLED.value)
    query = select(table.c.id).where(here).order_by(table.c.lapses_at, table.c.id).limit(RECALLS_MAX)
    return tuple(connection.execute(query).scalars())


def _change(connection: Connection, till_id: str, here: ColumnElement[bool], change: Change) -> list[Kept]:
    """Change rights of a till, each member's account locked; returns those that ``change`` changed."""
    table = spending_right
    query = select(table.c.member_id, table.c.id).where(table.c.till_id == till_id, here)
    keys = connection.execute(query.order_by(table.c.member_id, table.c.id).limit(ENDED_MAX)).tuples().all()
    if not keys:
        return []
    rights_ledger.lock_accounts(connection, {member_id for member_id, _ in keys})
    found = rights_ledger.by_ids(connection, keys)
    changed = [each for each in found.values() if each.right.till_id == till_id and change(each)]
    rights_ledger.write(connection, changed)
    return changed


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


def _effects_wait(connection: Connection, till_id: str, epoch: int, seq: int) -> bool:
    """Whether events up to ``seq`` are not all applied."""
    here = (effect.c.till_id == till_id) & (effect.c.epoch == epoch) & (effect.c.seq <= seq)
    return connection.execute(select(effect.c.seq).where(here).limit(1)).first() is not None


def _free_holds(connection: Connection, till_id: str, over: datetime) -> None:
    """Coupons promised to bills of this till that did not use them."""
    here = (coupon_hold.c.till_id == till_id) & (coupon_hold.c.until <= times.stored(over))
    connection.execute(delete(coupon_hold).where(here))
