"""However many tills and entries there are, a page of the console stays one that a person can read, and says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.domain.codes import make_coupon_code
from pos_member.headoffice import portable, times
from pos_member.headoffice.console.render import TILLS_SHOWN_MAX
from pos_member.headoffice.console.risk_pages import DENIED_SHOWN_MAX
from pos_member.headoffice.denials import DENIED_MAX
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema_sync import denied
from tests.db_support import SetClock
from tests.headoffice.console_support import Browser, signed_in
from tests.headoffice.office_support import BRANCHES, CLOCK, running_office
from tests.headoffice.rights_support import admit, memory_till

CODE = make_coupon_code(lambda below: below // 3)
MANY = TILLS_SHOWN_MAX + 7


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Browser, Database]]:
    later = SetClock(CLOCK.now() + timedelta(hours=3))
    with running_office(tmp_path, later) as server, signed_in(server) as browser:
        yield browser, server.app.state.office.database


def test_many_tills_are_found_by_their_branch(shop: tuple[Browser, Database]) -> None:
    browser, database = shop
    for n in range(1, MANY + 1):
        admit(database, memory_till(n, 1, CLOCK.now()))
    admit(database, memory_till(MANY + 1, 0, CLOCK.now()))
    for path in ("/", "/tills", "/days", "/exposure"):
        page = browser.get(path).text
        assert TILLS_SHOWN_MAX <= len(re.findall(r'<td class="lead"><a href="/tills/', page)) <= TILLS_SHOWN_MAX + 20
        assert "and 8 more tills" in page, path
    for path in ("/tills", "/days"):
        assert f'<option value="{BRANCHES[0].id}"' in browser.get(path).text
        page = browser.get(f"{path}?branch={BRANCHES[0].id}").text
        assert len(re.findall(r'<td class="lead"><a href="/tills/', page)) == 1
        assert "more tills" not in page and "selected" in page
        assert "and 8 more tills" in browser.get(f"{path}?branch=nobody").text
    assert "and 297 more tills" in browser.get("/").text, "of one branch, those that are in doubt"


def test_a_long_deny_list_is_looked_up(shop: tuple[Browser, Database]) -> None:
    browser, database = shop
    at = times.stored(CLOCK.now())
    codes = [f"{8 * 10**15 + n}" for n in range(DENIED_MAX)]

    def deny(some: list[str]) -> None:
        with database.write() as connection:
            rows = [{"subject_id": code, "kind": "coupon", "reason": "leaked", "at": at} for code in some]
            portable.upsert(connection, denied, rows)

    deny(codes[: DENIED_SHOWN_MAX + 3])
    page = browser.get("/denied").text
    assert page.count("/denied/remove") == DENIED_SHOWN_MAX and "and 3 older ones" in page
    last = codes[DENIED_SHOWN_MAX + 2]
    page = browser.get(f"/denied?find={last[:4]}%20{last[4:]}").text
    assert page.count("/denied/remove") == 1 and f'value="{last}"' in page and "older ones" not in page
    assert "This number is not on the list" in browser.get("/denied?find=1").text
    deny(codes)
    full = browser.send("/denied/add", kind="coupon", what=CODE, who="Napha", why="leaked")
    assert full.status_code == 400 and "The list is full" in full.text
