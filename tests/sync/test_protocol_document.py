"""docs/sync-protocol.md says what the code does: every vector, every error, every advice, kind and entity."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.domain import codec
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.events import PAYLOADS, EventKind
from pos_member.headoffice import calls, identity, online, waiting
from pos_member.headoffice.acts import read_act
from pos_member.headoffice.bodies import JSON_BYTES_MAX
from pos_member.headoffice.exceptions import ExceptionKind
from pos_member.headoffice.problems import status_of
from pos_member.services.snapshot_ports import SnapshotManifest
from pos_member.services.sync_ports import KEEP_ACKED_DAYS, Doubt, FeedAccount, FeedEntity, QueuedEvent
from pos_member.sync import protocol, protocol_carry, retries
from pos_member.sync.protocol_feed import SEGMENT, ManifestAnswer
from pos_member.sync.protocol_rights import (
    RIGHTS_ITEMS_MAX,
    CouponVerdict,
    RedeemAnswer,
    RedeemRequest,
    RightsAnswer,
    RightsRequest,
)
from tests.sync.protocol_vectors import page, vectors

V = vectors()
pytestmark = pytest.mark.one_database("nothing is stored")
TILL = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(V["keys"]["till_private"]))
OFFICE = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(V["keys"]["head_office_private"]))
REQUESTS = {
    ("enrol", "request"): protocol.EnrolRequest,
    ("token", "request"): protocol.TokenRequest,
    ("hello", "request"): protocol.HelloRequest,
    ("rights", "request"): RightsRequest,
    ("redeem", "request"): RedeemRequest,
}
ANSWERS = {
    ("enrol", "answer"): protocol.EnrolAnswer,
    ("hello", "answer"): protocol.HelloAnswer,
    ("push", "answer"): protocol.PushAnswer,
    ("pull", "answer"): protocol.PullAnswer,
    ("pull", "news_answer"): protocol.PullAnswer,
    ("snapshot", "manifest"): ManifestAnswer,
    ("rights", "answer"): RightsAnswer,
    ("redeem", "answer"): RedeemAnswer,
}


def queue() -> list[QueuedEvent]:
    return [
        QueuedEvent(
            each["seq"],
            each["event_id"],
            each["kind"],
            each["version"],
            each["payload"].encode(),
            each["sha256"],
            each["chain"],
            codec.from_wire(protocol.EventMeta, _meta(each)).created_at,
        )
        for each in V["events"]
    ]


def _meta(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("payload", "chain")}


@pytest.mark.parametrize(("call", "part"), [*REQUESTS, *ANSWERS])
def test_bodies_are_read_and_written_byte_for_byte(call: str, part: str) -> None:
    kind: Any = {**REQUESTS, **ANSWERS}[(call, part)]
    text = V[call][part]
    assert codec.canonical_bytes(codec.from_bytes(kind, text.encode())) == text.encode()


def test_keys_and_signatures() -> None:
    assert TILL.public_key().public_bytes_raw().hex() == V["keys"]["till_public"]
    assert OFFICE.public_key().public_bytes_raw().hex() == V["keys"]["head_office_public"]
    enrol, token = V["enrol"], V["token"]
    message = protocol.enrol_message(enrol["code"], V["keys"]["till_public"])
    assert message.decode() == enrol["message"] and TILL.sign(message).hex() == enrol["proof"]
    assert identity._signed(V["keys"]["till_public"], enrol["proof"], message)
    message = protocol.token_message(token["till_id"], token["challenge"])
    assert message.decode() == token["message"] and TILL.sign(message).hex() == token["signature"]


def test_events_are_facts_of_the_till_with_their_hashes_and_chain() -> None:
    chain = GENESIS
    for event in V["events"]:
        raw = event["payload"].encode()
        content = codec.from_bytes(PAYLOADS[(EventKind(event["kind"]), event["version"])], raw)
        assert codec.canonical_bytes(content) == raw and len(raw) == event["size"]
        assert event["sha256"] == payload_hash(raw)
        chain = link(chain, event["seq"], event["sha256"])
        assert event["chain"] == chain
        read_act(V["token"]["till_id"], event["seq"], event["kind"], event["version"], raw)


def test_a_push_is_these_bytes() -> None:
    body = protocol.encode_batch(1, queue())
    assert body.decode() == V["push"]["body"] and len(body) == V["push"]["size"]
    assert hashlib.sha256(body).hexdigest() == V["push"]["sha256"]
    header, events = protocol.decode_batch(body, protocol.BATCH_EVENTS_MAX)
    assert header.chain == V["events"][-1]["chain"] and [each.meta.seq for each in events] == [1, 2, 3]


def test_a_page_and_a_snapshot() -> None:
    pulled = codec.from_bytes(protocol.PullAnswer, V["pull"]["answer"].encode())
    account, gone = pulled.changes
    assert codec.from_feed(FeedAccount, account.body).buckets[0].points == 10
    assert account.seen == {V["token"]["till_id"]: f"1.{pulled.included_seq}"} and gone.deleted
    news = codec.from_bytes(protocol.PullAnswer, V["pull"]["news_answer"].encode())
    assert (news.after, news.before, news.epoch) == (pulled.upto, pulled.mark, 1)
    manifest = codec.from_bytes(ManifestAnswer, V["snapshot"]["manifest"].encode()).snapshot
    assert isinstance(manifest, SnapshotManifest)
    packed = bytes.fromhex(V["snapshot"]["part_packed"])
    plain = zstandard.ZstdDecompressor().decompress(packed)
    [part] = manifest.parts
    assert (part.bytes, part.sha256, part.plain_bytes) == (len(packed), payload_hash(packed), len(plain))
    assert manifest.sha256 == payload_hash(plain) == V["snapshot"]["part_plain_sha256"]


def test_a_file_on_a_stick(tmp_path: Path) -> None:
    carry, path = V["carry"], tmp_path / "one.pmup"
    lines = [carry["head"].encode(), carry["signature"].encode(), bytes.fromhex(carry["body"])]
    path.write_bytes(protocol_carry.MAGIC + b"\n".join(lines))
    assert protocol_carry.MAGIC.hex() in page()
    file = protocol_carry.read(path, protocol_carry.UP)
    assert file.signed_by(bytes.fromhex(V["keys"]["till_public"]))
    assert TILL.sign(protocol_carry.carry_message(file.signed)).hex() == carry["signature"]
    assert list(file.records()) == [V["hello"]["request"].encode(), V["push"]["body"].encode()]


def rows_of(heading: str) -> dict[str, list[str]]:
    """The rows of the first table below a heading, by the code in their first cell."""
    text = page().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {code: [cell.strip() for cell in row] for row in cells for code in re.findall(r"`([a-z_]+)`", row[0])}


def test_every_error_is_there_with_its_status() -> None:
    rows = rows_of("Errors")
    assert rows.keys() == {code.value for code in protocol.ErrorCode}
    assert {code: int(rows[code][1][:3]) for code in rows} == {
        code.value: status_of(code) for code in protocol.ErrorCode
    }


def test_every_name_is_there() -> None:
    said = set(re.findall(r"`([a-z_.]+)`", page()))
    for names in (protocol.Advice, protocol.ItemStatus, EventKind, FeedEntity, Doubt, ExceptionKind):
        assert {each.value for each in names} <= said, names
    assert " | ".join(each.value for each in CouponVerdict) in page()
    paths = {f"/v1/{name}" for name in calls._TILL}
    assert all(re.search(rf"`?(GET|POST) {path}", page()) or f"{path}/" in page() for path in paths)


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        (f"`batch_events` ({protocol.BATCH_EVENTS_MAX})", True),
        ("`batch_bytes` (4 MiB)", protocol.BATCH_BYTES_MAX == 4 << 20),
        ("`event_bytes` (1 MiB)", protocol.EVENT_BYTES_MAX == 1 << 20),
        ("4 MiB up, 32 MiB down", (protocol.WIRE_BYTES_MAX, protocol.ANSWER_BYTES_MAX) == (4 << 20, 32 << 20)),
        ("unpacked: 16 KiB", JSON_BYTES_MAX == 16 << 10),
        ("4,096 bytes", protocol._META_BYTES_MAX == 4_096),
        ("limit=<1 … 1000>&wait_s=<0 … 25>", (protocol.PULL_CHANGES_MAX, waiting.WAIT_MAX_S) == (1_000, 25)),
        ("(1,000; segment 0 begins with 1)", SEGMENT == 1_000),
        (f"MUST keep events {KEEP_ACKED_DAYS} days", True),
        ("expires_in_s: 60}", identity.CHALLENGE_S == 60),
        ("expires_in_s: 3600}", identity.TOKEN_S == 3_600),
        ("12 digits, is good for 15 minutes", (identity.CODE_DIGITS, identity.CODE_MINUTES) == (12, 15)),
        ("Together at most 200", RIGHTS_ITEMS_MAX == 200),
        ("At most 20 coupons", online.COUPONS_MAX == 20),
        (f"{online.SEARCHES_MAX} searches a minute", True),
        ("0–120 s", retries.FIRST_SPREAD_S == 120),
        ("4, 8, 16 … 300 s", retries.BACKOFF_MAX_S == 300),
        (f"Protocol version: **{protocol.PROTOCOL}**", True),
    ],
)
def test_every_number_is_the_codes(said: str, is_so: bool) -> None:
    assert said in page() and is_so
