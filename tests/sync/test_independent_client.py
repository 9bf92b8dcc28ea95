"""A client that knows nothing but docs/sync-protocol.md works with a real head office over HTTP."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.headoffice.carrying import carry_in
from pos_member.headoffice.feed import Draft, publish
from pos_member.headoffice.importing import MemberImport, import_members
from pos_member.headoffice.serve import RunningHeadOffice
from tests.headoffice.office_support import BRANCHES, CLOCK, LOT, make_member, new_id, rows, running_office
from tests.log_watch import ExpectLog
from tests.sync import independent_client
from tests.sync.independent_client import Client, Refused, batch, canonical, link, read_snapshot, sha256
from tests.sync.protocol_vectors import vectors

V = vectors()
MEMBER = make_member(900)
POINTS = 50


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningHeadOffice]:
    with running_office(tmp_path) as running:
        with running.app.state.office.database.write() as connection:
            import_members(connection, [MemberImport(MEMBER, buckets={LOT: POINTS})], CLOCK.now())
        running.app.state.office.stamp()
        yield running


@pytest.fixture
def client(server: RunningHeadOffice) -> Client:
    """Enrolled, with a token."""
    made = Client(server.url, bytes(range(32)))
    made.enrol(server.app.state.office.enrol_code(BRANCHES[0].code).replace("-", ""), label="I1")
    made.get_token()
    return made


def example(client: Client, n: int) -> tuple[str, str, bytes, str]:
    """Event ``n`` of the page's example, as this till and this member would have made it; ids of its own."""
    event = V["events"][n]
    old, text = json.loads(event["payload"]), event["payload"]
    fresh = new_id()
    pairs = {V["token"]["till_id"]: client.till["id"], old["id"]: fresh}
    pairs |= {V["events"][0]["event_id"]: client.queue[0]["event_id"]} if n and client.queue else {}
    if "member_id" in old:
        pairs |= {old["member_id"]: MEMBER.id, old["branch_id"]: client.till["branch_id"]}
        pairs |= {old["point_entries"][0]["id"]: new_id()}
    for before, after in pairs.items():
        text = text.replace(before, after)
    return event["kind"], fresh, text.encode(), event["created_at"]


def add_all(client: Client) -> None:
    for n in range(3):
        client.add(*example(client, n))


def points(client: Client) -> int:
    body = client.rows[("account", MEMBER.id)]["body"]
    return sum(lot["points"] for lot in body["buckets"])


def statuses(answer: dict[str, Any]) -> list[str]:
    return [item["status"] for item in answer["items"]]


