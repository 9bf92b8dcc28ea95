"""The completeness page, its file, the figure for monitoring and the command, over real HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from pos_member.cli.main import main
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.protocol import PROTOCOL, HelloRequest
from pos_member.sync.transport import HttpTransport
from tests.db_support import SetClock
from tests.headoffice.console_support import TIMEOUT_S, Browser, signed_in
from tests.headoffice.office_support import CLOCK, Till, database_url, enrolled_till, running_office
from tests.headoffice.test_days import close_day


@pytest.fixture
def clock() -> SetClock:
    return SetClock(CLOCK.now())


@pytest.fixture
def server(tmp_path: Path, clock: SetClock) -> Iterator[RunningHeadOffice]:
    with running_office(tmp_path, clock) as made:
        yield made


@pytest.fixture
def till(server: RunningHeadOffice, tmp_path: Path) -> Iterator[Till]:
    with enrolled_till(server, tmp_path, "one") as made:
        yield made


@pytest.fixture
def browser(server: RunningHeadOffice, tmp_path: Path) -> Iterator[Browser]:
    with signed_in(server) as made:
        yield made


def sync(server: RunningHeadOffice, till: Till) -> None:
    line = HttpTransport(server.url)
    assert till.engine(line).sync_once().reason is None
    line.close()


def test_the_page_says_which_day_of_which_till_lacks_what(
    server: RunningHeadOffice, till: Till, browser: Browser, clock: SetClock
) -> None:
    bill = till.ring()
    sync(server, till)
    page = browser.get("/days").text
    assert "Every day so far is complete." in page and 'aria-label="Open">○' in page  # today may still go on
    assert "The day is not over: 1 bill(s)" in page and ">?</span></td>" not in page
    browser.get("/language/th")
    assert "ยังไม่จบวัน" in browser.get("/days").text
    browser.get("/language/en")
    clock.forward(timedelta(hours=10, minutes=30))  # past midnight in the shop, not past the session
    shown = browser.get("/days").text
    assert "No certificate (last contact" in shown and "1 bill(s) here" in shown
    close_day(till, total_satang=bill.total_satang + 100)
    sync(server, till)
    assert "sales: the till said" in browser.get("/days").text
    rows = list(csv.DictReader(io.StringIO(browser.get("/days.csv").content.decode("utf-8-sig"))))
    assert [(row["state"], row["differs"]) for row in rows if row["bills_held"] == "1"] == [("differs", "total_satang")]
    close_day(till)
    sync(server, till)
    assert "Every day so far is complete." in browser.get("/days").text
    browser.get("/language/th")
    assert "ทุกวันที่ผ่านมาครบถ้วน" in browser.get("/days").text


def test_what_tills_owe_a_head_office_that_was_put_back_is_told(
    server: RunningHeadOffice, till: Till, browser: Browser
) -> None:
    """From the till's word on, before it is a case; until it has come."""
    till.ring()
    sync(server, till)
    office: HeadOffice = server.app.state.office
    assert "Still owed" not in browser.get("/days").text
    head_seq, chain = till.folder.sync_store.head()
    database_id = till.folder.sync_store.database_id()
    said = HelloRequest(PROTOCOL, "t", 1, head_seq + 8, chain, acked_seq=head_seq + 6, cursor=0, kept_from=1)
    office.hello(till.identity.id, replace(said, database_id=database_id))
    page = browser.get("/days").text
    assert "Still owed" in page and f"events {head_seq + 1}–{head_seq + 6} not received · epoch 1" in page
    browser.get("/language/th")
    assert f"ไม่ได้รับรายการที่ {head_seq + 1}–{head_seq + 6} · รอบเลข (epoch) 1" in browser.get("/days").text
    browser.get("/language/en")
    for _ in range(6):
        till.ring()
    sync(server, till)
    assert "Still owed" not in browser.get("/days").text


