"""The look holds its promises: contrast, ring, touch, figures, and that nobody else names a colour."""

from __future__ import annotations

import ast
import re
from itertools import product

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from pos_member.config import resource
from pos_member.ui.theme import MODES, Theme, load_fonts
from pos_member.ui.widgets import Badge, IconLabel
from tests.source_tree import modules

# (what is written, on what): every pair that the style sheet brings together.
_PAIRS = (
    *product(
        ("text", "soft", "faint", "accent_ink", "bad_ink", "good_ink", "warn_ink"), ("surface", "sunken", "raised")
    ),
    *product(("text", "soft", "faint"), ("ground",)),
    *((f"{tone}_ink", f"{tone}_soft") for tone in ("good", "warn", "bad", "info", "accent", "gold")),
    *product(("header_text", "header_soft"), ("header",)),
    *product(("accent_text",), ("accent", "accent_hover", "accent_pressed")),
    *product(("disabled_text",), ("disabled", "surface")),
    ("practice_text", "practice"),
    ("selected_text", "selected"),
)
# Borders and rings need less: WCAG 2.2, 1.4.11.
_EDGES = (*product(("edge", "focus", "accent", "bad"), ("surface",)), ("focus", "ground"))
_STYLE = re.compile(r"#[0-9A-Fa-f]{3,8}\b(?![0-9A-Za-z-])|setStyleSheet|\bQColor\(|\bQFont\(|font-size|background:")
#: The theme itself; drawing on paper, which has no theme; and pictures of a phone on a counter, which are no window.
_ALLOWED = {"pos_member/ui/theme.py", "pos_member/ui/report_pdf.py", "pos_member/app/demo/scenes.py"}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_published_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
def test_text_can_be_read(mode: str) -> None:
    colours = Theme.load(mode).colours
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in _PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", MODES)
def test_edges_and_rings_can_be_seen(mode: str) -> None:
    colours = Theme.load(mode).colours
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in _EDGES}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3.0} == {}


def test_both_modes_have_the_same_tokens() -> None:
    assert set(Theme.load("light").colours) == set(Theme.load("dark").colours)


@pytest.mark.parametrize(("mode", "scale"), tuple(product(MODES, (1.0, 1.2))))
def test_the_style_sheet_is_filled_and_understood(mode: str, scale: float, qapp: QApplication) -> None:
    look = Theme.load(mode, scale)
    sheet = look.style_sheet()
    assert "${" not in sheet
    look.apply(qapp)  # Qt says "Could not parse" where it cannot, and a Qt warning fails the test
    assert qapp.styleSheet() == sheet


def test_every_token_of_the_sheet_is_used_from_the_file() -> None:
    look = Theme.load("light")
    named = set(re.findall(r"\$\{(\w+)\}", resource("app.qss").read_text(encoding="utf-8")))
    unknown = {name for name in named if name.isupper()}
    assert not unknown and {"focus", "accent", "touch_focus_ring"} <= named
    assert look.px("touch", "focus_ring") == 3 == Theme.load("light", 1.2).px("touch", "focus_ring")


def test_fingers_hit_what_they_aim_at() -> None:
    look = Theme.load("light")
    assert look.px("touch", "target") >= 48
    assert look.px("touch", "key") >= 56
    assert look.px("touch", "pay") >= 76
    assert look.px("space", "s") >= 6


def test_thai_lines_have_room_and_figures_one_width(qapp: QApplication) -> None:
    assert load_fonts()
    for weight in (400, 600, 700):
        font = Theme.load("light").font("huge", weight)
        measure = QFontMetricsF(font)
        assert measure.lineSpacing() >= 1.5 * font.pixelSize()
        assert len({measure.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_no_style_outside_the_theme() -> None:
    found = []
    for module in modules():
        if module.area not in ("ui", "app") or module.path in _ALLOWED:
            continue
        docs = {
            id(node.body[0].value)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node)
        }
        for node in ast.walk(module.tree):
            text = ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                text = node.value
            elif isinstance(node, ast.Call):
                text = ast.unparse(node.func) + "("
            if _STYLE.search(text):
                found.append(f"{module.path}:{node.lineno}: {text[:60]}")
    assert found == []


def test_a_planted_style_is_found() -> None:
    assert _STYLE.search("color: #FF0000") and _STYLE.search("self.setStyleSheet(") and _STYLE.search("QColor(")
    assert not _STYLE.search("Bill #12 of today, F2")


def test_icons_are_ours_and_take_their_colour() -> None:
    drawn = sorted(resource("icons").glob("*.svg"))
    assert len(drawn) >= 40
    for path in drawn:
        text = path.read_text(encoding="utf-8")
        if not path.stem.startswith("check_"):
            assert "currentColor" in text and "#" not in text, path.name
        assert 'viewBox="0 0 24 24"' in text, path.name


def test_icons_named_in_the_code_exist() -> None:
    names = {path.stem for path in resource("icons").glob("*.svg")}
    wanted = set()
    for module in modules():
        if module.area != "ui":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                wanted |= {
                    word.value.value
                    for word in node.keywords
                    if word.arg == "icon" and isinstance(word.value, ast.Constant) and word.value.value
                }
    assert wanted and wanted <= names


def test_changing_the_theme_redraws_icons(themed: QApplication) -> None:
    icon, badge = IconLabel("member", "text"), Badge()
    badge.show_state("good", "x", "check")
    before = icon.pixmap().toImage()
    Theme.load("dark").apply(themed)
    assert icon.pixmap().toImage() != before
