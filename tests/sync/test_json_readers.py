"""What is written and read faster than by ``json``, line by line or as a whole, means the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain import codec
from pos_member.domain.errors import Refusal
from pos_member.headoffice import quick_read
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import protocol
from pos_member.sync.protocol import EventMeta


@dataclass(frozen=True)
class Small:
    """One field of every plain kind."""

    name: str
    count: int
    good: bool


def read(raw: bytes, parse: codec.Parse) -> Small | None:
    try:
        return codec.from_bytes(Small, raw, parse)
    except Refusal:
        return None


def body(**changed: Any) -> bytes:
    return json.dumps({"name": "ก", "count": 1, "good": True} | changed).encode()


DOUBTFUL = {
    "nan": b'{"name":"a","count":NaN,"good":true}',
    "infinity": b'{"name":"a","count":Infinity,"good":true}',
    "whole float": b'{"name":"a","count":1.0,"good":true}',
    "exponent": b'{"name":"a","count":1e2,"good":true}',
    "beyond 64 bits": body(count=2**70),
    "beyond 53 bits": body(count=2**53 + 1),
    "most": body(count=2**53),
    "least": body(count=-(2**53)),
    "minus nothing": b'{"name":"a","count":-0,"good":true}',
    "leading zero": b'{"name":"a","count":01,"good":true}',
    "said twice": b'{"name":"a","count":1,"count":2,"good":true}',
    "half a pair": b'{"name":"\\ud800","count":1,"good":true}',
    "a pair": b'{"name":"\\ud83d\\ude00","count":1,"good":true}',
    "nul": b'{"name":"\\u0000","count":1,"good":true}',
    "bare line end": b'{"name":"a\nb","count":1,"good":true}',
    "not utf-8": b'{"name":"\xff","count":1,"good":true}',
    "utf-16": body().decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + body(),
    "comma at the end": b'{"name":"a","count":1,"good":true,}',
    "more behind": body() + b"{}",
    "spaces around": b" \n" + body() + b"\t ",
    "deep": b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", DOUBTFUL.values(), ids=DOUBTFUL)
def test_both_readers_say_the_same_or_the_faster_one_refuses(raw: bytes) -> None:
    faster, slower = read(raw, orjson.loads), read(raw, json.loads)
    # UTF-16 and a byte order mark are no wire form: only the slower one takes them.
    assert faster == slower or (faster is None and raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")))


def test_some_of_them_are_read() -> None:
    assert read(body(), orjson.loads) == Small("ก", 1, True)
    assert read(DOUBTFUL["most"], orjson.loads) == Small("ก", 2**53, True)
    assert read(DOUBTFUL["a pair"], orjson.loads) == Small("\U0001f600", 1, True)
    assert read(DOUBTFUL["beyond 53 bits"], orjson.loads) is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
TIMES = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis puts the zone on


@given(st.integers(1, 2**53), TEXTS, TEXTS, st.integers(0, 9), st.binary(max_size=40), TEXTS, TIMES)
def test_an_event_s_line_is_its_canonical_bytes(
    seq: int, event_id: str, kind: str, version: int, payload: bytes, sha256: str, at: datetime
) -> None:
    event = QueuedEvent(seq, event_id, kind, version, payload, sha256, "0" * 64, at)
    body = protocol.encode_batch(3, [event])
    meta = EventMeta(seq, event_id, kind, version, sha256, at, len(payload))
    assert body.split(b"\n", 1)[1] == codec.canonical_bytes(meta) + b"\n" + payload + b"\n"
    assert protocol.decode_batch(body, 1, quick_read.read)[1][0].meta == meta