def test_it_knows_nothing_of_the_project() -> None:
    tree = ast.parse(Path(independent_client.__file__).read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not {name for name in named if name.split(".")[0] in ("pos_member", "tests", "benchmarks")}


def test_it_makes_the_vectors_of_the_page() -> None:
    client = Client("", bytes.fromhex(V["keys"]["till_private"]))
    assert canonical(client.enrol_request(V["enrol"]["code"], label="T1")).decode() == V["enrol"]["request"]
    assert client.sign_challenge(V["token"]["till_id"], V["token"]["challenge"]) == V["token"]["signature"]
    for event in V["events"]:
        made = client.add(event["kind"], event["event_id"], event["payload"].encode(), event["created_at"])
        assert canonical(json.loads(event["payload"])) == event["payload"].encode()
        assert (made["sha256"], made["chain"]) == (event["sha256"], event["chain"])
    body = batch(1, client.queue)
    assert body.decode() == V["push"]["body"] and sha256(body) == V["push"]["sha256"]


def test_a_day_over_a_bad_line(server: RunningHeadOffice, client: Client) -> None:
    assert client.hello()["advice"] == "ok"
    add_all(client)
    client.push_half()
    client.push_and_lose_the_answer()
    client.token = "worn.1.out.x"  # it is renewed by itself
    again = client.push()
    assert statuses(again) == ["duplicate"] * 3 and again["last_seq"] == client.acked == 3
    assert client.reads == "zstd", "head office said that it reads it"
    bills = rows(server.app.state.office.database, "bill")
    assert [(row.till_id, row.points_earned) for row in bills] == [(client.till["id"], 10)]
    assert client.pull() > 8 and client.cursor == client.hello()["horizon"]
    assert points(client) == POINTS + 10 and client.own_after("account", MEMBER.id) == 3
    assert client.rows[("till_certificate", client.till["id"])] and ("branch", BRANCHES[0].id) in client.rows


def test_a_gap_a_broken_chain_and_another_history(
    server: RunningHeadOffice, client: Client, expected_logs: ExpectLog
) -> None:
    expected_logs("fork")
    expected_logs("chain_broken")
    client.hello()
    add_all(client)
    with pytest.raises(Refused) as gap:
        client.push(first=3)
    assert (gap.value.status, gap.value.code, gap.value.body["expected_seq"]) == (409, "gap", 1)
    assert statuses(client.push(first=gap.value.body["expected_seq"])) == ["applied"] * 3
    good = client.add(*example(client, 2))
    client.queue[-1] = good | {"chain": link("1" * 64, 4, good["sha256"])}
    with pytest.raises(Refused, match="chain_broken"):
        client.push()
    client.queue[2:] = []
    client.add(*example(client, 2))
    with pytest.raises(Refused) as fork:
        client.push(first=3)
    assert (fork.value.code, fork.value.body["seq"]) == ("fork", 3)

    client.acked = 2
    hello = client.hello(restored=True, doubt="fork")
    assert (hello["advice"], hello["epoch"]) == ("new_epoch", 2)
    assert client.hello(restored=True, doubt="fork")["epoch"] == 2, "a lost answer is asked for again"
    client.follow(hello)
    assert client.hello()["advice"] == "ok" and client.queue[0]["seq"] == 1
    assert statuses(client.push()) == ["duplicate", "duplicate", "applied"], "of another history all is sent again"
    with pytest.raises(Refused) as old:
        client.ask("POST", "/v1/push", batch(1, client.queue), independent_client.EVENTS)
    assert (old.value.code, old.value.body["epoch"]) == ("epoch", 2)


def test_a_restored_till_tells_again_and_nothing_counts_twice(server: RunningHeadOffice, client: Client) -> None:
    client.hello()
    add_all(client)
    client.push()
    client.acked, client.database_id = 0, "restored"
    client.follow(client.hello(restored=True, doubt="restored"))
    assert client.counters["bill"] == 2, "above the number of the bill that head office holds"
    assert statuses(client.push()) == ["duplicate"] * 3
    client.pull()
    assert points(client) == POINTS + 10


def test_a_till_that_is_enrolled_again_keeps_its_name(server: RunningHeadOffice, client: Client) -> None:
    client.hello()
    add_all(client)
    client.push()
    office, till_id = server.app.state.office, client.till["id"]
    client.seed, client.token = bytes(range(1, 33)), ""  # its key was lost
    with pytest.raises(Refused, match="unauthorised"):
        client.get_token()
    who = {"till_id": till_id, "number": client.till["number"], "epoch": 1, "keep": True}
    with pytest.raises(Refused) as other:
        client.enrol(office.enrol_code(BRANCHES[0].code).replace("-", ""), **who)
    assert (other.value.status, other.value.code) == (409, "other_till")
    client.enrol(office.enrol_code_again(till_id).replace("-", ""), **who)
    client.get_token()
    assert client.till["id"] == till_id
    hello = client.hello()
    assert (hello["advice"], hello["epoch"]) == ("new_epoch", 2)
    client.acked = 0
    client.follow(hello)
    assert statuses(client.push()) == ["duplicate"] * 3


def test_a_head_office_that_went_back_gets_everything_again(server: RunningHeadOffice, client: Client) -> None:
    """It holds less than it once acknowledged, as from a backup of the evening before."""
    client.hello()
    add_all(client)
    last = client.queue.pop()
    client.push()
    client.queue.append(last)
    client.acked = 3
    hello = client.hello()
    assert (hello["advice"], hello["resend_from"]) == ("resend", 3)
    assert statuses(client.push(first=hello["resend_from"])) == ["applied"]
    assert client.hello()["advice"] == "ok"


def test_news_are_waited_for(server: RunningHeadOffice, client: Client) -> None:
    client.pull()
    page = client.ask("GET", f"/v1/pull?after={client.cursor}&wait_s=0.05")
    assert (page["changes"], page["upto"]) == ([], client.cursor)
    add_all(client)
    client.hello()
    client.push()
    page = client.ask("GET", f"/v1/pull?after={client.cursor}&wait_s=25")
    assert "account" in {change["entity"] for change in page["changes"]}
    assert client.listen(25) and client.rows and client.cursor == page["upto"]
    assert not client.listen(0.05), "nothing came"
    client.mark = "of another head office"
    with server.app.state.office.database.write() as connection:
        publish(connection, [Draft("notice", "n", {"text": "x"})])
    assert not client.listen(25) and ("notice", "n") not in client.rows


def test_an_event_that_says_nothing_is_set_aside_and_the_next_goes_through(
    client: Client, expected_logs: ExpectLog
) -> None:
    client.hello()
    client.add("shift.opened", new_id(), b'{"no":"shift"}', "2026-11-21T05:00:00Z")
    client.add(*example(client, 0))
    answer = client.push()
    assert statuses(answer) == ["quarantined", "applied"] and answer["items"][0]["reason"] == "payload"


def test_a_snapshot_holds_what_the_feed_tells(server: RunningHeadOffice, client: Client, tmp_path: Path) -> None:
    client.hello()
    add_all(client)
    client.push()
    assert server.app.state.snapshots.make() is not None
    other = Client(server.url, client.seed, till=client.till)
    other.get_token()
    manifest = other.load_snapshot(tmp_path / "snapshot.db")
    client.pull()
    assert (other.cursor, other.mark, other.included) == (client.cursor, client.mark, client.included)
    held = read_snapshot(tmp_path / "snapshot.db")
    told = {entity: {key[1] for key in client.rows if key[0] == entity} for entity, _ in client.rows}
    assert held["member"].keys() == told["member"] and manifest["members"] == len(told["member"])
    for member_id in told["account"]:
        lots = client.rows[("account", member_id)]["body"]["buckets"]
        assert json.loads(held["account"][member_id]["buckets"]) == [[lot["bucket"], lot["points"]] for lot in lots]
    assert json.loads(held["item"][f"branch:{BRANCHES[1].id}"]["body"])["code"] == BRANCHES[1].code
    assert points(client) == POINTS + 10 and other.pull() == 0


def test_catalogue_and_a_cursor_of_another_feed(client: Client) -> None:
    entities = {change["entity"] for page in client.pages("/v1/feed/catalogue", 0) for change in page["changes"]}
    assert {"organisation", "branch"} <= entities and not entities & {"member", "account", "coupon"}
    client.pull()
    assert not client.hello()["reload"]
    assert client.hello(cursor_mark="of another")["reload"]
    with pytest.raises(Refused, match="malformed"):
        client.ask("GET", f"/v1/pull?after={client.cursor + 1}")


def test_rights_and_points_for_one_bill(client: Client) -> None:
    client.hello()
    asked = client.ask("POST", "/v1/rights", {"epoch": 1, "touch": [MEMBER.id]})
    [right] = asked["granted"]
    assert (right["kind"], right["points"], right["till_id"]) == ("touch", POINTS, client.till["id"])
    bill = new_id()
    question = {"epoch": 1, "bill_id": bill, "member_id": MEMBER.id, "points": 20}
    assert client.ask("POST", "/v1/redeem", question)["right"] is None
    back = {"epoch": 1, "release": [{"right_id": right["id"], "points": 0}]}
    assert client.ask("POST", "/v1/rights", back)["released"] == [right["id"]]
    told = client.ask("POST", "/v1/redeem", question)
    assert (told["right"]["id"], told["right"]["points"], told["free"]) == (f"{bill}:online", 20, POINTS - 20)
    assert client.ask("POST", "/v1/redeem", question)["right"] == told["right"]
    more = client.ask("POST", "/v1/redeem", question | {"points": 25})
    assert more["right"] == told["right"] and [each["points"] for each in more["more"]] == [5]
    coupon = client.ask("POST", "/v1/redeem", {"epoch": 1, "bill_id": bill, "coupons": ["8123456789012362"]})
    assert coupon["coupons"] == {"8123456789012362": "unknown"}
    found = client.ask("GET", f"/v1/members?number={MEMBER.number}")["changes"]
    assert [change["entity"] for change in found] == ["member", "account"]
    with pytest.raises(Refused, match="epoch"):
        client.ask("POST", "/v1/rights", {"epoch": 7})


def test_two_copies_are_heard_in_turns(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.hello()
    copy = Client(client.url, client.seed, "copy", till=client.till, token=client.token)
    first = copy.hello()
    assert first["advice"] == "new_epoch", "a copy that was never heard is heard at once"
    copy.follow(first)
    with pytest.raises(Refused) as wait:
        client.hello()
    assert (wait.value.status, wait.value.code) == (409, "cloned")
    began = CLOCK.at
    monkeypatch.setattr(CLOCK, "at", began + timedelta(minutes=16))
    assert client.hello()["advice"] == "new_epoch"


def test_by_stick(server: RunningHeadOffice, client: Client, tmp_path: Path) -> None:
    add_all(client)
    client.write_stick(tmp_path / "one.pmup", "2026-11-21T07:05:00Z")
    carried = carry_in(server.app.state.office, tmp_path / "one.pmup")
    assert (carried.applied, carried.error) == (3, "")
    first = client.read_stick(carried.answer)
    assert (first["applied"], first["hello"]["advice"], client.acked) == (3, "ok", 3)
    assert points(client) == POINTS + 10 and client.included == 3
    again = carry_in(server.app.state.office, tmp_path / "one.pmup", tmp_path)
    assert (again.applied, again.duplicate) == (0, 3)
