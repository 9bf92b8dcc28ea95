"""PINs: argon2id over an HMAC with a pepper, so that a list of hashes alone cannot be searched.

Six digits are a million guesses. argon2id at 19 MiB and two passes (OWASP's minimum) makes each cost tens of
milliseconds, and the pepper, which is no part of the list, makes a list that leaks useless.
"""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
HASH_BYTES = 32
SALT_BYTES = 16
_PURPOSE = b"pos-member pin v1\x00"
#: Longer texts are no PIN; they are not worth hashing.
_PIN_MAX = 64


class Argon2PinHasher:
    """``services.ports.PinHasher``. ``pepper``: 16 bytes or more. Any thread; each call takes tens of milliseconds."""

    def __init__(self, pepper: bytes) -> None:
        if len(pepper) < 16:
            raise ValueError("the pepper is shorter than 16 bytes")
        self._pepper = pepper
        self._argon2 = PasswordHasher(
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=LANES,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )

    def hash(self, pin: str) -> str:
        """The encoded hash (``$argon2id$v=19$m=19456,t=2,p=1$…``) with a salt of its own."""
        return self._argon2.hash(self._peppered(pin))

    def verify(self, encoded: str, pin: str) -> bool:
        """Whether ``pin`` made ``encoded`` with this pepper; False for a hash that cannot be read."""
        if len(pin) > _PIN_MAX:
            return False
        try:
            return self._argon2.verify(encoded, self._peppered(pin))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, pin: str) -> bytes:
        return hmac.digest(self._pepper, _PURPOSE + pin.encode("utf-8", "surrogatepass"), hashlib.sha256)
