"""Point entries of a sale, a return and the expiry run: pure builders; whoever calls stores them.

Owed points (policy ``within_balance``). A return that cannot take back all it should stores the rest as
``BillReturn.points_owed``. The next earn repays: beside its EARN entries stands a REVERSE entry with the reason
``OWED_REPAID`` that takes the repaid points out of the new lot again. So the outstanding debt is a sum over stored
facts, Σ ``BillReturn.points_owed`` less the points of the ``OWED_REPAID`` entries (``outstanding``). The till reads it
as ``Account.owed``. Stamps likewise, per currency: ``BillReturn.stamps_owed`` and ``Account.owed_stamps``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pos_member.domain.bill import BillReturn
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.expiry import earn_bucket as earn_bucket
from pos_member.domain.expiry import first_day_of_use
from pos_member.domain.ids import NewId
from pos_member.domain.org import Settings
from pos_member.domain.points import OWED_REPAID as OWED_REPAID
from pos_member.domain.points import (
    Account,
    Balances,
    Buckets,
    Pending,
    PointEntry,
    PointKind,
    bucket_order,
    draw,
    has_ended,
)
from pos_member.domain.pricing import EarnResult

#: A reward taken: (program id, points > 0), and the stamp currency where it is not points.
Redeemed = tuple[str, int] | tuple[str, int, str]


@dataclass(frozen=True)
class EntryContext:
    """What all entries of one act share. ``at`` is aware UTC; ``bill_id`` the bill they belong to, if any."""

    member_id: str
    bill_id: str | None
    staff_id: str
    till_id: str
    at: datetime
    business_date: date
    new_id: NewId

    def entry(
        self,
        kind: PointKind,
        points: int,
        bucket: date | None,
        *,
        line_no: int | None = None,
        program_id: str | None = None,
        reason: str = "",
        reverses_id: str | None = None,
        currency: str = "",
        spendable_from: date | None = None,
        qualifying: bool = True,
        member_id: str | None = None,
    ) -> PointEntry:
        """One entry with a new id; ``member_id`` where it is not the context's."""
        return PointEntry(
            id=self.new_id(),
            member_id=member_id or self.member_id,
            kind=kind,
            points=points,
            bucket=bucket,
            bill_id=self.bill_id,
            line_no=line_no,
            program_id=program_id,
            reason=reason,
            staff_id=self.staff_id,
            till_id=self.till_id,
            at=self.at,
            business_date=self.business_date,
            reverses_id=reverses_id,
            currency=currency,
            spendable_from=spendable_from,
            qualifying=qualifying,
        )


@dataclass(frozen=True)
class Movement:
    """A signed change of one lot, before it becomes an entry: what a return plan is made of.

    ``member_id`` is ``None`` for the bill's member. ``spendable_from`` names the pending part of the lot.
    """

    points: int
    bucket: date | None
    line_no: int | None
    program_id: str | None
    reverses_id: str | None
    currency: str = ""
    spendable_from: date | None = None
    qualifying: bool = True
    member_id: str | None = None


def earn_lot(settings: Settings, today: date, currency: str = "") -> tuple[date | None, date | None]:
    """Last day, and first day of use (``None``: at once), of what is earned ``today``.

    A lot is never over before it can be used: where the policy would end it earlier, it ends as if it had been earned
    on the first day of use.
    """
    bucket, first = earn_bucket(settings, today, currency), first_day_of_use(settings, today, currency)
    if bucket is not None and first is not None and bucket < first:
        bucket = earn_bucket(settings, first, currency)
    return bucket, first


def earn_entries(
    earns: Iterable[EarnResult],
    settings: Settings,
    context: EntryContext,
    owed: int = 0,
    owed_stamps: Mapping[str, int] | None = None,
) -> tuple[PointEntry, ...]:
    """Entries of what a bill earned, one per program and line, and the repayment of ``owed`` points out of them.

    Points that no line carries make an entry without a line. What another member gets (``EarnResult.member_id``) makes
    one entry with that member's id; it repays nothing, since that member's debts are not known here.
    """
    entries: list[PointEntry] = []
    for earn in earns:
        bucket, first = earn_lot(settings, context.business_date, earn.currency)
        mine = earn.member_id in (None, context.member_id)
        shares: dict[int | None, int] = dict(earn.by_line.items()) if mine else {}
        shares[None] = earn.points - sum(shares.values())
        entries.extend(
            context.entry(
                PointKind.EARN,
                points,
                bucket,
                line_no=line_no,
                program_id=earn.program_id,
                currency=earn.currency,
                spendable_from=first,
                qualifying=earn.qualifying and not earn.currency and mine,
                member_id=earn.member_id,
            )
            for line_no, points in shares.items()
            if points
        )
    debts = {"": owed, **(owed_stamps or {})}
    return (*entries, *(each for currency in debts for each in _repay(currency, debts[currency], entries, context)))


