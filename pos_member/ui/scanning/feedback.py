"""What the cashier hears, sees and reads of a scan: always a sound, a flash and words together, decided here alone."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.errors import PosMemberError, Reason
from pos_member.ui.notices import Tone
from pos_member.ui.ports import Sound
from pos_member.ui.shell import Shell

#: The code is sound, and nobody here knows it.
_UNKNOWN = frozenset(
    {
        Reason.MEMBER_UNKNOWN,
        Reason.REFERRER_UNKNOWN,
        Reason.PRODUCT_UNKNOWN,
        Reason.COUPON_UNKNOWN,
        Reason.COUPON_DEFINITION_UNKNOWN,
        Reason.COUPON_ISSUER_UNKNOWN,
        Reason.CODE_KEY_UNKNOWN,
        Reason.BILL_UNKNOWN,
        Reason.BADGE_UNKNOWN,
    }
)
#: It was good once, or is in use already.
_ALREADY = frozenset(
    {
        Reason.COUPON_USED,
        Reason.COUPON_ON_BILL,
        Reason.COUPON_RESERVED,
        Reason.CODE_REPLAYED,
        Reason.CLAIM_DONE,
        Reason.CLAIM_HAS_MEMBER,
    }
)
_TONES = {Sound.READ: Tone.GOOD, Sound.UNKNOWN: Tone.BAD, Sound.ALREADY: Tone.WARN, Sound.INVALID: Tone.BAD}


@dataclass(frozen=True)
class Feedback:
    """One outcome: one of the four sounds, the colour and icon of its tone, and what it is in words."""

    sound: Sound
    tone: Tone
    text: str


def sound_of(error: PosMemberError) -> Sound:
    """Which of the sounds a refusal has."""
    return Sound.UNKNOWN if error.reason in _UNKNOWN else Sound.ALREADY if error.reason in _ALREADY else Sound.INVALID


def tell(shell: Shell, sound: Sound, text: str, tone: Tone | None = None) -> None:
    """Sound, flash and words of one outcome; ``tone`` where it is not the one that goes with the sound."""
    feedback = Feedback(sound, tone or _TONES[sound], text)
    shell.play(sound)
    shell.say(feedback.tone, text)
    shell.fed_back.emit(feedback)


def tell_refusal(shell: Shell, error: PosMemberError) -> None:
    """Why a scan came to nothing, with what to do."""
    tell(shell, sound_of(error), shell.why(error))
