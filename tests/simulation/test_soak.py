"""A run for hours can be stopped and goes on where it was."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.simulation import soak
from tests.simulation.planted import BUGS
from tests.simulation.soak import Progress
from tests.simulation.story import Report


def test_a_stopped_run_goes_on_with_what_it_knew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, said = tmp_path / "out" / "soak.json", list[str]()
    before = Progress(7, 7)
    before.note([Report(7), Report(8, AssertionError("a promise"))])
    before.met["office died"] += 3
    before.save(place)
    known = Progress.loaded(place)
    assert known == before
    monkeypatch.setenv("POS_MEMBER_SEEDS", "3")
    monkeypatch.setattr(soak, "_kills", lambda _say: True)
    assert soak.soak(said.append, place=place) == 1, "seed 8 is not forgotten"
    assert said[0].startswith("goes on at seed 9, 2 are done")
    assert any(line.startswith("3 of 3 seeds, 1 broken") for line in said)
    assert said[-1].startswith("3 seeds, 1 broken [8]")
    assert not place.exists()


def test_a_broken_seed_is_told_with_what_runs_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process is forked from this one, and has its bug."""
    said: list[str] = []
    progress = Progress(1, 1)
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    with BUGS["cursor saved before rows"].plant():
        soak.seeds(progress, 2, tmp_path / "soak.json", said.append)
    assert progress.bad == [1]
    assert "again: .venv/bin/python -m tests.simulation 1" in said[0]
