"""Language of the window: English literals in the code, Thai in ``resources/i18n/pos_member_th.ts``.

``tr("Pay {amount}", amount=…)`` looks the literal up and fills it. A literal that is kept in a table and
shown later is written ``mark("literal")``. Both take plain literals only: a test reads the source and compares it
with the file, in both directions. Switching at run time goes through Qt: every widget gets ``LanguageChange``.
"""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QTranslator

from pos_member.config import resource
from pos_member.services.thai_words import ZWSP, break_opportunities

CONTEXT = "till"
LANGUAGES = ("th", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Source literal → translation, from the Qt Linguist file. English is the source itself: empty."""
    if language == "en":
        return {}
    # The file is part of the program, not input from outside.
    root = ElementTree.parse(resource("i18n", f"pos_member_{language}.ts")).getroot()  # noqa: S314
    found: dict[str, str] = {}
    for message in root.iter("message"):
        source, translation = message.findtext("source"), message.findtext("translation")
        if source and translation:
            found[source] = translation
    return found


class TsTranslator(QTranslator):
    """Reads the Linguist file itself: no compiled copy that can be missing or older than its source."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._texts = catalogue(language)

    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:
        # Never "": Qt takes an empty text for the translation, and an English window would stay blank.
        return self._texts.get(sourceText, sourceText) if context == CONTEXT else sourceText

    def isEmpty(self) -> bool:
        return False


_language = "en"
_translator: TsTranslator | None = None


def language() -> str:
    """``th`` or ``en``."""
    return _language


def set_language(wanted: str) -> None:
    """Switch the window's language; every open widget is told by Qt. Raises ``KeyError`` for another language."""
    global _language, _translator
    if wanted not in LANGUAGES:
        raise KeyError(wanted)
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("the application is not there yet")
    old = _translator
    # The language is set before Qt says that it changed: the handlers read it.
    _language = wanted
    _translator = TsTranslator(wanted)
    app.installTranslator(_translator)
    if old is not None:
        app.removeTranslator(old)


def tr(literal: str, **params: object) -> str:
    """The text in the window's language. Integers are grouped (``2,480``).

    English plurals as Qt writes them: ``{count} bill(s)`` follows its first whole number. Thai has none.
    """
    text = QCoreApplication.translate(CONTEXT, literal)
    if not params:
        return text
    shown = {
        name: f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in params.items()
    }
    if "(s)" in text:
        count = next((value for value in params.values() if isinstance(value, int)), 0)
        text = text.replace("(s)", "" if count == 1 else "s")
    return text.format(**shown)


def mark(literal: str) -> str:
    """A literal for a table; shown later with ``tr_marked``."""
    return literal


def tr_marked(literal: str) -> str:
    """The text of something that was marked."""
    return QCoreApplication.translate(CONTEXT, literal)


def pick(thai: str, english: str) -> str:
    """The one of two stored names that suits the window's language; the other where it is empty."""
    wanted, other = (thai, english) if _language == "th" else (english, thai)
    return wanted or other


def wrappable(text: str) -> str:
    """``text`` with a break opportunity (U+200B) at every Thai word boundary."""
    return break_opportunities(text)


def unwrapped(text: str) -> str:
    """The same text without them."""
    return text.replace(ZWSP, "")
