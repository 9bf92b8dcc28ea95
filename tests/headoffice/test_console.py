"""The console over real HTTP: what a manager sees and may do, and what nobody else may."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from pos_member.config import fonts_folder
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.events import EventKind, ShiftClosed
from pos_member.headoffice import admin, restoring, schema
from pos_member.headoffice.console.render import HEADERS, LANGUAGE_COOKIE
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import HttpTransport
from tests.db_support import SetClock, make_folder
from tests.headoffice.console_support import TIMEOUT_S, Browser, signed_in
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    MEMBERS,
    Till,
    database_url,
    enrolled_till,
    make_bill,
    make_coupon,
    new_id,
    open_exceptions,
    rows,
    running_office,
    use,
)
from tests.log_watch import ExpectLog

CODE = "8000000000000090"


class Shop:
    """A head office with one till and one signed-in browser."""

    def __init__(self, server: RunningHeadOffice, till: Till, browser: Browser, clock: SetClock) -> None:
        self.server, self.till, self.browser, self.clock = server, till, browser, clock
        self.office: HeadOffice = server.app.state.office
        self.expect: ExpectLog = lambda _pattern: None
        self._bills = 900

    def sync(self) -> None:
        line = HttpTransport(self.server.url)
        assert self.till.engine(line).sync_once().reason is None
        line.close()

    def use_coupon(self, *, issue: bool = False, code: str = CODE) -> str:
        """Ring a bill that uses ``code``; ``issue`` makes the coupon known too. Returns the bill's number."""
        self._bills += 1
        issued = (make_coupon(self.till.identity, code),) if issue else ()
        bill = make_bill(self.till.identity, self._bills, member=None, points=0, redeem=0, coupons_used=(use(code),))
        self.till.announce(EventKind.BILL_COMPLETED, replace(bill, coupons_issued=issued), bill.id)
        return bill.number

    def poison(self, points: int = 7) -> str:
        """A bill whose version head office does not know; its event's id."""
        self.expect("put event .* aside: payload")
        bill = make_bill(self.till.identity, 990, member=MEMBERS[0], points=points, redeem=0)
        self.till.announce(EventKind.BILL_COMPLETED, bill, bill.id, version=99)
        return bill.id


@pytest.fixture
def shop(tmp_path: Path, expected_logs: ExpectLog) -> Iterator[Shop]:
    clock = SetClock(CLOCK.now())
    with (
        running_office(tmp_path, clock) as server,
        enrolled_till(server, tmp_path, "one") as till,
        signed_in(server) as browser,
    ):
        made = Shop(server, till, browser, clock)
        made.expect = expected_logs
        yield made


def acts(shop: Shop) -> list[tuple[str, str, str]]:
    return [(row.act, row.who, row.why) for row in rows(shop.office.database, "office_act")]


def test_a_case_is_settled_with_name_and_reason_and_stays_so_until_its_facts_change(shop: Shop) -> None:
    shop.use_coupon(issue=True)
    second = shop.use_coupon()
    shop.sync()
    page = shop.browser.get("/exceptions").text
    assert "Coupon used twice" in page and second in page and "฿20" in page
    done = shop.browser.send(
        "/exceptions/settle",
        resolution="accepted",
        kind="coupon_twice",
        subject=CODE,
        who=" นภา  วงศ์ดี ",
        why="ร้านรับผิดชอบ\nส่วนลด",
    )
    assert done.status_code == 200 and "Nothing waits" in done.text
    assert "นภา วงศ์ดี" in done.text and "ร้านรับผิดชอบ ส่วนลด" in done.text
    assert acts(shop) == [("settle", "นภา วงศ์ดี", "ร้านรับผิดชอบ ส่วนลด")]
    shop.till.ring()
    shop.sync()  # nothing about the coupon is new
    assert open_exceptions(shop.office.database) == {}
    third = shop.use_coupon()
    shop.sync()
    assert ("coupon_twice", CODE) in open_exceptions(shop.office.database)
    assert third in shop.browser.get("/exceptions").text


