"""Keep ``resources/i18n/pos_member_th.ts`` in step with the literals of the window.

``python -m scripts.texts`` rewrites the file: every literal of the code is in it once, sorted, with the places it is
used at; translations are kept, unused ones go, new ones are listed (exit code 1) to be translated in Qt Linguist or by
hand. ``python -m scripts.texts FILE.json`` also takes translations from ``{"English": "Thai", …}``.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "pos_member" / "ui"
TARGET = ROOT / "resources" / "i18n" / "pos_member_th.ts"
_CALLS = ("tr", "mark")
_PLACEHOLDER = re.compile(r"\{(\w*)[^}]*\}")


def literals() -> tuple[dict[str, set[str]], list[str]]:
    """(literal → files that use it, calls that no extractor can read)."""
    found: dict[str, set[str]] = {}
    wrong: list[str] = []
    for path in sorted(UI.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "pos_member.ui.i18n"
            for alias in node.names
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in _CALLS or node.func.id not in imported:
                continue
            name = path.relative_to(ROOT).as_posix()
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.setdefault(first.value, set()).add(name)
            else:
                wrong.append(f"{name}:{node.lineno}")
    return found, wrong


def translations() -> dict[str, str]:
    """What the file holds."""
    if not TARGET.exists():
        return {}
    root = ElementTree.parse(TARGET).getroot()
    return {m.findtext("source") or "": m.findtext("translation") or "" for m in root.iter("message")}


def placeholders(text: str) -> set[str]:
    """Names in braces."""
    return set(_PLACEHOLDER.findall(text))


def write(found: dict[str, set[str]], known: dict[str, str]) -> None:
    """The file in Qt Linguist's format."""
    rows = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        '<TS version="2.1" language="th" sourcelanguage="en">',
    ]
    rows += ["<context>", "    <name>till</name>"]
    for source in sorted(found):
        rows.append("    <message>")
        rows += [f'        <location filename="../../{name}"/>' for name in sorted(found[source])]
        rows.append(f"        <source>{escape(source)}</source>")
        text = known.get(source, "")
        rows.append(
            f"        <translation>{escape(text)}</translation>" if text else '        <translation type="unfinished"/>'
        )
        rows.append("    </message>")
    rows += ["</context>", "</TS>", ""]
    TARGET.write_text("\n".join(rows), encoding="utf-8")


def main(arguments: list[str]) -> int:
    found, wrong = literals()
    known = translations()
    for name in arguments:
        known.update(json.loads(Path(name).read_text(encoding="utf-8")))
    write(found, known)
    missing = [source for source in sorted(found) if not known.get(source)]
    uneven = [s for s in sorted(found) if known.get(s) and placeholders(s) != placeholders(known[s])]
    for where in wrong:
        print(f"not a plain literal: {where}")
    for source in missing:
        print(f"not translated: {source!r}")
    for source in uneven:
        print(f"placeholders differ: {source!r}")
    return 1 if wrong or missing or uneven else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
