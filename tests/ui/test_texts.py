"""Every sentence of the window exists in Thai, fits its gaps, and can be drawn."""

from __future__ import annotations

import json
import re

import pytest
from PySide6.QtGui import QRawFont
from PySide6.QtWidgets import QApplication, QLabel

from pos_member.config import fonts_folder, resource
from pos_member.ui import i18n
from pos_member.ui.i18n import ZWSP, tr, unwrapped, wrappable
from scripts import texts

_THAI = re.compile(r"[\u0e01-\u0e5b]")
#: The same in both languages: names and figures.
_SAME = {"POS Member", "08x xxx xxxx", "CSV", "PDF"}


def test_every_literal_has_a_thai_text_and_no_text_is_left_over() -> None:
    found, wrong = texts.literals()
    known = texts.translations()
    assert wrong == []
    assert sorted(set(found) - {source for source, text in known.items() if text}) == []
    assert sorted(set(known) - set(found)) == []


def test_thai_texts_are_thai() -> None:
    plain = {s: t for s, t in texts.translations().items() if t and not _THAI.search(t) and re.search("[A-Za-z]{3}", s)}
    assert set(plain) <= _SAME


def test_gaps_are_the_same_in_both_languages() -> None:
    assert [s for s, t in texts.translations().items() if t and texts.placeholders(s) != texts.placeholders(t)] == []


def test_the_scan_finds_what_lupdate_would_miss(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pos_member" / "ui"
    folder.mkdir(parents=True)
    source = 'from pos_member.ui.i18n import tr\nname = "x"\ntr(f"Bill {name}")\ntr(name)\ntr("Good")\n'
    (folder / "planted.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(texts, "ROOT", tmp_path)
    monkeypatch.setattr(texts, "UI", folder)
    found, wrong = texts.literals()
    assert set(found) == {"Good"}
    assert wrong == ["pos_member/ui/planted.py:3", "pos_member/ui/planted.py:4"]


@pytest.mark.parametrize("weight", ["400Regular", "500Medium", "600SemiBold", "700Bold"])
def test_every_character_has_a_glyph(weight: str, qapp: QApplication) -> None:
    font = QRawFont(str(fonts_folder() / f"IBMPlexSansThai_{weight}.ttf"), 20)
    said = "".join(list(texts.translations()) + list(texts.translations().values()))
    for table in ("reasons", "explain"):
        rows = json.loads(resource("i18n", f"{table}.json").read_text(encoding="utf-8"))
        said += "".join(text for row in rows.values() for text in row.values())
    missing = {char for char in said if not char.isspace() and not font.supportsCharacter(ord(char))}
    # Arrows are drawn from the fallback font that every system has; nothing else may be missing.
    assert missing <= set("↑↓←→↩"), missing


def test_switching_reaches_open_widgets(themed: QApplication, qtbot) -> None:
    label = _Follows()
    qtbot.addWidget(label)
    assert label.text() == "เงินทอน"
    i18n.set_language("en")
    qtbot.waitUntil(lambda: label.text() == "Change")


class _Follows(QLabel):
    def __init__(self) -> None:
        super().__init__(tr("Change"))

    def changeEvent(self, event) -> None:
        if event.type() == event.Type.LanguageChange:
            self.setText(tr("Change"))
        super().changeEvent(event)


def test_figures_are_grouped_and_english_is_never_blank(themed: QApplication) -> None:
    assert tr("+{points} point(s)", points=2480) == "+2,480 แต้ม"
    i18n.set_language("en")
    assert tr("+{points} point(s)", points=2480) == "+2,480 points"
    assert tr("+{points} point(s)", points=1) == "+1 point"
    with pytest.raises(KeyError):
        i18n.set_language("fr")


def test_thai_can_be_wrapped_and_read_back() -> None:
    text = "ซื้ออีก 40 บาท รับคูปองส่วนลดบิลถัดไป"
    assert ZWSP in wrappable(text)
    assert unwrapped(wrappable(text)) == text
