"""Which day of which till is complete: held against the certificate the till gave of it (``domain.day_certificate``).

A day is *complete* when head office holds every event up to the certificate, the chain there is the same, and what its
own rows come to is what the till said. Else it is told what is missing. Each certificate answers for the events after
the one before it; the days before have one of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, func, select

from pos_member.domain.chain import GENESIS
from pos_member.domain.clock import business_date
from pos_member.domain.codec import from_bytes
from pos_member.domain.day_certificate import DayClosed
from pos_member.headoffice import held_events, schema, times
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState, Finding

#: What the page shows, and what ``open_days`` counts.
DAYS_SHOWN = 14
#: A missing stretch is told with its ends; so many of them at most.
_GAPS_MAX = 5
#: Days before those shown that are looked into once more in one go.
_EARLIER_MAX = 200
#: So long after its certificate a day may lack events before that is a case: a till that is behind sends them by then.
GAP_AFTER = timedelta(hours=24)
_FIGURES = ("bills", "total_satang", "returns", "refund_satang", "claims", "points_earned", "points_redeemed")


class DayState(StrEnum):
    """How a till's day stands."""

    COMPLETE = "complete"
    #: All is held; some of it could not be applied and lies in quarantine.
    SET_ASIDE = "set_aside"
    #: The till was heard of after the day, and nothing is known to have happened.
    NOTHING = "nothing"
    #: The till has not said what the day came to.
    UNCERTIFIED = "uncertified"
    #: Certified, and more of the day came afterwards.
    GOES_ON = "goes_on"
    #: Events up to the certificate are not held.
    MISSING = "missing"
    #: The sums or the chain are others than the till said.
    DIFFERS = "differs"


#: Nobody has to do anything about these.
SETTLED = frozenset({DayState.COMPLETE, DayState.SET_ASIDE, DayState.NOTHING})


@dataclass(frozen=True)
class Sums:
    """What one business date of a till comes to, as in ``DayClosed``."""

    bills: int = 0
    total_satang: int = 0
    returns: int = 0
    refund_satang: int = 0
    claims: int = 0
    points_earned: int = 0
    points_redeemed: int = 0

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) - getattr(other, name) for name in _FIGURES))

    @property
    def empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.bills or self.returns or self.claims)


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
    more: Sums = Sums()
    differences: tuple[Difference, ...] = ()
    last_contact_at: datetime | None = None
    revoked: bool = False


#: (till, day) → certificate and held figures of a day that was found complete: as long as these are the same, it is.
Known = dict[tuple[str, str], tuple[str, Sums]]


def till_days(
    connection: Connection, first: date, last: date, zone: str, till_id: str = "", known: Known | None = None
) -> tuple[TillDay, ...]:
    """Every day from ``first`` to ``last`` of every till that was enrolled by then, by branch, till and day.

    ``known``: what a run before found complete, and this one adds to: such a day is not looked into again.
    """
    query = select(schema.till).order_by(schema.till.c.branch_id, schema.till.c.number)
    tills = connection.execute(query.where(schema.till.c.id == till_id) if till_id else query).all()
    held = _sums(connection, first, last, till_id)
    certificates = _certificates(connection, first, last, till_id)
    found = []
    for till in tills:
        enrolled = business_date(times.read(till.enrolled_at), zone)
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            key = (till.id, day.isoformat())
            if day >= enrolled or key in held or key in certificates:
                here, certificate = held.get(key, Sums()), certificates.get(key)
                as_before = certificate is not None and (known or {}).get(key) == (certificate.said.id, here)
                judged = _judge(connection, till, day, here, certificate, zone, complete=as_before)
                if known is not None and judged.state is DayState.COMPLETE and judged.said is not None:
                    known[key] = (judged.said.id, here)
                found.append(judged)
    return tuple(found)


def lately(connection: Connection, now: datetime, zone: str, known: Known | None = None) -> tuple[TillDay, ...]:
    """The last ``DAYS_SHOWN`` days, today among them. ``known`` as of ``till_days``."""
    today = business_date(now, zone)
    first = today - timedelta(days=DAYS_SHOWN - 1)
    for key in [key for key in known or () if key[1] < first.isoformat()]:
        del (known or {})[key]
    return till_days(connection, first, today, zone, known=known)


