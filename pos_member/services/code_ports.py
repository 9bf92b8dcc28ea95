"""What checking and making signed codes needs from the outside; ``pos_member.db.signatures`` does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pos_member.domain.code_keys import CodeKey, TillCertificate


class Signatures(Protocol):
    """Ed25519 (RFC 8032)."""

    def holds(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is by ``public_key`` (32 bytes) over ``message``; never raises."""
        ...

    def sign(self, message: bytes) -> bytes | None:
        """This till's signature, or None for a till that has no key of its own (not enrolled with a head office)."""
        ...


class NoSignatures:
    """For a till without keys: nothing holds, nothing is signed."""

    def holds(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """See ``Signatures``."""
        return False

    def sign(self, message: bytes) -> bytes | None:
        """See ``Signatures``."""
        return None


class CodeKeys(Protocol):
    """What head office told this till of keys (``replica.db``)."""

    def keys(self) -> Sequence[CodeKey]: ...

    def certificate(self, till_number: int) -> TillCertificate | None: ...

    def head_office_key(self) -> bytes:
        """The public key learned at enrolment; empty for a till without a head office."""
        ...
