"""Ed25519 for the codes at the till: checking anybody's signature, making this till's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32


class TillSignatures:
    """``services.code_ports.Signatures``. ``own_key`` gives the till's private key (32 raw bytes) as of now, or None.

    The library is imported with the first signed code: a till that starts has none to check yet.
    """

    def __init__(self, own_key: Callable[[], bytes | None]) -> None:
        self._own_key = own_key
        self._loaded: tuple[bytes, Ed25519PrivateKey] | None = None

    def holds(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` is by ``public_key`` over ``message``; no for whatever is no key or no signature."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if len(public_key) != KEY_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def sign(self, message: bytes) -> bytes | None:
        """This till's signature (the same for the same message), or None for a till without a key."""
        raw = self._own_key()
        if raw is None:
            return None
        loaded = self._loaded
        if loaded is None or loaded[0] != raw:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            self._loaded = loaded = (raw, Ed25519PrivateKey.from_private_bytes(raw))
        return loaded[1].sign(message)
