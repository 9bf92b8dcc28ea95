"""Text, buttons, badges, cards, and the layouts that carry the theme's spacing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pos_member.ui import theme
from pos_member.ui.i18n import unwrapped, wrappable


def _dress(layout: QVBoxLayout | QHBoxLayout | QGridLayout, space: str, margin: str) -> None:
    look = theme.active()
    around = look.px("space", margin) if margin else 0
    layout.setContentsMargins(around, around, around, around)
    layout.setSpacing(look.px("space", space) if space else 0)


def column(parent: QWidget | None = None, space: str = "m", margin: str = "") -> QVBoxLayout:
    """A vertical layout with the theme's spacing (``xs s m l xl xxl``)."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    _dress(layout, space, margin)
    return layout


def row(parent: QWidget | None = None, space: str = "m", margin: str = "") -> QHBoxLayout:
    """A horizontal one."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    _dress(layout, space, margin)
    return layout


def grid(parent: QWidget | None = None, space: str = "m", margin: str = "") -> QGridLayout:
    """A grid."""
    layout = QGridLayout(parent) if parent is not None else QGridLayout()
    _dress(layout, space, margin)
    return layout


class Text(QLabel):
    """A text in one of the roles of the style sheet. Wrapping texts get Thai break opportunities by themselves."""

    def __init__(
        self,
        role: str = "body",
        *,
        name: str = "",
        wrap: bool = False,
        align: str = "left",
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._elide = elide
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if name:
            self.setObjectName(name)
        horizontal = {
            "left": Qt.AlignmentFlag.AlignLeft,
            "right": Qt.AlignmentFlag.AlignRight,
            "centre": Qt.AlignmentFlag.AlignHCenter,
        }[align]
        self.setAlignment(horizontal | Qt.AlignmentFlag.AlignVCenter)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, tone: str | None = None) -> None:
        """Set the text, and with ``tone`` its colour (``good warn bad info accent none``)."""
        self.setText(wrappable(text) if self.wordWrap() else text)
        if self._elide:
            self.setToolTip(text)
        if tone is not None:
            theme.mark(self, tone=tone)

    def said(self) -> str:
        """The text as a person reads it (without break opportunities)."""
        return unwrapped(self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        inside = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, inside.width())
        align = int(self.alignment())
        self.style().drawItemText(
            painter, inside, align, self.palette(), self.isEnabled(), shown, QPalette.ColorRole.WindowText
        )


class IconLabel(QLabel):
    """An icon that stands still."""

    def __init__(self, icon: str = "", colour: str = "soft", size: str = "icon", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._px = theme.active().px("touch", size)
        self._shown = (icon, colour)
        self.setFixedSize(self._px, self._px)
        self.redress()

    def redress(self) -> None:
        """The theme changed."""
        if self._shown[0]:
            self.show_icon(*self._shown)

    def show_icon(self, icon: str, colour: str = "soft") -> None:
        """Another icon, in a colour of the theme."""
        self._shown = (icon, colour)
        self.setPixmap(theme.active().pixmap(icon, colour, self._px, 2.0))


class Button(QPushButton):
    """A button with its shortcut printed on it. Kinds: ``plain primary danger quiet pay tile step pad fkey header``."""

    def __init__(
        self,
        kind: str = "plain",
        *,
        name: str = "",
        icon: str = "",
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self._icon_name = icon
        self.setProperty("kind", kind)
        self.setCheckable(checkable)
        self.setAutoDefault(False)
        if name:
            self.setObjectName(name)
        if kind in ("pad", "step", "fkey", "header"):
            # Touch keys must not take the focus from the field they type into.
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_icon(icon)

    def redress(self) -> None:
        """The theme changed."""
        self.set_icon(self._icon_name)

    def set_icon(self, icon: str) -> None:
        """Its icon, in the colour that suits the kind."""
        self._icon_name = icon
        if icon:
            look = theme.active()
            colour = {"primary": "accent_text", "pay": "accent_text", "danger": "bad_ink", "header": "header_text"}
            self.setIcon(look.icon(icon, colour.get(self.kind, "accent_ink" if self.kind == "quiet" else "text")))
            self.setIconSize(QSize(look.px("touch", "icon"), look.px("touch", "icon")))

    def show_text(self, text: str, key: str = "") -> None:
        """What it does, and the key that does it (``F2``, ``Enter``); both are spoken by screen readers."""
        # A lone & would be taken for a mnemonic.
        shown = f"{text}  {key}".strip().replace("&", "&&")
        # Qt leaves four pixels between icon and text: too near for a large touch button.
        self.setText(f" {shown}" if self._icon_name and shown and "\n" not in shown else shown)
        self.setAccessibleName(f"{text} {key}".strip())


class Badge(QFrame):
    """A short state: icon, word and colour together. Tones: ``neutral good warn bad info gold practice``."""

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "badge")
        if name:
            self.setObjectName(name)
        look = theme.active()
        self._icon = QLabel(self)
        self._text = QLabel(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.px("space", "m"), 0, look.px("space", "m"), 0)
        layout.setSpacing(look.px("space", "s"))
        layout.addWidget(self._icon)
        layout.addWidget(self._text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._shown = ("", "", "")
        self.show_state("neutral", "")

    def redress(self) -> None:
        """The theme changed."""
        shown, self._shown = self._shown, ("", "", "")
        self.show_state(*shown)

    def show_state(self, tone: str, text: str, icon: str = "") -> None:
        """Its tone, its word and its icon."""
        if self._shown == (tone, text, icon):
            return
        self._shown = (tone, text, icon)
        look = theme.active()
        ink = {"neutral": "soft", "practice": "practice_text"}.get(tone, f"{tone}_ink")
        if icon:
            self._icon.setPixmap(look.pixmap(icon, ink, look.px("touch", "icon") - 2, 2.0))
        self._icon.setVisible(bool(icon))
        self._text.setText(text)
        self.setAccessibleName(text)
        theme.mark(self, tone=tone)
        self._make_room()

    def _make_room(self) -> None:
        """Tell the row it stands in of the new width at once: by Qt's own events the text is cut for a moment."""
        parent = self.parentWidget()
        for widget in (self, parent):
            layout = widget.layout() if widget is not None and widget.isVisible() else None
            if layout is not None:
                layout.invalidate()
                layout.activate()

    def said(self) -> str:
        """Its word."""
        return self._text.text()


class Card(QFrame):
    """A surface. Roles: ``card sunken plain band``; bands take a tone."""

    def __init__(self, role: str = "card", *, name: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        if tone:
            self.setProperty("tone", tone)
        if name:
            self.setObjectName(name)


def rule(parent: QWidget | None = None) -> QFrame:
    """A thin line between groups."""
    return Card("rule", parent=parent)


def scroller(inside: QWidget, *, name: str = "") -> QScrollArea:
    """``inside`` in an area that scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    if name:
        area.setObjectName(name)
    return area
