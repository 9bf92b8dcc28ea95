"""Which day of which till is complete: held against the certificate the till gave of it (``domain.day_certificate``).

A day is *complete* when head office holds every event up to the certificate, the chain there is the same, and what its
own rows come to is what the till said. Else it is told what is missing. Each certificate answers for the events after
the one before it; the days before have one of their own. What is held is read for all days at once (``day_facts``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from pos_member.domain.clock import business_date
from pos_member.domain.day_certificate import DayClosed
from pos_member.headoffice import day_facts, schema, times
from pos_member.headoffice.asking import among
from pos_member.headoffice.day_facts import NO_SUMS, Certificate, Evidence, Key
from pos_member.headoffice.day_facts import Sums as Sums
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState, Finding

#: What the page shows, and what ``open_days`` counts.
DAYS_SHOWN = 14
#: Days before those shown that are looked into once more in one go.
_EARLIER_MAX = 200
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: So long after its certificate a day may lack events before that is a case: a till that is behind sends them by then.
GAP_AFTER = timedelta(hours=24)


class DayState(StrEnum):
    """How a till's day stands."""

    COMPLETE = "complete"
    #: All is held; some of it could not be applied and lies in quarantine.
    SET_ASIDE = "set_aside"
    #: The till was heard of after the day, and nothing is known to have happened.
    NOTHING = "nothing"
    #: It is that day in the shop, and the till has yet to say what it came to.
    OPEN = "open"
    #: The till has not said what the day came to, though it is over.
    UNCERTIFIED = "uncertified"
    #: Certified, and more of the day came afterwards.
    GOES_ON = "goes_on"
    #: Events up to the certificate are not held.
    MISSING = "missing"
    #: The sums or the chain are others than the till said.
    DIFFERS = "differs"


#: Nobody has to do anything about these.
SETTLED = frozenset({DayState.COMPLETE, DayState.SET_ASIDE, DayState.NOTHING, DayState.OPEN})


@dataclass(frozen=True)
class Difference:
    """A figure (a field of ``Sums``, or ``chain``) that the till and head office do not agree on."""

    figure: str
    said: int = 0
    held: int = 0


@dataclass(frozen=True)
class TillDay:
    """One day of one till. ``held``: what head office has of it now; ``said``: the till's certificate.

    ``missing``: numbers of events that are not held, from and to; ``more``: of ``held``, what came after the
    certificate; ``set_aside``: events in quarantine that it answers for.
    """

    till_id: str
    number: int
    label: str
    branch_id: str
    day: date
    state: DayState
    held: Sums
    said: DayClosed | None = None
    missing: tuple[tuple[int, int], ...] = ()
    set_aside: int = 0
    more: Sums = NO_SUMS
    differences: tuple[Difference, ...] = ()
    last_contact_at: datetime | None = None
    revoked: bool = False


#: (till, day) → certificate and held figures of a day that was found complete: as long as these are the same, it is.
Known = dict[Key, tuple[str, Sums]]


def till_days(
    connection: Connection,
    first: date,
    last: date,
    zone: str,
    till_id: str = "",
    known: Known | None = None,
    now: datetime | None = None,
) -> tuple[TillDay, ...]:
    """Every day from ``first`` to ``last`` of every till that was enrolled by then, by branch, till and day.

    ``known``: what a run before found complete, and this one adds to: such a day is not looked into again. ``now``:
    days that are not over by then are open; without it all of them are over.
    """
    query = select(schema.till).order_by(schema.till.c.branch_id, schema.till.c.number)
    tills = connection.execute(query.where(schema.till.c.id == till_id) if till_id else query).all()
    held = day_facts.sums(connection, first, last, till_id)
    certificates = day_facts.certificates(connection, first, last, till_id)
    asked = []
    for till in tills:
        enrolled = business_date(times.read(till.enrolled_at), zone)
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            key = (till.id, day.isoformat())
            if day >= enrolled or key in held or key in certificates:
                asked.append((till, day))
    return _judged(connection, asked, held, certificates, _Shop(zone, now), known)


def lately(connection: Connection, now: datetime, zone: str, known: Known | None = None) -> tuple[TillDay, ...]:
    """The last ``DAYS_SHOWN`` days, today among them. ``known`` as of ``till_days``."""
    today = business_date(now, zone)
    first = today - timedelta(days=DAYS_SHOWN - 1)
    for key in [key for key in known or () if key[1] < first.isoformat()]:
        del (known or {})[key]
    return till_days(connection, first, today, zone, known=known, now=now)


def earlier(connection: Connection, now: datetime, zone: str) -> tuple[TillDay, ...]:
    """The days before ``lately`` that still have an open case, the longest open first: what they lacked may have come
    since."""
    table, first = schema.exception, business_date(now, zone) - timedelta(days=DAYS_SHOWN - 1)
    kinds = (ExceptionKind.GAP.value, ExceptionKind.DAY_DIFFERS.value)
    here = table.c.kind.in_(kinds) & (table.c.state == ExceptionState.OPEN.value)
    cases = connection.execute(select(table.c.subject_id).where(here).order_by(table.c.first_at)).scalars()
    wanted: list[tuple[str, date]] = []
    for subject_id in dict.fromkeys(cases):
        till_id, _, written = subject_id.rpartition(":")
        if not _DAY.fullmatch(written):
            continue  # a till lost it from an epoch (``owed``)
        day = date.fromisoformat(written)
        if day < first and len(wanted) < _EARLIER_MAX:
            wanted.append((till_id, day))
    if not wanted:
        return ()
    query = select(schema.till).where(among(schema.till.c.id, "tills"))
    tills = {row.id: row for row in connection.execute(query, {"tills": sorted({till_id for till_id, _ in wanted})})}
    asked = [(tills[till_id], day) for till_id, day in wanted if till_id in tills]
    held, certificates = day_facts.sums_of(connection, wanted), day_facts.certificates_of(connection, wanted)
    return _judged(connection, asked, held, certificates, _Shop(zone, now))


