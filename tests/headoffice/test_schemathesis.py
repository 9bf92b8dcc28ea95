"""Every call of a till as ``/openapi.json`` describes it, with what fits and what does not: answers as described, never
a 5xx; and the console's pages with a session, never a 5xx. The same examples in every run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.python import asgi

from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.events import PAYLOADS, EventKind
from pos_member.domain.org import TillIdentity
from pos_member.headoffice import identity
from pos_member.headoffice.app import HeadOfficeSettings, create_app
from pos_member.headoffice.console.door import new_password
from pos_member.headoffice.kept import TOKEN_SECRET, read_setting
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import FeedEntity, QueuedEvent
from pos_member.sync import packing as packers
from pos_member.sync import protocol
from tests.headoffice.office_support import BRANCHES, CLOCK, MEMBERS, database_url, new_id, seed
from tests.headoffice.raw_till import RawTill
from tests.log_watch import ExpectLog

load_all_checks()
ANSWERS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
CALLS = (
    ("POST", "/v1/enrol"),
    ("POST", "/v1/token"),
    ("POST", "/v1/hello"),
    ("POST", "/v1/push"),
    ("GET", "/v1/pull"),
    ("GET", "/v1/feed/own"),
    ("GET", "/v1/feed/catalogue"),
    ("GET", "/v1/feed/segments/{number}"),
    ("GET", "/v1/snapshot/manifest"),
    ("GET", "/v1/snapshot/{name}/{number}"),
    ("POST", "/v1/rights"),
    ("POST", "/v1/redeem"),
    ("GET", "/v1/members"),
)
OPEN = ("/v1/enrol", "/v1/token")
EXAMPLES = 10
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@dataclass
class Described:
    """The application, what it says of itself, and a till of it."""

    app: Any
    office: HeadOffice
    schema: Any
    till: RawTill
    token: str

    def call(self, method: str, path: str) -> Any:
        """One operation of the document."""
        return self.schema[path][method]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Described]:
    folder = tmp_path_factory.mktemp("described")
    app = create_app(HeadOfficeSettings(database_url(folder), clock=CLOCK))
    office: HeadOffice = app.state.office
    seed(office.database)
    till = RawTill(office.database, TillIdentity(new_id(), 77, BRANCHES[0].id, "T", 1))
    with office.database.read() as connection:
        secret = bytes.fromhex(read_setting(connection, TOKEN_SECRET))
    token = identity._seal(secret, "token", till.identity.id, CLOCK.now(), identity.TOKEN_S)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    yield Described(app, office, schema, till, token)
    office.database.close()


@schemathesis.serializer(protocol.EVENTS_TYPE)
def batch_as_it_is(_context: Any, value: Any) -> bytes:
    """A batch has no form but its own."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


def run(strategy: Any, body: Callable[[Any], None], examples: int = EXAMPLES) -> None:
    """``body`` over examples of ``strategy``, the same ones every time."""
    quiet = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    settings(max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=quiet)(
        given(strategy)(body)
    )()


def checks(*more: str) -> list[Any]:
    return [CHECKS.get_one(name) for name in (*ANSWERS, *more)]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_till_is_answered_as_described(described: Described, method: str, path: str, mode: Any) -> None:
    headers = {"Authorization": f"Bearer {described.token}"}
    operation = described.call(method, path)
    # Of a query only what is known is read: one with more in it is answered.
    strict = mode is schemathesis.GenerationMode.NEGATIVE and method == "POST"
    more = ("negative_data_rejection",) if strict else ()

    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=checks(*more))

    run(operation.as_strategy(generation_mode=mode), ask)


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if call[1] not in OPEN])
def test_without_a_token_nobody_is_answered(described: Described, method: str, path: str) -> None:
    def ask(case: Any) -> None:
        answer = case.call_and_validate(checks=checks(), headers={"Authorization": "Bearer x.1.y.z"})
        assert answer.status_code == 401

    run(described.call(method, path).as_strategy(), ask, examples=6)


def test_the_document_is_of_all_calls(described: Described) -> None:
    described.schema.validate()
    paths = described.schema.raw_schema["paths"]
    said = {(method.upper(), path) for path in paths for method in paths[path] if path.startswith("/v1/")}
    assert said == set(CALLS)
    for method, path in CALLS:
        call = paths[path][method.lower()]
        assert "422" not in call["responses"] and {"200", "500", "503"} <= call["responses"].keys()
        assert call["security"] == ([] if path in OPEN else [{"till": []}])


ODD = st.sampled_from(
    ["", " ", "-1", "0x1", "1.5", "1e3", "nan", "inf", "\u0663", "9" * 30, "\x00", "null", "1,2", "\ud800"]
)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    path=st.sampled_from(["/v1/pull", "/v1/feed/own", "/v1/feed/catalogue"]),
    good=st.just({"after": "0", "upto": "0", "limit": "10"}),
    name=st.sampled_from(["after", "upto", "limit", "wait_s"]),
    value=ODD,
)
def test_a_query_that_does_not_fit_is_malformed(
    described: Described, path: str, good: dict[str, str], name: str, value: str
) -> None:
    known = {"/v1/pull": "after limit wait_s", "/v1/feed/own": "after upto limit", "/v1/feed/catalogue": "after limit"}
    query = urlencode(good | {name: value}, errors="surrogatepass")
    with asgi.get_client(described.app) as client:
        answer = client.get(f"{path}?{query}", headers={"Authorization": f"Bearer {described.token}"})
    fits = name not in known[path].split() or (name == "wait_s" and value in ("0",)) or _number(value, name)
    assert answer.status_code == (200 if fits else 400), (query, answer.text)
    assert fits or answer.json() == {"error": "malformed", "where": "query"}


