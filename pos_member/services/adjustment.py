"""Correcting points by hand: with a reason, within limits, on record."""

from __future__ import annotations

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind, PointsAdjusted
from pos_member.domain.ledger import EntryContext, earn_bucket
from pos_member.domain.permission import Permission, Session
from pos_member.domain.points import Account, PointEntry, PointKind, draw
from pos_member.services.context import Shop, one_book
from pos_member.services.durable import durably
from pos_member.services.gather import usable_member
from pos_member.services.lookup import Lookup
from pos_member.services.ports import TillTransaction
from pos_member.services.texts import note_text
from pos_member.services.views import MemberPanel


class Adjustment:
    """A manual correction is an entry of its own; nothing that was earned is edited."""

    def __init__(self, shop: Shop, lookup: Lookup) -> None:
        self._shop = shop
        self._lookup = lookup

    @one_book
    def adjust(
        self, session: Session, member_id: str, points: int, reason: str, approver: Session | None = None
    ) -> MemberPanel:
        """Add ``points`` (signed) to a member's account and return the panel after it.

        Points taken come from the lots that end first and never go below zero. Raises ``Refusal``: NOT_PERMITTED,
        OVERRIDE_SELF, REASON_REQUIRED, ADJUST_OUT_OF_RANGE(max_points), POINTS_SHORT, MEMBER_UNKNOWN, MEMBER_BLOCKED;
        ``EnvironmentProblem`` with nothing written.
        """
        responsible = self._shop.require(session, Permission.ADJUST_POINTS, approver)
        shop = self._shop
        book, at = shop.book(), shop.now()
        note = note_text(reason, required=True)
        limit = book.settings.adjust_points_max
        if points == 0 or abs(points) > limit:
            raise Refusal(Reason.ADJUST_OUT_OF_RANGE, max_points=limit)
        usable_member(shop, member_id)
        context = EntryContext(
            member_id, None, session.staff.id, book.identity.id, at, book.day(at), shop.context.new_id
        )
        adjustment_id = shop.context.new_id()

        def work(tx: TillTransaction) -> bool:
            # The account is read under the write lock: a bill cannot spend the same points in between.
            entries = self._entries(context, shop.store.members.account(member_id), points, note)
            fact = PointsAdjusted(adjustment_id, member_id, entries, note, session.staff.id, responsible.id)
            seq = tx.announce(EventKind.POINTS_ADJUSTED, adjustment_id, fact)
            tx.add_point_entries(entries, seq)
            shop.audit(
                tx,
                "points_adjusted",
                staff_id=session.staff.id,
                approved_by=responsible.id,
                subject_id=member_id,
                detail=f"points={points}",
                at=at,
            )
            return True

        # Told to have failed, it would be keyed again, and the member would have the points twice.
        durably(shop.store, work, lambda: shop.store.has_event(adjustment_id) or None)
        return self._lookup.panel(member_id)

    def _entries(self, context: EntryContext, account: Account, points: int, note: str) -> tuple[PointEntry, ...]:
        settings = self._shop.book().settings
        if points > 0:
            bucket = earn_bucket(settings, context.business_date)
            return (context.entry(PointKind.ADJUST, points, bucket, reason=note),)
        today = context.business_date
        spendable = account.spendable(today, settings)
        if -points > spendable:
            raise Refusal(Reason.POINTS_SHORT, needed=-points, spendable=spendable, missing=-points - spendable)
        parts = draw(account.buckets, -points, today, account.pending, account.ends(settings))
        return tuple(context.entry(PointKind.ADJUST, -taken, bucket, reason=note) for bucket, taken in parts)
