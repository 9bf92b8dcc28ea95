"""Events as they shipped: every kind and version is read today as it was the day it was written, byte for byte.

A till may send what an older build wrote weeks ago, and head office reads its own history again. So a file here is
never changed: another shape of an event is another version with files of its own (``golden_make``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_member.domain import codec, events
from pos_member.domain.events import EventKind
from tests.domain.golden_make import FOLDER, bare, filled, name_of

FILES = sorted(FOLDER.glob("*.json"))
KINDS = sorted(events.PAYLOADS, key=lambda each: (each[0].value, each[1]))


def parsed(path: Path) -> tuple[EventKind, int]:
    kind, version, _form = path.name.removesuffix(".json").rsplit(".", 2)
    return EventKind(kind), int(version.removeprefix("v"))


def test_every_kind_and_version_has_its_files() -> None:
    wanted = {name_of(*each, form) for each in KINDS for form in ("full", "bare")}
    assert wanted == {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_shipped_is_read_and_comes_out_the_same(path: Path) -> None:
    raw = path.read_bytes()
    value = codec.from_bytes(events.PAYLOADS[parsed(path)], raw)
    assert codec.canonical_bytes(value) == raw


@pytest.mark.parametrize("each", KINDS, ids=lambda each: f"{each[0].value}.v{each[1]}")
def test_a_plain_event_of_today_has_the_bytes_of_the_first_day(each: tuple[EventKind, int]) -> None:
    """A new field must be optional and left out while unused: else older head offices could not read plain events."""
    cls = events.PAYLOADS[each]
    assert codec.canonical_bytes(bare(cls)) == (FOLDER / name_of(*each, "bare")).read_bytes()
    assert codec.from_bytes(cls, codec.canonical_bytes(filled(cls))) == filled(cls)
