"""The console's page of keys over real HTTP: which there are, who knows them, and changing them on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pos_member.domain.code_keys import CodeKeyKind
from pos_member.headoffice import code_keys
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.sync.transport import HttpTransport
from tests.headoffice.console_support import TIMEOUT_S, Browser, signed_in
from tests.headoffice.office_support import CLOCK, Till, enrolled_till, rows, running_office

SIGNED = {"who": "สมศรี", "why": "yearly"}


class Console:
    """A head office with one till that has synced, and one signed-in browser."""

    def __init__(self, server: RunningHeadOffice, till: Till, browser: Browser) -> None:
        self.server, self.till, self.browser = server, till, browser
        self.database: Database = server.app.state.office.database

    def sync(self) -> None:
        """Twice: head office hears only at the next call what the one before fetched."""
        line = HttpTransport(self.server.url)
        for _ in range(2):
            assert self.till.engine(line).sync_once().reason is None
        line.close()

    def table(self) -> list[list[str]]:
        """The rows of the page's table, as text."""
        page = self.browser.get("/keys").text
        body = re.findall(r"<tr>(.*?)</tr>", page.split("<tbody>")[1].split("</tbody>")[0], re.DOTALL)
        return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row)] for row in body]

    def states(self) -> list[tuple[int, bool]]:
        keys = [row for row in rows(self.database, "code_key") if row.kind == "member"]
        return sorted((row.number, row.retired_at is None) for row in keys)

    def acts(self) -> list[tuple[str, str, str, str]]:
        return [(row.act, row.subject_id, row.who, row.why) for row in rows(self.database, "office_act")]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    with (
        running_office(tmp_path) as server,
        enrolled_till(server, tmp_path, "till") as till,
        signed_in(server) as browser,
    ):
        made = Console(server, till, browser)
        made.sync()
        yield made


def test_a_key_is_followed_by_the_next_and_retired_once_every_till_knows(console: Console) -> None:
    browser = console.browser
    ((kind, number, state, _, tills),) = console.table()
    assert (kind, number, state, tills) == ("Signed codes", "1", "Makes new codes", "Known at every till")
    assert 'action="/keys/retire"' not in browser.get("/keys").text, "the only key is not offered for retiring"
    assert 'href="/keys"' in browser.get("/tills").text
    assert browser.send("/keys/rotate", kind="member", **SIGNED).url.endswith("/keys")
    assert [(row[1], row[2], row[4]) for row in console.table()] == [
        ("2", "Makes new codes", "1 still to hear"),
        ("1", "Still accepted", "Known at every till"),
    ]
    console.sync()
    assert [row[4] for row in console.table()] == ["Known at every till"] * 2
    refused = browser.send("/keys/rotate", kind="member", **SIGNED)
    assert (refused.status_code, "Retire the older one first" in refused.text) == (400, True)
    assert browser.send("/keys/retire", kind="member", number="1", **SIGNED).status_code == 200
    assert console.states() == [(1, False), (2, True)]
    assert console.table()[1][2].startswith("Retired ") and console.table()[1][4] == "1 still to hear"
    assert console.acts() == [
        ("code_key_made", "member", "สมศรี", "yearly"),
        ("code_key_retired", "member:1", "สมศรี", "yearly"),
    ]


def test_nothing_happens_without_a_name_a_seal_or_sense(console: Console) -> None:
    browser = console.browser
    unsigned = browser.send("/keys/rotate", kind="member", who="สมศรี", why=" ")
    assert (unsigned.status_code, "Give your name and the reason" in unsigned.text) == (400, True)
    assert browser.send("/keys/rotate", seal="forged", kind="member", **SIGNED).status_code == 403
    for path, fields in (
        ("/keys/rotate", {"kind": "till"}),
        ("/keys/retire", {"kind": "member", "number": "x"}),
        ("/keys/retire", {"kind": "member", "number": "1" * 50}),
        ("/keys/retire", {"kind": "member", "number": "1"}),
        ("/keys/retire", {"kind": "member", "number": "9"}),
        ("/keys/rotate", {"kind": "rotating"}),
    ):
        assert browser.send(path, **fields, **SIGNED).status_code == 400, (path, fields)
    assert (console.states(), console.acts()) == ([(1, True)], [])


def test_strangers_see_and_do_nothing(console: Console) -> None:
    url = console.browser.url
    for answer in (
        requests.get(f"{url}/keys", timeout=TIMEOUT_S),
        requests.post(f"{url}/keys/rotate", data={"kind": "member", **SIGNED}, timeout=TIMEOUT_S),
        requests.post(f"{url}/keys/retire", data={"kind": "member", "number": "1", **SIGNED}, timeout=TIMEOUT_S),
    ):
        assert answer.url.endswith("/login")
    assert console.states() == [(1, True)]


def test_rotating_codes_are_shown_where_they_are_on_and_no_secret_is(console: Console) -> None:
    assert "Rotating codes are off." in console.browser.get("/keys").text
    with console.database.write() as connection:
        code_keys.rotate(connection, CodeKeyKind.ROTATING, CLOCK.now(), anyway=True)
    page = console.browser.get("/keys").text
    assert "Rotating codes are off." not in page
    assert not any(row.private in page for row in rows(console.database, "code_key"))
    assert console.browser.send("/keys/rotate", kind="rotating", **SIGNED).status_code == 200
    assert [row[:2] for row in console.table() if row[0] == "Rotating codes"] == [
        ["Rotating codes", "1"],
        ["Rotating codes", "0"],
    ]
    for number in ("0", "1"):
        assert console.browser.send("/keys/retire", kind="rotating", number=number, **SIGNED).status_code == 200
    assert "Rotating codes are off." in console.browser.get("/keys").text
    console.browser.get("/language/th")
    assert "รหัสหมุนเวียนปิดอยู่" in console.browser.get("/keys").text
