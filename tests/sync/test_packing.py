"""Bodies packed and unpacked: whole or refused, never larger than asked for, and never in what nobody reads."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from pos_member.headoffice.bodies import decompress, packed
from pos_member.headoffice.problems import Problem
from pos_member.sync import packing, protocol
from pos_member.sync.packing import Unpackable, best, named, pack, unpack
from pos_member.sync.protocol import ErrorCode
from tests.db_support import TILL, make_folder
from tests.headoffice.office_support import MEMBERS, Till

RAW = b'{"a":[1,2,3]}' * 400


def streamed(raw: bytes) -> bytes:
    """A frame that does not say how large it becomes."""
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(raw) + packer.flush()


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_what_is_packed_comes_out_the_same(encoding: str) -> None:
    assert unpack(pack(RAW, encoding), encoding, len(RAW)) == RAW
    assert pack(RAW, encoding) == pack(RAW, encoding)
    assert unpack(RAW, "", len(RAW)) == RAW


def test_a_frame_without_its_size_is_read_too() -> None:
    assert unpack(streamed(RAW), "zstd", len(RAW)) == RAW
    assert unpack(streamed(b""), "zstd", 10) == b""


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (pack(b"\0" * 5_000_000, "gzip"), "gzip"),
        (pack(b"\0" * 5_000_000, "zstd"), "zstd"),
        (streamed(b"\0" * 5_000_000), "zstd"),
        (b"x" * 1_001, ""),
    ],
)
def test_a_bomb_is_told_before_it_goes_off(raw: bytes, encoding: str) -> None:
    with pytest.raises(Unpackable) as caught:
        unpack(raw, encoding, 1_000)
    assert caught.value.too_large
    with pytest.raises(Problem) as said:
        decompress(raw, encoding, 1_000)
    assert said.value.code is ErrorCode.TOO_LARGE


@pytest.mark.parametrize(
    ("raw", "encoding", "cut"),
    [
        (pack(RAW, "gzip")[:-4], "gzip", True),
        (pack(RAW, "zstd")[:-4], "zstd", True),
        (streamed(RAW)[:-4], "zstd", True),
        (pack(RAW, "gzip") + b"more", "gzip", False),
        (pack(RAW, "zstd") + b"more", "zstd", False),
        (streamed(RAW) + b"more", "zstd", False),
        (b"not packed", "gzip", False),
        (b"not packed", "zstd", False),
        (b"", "zstd", False),
        (RAW, "br", False),
    ],
)
def test_what_cannot_be_made_whole_is_refused(raw: bytes, encoding: str, cut: bool) -> None:
    with pytest.raises(Unpackable) as caught:
        unpack(raw, encoding, 1 << 20)
    assert (caught.value.cut, caught.value.too_large) == (cut, False)
    with pytest.raises(Problem) as said:
        decompress(raw, encoding, 1 << 20)
    assert said.value.code is ErrorCode.MALFORMED


def test_a_frame_that_wants_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    frame = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    raw = frame.compress(b"x" * 100) + frame.flush()
    with pytest.raises(Unpackable):
        unpack(raw, "zstd", 1 << 30)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("zstd, gzip", "zstd"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("identity", ""),
        ("", ""),
        ("xzstd", ""),
    ],
)
def test_only_what_the_other_side_named_is_used(header: str, chosen: str) -> None:
    assert best(header) == chosen
    assert named(header, "br") == ("br" in header)


def test_an_answer_is_packed_for_who_reads_it_and_says_what_is_read_here() -> None:
    raw, headers = packed(RAW, "zstd, gzip")
    assert unpack(raw, headers["Content-Encoding"], len(RAW)) == RAW and headers["Accept-Encoding"] == packing.READS
    assert gzip.decompress(packed(RAW, "gzip")[0]) == RAW
    assert packed(RAW, "identity") == (RAW, {"Accept-Encoding": packing.READS, "Vary": "Accept-Encoding"})
    assert "Content-Encoding" not in packed(b"{}", "zstd")[1]


def test_a_bill_in_a_batch_is_four_hundred_bytes_on_the_wire_at_most(tmp_path: Path) -> None:
    """500 bills of a shop with members; what a bill costs at the shop's line."""
    with make_folder(tmp_path) as data:
        data.sync_store.set_identity(TILL, "http://127.0.0.1:1")
        till = Till(data, TILL)
        for n in range(500):
            till.ring(member=MEMBERS[n % 5], points=5 + n % 7, redeem=n % 3)
        events = data.sync_store.pending(500, protocol.BATCH_BYTES_MAX)
        size = len(pack(protocol.encode_batch(1, events), "zstd")) / len(events)
    assert len(events) == 500 and size <= 400