@pytest.mark.parametrize(("who", "why"), [("", "because"), ("Napha", " \n "), ("", "")])
def test_nothing_is_settled_without_a_name_and_a_reason(shop: Shop, who: str, why: str) -> None:
    shop.use_coupon()
    shop.sync()
    answer = shop.browser.send(
        "/exceptions/settle", resolution="accepted", kind="coupon_unknown", subject=CODE, who=who, why=why
    )
    assert answer.status_code == 400 and "Give your name and the reason" in answer.text
    assert ("coupon_unknown", CODE) in open_exceptions(shop.office.database)
    assert acts(shop) == []


def test_a_case_of_head_office_itself_names_no_till(shop: Shop) -> None:
    with shop.office.database.write() as connection:
        restoring.restored(connection, {"said": 1}, shop.clock.now())
    page = shop.browser.get("/exceptions").text
    assert "Head office was put back to an earlier state" in page
    assert 'href="/tills/"' not in page and "Till 00" not in page


def test_the_tills_that_rights_wait_for_are_named_until_they_are_heard(shop: Shop) -> None:
    shop.clock.forward(timedelta(minutes=1))
    with shop.office.database.write() as connection:
        restoring.restored(connection, {"said": 1}, shop.clock.now())
        until = restoring.freeze(connection, shop.clock.now())
    named = f'<a href="/tills/{shop.till.identity.id}">Till {shop.till.identity.number:02d}</a>'
    for heard in (False, True):
        page = shop.browser.get("/exceptions").text
        assert "Waiting to hear from" in page
        assert (named in page, "every one has been heard" in page) == (not heard, heard)
        shop.sync()
    shop.clock.forward(until - shop.clock.now())
    with signed_in(shop.server) as browser:  # the session is over by then
        assert named in browser.get("/exceptions").text, "it may have spent since"
        shop.sync()
        browser.session.cookies.set(LANGUAGE_COOKIE, "th")
        assert "ทุกเครื่องติดต่อมาแล้ว" in browser.get("/exceptions").text


def test_a_settled_case_is_settled_once(shop: Shop) -> None:
    shop.use_coupon()
    shop.sync()
    for _ in range(2):
        shop.browser.send(
            "/exceptions/settle", resolution="accepted", kind="coupon_unknown", subject=CODE, who="Napha", why="fine"
        )
    shop.browser.send(
        "/exceptions/settle", resolution="accepted", kind="nonsense", subject="x" * 3_000, who="Napha", why="fine"
    )
    assert acts(shop) == [("settle", "Napha", "fine")]


def test_a_case_settled_by_a_person_stays_with_them_when_the_facts_heal(shop: Shop) -> None:
    shop.use_coupon()
    shop.sync()
    shop.browser.send(
        "/exceptions/settle",
        resolution="accepted",
        kind="coupon_unknown",
        subject=CODE,
        who="Napha",
        why="printed by hand",
    )
    shop.use_coupon(issue=True)
    shop.sync()
    assert "printed by hand" in shop.browser.get("/exceptions").text


def test_a_till_has_a_page_with_what_is_held_and_what_is_set_aside(shop: Shop) -> None:
    shop.till.ring(member=MEMBERS[0], points=5)
    shop.poison()
    shop.sync()
    page = shop.browser.get(f"/tills/{shop.till.identity.id}").text
    assert "Till 01" in page and "without a gap to no. 2" in page and "Online" in page
    payload = next(row.payload for row in rows(shop.office.database, "event") if row.version == 99)
    assert f"{len(payload):,} bytes" in page and "not what head office knows" in page and "bill.completed · 99" in page
    shop.clock.forward(timedelta(minutes=20))
    assert "Gone quiet" in shop.browser.get("/tills").text
    overview = shop.browser.get("/").text
    assert "In doubt" in overview and "1 set aside, not counted" in overview
    assert shop.browser.get("/tills/nowhere").status_code == 404
    assert shop.browser.get(f"/tills/{new_id()}").status_code == 404