def _repay(currency: str, owed: int, entries: list[PointEntry], context: EntryContext) -> Iterable[PointEntry]:
    """What the new lot of one currency pays back: all earned with one bill is one lot."""
    lot = [each for each in entries if each.currency == currency and each.member_id == context.member_id]
    repaid = min(max(0, owed), sum(each.points for each in lot))
    if repaid:
        yield context.entry(
            PointKind.REVERSE,
            -repaid,
            lot[0].bucket,
            reason=OWED_REPAID,
            currency=currency,
            spendable_from=lot[0].spendable_from,
        )


def redeem_entries(
    redeemed: Iterable[Redeemed], account: Account, context: EntryContext, settings: Settings | None = None
) -> tuple[PointEntry, ...]:
    """Entries of points and stamps spent, reward after reward; first-expiring lots go first, pending ones never.

    ``settings`` are needed where points end by inactivity. Raises ``Refusal(POINTS_SHORT)`` when the account does not
    hold them today: a redemption never overdraws.
    """
    today = context.business_date
    wanted = [(each[0], each[1], each[2] if len(each) == 3 else "") for each in redeemed]
    for currency in sorted({each[2] for each in wanted}):
        spendable = account.spendable(today, settings, currency)
        if sum(points for _, points, of in wanted if of == currency) > spendable:
            of_what = {"currency": currency} if currency else {}
            raise Refusal(Reason.POINTS_SHORT, spendable_points=spendable, **of_what)
    lots = {currency: dict(account.lots(currency)) for _, _, currency in wanted}
    entries: list[PointEntry] = []
    for program_id, points, currency in wanted:
        pending = {} if currency else account.pending
        for bucket, taken in draw(lots[currency], points, today, pending, account.ends(settings, currency)):
            lots[currency][bucket] -= taken
            entries.append(context.entry(PointKind.REDEEM, -taken, bucket, program_id=program_id, currency=currency))
    return tuple(entries)


def return_entries(movements: Iterable[Movement], context: EntryContext, reason: str = "") -> tuple[PointEntry, ...]:
    """Entries of a return from its plan (``returns_rules.plan_return``)."""
    return tuple(
        context.entry(
            PointKind.REVERSE,
            move.points,
            move.bucket,
            line_no=move.line_no,
            program_id=move.program_id,
            reason=reason,
            reverses_id=move.reverses_id,
            currency=move.currency,
            spendable_from=move.spendable_from,
            qualifying=move.qualifying,
            member_id=move.member_id,
        )
        for move in movements
    )


def expire_entries(
    buckets: Buckets,
    today: date,
    context: EntryContext,
    *,
    pending: Pending | None = None,
    end: date | None = None,
    currency: str = "",
) -> tuple[PointEntry, ...]:
    """Bring every lot of one currency past its last day to zero, its pending part too.

    A lot overdrawn by a late return is made good the same way. Run again on what it left, it makes nothing. ``end``:
    last day of the whole account (``Account.ends``).
    """
    entries: list[PointEntry] = []
    for bucket in sorted(buckets, key=bucket_order):
        if not has_ended(bucket, today, end):
            continue
        waiting = {first: points for (first, lot), points in (pending or {}).items() if lot == bucket and first > today}
        parts = [(None, buckets[bucket] - sum(waiting.values())), *waiting.items()]
        entries.extend(
            context.entry(PointKind.EXPIRE, -points, bucket, currency=currency, spendable_from=first)
            for first, points in parts
            if points
        )
    return tuple(entries)


def expire_account(
    account: Account,
    today: date,
    context: EntryContext,
    settings: Settings | None = None,
    inactivity_grace_days: int = 0,
) -> tuple[PointEntry, ...]:
    """The expiry run of one member: points, pending points and stamps, by every policy.

    ``settings`` are needed where something ends by inactivity; that is run only so many days late, since a till that
    was cut off may yet send the bill that keeps the account alive. Nothing to do gives ``()``.
    """
    entries: list[PointEntry] = []
    for currency in ("", *sorted(account.wallets)):
        end = account.ends(settings, currency)
        if end is not None and (today - end).days <= inactivity_grace_days:
            end = None
        pending = {} if currency else account.pending
        lots = account.lots(currency)
        entries.extend(expire_entries(lots, today, context, pending=pending, end=end, currency=currency))
    return tuple(entries)


def outstanding(returns: Iterable[BillReturn], own: Balances, currency: str = "") -> int:
    """Points (or stamps) a member still owes, from all returns and the figures of all entries of that member."""
    owed = sum(document.stamps_owed.get(currency, 0) if currency else document.points_owed for document in returns)
    return owed - own.repaid.get(currency, 0)
