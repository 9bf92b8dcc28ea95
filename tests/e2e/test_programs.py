"""``program check | try | library | replay`` as processes, in both languages, on a till's folder."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pos_member.config import resource
from pos_member.wording import say
from tests.e2e.commands import LANGUAGES, run

DEMO = resource("programs", "demo.json")
each_language = pytest.mark.parametrize("language", LANGUAGES)
YEAR = ("--from", "2020-01-01", "--to", "2099-12-31")


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 40 bills."""
    folder = tmp_path_factory.mktemp("replay") / "till"
    assert run("seed", "--data", folder, "--members", "30").code == 0
    assert run("load", "--data", folder, "--bills", "40").code == 0
    return folder


def _json(said: Any) -> dict[str, Any]:
    data = said.json()
    assert isinstance(data, dict)
    return data


@each_language
def test_check_says_every_problem_with_its_field(tmp_path: Path, language: str) -> None:
    good = run("program", "check", DEMO, "--lang", language, cold=language == "th")
    assert good.code == 0 and good.err == "", good
    data = json.loads(DEMO.read_text(encoding="utf-8"))
    data["programs"][2]["effect"]["factor"] = 5
    data["programs"][0]["effect"]["step_satang"] = 0
    data["programs"][1]["scope"]["tag"] = []
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data), encoding="utf-8")
    said = run("program", "check", bad, "--lang", language)
    assert said.code == 1
    field = say("wants", "no such field", language)
    assert f"✗ programs[1].scope.tag: {field}" in said.lines()
    bounds = say("program", "must_be", language, {"want": "1 … 10000000000"})
    assert f"✗ programs[0].effect.step_satang: {bounds}" in said.lines()
    bill = tmp_path / "bill.json"
    bill.write_text('{"at": "2026-11-21T12:00:00+07:00", "lines": []}', encoding="utf-8")
    tried = run("program", "try", "--programs", bad, "--bill", bill, "--lang", language)
    assert (tried.code, tried.err) == (3, f"programs[1].scope.tag: {field}\n")
    told = _json(run("program", "check", bad, "--json"))
    assert told["ok"] is False and len(told["problems"]) == 2


@each_language
def test_a_file_that_is_not_there_or_no_json_is_told(tmp_path: Path, language: str) -> None:
    missing = run("program", "check", tmp_path / "none.json", "--lang", language)
    assert missing.code == 4 and "none.json" in missing.err and "Traceback" not in missing.err
    odd = tmp_path / "odd.json"
    odd.write_text("{", encoding="utf-8")
    assert run("program", "check", odd, "--lang", language).code == 3


@each_language
def test_the_library_is_listed_shown_and_copied(tmp_path: Path, language: str) -> None:
    listed = run("program", "library", "--lang", language, cold=language == "th")
    assert listed.code == 0 and any(row.startswith("coffee-card") for row in listed.lines())
    shown = run("program", "library", "coffee-card", "--lang", language)
    assert shown.code == 0 and "COFFEE" in shown.out
    copy = tmp_path / "card.json"
    assert run("program", "library", "coffee-card", "--out", copy, "--lang", language).code == 0
    assert run("program", "check", copy).code == 0
    unknown = run("program", "library", "no-such", "--lang", language)
    assert unknown.code == 3 and "coffee-card" in unknown.err
    assert len(json.loads(run("program", "library", "--json").out)) >= 10


@each_language
def test_a_bill_is_tried_in_words(tmp_path: Path, language: str) -> None:
    entry = json.loads(resource("programs", "library", "next-bill-20.json").read_text(encoding="utf-8"))
    files = {}
    for name, data in (("programs", entry["file"]), ("bill", entry["examples"][1]["bill"])):
        files[name] = tmp_path / f"{name}.json"
        files[name].write_text(json.dumps(data), encoding="utf-8")
    said = run("program", "try", "--programs", files["programs"], "--bill", files["bill"], "--lang", language)
    assert said.code == 0
    assert any(entry["examples"][1]["says"][0][language] in row for row in said.lines()), said.out


def test_what_ran_replays_to_itself(till: Path) -> None:
    """The programs the till has are those of the demo file: no difference, whatever the number of processes."""
    asked = ("program", "replay", "--data", till, "--programs", DEMO, *YEAR, "--compare", "--json")
    one = _json(run(*asked, cold=True))
    assert one["total"]["ran"]["bills"] == 40 and one["total"]["ran"]["points"] > 0
    assert set(one["total"]["difference"].values()) == {0}
    assert all(set(day["difference"].values()) == {0} for day in one["days"])
    assert one["winners"] and all("•" in each["member"] for each in one["winners"])
    few = _json(run(*asked, "--workers", 1))
    assert few.pop("workers") == 1 and one.pop("workers") >= 1
    assert few == one


@each_language
def test_a_replay_is_a_table_or_csv(till: Path, language: str) -> None:
    said = run("program", "replay", "--data", till, "--programs", DEMO, *YEAR, "--workers", 1, "--lang", language)
    assert said.code == 0 and "POINTS-25" in said.out
    assert say("program", "replay_winners", language) in said.lines()
    rows = list(
        csv.DictReader(
            io.StringIO(run("program", "replay", "--data", till, "--programs", DEMO, *YEAR, "--csv", "--compare").out)
        )
    )
    assert sum(int(row["draft_bills"]) for row in rows) == 40
    assert all(row["difference_cost_satang"] == "0" for row in rows)


def test_a_period_without_bills_is_empty_and_one_that_ends_before_it_begins_is_refused(till: Path) -> None:
    asked = ("program", "replay", "--data", till, "--programs", DEMO, "--json")
    empty = _json(run(*asked, "--from", "2020-01-01", "--to", "2020-01-31"))
    assert empty["days"] == [] and empty["total"]["bills"] == 0
    backwards = run(*asked, "--from", "2020-02-01", "--to", "2020-01-31")
    assert backwards.code == 3 and "--to" in backwards.err
    assert run("program", "replay", "--data", till / "none", "--programs", DEMO, *YEAR).code == 4
