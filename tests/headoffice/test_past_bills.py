"""Past bills from head office's database: all tills' facts in the order of time, replayed against what ran."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pos_member.app import replaying
from pos_member.app.replaying import run
from pos_member.cli.main import EXIT_INTERRUPTED, main
from pos_member.domain.bill import Bill
from pos_member.domain.codec import from_bytes, to_wire
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.pricing import RuleBook
from pos_member.domain.replay_figures import Report
from pos_member.headoffice.past_bills import OfficeSource
from pos_member.headoffice.portable import Database
from pos_member.services.past_bills import Source
from pos_member.wording import say
from tests.headoffice.every_kind import PROGRAMS, Shop, open_shop
from tests.office_database import office_url

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
#: They run before anything that is paid with points, so what a member had does not change them.
_FIRST_STEPS = ("discount_", "fixed_price", "cheapest_free", "buy_x_get_y")


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("past"), 5, 60) as shop:
        yield shop


def test_facts_come_once_in_the_order_of_time(traded: Shop) -> None:
    with traded.database.read() as connection:
        source = OfficeSource(traded.database, connection)
        facts = list(source.facts(FIRST, LAST))
        assert source.count(FIRST, LAST) == len(facts) == len(traded.bills) + len(traded.returns)
        assert source.returned(FIRST, LAST) == {document.bill_id for document in traded.returns}
        bills = [from_bytes(Bill, fact.bill) for fact in facts if isinstance(fact.bill, bytes)]
        assert [bill.id for bill in bills] == [bill.id for bill in traded.bills]
        met = [fact.shard for fact in facts if fact.profile is not None]
        assert sorted(met) == sorted({bill.member_id for bill in bills if bill.member_id is not None})
        assert source.count(date(2020, 1, 1), date(2020, 1, 31)) == 0
        assert source.number(traded.members[0].id).count("•") > 3 and source.number("nobody") == "–"


def test_the_programs_that_ran_replay_to_themselves(traded: Shop) -> None:
    with traded.database.read() as connection:
        source = OfficeSource(traded.database, connection)
        report = run(source, source.book(), FIRST, LAST, workers=1)
    total = report.total
    assert (total.draft.bills, total.draft.returns) == (len(traded.bills), len(traded.returns))
    assert total.ran.gross_satang == total.draft.gross_satang
    for program in PROGRAMS:
        pair = report.programs.get(program.id)
        if pair is not None and program.id.startswith(_FIRST_STEPS):
            assert pair.draft.as_dict() == pair.ran.as_dict(), program.id
    assert sum(key.startswith(_FIRST_STEPS) for key in report.programs) >= 5
    # What a referrer got could be spent in fact and not here: it moves little.
    assert abs(total.draft.cost_satang - total.ran.cost_satang) * 100 <= total.ran.cost_satang
    assert (report.coupons_left_out, report.rewards_left_out, report.returns_outside) == (0, 0, 0)


def test_the_command_reads_the_database(traded: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    programs = tmp_path / "programs.json"
    draft = [to_wire(program) for program in PROGRAMS if program.id == "earn_per_unit-0"]
    programs.write_text(json.dumps({"format": 2, "programs": draft}), encoding="utf-8")
    url = traded.database.engine.url.render_as_string(hide_password=False)
    asked = ["program", "replay", "--database", url, "--programs", str(programs), "--workers", "1", "--json"]
    assert main([*asked, "--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--compare"]) == 0
    said = json.loads(capsys.readouterr().out)
    (row,) = (row for row in said["programs"] if row["id"] == "earn_per_unit-0")
    assert row["draft"]["points"] >= row["ran"]["points"] > 0
    assert said["total"]["draft"]["discount_satang"] == 0
    assert said["left_out"]["rewards"] > 0


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_replay_that_was_stopped_says_so(
    traded: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def stopped(source: Source, book: RuleBook, first: date, last: date, **more: object) -> Report:
        return Report(partial=True)

    monkeypatch.setattr(replaying, "run", stopped)
    programs = tmp_path / "programs.json"
    programs.write_text(json.dumps({"format": 2, "programs": []}), encoding="utf-8")
    url = traded.database.engine.url.render_as_string(hide_password=False)
    asked = ["program", "replay", "--database", url, "--programs", str(programs), "--from", "2026-01-01"]
    assert main([*asked, "--to", "2026-12-31", "--lang", language]) == EXIT_INTERRUPTED
    assert say("program", "replay_partial", language) in capsys.readouterr().out.splitlines()


def test_a_database_without_a_shop_is_told(tmp_path: Path) -> None:
    from pos_member.headoffice.database import open_database

    database: Database = open_database(office_url(tmp_path / "empty.db"))
    with database.read() as connection, pytest.raises(EnvironmentProblem) as problem:
        OfficeSource(database, connection).book()
    assert problem.value.reason is Reason.SHOP_NOT_LOADED
    database.close()
