"""Head office's jobs from the command line: what they do, what they say, how they end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK, EXIT_REFUSED, main
from pos_member.domain.clock import SystemClock, business_date, format_date
from pos_member.domain.codes import make_coupon_code
from pos_member.domain.events import EventKind
from pos_member.domain.org import TillIdentity
from pos_member.domain.program import Effect, EffectKind, Limits, Program, Window
from pos_member.domain.program_files import ProgramFile, write
from pos_member.domain.tally import TallyKind
from pos_member.headoffice import schema
from pos_member.headoffice.console.door import Door
from pos_member.headoffice.database import open_database
from tests.headoffice.office_support import CLOCK, MEMBERS, make_bill, rows
from tests.headoffice.program_facts import ONCE, TILLS, TODAY, empty_office, take_in, tally

PAST = Window(date_from=date(2026, 1, 1), date_to=date(2026, 11, 20))
DRAW = Program("draw", "DRAW", "จับรางวัล", "Draw", Effect(EffectKind.DRAW_ENTRIES.value, count=1), window=PAST, format=2)
TOP = Program(
    "top",
    "TOP",
    "ยอดซื้อสูงสุด",
    "Top",
    Effect(EffectKind.TOP_SPENDER.value, coupon=ONCE.id, count=1),
    window=PAST,
    limits=Limits(total=10, budget_satang=100_000),
    format=2,
)


class Office:
    """Head office's file, and commands on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'facts.db'}"
        self._capsys = capsys

    def run(self, *arguments: object, lang: str = "en") -> tuple[int, str, str]:
        code = main(["headoffice", *map(str, arguments), "--database", self.url, "--lang", lang])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def json(self, *arguments: object) -> Any:
        code, out, _ = self.run(*arguments, "--json")
        return code, json.loads(out)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def acts(self) -> list[tuple[str, str, str, str]]:
        database = open_database(self.url)
        try:
            return [(row.act, row.subject_id, row.who, row.why) for row in rows(database, "office_act")]
        finally:
            database.close()


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    with empty_office(tmp_path) as database:
        day = date(2026, 11, 20)
        bills = [
            make_bill(TILLS[0], 1, member=MEMBERS[0], points=30, redeem=0, business_date=day),
            make_bill(
                TILLS[0],
                2,
                member=MEMBERS[1],
                points=0,
                redeem=0,
                business_date=day,
                tallies=(tally(TallyKind.ENTRIES, "draw", 4, 1),),
            ),
        ]
        take_in(database, [(TILLS[0], EventKind.BILL_COMPLETED, bill) for bill in bills])
    made = Office(tmp_path, capsys)
    assert made.run("program", "put", made.file("p.json", write(ProgramFile((DRAW, TOP), (ONCE,)))))[0] == EXIT_OK
    return made


def test_programs_are_put_listed_and_switched(office: Office) -> None:
    code, out = office.json("program", "list")
    assert (code, [(each["code"], each["active"], each["total"]) for each in out]) == (
        EXIT_OK,
        [("DRAW", True, None), ("TOP", True, 10)],
    )
    code, out, _ = office.run("program", "off", "DRAW", "--by", "สมศรี", "--why", "ของหมด", lang="th")
    assert (code, "ปิด “DRAW” แล้ว" in out) == (EXIT_OK, True)
    assert ("program_switch", "DRAW", "สมศรี", "ของหมด") in office.acts()
    _, out, _ = office.run("program", "list")
    assert "off: DRAW Draw: 1 bills" in out and "used 0 of 10" in out and "spent 0.00 of 1,000.00 baht" in out
    assert office.json("program", "off", "DRAW") == (EXIT_OK, {"code": "DRAW", "active": False, "changed": False})
    assert office.run("program", "on", "DRAW")[0] == EXIT_OK
    code, _, err = office.run("program", "on", "NONE")
    assert (code, "There is no program “NONE”" in err) == (EXIT_REFUSED, True)
    data = json.loads(write(ProgramFile((DRAW, TOP), (ONCE,)))) | {"settings": {"point_value_satang": 20}}
    file = office.file("settings.json", json.dumps(data))
    code, out = office.json("program", "put", file)
    assert (code, out["same"], out["settings_left"]) == (
        EXIT_ATTENTION,
        ["ONCE", "DRAW", "TOP"],
        ["point_value_satang"],
    )
    code, said, _ = office.run("program", "put", file, "--with-settings")
    assert (code, "point_value_satang" in said) == (EXIT_OK, True)
    assert office.run("program", "put", office.folder / "missing.json")[0] == EXIT_ENVIRONMENT
    bad = write(ProgramFile((replace(DRAW, effect=replace(DRAW.effect, count=-1)),)))
    code, _, err = office.run("program", "put", office.file("bad.json", bad))
    assert (code, err) == (EXIT_REFUSED, "programs[0].effect.count: must be 1 … 1000\n")
    taken = write(ProgramFile((replace(DRAW, id="another"),)))
    code, _, err = office.run("program", "put", office.file("taken.json", taken), lang="th")
    assert (code, "programs[0].code: ร้านใช้รหัสนี้กับรายการอื่น" in err) == (EXIT_REFUSED, True)
    code, _, err = office.run("program", "put", office.file("list.json", "[]"), lang="th")
    assert (code, err) == (EXIT_REFUSED, "file: ต้องเป็นออบเจกต์ { … }\n")


