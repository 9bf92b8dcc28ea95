"""Document + template → blocks: pure data, the same for the same document, without fonts or dots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pos_member.domain.documents import Document
from pos_member.hardware.printing.blocks import (
    Align,
    Banner,
    Bars,
    Block,
    Columns,
    Density,
    Frame,
    Qr,
    Rule,
    RuleKind,
    Ruler,
    Space,
    Style,
    Text,
)
from pos_member.hardware.printing.fields import Fields, fields_of, kind_of, language_of
from pos_member.hardware.printing.templates import PLACEHOLDER, Template, block_kind, shipped


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
            kind = block_kind(block)
            if kind == "each":
                for row in fields.rows[block["each"]]:
                    yield from self.fill(block["blocks"], row)
            elif kind == "group":
                yield from self.fill(block["blocks"], fields)
            else:
                filled = self._block(kind, block, fields)
                if filled is not None:
                    yield filled

    def _say(self, raw: str, fields: Fields) -> str:
        # One pass: a value that looks like a placeholder is printed as it is.
        return PLACEHOLDER.sub(lambda found: fields.values[found[1]], self._template.text(raw, self._language))

    def _text(self, block: Mapping[str, Any], fields: Fields) -> Text | None:
        text = self._say(block["text"], fields)
        if not text.strip():
            return None
        return Text(
            text,
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

    def _block(self, kind: str, block: Mapping[str, Any], fields: Fields) -> Block | None:
        match kind:
            case "text":
                return self._text(block, fields)
            case "columns":
                return self._columns(block, fields)
            case "banner":
                return Banner(self._say(block["banner"], fields), Style(block.get("style", Style.STRONG)))
            case "rule":
                return Rule(RuleKind(block["rule"]))
            case "space":
                return Space(block["space"])
            case "qr":
                data = self._say(block["qr"], fields)
                beside = tuple(text for text in self.fill(block.get("beside", ()), fields) if isinstance(text, Text))
                return Qr(data, block.get("module", Qr.module), beside) if data else None
            case "bars":
                return Bars(self._say(block["bars"], fields), block.get("height", Bars.height))
            case "frame":
                return Frame(self._say(block["frame"], fields), tuple(self.fill(block["blocks"], fields)))
            case "ruler":
                return Ruler()
            case _:
                return Density()
