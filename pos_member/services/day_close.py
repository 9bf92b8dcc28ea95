"""Closing a business date: the till says what the day came to and where its queue stood (``DayClosed``).

Announced when a shift is closed, and for earlier dates as soon as a later one begins, whether or not anybody closed a
shift. A date that gets more facts afterwards is closed again; the latest certificate covers the whole date.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.events import EventKind
from pos_member.services.context import Shop
from pos_member.services.ports import TillTransaction

#: Dates further back are not looked at any more: longer than a till is meant to be away from head office.
LOOK_BACK_DAYS = 45
_NOT_A_SHOP_YET = (Reason.TILL_NOT_ENROLLED, Reason.SHOP_NOT_LOADED)


def close_days(
    shop: Shop, tx: TillTransaction, last: date, staff_id: str, at: datetime, *, also: date | None = None
) -> None:
    """Announce what is not certified of the dates up to ``last``; of ``also`` even where nothing was sold."""
    days = set(tx.days.to_close(last - timedelta(days=LOOK_BACK_DAYS), last))
    for day in sorted(days | ({also} if also is not None else set())):
        _announce(shop, tx, day, staff_id, at)


def _announce(shop: Shop, tx: TillTransaction, day: date, staff_id: str, at: datetime) -> None:
    head, sums = tx.days.head(), tx.days.sums(day)
    certificate = DayClosed(
        id=shop.context.new_id(),
        till_id=shop.book().identity.id,
        epoch=head.epoch,
        business_date=day,
        at=at,
        staff_id=staff_id,
        bills=sums.bills,
        returns=sums.returns,
        total_satang=sums.total_satang,
        refund_satang=sums.refund_satang,
        points_earned=sums.points_earned,
        points_redeemed=sums.points_redeemed,
        last_seq=head.seq,
        chain=head.chain,
        claims=sums.claims,
        members_enrolled=sums.members_enrolled,
    )
    tx.days.add(certificate, tx.announce(EventKind.DAY_CLOSED, certificate.id, certificate))


class DayClose:
    """Days that nobody closed."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def waiting(self) -> tuple[date, ...]:
        """Dates up to today with facts that no certificate covers yet."""
        today = self._shop.today()
        return self._shop.store.days.to_close(today - timedelta(days=LOOK_BACK_DAYS), today)

    def catch_up(self) -> tuple[date, ...]:
        """Close every earlier date that has facts without a certificate, in one transaction; which ones.

        At start and now and then. Where the till has no shop yet there is nothing to close.
        """
        shop = self._shop
        try:
            book = shop.book()
        except EnvironmentProblem as problem:
            if problem.reason in _NOT_A_SHOP_YET:
                return ()
            raise
        at = shop.now()
        last = book.day(at) - timedelta(days=1)
        first = last - timedelta(days=LOOK_BACK_DAYS)
        if not shop.store.days.to_close(first, last):
            return ()  # nearly always: then nobody waits for the write lock
        with shop.store.transaction() as tx:
            days = tx.days.to_close(first, last)
            for day in days:
                _announce(shop, tx, day, "", at)
        return days
