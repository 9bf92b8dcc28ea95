"""What checking and making signed codes needs from the outside; ``pos_member.db.signatures`` does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pos_member.domain.code_keys import CodeKey, TillCertificate
from pos_member.domain.coupon import Coupon
from pos_member.domain.member import Member


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


class Presented(Protocol):
    """Members and coupons that only a signed code told this till of (``till.db``).

    ``Members`` and ``Coupons`` fall back on them; once head office, or this till itself, knows more, that counts.
    """

    def member(self, member_id: str) -> bool:
        """Whether a signed code is all that this till knows of a member: no name, no figures of head office."""
        ...

    def coupon(self, code: str) -> str:
        """The signed code that is all this till knows of a coupon (by its plain code); empty for any other coupon."""
        ...

    def remember_member(self, member: Member, proof: str, at: datetime) -> None: ...
    def remember_coupon(self, coupon: Coupon, proof: str, at: datetime) -> None: ...
    def forget_members(self, member_ids: Sequence[str]) -> None: ...
