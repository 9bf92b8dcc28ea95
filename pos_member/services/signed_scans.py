"""Members by a signed or a rotating code: who it is, and how well that is proved. No line is needed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from pos_member.domain.code_keys import CodeKey, CodeKeyKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified, Member, MemberStatus
from pos_member.domain.rotating_codes import (
    STEP_S,
    STEPS_TOLERATED,
    RotatingCode,
    genuine_step,
    member_secret,
    read_rotating_code,
    time_step,
)
from pos_member.domain.signed_codes import MemberClaims, read_signed_member
from pos_member.services.context import Shop
from pos_member.services.issuers import in_bytes

#: By so much the clocks of head office and till may differ.
CLOCK_GRACE = timedelta(minutes=5)
#: A signed code that lives no longer than this was made for this visit.
FRESH_FOR = timedelta(minutes=10)
#: Codes kept against a second use. One is kept for a minute and a half: no counter takes so many in that time.
USED_MAX = 4_096
#: The last good minute of a signed code is good to its end.
_MINUTE = timedelta(minutes=1)
#: Time steps after which a rotating code repeats its step number.
_CYCLE = 1_000


class SignedScans:
    """One per till and process: it remembers the rotating codes of the last minutes. A restart forgets them."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._lock = threading.Lock()
        #: (generation, member number, whole time step) of codes that were taken, oldest first.
        self._used: dict[tuple[int, str, int], None] = {}

    def member(self, code: str) -> tuple[Member, Identified]:
        """The member of a signed code. One that this till has never heard of is kept as the code tells of them.

        Raises ``Refusal``: CODE_MISTYPED, CODE_KEY_UNKNOWN, CODE_OUTDATED, CODE_SIGNATURE, CODE_EARLY, MEMBER_UNKNOWN,
        MEMBER_BLOCKED.
        """
        signed = read_signed_member(code)
        claims, now = signed.claims, self._shop.now()
        key = self._key(CodeKeyKind.MEMBER, claims.key_number, now)
        if not self._shop.context.signatures.holds(in_bytes(key.key), signed.signature, signed.message):
            raise Refusal(Reason.CODE_SIGNATURE)
        if now < claims.issued_at - CLOCK_GRACE:
            raise Refusal(Reason.CODE_EARLY)
        if now >= claims.valid_until + _MINUTE + CLOCK_GRACE:
            raise Refusal(Reason.CODE_OUTDATED)
        fresh = claims.valid_until - claims.issued_at <= FRESH_FOR
        return self._claimed(claims, code, now), Identified.FRESH_QR if fresh else Identified.SIGNED_QR

    def rotating(self, code: str) -> tuple[Member, Identified]:
        """The member of a rotating code, which is taken once.

        Raises ``Refusal``: CODE_MISTYPED, CODE_KEY_UNKNOWN, CODE_OUTDATED, CODE_EARLY, CODE_SIGNATURE, CODE_REPLAYED,
        MEMBER_UNKNOWN, MEMBER_BLOCKED.
        """
        shown, now = read_rotating_code(code), self._shop.now()
        key = self._key(CodeKeyKind.ROTATING, shown.generation, now)
        secret = member_secret(in_bytes(key.key), shown.member_number)
        step = genuine_step(shown, secret, now)
        if step is None:
            raise _why_not(shown, secret, now)
        use = (shown.generation, shown.member_number, step)
        self._take(use, now)
        try:
            member = usable(self._shop.store.members.by_number(shown.member_number))
        except BaseException:
            # Nobody was told who it is: the code is as good as before.
            with self._lock:
                self._used.pop(use, None)
            raise
        return member, Identified.FRESH_QR

    def _key(self, kind: CodeKeyKind, number: int, now: datetime) -> CodeKey:
        key = self._shop.issuers.key(kind, number)
        if key is None or not in_bytes(key.key):
            raise Refusal(Reason.CODE_KEY_UNKNOWN)
        if not key.good_at(now):
            raise Refusal(Reason.CODE_OUTDATED)
        return key

    def _claimed(self, claims: MemberClaims, code: str, now: datetime) -> Member:
        store = self._shop.store
        known = store.members.by_id(claims.member_id)
        if known is not None and not store.presented.member(known.id):
            if known.status is MemberStatus.ERASED:
                store.presented.forget_members([known.id])
            elif known.number != claims.member_number:
                # The member has another number by now: what was signed for the old one is a card that was given up.
                raise Refusal(Reason.CODE_OUTDATED)
            return usable(known)
        told = Member(
            id=claims.member_id,
            number=claims.member_number,
            phone="",
            first_name="",
            last_name="",
            birthday=None,
            status=MemberStatus.ACTIVE,
            tier="",
            home_branch_id="",
            enrolled_till_id="",
            enrolled_at=claims.issued_at,
        )
        if known is not None and known.number != told.number and known.enrolled_at > told.enrolled_at:
            raise Refusal(Reason.CODE_OUTDATED)  # a later code had another number
        if known is None or known.number != told.number:
            store.presented.remember_member(told, code, now)
        return told

    def _take(self, use: tuple[int, str, int], now: datetime) -> None:
        """Take a code, once: two readers may see it at one time. Those that time has made worthless are let go of.

        Raises ``Refusal(CODE_REPLAYED)``.
        """
        oldest = time_step(now) - 2 * STEPS_TOLERATED
        with self._lock:
            if use in self._used:
                raise Refusal(Reason.CODE_REPLAYED)
            self._used[use] = None
            while self._used:
                first = next(iter(self._used))
                if first[2] >= oldest and len(self._used) <= USED_MAX:
                    break
                del self._used[first]


def usable(member: Member | None) -> Member:
    """The member, if the card may be used. Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_BLOCKED)``."""
    if member is None or member.status is MemberStatus.ERASED:
        raise Refusal(Reason.MEMBER_UNKNOWN)
    if member.status is MemberStatus.BLOCKED:
        raise Refusal(Reason.MEMBER_BLOCKED)
    return member


def _why_not(code: RotatingCode, secret: bytes, now: datetime) -> Refusal:
    """A genuine code of another time is told from one that nobody here made: the way out is another."""
    middle = time_step(now)
    ahead = (code.step - middle + _CYCLE // 2) % _CYCLE - _CYCLE // 2
    then = datetime.fromtimestamp((middle + ahead) * STEP_S, UTC)
    if genuine_step(code, secret, then) is None:
        return Refusal(Reason.CODE_SIGNATURE)
    return Refusal(Reason.CODE_EARLY if ahead > 0 else Reason.CODE_OUTDATED)
