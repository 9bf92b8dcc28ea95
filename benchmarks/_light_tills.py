"""Tills that are only a queue: enrolled, with keys and tokens of their own, bills made at the moment they are sent.

What they say is the production protocol (framing, hashes, chain, packing, transport); what they lack is a disk. Their
bills are copies of a few hundred real ones, with ids, numbers and members of their own.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.upload import BRANCHES, BillMaker, Goods
from pos_member.domain import codec
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.clock import SystemClock
from pos_member.domain.codes import make_receipt_code
from pos_member.domain.events import EventKind
from pos_member.domain.ids import IdMaker, uuid7
from pos_member.domain.org import TillIdentity
from pos_member.headoffice.database import open_database
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import QueuedEvent, TillLink
from pos_member.sync import protocol
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.transport import HttpTransport, Transport, read_answer

CLOCK = SystemClock()
_TILL, _MEMBER = TillIdentity("@till@", 1, "@branch@", "", 1), "@member@"
_NUMBER, _CODE = "@number@", "@code@"


@dataclass(frozen=True)
class Enrolled:
    """A till and its key (raw Ed25519)."""

    identity: TillIdentity
    key: bytes


def enrol_all(url: str, count: int) -> list[Enrolled]:
    """``count`` new tills, by head office's own enrolment, without the web in between."""
    found = []
    with closing(open_database(url)) as database:
        office = HeadOffice(database, CLOCK, IdMaker(CLOCK))
        for n in range(count):
            code = protocol.normalise_code(office.enrol_code(BRANCHES[n % len(BRANCHES)]))
            key = Ed25519PrivateKey.generate()
            public = key.public_key().public_bytes_raw().hex()
            proof = key.sign(protocol.enrol_message(code, public)).hex()
            made = office.enrol(protocol.EnrolRequest(code, public, proof), "")
            found.append(Enrolled(made.till, key.private_bytes_raw()))
        office.stamp()
    return found


class BillPress:
    """Bytes of bills: a few real ones of the last ``days`` days, with words in place of what is a bill's own."""

    def __init__(self, goods: Goods, seed: int, patterns: int = 60, days: int = 3) -> None:
        self._members = goods.members
        self._dice = random.Random(seed)
        maker = BillMaker(_TILL, Goods(goods.products, [_MEMBER]), seed)
        now = datetime.now(UTC)
        self._patterns = [_pattern(maker, now - timedelta(days=days) * (1 - n / patterns)) for n in range(patterns)]

    def press(self, till: TillIdentity, count: int, progress: float) -> tuple[str, bytes, datetime]:
        """(id, payload, when) of the ``count``-th bill of a till; ``progress``: 0 for the oldest of its days."""
        payload, entries, at = self._patterns[min(len(self._patterns) - 1, int(progress * len(self._patterns)))]
        unix_ms = int(CLOCK.now().timestamp() * 1_000)
        new = [uuid7(unix_ms, secrets.randbits(74)) for _ in range(1 + len(entries))]
        own = (
            (b"@bill@", new[0].encode()),
            (b"@till@", till.id.encode()),
            (b"@branch@", till.branch_id.encode()),
            (b"@member@", self._dice.choice(self._members).encode()),
            (b"@number@", f"{till.number:02d}-{count:06d}".encode()),
            (b"@code@", make_receipt_code(till.number, count).encode()),
            *((word, name.encode()) for word, name in zip(entries, new[1:], strict=True)),
        )
        for word, value in own:
            payload = payload.replace(word, value)
        return new[0], payload, at


def _pattern(maker: BillMaker, at: datetime) -> tuple[bytes, list[bytes], datetime]:
    bill = maker.make()
    entries = tuple(
        replace(entry, id=f"@entry{n}@", bill_id="@bill@", at=at, business_date=at.date())
        for n, entry in enumerate(bill.point_entries)
    )
    own: dict[str, Any] = {"id": "@bill@", "number": _NUMBER, "receipt_code": _CODE, "point_entries": entries}
    times: dict[str, Any] = {"opened_at": at, "completed_at": at, "business_date": at.date()}
    payload = codec.canonical_bytes(replace(bill, **own, **times))
    return payload, [entry.id.encode() for entry in entries], at


class LightTill:
    """One till with ``bills`` waiting. Not thread-safe."""

    def __init__(self, line: Transport, enrolled: Enrolled, press: BillPress, bills: int) -> None:
        self.identity = enrolled.identity
        self._press = press
        self._line = Conversation(line, CLOCK)
        self._line.speak_as(TillLink(enrolled.identity, "", enrolled.key, b""))
        self.bills = bills
        self.acked = 0
        self._chain = GENESIS
        #: The batch that has no answer yet: what lies in a queue does not change.
        self._sent: list[QueuedEvent] = []

    @property
    def waiting(self) -> int:
        """Bills that head office does not hold yet."""
        return self.bills - self.acked

    def hello(self) -> protocol.HelloAnswer:
        """Raises as ``Conversation.call``."""
        seq = self._sent[-1].seq if self._sent else self.acked
        chain = self._sent[-1].chain if self._sent else self._chain
        asked = protocol.HelloRequest(
            protocol.PROTOCOL, "bench", 1, seq, chain, self.acked, 0, database_id=self.identity.id, at=CLOCK.now()
        )
        answer = self._line.call("POST", "/v1/hello", body=codec.canonical_bytes(asked))
        if answer.status != 200:
            raise refused(answer)
        return read_answer(protocol.HelloAnswer, answer)

    def push_batch(self) -> int:
        """The next batch, as large as head office takes. Returns how many bills it holds now that it did not.

        Raises as ``Conversation.call``; the same batch is sent again then.
        """
        if not self._sent:
            self._sent = self._next(min(self.waiting, self._line.limits.batch_events))
        body = protocol.encode_batch(1, self._sent)
        answer = self._line.call("POST", "/v1/push", body=body, content_type=protocol.EVENTS_TYPE)
        if answer.status != 200:
            raise refused(answer)
        pushed = read_answer(protocol.PushAnswer, answer)
        last = self._sent[-1]
        assert pushed.last_seq == last.seq, (pushed.last_seq, last.seq)
        aside = [item for item in pushed.items if item.status is protocol.ItemStatus.QUARANTINED]
        assert not aside, aside[0]
        self.acked, self._chain, self._sent = last.seq, last.chain, []
        return len(pushed.items)

    def round(self) -> None:
        """A hello, then everything that waits."""
        self.hello()
        while self.waiting:
            self.push_batch()

    def _next(self, count: int) -> list[QueuedEvent]:
        events: list[QueuedEvent] = []
        chain = self._chain
        for seq in range(self.acked + 1, self.acked + 1 + count):
            bill_id, payload, at = self._press.press(self.identity, seq, (seq - 1) / self.bills)
            sha = payload_hash(payload)
            chain = link(chain, seq, sha)
            events.append(QueuedEvent(seq, bill_id, EventKind.BILL_COMPLETED, 1, payload, sha, chain, at))
        return events


def connect(address: str, enrolled: Sequence[Enrolled], press: BillPress, bills: int) -> list[LightTill]:
    """Tills with a connection each."""
    return [LightTill(HttpTransport(address), each, press, bills) for each in enrolled]