def test_a_draw_from_list_to_check(office: Office) -> None:
    listed = office.folder / "list.json"
    code, _, err = office.run("draw", "--program", "DRAW")
    assert (code, err) == (EXIT_REFUSED, "--seed: a value is missing\n")
    code, _, err = office.run("draw", "--program", "DRAW", "--seed", "123456")
    assert (code, "--list-only" in err) == (EXIT_REFUSED, True)
    code, out = office.json("draw", "--program", "DRAW", "--list-only", "--source", "งวด 1", "--out", listed)
    assert (code, out["members"], out["entries"]) == (EXIT_OK, 1, 4)
    assert json.loads(listed.read_text())["commitment"] == out["commitment"]
    record = office.folder / "record.json"
    code, said, _ = office.run("draw", "--program", "DRAW", "--seed", "123456", "--prizes", "2", "--out", record)
    assert (code, f"Prize 1: {MEMBERS[1].number}" in said) == (EXIT_OK, True)
    code, said, _ = office.run("draw", "--verify", record, "--commitment", out["commitment"])
    assert (code, said.startswith("Right")) == (EXIT_OK, True)
    forged = json.loads(record.read_text()) | {"winners": []}
    code, said = office.json("draw", "--verify", office.file("forged.json", json.dumps(forged)))
    assert (code, said) == (EXIT_ATTENTION, {"right": False, "fault": "winners"})
    assert office.json("draw", "--verify", record, "--commitment", "00")[1]["fault"] == "commitment"
    assert office.run("draw", "--program", "DRAW", "--seed", "9", "--prizes", "2")[0] == EXIT_REFUSED


def test_top_spenders_get_their_coupons(office: Office) -> None:
    code, out = office.json("top-spenders", "--program", "TOP")
    assert (code, out["coupons"], out["held_before"]) == (EXIT_OK, 1, False)
    assert [(each["member_id"], each["number"]) for each in out["ranked"]] == [(MEMBERS[1].id, MEMBERS[1].number)]
    assert out["silent_tills"] == 0
    _, said, _ = office.run("top-spenders", "--program", "TOP")
    assert "This was held before" in said and f"1. {MEMBERS[1].number}: " in said and "Mind" not in said


def _unheard(till: TillIdentity) -> dict[str, object]:
    place = {"id": till.id, "number": till.number, "branch_id": till.branch_id, "label": till.label}
    keys = {"public_key": "", "epoch": 1, "last_seq": 0, "chain": "", "revoked": False, "cursor": 0}
    return {**place, **keys, "enrolled_at": "", "app_version": "", "last_contact_at": "2026-11-20T16:00:00.000000Z"}


def test_what_is_final_waits_for_every_till_unless_told_not_to(office: Office) -> None:
    database = open_database(office.url)
    with database.write() as connection:
        connection.execute(insert(schema.till), [_unheard(till) for till in TILLS])
    database.close()
    for job in (("top-spenders", "--program", "TOP"), ("draw", "--program", "DRAW", "--list-only")):
        code, _, err = office.run(*job)
        assert code == EXIT_REFUSED and f"{len(TILLS)} tills have not been heard of" in err and "--anyway" in err
    code, out = office.json("top-spenders", "--program", "TOP", "--anyway")
    assert (code, out["held_before"], out["silent_tills"]) == (EXIT_OK, False, len(TILLS))
    code, said, _ = office.run("draw", "--program", "DRAW", "--list-only", "--anyway", lang="th")
    assert code == EXIT_OK and f"เตือน: มี {len(TILLS)} เครื่อง" in said
    assert office.run("top-spenders", "--program", "TOP")[0] == EXIT_OK


