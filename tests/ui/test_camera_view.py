"""What the camera sees on the screen: a mirror for the picture, never for words; nothing while it is not seen."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pos_member.domain.readers import FoundCode
from pos_member.ui import i18n, theme
from pos_member.ui.ports import CameraLight
from pos_member.ui.readers.words import light_words, meaning_words
from pos_member.ui.sights import CameraSights, Sight
from pos_member.ui.widgets.camera_view import WORDS_MS, CameraView
from tests.fair_time import FairTime
from tests.ui.reader_bench import ReaderBench, picture

PRODUCT = "8850123456787"
SIZE = (640, 360)


class Seen:
    """A view that is shown, and the camera before it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.sights = CameraSights()
        self.bench = ReaderBench(self.sights)
        self.asked: list[bool] = []
        self.sights.watched.connect(self.asked.append)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.view = CameraView(self.sights, meaning_words, light_words, name="view")
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.window.resize(*SIZE)
        self.window.show()

    def live(self) -> None:
        self.sights.light.emit(CameraLight.LIVE)

    def shot(self) -> QImage:
        return self.view.grab().toImage()


@pytest.fixture
def seen(themed: QApplication, qtbot: QtBot) -> Iterator[Seen]:
    made = Seen(qtbot)
    yield made
    made.window.hide()


def near(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_the_picture_is_flipped_and_the_frame_round_the_code_stands_on_its_other_side(seen: Seen) -> None:
    seen.live()
    code = FoundCode(PRODUCT, "EAN-13", ((100, 200), (400, 200), (400, 700), (100, 700)))
    seen.sights.frame.emit(Sight(picture(), (code,)))
    red, blue = QColor("#C03030"), QColor("#3040C0")
    mirrored = seen.shot()
    assert near(mirrored.pixelColor(20, 20), blue) and near(mirrored.pixelColor(620, 20), red)
    # The white square lies where the frame is drawn: on the right now, from 60 % to 90 % of the width.
    assert near(mirrored.pixelColor(480, 150), QColor("white"))
    ring = theme.active().colour("good")
    assert near(mirrored.pixelColor(384, 150), ring) and near(mirrored.pixelColor(576, 150), ring)
    assert not near(mirrored.pixelColor(64, 150), ring)
    seen.view.set_mirrored(False)
    plain = seen.shot()
    assert near(plain.pixelColor(20, 20), red) and near(plain.pixelColor(620, 20), blue)
    assert near(plain.pixelColor(64, 150), ring) and near(plain.pixelColor(256, 150), ring)


def test_words_on_the_picture_are_the_same_in_a_mirror(seen: Seen) -> None:
    seen.live()
    seen.sights.frame.emit(Sight(picture()))
    seen.sights.read.emit(FoundCode(PRODUCT, "EAN-13"))
    seen.view._flash_over()
    bar = QRect(0, SIZE[1] - 20, SIZE[0], 20)
    mirrored = seen.shot().copy(bar)
    seen.view.set_mirrored(False)
    assert seen.shot().copy(bar) == mirrored
    # And there are words: the bar is not one colour, and not its own mirror.
    assert mirrored != mirrored.transformed(_mirror())
    assert seen.view.said() == "สินค้า"


def _mirror():
    from PySide6.QtGui import QTransform

    return QTransform().scale(-1, 1)


def test_a_read_flashes_in_the_good_colour_for_a_moment_and_its_words_stay_longer(seen: Seen, qtbot: QtBot) -> None:
    seen.live()
    seen.sights.frame.emit(Sight(picture()))
    before = seen.shot().pixelColor(3, 100)
    # Later than this test will be, and then at once: how long each of them is has its own assertion.
    words = seen.view._words_timer
    words.setInterval(600_000)
    began = FairTime()
    seen.bench.see(PRODUCT)
    good = theme.active().colour("good")
    assert not near(before, good)
    assert near(seen.shot().pixelColor(3, 100), good)
    # From the read to the colour there is one paint: far below what is felt.
    assert began.took_s < 0.1
    qtbot.waitUntil(lambda: not seen.view.flashing)
    assert began.passed_s >= 0.14 and words.remainingTime() > 0 and WORDS_MS == 1_500
    assert seen.view.said() == "สินค้า"
    assert not near(seen.shot().pixelColor(3, 100), good)
    words.setInterval(20)
    qtbot.waitUntil(lambda: seen.view.said() == "")


def test_nothing_is_asked_for_and_nothing_kept_while_it_is_not_seen(seen: Seen, qtbot: QtBot) -> None:
    assert seen.asked == [True]
    seen.live()
    seen.bench.see(PRODUCT)
    assert seen.view.has_picture
    seen.window.hide()
    assert seen.asked == [True, False]
    assert not seen.view.has_picture and not seen.view.flashing and not seen.sights.wanted
    # A frame on its way, and a read, change nothing.
    seen.sights.frame.emit(Sight(picture()))
    seen.sights.read.emit(FoundCode(PRODUCT, "EAN-13"))
    assert not seen.view.has_picture and not seen.view.flashing
    seen.window.show()
    assert seen.asked == [True, False, True]


def test_two_views_are_two_watchers(seen: Seen, qtbot: QtBot) -> None:
    other = CameraView(seen.sights, meaning_words, light_words, name="other", small=True)
    qtbot.addWidget(other)
    other.show()
    seen.window.hide()
    assert seen.sights.wanted
    other.hide()
    assert not seen.sights.wanted
    assert seen.asked == [True, False]


@pytest.mark.parametrize("light", list(CameraLight))
def test_without_a_picture_it_says_how_the_camera_stands_in_both_languages(seen: Seen, light: CameraLight) -> None:
    seen.live()
    seen.sights.frame.emit(Sight(picture()))
    seen.sights.light.emit(light)
    assert seen.view.has_picture == (light is CameraLight.LIVE)
    thai = light_words(light)
    i18n.set_language("en")
    seen.view.retranslate()
    english = light_words(light)
    assert all(a and b and a != b for a, b in zip(thai[1:], english[1:], strict=True))
    if light is not CameraLight.LIVE:
        assert seen.view.said() == english[1]
        assert seen.view.accessibleName() == english[1]


def test_the_words_of_a_read_do_not_outlast_the_camera(seen: Seen) -> None:
    seen.live()
    seen.bench.see(PRODUCT)
    seen.sights.light.emit(CameraLight.LOST)
    assert seen.view.said() == light_words(CameraLight.LOST)[1]


def test_a_tall_picture_keeps_its_shape(seen: Seen) -> None:
    seen.live()
    seen.sights.frame.emit(Sight(picture(360, 640)))
    where = seen.view.picture_rect()
    assert where.height() == SIZE[1] and abs(where.width() - SIZE[1] * 360 / 640) <= 1
    assert where.center().x() == pytest.approx(SIZE[0] / 2, abs=2)


def test_a_picture_with_a_code_and_its_words_is_painted_in_a_few_milliseconds(seen: Seen) -> None:
    seen.live()
    seen.bench.see(PRODUCT)
    canvas = QImage(*SIZE, QImage.Format.Format_RGB32)
    took = []  # of the processor: seconds of this thread
    for _ in range(30):
        began = time.thread_time()
        seen.view.render(canvas)
        took.append(time.thread_time() - began)
    # The best of them: what it costs where nothing else runs.
    assert min(took) <= 0.004
