"""Rotating codes: the vectors of the page, by the code and by a stranger's program; how long one is good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pos_member.domain.check_digits import mod97_digits
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.rotating_codes import (
    STEP_S,
    genuine_step,
    make_rotating_code,
    member_secret,
    read_rotating_code,
    time_step,
)
from pos_member.domain.scan_meaning import ScanKind, classify
from tests.domain import independent_codes as stranger
from tests.domain.code_vectors import vectors

V = vectors()
KEY = V["rotating"][0]["generation_key"]
REFUSED = [each for each in V["refused"] if each["kind"] == "rotating"]


@pytest.mark.parametrize("vector", V["rotating"], ids=lambda each: f"generation {each['generation']}")
def test_the_code_and_a_stranger_make_the_vectors(vector: dict[str, Any]) -> None:
    number, generation, at = vector["member_number"], vector["generation"], datetime.fromisoformat(vector["time"])
    secret = member_secret(bytes.fromhex(vector["generation_key"]), number)
    assert (secret.hex(), time_step(at)) == (vector["member_secret"], vector["step"])
    assert make_rotating_code(secret, generation, number, time_step(at)) == vector["digits"]
    assert secret == stranger.secret(vector["generation_key"], number)
    assert stranger.rotating(secret, generation, number, vector["step"]) == vector["digits"]
    found = read_rotating_code(vector["digits"])
    assert (found.generation, found.member_number, found.step) == (generation, number, vector["step"] % 1_000)
    assert classify(vector["digits"]).kind is ScanKind.MEMBER_ROTATING


def test_a_code_is_good_for_three_steps() -> None:
    vector = V["rotating"][0]
    code, secret = read_rotating_code(vector["digits"]), bytes.fromhex(vector["member_secret"])
    begin = datetime.fromisoformat(vector["time"])
    good = [s for s in range(-120, 121) if genuine_step(code, secret, begin + timedelta(seconds=s)) == vector["step"]]
    assert good == list(range(-STEP_S, 2 * STEP_S))
    # The same digits of the step are shown again after 1,000 steps: the MAC knows the whole step.
    assert genuine_step(code, secret, begin + timedelta(seconds=1_000 * STEP_S)) is None
    assert genuine_step(code, bytes(32), begin) is None


@pytest.mark.parametrize("vector", REFUSED, ids=lambda each: each["name"])
def test_what_the_page_refuses(vector: dict[str, Any]) -> None:
    now = datetime.fromisoformat(vector["at"])
    assert stranger.judge("rotating", vector["digits"], now, {0: KEY, 3: KEY}) == vector["refusal"]
    if vector["refusal"] == "code_mistyped":
        with pytest.raises(Refusal) as caught:
            read_rotating_code(vector["digits"])
        assert caught.value.reason is Reason.CODE_MISTYPED
        assert classify(vector["digits"]).kind is ScanKind.MISTYPED
        return
    found = read_rotating_code(vector["digits"])
    secret = member_secret(bytes.fromhex(KEY), found.member_number)
    assert (genuine_step(found, secret, now) is None) is (vector["refusal"] != "code_key_unknown")


def test_no_single_wrong_digit_passes_even_with_check_digits_to_fit() -> None:
    vector = V["rotating"][0]
    digits, now = vector["digits"], datetime.fromisoformat(vector["time"])
    for i in range(1, 22):
        for other in "0123456789":
            if other == digits[i]:
                continue
            body = digits[:i] + other + digits[i + 1 : 22]
            with pytest.raises(Refusal):
                read_rotating_code(body + digits[22:])
            found = read_rotating_code(body + mod97_digits(body))
            if i == 1:  # another generation has another key, hence another secret
                continue
            secret = member_secret(bytes.fromhex(KEY), found.member_number)
            assert genuine_step(found, secret, now) is None


@pytest.mark.parametrize("generation", [-1, 10])
def test_there_are_ten_generations(generation: int) -> None:
    with pytest.raises(ValueError):
        make_rotating_code(bytes(32), generation, "2907780802207", 1)
