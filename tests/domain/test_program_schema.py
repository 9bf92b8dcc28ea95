"""The schema of program files: kept as it is generated, every field documented, and of one mind with the reader."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest

from pos_member.config import resource
from pos_member.domain import program_schema, program_words
from pos_member.domain.errors import Refusal
from pos_member.domain.program import KNOWN_KINDS, EffectKind
from pos_member.domain.program_files import parse
from pos_member.domain.program_schema import KIND_BOUNDS, KIND_NEEDS, schema
from scripts.program_schema import FILE, text
from tests.domain.schema_reader import complaints

SCHEMA = schema()
LIBRARY = sorted(resource("programs", "library").glob("*.json"))


def _files() -> list[dict[str, Any]]:
    demo = json.loads(resource("programs", "demo.json").read_bytes())
    return [demo, *(json.loads(path.read_bytes())["file"] for path in LIBRARY)]


def _wrong(data: Any) -> list[str]:
    return list(complaints(data, SCHEMA, SCHEMA))


def _refused(data: Any) -> str:
    try:
        parse(data)
    except Refusal as refused:
        return str(refused.params["where"])
    return ""


def test_the_kept_schema_is_the_generated_one() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_every_field_of_the_schema_has_a_title_and_a_description() -> None:
    def fields(part: Any) -> list[tuple[str, Any]]:
        if isinstance(part, list):
            return [found for item in part for found in fields(item)]
        if not isinstance(part, dict):
            return []
        rules = ("allOf", "if", "then", "else")
        here = list(part["properties"].items()) if isinstance(part.get("properties"), dict) else []
        return here + [found for key, item in part.items() if key not in rules for found in fields(item)]

    listed = fields(SCHEMA)
    assert len(listed) > 100
    assert [name for name, field in listed if not field.get("title") or not field.get("description")] == []


def test_a_field_without_words_stops_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {name: said for name, said in program_words.WORDS.items() if name != "Effect.points"}
    monkeypatch.setattr(program_schema, "WORDS", words)
    with pytest.raises(LookupError, match=r"Effect\.points"):
        schema()


def test_words_speak_of_fields_that_are_there() -> None:
    classes = [program_schema.ProgramFile, *_dataclasses()]
    known = {f"{cls.__name__}.{field.name}" for cls in classes for field in dataclasses.fields(cls)}
    assert set(program_words.WORDS) - known == set()


def _dataclasses() -> list[Any]:
    from pos_member.domain import coupon, org, program, tiers

    found = (value for module in (program, coupon, org, tiers) for value in vars(module).values())
    return [value for value in found if isinstance(value, type) and dataclasses.is_dataclass(value)]


def test_every_kind_has_its_rules() -> None:
    assert set(KIND_BOUNDS) | set(KIND_NEEDS) == set(EffectKind)


def test_what_the_product_brings_fits_the_schema() -> None:
    for data in _files():
        assert _wrong(data) == []
        assert _refused(data) == ""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def _put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(data)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


_ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    10**12,
    10_001,
    1.5,
    "",
    " ",
    "x",
    "25:00",
    "1/0",
    "x" * 2_001,
    [],
    {},
    ["a"],
    [9],
    {"a": 1},
]


def test_schema_and_reader_refuse_the_same() -> None:
    """Every field of every file replaced by odd values.

    What the schema refuses the reader refuses. The other way round the reader knows more (ids used once, a coupon that
    is there, days in order), and says so at fields the schema cannot judge.
    """
    tried = 0
    for data in _files():
        for path in _places(data)[1:]:
            for value in _ODD:
                changed = _put(data, path, value)
                wrong, refused = _wrong(changed), _refused(changed)
                tried += 1
                if wrong and not refused:
                    assert _reader_is_wider(path), (path, value, wrong)
                if refused and not wrong:
                    assert _beyond_the_schema(refused, path), (path, value, refused)
    assert tried > 10_000


def _reader_is_wider(path: tuple[Any, ...]) -> bool:
    """What a newer format says is read and inert, and a file says nothing by an older one than there was."""
    return path[-1] == "format"


_SPANNING = ("id", "code", "name_th", "coupon", "combine", "date_to", "hour_to", "zone", "step_satang", "factor")


def _beyond_the_schema(refused: str, path: tuple[Any, ...]) -> bool:
    last = refused.rpartition(".")[2].partition("[")[0]
    return last in _SPANNING or refused.startswith(("settings", "categories")) or last in ("value_kind", "date_from")


def test_a_kind_of_tomorrow_passes_and_a_misspelt_field_does_not() -> None:
    data = _files()[0]
    effect = ("programs", 0, "effect")
    assert _wrong(_put(data, effect, {"kind": "moon_phase", "phase": "full"})) == []
    assert _wrong(_put(data, effect, {"kind": "earn_fixed", "points": 1, "point": 1})) == ["programs[0].effect.point"]
    assert set(KNOWN_KINDS) == set(SCHEMA["$defs"]["Effect"]["properties"]["kind"]["examples"])


def test_a_file_may_name_its_schema_for_the_editor() -> None:
    data = {"$schema": "programs.schema.json", **_files()[0]}
    assert _wrong(data) == [] and _refused(data) == ""
    data["$schema"] = 5
    assert _wrong(data) == ["$schema"] and _refused(data) == "$schema"