def test_segments_and_occasions_from_a_list(office: Office) -> None:
    plain, spaced = MEMBERS[0].number, f" {MEMBERS[1].number[:2]}-{MEMBERS[1].number[2:]} ,สมหญิง"
    numbers = office.file("list.csv", f"\ufeff{plain}\n\n{spaced}\n")
    code, out = office.json("segment", "set", "vip", numbers)
    assert (code, out) == (EXIT_OK, {"segment": "vip", "members": 2, "added": 2, "removed": 0, "unknown": 0})
    more = office.file("more.csv", f"{plain}\n12345\nnobody\n")
    code, out = office.json("coupon", "give", "ONCE", "--members", more, "--occasion", "กลับมา")
    assert (code, out) == (EXIT_ATTENTION, {"occasion": "กลับมา", "coupons": 1, "already": 0, "unknown": 2})
    assert office.json("coupon", "give", "ONCE", "--members", numbers, "--occasion", "กลับมา")[1]["already"] == 1
    assert {act for act, *_ in office.acts()} == {"program_put", "segment_set", "coupons_given"}
    assert office.run("coupon", "give", "NONE", "--members", numbers, "--occasion", "x")[0] == EXIT_REFUSED


def test_a_lost_console_password_is_made_anew(office: Office) -> None:
    first, again = office.json("password")[1]["password"], office.json("password")[1]["password"]
    assert first != again
    database = open_database(office.url)
    try:
        door = Door(database)
        with database.read() as connection:
            entered = [door.enter(connection, each, "here", CLOCK.now()) is not None for each in (first, again)]
    finally:
        database.close()
    assert entered == [False, True]
    code, said, _ = office.run("password", lang="th")
    assert code == EXIT_OK and "แสดงครั้งเดียว" in said
    elsewhere = office.folder / "nothing.db"
    assert main(["headoffice", "password", "--database", f"sqlite:///{elsewhere}"]) == EXIT_ENVIRONMENT
    assert not elsewhere.exists(), "another file is not made"


def test_times_are_the_shops(office: Office) -> None:
    clock = SystemClock()
    days = [business_date(clock.now(), "Asia/Bangkok")]
    assert office.run("deny", "add", make_coupon_code(lambda below: below // 3), "leaked")[0] == EXIT_OK
    days.append(business_date(clock.now(), "Asia/Bangkok"))
    for lang in ("th", "en"):
        _, said, _ = office.run("deny", "list", lang=lang)
        assert any(f"{format_date(day, lang)} " in said for day in days), said


def test_expiry_clearing_recheck_and_quotas(office: Office) -> None:
    assert office.json("expire") == (EXIT_OK, {"members": 0, "points": 0, "stamps": 0})
    assert office.json("recheck", "--from", TODAY.isoformat()) == (
        EXIT_OK,
        {"checked": 0, "different": 0, "not_checkable": 0},
    )
    assert office.json("recheck")[1]["not_checkable"] == 2  # bills without a basis
    csv = office.folder / "clearing.csv"
    code, said, _ = office.run("clearing", "--csv", csv)
    assert code == EXIT_OK
    assert said.splitlines()[1:] == [
        *("Between branches", "  nobody owes anybody"),
        *("Between brands", "  nobody owes anybody"),
    ]
    assert csv.read_text(encoding="utf-8-sig").splitlines() == ["row,level,from,to,points,baht"]
    assert office.json("clearing")[1]["branches"] == []
    code, said, _ = office.run("quota", "write-off", TILLS[0].id)
    assert (code, "Nothing to free" in said) == (EXIT_ATTENTION, True)


def test_a_slip_in_the_name_of_the_database_makes_no_empty_head_office(office: Office) -> None:
    missing = office.folder / "typo.db"
    office.url = f"sqlite:///{missing}"
    for arguments in (("program", "list"), ("expire",), ("recheck",), ("program", "off", "DRAW")):
        code, _, err = office.run(*arguments)
        assert (code, str(missing) in err, missing.exists()) == (EXIT_ENVIRONMENT, True, False)


def test_promptpay_is_named_at_head_office_and_reaches_the_tills(office: Office) -> None:
    code, _, said = office.run("promptpay", "12345")
    assert code == EXIT_REFUSED and "12345" in said
    code, out, _ = office.run("promptpay", "081-234-5678")
    assert code == EXIT_OK and "081-234-5678" in out
    assert office.json("promptpay", "081-234-5678")[1]["changed"] is False
    [branch, *_] = rows_of(office, "branch")
    assert office.run("promptpay", "0123456789012", "--branch", "XX")[0] == EXIT_REFUSED
    assert office.run("promptpay", "0123456789012", "--branch", branch["code"])[0] == EXIT_OK
    [organisation] = rows_of(office, "organisation")
    assert organisation["settings"]["promptpay"] == "081-234-5678"
    assert rows_of(office, "branch")[0]["promptpay"] == "0123456789012"
    assert office.run("promptpay", "--none", "--branch", branch["code"])[0] == EXIT_OK
    assert "promptpay" not in rows_of(office, "branch")[0]


def rows_of(office: Office, entity: str) -> list[Any]:
    database = open_database(office.url)
    with database.read() as connection:
        found = connection.execute(schema.catalogue.select().where(schema.catalogue.c.entity == entity)).all()
    database.close()
    return [json.loads(row.body) for row in found]
