"""The real server: bounded bodies, answers in one form, nothing malformed ever a 5xx, and the console."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_member.domain import codec
from pos_member.domain.events import EventKind
from pos_member.headoffice import admin
from pos_member.headoffice.console.assets import stylesheet
from pos_member.headoffice.serve import RunningHeadOffice, listen
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.enrol import TokenSource
from pos_member.sync.transport import HttpTransport
from pos_member.wording import LANGUAGES, keys, say
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    Till,
    database_url,
    enrolled_till,
    make_bill,
    make_coupon,
    running_office,
    use,
)

SEAL = re.compile(r'name="seal" value="([^"]+)"')


class Site:
    """A server, a till of it and a session that holds the till's token."""

    def __init__(self, server: RunningHeadOffice, till: Till, folder: Path) -> None:
        self.server, self.till, self.folder = server, till, folder
        self.office: HeadOffice = server.app.state.office
        self.http = requests.Session()
        self.http.trust_env = False
        link = till.folder.sync_store.link()
        assert link is not None and link.private_key is not None
        line = HttpTransport(server.url)
        token = TokenSource(till.identity.id, link.private_key, CLOCK).token(line)
        line.close()
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.http.request(method, self.server.url + path, headers=headers, timeout=60, **more)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with running_office(folder) as server, enrolled_till(server, folder, "one") as till:
        made = Site(server, till, folder)
        yield made
        made.http.close()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "code",
        "public_key",
        "proof",
        "till_id",
        "challenge",
        "signature",
        "protocol",
        "epoch",
        "head_seq",
        "cursor",
        "app",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=300),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(FIELDS, JSON_VALUES, max_size=8).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [b"[" * 9_000, b"{" * 9_000, b'{"a":' * 3_000, b"9" * 9_000, b'"\\ud800"', b'{"till_id":"\\u0000"}']
    ),
)


@settings(max_examples=150)
@given(
    path=st.sampled_from(["/v1/enrol", "/v1/token", "/v1/hello", "/v1/push"]),
    body=BODIES,
    packing=st.sampled_from(["", "gzip", "br", "claimed gzip"]),
)
def test_malformed_bodies_are_4xx(site: Site, path: str, body: bytes, packing: str) -> None:
    sent = gzip.compress(body) if packing == "gzip" else body
    headers = {"Content-Encoding": packing.removeprefix("claimed ")} if packing else {}
    answer = site.call("POST", path, data=sent, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers[protocol.PROTOCOL_HEADER] == "1"
    assert isinstance(answer.json()["error"], str)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["after", "limit", "x"]), st.text(max_size=30) | st.integers(), max_size=3))
