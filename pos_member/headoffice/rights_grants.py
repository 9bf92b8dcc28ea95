"""Giving rights: over members identified at a till, ahead of time to their home branch, for one bill.

Never more than what is free, with the member's account row locked: Σ of what is set aside ≤ what the member may spend
at every grant. Rights that were given are never changed, so that giving one again is giving the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from pos_member.domain import codec
from pos_member.domain.member import MemberStatus
from pos_member.domain.org import Settings
from pos_member.domain.rights import ONLINE_SUFFIX, RightKind, SpendingRight
from pos_member.headoffice import denials, portable, rights_ledger, rule_books, schema, times
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.asking import among
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.outgoing import Draft
from pos_member.headoffice.rights_aside import SetAside, end
from pos_member.headoffice.rights_awaited import any_awaited
from pos_member.headoffice.rights_ledger import Kept, RightState
from pos_member.headoffice.schema_sync import spending_right
from pos_member.services.sync_ports import FeedEntity

#: Until when no right is given: head office was restored and does not know which ones tills hold.
FROZEN_UNTIL = "rights_frozen_until"
_FULL_BP = 10_000
#: What was asked back is not given to the same till again for so long: longer than a cashier needs to ask once more.
RESTS = timedelta(minutes=2)
_RECALLABLE = (RightKind.TOUCH.value, RightKind.HOME.value)
#: A right given by answer is worth it for a tenth more; one given by the feed for as much again.
_WORTH = {RightKind.TOUCH: 10, RightKind.HOME: 1}
_ACTIVE = select(schema.member.c.id).where(
    among(schema.member.c.id, "ids"), schema.member.c.status == MemberStatus.ACTIVE.value
)
_RIGHT = spending_right.c
_GIVEN_BACK = select(_RIGHT.member_id).where(
    among(_RIGHT.member_id, "ids"),
    _RIGHT.till_id == bindparam("till"),
    _RIGHT.ended_at > bindparam("since"),
    _RIGHT.state == RightState.RELEASED.value,
    _RIGHT.kind.in_(_RECALLABLE),
)


@dataclass(frozen=True)
class Standing:
    """One member's figures and rights that are set aside, read with the account row locked."""

    account: AccountState
    aside: Sequence[Kept]
    settings: Settings
    now: datetime

    def free(self, until: datetime) -> int:
        """See ``rights_ledger.free_points``."""
        return rights_ledger.free_points(self.account, self.aside, self.settings, self.now, until)

    def held_by(self, till_id: str, epoch: int, after: datetime) -> list[Kept]:
        """Rights of a till that it can still use ``after`` a moment; those to its own sales left out: it has them."""
        return [
            each
            for each in self.aside
            if each.held
            and each.right.kind is not RightKind.OWN
            and (each.right.till_id, each.right.epoch) == (till_id, epoch)
            and each.right.lapses_at > after
        ]


@dataclass(frozen=True)
class Forgotten:
    """A till has let go of the rights to its own sales up to event ``acked_seq``, and all that it did before is applied
    but for what bills in quarantine may have spent (``aside``). ``alone``: members who are asked about for what they
    earned and nothing else: asked again, because the answer was lost, nothing more is given over them. ``copied``: see
    ``rights_copied``."""

    acked_seq: int
    aside: SetAside
    alone: frozenset[str] = frozenset()
    copied: str = ""


@dataclass(frozen=True)
class Redeemed:
    """What came of asking for points for one bill; see ``protocol_rights.RedeemAnswer``."""

    rights: tuple[SpendingRight, ...]
    free: int
    elsewhere: int = 0
    elsewhere_until: datetime | None = None


def frozen(connection: Connection, now: datetime) -> bool:
    """Whether no rights are given now: until those that nobody here knows of have lapsed by every clock, and then until
    every till was heard, which may have spent of them before. A person who settles the case decides not to wait."""
    until = read_setting(connection, FROZEN_UNTIL)
    if not until:
        return False
    return times.stored(now) < until or (_case_open(connection) and any_awaited(connection, until))


def thaw(connection: Connection, now: datetime) -> None:
    """Forget of a freeze that is over: nobody need look any more."""
    until, setting = read_setting(connection, FROZEN_UNTIL), schema.setting
    if not frozen(connection, now):
        # Only the one that was looked at: another may have begun meanwhile.
        connection.execute(delete(setting).where(setting.c.name == FROZEN_UNTIL, setting.c.value == until))


def _case_open(connection: Connection) -> bool:
    table, kind = schema.exception, ExceptionKind.HEADOFFICE_RESTORED.value
    here = (table.c.kind == kind) & (table.c.state == ExceptionState.OPEN.value)
    return connection.execute(select(table.c.kind).where(here).limit(1)).first() is not None


