"""The real PIN hash: its parameters, its pepper, and what it does with rubbish."""

from __future__ import annotations

import pytest

from pos_member.db.pin_hasher import Argon2PinHasher

PEPPER = bytes(range(32))


def test_a_pin_verifies_with_its_pepper_and_nothing_else() -> None:
    hasher = Argon2PinHasher(PEPPER)
    encoded = hasher.hash("271828")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and "271828" not in encoded
    assert hasher.verify(encoded, "271828")
    assert not hasher.verify(encoded, "271829")
    assert not Argon2PinHasher(b"another pepper, as long").verify(encoded, "271828")
    assert hasher.hash("271828") != encoded, "each hash has a salt of its own"


@pytest.mark.parametrize("encoded", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$", "$2b$12$abc", "\x00"])
def test_a_hash_that_cannot_be_read_holds_for_no_pin(encoded: str) -> None:
    assert not Argon2PinHasher(PEPPER).verify(encoded, "271828")


def test_endless_and_unprintable_pins_are_only_wrong() -> None:
    hasher = Argon2PinHasher(PEPPER)
    encoded = hasher.hash("271828")
    for pin in ("", "1" * 1_000_000, "\ud800", "💥"):
        assert not hasher.verify(encoded, pin)


def test_a_short_pepper_is_refused() -> None:
    with pytest.raises(ValueError, match="pepper"):
        Argon2PinHasher(b"short")