def _number(value: str, name: str) -> bool:
    return name == "wait_s" and value == "1.5"


NAMES = st.sampled_from(["x", "\x00", "ก", "a" * 70, "", "\ud800"])
LINES = st.builds(
    lambda seq, event, kind, size, extra: (
        {
            "created_at": "2026-11-21T07:05:00Z",
            "event_id": event,
            "kind": kind,
            "seq": seq,
            "sha256": "0" * 64,
            "size": size,
            "version": 1,
        }
        | extra
    ),
    seq=st.integers(-1, 3) | st.sampled_from([2**53, 2**53 + 1, 1.0, "1", None, True]),
    event=NAMES,
    kind=st.sampled_from([kind.value for kind in EventKind]) | NAMES,
    size=st.sampled_from([2, 0, -1, 3, 2**53, "2"]),
    extra=st.sampled_from([{}, {}, {}, {"sha256": "zz"}, {"created_at": "0001-01-01T00:00:00+14:00"}, {"more": 1}]),
)


def try_batch(described: Described, lines: list[dict[str, Any]], chain: str) -> None:
    head = json.dumps({"chain": chain, "count": len(lines), "epoch": 1, "protocol": 1}).encode()
    body = head + b"\n" + b"".join(json.dumps(line).encode() + b"\n{}\n" for line in lines)
    headers = {"Authorization": f"Bearer {described.token}", "Content-Type": protocol.EVENTS_TYPE}
    with asgi.get_client(described.app) as client:
        answer = client.post("/v1/push", data=body, headers=headers)
    assert answer.status_code in (400, 409)
    assert answer.json()["error"] in ("malformed", "gap", "chain_broken")


def test_batches_that_are_almost_right(described: Described, expected_logs: ExpectLog) -> None:
    expected_logs("chain_broken")
    chains = st.sampled_from([GENESIS, "", "zz"])
    tried = st.tuples(st.lists(LINES, min_size=1, max_size=3), chains)
    run(tried, lambda batch: try_batch(described, *batch), examples=80)


@settings(max_examples=40, derandomize=True, database=None, deadline=None)
@given(
    event_id=st.text(max_size=80),
    kind=st.sampled_from([kind.value for kind in EventKind]) | st.text(max_size=60),
    version=st.integers(-(2**53), 2**53),
    at=st.datetimes(timezones=st.just(UTC)),
    payload=st.binary(max_size=40)
    | st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_whatever_an_event_holds_it_is_acknowledged_or_malformed(
    described: Described, event_id: str, kind: str, version: int, at: datetime, payload: bytes
) -> None:
    """An event whose frame holds is taken in, set aside where it says nothing."""
    till = described.till
    before, sha = (till.queue[-1].chain if till.queue else GENESIS), payload_hash(payload)
    seq = len(till.queue) + 1
    made = QueuedEvent(seq, event_id, kind, version, payload, sha, link(before, seq, sha), at)
    headers = {"Authorization": f"Bearer {described.token}", "Content-Type": protocol.EVENTS_TYPE}
    with asgi.get_client(described.app) as client:
        body = protocol.encode_batch(1, [made])
        answers = [client.post("/v1/push", data=body, headers=headers) for _ in range(2)]
    assert {answer.status_code for answer in answers} in ({200}, {400})
    if answers[0].status_code == 200:
        till.queue.append(made)
        [again] = answers[1].json()["items"]
        assert again == {"reason": "", "seq": seq, "status": "duplicate"}
    else:
        assert answers[0].json()["error"] == "malformed"


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    raw=st.binary(max_size=60) | st.just(b"{}"),
    encoding=st.sampled_from(["gzip", "zstd", "GZIP ", "br", "gzip, zstd", "identity", "deflate", "x" * 300]),
    packing=st.sampled_from(["", "gzip", "zstd"]),
    path=st.sampled_from(["/v1/token", "/v1/hello", "/v1/push", "/v1/rights", "/v1/redeem"]),
)
def test_whatever_it_is_said_to_be_packed_in(
    described: Described, raw: bytes, encoding: str, packing: str, path: str
) -> None:
    headers = {"Authorization": f"Bearer {described.token}", "Content-Encoding": encoding}
    with asgi.get_client(described.app) as client:
        answer = client.post(path, data=packers.pack(raw, packing) if packing else raw, headers=headers)
    assert answer.status_code == 400 and answer.json()["error"] == "malformed"


