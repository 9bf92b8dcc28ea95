"""Templates: what stands on a paper, as versioned data in ``resources/receipts``, checked before it is used.

A block is a JSON object whose first recognised key names its kind: ``text``, ``columns``, ``rule``, ``space``,
``banner``, ``qr``, ``bars``, ``code128``, ``logo``, ``ruler``, ``density``, ``frame``, ``group`` or ``each``. ``when``
and ``unless`` name a flag. Texts hold ``{placeholders}`` of the kind's vocabulary and ``{label.name}`` of the
template's own labels. ``part`` says which part of the paper a block belongs to (the template's ``parts`` names them for
people); ``off`` keeps a block from the paper without losing it. ``font`` names a file among the shop's own fonts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pos_member.config import resource
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing import logos
from pos_member.hardware.printing.blocks import Align, RuleKind, Style
from pos_member.hardware.printing.font_folder import FONT_FILE
from pos_member.hardware.printing.vocabulary import (
    FORBIDDEN_WORDS,
    TAX_PLACEHOLDERS,
    TAX_WORDS,
    VOCABULARIES,
    Vocabulary,
)

FORMAT = 1
LANGUAGES = ("th", "en")
PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")

#: The condition of a block that is switched off: nothing in it reaches the paper.
_OFF = "off"
#: Dots of one module of a QR code.
DOTS_MAX = 20
_KINDS = ("text", "columns", "rule", "space", "banner", "qr", "bars", "code128", "logo", "ruler", "density")
_NESTED = ("frame", "group", "each")
_OPTIONS = {
    "text": {"style", "align", "indent", "fit"},
    "columns": {"style", "indent", "lead"},
    "banner": {"style"},
    "qr": {"module", "dots", "beside"},
    "bars": {"height"},
    "code128": {"height", "caption"},
    "logo": {"width"},
    "frame": {"blocks"},
    "group": {"blocks"},
    "each": {"blocks"},
}


class Lacking(ValueError):
    """A paper does not say what it must; ``missing`` are placeholders and words, in the paper's ``language``."""

    def __init__(self, language: str, missing: Sequence[str]) -> None:
        super().__init__(f"a tax invoice ({language}) lacks {', '.join(missing)}")
        self.language = language
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Template:
    """A checked template: labels with their text per language, blocks as plain data."""

    kind: DocumentKind
    version: int
    labels: Mapping[str, Mapping[str, str]]
    blocks: tuple[Mapping[str, Any], ...]
    #: Names of the parts that blocks belong to, for people: {"thanks": {"th": …, "en": …}}.
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: A file among the shop's own fonts; empty is the paper's own font.
    font: str = ""

    def text(self, raw: str, language: str) -> str:
        """``raw`` with its labels written out; placeholders stay."""
        labels = self.labels[language]
        return PLACEHOLDER.sub(lambda m: labels[m[1][6:]] if m[1].startswith("label.") else m[0], raw)


@cache
def shipped(kind: DocumentKind) -> Template:
    """The template that comes with the product. Raises ``EnvironmentProblem(TEMPLATE_INVALID, …)``."""
    path = resource("receipts", f"{kind.value}.json")
    try:
        raw = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(Reason.TEMPLATE_INVALID, template=kind.value, detail=str(error)) from error
    return parse(raw, kind)


def parse(raw: str, kind: DocumentKind) -> Template:
    """A template from JSON. Raises ``EnvironmentProblem(TEMPLATE_INVALID, template=…, detail=where)``."""
    try:
        data = json.loads(raw)
        template = _template(data, kind)
        _Checker(template).run()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnvironmentProblem(Reason.TEMPLATE_INVALID, template=kind.value, detail=str(error)) from error
    return template


def block_kind(block: Mapping[str, Any]) -> str:
    """Which kind of block a JSON object is. Raises ``ValueError``."""
    found = [kind for kind in (*_KINDS, *_NESTED) if kind in block]
    if len(found) != 1:
        raise ValueError(f"a block is one of {', '.join((*_KINDS, *_NESTED))}: {sorted(block)}")
    return found[0]


def _template(data: Any, kind: DocumentKind) -> Template:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']!r}, this version reads {FORMAT}")
    if data["template"] != kind.value:
        raise ValueError(f"is for {data['template']!r}")
    if not isinstance(data["version"], int) or isinstance(data["version"], bool) or data["version"] < 1:
        raise ValueError("version is a whole number from 1")
    labels = data["labels"]
    if set(labels) != set(LANGUAGES) or len({frozenset(labels[language]) for language in LANGUAGES}) != 1:
        raise ValueError(f"labels are given once each in {', '.join(LANGUAGES)}")
    if not all(isinstance(text, str) for language in LANGUAGES for text in labels[language].values()):
        raise TypeError("labels are texts")
    font = data.get("font", "")
    if font and not FONT_FILE.fullmatch(font):
        raise ValueError(f"font {font!r} is no file name of a font")
    parts = data.get("parts", {})
    for name, shown in parts.items():
        if set(shown) != set(LANGUAGES) or not all(isinstance(text, str) and text for text in shown.values()):
            raise ValueError(f"part {name!r} is named once each in {', '.join(LANGUAGES)}")
    return Template(kind, data["version"], labels, tuple(data["blocks"]), parts, font)


