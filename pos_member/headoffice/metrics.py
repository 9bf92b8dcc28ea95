"""``/metrics`` in Prometheus' text form: counts and positions, nothing about a person, a bill or an amount of money.

Labels are of few and fixed values; a till is named by its number. What is counted since the start comes from
``counts``, what is so now from the database, in one consistent view.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, func, select, text

from pos_member import __version__
from pos_member.domain.clock import business_date
from pos_member.headoffice import days, feed, rule_books, schema, times
from pos_member.headoffice.calls import NAMES, ROOMS, Lane
from pos_member.headoffice.counts import BUCKETS_MS, FATES, STATUSES, Counts
from pos_member.headoffice.exceptions import ExceptionState
from pos_member.headoffice.online import SEARCHES_MAX
from pos_member.headoffice.schema_sync import till_epoch

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "pos_member_headoffice"
#: From so many rows on PostgreSQL's own estimate is told: counting would read the whole table at every scrape.
_ESTIMATED_FROM = 100_000
#: After so many seconds without a word a till counts as silent.
SILENT_S = (3_600, 86_400)
#: So long the number of open days is told again without looking.
DAYS_KEPT = timedelta(seconds=60)

Sample = tuple[str, int | str]


class OpenDays:
    """How many days of tills are not complete. With a thousand tills that is work: it is looked at once a minute, and
    then only at days that are not known to be complete. Thread-safe: whoever asks meanwhile waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: days.Known = {}
        self._counted: tuple[datetime, int] | None = None

    def count(self, connection: Connection, now: datetime) -> int | None:
        """Of the last two weeks and before today; ``None`` where there is no shop yet."""
        with self._lock:
            if self._counted is not None and timedelta(0) <= now - self._counted[0] < DAYS_KEPT:
                return self._counted[1]
            company = rule_books.organisation(connection)
            if company is None:
                return None
            zone = company.settings.zone
            found = days.open_days(days.lately(connection, now, zone, self._known), business_date(now, zone))
            self._counted = (now, found)
            return found


def metrics(connection: Connection, now: datetime, counts: Counts, open_days: OpenDays | None = None) -> str:
    """Everything. ``open_days``: what was counted for an earlier scrape."""
    lines = [
        *_family("info", "gauge", "The version that runs.", [(f'version="{__version__}"', 1)]),
        *_of_calls(counts),
        *_of_lanes(counts),
        *_of_tills(connection, now),
        *_of_facts(connection),
        *_of_days((open_days or OpenDays()).count(connection, now)),
        *_of_waiting(connection, now),
    ]
    return "\n".join(lines) + "\n"


def _of_calls(counts: Counts) -> list[str]:
    """Requests since the start, by what was asked and what became of it."""
    answered: list[Sample] = []
    for call in NAMES:
        for status in STATUSES:
            if n := counts.total(f"requests:{call}:{status}"):
                answered.append((f'route="{call}",status="{status}"', n))
    name = f"{_PREFIX}_request_seconds"
    took = [f"# HELP {name} How long requests took.", f"# TYPE {name} histogram"]
    for call in NAMES:
        below = 0
        for n, most in enumerate((*BUCKETS_MS, None)):
            below += counts.total(f"took:{call}:{n}")
            shown = "+Inf" if most is None else f"{most / 1_000:g}"
            took.append(f'{name}_bucket{{route="{call}",le="{shown}"}} {below}')
        took.append(f'{name}_sum{{route="{call}"}} {counts.total(f"took_ms:{call}") / 1_000:.3f}')
        took.append(f'{name}_count{{route="{call}"}} {below}')
    fates: list[Sample] = [(f'fate="{fate}"', counts.total(f"events:{fate}")) for fate in FATES]
    return [
        *_family("requests_total", "counter", "Requests answered.", answered),
        *took,
        *_family("events_pushed_total", "counter", "What became of events sent.", fates),
    ]


def _of_lanes(counts: Counts) -> list[str]:
    """Places of each kind of call; those of a worker, summed over the workers where they are taken."""
    lanes = [(f'lane="{lane}"', lane) for lane in Lane if lane in ROOMS]

    def summed(what: str) -> list[Sample]:
        return [(label, counts.total(f"{what}:{lane}")) for label, lane in lanes]

    searches: list[Sample] = [("", SEARCHES_MAX)]
    places: list[Sample] = [(label, ROOMS[lane].places) for label, lane in lanes]
    pool: list[Sample] = [("", counts.total("connections"))]
    return [
        *_family("member_searches_per_minute", "gauge", "Searches one worker lets a till make.", searches),
        *_family("lane_places", "gauge", "Requests one worker has at work at once.", places),
        *_family("lane_at_work", "gauge", "Requests at work.", summed("at_work")),
        *_family("lane_waiting", "gauge", "Requests that wait for a place.", summed("waiting")),
        *_family("lane_refused_total", "counter", "Requests sent away.", summed("refused")),
        *_family("database_connections_in_use", "gauge", "Connections lent by the pools.", pool),
    ]


