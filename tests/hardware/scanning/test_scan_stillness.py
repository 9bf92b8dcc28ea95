"""A still counter is searched rarely; anything that moves brings the search back at once."""

from __future__ import annotations

import numpy as np
import pytest

from pos_member.hardware.scanning.stillness import RARELY_S, SEARCHED_S, Stillness

THIRD_S = 1 / 3
DICE = np.random.default_rng(5)
COUNTER = DICE.integers(40, 200, (45, 80), np.uint8).repeat(16, 0).repeat(16, 1)


def noisy(frame: np.ndarray, brighter: float = 0.0) -> np.ndarray:
    """As a camera sees it in a dark room."""
    noise = DICE.normal(0, 9, frame.shape)
    return np.clip(frame + noise + brighter, 0, 255).astype(np.uint8)


def searched(stillness: Stillness, start_s: float, seconds: float, brighter_per_s: float = 0.0) -> int:
    """How many frames were worth a search, at three a second."""
    times = np.arange(start_s, start_s + seconds, THIRD_S)
    return sum(stillness.worth(noisy(COUNTER, (at - start_s) * brighter_per_s), float(at)) for at in times)


@pytest.mark.parametrize("brighter_per_s", [0.0, 1.5])
def test_noise_and_a_slow_change_of_light_are_stillness(brighter_per_s: float) -> None:
    stillness = Stillness()
    assert searched(stillness, 0.0, SEARCHED_S, brighter_per_s) >= SEARCHED_S * 3 - 1
    assert searched(stillness, SEARCHED_S + THIRD_S, 20, brighter_per_s) <= 20 / RARELY_S + 1


def test_a_small_code_shown_far_away_brings_the_search_back_at_once() -> None:
    stillness = Stillness()
    searched(stillness, 0.0, 30)
    shown = COUNTER.copy()
    shown[300:350, 600:650] = DICE.integers(0, 2, (10, 10), np.uint8).repeat(5, 0).repeat(5, 1) * 255
    assert stillness.worth(noisy(shown), 30.01)
    assert stillness.worth(noisy(shown), 30.34)
    assert stillness.worth(noisy(shown), 30.67)


def test_another_size_of_frame_and_a_tiny_one_are_changes() -> None:
    stillness = Stillness()
    searched(stillness, 0.0, 30)
    assert stillness.worth(np.zeros((480, 640), np.uint8), 30.01)
    assert stillness.worth(np.zeros((8, 8), np.uint8), 30.02)
    assert stillness.worth(np.zeros((0, 0), np.uint8), 30.03)