def test_why_an_event_is_set_aside_is_said_in_words(shop: Shop) -> None:
    event_id = shop.poison()
    shop.sync()
    address, table = f"/tills/{shop.till.identity.id}", schema.quarantine

    def told(reason: str, detail: str, language: str) -> str:
        """The line of that event in the table."""
        with shop.office.database.write() as connection:
            connection.execute(table.update().values(reason=reason, detail=detail))
        shop.browser.session.cookies.update({LANGUAGE_COOKIE: language})
        page = shop.browser.get(address).text
        return page[page.index("<tbody>") : page.index("</tbody>")]

    [row] = rows(shop.office.database, "quarantine")
    for language, says in (("en", "a kind and version this head office knows"), ("th", "ชนิดหรือรุ่นของรายการ")):
        line = told(row.reason, row.detail, language)
        assert "payload_invalid" not in line and says in line and "kind" in line
    line = told("payload", "payload_invalid(where='Bill.branch_id', want='a value')", "th")
    assert "Bill.branch_id: ต้องระบุค่า" in line
    assert f"Waits for event {event_id}" in told("waits", event_id, "en")
    assert "2,000,000 bytes" in told("too_large", "2000000", "en")
    assert "Another event is held under its id" in told("fork", "another body under this id is held", "en")
    assert "see the log" not in told("apply", "see the log", "th")
    line = told("payload", "<script>alert(1)</script>\u202e" + "x" * 400, "en")
    assert "<script>" not in line and "&lt;script&gt;" in line and "\u202e" not in line and "x" * 200 not in line


def test_what_fits_now_is_taken_in_and_counted_once(shop: Shop) -> None:
    """As after an upgrade: the kept event is one this version knows."""
    event_id = shop.poison(points=7)
    shop.till.ring(member=MEMBERS[0], points=5)
    shop.sync()
    address = f"/tills/{shop.till.identity.id}"
    assert "0 taken in, 1 still set aside" in shop.browser.send(f"{address}/reapply").text
    table = schema.event
    with shop.office.database.write() as connection:
        connection.execute(table.update().where(table.c.event_id == event_id).values(version=1))
    answer = shop.browser.send(f"{address}/reapply").text
    assert "1 taken in, 0 still set aside" in answer and "Nothing is set aside" in answer
    assert [row.id for row in rows(shop.office.database, "bill")].count(event_id) == 1
    assert open_exceptions(shop.office.database) == {}
    shop.browser.send(f"{address}/reapply")
    shop.sync()
    assert balance(shop) == 12
    assert [act for act, _, _ in acts(shop)] == ["reapply", "reapply"]


def balance(shop: Shop) -> int:
    """What head office says member 0 holds."""
    (row,) = [row for row in rows(shop.office.database, "account") if row.member_id == MEMBERS[0].id]
    return sum(json.loads(row.buckets).values())


def test_damaged_bytes_are_never_taken_in(shop: Shop) -> None:
    event_id = shop.poison()
    shop.sync()
    table = schema.event
    with shop.office.database.write() as connection:
        spoilt = canonical_bytes(make_bill(shop.till.identity, 991, member=None, points=0, redeem=0))
        here = table.update().where(table.c.event_id == event_id)
        connection.execute(here.values(version=1, payload=spoilt))
    answer = shop.browser.send(f"/tills/{shop.till.identity.id}/reapply").text
    assert "0 taken in, 1 still set aside" in answer
    assert rows(shop.office.database, "bill") == []


def test_a_new_till_enrols_with_the_code_the_console_shows(shop: Shop, tmp_path: Path) -> None:
    page = shop.browser.send("/tills/code", branch=BRANCHES[1].id)
    (code,) = re.findall(r"\d{4}-\d{4}-\d{4}", page.text)
    assert "15 minutes" in page.text and page.headers["Cache-Control"] == "no-store"
    shop.clock.forward(timedelta(minutes=5))
    assert "10 min left" in shop.browser.get("/tills").text
    with make_folder(tmp_path, shop.clock, "two") as folder:
        line = HttpTransport(shop.server.url)
        identity = enrol(shop.server.url, code, folder.sync_store, transport=line)
        line.close()
    assert identity.branch_id == BRANCHES[1].id
    tills = shop.browser.get("/tills").text
    assert "Till 02" in tills and "min left" not in tills
    assert shop.browser.send("/tills/code", branch="nowhere").status_code == 404
    assert [act for act, _, _ in acts(shop)] == ["enrol_code"]