def test_nobody_reads_it_without_signing_in(server: RunningHeadOffice) -> None:
    for path in ("/days", "/days.csv"):
        answer = requests.get(server.url + path, timeout=TIMEOUT_S, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_the_command_and_the_metrics_count_the_same(
    server: RunningHeadOffice, till: Till, clock: SetClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till.ring()
    sync(server, till)
    clock.forward(timedelta(days=1))
    till_office = server.app.state.office
    from pos_member.headoffice.counts import Counts
    from pos_member.headoffice.metrics import metrics

    with till_office.database.read() as connection:
        assert "pos_member_headoffice_till_days_open 1" in metrics(connection, clock.now(), Counts())
    # The command goes by this machine's clock: told the day, it looks at the two weeks up to it.
    code = main(["headoffice", "days", "--database", database_url(tmp_path), "--to", "2026-11-22", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["open"]) == (1, 1)
    assert [(day["day"], day["state"]) for day in told["days"] if day["held"]["bills"]] == [
        ("2026-11-21", "uncertified")
    ]
    code = main(["headoffice", "days", "--database", database_url(tmp_path), "--to", "2026-11-22", "--lang", "en"])
    assert (code, "no certificate" in capsys.readouterr().out.lower()) == (1, True)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "sales: the till said ฿1,"), ("th", "ยอดขาย: เครื่องแจ้ง ฿1,")], ids=("en", "th")
)
def test_the_command_says_which_figure_differs_in_words(
    server: RunningHeadOffice,
    till: Till,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    language: str,
    words: str,
) -> None:
    till.ring()
    close_day(till, total_satang=123_456, chain="0" * 64)
    sync(server, till)
    command = ["headoffice", "days", "--database", database_url(tmp_path), "--to", "2026-11-22", "--lang", language]
    assert main(command) == 1
    said = capsys.readouterr().out
    assert words in said and "total_satang" not in said, said


def test_older_days_are_a_link_away_and_no_further_than_there_are_tills(
    server: RunningHeadOffice, till: Till, browser: Browser, clock: SetClock
) -> None:
    """The till was enrolled on 21 November; thirty days later there are three pages."""
    page = browser.get("/days").text
    assert 'rel="prev"' not in page and 'rel="next"' not in page, "nothing is older than the till"
    till.ring()
    sync(server, till)
    clock.forward(timedelta(days=30))
    with signed_in(server) as later:
        newest = later.get("/days").text
        assert 'rel="prev" href="/days?to=2026-12-07"' in newest and 'rel="next"' not in newest
        assert "8 Dec 2026 – 21 Dec 2026" in newest and "21 Nov 2026" not in newest
        older = later.get("/days?to=2026-12-07").text
        assert 'rel="prev" href="/days?to=2026-11-23"' in older and 'rel="next" href="/days?to=2026-12-21"' in older
        oldest = later.get("/days?to=2026-11-23").text
        assert 'rel="prev"' not in oldest and 'rel="next" href="/days?to=2026-12-07"' in oldest
        assert "No certificate (last contact" in oldest and "1 bill(s) here" in oldest
        answer = later.get("/days.csv?to=2026-11-23")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [row["day"] for row in rows] == ["2026-11-21", "2026-11-22", "2026-11-23"]
        assert "days-2026-11-23.csv" in answer.headers["Content-Disposition"]
        for beyond, first in (
            ("2020-01-01", "8 Nov"),
            ("2999-01-01", "8 Dec"),
            ("<b>", "8 Dec"),
            ("2026-13-40", "8 Dec"),
        ):
            assert f"{first} 2026 – " in later.get(f"/days?to={beyond}").text


def test_the_branch_is_kept_from_page_to_page(
    server: RunningHeadOffice, till: Till, browser: Browser, clock: SetClock
) -> None:
    branch = till.identity.branch_id
    clock.forward(timedelta(days=30))
    with signed_in(server) as later:
        page = later.get(f"/days?branch={branch}&to=2026-12-07").text
    assert f'href="/days?branch={branch}&amp;to=2026-11-23"' in page
    assert f'href="/days?branch={branch}&amp;to=2026-12-21"' in page
    assert '<input type="hidden" name="to" value="2026-12-07">' in page


def test_what_a_till_has_to_fetch_is_told_as_of_when_it_said_so(
    server: RunningHeadOffice, till: Till, browser: Browser
) -> None:
    """Head office hears where a till stands when it says hello, and not what it fetches then."""
    sync(server, till)
    page = browser.get(f"/tills/{till.identity.id}").text
    assert "At most" in page and "as the till said at 14:05, before it fetched" in page
    sync(server, till)
    assert "before it fetched" not in browser.get(f"/tills/{till.identity.id}").text