def earlier(connection: Connection, now: datetime, zone: str) -> tuple[TillDay, ...]:
    """The days before ``lately`` that still have an open case, the longest open first: what they lacked may have come
    since."""
    table, first = schema.exception, business_date(now, zone) - timedelta(days=DAYS_SHOWN - 1)
    kinds = (ExceptionKind.GAP.value, ExceptionKind.DAY_DIFFERS.value)
    here = table.c.kind.in_(kinds) & (table.c.state == ExceptionState.OPEN.value)
    cases = connection.execute(select(table.c.subject_id).where(here).order_by(table.c.first_at)).scalars()
    found: list[TillDay] = []
    for subject_id in dict.fromkeys(cases):
        till_id, _, written = subject_id.rpartition(":")
        day = date.fromisoformat(written)
        if day < first and len(found) < _EARLIER_MAX:
            found += till_days(connection, day, day, zone, till_id)
    return tuple(found)


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
class _Certificate:
    said: DayClosed
    #: The number its own event bears, and the last one that the certificate before it answers for.
    seq: int
    after_seq: int


def _judge(
    connection: Connection,
    till: Row[Any],
    day: date,
    held: Sums,
    certificate: _Certificate | None,
    zone: str,
    *,
    complete: bool = False,
) -> TillDay:
    contact = times.read(till.last_contact_at) if till.last_contact_at else None
    who = {"till_id": till.id, "number": till.number, "label": till.label, "branch_id": till.branch_id, "day": day}
    who |= {"held": held, "last_contact_at": contact, "revoked": till.revoked}
    if certificate is None:
        over = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
        quiet = held.empty and contact is not None and contact >= over
        return TillDay(**who, state=DayState.NOTHING if quiet else DayState.UNCERTIFIED)
    said = certificate.said
    if complete:
        return TillDay(**who, state=DayState.COMPLETE, said=said)
    missing = _missing(connection, till.id, certificate)
    aside, unwritten = _set_aside(connection, till.id, certificate)
    more = Sums() if held == _said(said) else _later(connection, till.id, day, said)
    differences = list(_differences(_said(said), held - more)) if not unwritten else []
    if not missing and _chain(connection, till.id, said) != said.chain:
        differences.append(Difference("chain"))
    if missing:
        state = DayState.MISSING
    elif differences:
        state = DayState.DIFFERS
    elif not more.empty:
        state = DayState.GOES_ON
    else:
        state = DayState.SET_ASIDE if aside else DayState.COMPLETE
    return TillDay(
        **who,
        state=state,
        said=said,
        missing=missing,
        set_aside=aside,
        more=more,
        differences=tuple(differences),
    )


def _said(day: DayClosed) -> Sums:
    return Sums(*(getattr(day, name) for name in _FIGURES))


def _differences(said: Sums, held: Sums) -> Iterable[Difference]:
    for name in _FIGURES:
        if getattr(said, name) != getattr(held, name):
            yield Difference(name, getattr(said, name), getattr(held, name))


def _certificates(
    connection: Connection, first: date, last: date, till_id: str
) -> Mapping[tuple[str, str], _Certificate]:
    """The certificate that counts of each (till, day): the latest that its till numbered in the epoch it speaks of."""
    table, event = schema.day_certificate, schema.event
    same = (event.c.till_id == table.c.till_id) & (event.c.event_id == table.c.id) & (event.c.epoch == table.c.epoch)
    query = select(table).join(event, same).where(table.c.business_date <= last.isoformat())
    # Those before tell where each one's own events begin; further back than this its first counts from there.
    query = query.where(table.c.business_date >= (first - timedelta(days=60)).isoformat())
    if till_id:
        query = query.where(table.c.till_id == till_id)
    found: dict[tuple[str, str], _Certificate] = {}
    before: dict[tuple[str, int], int] = {}
    for row in connection.execute(query.order_by(table.c.till_id, table.c.epoch, table.c.seq)):
        here = (row.till_id, row.epoch)
        if row.business_date >= first.isoformat():
            said = from_bytes(DayClosed, row.body.encode())
            found[(row.till_id, row.business_date)] = _Certificate(said, row.seq, before.get(here, 0))
        before[here] = row.last_seq
    return found


