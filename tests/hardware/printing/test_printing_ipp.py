"""IPP: requests as the standard draws them, and answers from servers that one should not trust."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.hardware.printing.ipp import Answer, Operation, Server, decode, encode

#: RFC 8010, appendix A.2, shortened: charset, language, then one job.
SAID = (
    b"\x02\x00\x00\x00\x00\x00\x00\x01"
    b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x48\x00\x1battributes-natural-language\x00\x05en-us"
    b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93"
    b"\x23\x00\x09job-state\x00\x04\x00\x00\x00\x05"
    b"\x44\x00\x11job-state-reasons\x00\x04none\x44\x00\x00\x00\x0cjob-printing"
    b"\x13\x00\x12time-at-processing\x00\x00"
    b"\x22\x00\x04flag\x00\x01\x01\x03"
)


def test_a_request_is_drawn_as_the_standard_says():
    request = encode(Operation.CANCEL_JOB, {"printer-uri": "ipp://h/printers/q", "job-id": 147, "last": True}, b"data")
    version, operation = struct.unpack_from(">HH", request)
    assert (version, operation) == (0x0200, 0x0008)
    assert request[8:9] == b"\x01"
    assert request.index(b"attributes-charset") < request.index(b"attributes-natural-language")
    assert b"\x45\x00\x0bprinter-uri\x00\x12ipp://h/printers/q" in request
    assert b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93" in request
    assert b"\x22\x00\x04last\x00\x01\x01" in request
    assert request.endswith(b"\x03data")


def test_several_values_of_one_name():
    request = encode(Operation.GET_JOB, {"requested-attributes": ("job-id", "job-state")})
    assert b"\x44\x00\x14requested-attributes\x00\x06job-id\x44\x00\x00\x00\x09job-state\x03" in request


def test_an_answer_is_read():
    answer = decode(SAID)
    assert answer.status == 0
    assert answer.first == {
        "job-id": [147],
        "job-state": [5],
        "job-state-reasons": ["none", "job-printing"],
        "time-at-processing": [None],
        "flag": [True],
    }
    assert Answer(0).first == {}


@given(st.binary(max_size=300))
def test_noise_is_an_answer_or_an_error(noise):
    try:
        answer = decode(noise)
    except ValueError:
        return
    assert answer.status == struct.unpack_from(">H", noise, 2)[0]


@given(st.integers(0, len(SAID) - 1), st.integers(0, 255))
def test_a_damaged_answer_never_hangs_or_crashes(at, byte):
    damaged = SAID[:at] + bytes([byte]) + SAID[at + 1 :]
    try:
        decode(damaged)
    except ValueError:
        assert damaged != SAID


@pytest.mark.parametrize("end", range(len(SAID)))
def test_an_answer_that_broke_off_is_none(end):
    with pytest.raises(ValueError, match=r"too short|broken off"):
        decode(SAID[:end])


def test_where_a_server_is(monkeypatch, tmp_path):
    monkeypatch.setenv("CUPS_SERVER", "print.example:632/version=1.1")
    assert Server()._host() == ("print.example", 632)
    assert Server("[::1]:631")._host() == ("::1", 631)
    assert Server("other")._host() == ("other", 631)
    monkeypatch.setenv("CUPS_SERVER", str(tmp_path / "socket"))
    assert Server()._socket() == str(tmp_path / "socket")
    monkeypatch.delenv("CUPS_SERVER")
    monkeypatch.setattr("pos_member.hardware.printing.ipp.SOCKETS", (tmp_path / "none", tmp_path))
    assert Server()._socket() == str(tmp_path)
    assert Server("host:631")._socket() == ""
    monkeypatch.setattr("pos_member.hardware.printing.ipp.SOCKETS", ())
    assert Server()._host() == ("localhost", 631)
