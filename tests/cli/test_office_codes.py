"""Keys, members' codes and badges from the command line of head office."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_member.cli.main import EXIT_ENVIRONMENT, EXIT_OK, EXIT_REFUSED, EXIT_USAGE, main
from pos_member.domain import codec
from pos_member.domain.codes import check_staff_badge, make_member_number
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Role, Staff
from pos_member.domain.rotating_codes import genuine_step, make_rotating_code, read_rotating_code, time_step
from pos_member.domain.signed_codes import read_signed_member
from pos_member.hardware.scanning.decoder import scan_file
from pos_member.headoffice import badges, member_codes
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from tests.headoffice.office_support import BRANCHES, CLOCK, make_member, new_id, rows, seed

KEY = "00112233445566778899aabbccddeeff"
STAFF = tuple(
    Staff(new_id(), code, "พนักงาน", "Staff", Role.CASHIER, BRANCHES[0].id, "hash", active=active)
    for code, active in (("101", True), ("102", True), ("103", False))
)


def member(n: int, status: MemberStatus = MemberStatus.ACTIVE) -> Member:
    return replace(make_member(n), number=make_member_number(KEY, 1, n), phone=f"+6689{n:07d}", status=status)


PEOPLE = (member(0), member(1), member(2, MemberStatus.BLOCKED), member(3, MemberStatus.ERASED))


class Office:
    """Head office's file, and commands on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'office.db'}"
        self._capsys = capsys
        database = open_database(self.url)
        seed(database)  # its five members have numbers of no kind of ours
        with database.write() as connection:
            import_members(connection, [MemberImport(each) for each in PEOPLE], CLOCK.now())
            import_catalogue(connection, STAFF)
        database.close()

    def run(self, *arguments: object, lang: str = "en") -> tuple[int, str, str]:
        code = main(["headoffice", *map(str, arguments), "--database", self.url, "--lang", lang])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def json(self, *arguments: object) -> tuple[int, Any]:
        code, out, _ = self.run(*arguments, "--json")
        return code, json.loads(out)

    def rows(self, table: str) -> list[Any]:
        database = open_database(self.url)
        try:
            return rows(database, table)
        finally:
            database.close()

    def public(self, number: int) -> Ed25519PublicKey:
        (row,) = [row for row in self.rows("code_key") if (row.kind, row.number) == ("member", number)]
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.public))

    def staff(self, code: str) -> list[Staff]:
        """The person as the catalogue has them, then as the newest change of the feed says."""
        told = [row for row in self.rows("feed") if row.entity == "staff"]
        told.sort(key=lambda row: row.publish_no)
        bodies = [row.body for row in self.rows("catalogue") if row.entity == "staff"] + [row.body for row in told]
        found = [codec.from_wire(Staff, json.loads(body)) for body in bodies]
        people = [person for person in found if person.code == code]
        return [people[0], people[-1]]

    def acts(self) -> list[tuple[str, str]]:
        return [(row.act, row.subject_id) for row in sorted(self.rows("office_act"), key=lambda row: row.id)]


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_a_members_code_is_signed_by_the_newest_key_and_can_be_read_from_its_picture(office: Office) -> None:
    assert office.run("code-keys", "rotate", "member")[0] == EXIT_OK
    picture = office.folder / "card.png"
    spaced = f"{PEOPLE[0].number[:4]} {PEOPLE[0].number[4:]}"
    code, out = office.json("member-code", spaced, "--minutes", 10, "--png", picture)
    signed = read_signed_member(out["code"])
    office.public(2).verify(signed.signature, signed.message)
    claims = signed.claims
    assert (code, claims.key_number, claims.member_id) == (EXIT_OK, 2, PEOPLE[0].id)
    assert claims.member_number == PEOPLE[0].number and claims.valid_until - claims.issued_at == timedelta(minutes=10)
    assert timedelta() <= datetime.now(UTC) - claims.issued_at < timedelta(minutes=5)
    assert [found["text"] for found in scan_file(picture)] == [out["code"]]
    code, said, _ = office.run("member-code", PEOPLE[0].number)
    digits, sentence = said.splitlines()
    life = read_signed_member(digits).claims
    assert life.valid_until - life.issued_at == timedelta(days=365)
    assert (code, "(key 2)" in sentence) == (EXIT_OK, True)
    assert office.acts() == [("code_key_made", "member"), *[("member_code", PEOPLE[0].id)] * 2]


