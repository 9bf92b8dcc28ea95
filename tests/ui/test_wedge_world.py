"""Readers and people by the hundred at a real window, and the errors that this would find."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_member.hardware.scanning import keyboard_wedge, wedge_keys
from pos_member.ui import wedge_filter
from tests.ui import wedge_world
from tests.ui.wedge_world import Figures, Place


@pytest.fixture
def place(themed: QApplication, qtbot: QtBot) -> Place:
    made = Place()
    qtbot.addWidget(made)
    made.show()
    return made


def test_three_hundred_bursts(place: Place) -> None:
    """1–30 ms a key × US, Kedmanee, Pattachote × Caps Lock × X11, Windows, no physical keys × any focus × stalls."""
    found = wedge_world.readers(place, 300)
    assert found.clean and found.entries == 300, found.faults[:5]


def test_fifteen_hundred_people(place: Place) -> None:
    """60–200 ms a key, with rolls of two and three keys, slips and pauses, Enter, Tab or nothing."""
    found = wedge_world.people(place, 1_500)
    assert found.clean and found.entries == 1_500, found.faults[:5]


def _mean(patch: pytest.MonkeyPatch) -> None:
    class Means:
        median = staticmethod(statistics.fmean)

    patch.setattr(wedge_keys, "statistics", Means)


def _no_second_look(patch: pytest.MonkeyPatch) -> None:
    def at_once(self: wedge_filter.WedgeFilter) -> None:
        self._act(self._bursts.silence(self._last_ms + (self._clock() - self._arrived) * 1000))

    patch.setattr(wedge_filter.WedgeFilter, "_quiet", at_once)


def _no_layouts(patch: pytest.MonkeyPatch) -> None:
    from pos_member.hardware.scanning import wedge_text

    patch.setattr(wedge_text, "_candidates", lambda typed: iter([(typed, wedge_text.Layout.US)]))


def _releases_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wedge_filter.WedgeFilter, "_released", lambda self, event, window: False)


@pytest.mark.parametrize("planted", [_mean, _no_second_look, _no_layouts, _releases_forgotten])
def test_an_error_planted_in_the_reading_of_bursts_is_found(
    place: Place, monkeypatch: pytest.MonkeyPatch, planted: Callable[[pytest.MonkeyPatch], None]
) -> None:
    planted(monkeypatch)
    place.loop.fire = place.wedge._quiet
    assert not wedge_world.readers(place, 150).clean


def _timing_by_the_median_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wedge_keys, "_ON_TIME", 0.0)


def _timing_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keyboard_wedge, "like_a_machine", wedge_keys.maybe_reader)
    patch.setattr(wedge_keys, "_ON_TIME", 0.0)


def _any_pace(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wedge_keys.WedgeRules, "gap_max_ms", 100)
    patch.setattr(keyboard_wedge, "in_time", lambda keys, gap: wedge_keys.maybe_reader(keys, 100))


def _order_lost(patch: pytest.MonkeyPatch) -> None:
    def backwards(self: wedge_filter.WedgeFilter, keys: list[wedge_filter.Held]) -> None:
        self._out.extend(reversed(keys))

    patch.setattr(wedge_filter.WedgeFilter, "_hand_out", backwards)


@pytest.mark.parametrize("planted", [_timing_alone, _any_pace, _order_lost])
def test_an_error_planted_in_the_letting_through_of_people_is_found(
    place: Place, monkeypatch: pytest.MonkeyPatch, planted: Callable[[pytest.MonkeyPatch], None]
) -> None:
    planted(monkeypatch)
    found: Figures = wedge_world.people(place, 400)
    assert not found.clean
