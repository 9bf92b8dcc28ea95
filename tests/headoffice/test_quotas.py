"""Limits over all tills: never passed under any interleaving, never stranded for a busy till at the line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.errors import Refusal
from pos_member.domain.program import Effect, EffectKind, Limits, Program, Window
from pos_member.domain.program_files import ProgramFile, write
from pos_member.domain.tally import Tally, TallyKind
from pos_member.headoffice import admin, programs, quotas
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.quotas import IDLE_PART, Holding, next_grant
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import FeedEntity
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES, Till, open_exceptions, rows

LIMITED = Program(
    "limited",
    "LIMITED",
    "ร้อยคนแรก",
    "First hundred",
    Effect(EffectKind.DISCOUNT_AMOUNT.value, amount_satang=2_000),
    limits=Limits(total=100, budget_satang=150_000),
    format=2,
)


class Shop:
    """Tills that sell with what they know, and sync when the test says: the whole algorithm without a database."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.grants: list[int] = []
        self.seen: list[int] = []  # used, as head office knows
        self.known: list[int] = []  # granted, as the till knows
        self.used: list[int] = []

    def add(self) -> None:
        for figures in (self.grants, self.seen, self.known, self.used):
            figures.append(0)

    def sync(self, till: int) -> None:
        self.seen[till] = self.used[till]
        others = [Holding(g, u) for n, (g, u) in enumerate(zip(self.grants, self.seen, strict=True)) if n != till]
        mine = Holding(self.grants[till], self.seen[till])
        raised = next_grant(self.limit, mine, others, len(self.grants))
        assert raised >= self.grants[till], "a grant is never lowered"
        self.grants[till] = self.known[till] = raised
        assert sum(self.grants) <= max(self.limit, 0) or raised == mine.grant

    def sell(self, till: int, times: int) -> None:
        self.used[till] += min(times, self.known[till] - self.used[till])

    def take_back(self, till: int, times: int) -> None:
        self.used[till] -= min(times, self.used[till])


@given(
    st.integers(0, 400),
    st.lists(st.tuples(st.sampled_from(["add", "sync", "sell", "return"]), st.integers(0, 7), st.integers(1, 90))),
)
@settings(max_examples=300, deadline=None)
def test_no_interleaving_passes_the_limit(limit: int, steps: list[tuple[str, int, int]]) -> None:
    shop = Shop(limit)
    shop.add()
    for what, till, times in steps:
        till %= len(shop.grants)
        match what:
            case "add" if len(shop.grants) < 8:
                shop.add()
            case "sync":
                shop.sync(till)
            case "sell":
                shop.sell(till, times)
            case "return":
                shop.take_back(till, times)
        assert sum(shop.used) <= limit
        assert sum(shop.grants) <= limit