@pytest.mark.parametrize("number", [PEOPLE[2].number, PEOPLE[3].number, "2900000000007", "x" * 99])
def test_only_active_members_with_a_number_of_ours_get_codes(office: Office, number: str) -> None:
    for job in ("member-code", "member-secret"):
        code, out, err = office.run(job, number)
        assert (code, out) == (EXIT_REFUSED, "") and number[:20] in err
    assert office.acts() == []


@pytest.mark.parametrize("life", [("--days", 0), ("--days", 3_651), ("--minutes", 0), ("--days", 100_000_000)])
def test_a_life_that_is_none_is_refused(office: Office, life: tuple[str, int]) -> None:
    code, _, err = office.run("member-code", PEOPLE[0].number, *life)
    assert (code, err) == (EXIT_REFUSED, "--days: must be 1 … 3650\n")
    target = office.folder / "codes.csv"
    assert office.run("member-codes", "--csv", target, *life)[0] == EXIT_REFUSED
    assert not target.exists() and list(office.folder.glob("*.part")) == []


def test_codes_of_all_active_members_go_into_one_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_codes, "_PART", 2)  # in parts, across which nobody is lost or doubled
    target = office.folder / "codes.csv"
    code, out = office.json("member-codes", "--csv", target, "--days", 30)
    assert (code, out) == (EXIT_OK, {"members": 2, "path": str(target)})
    with target.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [row["number"] for row in listed] == [PEOPLE[0].number, PEOPLE[1].number]
    for row in listed:
        signed = read_signed_member(row["code"])
        office.public(1).verify(signed.signature, signed.message)
        assert (signed.claims.member_number, row["key"]) == (row["number"], "1")
        assert datetime.fromisoformat(row["valid_until"]) == signed.claims.valid_until
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert office.acts() == [("member_codes", "")]
    code, _, err = office.run("member-codes", "--csv", office.folder / "missing" / "codes.csv")
    assert (code, "codes.csv" in err) == (EXIT_ENVIRONMENT, True)


def test_an_apps_secret_makes_rotating_codes_once_they_are_switched_on(office: Office) -> None:
    number = PEOPLE[1].number
    code, _, err = office.run("member-secret", number)
    assert (code, "switched off" in err) == (EXIT_REFUSED, True)
    code, _, err = office.run("code-keys", "rotate", "rotating")
    assert (code, "--anyway" in err) == (EXIT_REFUSED, True)
    code, said, _ = office.run("code-keys", "rotate", "rotating", "--anyway")
    assert (code, "Warning" in said) == (EXIT_OK, True)
    code, out = office.json("member-secret", number)
    assert (code, out["generation"], out["member_number"]) == (EXIT_OK, 0, number)
    made = make_rotating_code(bytes.fromhex(out["secret"]), 0, number, time_step(CLOCK.now()))
    assert genuine_step(read_rotating_code(made), bytes.fromhex(out["secret"]), CLOCK.now()) == time_step(CLOCK.now())
    code, said, _ = office.run("member-secret", number, lang="th")
    assert (code, said.splitlines()[0]) == (EXIT_OK, out["secret"])
    assert office.json("code-keys", "off") == (EXIT_OK, {"retired": 1})
    assert office.json("code-keys", "off") == (EXIT_OK, {"retired": 0})


