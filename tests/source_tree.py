"""The project's own source as syntax trees, for the tests that hold its rules."""

from __future__ import annotations

import ast
import gc
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pos_member"
#: Files that are data in Python's clothes or written by tools; no rule of style applies to them.
MIGRATIONS = "migrations"


@dataclass(frozen=True)
class Module:
    """One module: where it is below the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def area(self) -> str:
        """The part of the package: ``domain``, ``ui`` …, or the module's own name at the top."""
        parts = Path(self.path).parts
        return parts[1].removesuffix(".py") if len(parts) > 1 else parts[0]


def parse(path: str, text: str) -> Module:
    """A module from text; tests hand planted violations in through here."""
    return Module(path, text, ast.parse(text, filename=path))


@cache
def modules(folder: str = "pos_member") -> tuple[Module, ...]:
    """Every module below ``folder``, in order of their paths."""
    found = sorted((ROOT / folder).rglob("*.py"))
    # Trees have no circles, and looking through them for some takes nine times as long as making them.
    looking = gc.isenabled()
    gc.disable()
    try:
        return tuple(parse(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in found)
    finally:
        if looking:
            gc.enable()


@cache
def tracked_texts() -> tuple[tuple[str, str], ...]:
    """(path, text) of every tracked text file, as it lies on the disk; the lock file is made by a tool."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    texts: list[tuple[str, str]] = []
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        raw = path.read_bytes()
        if b"\0" not in raw[:4096]:
            texts.append((name, raw.decode("utf-8", errors="replace")))
    return tuple(texts)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or attribute chain; other expressions keep only their attributes (``.c``)."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a module with the dotted name of what is called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)