def open_days(days: Iterable[TillDay], today: date) -> int:
    """How many days before ``today`` a person has to see to."""
    return sum(1 for each in days if each.day < today and each.state not in SETTLED)


def findings(days: Iterable[TillDay]) -> list[Finding]:
    """The cases that these days make, or settle: a day whose figures are others than its till said."""
    found = []
    for each in days:
        wrong = each.state is DayState.DIFFERS
        difference = next((one for one in each.differences if one.figure == "total_satang"), Difference(""))
        found.append(
            Finding(
                ExceptionKind.DAY_DIFFERS,
                f"{each.till_id}:{each.day.isoformat()}",
                wrong,
                amount_satang=abs(difference.said - difference.held),
                detail={
                    "till_id": each.till_id,
                    "day": each.day.isoformat(),
                    "figures": [one.figure for one in each.differences],
                }
                if wrong
                else {},
            )
        )
    return found


def gaps(days: Iterable[TillDay], now: datetime) -> list[Finding]:
    """The cases of days that a till closed and head office still lacks events of, ``GAP_AFTER`` later: what was to come
    has not. At risk is the money that the till said and that is not held. Settled by the events, whenever they come."""
    found = []
    for each in days:
        late = each.said is not None and now - each.said.at >= GAP_AFTER
        wrong = each.state is DayState.MISSING and late
        lacking = abs(each.said.total_satang - each.held.total_satang) if wrong and each.said is not None else 0
        detail = {
            "till_id": each.till_id,
            "day": each.day.isoformat(),
            "missing": [list(stretch) for stretch in each.missing],
        }
        subject = f"{each.till_id}:{each.day.isoformat()}"
        found.append(Finding(ExceptionKind.GAP, subject, wrong, lacking, detail=detail if wrong else {}))
    return found


@dataclass(frozen=True)
class _Shop:
    """Its zone, and the moment it is asked about."""

    zone: str
    now: datetime | None

    def end_of(self, day: date) -> datetime:
        """The first moment after a business date."""
        return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(self.zone)).astimezone(UTC)


def _judged(
    connection: Connection,
    asked: Collection[tuple[Row[Any], date]],
    held: Mapping[Key, Sums],
    certificates: Mapping[Key, Certificate],
    shop: _Shop,
    known: Known | None = None,
) -> tuple[TillDay, ...]:
    """These days, in this order."""
    doubtful = {}
    for till, day in asked:
        key = (till.id, day.isoformat())
        certificate, here = certificates.get(key), held.get(key, NO_SUMS)
        if certificate is not None and (known or {}).get(key) != (certificate.said.id, here):
            doubtful[key] = (certificate, here)
    evidence = day_facts.evidence(connection, doubtful)
    over = {day: shop.end_of(day) for day in {day for _, day in asked}}
    found = []
    for till, day in asked:
        key = (till.id, day.isoformat())
        certificate, here = certificates.get(key), held.get(key, NO_SUMS)
        judged = (
            _uncertified(till, day, here, over[day], shop.now)
            if certificate is None
            else _certified(till, day, here, certificate, evidence.get(key))
        )
        if known is not None and judged.state is DayState.COMPLETE and judged.said is not None:
            known[key] = (judged.said.id, here)
        found.append(judged)
    return tuple(found)


def _uncertified(till: Row[Any], day: date, held: Sums, over: datetime, now: datetime | None) -> TillDay:
    contact = _contact(till)
    if now is not None and now < over and not till.revoked:
        state = DayState.OPEN
    else:
        quiet = held.empty and contact is not None and contact >= over
        state = DayState.NOTHING if quiet else DayState.UNCERTIFIED
    return _told(till, day, state, held)


def _certified(till: Row[Any], day: date, held: Sums, by: Certificate, evidence: Evidence | None) -> TillDay:
    """``evidence``: ``None`` where it is known that the day is complete."""
    if evidence is None:
        return _told(till, day, DayState.COMPLETE, held, said=by.said)
    wrong = [] if evidence.unwritten else day_facts.differences(by.sums, held - evidence.more)
    differences = [Difference(*each) for each in wrong]
    if not evidence.same_chain:
        differences.append(Difference("chain"))
    if evidence.missing:
        state = DayState.MISSING
    elif differences:
        state = DayState.DIFFERS
    elif not evidence.more.empty:
        state = DayState.GOES_ON
    else:
        state = DayState.SET_ASIDE if evidence.set_aside else DayState.COMPLETE
    more: dict[str, Any] = {"missing": evidence.missing, "set_aside": evidence.set_aside, "more": evidence.more}
    return _told(till, day, state, held, said=by.said, differences=tuple(differences), **more)


def _told(till: Row[Any], day: date, state: DayState, held: Sums, **more: Any) -> TillDay:
    return TillDay(
        till.id,
        till.number,
        till.label,
        till.branch_id,
        day,
        state,
        held,
        last_contact_at=_contact(till),
        revoked=till.revoked,
        **more,
    )


def _contact(till: Row[Any]) -> datetime | None:
    return times.read(till.last_contact_at) if till.last_contact_at else None
