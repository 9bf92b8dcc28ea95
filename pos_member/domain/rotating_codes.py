"""Rotating member codes for apps and wallets: 24 digits that are good for a minute and a half.

``7`` + generation of the key (1) + nine permuted digits of the member number (9) + time step modulo 1,000 (3) +
message authentication code (8) + MOD 97-10 (2). A time step is 30 seconds of Unix time. The app holds a secret of its
member alone; a till that is to check it holds the key of the generation, from which it derives the same secret.

That key could forge codes of any member, so an organisation chooses whether its tills get it; see ``docs/codes.md``.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from pos_member.domain.check_digits import mod97_digits, mod97_holds
from pos_member.domain.codes import member_core, member_number_of
from pos_member.domain.errors import Reason, Refusal

ROTATING_PREFIX = "7"
ROTATING_DIGITS = 24
STEP_S = 30
#: Steps before and after the till's own that are taken: clocks differ, and a queue moves slowly.
STEPS_TOLERATED = 1
_STEPS = 1_000
_MEMBER_DOMAIN = b"pos-member rotating member v1\n"
_CODE_DOMAIN = b"pos-member rotating code v1\n"


@dataclass(frozen=True)
class RotatingCode:
    """A rotating code taken apart, not yet believed. ``step``: modulo 1,000."""

    generation: int
    member_number: str
    step: int
    mac: str


def member_secret(generation_key: bytes, member_number: str) -> bytes:
    """What the member's app holds: 32 bytes. It makes codes of this member only."""
    return hmac.digest(generation_key, _MEMBER_DOMAIN + b"%09d" % member_core(member_number), hashlib.sha256)


def time_step(at: datetime) -> int:
    """The step of an aware time: whole half minutes of Unix time."""
    return int(at.timestamp()) // STEP_S


def make_rotating_code(secret: bytes, generation: int, member_number: str, step: int) -> str:
    """The code of a member in a step (whole, not modulo). Raises ``ValueError`` for a generation outside 0 … 9."""
    if not 0 <= generation <= 9:
        raise ValueError(f"generation {generation} is outside 0 … 9")
    core = f"{member_core(member_number):09d}"
    body = f"{ROTATING_PREFIX}{generation}{core}{step % _STEPS:03d}{_mac(secret, core, step)}"
    return body + mod97_digits(body)


def check_rotating_code(text: str) -> bool:
    """Whether ``text`` has the shape and the check digits; says nothing of its being genuine."""
    return len(text) == ROTATING_DIGITS and text.startswith(ROTATING_PREFIX) and mod97_holds(text)


def read_rotating_code(code: str) -> RotatingCode:
    """Raises ``Refusal(CODE_MISTYPED)``."""
    if not check_rotating_code(code):
        raise Refusal(Reason.CODE_MISTYPED, looks_like="member")
    return RotatingCode(int(code[1]), member_number_of(int(code[2:11])), int(code[11:14]), code[14:22])


def genuine_step(code: RotatingCode, secret: bytes, now: datetime) -> int | None:
    """The whole time step in which the code was made, when it is genuine and not too old; else None."""
    core = f"{member_core(code.member_number):09d}"
    middle = time_step(now)
    for step in range(middle - STEPS_TOLERATED, middle + STEPS_TOLERATED + 1):
        if step % _STEPS == code.step and hmac.compare_digest(_mac(secret, core, step), code.mac):
            return step
    return None


def _mac(secret: bytes, core: str, step: int) -> str:
    digest = hmac.digest(secret, _CODE_DOMAIN + core.encode() + step.to_bytes(8, "big", signed=True), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % 10**8:08d}"