def _of_tills(connection: Connection, now: datetime) -> list[str]:
    till = schema.till
    tills = connection.execute(select(till).order_by(till.c.number)).all()
    horizon = feed.horizon(connection)
    revoked = sum(row.revoked for row in tills)
    states: list[Sample] = [('state="active"', len(tills) - revoked), ('state="revoked"', revoked)]
    silent = {
        row.number: max(0, int((now - times.read(row.last_contact_at)).total_seconds()))
        for row in tills
        if row.last_contact_at
    }
    at_work = {row.number for row in tills if not row.revoked}
    quiet: list[Sample] = [
        (f'for_seconds="{most}"', sum(age > most for number, age in silent.items() if number in at_work))
        for most in SILENT_S
    ]
    ages: list[Sample] = [(f'till="{number}"', age) for number, age in silent.items()]
    behind: list[Sample] = [(f'till="{row.number}"', max(0, horizon - row.cursor)) for row in tills]
    # An epoch that ended keeps what was sent in it: what counts must not fall when another begins.
    ended = select(func.sum(till_epoch.c.last_seq)).join(till, till.c.id == till_epoch.c.till_id)
    before = connection.execute(ended.where(till_epoch.c.epoch < till.c.epoch)).scalar_one() or 0
    held: list[Sample] = [("", int(before) + sum(row.last_seq for row in tills))]
    return [
        *_family("tills", "gauge", "Tills enrolled.", states),
        *_family("tills_silent", "gauge", "Tills at work that have not been heard of for so long.", quiet),
        *_family("events_total", "counter", "Events taken in, in all epochs of all tills.", held),
        *_family("feed_horizon", "gauge", "The newest change published.", [("", horizon)]),
        *_family("till_last_contact_age_seconds", "gauge", "How long a till has been silent.", ages),
        *_family("till_feed_behind", "gauge", "Changes a till has yet to fetch.", behind),
    ]


def _of_facts(connection: Connection) -> list[str]:
    exception, right = schema.exception, schema.spending_right
    opened = exception.c.state == ExceptionState.OPEN.value
    kinds = select(exception.c.kind, func.count()).where(opened).group_by(exception.c.kind)
    cases: list[Sample] = [(f'kind="{kind}"', n) for kind, n in sorted(connection.execute(kinds).tuples().all())]
    out = select(right.c.kind, func.count(), func.sum(right.c.points - right.c.used))
    given = connection.execute(out.where(right.c.state.in_(("live", "recalled"))).group_by(right.c.kind)).all()
    rights: list[Sample] = [(f'kind="{row[0]}"', row[1]) for row in sorted(given)]
    points: list[Sample] = [(f'kind="{row[0]}"', int(row[2])) for row in sorted(given)]
    return [
        *_family("bills", "gauge", "Bills held.", [("", _count(connection, schema.bill))]),
        *_family("quarantined_events", "gauge", "Events set aside.", [("", _count(connection, schema.quarantine))]),
        *_family("members", "gauge", "Members known.", [("", _count(connection, schema.member))]),
        *_family("open_exceptions", "gauge", "Cases a person has to look at.", cases),
        *_family("rights_outstanding", "gauge", "Rights to spend that tills hold.", rights),
        *_family("rights_outstanding_points", "gauge", "Points of them not spent yet.", points),
    ]


def _of_days(count: int | None) -> list[str]:
    """Days of tills that are not complete, of the last two weeks and before today."""
    if count is None:
        return []
    return _family("till_days_open", "gauge", "Days of tills that are not complete.", [("", count)])


def _of_waiting(connection: Connection, now: datetime) -> list[str]:
    """What is not done yet: effects of events, changes without a number."""
    oldest = connection.execute(select(func.min(schema.outgoing.c.at))).scalar_one()
    lag = max(0.0, (now - times.read(oldest)).total_seconds()) if oldest else 0.0
    effects: list[Sample] = [("", _count(connection, schema.effect))]
    outgoing: list[Sample] = [("", _count(connection, schema.outgoing))]
    return [
        *_family("effects_waiting", "gauge", "Events whose effects are not all applied.", effects),
        *_family("changes_unnumbered", "gauge", "Changes the feed has not numbered yet.", outgoing),
        *_family("stamper_lag_seconds", "gauge", "How old the oldest of them is.", [("", f"{lag:.3f}")]),
    ]


def _count(connection: Connection, table: Table) -> int:
    if connection.dialect.name == "postgresql":
        estimate = text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)")
        about = connection.execute(estimate, {"name": table.name}).scalar_one_or_none() or 0
        if about >= _ESTIMATED_FROM:
            return int(about)
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _family(name: str, kind: str, says: str, samples: Iterable[Sample]) -> list[str]:
    full = f"{_PREFIX}_{name}"
    values = [f"{full}{{{labels}}} {value}" if labels else f"{full} {value}" for labels, value in samples]
    return [f"# HELP {full} {says}", f"# TYPE {full} {kind}", *values]
