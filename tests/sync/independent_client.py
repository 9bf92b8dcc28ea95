"""A till written from docs/sync-protocol.md alone: what another program would make of that page.

It imports nothing of the project: the standard library, ``cryptography`` for Ed25519, ``zstandard`` for the parts of
snapshots and files on sticks. It keeps everything in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ZEROS = "0" * 64
HEADER = "X-Pos-Member-Protocol"
EVENTS = "application/vnd.pos-member.events"
PART = "application/vnd.pos-member.part"
MAGIC = bytes.fromhex("706f732d6d656d62657220636172727920310a")
Row = dict[str, Any]


class NotOurs(Exception):
    """An answer that head office did not give, or not to this question."""


class Refused(Exception):
    """An error of head office."""

    def __init__(self, status: int, body: Row) -> None:
        super().__init__(status, body)
        self.status, self.code, self.body = status, str(body.get("error")), body


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def link(previous: str, seq: int, sha: str) -> str:
    return sha256(bytes.fromhex(previous) + seq.to_bytes(8, "big") + bytes.fromhex(sha))


def batch(epoch: int, events: list[Row]) -> bytes:
    """The body of a push before packing."""
    head = {"protocol": 1, "epoch": epoch, "count": len(events), "chain": events[-1]["chain"]}
    parts = [canonical(head), b"\n"]
    for event in events:
        names = ("seq", "event_id", "kind", "version", "sha256", "created_at")
        line = {name: event[name] for name in names} | {"size": len(event["payload"])}
        parts += [canonical(line), b"\n", event["payload"], b"\n"]
    return b"".join(parts)


@dataclass
class Client:
    """One till. ``rows``: (entity, id) → the change it was last told."""

    url: str
    seed: bytes
    database_id: str = "independent"
    till: Row = field(default_factory=dict)
    office_key: str = ""
    epoch: int = 1
    queue: list[Row] = field(default_factory=list)
    acked: int = 0
    cursor: int = 0
    mark: str = ""
    included: int = 0
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    horizon: int = 0
    counters: Row = field(default_factory=dict)
    token: str = ""
    reads: str = "gzip"

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    # --- the line

    def send(
        self, method: str, path: str, body: bytes | None = None, media: str = "application/json"
    ) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        headers = {HEADER: "1", "Accept-Encoding": "gzip, zstd"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            packed = zstandard.ZstdCompressor().compress(body) if self.reads == "zstd" else gzip.compress(body)
            headers |= {"Content-Type": media, "Content-Encoding": self.reads}
            line.request(method, path, packed, headers)
        else:
            line.request(method, path, headers=headers)
        return line

    def ask(self, method: str, path: str, body: Any = None, media: str = "application/json") -> Any:
        """The answer: JSON, or the bytes of a part. Raises ``Refused``, ``NotOurs``."""
        raw = body if body is None or isinstance(body, bytes) else canonical(body)
        for again in (True, False):
            line = self.send(method, path, raw, media)
            try:
                answer = line.getresponse()
                content = answer.read()
            finally:
                line.close()
            if answer.status == 401 and self.token and again:
                self.get_token()
                continue
            break
        if answer.headers.get(HEADER) != "1":
            raise NotOurs(answer.status)
        self.reads = "zstd" if "zstd" in answer.headers.get("Accept-Encoding", "") else "gzip"
        packing = answer.headers.get("Content-Encoding", "")
        if packing == "gzip":
            content = gzip.decompress(content)
        elif packing == "zstd":
            content = zstandard.ZstdDecompressor().decompress(content, max_output_size=32 << 20)
        if answer.status == 200 and answer.headers["Content-Type"] == PART:
            return content
        said = json.loads(content)
        if answer.status != 200:
            raise Refused(answer.status, said)
        return said

    # --- who it is

    def enrol_request(self, code: str, **more: Any) -> Row:
        public = self.key.public_key().public_bytes_raw().hex()
        proof = self.key.sign(b"pos-member enrol v1\n" + code.encode() + b"\n" + public.encode()).hex()
        return {"code": code, "public_key": public, "proof": proof, "protocol": 1, **more}

    def enrol(self, code: str, **more: Any) -> None:
        answer = self.ask("POST", "/v1/enrol", self.enrol_request(code, **more))
        self.till, self.office_key, self.epoch = answer["till"], answer["server_public_key"], answer["till"]["epoch"]

    def sign_challenge(self, till_id: str, challenge: str) -> str:
        return self.key.sign(f"pos-member token v1\n{till_id}\n{challenge}".encode()).hex()

    def get_token(self) -> None:
        self.token = ""
        till_id = self.till["id"]
        challenge = self.ask("POST", "/v1/token", {"till_id": till_id})["challenge"]
        signed = {"till_id": till_id, "challenge": challenge, "signature": self.sign_challenge(till_id, challenge)}
        self.token = self.ask("POST", "/v1/token", signed)["token"]

    # --- upwards

    def add(self, kind: str, event_id: str, payload: bytes, created_at: str) -> Row:
        """One more event at the end of the queue."""
        seq, sha = len(self.queue) + 1, sha256(payload)
        before = self.queue[-1]["chain"] if self.queue else ZEROS
        event = {"seq": seq, "event_id": event_id, "kind": kind, "version": 1, "created_at": created_at}
        event |= {"payload": payload, "sha256": sha, "chain": link(before, seq, sha)}
        self.queue.append(event)
        return event

    def hello_request(self, **more: Any) -> Row:
        head = self.queue[-1] if self.queue else {"seq": 0, "chain": ZEROS}
        request = {"protocol": 1, "app": "independent 1", "epoch": self.epoch, "head_seq": head["seq"]}
        request |= {"head_chain": head["chain"], "acked_seq": self.acked, "cursor": self.cursor}
        request |= {"cursor_mark": self.mark, "database_id": self.database_id, "kept_from": 1 if self.queue else 0}
        return request | more

    def hello(self, **more: Any) -> Row:
        answer: Row = self.ask("POST", "/v1/hello", self.hello_request(**more))
        self.horizon = answer["horizon"]
        return answer

    def follow(self, hello: Row) -> None:
        """Go on in the epoch of a ``new_epoch``."""
        waiting = [event for event in self.queue if hello["refill"] or event["seq"] > self.acked]
        self.epoch, self.queue, self.acked = hello["epoch"], [], 0
        for name, least in hello["next_numbers"].items():
            self.counters[name] = max(least, self.counters.get(name, 0))
        for event in waiting:
            self.add(event["kind"], event["event_id"], event["payload"], event["created_at"])

    def push(self, first: int | None = None) -> Row:
        """Send from ``first``, or what is not acknowledged."""
        events = self.queue[(self.acked + 1 if first is None else first) - 1 :]
        answer: Row = self.ask("POST", "/v1/push", batch(self.epoch, events), EVENTS)
        if answer["last_seq"] < events[-1]["seq"]:
            raise NotOurs(answer)
        self.acked = max(self.acked, events[-1]["seq"])
        return answer

    def push_and_lose_the_answer(self) -> None:
        """The line breaks when the answer begins."""
        line = self.send("POST", "/v1/push", batch(self.epoch, self.queue[self.acked :]), EVENTS)
        line.getresponse()
        line.close()

    def push_half(self) -> None:
        """The line breaks in the middle of the batch."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        body = batch(self.epoch, self.queue[self.acked :])
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        line.putrequest("POST", "/v1/push")
        for name, value in {HEADER: "1", "Authorization": f"Bearer {self.token}", "Content-Type": EVENTS}.items():
            line.putheader(name, value)
        line.putheader("Content-Length", str(len(body)))
        line.endheaders(body[: len(body) // 2])
        line.close()

    # --- downwards

    def apply(self, changes: list[Row]) -> None:
        for change in changes:
            place = (change["entity"], change["id"])
            if change["deleted"]:
                self.rows.pop(place, None)
            else:
                self.rows[place] = change

    def pages(self, path: str, after: int, **more: int) -> Iterator[Row]:
        while True:
            page = self.ask("GET", f"{path}?{urlencode({'after': after, 'limit': 7, **more})}")
            if page["after"] != after or page["upto"] < after or (page["more"] and page["upto"] == after):
                raise NotOurs(page)
            yield page
            if not page["more"]:
                return
            after = page["upto"]

    def pull(self, **more: int) -> int:
        """To the horizon; returns how many changes came."""
        came = 0
        for page in self.pages("/v1/pull", self.cursor, **more):
            self.apply(page["changes"])
            came += len(page["changes"])
            self.cursor, self.mark, self.included = page["upto"], page["mark"], page["included_seq"]
        return came

    def listen(self, wait_s: float) -> bool:
        """Wait for news; whether what came could be taken in as it is. Nothing waits to be sent, and hello was said."""
        page = self.ask("GET", f"/v1/pull?{urlencode({'after': self.cursor, 'wait_s': wait_s})}")
        follows = page["after"] == self.cursor and page.get("before") == self.mark != "" and page["upto"] > self.cursor
        if not follows or page.get("epoch") != self.epoch:
            return False
        self.apply(page["changes"])
        self.cursor, self.mark, self.included = page["upto"], page["mark"], page["included_seq"]
        return True

    def own_after(self, entity: str, subject: str) -> int:
        """Own events with greater numbers are to be added to this row."""
        seen = self.rows[(entity, subject)].get("seen", {}).get(self.till["id"], "0.0")
        epoch, _, seq = seen.partition(".")
        return max(self.included, int(seq) if int(epoch) == self.epoch else 0)

    def load_snapshot(self, target: Path) -> Row:
        """The newest one into a file; the till's own part into ``rows``. Returns its manifest."""
        manifest: Row = self.ask("GET", "/v1/snapshot/manifest")["snapshot"]
        with target.open("wb") as file:
            for number, part in enumerate(manifest["parts"]):
                raw = self.ask("GET", f"/v1/snapshot/{manifest['id']}/{number}")
                if (len(raw), sha256(raw)) != (part["bytes"], part["sha256"]):
                    raise NotOurs(number)
                plain = zstandard.ZstdDecompressor().decompress(raw, max_output_size=part["plain_bytes"])
                if len(plain) != part["plain_bytes"]:
                    raise NotOurs(number)
                file.write(plain)
        whole = target.read_bytes()
        if (len(whole), sha256(whole)) != (manifest["bytes"], manifest["sha256"]):
            raise NotOurs("whole")
        own = list(self.pages("/v1/feed/own", 0, upto=manifest["cursor"]))
        if own[-1]["mark"] != manifest["mark"]:
            raise NotOurs("another feed")
        for page in own:
            self.apply(page["changes"])
        self.cursor, self.mark, self.included = manifest["cursor"], manifest["mark"], own[-1]["included_seq"]
        return manifest

    # --- by stick

    def write_stick(self, path: Path, made_at: str) -> None:
        events = self.queue[self.acked :]
        records = [canonical(self.hello_request())] + ([batch(self.epoch, events)] if events else [])
        plain = b"".join(b"%d\n%s" % (len(record), record) for record in records)
        body = zstandard.ZstdCompressor().compress(plain)
        head = {"kind": "up", "protocol": 1, "till_id": self.till["id"], "epoch": self.epoch, "made_at": made_at}
        head |= {"first": events[0]["seq"] if events else 0, "last": events[-1]["seq"] if events else 0}
        line = canonical(head | {"size": len(body), "sha256": sha256(body)})
        signature = self.key.sign(b"pos-member carry v1\n" + line).hex().encode()
        path.write_bytes(MAGIC + line + b"\n" + signature + b"\n" + body)

    def read_stick(self, path: Path) -> Row:
        """Head office's answer, checked and applied; returns its first record."""
        magic, line, signature, body = path.read_bytes().split(b"\n", 3)
        office = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.office_key))
        office.verify(bytes.fromhex(signature.decode()), b"pos-member carry v1\n" + line)
        head = json.loads(line)
        told = (head["kind"], head["till_id"], head["epoch"], head["size"], head["sha256"])
        if magic + b"\n" != MAGIC or told != ("down", self.till["id"], self.epoch, len(body), sha256(body)):
            raise NotOurs(head)
        plain = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        records = []
        while plain:
            size, _, rest = plain.partition(b"\n")
            records.append(json.loads(rest[: int(size)]))
            plain = rest[int(size) :]
        first: Row = records[0]
        proof = {"seq": first["acked_seq"], "chain": first.get("acked_chain")}
        if any(proof == {name: event[name] for name in proof} for event in self.queue):
            self.acked = max(self.acked, first["acked_seq"])
        for page in records[1:]:
            if page["after"] <= self.cursor < page["upto"]:
                self.apply(page["changes"])
                self.cursor, self.mark, self.included = page["upto"], page["mark"], page["included_seq"]
        return first


def read_snapshot(path: Path) -> dict[str, dict[str, Row]]:
    """Tables ``account``, ``member`` and ``item`` of the file of a snapshot: by id, columns by name."""
    found: dict[str, dict[str, Row]] = {"account": {}, "member": {}, "item": {}}
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    for table, key in (("account", "member_id"), ("member", "id"), ("item", "id")):
        for row in connection.execute(f"SELECT * FROM {table}"):
            name = row[key] if table != "item" else f"{row['entity']}:{row['id']}"
            found[table][name] = dict(row)
    connection.close()
    return found