def test_malformed_queries_are_4xx_or_answered(site: Site, params: dict[str, Any]) -> None:
    assert site.call("GET", "/v1/pull", params=params).status_code in (200, 400)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_spoiled_batches_are_4xx_or_taken_in_item_by_item(
    site: Site, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    """A real batch with bytes changed: never a 5xx, and never half of it."""
    till = site.till
    if till.folder.sync_store.queue_status().waiting == 0:
        till.ring(member=MEMBERS[0], points=2)
        till.ring()
    raw = bytearray(protocol.encode_batch(1, till.folder.sync_store.pending()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, 1 << 20)) % len(raw)
        put = data.draw(st.binary(max_size=3) | st.sampled_from([b"0", b"1", b"f"]))
        cut = len(put) if data.draw(st.booleans()) else data.draw(st.integers(0, 3))
        raw[at : at + cut] = put
    before = _held(site)
    answer = site.call("POST", "/v1/push", data=gzip.compress(bytes(raw)), headers={"Content-Encoding": "gzip"})
    assert answer.status_code in (200, 400, 409)
    if answer.status_code == 200:
        till.folder.sync_store.mark_acked(answer.json()["last_seq"], CLOCK.now())
    else:
        assert _held(site) == before
    # Two histories are worth a word in the log; nothing here is an error of the program.
    assert all("chain_broken" in record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def _held(site: Site) -> int:
    with site.office.database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one()


def test_a_gzip_bomb_is_refused_without_being_blown_up(site: Site) -> None:
    bomb = gzip.compress(b"\x00" * (200 << 20), compresslevel=9)
    assert len(bomb) < 400_000
    answer = site.call("POST", "/v1/push", data=bomb, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    small = site.call("POST", "/v1/token", data=gzip.compress(b" " * (1 << 20)), headers={"Content-Encoding": "gzip"})
    assert small.status_code == 413


def test_a_body_too_large_on_the_wire_is_refused(site: Site) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(6):
            yield b"x" * (1 << 20)

    try:
        status = site.call("POST", "/v1/push", data=endless()).status_code
    except requests.ConnectionError:  # the server hung up on us in the middle: as good
        status = 413
    assert status == 413


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/hello"), ("POST", "/v1/push"), ("GET", "/v1/pull?after=0")])
def test_every_call_of_a_till_needs_its_token(site: Site, method: str, path: str) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer " + "x" * 9_000},
    ):
        answer = requests.request(method, site.server.url + path, headers=headers, data=b"{}", timeout=60)
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorised"})


def test_probes_and_description(site: Site) -> None:
    health = site.http.get(site.server.url + "/healthz", timeout=60)
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    described = site.http.get(site.server.url + "/openapi.json", timeout=60).json()
    assert {"/v1/enrol", "/v1/token", "/v1/hello", "/v1/push", "/v1/pull", "/healthz"} <= set(described["paths"])
    assert (
        "chain" in json.dumps(described["paths"]["/v1/push"]) or described["paths"]["/v1/push"]["post"]["requestBody"]
    )
    assert site.http.get(site.server.url + "/nowhere", timeout=60).json() == {"error": "not_found"}


def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    """asyncio turns Nagle's algorithm off only on sockets that say they are TCP: else each answer takes 40 ms."""
    with listen("127.0.0.1", 0) as taken:
        assert taken.proto == socket.IPPROTO_TCP


def test_an_answer_may_gain_fields(site: Site) -> None:
    newer = {"expires_in_s": 5, "token": "t", "challenge": "", "colour": "blue"}
    assert protocol.read_answer(protocol.TokenAnswer, newer) == protocol.TokenAnswer(5, "", "t")


@pytest.fixture
def door_open() -> None:
    """Whatever was tried before this test is forgiven."""
    CLOCK.forward(timedelta(seconds=31))


@pytest.mark.usefixtures("door_open")
class TestConsole:
    def test_it_needs_the_password(self, site: Site) -> None:
        for path in ("/", "/exceptions"):
            answer = requests.get(site.server.url + path, timeout=60, allow_redirects=False)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/login")

    def test_it_shows_the_day_in_both_languages(self, site: Site) -> None:
        password = admin.reset_password(database_url(site.folder))
        code = "8000000000000090"
        site.till.ring(coupons_issued=(make_coupon(site.till.identity, code),))
        twice = [
            make_bill(site.till.identity, n, member=None, points=0, redeem=0, coupons_used=(use(code),))
            for n in (901, 902)
        ]
        for bill in twice:
            site.till.announce(EventKind.BILL_COMPLETED, bill, bill.id)
        line = HttpTransport(site.server.url)
        assert site.till.engine(line).sync_once().reason is None
        line.close()
        with requests.Session() as browser:
            assert browser.post(f"{site.server.url}/login", data={"password": "wrong"}, timeout=60).status_code == 403
            shown = browser.post(f"{site.server.url}/login", data={"password": password}, timeout=60)
            assert shown.status_code == 200 and "คลองสาน" in shown.text and "ออนไลน์" in shown.text
            cases = browser.get(f"{site.server.url}/exceptions", timeout=60).text
            assert "8000 0000 0000 0090" in cases and all(bill.number in cases for bill in twice)
            english = browser.get(f"{site.server.url}/language/en", timeout=60).text
            assert "Last contact" in english and "Online" in english
            seal = SEAL.findall(english)[0]
            browser.post(f"{site.server.url}/logout", data={"seal": seal}, timeout=60)
            assert "/login" in browser.get(f"{site.server.url}/", timeout=60).url

    def test_a_new_password_ends_every_session(self, site: Site) -> None:
        with requests.Session() as browser:
            password = admin.reset_password(database_url(site.folder))
            browser.post(f"{site.server.url}/login", data={"password": password}, timeout=60)
            assert browser.get(f"{site.server.url}/", timeout=60, allow_redirects=False).status_code == 200
            admin.reset_password(database_url(site.folder))
            assert browser.get(f"{site.server.url}/", timeout=60, allow_redirects=False).status_code == 303

    def test_the_first_password_is_told_once(self, tmp_path: Path) -> None:
        url = database_url(tmp_path)
        first = admin.first_password(url)
        assert first is not None and len(first) == 19
        assert admin.first_password(url) is None

    def test_names_are_text_not_markup(self, site: Site) -> None:
        with site.office.database.write() as connection:
            connection.exec_driver_sql("UPDATE till SET label = '<script>alert(1)</script>'")
        password = admin.reset_password(database_url(site.folder))
        with requests.Session() as browser:
            page = browser.post(f"{site.server.url}/login", data={"password": password}, timeout=60)
        assert "<script>" not in page.text and "&lt;script&gt;" in page.text
        assert "script" not in page.headers["Content-Security-Policy"]

    def test_wrong_passwords_make_everyone_wait(self, site: Site) -> None:
        with requests.Session() as browser:
            answers = [
                browser.post(f"{site.server.url}/login", data={"password": f"x{n}"}, timeout=60).status_code
                for n in range(7)
            ]
        assert 429 in answers

    def test_every_text_is_there_in_both_languages(self) -> None:
        for key in keys("console"):
            assert all(say("console", key, language, {"n": 1, "day": "x"}) for language in LANGUAGES)

    def test_no_text_is_left_over_and_none_is_missing(self) -> None:
        """Every key a template or page names is there; every key there is named by one, whole or by its beginning."""
        console = Path(admin.__file__).parent / "console"
        source = "".join(p.read_text(encoding="utf-8") for p in [*console.rglob("*.html"), *console.rglob("*.py")])
        asked = set(re.findall(r"""\bt\(["'](\w+)["'](?! ~)""", source))
        assert asked <= keys("console")
        begun = {"kind_", "do_", "state_", "event_", "aside_", "error_", "member_", "program_", "fate_", "switched_"}
        begun |= {"act_", "draw_", "fault_", "differs_", "setting_", "owes_", "key_kind_"}
        begun |= {"day_", "denied_", "resolution_"}
        assert {start for start in begun if f'"{start}"' not in source} == set()
        said = {key for key in keys("console") if not any(key.startswith(start) for start in begun)}
        said -= {f"{word}_means" for word in ("clearing", "expiry", "top_spenders", "recheck", "draws")}
        assert {key for key in said if f'"{key}"' not in source} == set()

    def test_colours_come_from_the_theme(self) -> None:
        css = stylesheet()
        own = (Path(admin.__file__).parent / "console" / "console.css").read_text(encoding="utf-8")
        assert "--accent:#" in css and "prefers-color-scheme: dark" in css
        assert "#" not in own  # no colour of its own


def test_canonical_codec_reads_its_own_answers(site: Site) -> None:
    page = site.call("GET", "/v1/pull", params={"after": 0, "limit": 3}).json()
    answer = protocol.read_answer(protocol.PullAnswer, page)
    assert codec.to_wire(answer) == page
    assert answer.more and answer.upto >= 3
