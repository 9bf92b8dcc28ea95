"""What head office holds of the days of tills: certificates, sums, numbers, chains.

Everything is asked about all days at once: a thousand tills with two weeks each cost as many questions as one till
with one day. Stretches of a till's events are named by one parameter (``asking.rows_of``) and looked up by their key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, Subquery, Table, case, func, select, tuple_, union

from pos_member.domain.chain import GENESIS
from pos_member.domain.codec import from_bytes
from pos_member.domain.day_certificate import DayClosed
from pos_member.headoffice import schema
from pos_member.headoffice.asking import among, rows_of

#: Those before tell where each certificate's own events begin; further back than this its first counts from there.
_BEFORE = timedelta(days=60)
#: A missing stretch is told with its ends; so many of them at most.
_GAPS_MAX = 5
_FIGURES = ("bills", "total_satang", "returns", "refund_satang", "claims", "points_earned", "points_redeemed")

#: (till, day as it is stored).
Key = tuple[str, str]


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


NO_SUMS = Sums()


@dataclass(frozen=True)
class Certificate:
    """A till's word on a day. ``after_seq``: the last event that the certificate before it answers for."""

    said: DayClosed
    after_seq: int

    @property
    def sums(self) -> Sums:
        """What the till said."""
        return Sums(*(getattr(self.said, name) for name in _FIGURES))


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against a certificate, as in ``days.TillDay``. ``unwritten``: of those set aside the ones
    whose rows are not written; ``same_chain``: true where events are missing, for then nobody knows."""

    missing: tuple[tuple[int, int], ...]
    set_aside: int
    unwritten: int
    more: Sums
    same_chain: bool


def differences(said: Sums, held: Sums) -> list[tuple[str, int, int]]:
    """(figure, said, held) of those that are not the same."""
    pairs = [(name, getattr(said, name), getattr(held, name)) for name in _FIGURES]
    return [each for each in pairs if each[1] != each[2]]


# --- certificates ---

_DAY, _EVENT = schema.day_certificate, schema.event
#: The certificates that count: those that their till numbered in the epoch they speak of.
_SAME = (_EVENT.c.till_id == _DAY.c.till_id) & (_EVENT.c.event_id == _DAY.c.id) & (_EVENT.c.epoch == _DAY.c.epoch)
_PAIR = rows_of("pairs", till_id=str, day=str, since=str)


def _with_those_before(source: FromClause, *apart_by: Any) -> Select[Any]:
    before = func.lag(_DAY.c.last_seq).over(partition_by=(*apart_by, _DAY.c.till_id, _DAY.c.epoch), order_by=_DAY.c.seq)
    columns = (_DAY.c.till_id, _DAY.c.epoch, _DAY.c.seq, _DAY.c.business_date, _DAY.c.body)
    return select(*columns, func.coalesce(before, 0).label("after_seq")).select_from(source)


def certificates(connection: Connection, first: date, last: date, till_id: str = "") -> dict[Key, Certificate]:
    """The certificate that counts of each (till, day) from ``first`` to ``last``: the latest that was given."""
    query = _with_those_before(_DAY.join(_EVENT, _SAME)).where(
        _DAY.c.business_date.between((first - _BEFORE).isoformat(), last.isoformat())
    )
    if till_id:
        query = query.where(_DAY.c.till_id == till_id)
    named = query.subquery()
    return _latest(connection.execute(_ordered(named).where(named.c.business_date >= first.isoformat())))


def certificates_of(connection: Connection, days: Collection[tuple[str, date]]) -> dict[Key, Certificate]:
    """As ``certificates``, each day for itself."""
    pairs = [(till_id, day.isoformat(), (day - _BEFORE).isoformat()) for till_id, day in days]
    return _latest(connection.execute(_OF_PAIRS, {"pairs": pairs}))


def _ordered(named: Subquery) -> Select[Any]:
    return select(named).order_by(named.c.till_id, named.c.epoch, named.c.seq)


def _of_pairs() -> Select[Any]:
    here = (_DAY.c.till_id == _PAIR.c.till_id) & _DAY.c.business_date.between(_PAIR.c.since, _PAIR.c.day)
    query = _with_those_before(_PAIR.join(_DAY, here).join(_EVENT, _SAME), _PAIR.c.day).add_columns(_PAIR.c.day)
    named = query.subquery()
    return _ordered(named).where(named.c.business_date == named.c.day)


_OF_PAIRS = _of_pairs()


def _latest(rows: Iterable[Row[Any]]) -> dict[Key, Certificate]:
    latest = {(row.till_id, row.business_date): row for row in rows}
    return {key: Certificate(from_bytes(DayClosed, row.body.encode()), row.after_seq) for key, row in latest.items()}


# --- sums ---

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


def sums(connection: Connection, first: date, last: date, till_id: str = "") -> dict[Key, Sums]:
    """What is held of every (till, day) from ``first`` to ``last`` of which there is anything."""
    found: dict[Key, dict[str, int]] = {}
    for table, every_day in _by_day():
        query = every_day.where(table.c.business_date.between(first.isoformat(), last.isoformat()))
        _gather(found, connection.execute(query.where(table.c.till_id == till_id) if till_id else query))
    return {key: Sums(**figures) for key, figures in found.items()}


def sums_of(connection: Connection, days: Collection[tuple[str, date]]) -> dict[Key, Sums]:
    """As ``sums``, at least of these."""
    found: dict[Key, dict[str, int]] = {}
    asked = {"tills": [till_id for till_id, _ in days], "days": [day.isoformat() for _, day in days]}
    for table, every_day in _by_day():
        query = every_day.where(among(table.c.business_date, "days"), among(table.c.till_id, "tills"))
        _gather(found, connection.execute(query, asked))
    return {key: Sums(**figures) for key, figures in found.items()}


def _by_day() -> Iterable[tuple[Table, Select[Any]]]:
    for table, _, figures in _PARTS:
        columns = [column.label(name) for name, column in figures.items()]
        query = select(table.c.till_id, table.c.business_date, *columns)
        yield table, query.group_by(table.c.till_id, table.c.business_date)


def _gather(into: dict[Key, dict[str, int]], rows: Iterable[Row[Any]]) -> None:
    """Rows of (till, day, figures …), added up."""
    for row in rows:
        till_id, day, *figures = row
        here = into.setdefault((till_id, day), {})
        for name, value in zip(row._fields[2:], figures, strict=True):
            here[name] = here.get(name, 0) + int(value or 0)


# --- what speaks for and against ---

_SPAN = rows_of("spans", place=int, till_id=str, epoch=int, first=int, last=int)
_AGAIN, _ASIDE = schema.event_again, schema.quarantine
#: (place, till, epoch, first, last): the events a certificate answers for.
Span = tuple[int, str, int, int, int]


def _within(table: Table) -> Any:
    return (
        (table.c.till_id == _SPAN.c.till_id)
        & (table.c.epoch == _SPAN.c.epoch)
        & table.c.seq.between(_SPAN.c.first, _SPAN.c.last)
    )


def _held(table: Table, *columns: Any) -> Select[Any]:
    return select(_SPAN.c.place, *columns).select_from(_SPAN.join(table, _within(table)))


_COUNTED = tuple(
    _held(table, func.count().label("n"), func.min(table.c.seq).label("low"), func.max(table.c.seq).label("high"))
    .group_by(_SPAN.c.place)
    .order_by(_SPAN.c.place)
    for table in (_EVENT, _AGAIN)
)
_QUARANTINED = _held(_ASIDE, func.count(), func.sum(case((_ASIDE.c.taken_in, 0), else_=1))).group_by(_SPAN.c.place)
#: Of an event that was told again the chain of the second telling counts: it is the newer.
_CHAINS = tuple(_held(table, table.c.chain) for table in (_EVENT, _AGAIN))


def _holes() -> Select[Any]:
    """(place, before, after) of every stretch that is not held between two that are."""
    held = union(_held(_EVENT, _EVENT.c.seq), _held(_AGAIN, _AGAIN.c.seq)).subquery()
    next_one = func.lead(held.c.seq).over(partition_by=held.c.place, order_by=held.c.seq).label("after")
    walked = select(held.c.place, held.c.seq.label("before"), next_one).subquery()
    return select(walked).where(walked.c.after > walked.c.before + 1).order_by(walked.c.place, walked.c.before)


_HOLES = _holes()
_SINCE = rows_of("since", till_id=str, day=str, epoch=int, last=int)


def _later() -> list[Select[Any]]:
    """What came after a certificate of the day it speaks of."""
    after = tuple_(_EVENT.c.epoch, _EVENT.c.seq) > tuple_(_SINCE.c.epoch, _SINCE.c.last)
    found = []
    for table, event_id, figures in _PARTS:
        columns = [column.label(name) for name, column in figures.items()]
        events = _SINCE.join(_EVENT, (_EVENT.c.till_id == _SINCE.c.till_id) & after)
        same = (table.c.till_id == _EVENT.c.till_id) & (event_id == _EVENT.c.event_id)
        query = select(_SINCE.c.till_id, _SINCE.c.day, *columns).select_from(events.join(table, same))
        query = query.where(table.c.business_date == _SINCE.c.day)
        found.append(query.group_by(_SINCE.c.till_id, _SINCE.c.day))
    return found


_LATER = _later()


def evidence(connection: Connection, asked: Mapping[Key, tuple[Certificate, Sums]]) -> dict[Key, Evidence]:
    """Of these certificates, each with the sums that are held of its day."""
    keys = sorted(asked)
    if not keys:
        return {}
    named = [asked[key][0] for key in keys]
    spans: list[Span] = [
        (place, till_id, each.said.epoch, each.after_seq + 1, each.said.last_seq)
        for place, ((till_id, _), each) in enumerate(zip(keys, named, strict=True))
    ]
    missing = _missing(connection, spans)
    aside = {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(_QUARANTINED, {"spans": spans})}
    same = _same_chain(
        connection, [(place, keys[place][0], named[place].said) for place in range(len(keys)) if place not in missing]
    )
    more = _more(connection, [(key, each.said) for key, (each, held) in asked.items() if each.sums != held])
    return {
        key: Evidence(
            missing=missing.get(place, ()),
            set_aside=aside.get(place, (0, 0))[0],
            unwritten=aside.get(place, (0, 0))[1],
            more=more.get(key, NO_SUMS),
            same_chain=same.get(place, True),
        )
        for place, key in enumerate(keys)
    }


def _missing(connection: Connection, spans: Sequence[Span]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Place → what is not held, of those that lack anything.

    Numbers are counted first: only where the count is not that of the stretch, or some were told again, is it looked
    which they are.
    """
    ends: dict[int, list[tuple[int, int, int]]] = {}
    for query in _COUNTED:
        for place, n, low, high in connection.execute(query, {"spans": spans}):
            ends.setdefault(place, []).append((n, low, high))
    doubtful = []
    for span in spans:
        place, _, _, first, last = span
        counts = ends.get(place, [])
        if first <= last and (len(counts) != 1 or counts[0][0] != last - first + 1):
            doubtful.append(span)
    if not doubtful:
        return {}
    holes: dict[int, list[tuple[int, int]]] = {}
    for place, before, after in connection.execute(_HOLES, {"spans": doubtful}):
        holes.setdefault(place, []).append((before + 1, after - 1))
    found = {}
    for place, _, _, first, last in doubtful:
        counts = ends.get(place, [])
        low = min((each[1] for each in counts), default=last + 1)
        high = max((each[2] for each in counts), default=last)
        gaps = [(first, low - 1), *holes.get(place, ()), (high + 1, last)]
        if gaps := [gap for gap in gaps if gap[0] <= gap[1]]:
            found[place] = tuple(gaps[:_GAPS_MAX])
    return found


def _same_chain(connection: Connection, named: Sequence[tuple[int, str, DayClosed]]) -> dict[int, bool]:
    """(place, till, certificate) → whether the chain at its last event is the one it names."""
    chains = {place: GENESIS for place, _, said in named if said.last_seq == 0}
    spans = [(place, till, said.epoch, said.last_seq, said.last_seq) for place, till, said in named if said.last_seq]
    for query in _CHAINS if spans else ():
        chains.update(connection.execute(query, {"spans": spans}).tuples().all())
    return {place: chains.get(place) == said.chain for place, _, said in named}


def _more(connection: Connection, named: Iterable[tuple[Key, DayClosed]]) -> dict[Key, Sums]:
    since = [(*key, said.epoch, said.last_seq) for key, said in named]
    if not since:
        return {}
    found: dict[Key, dict[str, int]] = {}
    for query in _LATER:
        _gather(found, connection.execute(query, {"since": since}))
    return {key: Sums(**figures) for key, figures in found.items()}
