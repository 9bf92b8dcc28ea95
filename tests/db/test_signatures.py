"""Ed25519 as the till uses it: RFC 8032's own vector, and no input that makes checking raise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pos_member.db.signatures import TillSignatures
from tests.signing import key_from, public

# RFC 8032, 7.1, TEST 3.
SECRET = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
MESSAGE = bytes.fromhex("af82")
SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


def test_the_vector_of_the_rfc() -> None:
    signatures = TillSignatures(lambda: SECRET)
    assert signatures.sign(MESSAGE) == SIGNATURE
    assert signatures.holds(PUBLIC, SIGNATURE, MESSAGE)
    assert not signatures.holds(PUBLIC, SIGNATURE, MESSAGE + b"\0")
    assert not signatures.holds(public(key_from(1)), SIGNATURE, MESSAGE)


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=20))
def test_whatever_comes_in_nothing_is_raised(key: bytes, signature: bytes, message: bytes) -> None:
    signatures = TillSignatures(lambda: None)
    assert not signatures.holds(key, signature, message)
    assert not signatures.holds(PUBLIC, signature, message)
    assert not signatures.holds(key, SIGNATURE, MESSAGE)


def test_a_till_without_a_key_signs_nothing_and_a_new_key_counts_at_once() -> None:
    held: list[bytes | None] = [None]
    signatures = TillSignatures(lambda: held[0])
    assert signatures.sign(MESSAGE) is None
    held[0] = SECRET
    assert signatures.sign(MESSAGE) == SIGNATURE
    held[0] = key_from(5).private_bytes_raw()
    signed = signatures.sign(MESSAGE)
    assert signed is not None and signatures.holds(public(key_from(5)), signed, MESSAGE)