@given(st.integers(1, 20_000), st.integers(1, 40), st.integers(1, 50))
@settings(max_examples=200, deadline=None)
def test_a_busy_till_at_the_line_gets_all_but_what_idle_tills_hold(limit: int, tills: int, a_round: int) -> None:
    shop = Shop(limit)
    for _ in range(tills):
        shop.add()
    for till in range(tills):
        shop.sync(till)
    for _ in range(limit + tills):
        shop.sell(0, a_round)
        shop.sync(0)
        if shop.used[0] == shop.grants[0] and sum(shop.grants) == limit:
            break
    idle = (tills - 1) * max(1, limit // (IDLE_PART * tills))
    assert shop.used[0] >= limit - idle


def test_it_gets_there_in_few_rounds() -> None:
    """What a till gets doubles with what it gave: a till that sells all it has is not held up at every sale."""
    shop = Shop(100_000)
    for _ in range(50):
        shop.add()
    rounds = 0
    while shop.used[0] < 80_000:
        shop.sync(0)
        shop.sell(0, 100_000)
        rounds += 1
    assert rounds < 40


def test_a_written_off_till_holds_what_it_gave() -> None:
    assert next_grant(100, Holding(0, 0), [Holding(90, 10)], 2) == 6
    assert next_grant(100, Holding(0, 0), [Holding(100, 10)], 2) == 0
    assert next_grant(100, Holding(0, 0), [Holding(100, 10, closed=True)], 2) == 6
    assert next_grant(100, Holding(10, 10, closed=True), [], 2) == 10


@pytest.fixture
def office(office: HeadOffice) -> HeadOffice:
    """With a limited program."""
    with office.database.write() as connection:
        import_catalogue(connection, (LIMITED,))
    return office


def sync(office: HeadOffice, till: Till) -> None:
    assert till.engine(DirectLine(office)).sync_once().reason is None


def granted(till: Till) -> tuple[int, int]:
    grant = till.folder.store.catalogue.quotas()["limited"]
    return grant.times or 0, grant.satang or 0


def gave(times: int, satang: int) -> tuple[Tally, ...]:
    return (Tally(TallyKind.TOTAL, "limited", "", times), Tally(TallyKind.BUDGET, "limited", "", satang))


def test_a_till_learns_its_own_quota_and_no_other(office: HeadOffice, till: Till, other: Till) -> None:
    sync(office, till)
    assert granted(till) == (6, 9_375)  # an eighth, shared by two
    sync(office, other)
    assert granted(other) == (6, 9_375)
    sync(office, till)
    drafts = [row for row in rows(office.database, "feed") if row.entity == FeedEntity.QUOTA.value]
    assert [row.scope for row in drafts] == [f"till:{till.identity.id}", f"till:{other.identity.id}"]
    assert list(till.folder.store.catalogue.quotas()) == ["limited"]


def test_what_it_gave_is_counted_and_topped_up_in_the_same_round(office: HeadOffice, till: Till, other: Till) -> None:
    sync(office, till)
    till.ring(tallies=gave(5, 4_000))
    sync(office, till)
    row = next(row for row in rows(office.database, "quota") if row.till_id == till.identity.id)
    assert (row.used_times, row.used_satang) == (5, 4_000)
    assert granted(till) == (11, 9_375)
    assert open_exceptions(office.database) == {}
    till.ring(tallies=gave(7, 0))  # a till that was tampered with
    sync(office, till)
    assert ("quota_exceeded", f"limited|{till.identity.id}") in open_exceptions(office.database)


def test_only_the_branches_of_a_program_share_it(office: HeadOffice, till: Till, other: Till) -> None:
    there = replace(LIMITED, window=Window(branches=(BRANCHES[1].id,)))
    with office.database.write() as connection:
        import_catalogue(connection, (there,))
    sync(office, till)
    sync(office, other)
    assert "limited" not in till.folder.store.catalogue.quotas()
    assert granted(other) == (12, 18_750)


def test_a_limit_is_not_put_below_what_was_granted(office: HeadOffice, till: Till) -> None:
    sync(office, till)
    file = ProgramFile((replace(LIMITED, limits=Limits(total=11, budget_satang=150_000)),))
    with pytest.raises(Refusal) as caught, office.database.write() as connection:
        programs.put(connection, write(file))
    assert (caught.value.params["where"], caught.value.params["want"]) == ("programs[0].limits.total", ">= 12")
    file = ProgramFile((replace(LIMITED, limits=Limits(total=12, budget_satang=150_000)),))
    with office.database.write() as connection:
        assert programs.put(connection, write(file)).changed == ("LIMITED",)
    till.ring(tallies=gave(12, 0))
    sync(office, till)
    assert granted(till)[0] == 12


def test_a_revoked_tills_rest_is_kept_until_somebody_writes_it_off(office: HeadOffice, till: Till, other: Till) -> None:
    sync(office, till)
    till.ring(tallies=gave(2, 0))
    sync(office, till)
    url = str(office.database.engine.url)
    with office.database.write() as connection:
        assert quotas.write_off(connection, till.identity.id) == 0  # it still has rights
    assert admin.revoke_till(url, till.identity.id)
    with office.database.read() as connection:
        assert quotas.granted(connection, "limited")[0] == 6
    with office.database.write() as connection:
        assert quotas.write_off(connection, till.identity.id) == 1
        assert quotas.granted(connection, "limited")[0] == 2
        assert quotas.used(connection) == {"limited": (2, 0)}


def test_a_program_that_is_off_is_not_topped_up(office: HeadOffice, till: Till) -> None:
    with office.database.write() as connection:
        assert programs.switch(connection, "LIMITED", active=False)
    sync(office, till)
    assert rows(office.database, "quota") == []
    body = next(json.loads(r.body) for r in rows(office.database, "catalogue") if r.id == "limited")
    assert (body["active"], body["version"]) == (False, 2)
