"""The pages speak of what is there: every file, module and command they name exists."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from pos_member.cli.main import build_parser
from tests.source_tree import PACKAGE, ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?(?:[\w-]+\.(?:py|json|toml|md|qss|ts|sh|lock))?")
_SUFFIXES = (".py", ".md", ".toml", ".qss", ".lock", ".sh")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
#: What a running till writes, and examples of files that a reader makes.
_MADE = re.compile(r"out/|build/|\.venv/|keys\.|till\.json|programs\.json|bill\.json|member\.json")


def _names_a_file(token: str) -> bool:
    return _PATH.fullmatch(token) is not None and token.endswith(_SUFFIXES) and not _MADE.match(token)


def _exists(token: str, page: Path) -> bool:
    places = (
        ROOT,
        PACKAGE,
        page.parent,
        *(PACKAGE / area for area in ("domain", "hardware/printing", "hardware/scanning")),
    )
    if any((place / token).exists() for place in places):
        return True
    # A bare file name may stand for a module anywhere below the package.
    return "/" not in token and any(PACKAGE.rglob(token))


def _missing(text: str, page: Path) -> list[str]:
    named = [token for token in _CODE.findall(text) if _names_a_file(token)]
    linked = _LINK.findall(text)
    gone = [token for token in named if not _exists(token, page)]
    return gone + [target for target in linked if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_a_page_names_is_there(page: Path) -> None:
    assert _missing(page.read_text(encoding="utf-8"), page) == []


def test_a_file_that_is_not_there_is_found() -> None:
    page = ROOT / "docs" / "planted.md"
    assert _missing("see `domain/not_there.py`, `db/` and [that](nowhere.md)", page) == [
        "domain/not_there.py",
        "nowhere.md",
    ]


def _commands() -> set[str]:
    parser = build_parser("en")
    return {name for action in parser._actions if isinstance(action.choices, dict) for name in action.choices}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"pos-member ([a-z][a-z-]+)\b(?!(?: [a-z]+)? v\d)", page.read_text(encoding="utf-8")))
    assert named - _commands() == set()


def test_every_command_is_spoken_of_somewhere() -> None:
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in _commands() if f"`{name}`" not in said and f"pos-member {name}" not in said} == set()


def _inner(parser: argparse.ArgumentParser, words: list[str]) -> argparse.ArgumentParser | None:
    """The parser of a command and its sub-command; ``None`` for one that is not there."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            if not words or words[0].startswith("-"):
                return parser
            found = action.choices.get(words[0])
            return None if found is None else _inner(found, words[1:])
    return parser


def _unknown_options(line: str) -> list[str]:
    """Options of a ``pos-member …`` line that its command does not take; the line itself where there is no such one."""
    words = line.split("#")[0].split()[1:]
    parser = _inner(build_parser("en"), words)
    if parser is None:
        return [line]
    known = {option for action in parser._actions for option in action.option_strings}
    return [word for word in words if word.startswith("--") and word not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_command_lines_of_a_page_can_be_typed(page: Path) -> None:
    lines = re.findall(r"^ {4}(pos-member [^\n]+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert {line: unknown for line in lines if (unknown := _unknown_options(line))} == {}


def test_a_command_line_that_cannot_be_typed_is_found() -> None:
    assert _unknown_options("pos-member program replay --data DIR --frm D") == ["--frm"]
    assert _unknown_options("pos-member program rply --data DIR") == ["pos-member program rply --data DIR"]


def test_decisions_are_numbered_once_and_have_their_parts() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [record.name[:4] for record in records]
    assert all(number.isdigit() for number in numbers) and len(set(numbers)) == len(numbers), numbers
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith("# ") and len(text.splitlines()) >= 8, record.name
        assert "again" in text.lower(), f"{record.name} does not say when to look again"
