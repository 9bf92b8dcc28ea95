"""The virtual printer as a small window: paper comes out of the slot, and its switches are buttons and keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pos_member.ui import theme
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.widgets.basic import Button, Text, column, grid, row

#: How often the window looks at the printer.
_FRAME_MS = 33
_PAPER_SHARE = 0.62
_SLOT_PX = 10
_BODY_PX = 64
_GAP_ROWS = 46
_TOOTH_PX = 6
#: Paper and ink, whatever the theme.
_WHITE, _BLACK = 0xFFFFFFFF, 0xFF000000
#: Paper beyond this is not drawn: it hangs over the edge of the table.
_ROWS_MAX = 4_000


class Switch(StrEnum):
    """What a hand can do to a printer."""

    PAPER = "paper"
    LOW = "low"
    COVER = "cover"
    BUTTON = "button"
    JAM = "jam"
    DRAWER = "drawer"
    POWER = "power"


@dataclass(frozen=True)
class RollState:
    """How the printer stands. ``wrong``: the switches that are not as they should be; ``printing``: paper is moving."""

    address: str
    wrong: frozenset[Switch]
    printing: bool
    connected: bool
    papers: int
    rows: int
    not_understood: int


class RollSource(Protocol):
    """The printer behind the window."""

    @property
    def dots(self) -> int:
        """Width of the head."""
        ...

    def state(self) -> RollState:
        """How it stands now."""
        ...

    def paper_since(self, cuts: int, row: int) -> tuple[int, int, bytes]:
        """(cuts so far, first row, packed rows from it) of the paper in the slot, seen up to ``row`` after ``cuts``."""
        ...

    def fallen(self) -> bytes:
        """The packed rows of the paper cut off last; empty where there was none."""
        ...

    def switch(self, which: Switch, wrong: bool) -> None:
        """Turn a switch."""
        ...


#: (switch, key, what the lamp says when all is well, when it is not, what the button then does and undoes)
_SWITCHES: tuple[tuple[Switch, str, str, str, str, str], ...] = (
    (Switch.PAPER, "P", mark("Paper in"), mark("Paper out"), mark("Take the paper out"), mark("Put in a new roll")),
    (Switch.LOW, "L", mark("Roll is full"), mark("Roll near its end"), mark("Roll near its end"), mark("Full roll")),
    (Switch.COVER, "C", mark("Cover closed"), mark("Cover open"), mark("Open the cover"), mark("Close the cover")),
    (
        Switch.BUTTON,
        "B",
        mark("Button: on line"),
        mark("Button: off line"),
        mark("Press its button"),
        mark("Release its button"),
    ),
    (Switch.JAM, "J", mark("Cutter free"), mark("Cutter jammed"), mark("Jam the cutter"), mark("Free the cutter")),
    (Switch.DRAWER, "D", mark("Drawer shut"), mark("Drawer open"), mark("Open the drawer"), mark("Shut the drawer")),
    (Switch.POWER, "O", mark("Power on"), mark("Power off"), mark("Switch it off"), mark("Switch it on")),
)
_STOPPING = frozenset({Switch.PAPER, Switch.COVER, Switch.BUTTON, Switch.JAM, Switch.POWER})
#: What the same keys type on the Thai keyboard (Kedmanee).
_THAI_KEYS = {"P": "ย", "L": "ส", "C": "แ", "B": "\u0e34", "J": "\u0e48", "D": "ก", "O": "น"}


class RollView(QWidget):
    """The paper in the slot with its last row at the printer, and the piece before it, torn off above."""

    def __init__(self, source: RollSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roll")
        self._source = source
        self._stride = (source.dots + 7) // 8
        self._cuts = self._seen = 0
        self._rows = bytearray()
        self._piece = b""
        self._moving = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 320)

    @property
    def height_rows(self) -> int:
        """Rows of the paper that hangs in the slot, as far as they were looked at."""
        return self._seen

    def sizeHint(self) -> QSize:
        return QSize(440, 620)

    def look(self, moving: bool) -> None:
        """Take what came out since the last look; painted again only where something changed."""
        cuts, first, rows = self._source.paper_since(self._cuts, self._seen)
        changed = bool(rows) or cuts != self._cuts or moving != self._moving
        if cuts != self._cuts:
            self._piece = self._source.fallen()[-_ROWS_MAX * self._stride :]
            self._rows.clear()
        self._cuts, self._moving = cuts, moving
        self._rows += rows
        del self._rows[: -_ROWS_MAX * self._stride]
        self._seen = first + len(rows) // self._stride
        if changed:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.colour("sunken"))
        wide = round(self.width() * _PAPER_SHARE)
        left = (self.width() - wide) // 2
        slot = self.height() - _BODY_PX
        scale = wide * 0.92 / (self._stride * 8)
        top = self._draw_paper(painter, bytes(self._rows), QRect(left, 0, wide, slot), scale)
        above = top - round(_GAP_ROWS * scale)
        if self._piece and above > 0:
            self._draw_paper(painter, self._piece, QRect(left, 0, wide, above), scale, torn=True)
        self._draw_body(painter, slot, left, wide)
        painter.end()

    def _draw_paper(self, painter: QPainter, rows: bytes, room: QRect, scale: float, *, torn: bool = False) -> int:
        """Paper whose last row is at the bottom of ``room``; where its visible top is."""
        count = len(rows) // self._stride
        shown = min(count, int(room.height() / scale) + 1)
        tall = round(shown * scale)
        bottom = room.bottom() + 1
        sheet = QRect(room.left(), bottom - tall, room.width(), tall)
        if count == 0:
            return bottom
        painter.fillRect(sheet, Qt.GlobalColor.white)
        data = rows[-shown * self._stride :]
        image = QImage(data, self._stride * 8, shown, self._stride, QImage.Format.Format_Mono)
        image.setColorTable([_WHITE, _BLACK])
        # Mono pictures are not smoothed when they are drawn smaller; grey ones are.
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        side = room.width() * 0.04
        painter.drawImage(QRectF(room.left() + side, sheet.top(), room.width() - 2 * side, tall), grey)
        if torn:
            self._draw_teeth(painter, sheet)
        return sheet.top()

    def _draw_teeth(self, painter: QPainter, sheet: QRect) -> None:
        points = [QPointF(sheet.left(), sheet.bottom() + 1)]
        for at in range(sheet.left(), sheet.right() + 1, 2 * _TOOTH_PX):
            points += [
                QPointF(at + _TOOTH_PX, sheet.bottom() + 1 - _TOOTH_PX),
                QPointF(at + 2 * _TOOTH_PX, sheet.bottom() + 1),
            ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.active().colour("sunken"))
        painter.drawPolygon(QPolygonF(points))

    def _draw_body(self, painter: QPainter, slot: int, left: int, wide: int) -> None:
        look = theme.active()
        radius = look.px("radius", "m")
        body = QRectF(left - 44, slot, wide + 88, _BODY_PX + radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("header"))
        painter.drawRoundedRect(body, radius, radius)
        painter.setBrush(Qt.GlobalColor.black)
        painter.drawRoundedRect(QRectF(left - 8, slot + 2, wide + 16, _SLOT_PX), _SLOT_PX / 2, _SLOT_PX / 2)
        painter.setBrush(look.colour("good" if self._moving else "header_soft"))
        painter.drawEllipse(QPointF(body.right() - 22, slot + _BODY_PX / 2 + 6), 5, 5)


class RollWindow(QWidget):
    """Roll on the left, lamps and switches on the right. It looks at the printer thirty times a second."""

    def __init__(self, source: RollSource) -> None:
        super().__init__()
        self.setObjectName("roll_window")
        self._source = source
        self.roll = RollView(source)
        self._lamps: dict[Switch, Text] = {}
        self._buttons: dict[Switch, Button] = {}
        self._shown: RollState | None = None
        outer = row(self, "l", "l")
        outer.addWidget(self.roll, 3)
        outer.addLayout(self._side(), 2)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.setWindowTitle(tr("Virtual printer"))
        self.resize(860, 640)
        self.refresh()

    def refresh(self) -> None:
        """Look at the printer and show what changed."""
        state = self._source.state()
        self.roll.look(state.printing)
        if state == self._shown:
            return
        self._shown = state
        self._where.show_text(state.address)
        if state.wrong & _STOPPING:
            self._busy.show_text(tr("It does not print now"), "bad")
        elif state.printing:
            self._busy.show_text(tr("Printing"), "good")
        else:
            self._busy.show_text(tr("Connected") if state.connected else tr("Waiting for a job"), "none")
        self._count.show_text(tr("{papers} paper(s), {rows} rows of dots", papers=state.papers, rows=state.rows))
        self._odd.setVisible(state.not_understood > 0)
        self._odd.show_text(tr("{count} command(s) not understood", count=state.not_understood), "warn")
        for which, key, well, wrong, breaks, mends in _SWITCHES:
            is_wrong = which in state.wrong
            tone = "warn" if which in (Switch.LOW, Switch.DRAWER) else "bad"
            self._lamps[which].show_text("●  " + tr_marked(wrong if is_wrong else well), tone if is_wrong else "good")
            self._buttons[which].show_text(tr_marked(mends if is_wrong else breaks), key)

    def press(self, which: Switch) -> None:
        """Turn a switch the other way."""
        self._source.switch(which, which not in self._source.state().wrong)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        for which, key, *_ in _SWITCHES:
            if event.text().upper() in (key, _THAI_KEYS[key]):
                self.press(which)
                return
        super().keyPressEvent(event)

    def _side(self) -> QVBoxLayout:
        side = column(space="m")
        heading = Text("title", name="roll_heading")
        heading.show_text(tr("Virtual printer"))
        self._where = Text("body", name="roll_address", wrap=True)
        self._busy = Text("heading", name="roll_busy")
        self._count = Text("soft", name="roll_count")
        self._odd = Text("body", name="roll_odd", wrap=True)
        for text in (heading, self._where, self._busy, self._count, self._odd):
            side.addWidget(text)
        switches = grid(space="s")
        for line, (which, *_) in enumerate(_SWITCHES):
            self._lamps[which] = Text("body", name=f"roll_lamp_{which.value}")
            self._buttons[which] = self._button(which)
            switches.addWidget(self._lamps[which], line, 0)
            switches.addWidget(self._buttons[which], line, 1)
        switches.setColumnStretch(1, 1)
        side.addLayout(switches)
        side.addStretch(1)
        return side

    def _button(self, which: Switch) -> Button:
        button = Button("plain", name=f"roll_switch_{which.value}")
        # The keys belong to the window: a button that has the focus would take them.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.press(which))
        return button