def test_a_revoked_till_gets_nothing_more(shop: Shop) -> None:
    address = f"/tills/{shop.till.identity.id}"
    assert shop.browser.send(f"{address}/revoke", who="", why="").status_code == 400
    assert "Revoked" in shop.browser.send(f"{address}/revoke", who="Napha", why="stolen").text
    with pytest.raises(Problem):
        shop.office.pull(shop.till.identity.id, 0, 10)
    assert acts(shop) == [("revoke", "Napha", "stolen")]


def test_a_closed_shift_makes_the_day_complete(shop: Shop) -> None:
    shop.till.ring()
    shop.sync()
    shop.clock.forward(timedelta(hours=2))
    assert "silent since" in shop.browser.get("/").text
    closed = ShiftClosed(new_id(), "shift-1", "staff", shop.clock.now(), shop.clock.now().date(), 0, 0, 1, 0)
    shop.till.announce(EventKind.SHIFT_CLOSED, closed)
    shop.sync()
    shop.clock.forward(timedelta(hours=1))
    page = shop.browser.get("/").text
    assert "Complete to" in page and "Shift closed" in page and "In doubt" not in page


@pytest.mark.parametrize("asked", [MEMBERS[2].number, "081-000-0002", "+66 81 000 0002", "๐๘๑๐๐๐๐๐๐๒"])
def test_a_member_is_found_masked_and_the_look_is_recorded(shop: Shop, asked: str) -> None:
    shop.till.ring(member=MEMBERS[2], points=5)
    shop.sync()
    page = shop.browser.send("/members", asked=asked).text
    assert "สมหญิง จ." in page and "5 points" in page and "08x-xxx-0002" in page
    assert MEMBERS[2].number not in page and MEMBERS[2].phone not in page and "ใจดี" not in page
    assert [act for act, _, _ in acts(shop)] == ["member_seen"]


@pytest.mark.parametrize("asked", ["", "สมหญิง", "0819999999", "%", "' OR 1=1 --", "9" * 7_000])
def test_nobody_else_is_found(shop: Shop, asked: str) -> None:
    assert "No such member" in shop.browser.send("/members", asked=asked).text
    assert acts(shop) == []


FORMS = ["/logout", "/exceptions/settle", "/tills/code", "/members", "/tills/x/reapply", "/tills/x/revoke"]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_is_not_ours_changes_nothing(shop: Shop, path: str) -> None:
    other_seal = shop.browser.seal()[:-1] + "0"
    for seal in ("", "é", other_seal + "0"):
        answer = shop.browser.send(path, seal, branch=BRANCHES[0].id, who="a", why="b", asked=MEMBERS[0].number)
        assert answer.status_code == 403 and "out of date" in answer.text
    assert acts(shop) == []
    assert "Sign out" in shop.browser.get("/").text