def test_keys_are_listed_rotated_and_retired(office: Office) -> None:
    assert office.run("code-keys", "list")[1].startswith("signed codes: key 1 makes new codes (since ")
    assert office.json("code-keys", "rotate", "member") == (EXIT_OK, {"kind": "member", "number": 2})
    code, _, err = office.run("code-keys", "rotate", "member")
    assert (code, "retire member 1" in err) == (EXIT_REFUSED, True)
    code, out = office.json("code-keys", "retire", "member", 1)
    assert (code, out["number"]) == (EXIT_OK, 1) and out["retired_at"].endswith("Z")
    code, out = office.json("code-keys", "list")
    assert [(key["number"], key["signs"], key["retired_at"] is None) for key in out] == [
        (2, True, True),
        (1, False, False),
    ]
    assert office.run("code-keys", "retire", "member", 2)[0] == EXIT_REFUSED
    said = office.run("code-keys", "list", lang="th")[1]
    assert "กุญแจ 2 ใช้ออกรหัสใหม่" in said and "กุญแจ 1 เลิกใช้แล้ว" in said
    secrets = [row.private for row in office.rows("code_key") if row.private]
    assert secrets and not any(secret in json.dumps(out) for secret in secrets)
    with pytest.raises(SystemExit) as caught:
        office.run("code-keys", "rotate", "till")
    assert caught.value.code == EXIT_USAGE


def test_a_badge_is_given_replaced_and_ended(office: Office) -> None:
    picture = office.folder / "badge.png"
    code, out = office.json("badge", "101", "--png", picture)
    first = out["badge"]
    assert (code, out["staff"], out["replaced"], check_staff_badge(first)) == (EXIT_OK, "101", False, True)
    assert [found["text"] for found in scan_file(picture)] == [first]
    assert [person.badge for person in office.staff("101")] == [first, first]
    assert {person.badge for person in office.staff("102")} == {""}
    code, said, _ = office.run("badge", "101")
    second = said.splitlines()[0]
    assert (code, second != first, "old one" in said) == (EXIT_OK, True, True)
    assert [person.badge for person in office.staff("101")] == [second, second]
    assert office.json("badge", "101", "--revoke") == (EXIT_OK, {"staff": "101", "revoked": True})
    assert office.json("badge", "101", "--revoke") == (EXIT_OK, {"staff": "101", "revoked": False})
    assert {person.badge for person in office.staff("101")} == {""}
    assert office.run("badge", "103")[0] == EXIT_REFUSED, "who left gets none"
    assert office.run("badge", "999")[0] == EXIT_REFUSED
    assert [act for act, _ in office.acts()] == ["badge_given"] * 2 + ["badge_taken"] * 2
    assert first not in str(office.acts()), "the journal says who, not what opens the till"


def test_no_two_people_have_one_badge(office: Office) -> None:
    database = open_database(office.url)
    numbers = iter([5, 5, 5, 6])
    with database.write() as connection:
        one, _ = badges.give(connection, "101", lambda _limit: next(numbers))
        two, _ = badges.give(connection, "102", lambda _limit: next(numbers))
        with pytest.raises(RuntimeError):
            badges.give(connection, "102", lambda _limit: 5)
    database.close()
    assert one.badge[1:16] == "000000000000005" and two.badge[1:16] == "000000000000006"


def test_a_file_that_cannot_be_written_is_said(office: Office) -> None:
    for job in (("member-code", PEOPLE[0].number), ("badge", "101")):
        code, out, err = office.run(*job, "--png", office.folder / "missing" / "x.png")
        assert (code, "x.png" in err) == (EXIT_ENVIRONMENT, True)
        assert out.splitlines()[0].isdigit(), "what was made is said all the same"


def test_a_stop_leaves_no_half_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(member_codes, "signed_codes", broken)
    code, _, _ = office.run("member-codes", "--csv", office.folder / "codes.csv")
    assert code == 130 and sorted(each.suffix for each in office.folder.iterdir()) == [".db"]
