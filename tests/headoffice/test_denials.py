"""The deny list: by hand at the console and the command line, and out to every till through the feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos_member.domain.codes import make_coupon_code
from pos_member.domain.errors import Reason, Refusal
from pos_member.headoffice import denials
from pos_member.headoffice.denials import DeniedKind
from pos_member.headoffice.rights_jobs import RightsJobs
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.console_support import signed_in
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    database_url,
    rows,
    running_office,
)

CODE = make_coupon_code(lambda below: below // 3)


def told(office: HeadOffice) -> list[tuple[str, str, bool]]:
    """What the feed says or is about to say of denials, in order."""
    listed = sorted(rows(office.database, "feed"), key=lambda row: row.publish_no)
    waiting = sorted(rows(office.database, "outgoing"), key=lambda row: (row.at, row.n))
    return [(row.scope, row.id, row.deleted) for row in [*listed, *waiting] if row.entity == "denied"]


def test_a_member_and_a_coupon_are_denied_and_allowed_again(office: HeadOffice) -> None:
    number = MEMBERS[0].number
    with office.database.write() as connection:
        denials.add(connection, DeniedKind.MEMBER, number, "lost phone", CLOCK.now())
        denials.add(connection, DeniedKind.COUPON, f"{CODE[:4]} {CODE[4:]}", "leaked", CLOCK.now())
        denials.add(connection, DeniedKind.MEMBER, number, "stolen phone", CLOCK.now())
        assert {(e.shown, e.reason) for e in denials.listed(connection)} == {(number, "stolen phone"), (CODE, "leaked")}
        assert denials.denied_members(connection, [each.id for each in MEMBERS]) == {MEMBERS[0].id}
        assert denials.remove(connection, DeniedKind.MEMBER, number, CLOCK.now())
        assert not denials.remove(connection, DeniedKind.MEMBER, number, CLOCK.now())
    member, coupon = f"member:{MEMBERS[0].id}", f"coupon:{CODE}"
    assert sorted(told(office)) == sorted(
        [
            ("global", member, False),
            ("global", coupon, False),
            ("global", member, False),
            ("global", member, True),
        ]
    )


@pytest.mark.parametrize(
    ("kind", "typed", "reason", "why"),
    [
        (DeniedKind.MEMBER, "2900000009999", "x", Reason.MEMBER_NUMBER_UNKNOWN),
        (DeniedKind.COUPON, CODE[:-1] + str(9 - int(CODE[-1])), "x", Reason.COUPON_UNKNOWN),
        (DeniedKind.COUPON, CODE, "  ", Reason.PAYLOAD_INVALID),
    ],
)
def test_what_cannot_be_denied(office: HeadOffice, kind: DeniedKind, typed: str, reason: str, why: Reason) -> None:
    with office.database.write() as connection, pytest.raises(Refusal) as caught:
        denials.add(connection, kind, typed, reason, CLOCK.now())
    assert caught.value.reason is why


def test_on_the_command_line(office: HeadOffice, tmp_path: Path) -> None:
    jobs = RightsJobs(database_url(tmp_path), "Napha", "", CLOCK)
    assert jobs.deny(CODE, "leaked").kind is DeniedKind.COUPON
    assert jobs.deny(MEMBERS[0].number, "lost").kind is DeniedKind.MEMBER
    assert len(jobs.denied()) == 2
    assert [jobs.allow(CODE), jobs.allow(CODE)] == [True, False]
    acts = [(row.act, row.subject_kind, row.who) for row in rows(office.database, "office_act")]
    assert sorted(acts) == [
        ("allowed", "coupon", "Napha"),
        ("denied", "coupon", "Napha"),
        ("denied", "member", "Napha"),
    ]
    assert json.dumps(acts)


def test_at_the_console(tmp_path: Path) -> None:
    with running_office(tmp_path) as server, signed_in(server) as browser:
        signed = {"who": "Napha", "why": "lost phone"}
        number = MEMBERS[0].number
        assert browser.send("/denied/add", kind="member", what="123", **signed).status_code == 400
        assert browser.send("/denied/add", kind="member", what=number, who="", why="").status_code == 400
        assert browser.send("/denied/add", kind="nobody", what=number, **signed).status_code == 400
        page = browser.send("/denied/add", kind="member", what=number, **signed)
        assert page.status_code == 200
        assert number in page.text
        assert "lost phone" in page.text
        page = browser.send("/denied/remove", kind="member", subject=MEMBERS[0].id, **signed)
        assert number not in page.text
        assert [row.act for row in rows(server.app.state.office.database, "office_act")] == ["denied", "allowed"]
