"""The keys behind signed and rotating codes, as head office tells them to its tills (bodies of the feed)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pos_member.domain.codec import canonical_bytes, optional_field

CERTIFICATE_DOMAIN = b"pos-member till certificate v1\n"


class CodeKeyKind(StrEnum):
    """What a key is for."""

    #: Ed25519; the body holds the public half. Checks signed member codes.
    MEMBER = "member"
    #: A secret of 32 bytes, told only where the organisation lets its tills check rotating codes.
    ROTATING = "rotating"


#: Numbers of a kind's keys, first and last; after the last comes the first again, past those still good.
KEY_NUMBERS = {CodeKeyKind.MEMBER: (1, 255), CodeKeyKind.ROTATING: (0, 9)}


@dataclass(frozen=True)
class CodeKey:
    """A key that codes are checked with. ``id``: ``kind:number``. ``key`` in hex: 32 bytes.

    ``number``: 1 … 255 for members, a generation 0 … 9 for rotating codes. Several are good at once while one follows
    the other; one that is ``retired_at`` a time is good for nothing from then on.
    """

    id: str
    kind: CodeKeyKind
    number: int
    key: str
    created_at: datetime
    retired_at: datetime | None = optional_field(default=None)

    def good_at(self, now: datetime) -> bool:
        """Whether codes made with it are taken."""
        return self.retired_at is None or now < self.retired_at


@dataclass(frozen=True)
class TillCertificate:
    """Head office's word on the key with which a till signs its coupons. ``public_key``, ``signature``: hex.

    ``signature`` is head office's (the key every till learned when it was enrolled) over ``CERTIFICATE_DOMAIN`` and the
    canonical bytes of this record with an empty ``signature``. Coupons whose first day of use lies after ``revoked_at``
    are not taken; ``face_max_satang`` bounds what one coupon of this till may be worth (0: no bound).
    """

    id: str
    number: int
    branch_id: str
    public_key: str
    issued_at: datetime
    signature: str
    revoked_at: datetime | None = optional_field(default=None)
    face_max_satang: int = optional_field(default=0)


def key_id(kind: CodeKeyKind, number: int) -> str:
    """The id of a ``CODE_KEY`` change of the feed."""
    return f"{kind.value}:{number}"


def certificate_message(certificate: TillCertificate) -> bytes:
    """What head office signs, whatever ``certificate.signature`` holds."""
    return CERTIFICATE_DOMAIN + canonical_bytes(replace(certificate, signature=""))
