"""Paper templates for the use cases and for the window: shipped ones, checks in words, pictures, logos.

Devices' code is imported when it is first used: neither a bill nor the first paint needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pos_member.app import shop_fonts
from pos_member.config import resource
from pos_member.domain.documents import Document, DocumentKind, TestPageDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import PrinterProfile, PrinterRole, PrinterSetup, Proof
from pos_member.wording import keys, say

#: Drawn once while a template is checked: what fits the narrowest paper fits all.
NARROWEST_DOTS = 384
DPI = 203
#: The till's printers as they are set up now.
Setups = Callable[[], Sequence[PrinterSetup]]


class PaperTemplateTools:
    """``services.template_ports.TemplateLibrary`` and ``ui.ports.TemplateTools``. Any thread."""

    def __init__(self, setups: Setups = tuple) -> None:
        self._setups = setups

    def shipped(self, kind: DocumentKind) -> str:
        """See ``TemplateLibrary``."""
        try:
            return resource("receipts", f"{kind.value}.json").read_text(encoding="utf-8")
        except OSError as error:
            raise EnvironmentProblem(Reason.TEMPLATE_INVALID, template=kind.value, detail=str(error)) from error

    def check(self, kind: DocumentKind, content: str, sample: Document | None = None) -> None:
        """See ``TemplateLibrary``."""
        from pos_member.hardware.printing import templates
        from pos_member.hardware.printing.duties import check_duties

        try:
            check_duties(templates.parse(content, kind))
        except templates.Lacking as lack:
            raise _lacking(kind, lack.language, lack.missing) from lack
        except EnvironmentProblem as problem:
            cause = problem.__cause__
            if isinstance(cause, templates.Lacking):
                raise _lacking(kind, cause.language, cause.missing) from problem
            raise Refusal(Reason.TEMPLATE_UNFIT, detail=_short(problem.params.get("detail", ""))) from problem
        except RecursionError:
            raise Refusal(Reason.TEMPLATE_UNFIT, detail="[[[[…") from None
        if sample is not None:
            self._draw_once(content, sample)

    def _draw_once(self, content: str, sample: Document) -> None:
        from pos_member.hardware.printing import templates
        from pos_member.hardware.printing.fields import kind_of
        from pos_member.hardware.printing.raster import rasterise

        try:
            rasterise(sample, NARROWEST_DOTS, template=templates.parse(content, kind_of(sample)))
        except ValueError as error:
            # Longer than any paper, or a code that no reader could take.
            raise Refusal(Reason.TEMPLATE_UNFIT, detail=_short(error)) from error

    # --- for the window ------------------------------------------------------------------------------------

    def vocabulary(self, kind: DocumentKind) -> Mapping[str, tuple[str, ...]]:
        """See ``ui.ports.TemplateTools``."""
        from pos_member.hardware.printing.vocabulary import VOCABULARIES

        words = VOCABULARIES[kind]
        rows = {row: tuple(sorted(inner.values)) for row, inner in words.rows.items()}
        return {"": tuple(sorted(words.values)), **rows}

    def picture(self, document: Document, content: str, dots: int) -> bytes:
        """See ``ui.ports.TemplateTools``."""
        from pos_member.hardware.printing import pictures, templates
        from pos_member.hardware.printing.fields import kind_of

        template = templates.parse(content, kind_of(document)) if content else None
        try:
            return pictures.render_png(document, dots, DPI, template)
        except ValueError as error:
            raise Refusal(Reason.TEMPLATE_UNFIT, detail=_short(error)) from error

    def logo(self, picture: bytes, dots: int) -> tuple[str, int]:
        """See ``ui.ports.TemplateTools``."""
        from pos_member.hardware.printing import logos

        bitmap = logos.prepare(picture, dots)
        return logos.to_text(bitmap), bitmap.width

    def fonts(self) -> Sequence[tuple[str, str]]:
        """See ``ui.ports.TemplateTools``."""
        return shop_fonts.fonts()

    def take_font(self, name: str, content: bytes) -> str:
        """See ``ui.ports.TemplateTools``."""
        return shop_fonts.take_font(name, content)

    def font_trouble(self, content: str) -> Refusal | None:
        """See ``ui.ports.TemplateTools``."""
        return shop_fonts.font_trouble(content)

    def print_sample(self, document: Document, content: str) -> Proof:
        """See ``ui.ports.TemplateTools``."""
        from pos_member.app.trial_prints import send_now
        from pos_member.hardware.printing.fields import kind_of

        setup = next((each for each in self._setups() if PrinterRole.RECEIPT in each.roles), None)
        if setup is None:
            raise Refusal(Reason.PRINTER_NOT_SET_UP)
        # Checked first: a template without the banner of practice would let a sample pass for a real paper.
        self.check(kind_of(document), content)
        marked = document if isinstance(document, TestPageDocument) else replace(document, practice=True)
        return send_now(setup, _pieces(marked, content, setup.profile))


def _pieces(document: Document, content: str, profile: PrinterProfile) -> Sequence[bytes]:
    """As the printer gets its papers: pictures, or its own letters where these were picked."""
    from pos_member.hardware.printing import templates
    from pos_member.hardware.printing.encoder import encode_pieces
    from pos_member.hardware.printing.fields import kind_of
    from pos_member.hardware.printing.raster import rasterise

    template = templates.parse(content, kind_of(document))
    if profile.text is not None:
        from pos_member.hardware.printing.layout import lay_out
        from pos_member.hardware.printing.textmode import encode_text

        return encode_text(lay_out(document, template), profile)
    return tuple(encode_pieces(rasterise(document, profile.dots, profile.dpi, template), profile))


def _lacking(kind: DocumentKind, language: str, missing: Iterable[str]) -> Refusal:
    """What lacks on the paper in ``language``, in both languages of the reader."""
    said = {}
    for reader in ("th", "en"):
        words = ", ".join(_word(name, reader) for name in missing)
        # Thai is looked at first: what lacks there mostly lacks in both.
        alone = f" ({say('paper', 'in_language_en', reader)})" if language == "en" else ""
        said[f"lacks_{reader}"] = f"{words}{alone}"
        said[f"template_{reader}"] = say("paper", f"kind_{kind.value}", reader)
    return Refusal(Reason.TEMPLATE_LACKS, **said)


def _word(name: str, reader: str) -> str:
    """A placeholder (``lines.name``), a banner or the words of the law, as a person calls it."""
    known = keys("paper")
    for key in (f"banner_{name}", f"value_{name.rpartition('.')[2]}", _LAW.get(name, "")):
        if key in known:
            return say("paper", key, reader)
    return name


#: The words that the law asks for, by what they are called.
_LAW = {"ใบกำกับภาษีอย่างย่อ": "words_tax_title", "ราคารวมภาษีมูลค่าเพิ่มแล้ว": "words_vat_included"}


def _short(detail: object) -> str:
    return str(detail)[:120]
