"""Pages of a plain SQLite file into those of an encrypted one and back, in the format SQLCipher 4 writes today.

A snapshot comes as the pages of a plain file that leaves ``RESERVE`` bytes at the end of each. Sealed page by page it
is an encrypted database: nothing is read through SQL, nothing lies on the disk in the clear, and any part can be sealed
alone. ``tests/db/test_sealing.py`` holds it against the library itself; ``engine.raw_connect`` asks the library for
this format by name (``cipher_compatibility = 4``).
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE_BYTES = 4_096
_IV_BYTES = 16
_MAC_BYTES = 64
#: What SQLCipher keeps at the end of each page.
RESERVE = _IV_BYTES + _MAC_BYTES
_USED = PAGE_BYTES - RESERVE
SALT_BYTES = 16
_MAC_SALT_MASK = 0x3A
_MAC_KEY_ROUNDS = 2
_MAC_BLOCK_BYTES = 128
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
#: What a plain file begins with, where an encrypted one has its salt.
_MAGIC = b"SQLite format 3\0"


class Tampered(Exception):
    """A sealed page is not what was sealed."""


class Sealer:
    """Seals pages under ``key`` (32 raw bytes) for a file with ``salt`` (``SALT_BYTES``, not secret)."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        if len(salt) != SALT_BYTES:
            raise ValueError("a salt has 16 bytes")
        self._key = algorithms.AES(key)
        self._salt = salt
        mac_salt = bytes(byte ^ _MAC_SALT_MASK for byte in salt)
        mac_key = hashlib.pbkdf2_hmac("sha512", key, mac_salt, _MAC_KEY_ROUNDS, 32).ljust(_MAC_BLOCK_BYTES, b"\0")
        # HMAC (RFC 2104, 4) with the key taken in once, not for every page; and for an update of more than 2 KB the
        # library lets go of the interpreter, which ``hmac.digest`` does not.
        self._inner = hashlib.sha512(mac_key.translate(_INNER))
        self._outer = hashlib.sha512(mac_key.translate(_OUTER))

    def seal(self, first_page: int, plain: bytes) -> bytes:
        """Whole plain pages, the first of them number ``first_page`` (from 1), as they lie in the encrypted file.

        Raises ``ValueError`` for what is not whole pages that leave the reserve free.
        """
        count, rest = divmod(len(plain), PAGE_BYTES)
        if rest or (first_page == 1 and not leaves_room(plain)):
            raise ValueError("not pages of a file made to be sealed")
        view = memoryview(plain)
        seeds = os.urandom(_IV_BYTES * count)
        # One run of CBC over all pages, a random block before each: what such a block becomes is as random, and it is
        # what the page's first block is chained to, which is all that an IV is. Page by page took four times as long.
        stream: list[bytes | memoryview] = []
        for n in range(count):
            start = n * PAGE_BYTES
            head = SALT_BYTES if first_page + n == 1 else 0
            stream += (seeds[n * _IV_BYTES : (n + 1) * _IV_BYTES], view[start + head : start + _USED])
        cipher = Cipher(self._key, modes.CBC(bytes(_IV_BYTES))).encryptor().update(b"".join(stream))
        sealed: list[bytes] = []
        at = 0
        for number in range(first_page, first_page + count):
            used = _USED
            if number == 1:
                sealed.append(self._salt)
                used -= SALT_BYTES
            body = cipher[at + _IV_BYTES : at + _IV_BYTES + used] + cipher[at : at + _IV_BYTES]
            sealed += (body, self._mac(number, body))
            at += _IV_BYTES + used
        return b"".join(sealed)

    def open(self, first_page: int, sealed: bytes) -> bytes:
        """The plain pages of ``seal``; the reserve at their ends is zero. Raises ``Tampered``."""
        self.check(first_page, sealed)
        stream: list[bytes] = []
        for start in range(0, len(sealed), PAGE_BYTES):
            used = start + _USED
            skipped = SALT_BYTES if first_page == 1 and not start else 0
            stream += (sealed[used : used + _IV_BYTES], sealed[start + skipped : used])
        run = Cipher(self._key, modes.CBC(bytes(_IV_BYTES))).decryptor().update(b"".join(stream))
        plain: list[bytes] = []
        at = 0
        for n in range(len(sealed) // PAGE_BYTES):
            skipped = SALT_BYTES if first_page + n == 1 else 0
            following = at + _IV_BYTES + _USED - skipped
            plain += (_MAGIC[:skipped], run[at + _IV_BYTES : following], bytes(RESERVE))
            at = following
        return b"".join(plain)

    def check(self, first_page: int, sealed: bytes) -> None:
        """Whether these are pages that ``seal`` made for this place, without opening them. Raises ``Tampered``."""
        if len(sealed) % PAGE_BYTES:
            raise Tampered("a page is cut off")
        for number, start in enumerate(range(0, len(sealed), PAGE_BYTES), first_page):
            end = start + PAGE_BYTES - _MAC_BYTES
            body = sealed[start + (SALT_BYTES if number == 1 else 0) : end]
            if not hmac.compare_digest(self._mac(number, body), sealed[end : end + _MAC_BYTES]):
                raise Tampered(f"page {number}")

    def _mac(self, number: int, body: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(body + number.to_bytes(4, "little"))
        outer.update(inner.digest())
        return outer.digest()


def leaves_room(first_page: bytes) -> bool:
    """Whether a plain file that begins so has the page size and the reserve that sealing needs."""
    return (
        first_page.startswith(_MAGIC)
        and int.from_bytes(first_page[16:18], "big") == PAGE_BYTES
        and first_page[20] == RESERVE
    )
