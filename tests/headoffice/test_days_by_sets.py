"""All days of all tills at once come to what each of them does by itself, whatever lies in the tables."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from pos_member.domain import codec
from pos_member.domain.chain import GENESIS
from pos_member.domain.day_certificate import DayClosed
from pos_member.domain.events import EventKind
from pos_member.headoffice import days, exceptions, portable, schema, times
from pos_member.headoffice.days import DayState, TillDay
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.service import HeadOffice
from tests.headoffice import day_oracle
from tests.headoffice.office_support import BRANCHES, CLOCK
from tests.headoffice.offices import open_seeded
from tests.headoffice.test_metrics_cost import counted

ZONE = "Asia/Bangkok"
NOW = CLOCK.now()
TODAY = NOW.date()
FIRST = TODAY - timedelta(days=9)
TABLES = ("till", "event", "event_again", "bill", "bill_return", "bill_claim", "quarantine", "day_certificate")
TILLS = 4
SEEDS = 24


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[HeadOffice]:
    made = open_seeded(tmp_path_factory.mktemp(office_kind))
    yield made
    made.database.close()


class Muddle:
    """What one till left behind: days that are well, and everything that may be wrong with one."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.id, self._number, self._dice = f"till-{number}", number, dice
        self._epoch, self._seq, self._chain = 1, 0, GENESIS
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._sums = days.Sums()

    def live(self) -> None:
        contact = self._dice.choice((None, times.stored(NOW), times.stored(NOW - timedelta(days=4))))
        enrolled = NOW - timedelta(days=self._dice.randrange(3, 90))
        for n in range(self._dice.choice((9, 9, 75)), -1, -1):
            self._day(TODAY - timedelta(days=n))
        self.rows["till"].append(
            {"id": self.id, "number": self._number, "branch_id": BRANCHES[self._number % 2].id, "label": "x"}
            | {"public_key": "", "epoch": self._epoch, "last_seq": self._seq, "chain": self._chain, "cursor": 0}
            | {"revoked": self._chance(0.2), "revoked_at": None, "enrolled_at": times.stored(enrolled)}
            | {"last_contact_at": contact, "app_version": ""}
        )

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _day(self, day: date) -> None:
        if self._chance(0.15):
            return
        if self._chance(0.05):
            self._epoch, self._seq, self._chain = self._epoch + 1, 0, GENESIS
        self._sums = days.Sums()
        for _ in range(self._dice.choice((1, 1, 2))):
            for _ in range(self._dice.randrange(5)):
                self._deal(day)
            if self._chance(0.85):
                self._close(day)
        if self._chance(0.15):
            self._deal(day)

    def _deal(self, day: date) -> None:
        """A sale, a return or a claim; perhaps never come, come again under this number, or set aside."""
        kind = self._dice.choice(("bill", "bill", "bill", "bill_return", "bill_claim", "none"))
        name = f"{self.id}-{self._epoch}-{self._seq + 1}"
        lost, aside = self._chance(0.04), self._chance(0.04)
        self._event(name, lost=lost)
        taken_in = self._chance(0.5)
        if aside:
            self.rows["quarantine"].append(
                {"till_id": self.id, "epoch": self._epoch, "seq": self._seq, "event_id": name, "kind": "x"}
                | {"reason": "apply", "detail": "", "at": "", "taken_in": taken_in}
            )
        amounts = {"points": self._dice.randrange(9), "satang": self._dice.randrange(900)}
        self._count(kind, **amounts)
        if kind != "none" and not (lost and self._chance(0.9)) and (not aside or taken_in):
            self.rows[kind].append(self._row(kind, name, day, **amounts))

    def _count(self, kind: str, points: int, satang: int) -> None:
        now = self._sums
        if kind == "bill":
            self._sums = replace(
                now,
                bills=now.bills + 1,
                total_satang=now.total_satang + satang,
                points_earned=now.points_earned + points,
            )
        elif kind == "bill_return":
            self._sums = replace(now, returns=now.returns + 1, refund_satang=now.refund_satang + satang)
        elif kind == "bill_claim":
            self._sums = replace(now, claims=now.claims + 1, points_earned=now.points_earned + points)

    def _row(self, kind: str, name: str, day: date, points: int, satang: int) -> dict[str, Any]:
        row: dict[str, Any] = {"till_id": self.id, "id": name, "seq": self._seq, "business_date": day.isoformat()}
        row |= {"staff_id": "s", "member_id": "m"}
        place = {"number": name, "branch_id": BRANCHES[0].id, "completed_at": times.stored(NOW)}
        if kind == "bill":
            row |= place | {"lines": 1, "gross_satang": satang, "discount_satang": 0, "total_satang": satang}
            return row | {"vat_satang": 0, "points_earned": points, "points_redeemed": 0}
        if kind == "bill_return":
            row |= place | {"bill_id": "b", "refund_satang": satang, "points_taken_back": 0}
            return row | {"points_given_back": 0, "complete": False}
        return row | {"bill_id": f"of {name}", "approved_by": "", "at": times.stored(NOW), "points": points}

    def _event(self, name: str, *, lost: bool = False) -> None:
        self._seq += 1
        self._chain = f"{self._epoch:032x}{self._seq:032x}"
        here = {"till_id": self.id, "epoch": self._epoch, "seq": self._seq, "event_id": name, "sha256": "0" * 64}
        here |= {"received_at": times.stored(NOW)}
        again = self._chance(0.05)
        if again:
            other = self._chain if self._chance(0.5) else "ab" * 32
            self.rows["event_again"].append(here | {"chain": other, "payload": None})
        if not lost and not (again and self._chance(0.7)):
            more = {"kind": EventKind.BILL_COMPLETED.value, "version": 1, "payload": b"", "created_at": ""}
            self.rows["event"].append(here | more | {"chain": self._chain})

    def _close(self, day: date) -> None:
        lies = {"bills": 1} if self._chance(0.05) else {"total_satang": -3} if self._chance(0.05) else {}
        told = {name: getattr(self._sums, name) + lies.get(name, 0) for name in day_oracle.FIGURES}
        last = self._seq if self._chance(0.95) else max(0, self._seq - 2)
        said = DayClosed(
            id=f"day-{self.id}-{self._epoch}-{self._seq + 1}",
            till_id=self.id,
            epoch=self._epoch if self._chance(0.95) else self._epoch + 1,
            business_date=day,
            at=NOW,
            staff_id="",
            last_seq=last,
            chain=self._chain if last == self._seq else GENESIS if last == 0 else f"{self._epoch:032x}{last:032x}",
            **told,
        )
        self._event(said.id)
        self.rows["day_certificate"].append(
            {"till_id": self.id, "id": said.id, "epoch": said.epoch, "seq": self._seq, "at": times.stored(NOW)}
            | {"business_date": day.isoformat(), "last_seq": last, "chain": said.chain}
            | {"body": codec.canonical_bytes(said).decode()}
        )


