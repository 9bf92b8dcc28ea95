"""What a paper may never stop saying, whatever else a shop takes off it.

A coupon without its code is worth nothing to whoever holds it; a copy or a practice paper that does not say so could
pass for the original. (What a tax invoice must say is checked wherever a template is read: ``templates``.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pos_member.domain.documents import DocumentKind
from pos_member.hardware.printing.templates import (
    LANGUAGES,
    PLACEHOLDER,
    Lacking,
    Template,
    block_kind,
    texts_of,
)
from pos_member.hardware.printing.vocabulary import VOCABULARIES

#: Placeholders that must reach every paper of a kind.
MUST_SAY: Mapping[DocumentKind, frozenset[str]] = {
    DocumentKind.RETURN: frozenset({"number", "original_number", "issued_on", "total", "lines.name", "lines.amount"}),
    DocumentKind.COUPON: frozenset({"value", "code", "valid_to", "minimum_spend"}),
    DocumentKind.MEMBER_CARD: frozenset({"member_number"}),
    DocumentKind.DAY_REPORT: frozenset({"issued_on", "rows.figures"}),
    DocumentKind.ORDER_SLIP: frozenset({"number", "lines.name", "lines.quantity"}),
}
#: Flags whose banner must stand wherever a kind knows the flag.
MARKS = ("practice", "copy")
#: Said only where the paper has them: a coupon's minimum, the figures of a row.
_OWN_FLAGS = {"minimum_spend": "minimum", "rows.figures": "figures"}
#: Where a text is printed: the flags that must hold, and those that must not ("not x").
_Conditions = frozenset[str]


def check_duties(template: Template) -> None:
    """Raises ``Lacking`` (a ``ValueError``) with what ``template``, which ``parse`` found sound, fails to say.

    A banner that lacks is named by its flag.
    """
    for language in LANGUAGES:
        missing = tuple(_missing(template, language))
        if missing:
            raise Lacking(language, missing)


def _missing(template: Template, language: str) -> Iterator[str]:
    said: dict[str, set[_Conditions]] = {}
    marked: set[str] = set()
    for kind, text, row, conditions in _texts(template.blocks, "", frozenset()):
        written = template.text(text, language)
        for name in PLACEHOLDER.findall(written):
            said.setdefault(row + name, set()).add(conditions)
        if kind == "banner" and written.strip() and len(conditions) == 1:
            marked |= conditions
    for name in sorted(MUST_SAY.get(template.kind, frozenset())):
        if not _sure(said.get(name, set()), _OWN_FLAGS.get(name)):
            yield name
    yield from (flag for flag in MARKS if flag in VOCABULARIES[template.kind].flags - marked)


def _sure(places: set[_Conditions], own_flag: str | None) -> bool:
    """Whether one of ``places`` is printed whatever the paper is: always, or in both cases of one flag."""
    if frozenset() in places or (own_flag is not None and frozenset({own_flag}) in places):
        return True
    single = {next(iter(each)) for each in places if len(each) == 1}
    return any(f"not {flag}" in single for flag in single)


def _texts(
    blocks: Sequence[Mapping[str, Any]], row: str, conditions: _Conditions
) -> Iterator[tuple[str, str, str, _Conditions]]:
    """(kind of block, raw text, row prefix, conditions) of every text that is not switched off."""
    for block in blocks:
        if block.get("off", False):
            continue
        kind = block_kind(block)
        holds = conditions | ({block["when"]} if "when" in block else set())
        holds |= {f"not {block['unless']}"} if "unless" in block else set()
        for raw in texts_of(kind, block):
            yield kind, raw, row, holds
        prefix = f"{block['each']}." if kind == "each" else row
        for inner in ("blocks", "beside"):
            yield from _texts(block.get(inner, ()), prefix, holds)
