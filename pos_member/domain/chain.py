"""The hash chain over a till's change queue: an edit, a gap or a swap anywhere before ``seq`` shows at ``seq``.

``h_n = SHA256(h_{n-1} ‖ seq ‖ sha)``, over exactly 72 bytes: the 32 bytes of the previous hash, ``seq`` as an
unsigned 64-bit big-endian integer, the 32 bytes of the SHA-256 of the event's payload. Hashes are kept and sent
as 64 lower-case hexadecimal characters.
"""

from __future__ import annotations

import hashlib

#: What stands before the first fact of a till and epoch.
GENESIS = "0" * 64
_SEQ_BYTES = 8
_HASH_BYTES = 32


def payload_hash(payload: bytes) -> str:
    """SHA-256 of a payload as it lies in the queue, hex."""
    return hashlib.sha256(payload).hexdigest()


def link(previous_hex: str, seq: int, sha256_hex: str) -> str:
    """The chain hash at ``seq`` (>= 1). Raises ``ValueError`` for hashes or numbers of another form."""
    previous, sha = bytes.fromhex(previous_hex), bytes.fromhex(sha256_hex)
    if len(previous) != _HASH_BYTES or len(sha) != _HASH_BYTES or not 1 <= seq < 1 << 63:
        raise ValueError("a link takes two SHA-256 hashes and a number from 1")
    return hashlib.sha256(previous + seq.to_bytes(_SEQ_BYTES, "big") + sha).hexdigest()