@pytest.mark.parametrize("path", FORMS[1:])
def test_a_form_needs_a_session(shop: Shop, path: str) -> None:
    seal = shop.browser.seal()
    answer = requests.post(shop.server.url + path, data={"seal": seal}, allow_redirects=False, timeout=TIMEOUT_S)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_another_site_cannot_sign_anyone_in(shop: Shop) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    answer = requests.post(f"{shop.server.url}/login", data={"password": "x"}, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 403 and not answer.cookies


def test_the_session_is_kept_from_scripts_and_other_sites(shop: Shop, tmp_path: Path) -> None:
    password = admin.reset_password(database_url(tmp_path))
    for forwarded in ("http", "https"):
        answer = requests.post(
            f"{shop.server.url}/login",
            data={"password": password},
            headers={"X-Forwarded-Proto": forwarded},
            allow_redirects=False,
            timeout=TIMEOUT_S,
        )
        cookie = answer.headers["Set-Cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert ("secure" in cookie) == (forwarded == "https")


def test_the_language_leads_back_to_the_page_and_nowhere_else(shop: Shop) -> None:
    for to, where in (
        ("/exceptions", "/exceptions"),
        ("//evil.example", "/evil.example"),
        ("https://evil.example", "/https%3A//evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("/a\r\nX: y", "/a%0D%0AX%3A%20y"),
    ):
        answer = requests.get(
            f"{shop.server.url}/language/th", params={"to": to}, allow_redirects=False, timeout=TIMEOUT_S
        )
        assert answer.headers["Location"] == where


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_page_is_whole_and_asks_nothing_of_anyone_else(shop: Shop, language: str) -> None:
    shop.use_coupon(issue=True)
    shop.use_coupon()
    shop.poison()
    shop.sync()
    shop.browser.get(f"/language/{language}")
    for path in ("/", "/exceptions", "/tills", f"/tills/{shop.till.identity.id}", "/members", "/login", "/nowhere"):
        answer = shop.browser.get(path)
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
        assert "http://" not in answer.text and "https://" not in answer.text and "<script" not in answer.text
        assert f'<html lang="{language}">' in answer.text and "{" not in answer.text
        for address in re.findall(r'(?:href|src)="(/[^"]*)"', answer.text):
            if not address.startswith("/language/"):
                assert shop.browser.get(address).status_code == 200, address


def test_style_and_fonts_are_ours_and_cached_until_they_change(shop: Shop) -> None:
    page = shop.browser.get("/login").text
    addresses = re.findall(r'href="(/console\.css[^"]*|/fonts/[^"]*)"', page)
    assert any(address.startswith("/fonts/") for address in addresses) == any(fonts_folder().glob("IBMPlex*.ttf"))
    for address in addresses:
        answer = shop.browser.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
        again = shop.browser.get(address.partition("?")[0] + "?v=old")
        assert "immutable" not in again.headers["Cache-Control"] and again.content == answer.content
        if address.startswith("/fonts/"):
            name = address.partition("?")[0].rpartition("/")[2]
            assert answer.content == (fonts_folder() / name).read_bytes()
    for name in ("x.ttf", "..%2F..%2Fpyproject.toml", "Sarabun_400Regular.ttf"):
        assert shop.browser.get(f"/fonts/{name}").status_code == 404


def test_a_browser_gets_a_page_and_a_till_gets_a_code(shop: Shop) -> None:
    assert "No such page" in shop.browser.get("/nowhere").text
    till = requests.get(f"{shop.server.url}/v1/nowhere", headers={"Accept": "text/html"}, timeout=TIMEOUT_S)
    assert till.json() == {"error": "not_found"}


def test_metrics_count_and_name_nobody(shop: Shop) -> None:
    shop.till.ring(member=MEMBERS[0], points=5)
    shop.use_coupon()
    shop.poison()
    shop.sync()
    answer = requests.get(f"{shop.server.url}/metrics", timeout=TIMEOUT_S)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    line = re.compile(r'pos_member_headoffice_\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \d+(?:\.\d+)?')
    samples = [each for each in answer.text.splitlines() if not each.startswith("#")]
    assert all(line.fullmatch(each) for each in samples)
    for sample in (
        'tills{state="active"} 1',
        "events_total 3",
        "bills 2",
        "quarantined_events 1",
        'open_exceptions{kind="poison"} 1',
        'till_last_contact_age_seconds{till="1"} 0',
        'tills_silent{for_seconds="3600"} 0',
        "effects_waiting 0",
        "changes_unnumbered 0",
        "stamper_lag_seconds 0.000",
        'events_pushed_total{fate="applied"} 2',
        'events_pushed_total{fate="quarantined"} 1',
        'lane_at_work{lane="push"} 0',
        'lane_refused_total{lane="push"} 0',
        "database_connections_in_use 1",
    ):
        assert f"pos_member_headoffice_{sample}" in samples
    assert MEMBERS[0].id not in answer.text and shop.till.identity.id not in answer.text
    (horizon,) = re.findall(r"^pos_member_headoffice_feed_horizon (\d+)$", answer.text, re.MULTILINE)
    ready = requests.get(f"{shop.server.url}/readyz", timeout=TIMEOUT_S).json()
    assert ready["horizon"] == int(horizon) > 0


def test_metrics_from_elsewhere_need_the_password(shop: Shop, tmp_path: Path) -> None:
    password = admin.reset_password(database_url(tmp_path))
    away = {"X-Forwarded-For": "203.0.113.9"}

    def ask(given: str | None) -> requests.Response:
        auth = ("prometheus", given) if given is not None else None
        return requests.get(f"{shop.server.url}/metrics", headers=away, auth=auth, timeout=TIMEOUT_S)

    assert ask(None).status_code == 401
    assert ask(password).status_code == 200
    assert [ask("wrong").status_code for _ in range(6)][-1] == 429
    assert ask(password).status_code == 429
