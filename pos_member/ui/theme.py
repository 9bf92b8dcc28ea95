"""The look, in one place: tokens from ``resources/theme.toml``, one style sheet filled from them, fonts, icons.

Nothing else in the project names a colour, a font or a length. Widgets carry a dynamic property (``kind``,
``role``, ``tone``) and the style sheet decides; layouts ask ``active().px("space", "m")``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from pos_member.config import fonts_folder, resource

FAMILY = "IBM Plex Sans Thai"
MODES = ("light", "dark")
_LENGTHS = ("space", "radius", "type", "touch")
#: Screens this tall or taller are drawn larger, so that a cashier at arm's length gains by the bigger screen.
_TALL_PX = 1000
_TALL_SCALE = 1.2


@dataclass(frozen=True)
class Theme:
    """The tokens of one mode at one scale. Colours are ``#RRGGBB``; lengths are px, scaled."""

    mode: str
    scale: float
    colours: Mapping[str, str]
    lengths: Mapping[str, Mapping[str, int]]
    _icons: dict[tuple[str, str, int], QIcon] = field(default_factory=dict, compare=False, repr=False)
    _drawn: dict[tuple[str, str, int, float], QPixmap] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, mode: str = "light", scale: float = 1.0) -> Theme:
        """Read the tokens. Raises ``KeyError`` for a mode that is not there."""
        tokens: dict[str, Any] = tomllib.loads(resource("theme.toml").read_text(encoding="utf-8"))
        lengths = {
            group: {
                name: value if name == "focus_ring" else round(value * scale) for name, value in tokens[group].items()
            }
            for group in _LENGTHS
        }
        return cls(mode, scale, tokens[mode], lengths)

    @classmethod
    def for_height(cls, height_px: int, mode: str = "light") -> Theme:
        """The theme that suits a screen ``height_px`` tall (device-independent pixels)."""
        return cls.load(mode, _TALL_SCALE if height_px >= _TALL_PX else 1.0)

    def px(self, group: str, name: str) -> int:
        """A length: ``space``, ``radius``, ``type`` or ``touch``."""
        return self.lengths[group][name]

    def colour(self, name: str) -> QColor:
        """A colour by its token."""
        return QColor(self.colours[name])

    def font(self, size: str = "body", weight: int = 400) -> QFont:
        """A font for painters; widgets get theirs from the style sheet."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px("type", size))
        font.setWeight(QFont.Weight(weight))
        return font

    def style_sheet(self) -> str:
        """``resources/app.qss`` with every token filled in. Raises ``KeyError`` for one that is not there."""
        ring = self.px("touch", "focus_ring")
        tokens: dict[str, str] = dict(self.colours)
        for group, names in self.lengths.items():
            tokens.update({f"{group}_{name}": str(value) for name, value in names.items()})
        # min-height in a style sheet is the content: the border comes on top of it.
        for name in ("key", "pay", "fkey"):
            tokens[name] = str(self.px("touch", name) - 2)
        tokens["control"] = str(self.px("touch", "target") - 2)
        tokens["field"] = str(self.px("touch", "target") - 6)
        tokens["entry"] = str(self.px("touch", "entry") - 6)
        tokens["tile"] = str(self.px("touch", "pay") - 2 - 2 * self.px("space", "m"))
        tokens["inset_l"] = str(self.px("space", "l") - ring + 1)
        tokens["font"] = FAMILY
        tokens["icon_check"] = resource("icons", f"check_{self.mode}.svg").as_posix()
        return Template(resource("app.qss").read_text(encoding="utf-8")).substitute(tokens)

    def palette(self) -> QPalette:
        """Fusion's palette, for what no style sheet reaches (placeholders, item views' blank areas)."""
        palette = QPalette()
        roles = {
            QPalette.ColorRole.Window: "ground",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "sunken",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.PlaceholderText: "faint",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "accent_text",
            QPalette.ColorRole.ToolTipBase: "raised",
            QPalette.ColorRole.ToolTipText: "text",
            QPalette.ColorRole.Link: "accent_ink",
        }
        for role, name in roles.items():
            palette.setColor(role, self.colour(name))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("disabled_text"))
        return palette

    def icon(self, name: str, colour: str = "text", size: str = "icon") -> QIcon:
        """An icon of ``resources/icons`` in a colour of the theme. Raises ``FileNotFoundError``."""
        px = self.px("touch", size)
        key = (name, colour, px)
        if key not in self._icons:
            icon = QIcon(self.pixmap(name, colour, px, 2.0))
            icon.addPixmap(self.pixmap(name, "disabled_text", px, 2.0), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def pixmap(self, name: str, colour: str = "text", px: int = 20, ratio: float = 1.0) -> QPixmap:
        """An icon drawn ``px`` wide for a screen of ``ratio`` device pixels; drawn once, then shared."""
        key = (name, colour, px, ratio)
        if key not in self._drawn:
            self._drawn[key] = self._draw(name, colour, px, ratio)
        return self._drawn[key]

    def _draw(self, name: str, colour: str, px: int, ratio: float) -> QPixmap:
        svg = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", self.colours[colour]).encode()))
        pixmap = QPixmap(QSize(round(px * ratio), round(px * ratio)))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, px * ratio, px * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def apply(self, app: QApplication) -> None:
        """Dress the whole application, open windows included."""
        global _active
        _active = self
        load_fonts()
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setPalette(self.palette())
        app.setFont(self.font())
        app.setStyleSheet(self.style_sheet())
        for widget in app.allWidgets():
            # Icons are drawn in a colour: those who show one draw it again.
            if isinstance(widget, Dressed):
                widget.redress()


@runtime_checkable
class Dressed(Protocol):
    """A widget that paints with colours of the theme itself."""

    def redress(self) -> None:
        """The theme changed."""
        ...


_active: Theme | None = None
_fonts_loaded = False


def active() -> Theme:
    """The theme in use; the light one until another is applied."""
    global _active
    if _active is None:
        _active = Theme.load()
    return _active


def load_fonts() -> bool:
    """Make the window's fonts known to Qt, once. False where set-up has not put them there (``doctor`` says so)."""
    global _fonts_loaded
    if not _fonts_loaded:
        for path in sorted(fonts_folder().glob("IBMPlexSansThai_*.ttf")):
            _fonts_loaded = QFontDatabase.addApplicationFont(str(path)) >= 0 or _fonts_loaded
    return _fonts_loaded


def mark(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties (``tone``, ``kind``, ``role`` …) and let the style sheet look again."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        # Qt evaluates property selectors once; children are matched through the parent's properties too. Who was
        # never polished will be, with the new properties, when it is shown.
        polished = Qt.WidgetAttribute.WA_WState_Polished
        for each in (widget, *widget.findChildren(QWidget)):
            if each.testAttribute(polished):
                style = each.style()
                style.unpolish(each)
                style.polish(each)
