"""What a running head office does by itself once a day of the shop: expiry, and computing new bills again.

It runs beside the server, in small transactions. A day it missed is made up for by the next run: expiry looks at sums,
and bills are taken from the moment of the last run that came to its end. After a leap of the clock it waits until a
till bears the new time out (``own_clock``).
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from pos_member.domain.clock import business_date
from pos_member.headoffice import (
    days,
    expiring,
    leases,
    owed,
    own_clock,
    portable,
    pruning,
    pruning_revisions,
    rechecking,
    rights_grants,
    rights_home,
    rule_books,
    schema,
    times,
)
from pos_member.headoffice.background import Background, Ended
from pos_member.headoffice.case_units import record_apart
from pos_member.headoffice.jobs import JobStopped, Watch
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.service import HeadOffice

log = logging.getLogger(__name__)
LAST_RUN = "daily_work_at"
LEASE = "daily_work"
#: Longer than the longest part of a job: it is renewed between two parts.
LEASE_LASTS = timedelta(minutes=10)
#: How often it is looked whether a new day has begun.
_LOOK_S = 300.0
_NEVER = datetime(1970, 1, 2, tzinfo=UTC)


class DailyWork(Background):
    """Does the daily work of ``office``; stopped, it ends between two parts of a job."""

    def __init__(self, office: HeadOffice) -> None:
        super().__init__("daily-work", _LOOK_S)
        self._office = office
        self._holder = uuid4().hex

    def look(self) -> None:
        """Do the work where it is due."""
        try:
            self.run_if_due()
        except JobStopped:
            raise Ended from None

    def run_if_due(self) -> bool:
        """Do the work where the shop's day is another one than at the last run. Raises ``JobStopped``."""
        office = self._office
        now = office.clock.now()
        with office.database.read() as connection:
            company = rule_books.organisation(connection)
            text = read_setting(connection, LAST_RUN)
        if company is None:
            return False
        last = times.read(text) if text else _NEVER
        zone = company.settings.zone
        leapt = bool(text) and own_clock.leapt(now, last)
        if not leapt and business_date(now, zone) <= business_date(last, zone):
            return False
        if leapt and not self._borne_out(now):
            return False
        if not self._keeps_lease():
            return False  # another worker is at it
        try:
            self._work(now, last)
        finally:
            office.database.again(lambda connection: leases.give_up(connection, LEASE, self._holder))
        return True

    def _borne_out(self, now: datetime) -> bool:
        """The clock leapt since the last run: whether the tills have the same time."""
        with self._office.database.read() as connection:
            if own_clock.borne_out(connection, now):
                return True
        log.warning("the daily work waits: the clock leapt, and no till heard in the last hour has the same time")
        return False

    def _keeps_lease(self) -> bool:
        """Take or renew it: of several workers one does the work. One that died is followed when it runs out."""
        now = self._office.clock.now()
        return self._office.database.again(
            lambda connection: leases.take(connection, LEASE, self._holder, now, LEASE_LASTS)
        )

    def _goes_on(self) -> bool:
        """Between two parts of a job."""
        return not self.stopping and self._keeps_lease()

    def _work(self, now: datetime, last: datetime) -> None:
        office = self._office
        watch = Watch(stopped=lambda: not self._goes_on())
        apart = office.units.distributed
        # Done last by a clock that ran ahead: when the bills since then came nobody knows.
        since = last if last <= now else _NEVER
        expired = expiring.expire(office.database, now, office.new_id, watch, distributed=apart)
        found = rechecking.recheck_bills(
            office.database, date(1970, 1, 2), date(9000, 12, 31), now, watch, received_since=since, distributed=apart
        )
        given = rights_home.give_ahead(office.units, now, watch)
        with office.database.read() as connection:
            lost, come = owed.cases(connection, now)
            company = rule_books.organisation(connection)
            seen: tuple[days.TillDay, ...] = ()
            if company is not None:
                zone = company.settings.zone
                seen = (*days.lately(connection, now, zone), *days.earlier(connection, now, zone))
        record_apart(office.units, [*days.findings(seen), *days.gaps(seen, now), *lost], times.stored(now))
        pruned = pruning.prune_applied(office.units, now, watch)
        forgotten = pruning_revisions.prune_revisions(office.units, watch)
        with office.database.write() as connection:
            rights_grants.thaw(connection, now)
            owed.forget(connection, come)
            portable.upsert(connection, schema.setting, [{"name": LAST_RUN, "value": times.stored(now)}])
        fields = {"points": expired.points, "checked": found.checked, "different": found.different, "rights": given}
        fields |= {"pruned": pruned, "revisions": forgotten}
        log.info("daily work", extra={"fields": fields})
