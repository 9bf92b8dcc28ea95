"""Keys to sign codes with in tests: a head office, its member and rotating keys, and tills that issue coupons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.domain.code_keys import CodeKey, CodeKeyKind, TillCertificate, certificate_message
from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.domain.rotating_codes import make_rotating_code, member_secret, time_step
from pos_member.domain.signed_codes import (
    CouponClaims,
    MemberClaims,
    coupon_message,
    definition_tag,
    make_signed_coupon,
    make_signed_member,
    member_message,
)
from tests.db_support import NOW
from tests.factories import MEMBER_KEY, World

ROTATING_SECRET = bytes(range(32))
STRANGER_ID = str(UUID(int=0x0193_0000_0000_7000_8000_0000_0000_0777))


def key_from(seed: int) -> Ed25519PrivateKey:
    """The same key for the same seed."""
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def number_of(counter: int, till: int = 77) -> str:
    """A member number of the test shop that no till of the tests gives out."""
    return make_member_number(MEMBER_KEY, till, counter)


@dataclass
class Signer:
    """A head office that signs: its enrolment key, its member keys by number."""

    office: Ed25519PrivateKey = field(default_factory=lambda: key_from(1))
    member_keys: dict[int, Ed25519PrivateKey] = field(default_factory=lambda: {1: key_from(11)})

    def code_key(self, number: int = 1, retired_at: datetime | None = None) -> CodeKey:
        held = public(self.member_keys[number]).hex()
        return CodeKey(f"member:{number}", CodeKeyKind.MEMBER, number, held, NOW - timedelta(days=9), retired_at)

    def rotating_key(self, generation: int = 3, retired_at: datetime | None = None) -> CodeKey:
        secret = ROTATING_SECRET.hex()
        return CodeKey(
            f"rotating:{generation}", CodeKeyKind.ROTATING, generation, secret, NOW - timedelta(days=9), retired_at
        )

    def member_code(
        self,
        number: str,
        member_id: str = STRANGER_ID,
        *,
        at: datetime = NOW,
        life: timedelta = timedelta(days=90),
        key_number: int = 1,
    ) -> str:
        issued = at.replace(second=0, microsecond=0)
        claims = MemberClaims(key_number, member_id, number, issued, issued + life)
        return make_signed_member(claims, self.member_keys[key_number].sign(member_message(claims)))

    def certificate(self, till: IssuingTill, **changes: object) -> TillCertificate:
        bare = TillCertificate(till.id, till.number, till.branch_id, public(till.key).hex(), NOW, "")
        bare = replace(bare, **changes)  # type: ignore[arg-type]
        return replace(bare, signature=self.office.sign(certificate_message(bare)).hex())


@dataclass
class IssuingTill:
    """Another till, by its key."""

    number: int = 9
    id: str = "till-9"
    branch_id: str = "branch-2"
    key: Ed25519PrivateKey = field(default_factory=lambda: key_from(21))

    def coupon(
        self,
        definition_id: str,
        seed: int = 1,
        *,
        first: date = date(2026, 11, 18),
        last: date = date(2026, 12, 17),
        core: int | None = None,
        number: int | None = None,
    ) -> tuple[str, str]:
        """(plain code, signed form)."""
        plain = make_coupon_code(lambda n: seed * 7_919 % n)
        claims = CouponClaims(number or self.number, plain, definition_tag(definition_id), first, last, core)
        return plain, make_signed_coupon(claims, self.key.sign(coupon_message(claims)))


def rotating_code(number: str, at: datetime, generation: int = 3, secret: bytes = ROTATING_SECRET) -> str:
    """The code that the app of a member shows at a moment."""
    return make_rotating_code(member_secret(secret, number), generation, number, time_step(at))


def enrol_with(world: World, office: Ed25519PrivateKey, own: Ed25519PrivateKey | None) -> None:
    """Give the till of ``world`` the key of its head office, and one of its own."""
    store = world.folder.sync_store
    identity = store.identity()
    assert identity is not None
    store.set_identity(
        identity, "http://127.0.0.1:8080", None if own is None else own.private_bytes_raw(), public(office)
    )
