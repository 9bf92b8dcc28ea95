"""Document + template → blocks: pure data, the same for the same document, without fonts or dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pos_member.domain.documents import Document
from pos_member.hardware.printing import code128, ean13, logos, qr
from pos_member.hardware.printing.blocks import (
    Align,
    Banner,
    Bars,
    Block,
    Code128,
    Columns,
    Density,
    Frame,
    Picture,
    Qr,
    Rule,
    RuleKind,
    Ruler,
    Space,
    Style,
    Text,
)
from pos_member.hardware.printing.fields import Fields, fields_of, kind_of, language_of
from pos_member.hardware.printing.paper_text import printable
from pos_member.hardware.printing.templates import PLACEHOLDER, Template, block_kind, shipped

#: Content of a code that could not be drawn is written out up to this length; what is longer nobody types.
FIGURES_MAX = 40


def lay_out(document: Document, template: Template | None = None) -> tuple[Block, ...]:
    """The blocks of ``document`` by ``template`` (the shipped one by default).

    Texts that come out empty leave no gap. Raises ``EnvironmentProblem(TEMPLATE_INVALID)``, and ``ValueError`` for
    a template of another kind of document.
    """
    kind = kind_of(document)
    used = template if template is not None else shipped(kind)
    if used.kind is not kind:
        raise ValueError(f"a {used.kind} template cannot draw a {kind}")
    filler = _Filler(used, language_of(document))
    return tuple(filler.fill(used.blocks, fields_of(document)))


class _Filler:
    """Writes a document's fields into a template's blocks."""

    def __init__(self, template: Template, language: str) -> None:
        self._template = template
        self._language = language

    def fill(self, blocks: Sequence[Mapping[str, Any]], fields: Fields) -> Iterator[Block]:
        """The blocks whose conditions hold, written out."""
        for block in blocks:
            if "when" in block and block["when"] not in fields.flags:
                continue
            if "unless" in block and block["unless"] in fields.flags:
                continue
            if block.get("off", False):
                continue
            kind = block_kind(block)
            if kind == "each":
                for row in fields.rows[block["each"]]:
                    yield from self.fill(block["blocks"], row)
            elif kind == "group":
                yield from self.fill(block["blocks"], fields)
            else:
                yield from self._filled(kind, block, fields)

    def _say(self, raw: str, fields: Fields, kept: str = "") -> str:
        # One pass: a value that looks like a placeholder is printed as it is.
        words = printable(self._template.text(raw, self._language), kept)
        return PLACEHOLDER.sub(lambda found: fields.values[found[1]], words)

    def _scanned(self, raw: str, fields: Fields) -> str:
        only = PLACEHOLDER.fullmatch(raw.strip())
        own = None if only is None else fields.scanned.get(only[1])
        return self._say(raw, fields) if own is None else own

    def _texts(self, block: Mapping[str, Any], fields: Fields) -> Iterator[Text]:
        """A text; the words of a template may stand on several lines."""
        for line in self._say(block["text"], fields, kept="\n").split("\n"):
            if line.strip():
                yield Text(
                    line,
                    Style(block.get("style", Style.BODY)),
                    Align(block.get("align", Align.LEFT)),
                    block.get("indent", 0),
                    block.get("fit", False),
                )

    def _columns(self, block: Mapping[str, Any], fields: Fields) -> Columns | None:
        # A cell may hold several figures, set apart by tabs (the columns of a report).
        cells = tuple(part for raw in block["columns"] for part in self._say(raw, fields).split("\t"))
        if not any(cell.strip() for cell in cells):
            return None
        style = Style(block.get("style", Style.BODY))
        return Columns(cells, style, block.get("indent", 0), self._say(block.get("lead", ""), fields))

    def _filled(self, kind: str, block: Mapping[str, Any], fields: Fields) -> Iterator[Block]:
        if kind == "text":
            yield from self._texts(block, fields)
        elif kind in ("qr", "bars", "code128"):
            yield from self._code(kind, block, fields)
        else:
            made = self._block(kind, block, fields)
            if made is not None:
                yield made

    def _code(self, kind: str, block: Mapping[str, Any], fields: Fields) -> Iterator[Block]:
        """A code, or its content in figures where it is none of that kind: a paper is not held up by it."""
        data = self._scanned(block[kind], fields) if kind == "qr" else self._say(block[kind], fields)
        if not data:
            return
        try:
            if kind == "qr":
                qr.modules(data)
                beside = tuple(text for text in self.fill(block.get("beside", ()), fields) if isinstance(text, Text))
                yield Qr(data, block.get("module", Qr.module), beside, block.get("dots", Qr.dots))
            elif kind == "bars":
                ean13.modules(data)
                yield Bars(data, block.get("height", Bars.height))
            else:
                code128.modules(data)
                yield Code128(data, block.get("height", Code128.height), self._say(block.get("caption", ""), fields))
        except ValueError:
            if len(data) <= FIGURES_MAX:
                yield Text(data, Style.BODY, Align.CENTER)

    def _block(self, kind: str, block: Mapping[str, Any], fields: Fields) -> Block | None:
        match kind:
            case "columns":
                return self._columns(block, fields)
            case "banner":
                said = self._say(block["banner"], fields)
                return Banner(said, Style(block.get("style", Style.STRONG))) if said.strip() else None
            case "rule":
                return Rule(RuleKind(block["rule"]))
            case "space":
                return Space(block["space"])
            case "logo":
                return Picture(logos.from_text(block["logo"], block["width"])) if block["logo"] else None
            case "frame":
                return Frame(self._say(block["frame"], fields), tuple(self.fill(block["blocks"], fields)))
            case "ruler":
                return Ruler()
            case _:
                return Density()