@pytest.fixture(scope="module")
def console(described: Described) -> Iterator[Any]:
    """A browser with a session."""
    with described.office.database.write() as connection:
        password = new_password(connection)
    with asgi.get_client(described.app) as client:
        client.headers["Accept"] = "text/html"
        client.post("/login", data={"password": password})
        assert client.get("/").status_code == 200, "signed in"
        yield client


def console_calls(app: Any, method: str) -> list[str]:
    # A router that was taken in stands as one route with its own inside, or as those themselves.
    routes = [each for made in app.routes for each in getattr(getattr(made, "original_router", None), "routes", [made])]
    found = {route.path for route in routes if method in (getattr(route, "methods", None) or ())}
    return sorted(path for path in found if not path.startswith(("/v1", "/openapi", "/logout", "/login")))


def test_no_page_of_the_console_fails(described: Described, console: Any) -> None:
    pages = console_calls(described.app, "GET")
    assert len(pages) > 15
    words = (
        st.sampled_from([*[m.id for m in MEMBERS[:1]], described.till.identity.id, BRANCHES[0].id, "x"]) | NAMES | ODD
    )
    keys = st.sampled_from(["q", "page", "owner", "from", "to", "date", "day", "month", "branch", "kind", "state", "n"])

    def look(asked: tuple[str, list[str], dict[str, str]]) -> None:
        page, names, query = asked
        for name in names:
            page = re.sub(r"\{[^}]+\}", quote(name, safe="", errors="surrogatepass") or "-", page, count=1)
        said = urlencode(query, errors="surrogatepass")
        assert console.get(f"{page}?{said}", allow_redirects=False).status_code < 500, (page, said)

    filled = st.lists(words, min_size=3, max_size=3)
    run(st.tuples(st.sampled_from(pages), filled, st.dictionaries(keys, words, max_size=4)), look, examples=70)


def test_no_form_of_the_console_fails(described: Described, console: Any) -> None:
    forms = console_calls(described.app, "POST")
    assert len(forms) > 5
    [seal] = set(re.findall(r'name="seal" value="([^"]+)"', console.get("/tills").text))
    words = st.sampled_from([described.till.identity.id, BRANCHES[0].id, "x", "{}", "[]", "1"]) | NAMES | ODD
    keys = st.sampled_from(
        ["name", "reason", "decision", "branch", "key", "program", "body", "text", "numbers", "on", "id"]
    )

    def send(asked: tuple[str, list[str], dict[str, str]]) -> None:
        page, names, fields = asked
        for name in names:
            page = re.sub(r"\{[^}]+\}", quote(name, safe="", errors="surrogatepass") or "-", page, count=1)
        body = urlencode({"seal": seal} | fields, errors="surrogatepass")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = console.post(page, data=body, headers=form, allow_redirects=False)
        assert answer.status_code < 500, (page, fields)

    filled = st.lists(words, min_size=3, max_size=3)
    run(st.tuples(st.sampled_from(forms), filled, st.dictionaries(keys, words, max_size=5)), send, examples=70)


def test_every_fact_and_every_change_is_described(described: Described) -> None:
    said = described.schema.raw_schema
    assert set(said["x-events"]) == {f"{kind.value}/{version}" for kind, version in PAYLOADS}
    assert set(said["x-feed"]) == {entity.value for entity in FeedEntity}
    bill = said["components"]["schemas"]["event.Bill"]
    assert bill["additionalProperties"] is False and "spending" not in bill["required"]


def test_a_database_is_named_in_64_characters(described: Described) -> None:
    """A longer id would be cut short where it is kept, and so be another database with each hello."""
    asked = {"protocol": 1, "app": "", "epoch": 1, "head_seq": 0, "head_chain": GENESIS, "acked_seq": 0, "cursor": 0}
    headers = {"Authorization": f"Bearer {described.token}"}
    with asgi.get_client(described.app) as client:
        answer = client.post("/v1/hello", json={**asked, "database_id": "x" * 65}, headers=headers)
    assert (answer.status_code, answer.json()["where"]) == (400, "database_id")


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "/v1/hello", {"epoch": 1, "head_seq": 0, "head_chain": GENESIS, "acked_seq": 0, "cursor": 0}),
        ("POST", "/v1/rights", {"epoch": 1, "touch": [MEMBERS[0].id]}),
        ("POST", "/v1/redeem", {"epoch": 1, "bill_id": MEMBERS[1].id, "member_id": MEMBERS[0].id, "points": 5}),
        ("GET", "/v1/pull", {"after": 0}),
        ("GET", "/v1/feed/own", {"upto": 1}),
        ("GET", "/v1/members", {"number": MEMBERS[0].number}),
    ],
)
def test_what_is_asked_well_is_answered_as_described(
    described: Described, method: str, path: str, asked: dict[str, Any]
) -> None:
    """Chance seldom asks well: a till's own epoch, ids of things that there are."""
    more = {"protocol": 1, "app": "x"} if path == "/v1/hello" else {}
    body = {"body": asked | more, "media_type": "application/json"} if method == "POST" else {"query": asked}
    case = described.call(method, path).Case(**body)
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {described.token}"}, checks=checks())
    assert answer.status_code == 200 or path == "/v1/hello"