class _Checker:
    """Walks a template once, refuses what it must not hold, and collects what surely reaches the paper."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._sure: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        self._words: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        self._every: dict[str, list[str]] = {language: [] for language in LANGUAGES}

    def run(self) -> None:
        """Raises ``ValueError`` with the place and what is wrong."""
        kind = self._template.kind
        self._walk(self._template.blocks, VOCABULARIES[kind], "", frozenset())
        for language in LANGUAGES:
            for word in FORBIDDEN_WORDS.get(kind, ()):
                if any(word in text.upper() for text in self._every[language]):
                    raise ValueError(f"{kind.value} ({language}) must not say {word!r}")
            if kind is not DocumentKind.RECEIPT:
                continue
            missing = sorted(TAX_PLACEHOLDERS - self._sure[language])
            missing += [word for word in TAX_WORDS if not any(word in text for text in self._words[language])]
            if missing:
                raise Lacking(language, missing)

    def _walk(
        self, blocks: Sequence[Mapping[str, Any]], words: Vocabulary, row: str, conditions: frozenset[str]
    ) -> None:
        for block in blocks:
            kind = block_kind(block)
            unknown = set(block) - {kind, "when", "unless", "part", "off"} - _OPTIONS.get(kind, set())
            if unknown:
                raise ValueError(f"{kind} has no {sorted(unknown)[0]!r}")
            flags = {name for name in (block.get("when"), block.get("unless")) if name is not None}
            if flags - words.flags:
                raise ValueError(f"no flag {sorted(flags - words.flags)[0]!r}")
            holds = conditions | ({f"not {block['unless']}"} if "unless" in block else set())
            holds |= {block["when"]} if "when" in block else set()
            part = block.get("part")
            if part is not None and part not in self._template.parts:
                raise ValueError(f"no part {part!r}")
            if not isinstance(block.get("off", False), bool):
                raise TypeError("off is true or false")
            holds |= {_OFF} if block.get("off", False) else set()
            _check_options(kind, block)
            for raw in texts_of(kind, block):
                self._check_text(raw, words, row, holds)
            if kind == "each":
                if row or block["each"] not in words.rows:
                    raise ValueError(f"no rows {block['each']!r}")
                self._walk(block["blocks"], words.rows[block["each"]], f"{block['each']}.", holds)
            elif kind in ("frame", "group"):
                self._walk(block["blocks"], words, row, holds)
            elif kind == "qr":
                self._walk(block.get("beside", ()), words, row, holds)

    def _check_text(self, raw: str, words: Vocabulary, row: str, conditions: frozenset[str]) -> None:
        if not isinstance(raw, str):
            raise TypeError(f"{raw!r} is not a text")
        for language in LANGUAGES:
            text = self._template.text(raw, language)
            used = set(PLACEHOLDER.findall(text))
            if used - words.values:
                raise ValueError(f"no placeholder {sorted(used - words.values)[0]!r}")
            if "{" in PLACEHOLDER.sub("", text):
                raise ValueError(f"stray brace in {text!r}")
            if _OFF not in conditions:
                self._every[language].append(text)
            if conditions <= {"vat_registered"}:
                self._sure[language] |= {row + name for name in used}
                self._words[language].append(text)


def _check_options(kind: str, block: Mapping[str, Any]) -> None:
    Style(block.get("style", Style.BODY))
    Align(block.get("align", Align.LEFT))
    if kind == "rule":
        RuleKind(block["rule"])
    if kind == "logo" and block["logo"]:
        logos.from_text(block["logo"], block["width"])
    if not 0 <= block.get("dots", 0) <= DOTS_MAX:
        raise ValueError(f"dots of a module are 0 to {DOTS_MAX}")
    for name in ("indent", "module", "height", "space"):
        value = block.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 2_000:
            raise ValueError(f"{name} is tenths of a millimetre, 0 to 2000")
    for text in block.get("beside", ()):
        if block_kind(text) != "text":
            raise ValueError("beside a QR code stand texts")


def texts_of(kind: str, block: Mapping[str, Any]) -> Iterator[str]:
    """The raw texts of one block itself, not of the blocks inside it."""
    if kind in ("text", "banner", "qr", "bars", "code128", "frame"):
        yield block[kind]
    if kind == "code128":
        yield block.get("caption", "")
    if kind == "columns":
        yield from block["columns"]
        yield block.get("lead", "")
