"""What the camera sees: flipped as a mirror where that is wanted, while every word and frame on it stays readable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QHideEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_member.domain.readers import FoundCode
from pos_member.ui import theme
from pos_member.ui.ports import CameraLight
from pos_member.ui.sights import CameraSights, Sight
from pos_member.ui.widgets.basic import IconLabel, Text, column, row

#: How long the colour of a read stays over the picture, and its words below it (ms).
FLASH_MS = 150
WORDS_MS = 1_500
_WIDE, _HIGH = 16, 9
#: Tone, what is the case, what to do: of a light.
LightWords = Callable[[CameraLight], tuple[str, str, str]]


class CameraView(QWidget):
    """Watches while it is seen, and keeps no picture while it is not.

    ``words`` says what a code is, ``lights`` how the camera stands. ``small``: no frame's label, no advice.
    """

    def __init__(
        self,
        sights: CameraSights,
        words: Callable[[str], str],
        lights: LightWords,
        *,
        name: str,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._sights = sights
        self._words, self._lights = words, lights
        self._small = small
        self._mirrored = True
        self._sight: Sight | None = None
        self._said = ""
        self._flashing = False
        self._tone = "good"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._icon = IconLabel("camera", "soft", "icon_large")
        self._state = Text("small" if small else "heading", name=f"{name}_state", wrap=True, align="centre")
        self._advice = Text("soft", name=f"{name}_advice", wrap=True, align="centre")
        inside = column(self, space="s", margin="s" if small else "l")
        inside.addStretch(1)
        middle = row()
        middle.addStretch(1)
        middle.addWidget(self._icon)
        middle.addStretch(1)
        inside.addLayout(middle)
        for text in (self._state, self._advice):
            inside.addWidget(text)
        inside.addStretch(1)
        self._flash_timer, self._words_timer = self._timer(FLASH_MS), self._timer(WORDS_MS)
        self._flash_timer.timeout.connect(self._flash_over)
        self._words_timer.timeout.connect(self._words_over)
        sights.frame.connect(self._framed)
        sights.read.connect(self._read)
        sights.light.connect(self._lit)
        self.retranslate()

    def _timer(self, ms: int) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setTimerType(Qt.TimerType.PreciseTimer)
        made.setInterval(ms)
        return made

    # --- what it shows -------------------------------------------------------------------------------------

    @property
    def mirrored(self) -> bool:
        """Whether the picture is shown as a mirror."""
        return self._mirrored

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture as a mirror, or as the camera gives it."""
        self._mirrored = mirrored
        self.update()

    @property
    def flashing(self) -> bool:
        """Whether a code was read just now."""
        return self._flashing

    @property
    def has_picture(self) -> bool:
        """Whether a frame is shown."""
        return self._sight is not None

    def said(self) -> str:
        """What stands on the picture, or in its place."""
        if self._sight is not None or self._said:
            return self._said
        return self._state.said()

    def retranslate(self) -> None:
        """The words of the light."""
        _, is_so, to_do = self._lights(self._sights.standing)
        self._state.show_text(is_so)
        self._advice.show_text(to_do)
        self.setAccessibleName(is_so)
        self.setToolTip(to_do if self._small else "")
        self._show()

    def redress(self) -> None:
        """The theme changed."""
        self.update()

    def sizeHint(self) -> QSize:
        wide = 160 if self._small else 480
        return QSize(wide, wide * _HIGH // _WIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDE * 6, _HIGH * 6) if self._small else QSize(_WIDE * 15, _HIGH * 15)

    def _show(self) -> None:
        empty = self._sight is None
        self._icon.setVisible(empty)
        self._state.setVisible(empty)
        self._advice.setVisible(empty and not self._small)
        self.update()

    # --- what comes in -------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._sights.watch(self)
        self.retranslate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._sights.unwatch(self)
        self._drop()
        self._flash_over()
        self._words_over()

    def _framed(self, sight: Sight) -> None:
        if not self.isVisible():
            return
        first, self._sight = self._sight is None, sight
        if first:
            self._show()
        self.update()

    def _lit(self, light: CameraLight) -> None:
        if light is not CameraLight.LIVE:
            self._drop()
            self._words_over()
        self.retranslate()

    def _drop(self) -> None:
        self._sight = None
        self._show()

    def _read(self, code: FoundCode) -> None:
        self.flash("good", self._words(code.text))

    def flash(self, tone: str, words: str) -> None:
        """The colour of a tone (``good warn bad info``) for a moment, and words for a little longer."""
        if not self.isVisible():
            return
        self._tone, self._said = tone, words
        self.setAccessibleDescription(words)
        self._flashing = True
        self._flash_timer.start()
        self._words_timer.start()
        self.update()

    def _flash_over(self) -> None:
        self._flash_timer.stop()
        self._flashing = False
        self.update()

    def _words_over(self) -> None:
        self._words_timer.stop()
        self._said = ""
        self.update()

    # --- painting ------------------------------------------------------------------------------------------

    def picture_rect(self) -> QRect:
        """Where the picture stands: as large as it fits, its shape kept."""
        if self._sight is None or self._sight.image.isNull():
            return self.rect()
        size = self._sight.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple())

    def place_of(self, corner: tuple[int, int]) -> QPointF:
        """Where a corner (thousandths of the frame) is seen: on the other side in a mirror."""
        where = self.picture_rect()
        across = 1_000 - corner[0] if self._mirrored else corner[0]
        return QPointF(where.x() + where.width() * across / 1_000, where.y() + where.height() * corner[1] / 1_000)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.active()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("sunken"))
        if self._sight is not None:
            self._paint_picture(painter, self._sight)
            for code in self._sight.codes:
                self._paint_code(painter, code)
        if self._flashing:
            self._paint_flash(painter)
        if self._said:
            self._paint_words(painter, self._said)
        painter.end()

    def _paint_picture(self, painter: QPainter, sight: Sight) -> None:
        where = self.picture_rect()
        if not self._mirrored:
            painter.drawImage(where, sight.image)
            return
        painter.save()
        painter.translate(where.left() + where.right() + 1, 0)
        painter.scale(-1, 1)
        painter.drawImage(where, sight.image)
        painter.restore()

    def _paint_code(self, painter: QPainter, code: FoundCode) -> None:
        """A frame around it: light below, the good colour on top, so that it shows on any picture."""
        if len(code.corners) < 3:
            return
        look = theme.active()
        outline = QPolygonF([self.place_of(corner) for corner in code.corners])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = look.px("touch", "focus_ring")
        for colour, width in (("accent_text", 3 * ring), ("good", ring)):
            pen = QPen(look.colour(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolygon(outline)
        if not self._small:
            below = outline.boundingRect()
            self._paint_label(painter, self._words(code.text), below)

    def _paint_label(self, painter: QPainter, words: str, around: QRectF) -> None:
        look = theme.active()
        font = theme.active().font("label", 600)
        measure, gap = QFontMetrics(font), look.px("space", "s")
        wide, high = measure.horizontalAdvance(words) + 3 * gap, measure.height() + gap
        within = self.picture_rect()
        x = min(max(around.center().x() - wide / 2, within.left()), max(within.left(), within.right() - wide))
        y = min(around.bottom() + gap, within.bottom() - high)
        self._paint_pill(painter, QRectF(x, y, wide, high), words, font)

    def _paint_pill(self, painter: QPainter, where: QRectF, words: str, font: QFont) -> None:
        look = theme.active()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("good_soft"))
        painter.drawRoundedRect(where, look.px("radius", "s"), look.px("radius", "s"))
        painter.setPen(look.colour("good_ink"))
        painter.setFont(font)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, int(where.width()) - 4)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _paint_flash(self, painter: QPainter) -> None:
        colour = theme.active().colour(self._tone)
        thick = theme.active().px("space", "s" if self._small else "m")
        veil = theme.active().colour(self._tone)
        veil.setAlpha(60)
        where = self.picture_rect()
        painter.fillRect(where, veil)
        inner = where.adjusted(thick, thick, -thick, -thick)
        for edge in (
            QRect(where.left(), where.top(), where.width(), thick),
            QRect(where.left(), inner.bottom() + 1, where.width(), thick),
            QRect(where.left(), inner.top(), thick, inner.height()),
            QRect(inner.right() + 1, inner.top(), thick, inner.height()),
        ):
            painter.fillRect(edge, colour)

    def _paint_words(self, painter: QPainter, words: str) -> None:
        """A bar below with what was read, and an icon: never the colour alone."""
        look = theme.active()
        font = theme.active().font("label" if self._small else "heading", 600)
        gap = look.px("space", "xs" if self._small else "s")
        high = QFontMetrics(font).height() + 2 * gap
        where = self.picture_rect()
        bar = QRect(where.left(), where.bottom() + 1 - high, where.width(), high)
        painter.fillRect(bar, look.colour(f"{self._tone}_soft"))
        icon = look.pixmap(self._tone, f"{self._tone}_ink", look.px("touch", "icon"), self.devicePixelRatioF())
        side = look.px("touch", "icon")
        painter.drawPixmap(QRect(bar.left() + 2 * gap, bar.center().y() - side // 2, side, side), icon)
        painter.setFont(font)
        painter.setPen(look.colour(f"{self._tone}_ink"))
        room = bar.adjusted(side + 4 * gap, 0, -gap, 0)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