def fill(connection: Connection, dice: random.Random) -> None:
    for name in (*TABLES, "exception"):
        connection.execute(delete(schema.metadata.tables[name]))
    for number in range(TILLS):
        till = Muddle(number, dice)
        till.live()
        for name, rows in till.rows.items():
            portable.insert_many(connection, schema.metadata.tables[name], rows)


def one_by_one(connection: Connection, first: date, last: date, wanted: list[TillDay]) -> list[TillDay]:
    tills = {row.id: row for row in connection.execute(select(schema.till))}
    return [day_oracle.judge(connection, tills[each.till_id], each.day, ZONE, first, last) for each in wanted]


def test_all_at_once_is_as_one_by_one(office: HeadOffice) -> None:
    met: Counter[str] = Counter()
    for number in range(SEEDS):
        with office.database.write() as connection:
            fill(connection, random.Random(number))
        with office.database.read() as connection:
            found = days.till_days(connection, FIRST, TODAY, ZONE)
            assert list(found) == one_by_one(connection, FIRST, TODAY, list(found)), f"seed {number}"
            again = dict[tuple[str, str], tuple[str, days.Sums]]()
            assert days.till_days(connection, FIRST, TODAY, ZONE, known=again) == found
            assert set(again) == {(e.till_id, e.day.isoformat()) for e in found if e.state is DayState.COMPLETE}
            kept = days.till_days(connection, FIRST, TODAY, ZONE, known=again)
            assert [(e.state, e.missing, e.differences) for e in kept] == [
                (e.state, e.missing, e.differences) for e in found
            ]
        met.update(each.state.value for each in found)
        met.update(one.figure for each in found for one in each.differences)
        met.update("several gaps" for each in found if len(each.missing) > 1)
    wanted = {*(set(DayState) - {DayState.OPEN}), "chain", "bills", "total_satang", "several gaps"}
    assert {each for each in wanted if met[each] < 3} == set(), met


def test_days_with_a_case_of_long_ago_are_looked_at_each_for_itself(office: HeadOffice) -> None:
    """With other days around them certificates begin elsewhere: each is judged as if it were asked for alone."""
    later, compared = NOW + timedelta(days=days.DAYS_SHOWN + 7), 0
    for number in range(SEEDS // 2):
        with office.database.write() as connection:
            fill(connection, random.Random(1_000 + number))
            found = days.till_days(connection, FIRST, TODAY, ZONE)
            dice = random.Random(number)
            cases = [each for each in found if dice.random() < 0.4]
            for place, each in enumerate(cases):
                subject = f"{each.till_id}:{each.day.isoformat()}"
                finding = Finding(ExceptionKind.GAP, subject, True, detail={"till_id": each.till_id})
                exceptions.record(connection, [finding], times.stored(NOW + timedelta(seconds=place)))
            seen = days.earlier(connection, later, ZONE)
            alone = [one_by_one(connection, each.day, each.day, [each])[0] for each in cases]
        assert list(seen) == alone, f"seed {number}"
        compared += len(seen)
    assert compared > 80


@pytest.mark.parametrize("tills", [1, 30])
def test_any_number_of_tills_is_a_dozen_questions(office: HeadOffice, tills: int) -> None:
    with office.database.write() as connection:
        fill(connection, random.Random(7))
        row = dict(connection.execute(select(schema.till)).mappings().first() or {})
        rows = [row | {"id": f"more-{n}", "number": 100 + n} for n in range(tills)]
        portable.insert_many(connection, schema.till, rows)
        certificates = [dict(each) for each in connection.execute(select(schema.day_certificate)).mappings()]
        events = [dict(each) for each in connection.execute(select(schema.event)).mappings()]
        for row in rows:
            same = [each | {"till_id": row["id"]} for each in certificates]
            keyed = {each["id"]: each for each in same}
            portable.insert_new(connection, schema.day_certificate, list(keyed.values()))
            portable.insert_new(connection, schema.event, [each | {"till_id": row["id"]} for each in events])
    with office.database.read() as connection, counted(connection) as asked:
        found = days.lately(connection, datetime.combine(TODAY, datetime.max.time(), NOW.tzinfo), ZONE)
    assert len(found) > 10 * tills and len(asked) <= 15
