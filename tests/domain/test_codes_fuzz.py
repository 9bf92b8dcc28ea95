"""Whatever is scanned: one meaning, one kind of refusal, and nothing forged passes.

``POS_MEMBER_FUZZ`` says how many texts of each kind are tried.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos_member.domain.check_digits import mod97_digits
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.rotating_codes import read_rotating_code
from pos_member.domain.scan_meaning import SCAN_TEXT_MAX, ScanKind, classify
from pos_member.domain.signed_codes import read_signed_coupon, read_signed_member
from tests.domain.code_vectors import vectors

V = vectors()
TRIES = int(os.environ.get("POS_MEMBER_FUZZ", "2000"))
READERS: dict[str, Callable[[str], object]] = {
    "member": read_signed_member,
    "coupon": read_signed_coupon,
    "rotating": read_rotating_code,
}
LENGTHS = {"member": ("6", 222), "coupon": ("9", 202), "rotating": ("7", 24)}
VALID = [each["digits"] for kind in READERS for each in V[kind]]
VALID += ["2907780802207", "8123456789012362", "50001200000000034588", "412345678901234507", "8850999320007"]
_ODD = "๐๙０９²₃٣߁①\x00\x1d\n\t \u200b\u202e\ud800\U0001d7ce-–]Q1+()éกำ%"
_KINDS = {
    ScanKind.MEMBER_SIGNED: read_signed_member,
    ScanKind.COUPON_SIGNED: read_signed_coupon,
    ScanKind.MEMBER_ROTATING: read_rotating_code,
}


def looked_at(text: str) -> None:
    """Every reader takes the text or refuses it as mistyped; its meaning is one, and readers agree with it."""
    taken = set()
    for kind, read in READERS.items():
        try:
            read(text)
        except Refusal as refused:
            assert refused.reason is Reason.CODE_MISTYPED
        else:
            first, length = LENGTHS[kind]
            assert text.isascii() and text.isdigit() and len(text) == length and text[0] == first
            taken.add(kind)
    assert len(taken) <= 1
    meaning = classify(text)
    assert isinstance(meaning.kind, ScanKind) and len(meaning.raw) <= SCAN_TEXT_MAX
    if meaning.kind in _KINDS:
        _KINDS[meaning.kind](meaning.code)
    assert not taken or meaning.kind in _KINDS


_MUTATIONS = st.tuples(st.sampled_from(VALID), st.integers(0, 221), st.characters(codec=None), st.integers(0, 4))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid code with something done to it."""
    code, at, char, how = draw(_MUTATIONS)
    at %= len(code)
    done: list[str] = [
        code[:at] + char + code[at + 1 :],
        code[:at] + char + code[at:],
        code[:at] + code[at + 1 :],
        code[at:] + code[:at],
        code * 2,
    ]
    return done[how]


@given(st.one_of(st.text(), st.text("0123456789", max_size=260), st.text(_ODD + "0123456789"), mutated()))
@example("9" * 1_000_000)
@example("๙" * 202)
@example("6" + "0" * 221)
@example("7" + "²" * 23)
@example("\ud800" * 222)
@settings(max_examples=max(200, TRIES // 10))
def test_no_text_raises_anything_but_the_one_refusal(text: str) -> None:
    looked_at(text)


def texts(chance: random.Random) -> Iterator[str]:
    """Digits of our lengths, right first digits and check digits: what gets furthest in."""
    while True:
        kind = chance.choice(sorted(LENGTHS))
        first, length = LENGTHS[kind]
        body = first + "".join(chance.choices("0123456789", k=length - 1))
        yield body
        yield body[:-2] + mod97_digits(body[:-2])
        # Small numbers have claims that fit; most random ones have too many bits.
        yield first + str(chance.getrandbits(chance.randrange(1, 734))).rjust(length - 1, "0")[-length + 1 :]
        code = list(chance.choice(VALID))
        for _ in range(chance.randrange(1, 4)):
            code[chance.randrange(len(code))] = chance.choice(_ODD + "0123456789")
        yield "".join(code)


@pytest.mark.parametrize("seed", range(4))
def test_digits_of_our_lengths(seed: int) -> None:
    for _, text in zip(range(TRIES), texts(random.Random(seed)), strict=False):
        looked_at(text)