def freeze(connection: Connection, until: datetime) -> None:
    """Give no rights before ``until``."""
    portable.upsert(connection, schema.setting, [{"name": FROZEN_UNTIL, "value": times.stored(until)}])


def longest_right(settings: Settings) -> timedelta:
    """After so long every right that was ever given has lapsed by every clock."""
    policy = settings.rights
    hours = max(policy.touch_hours, policy.home_hours, policy.own_hours, 0)
    return max(timedelta(hours=hours), timedelta(minutes=policy.bill_minutes)) + margin(settings)


def margin(settings: Settings) -> timedelta:
    """What clocks may differ by."""
    return timedelta(minutes=settings.rights.margin_minutes)


def draft(right: SpendingRight, *, deleted: bool = False) -> Draft:
    """What the feed tells the till of a right."""
    return Draft(FeedEntity.RIGHT, right.id, codec.to_wire(right), deleted=deleted, scope=f"till:{right.till_id}")


def top_up(
    standing: Standing, kind: RightKind, till_id: str, epoch: int, right_id: str, at_most: int | None = None
) -> Kept | None:
    """A right beside those the till has already, not stored yet; ``None`` where it would not be worth it.

    ``at_most``: no more than this: what was asked back from a till must not go there again with what it earned.
    """
    policy = standing.settings.rights
    hours = policy.touch_hours if kind is RightKind.TOUCH else policy.home_hours
    until = standing.now + timedelta(hours=hours)
    has = sum(each.left for each in standing.held_by(till_id, epoch, standing.now + timedelta(hours=hours) / 2))
    free = standing.free(until)
    if hours <= 0 or free <= 0:
        return None
    most = policy.touch_points_max
    if kind is RightKind.HOME:
        most = min(policy.home_points_max, (free + has) * policy.home_share_bp // _FULL_BP)
    points = min(free, most - has, free if at_most is None else at_most)
    if points <= 0 or points * _WORTH[kind] < has:
        return None
    owner = standing.account.member_id
    return Kept(SpendingRight(right_id, owner, till_id, epoch, kind, points, standing.now, until))


def touch(
    connection: Connection,
    till_id: str,
    epoch: int,
    member_ids: Iterable[str],
    now: datetime,
    new_id: Callable[[], str],
    forgotten: Forgotten | None = None,
) -> list[SpendingRight]:
    """The live rights of a till over members identified there, old and new.

    Asked again it gives the same: a new one only where it is worth it, and none over what this till gave back just now
    because another asked for it. Nothing for members that are denied, blocked or not known. ``forgotten``: what the
    members earned there and the till no longer holds is given anew first.
    """
    settings = rule_books.settings(connection)
    wanted = may_have_rights(connection, member_ids)
    wanted -= denials.denied_members(connection, wanted)
    accounts = rights_ledger.lock_accounts(connection, wanted)
    aside = rights_ledger.set_aside(connection, wanted, now)
    stopped = frozen(connection, now)
    given_back = _given_back(connection, till_id, wanted, now)
    found: list[SpendingRight] = []
    changed: list[Kept] = []
    for member_id in sorted(wanted):
        standing = Standing(accounts[member_id], aside.get(member_id, []), settings, now)
        gone = [] if forgotten is None else _forget(standing, till_id, epoch, forgotten)
        earned = sum(each.left for each in gone)
        changed += gone
        found += [each.right for each in standing.held_by(till_id, epoch, now)]
        waits = stopped or member_id in given_back
        at_most = earned or None
        if forgotten is not None and member_id in forgotten.alone:
            at_most = earned + _let_go_of(connection, member_id, till_id, epoch, forgotten.acked_seq, now)
        made = None if waits else top_up(standing, RightKind.TOUCH, till_id, epoch, new_id(), at_most)
        if made is not None:
            changed.append(made)
            found.append(made.right)
    rights_ledger.write(connection, changed)
    return found


def _given_back(connection: Connection, till_id: str, member_ids: Iterable[str], now: datetime) -> set[str]:
    """Members over whom the till just gave a right back: somebody stands at another till and waits for it."""
    found = set[str]()
    for part in portable.chunks(member_ids):
        asked = {"ids": part, "till": till_id, "since": times.stored(now - RESTS)}
        found.update(connection.execute(_GIVEN_BACK, asked).scalars())
    return found


def _forget(standing: Standing, till_id: str, epoch: int, forgotten: Forgotten) -> list[Kept]:
    """End the rights to its own sales that a till has let go of. Returns them."""
    gone = [
        each
        for each in standing.aside
        if each.held and each.right.till_id == till_id and each.let_go(epoch, forgotten.acked_seq, forgotten.copied)
    ]
    for each in gone:
        end(each, RightState.RELEASED, forgotten.aside, standing.now)
    return gone


def _let_go_of(connection: Connection, member_id: str, till_id: str, epoch: int, acked_seq: int, now: datetime) -> int:
    """Points of rights to its own sales that ended with the till's hello, would not be over yet, and were not given
    anew since: none where the answer that gave them was lost."""
    mine = (_RIGHT.member_id == member_id) & (_RIGHT.till_id == till_id) & (_RIGHT.epoch == epoch)
    given = select(func.max(_RIGHT.granted_at)).where(mine, _RIGHT.kind == RightKind.TOUCH.value)
    ended = _RIGHT.ended_at > func.coalesce(given.scalar_subquery(), "")
    ended &= (_RIGHT.kind == RightKind.OWN.value) & (_RIGHT.state == RightState.RELEASED.value)
    ended &= _RIGHT.lapses_at > times.stored(now)
    query = select(spending_right).where(mine, ended, _RIGHT.origin_seq <= acked_seq)
    return sum(rights_ledger.kept_of(row).left for row in connection.execute(query))


def for_bill(
    connection: Connection, till_id: str, epoch: int, member_id: str, bill_id: str, points: int, now: datetime
) -> Redeemed:
    """A right over exactly ``points`` for one bill, once however often it is asked for.

    Asked for more later, a second one makes up the difference. Where there is not so much free, nothing is given, and
    what other tills hold is asked back.
    """
    settings = rule_books.settings(connection)
    if not may_have_rights(connection, [member_id]) or frozen(connection, now):
        return Redeemed((), 0)
    account = rights_ledger.lock_accounts(connection, [member_id])[member_id]
    listed = rights_ledger.set_aside(connection, [member_id], now).get(member_id, [])
    standing = Standing(account, listed, settings, now)
    until = now + timedelta(minutes=settings.rights.bill_minutes)
    before = [each for each in _for_bill(connection, member_id, bill_id) if each.right.till_id == till_id]
    usable = [each for each in before if each.held and each.right.epoch == epoch and each.right.lapses_at > now]
    had, free = sum(each.right.points for each in usable), standing.free(until)
    wanted = points - had
    if wanted <= 0:
        return Redeemed(tuple(each.right for each in usable), max(0, free))
    if wanted > free:
        return _refused(connection, standing, till_id, usable, wanted)
    right_id = bill_id + ONLINE_SUFFIX + (f":{len(before) + 1}" if before else "")
    made = SpendingRight(right_id, member_id, till_id, epoch, RightKind.BILL, wanted, now, until)
    rights_ledger.write(connection, [Kept(made)])
    return Redeemed((*(each.right for each in usable), made), free - wanted)


def _refused(connection: Connection, standing: Standing, till_id: str, usable: Sequence[Kept], wanted: int) -> Redeemed:
    """Not enough is free: say where the rest is, and ask it back."""
    free = max(0, standing.free(standing.now + timedelta(minutes=standing.settings.rights.bill_minutes)))
    others = [each for each in standing.aside if each.right.till_id != till_id and each.reserved(standing.now)]
    ends = [each.safe_at or each.right.lapses_at + margin(standing.settings) for each in others]
    # A till that was not heard since its right lapsed may have spent it: nobody can say when it will tell.
    known = bool(ends) and min(ends) > standing.now
    recalled, short = [], wanted - free
    for each in sorted(others, key=lambda one: (-one.left, one.right.id)):
        if short > 0 and each.held and each.right.kind in (RightKind.TOUCH, RightKind.HOME):
            each.state = RightState.RECALLED
            recalled.append(each)
            short -= each.left
    rights_ledger.write(connection, recalled)
    elsewhere = sum(each.reserved(standing.now) for each in others)
    return Redeemed(tuple(each.right for each in usable), free, elsewhere, max(ends) if known else None)


def _for_bill(connection: Connection, member_id: str, bill_id: str) -> list[Kept]:
    """Rights given for one bill, in the order they were given."""
    table = spending_right
    here = (table.c.member_id == member_id) & (table.c.kind == RightKind.BILL.value)
    query = select(table).where(here, table.c.id.startswith(bill_id + ONLINE_SUFFIX, autoescape=True))
    found = [rights_ledger.kept_of(row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each.right.granted_at, each.right.id))


def may_have_rights(connection: Connection, member_ids: Iterable[str]) -> set[str]:
    """Of these, the members that are active."""
    found = set[str]()
    for part in portable.chunks(member_ids):
        found.update(connection.execute(_ACTIVE, {"ids": part}).scalars())
    return found
