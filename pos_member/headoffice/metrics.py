"""``/metrics`` in Prometheus' text form: counts and positions, nothing about a person, a bill or an amount."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from pos_member import __version__
from pos_member.headoffice import feed, schema, times
from pos_member.headoffice.exceptions import ExceptionState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "pos_member_headoffice"


def metrics(connection: Connection, now: datetime) -> str:
    """Everything in one consistent view. Per till, its number names it."""
    till, exception = schema.till, schema.exception
    opened = exception.c.state == ExceptionState.OPEN.value
    kinds = select(exception.c.kind, func.count()).where(opened).group_by(exception.c.kind)
    tills = connection.execute(select(till).order_by(till.c.number)).all()
    horizon = feed.horizon(connection)
    contacts = [(row.number, times.read(row.last_contact_at)) for row in tills if row.last_contact_at]
    lines = [
        *_family("info", "gauge", "The version that runs.", [(f'version="{__version__}"', 1)]),
        *_family("tills", "gauge", "Tills enrolled.", _by_state(len(tills), sum(row.revoked for row in tills))),
        *_family("events_total", "counter", "Events held.", [("", sum(row.last_seq for row in tills))]),
        *_family("bills_total", "counter", "Bills held.", [("", _count(connection, schema.bill))]),
        *_family("quarantined_events", "gauge", "Events set aside.", [("", _count(connection, schema.quarantine))]),
        *_family("members", "gauge", "Members known.", [("", _count(connection, schema.member))]),
        *_family("feed_horizon", "counter", "The newest change published.", [("", horizon)]),
        *_family(
            "open_exceptions",
            "gauge",
            "Cases a person has to look at.",
            [(f'kind="{kind}"', count) for kind, count in sorted(connection.execute(kinds).tuples().all())],
        ),
        *_family(
            "till_last_contact_age_seconds",
            "gauge",
            "How long a till has been silent.",
            [(f'till="{number}"', max(0, int((now - at).total_seconds()))) for number, at in contacts],
        ),
        *_family(
            "till_feed_behind",
            "gauge",
            "Changes a till has yet to fetch.",
            [(f'till="{row.number}"', max(0, horizon - row.cursor)) for row in tills],
        ),
    ]
    return "\n".join(lines) + "\n"


def _by_state(all_tills: int, revoked: int) -> list[tuple[str, int]]:
    return [('state="active"', all_tills - revoked), ('state="revoked"', revoked)]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _family(name: str, kind: str, says: str, samples: list[tuple[str, int]]) -> list[str]:
    full = f"{_PREFIX}_{name}"
    values = [f"{full}{{{labels}}} {value}" if labels else f"{full} {value}" for labels, value in samples]
    return [f"# HELP {full} {says}", f"# TYPE {full} {kind}", *values]