def _missing(connection: Connection, till_id: str, of: _Certificate) -> tuple[tuple[int, int], ...]:
    last, expected = of.said.last_seq, of.after_seq + 1
    gaps: list[tuple[int, int]] = []
    for seq in held_events.numbers(connection, till_id, of.said.epoch, expected, last):
        if seq > expected:
            gaps.append((expected, seq - 1))
        expected = seq + 1
    if expected <= last:
        gaps.append((expected, last))
    return tuple(gaps[:_GAPS_MAX])


def _set_aside(connection: Connection, till_id: str, of: _Certificate) -> tuple[int, int]:
    """(events in quarantine, those of them whose rows are not even written)."""
    table = schema.quarantine.c
    here = (table.till_id == till_id) & (table.epoch == of.said.epoch)
    query = select(table.taken_in).where(here, table.seq.between(of.after_seq + 1, of.said.last_seq))
    taken = connection.execute(query).scalars().all()
    return len(taken), sum(1 for each in taken if not each)


def _chain(connection: Connection, till_id: str, said: DayClosed) -> str | None:
    if said.last_seq == 0:
        return GENESIS
    return held_events.chain_at(connection, till_id, said.epoch, said.last_seq)


_BILL, _RETURN, _CLAIM = schema.bill, schema.bill_return, schema.bill_claim
#: What is added up of which table, and the id its event bears.
_PARTS: tuple[tuple[Table, Any, dict[str, Any]], ...] = (
    (
        _BILL,
        _BILL.c.id,
        {
            "bills": func.count(),
            "total_satang": func.sum(_BILL.c.total_satang),
            "points_earned": func.sum(_BILL.c.points_earned),
            "points_redeemed": func.sum(_BILL.c.points_redeemed),
        },
    ),
    (_RETURN, _RETURN.c.id, {"returns": func.count(), "refund_satang": func.sum(_RETURN.c.refund_satang)}),
    (_CLAIM, _CLAIM.c.id, {"claims": func.count(), "points_earned": func.sum(_CLAIM.c.points)}),
)


def _sums(connection: Connection, first: date, last: date, till_id: str) -> dict[tuple[str, str], Sums]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for table, _, figures in _PARTS:
        columns = [column.label(name) for name, column in figures.items()]
        query = (
            select(table.c.till_id, table.c.business_date, *columns)
            .where(table.c.business_date.between(first.isoformat(), last.isoformat()))
            .group_by(table.c.till_id, table.c.business_date)
        )
        for row in connection.execute(query.where(table.c.till_id == till_id) if till_id else query):
            _add(found.setdefault((row.till_id, row.business_date), {}), row, figures)
    return {key: Sums(**figures) for key, figures in found.items()}


def _later(connection: Connection, till_id: str, day: date, said: DayClosed) -> Sums:
    """What of the day came after its certificate."""
    event = schema.event
    after = (event.c.epoch > said.epoch) | ((event.c.epoch == said.epoch) & (event.c.seq > said.last_seq))
    found: dict[str, int] = {}
    for table, event_id, figures in _PARTS:
        columns = [column.label(name) for name, column in figures.items()]
        same = (event.c.till_id == table.c.till_id) & (event.c.event_id == event_id)
        here = (table.c.till_id == till_id) & (table.c.business_date == day.isoformat())
        query = select(*columns).select_from(table.join(event, same)).where(here, after)
        _add(found, connection.execute(query).one(), figures)
    return Sums(**found)


def _add(into: dict[str, int], row: Row[Any], figures: Iterable[str]) -> None:
    for name in figures:
        into[name] = into.get(name, 0) + int(getattr(row, name) or 0)
