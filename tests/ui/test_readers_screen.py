"""Cameras and readers set up by keys alone: what is shown is what came in, and what is saved is what was chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pos_member.domain.errors import Reason
from pos_member.domain.readers import (
    BurstReport,
    CameraSetup,
    Ending,
    FoundCamera,
    FoundReader,
    HeardKey,
    Layout,
    ReaderKind,
    ReaderSetup,
)
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning
from pos_member.ui import i18n
from pos_member.ui.notices import Tone
from pos_member.ui.ports import CameraLight, Sound, UiSettings
from pos_member.ui.readers.camera_part import CameraPart
from pos_member.ui.readers.keyboard_part import KeyboardPart
from pos_member.ui.readers.runs import Runs
from pos_member.ui.readers.serial_part import SerialPart
from pos_member.ui.readers.words import caps_lock, kind_words, layout_words, light_words, milliseconds, short
from pos_member.ui.scanning.feedback import tell
from pos_member.ui.screens.readers import ReadersScreen
from pos_member.ui.sights import CameraSights
from pos_member.wording import say_error
from tests.log_watch import ExpectLog
from tests.ui.reader_bench import ReaderBench, burst
from tests.ui.test_programs_fit import cut
from tests.ui.till_window import KEY, Driver

CONTROL = Qt.KeyboardModifier.ControlModifier
PRODUCT = "8850123456787"
WEBCAM, BUILT_IN = FoundCamera("1", "HD Webcam"), FoundCamera("0", "Built-in camera")
HANDHELD = FoundReader("/dev/ttyACM0", "0c2e:0b61/7", "Handheld 1470g")
DESK = FoundReader("COM7", "", "USB Serial Device")


class Page:
    """The page in the whole window, over cameras and readers in memory."""

    def __init__(self, driver: Driver, code: str = "1004", language: str = "th") -> None:
        self.driver = driver
        self.sights = CameraSights()
        self.bench = ReaderBench(self.sights, plugged=[BUILT_IN, WEBCAM], ports=[HANDHELD, DESK])
        driver.open(settings=UiSettings(language=language), sights=self.sights, reader_admin=lambda: self.bench)
        driver.sign_in(code)

    def keys(self, *names: str) -> None:
        """``Ctrl+9`` and the like, as they are printed on the buttons."""
        for name in names:
            ctrl, _, key = name.rpartition("+")
            self.driver.press(getattr(KEY, f"Key_{key}"), CONTROL if ctrl else Qt.KeyboardModifier.NoModifier)
            self.driver.settle()

    def open(self, part: int = 1) -> None:
        self.driver.press(KEY.Key_Comma, CONTROL)
        self.keys("Ctrl+9", f"Ctrl+{part}")

    @property
    def screen(self) -> ReadersScreen:
        screen = self.driver.window.navigation.current
        assert isinstance(screen, ReadersScreen)
        return screen

    @property
    def camera(self) -> CameraPart:
        part = self.screen.part
        assert isinstance(part, CameraPart)
        return part

    @property
    def keyboard(self) -> KeyboardPart:
        part = self.screen.part
        assert isinstance(part, KeyboardPart)
        return part

    @property
    def serial(self) -> SerialPart:
        part = self.screen.part
        assert isinstance(part, SerialPart)
        return part

    def said(self, name: str) -> str:
        return self.driver.said(name)

    def hear(self, *reports: BurstReport) -> None:
        for report in reports:
            self.driver.window.shell.heard.emit(report)


@pytest.fixture
def page(driver: Driver) -> Page:
    return Page(driver)


# --- the page -----------------------------------------------------------------------------------------------


def test_it_is_found_from_the_settings_and_left_by_esc(page: Page) -> None:
    page.open()
    assert page.said("readers_head") == "เครื่องอ่านและกล้อง"
    for part, name in ((2, "keyboard"), (3, "serial"), (1, "camera")):
        page.keys(f"Ctrl+{part}")
        assert page.screen.part.name == name
        # The line above the keys tells those of the part.
        assert page.driver.window.strip._text.text() == page.screen.part.hint()
    page.keys("Escape")
    assert page.driver.window.navigation.current is page.driver.sell


@pytest.mark.parametrize("part", [1, 2, 3])
def test_no_scan_leaves_the_page_and_none_lands_on_the_bill(page: Page, part: int) -> None:
    page.open(part)
    page.driver.scan(page.driver.world.product("latte").barcode)
    page.driver.scan("https://example.com/menu")
    page.driver.window.code_read.emit(page.driver.world.enrol().number)
    page.driver.qtbot.waitUntil(lambda: "บัตรสมาชิก" in page.driver.window.strip._text.text())
    page.driver.settle()
    assert isinstance(page.driver.window.navigation.current, ReadersScreen)
    assert page.driver.desk.draft.empty


def test_a_cashier_looks_and_tries_and_changes_nothing(driver: Driver) -> None:
    page = Page(driver, "1001")
    page.bench.saved = (ReaderSetup("r", "โต๊ะ", ReaderKind.KEYBOARD),)
    page.open()
    assert "ผู้จัดการ" in page.said("readers_only_look")
    page.keys("Up", "Return", "Ctrl+M")
    page.keys("Ctrl+2")
    page.hear(burst(PRODUCT))
    assert page.said("reader_box_keys").startswith("8")
    page.keys("Ctrl+T", "Tab", "Return", "Delete")
    page.keys("Ctrl+3", "Return", "Delete", "Return")
    assert page.bench.uses == [] and [each.key for each in page.bench.saved] == ["r"]
    page.keys("Ctrl+T")
    assert page.bench.listened == {HANDHELD.address}


def test_without_devices_to_set_up_it_opens_all_the_same(driver: Driver) -> None:
    driver.open()
    driver.sign_in("1004")
    for part in ("camera", "keyboard", "serial"):
        driver.window.shell.open("readers", part=part)
        driver.settle()
        driver.press(KEY.Key_Return)
        driver.settle()
    driver.press(KEY.Key_Escape)
    assert driver.window.navigation.current is driver.sell


# --- the camera ---------------------------------------------------------------------------------------------


def test_a_camera_is_chosen_by_name_with_arrows_and_enter(page: Page) -> None:
    page.open()
    assert [page.camera._name_of(each) for each in page.camera.table.shown_rows()] == [
        "Built-in camera",
        "HD Webcam",
        "ไม่ใช้กล้อง",
    ]
    assert page.driver.window.findChild(QWidget, "camera_use").text().strip() == "ปิดกล้อง  Enter"
    page.keys("Up", "Return")
    assert page.bench.setup == CameraSetup("1", "HD Webcam")
    assert page.sights.standing is CameraLight.LIVE and page.sights.wanted
    page.bench.see()
    assert page.camera.view.has_picture
    assert "ภาพแรกขึ้นใน" in page.said("camera_facts")
    assert "zxing-cpp (ใช้ไม่ได้: zbar)" in page.said("camera_facts")
    page.keys("Down", "Return")
    assert page.bench.setup.where == "" and page.sights.standing is CameraLight.NONE
    assert page.said("camera_view") == light_words(CameraLight.NONE)[1]


def test_what_is_held_before_the_camera_is_said_in_words(page: Page) -> None:
    page.open()
    page.keys("Up", "Return")
    member = page.driver.world.enrol()
    page.bench.see(member.number)
    facts = page.said("camera_facts")
    assert member.number in facts and "บัตรสมาชิก" in facts and "QR · zxing-cpp · 3.4 มิลลิวินาที" in facts
    assert page.camera.view.flashing
    signed = "6" + "1" * 221
    page.bench.see(signed)
    assert "(222 ตัว)" in page.said("camera_facts")


def test_sliders_turn_the_camera_at_once_and_are_kept(page: Page) -> None:
    page.open()
    page.keys("Up", "Return")
    rows = page.camera.rows
    assert all(row.isVisible() for row in rows.values())
    page.keys("Ctrl+4")
    assert rows["brightness"].slider.hasFocus()
    page.keys("Right")
    turned = rows["brightness"].slider.value()
    assert turned > 128 and page.bench.controls["brightness"].value == turned
    assert page.bench.setup.brightness is None
    page.driver.qtbot.waitUntil(lambda: page.bench.setup.brightness == turned)
    # What the camera decides itself, a person takes over by moving it, and gives back.
    assert rows["exposure"].automatic.isChecked()
    page.keys("Ctrl+5", "Left")
    assert not rows["exposure"].automatic.isChecked()
    assert page.bench.controls["exposure"].value is not None
    page.keys("Tab", "Return")
    assert rows["exposure"].automatic.isChecked() and page.bench.controls["exposure"].value is None
    page.keys("Ctrl+6", "Right")
    focus = page.bench.controls["focus"].value
    assert focus is not None and focus % 5 == 0
    # Leaving at once loses nothing.
    page.keys("Escape")
    page.driver.settle()
    assert page.bench.setup.focus == focus and page.bench.setup.exposure is None


def test_another_camera_begins_with_settings_of_its_own(page: Page) -> None:
    page.bench.setup = CameraSetup("0", "Built-in camera", mirrored=False, brightness=200)
    page.open()
    assert page.camera.table.current().camera == BUILT_IN
    page.keys("Down", "Return")
    assert page.bench.setup == CameraSetup("1", "HD Webcam", mirrored=False)


def test_the_mirror_is_a_choice_and_kept(page: Page) -> None:
    page.open()
    page.keys("Up", "Return")
    assert page.camera.view.mirrored
    page.keys("Ctrl+M")
    assert page.bench.setup == CameraSetup("1", "HD Webcam", mirrored=False)
    assert not page.camera.view.mirrored


def test_a_search_can_be_stopped_and_begun_again(page: Page) -> None:
    page.bench.slow = True
    page.driver.press(KEY.Key_Comma, CONTROL)
    page.driver.press(KEY.Key_9, CONTROL)
    page.driver.qtbot.waitUntil(lambda: page.camera.busy("find"))
    assert "กำลังค้นหา" in page.said("camera_told")
    page.keys("Escape")
    assert not page.camera.busy("find")
    assert "ไม่พบกล้อง" in page.said("camera_told")
    page.bench.slow = False
    page.keys("Ctrl+F")
    assert page.said("camera_told") == "พบกล้อง 2 ตัว"


def test_a_camera_that_is_not_there_stays_in_the_list(page: Page) -> None:
    page.bench.setup = CameraSetup("4", "Old webcam")
    page.sights.light.emit(CameraLight.LOST)
    page.open()
    row = page.camera.table.current()
    assert page.camera._name_of(row) == "Old webcam" and page.camera._state_of(row) == "ตั้งไว้ แต่ตอนนี้ไม่พบ"
    assert "เสียบใหม่" in page.said("camera_view_advice") and page.said("camera_view") == "กล้องหลุด"


def test_of_two_cameras_of_one_name_the_one_chosen_is_in_use(page: Page) -> None:
    page.bench.plugged = [FoundCamera("0", "USB Camera"), FoundCamera("2", "USB Camera")]
    page.bench.setup = CameraSetup("2", "USB Camera")
    page.open()
    rows = page.camera.table.shown_rows()
    assert [page.camera._used(each) for each in rows] == [False, True, False]
    page.bench.plugged = [FoundCamera("1", "USB Camera")]
    page.keys("Ctrl+F")
    assert page.camera._used(page.camera.table.shown_rows()[0])


def test_what_cannot_be_kept_is_said_and_taken_back(page: Page, expected_logs: ExpectLog) -> None:
    expected_logs("on lane setup")
    page.bench.read_only = True
    page.open()
    page.keys("Up", "Return")
    notice = page.driver.window.strip.notice
    assert notice is not None and notice.tone is Tone.BAD and "till.json" in notice.text
    assert page.camera._used(page.camera.table.shown_rows()[-1])


def test_nobody_watches_once_the_page_is_left(page: Page) -> None:
    page.open()
    page.keys("Up", "Return", "Ctrl+2")
    assert not page.sights.wanted
    page.keys("Ctrl+1")
    assert page.sights.wanted
    page.driver.key(1)
    assert not page.sights.wanted


# --- readers that type --------------------------------------------------------------------------------------


def test_what_a_reader_typed_is_shown_key_by_key_and_what_it_was_taken_for(page: Page) -> None:
    page.bench.saved = (ReaderSetup("k", "เคาน์เตอร์", ReaderKind.KEYBOARD, prefix="~"),)
    page.open(2)
    member = page.driver.world.enrol()
    page.hear(burst(member.number, gap_ms=12, reader="k"))
    keys = page.said("reader_box_keys").splitlines()
    assert keys[0] == f"{member.number[0]} 0A" and keys[1].endswith("0B 12") and keys[-1] == "Enter 24 12"
    assert page.said("reader_box_head") == "นี่คือเคาน์เตอร์"
    facts = page.said("reader_facts")
    for part in (member.number, "บัตรสมาชิก", "อังกฤษ (US) · อ่านจากเลขปุ่ม", "~ … – · Enter", "12 มิลลิวินาที"):
        assert part in facts


def test_a_person_is_told_from_a_reader(page: Page) -> None:
    page.open(2)
    page.hear(burst("0812345678", gap_ms=140, taken="typed", ending=Ending.SILENCE))
    assert page.said("reader_box_head") == "นี่คือคนพิมพ์"
    assert "140 มิลลิวินาที" in page.said("reader_facts")


def test_thai_without_physical_keys_is_warned_of_and_with_them_it_is_not(page: Page) -> None:
    page.open(2)
    thai = "คคถ/ๅ/จตุถึคุ"
    page.hear(burst(PRODUCT, raw=thai, layout=Layout.KEDMANEE, by_keys=False))
    assert "พอร์ตอนุกรม" in page.said("reader_advice")
    assert page.driver.window.findChild(QWidget, "reader_advice").isVisible()
    page.hear(burst(PRODUCT, raw=thai, layout=Layout.KEDMANEE, by_keys=True))
    assert not page.driver.window.findChild(QWidget, "reader_advice").isVisible()
    assert "ไทย เกษมณี" in page.said("reader_facts")


def test_three_scans_a_name_and_enter_teach_a_reader(page: Page) -> None:
    page.open(2)
    page.keys("Ctrl+T")
    for left in (3, 2, 1):
        assert f"อีก {left} ครั้ง" in page.said("reader_steps")
        page.hear(burst(PRODUCT, gap_ms=20))
    assert Sound.READ in page.driver.sounds
    page.keys("Return")
    assert page.bench.saved == ()  # not without a name
    page.driver.type("Counter")
    page.keys("Ctrl+4", "Return")
    assert [(each.name, each.gap_max_ms, each.ending) for each in page.bench.saved] == [("Counter", 40, Ending.EITHER)]
    assert "Counter" in page.driver.window.strip._text.text()
    assert page.keyboard.box.hasFocus()


def test_a_second_reader_does_not_take_the_place_of_the_first(page: Page) -> None:
    page.bench.saved = (ReaderSetup("s", "พอร์ต", ReaderKind.SERIAL, address="COM1"),)
    page.open(2)
    for name in ("A", "B"):
        page.keys("Ctrl+T")
        page.hear(*[burst(PRODUCT)] * 3)
        page.driver.type(name)
        page.keys("Return")
    # The reader on a port is kept as it was.
    assert [each.name for each in page.bench.saved] == ["พอร์ต", "A", "B"]
    assert len({each.key for each in page.bench.saved}) == 3


def test_a_reader_that_cannot_be_told_from_a_person_is_refused_with_what_to_do(page: Page) -> None:
    page.open(2)
    page.keys("Ctrl+T")
    for _ in range(3):
        page.hear(burst(PRODUCT, gap_ms=120, taken="typed"))
        page.keyboard._runs.end()
    assert "120" in page.said("reader_advice") and Sound.INVALID in page.driver.sounds
    assert page.bench.saved == ()
    page.keys("Ctrl+T")
    page.hear(burst(PRODUCT), burst(PRODUCT), burst("4006381333931"))
    assert page.said("reader_advice") == say_error_of(Reason.READER_UNCLEAR)


def say_error_of(reason: Reason) -> str:
    from pos_member.domain.errors import Refusal

    return say_error(Refusal(reason), "th")


def test_keys_too_slow_for_any_run_are_heard_and_press_nothing(page: Page) -> None:
    page.bench.saved = (ReaderSetup("k", "เคาน์เตอร์", ReaderKind.KEYBOARD),)
    page.open(2)
    page.keys("Ctrl+T")
    box = page.keyboard.box
    assert box.hasFocus()
    now = [10.0]
    page.keyboard._runs._clock = lambda: now[0]
    for _ in range(3):
        for char in PRODUCT:
            now[0] += 0.2
            QTest.sendKeyEvent(QTest.KeyAction.Click, box, Qt.Key.Key_unknown, char, Qt.KeyboardModifier.NoModifier)
        # Its ending neither presses a button nor walks on.
        QTest.keyClick(box, KEY.Key_Return)
        QTest.keyClick(box, KEY.Key_Tab)
        assert box.hasFocus()
        page.keyboard._runs.end()
    assert "200" in page.said("reader_advice")


def test_typed_keys_that_were_reported_are_not_told_twice() -> None:
    runs, grew, ended = Runs(), [], []
    runs.grew.connect(grew.append)
    runs.ended.connect(ended.append)
    report = burst("hello", taken="typed", ending=Ending.SILENCE)
    runs.hear(report)
    for char in "hello":
        runs.key(char, 0, False)
    assert [each.raw for each in grew] == ["hello"]
    runs.key("!", 0, False)
    runs.end()
    assert [each.raw for each in ended] == ["hello!"] or [each.raw for each in ended] == ["hello", "!"]


def test_teaching_is_left_by_esc_and_by_its_own_key(page: Page) -> None:
    page.open(2)
    page.keys("Ctrl+T", "Escape")
    assert page.keyboard._scans is None and isinstance(page.driver.window.navigation.current, ReadersScreen)
    page.keys("Ctrl+T", "Ctrl+T")
    assert page.keyboard._scans is None
    page.hear(*[burst(PRODUCT)] * 3)
    assert page.keyboard._stack.currentIndex() == 0


def test_a_reader_is_changed_and_removed_by_keys(page: Page) -> None:
    page.bench.saved = (
        ReaderSetup("a", "หนึ่ง", ReaderKind.KEYBOARD),
        ReaderSetup("b", "สอง", ReaderKind.KEYBOARD, prefix=" ["),
    )
    page.open(2)
    page.keys("Down", "Down", "Return")
    form = page.keyboard.form
    assert form.name.text() == "สอง" and form.prefix.edit.text() == " ["
    page.keys("Tab", "Tab")
    page.driver.type("]")
    page.keys("Ctrl+6", "Return")
    changed = page.bench.saved[1]
    assert (changed.prefix, changed.suffix, changed.ending) == (" [", "]", Ending.TAB)
    page.keyboard.table.setFocus()
    page.keys("Return", "Escape")
    assert page.keyboard._stack.currentIndex() == 0
    page.keyboard.table.setFocus()
    page.keys("Delete")
    assert [each.key for each in page.bench.saved] == ["a"]
    page.keyboard.table.setFocus()
    page.keys("Return")
    page.driver.click("reader_remove")
    page.driver.settle()
    assert page.bench.saved == ()


# --- serial readers -----------------------------------------------------------------------------------------


def test_a_port_is_listened_to_and_what_comes_is_shown_as_bytes_and_code(page: Page) -> None:
    page.open(3)
    assert [each.address for each in page.serial.table.shown_rows()] == ["/dev/ttyACM0", "COM7"]
    page.keys("Down", "Ctrl+T")
    assert page.bench.listened == {"COM7"} and page.said("serial_state") == "กำลังฟัง"
    page.bench.send("COM7", PRODUCT.encode() + b"\r\n")
    page.driver.qtbot.waitUntil(lambda: PRODUCT in page.said("serial_facts"))
    assert page.said("serial_bytes").splitlines()[0] == "8 38"
    assert page.said("serial_bytes").splitlines()[-2:] == ["CR 0D", "LF 0A"]
    assert "สินค้า" in page.said("serial_facts") and page.driver.sounds[-1] is Sound.READ
    page.bench.send("COM7", b"88\x1d\x80")
    page.driver.qtbot.waitUntil(lambda: "นับเฉพาะรหัสที่ครบ" in page.said("serial_facts"))
    assert page.said("serial_bytes").splitlines()[-2:] == ["GS 1D", "· 80"]
    page.keys("Escape")
    assert page.bench.listened == set()
    assert isinstance(page.driver.window.navigation.current, ReadersScreen)


@pytest.mark.parametrize("way", ["Escape", "Ctrl+1", "tab away"])
def test_the_port_is_let_go_however_the_part_is_left(page: Page, way: str) -> None:
    page.open(3)
    page.keys("Ctrl+T")
    assert page.bench.listened == {"/dev/ttyACM0"}
    if way == "tab away":
        page.driver.key(1)
    else:
        page.keys(way)
    page.driver.settle()
    assert page.bench.listened == set()


def test_a_port_opened_after_nobody_wants_it_is_closed_at_once(page: Page) -> None:
    page.open(3)
    page.bench.slow = True
    page.driver.window.shell.runner.run("setup", lambda: page.bench.cameras(lambda: False), page.serial, _nothing.take)
    page.driver.press(KEY.Key_T, CONTROL)
    page.driver.press(KEY.Key_T, CONTROL)
    page.bench.searching.set()
    page.driver.settle()
    assert page.bench.listened == set() and page.said("serial_state") == "ยังไม่ได้ฟัง"


class _Nothing:
    def take(self, found: object) -> None:
        """What was found does not matter."""


_nothing = _Nothing()


@pytest.mark.parametrize(("trouble", "words"), [("absent", "ไม่พบเครื่องอ่านที่พอร์ต"), ("busy", "มีโปรแกรมอื่นใช้อยู่")])
def test_a_port_that_does_not_open_says_why_beside_it(
    page: Page, expected_logs: ExpectLog, trouble: str, words: str
) -> None:
    expected_logs("on lane setup")
    page.open(3)
    if trouble == "absent":
        page.bench.ports = []
    else:
        page.bench.taken = {"/dev/ttyACM0"}
    page.keys("Ctrl+T")
    assert words in page.said("serial_head") and "/dev/ttyACM0" in page.said("serial_head")
    assert page.said("serial_state") == "ยังไม่ได้ฟัง"


def test_a_reader_on_a_port_is_named_saved_and_removed_by_keys(page: Page) -> None:
    page.open(3)
    page.keys("Ctrl+T", "Ctrl+7")
    assert page.bench.listened == {"/dev/ttyACM0"}
    page.serial.table.setFocus()
    page.keys("Return")
    page.driver.type("Desk")
    page.keys("Return")
    saved = page.bench.saved[0]
    assert (saved.name, saved.kind, saved.address, saved.identity, saved.baud) == (
        "Desk",
        ReaderKind.SERIAL,
        "/dev/ttyACM0",
        "0c2e:0b61/7",
        115_200,
    )
    # The till has the port from here on.
    assert page.bench.listened == set()
    # On another port it is the same reader.
    page.bench.ports = [FoundReader("/dev/ttyACM3", "0c2e:0b61/7", "Handheld 1470g")]
    page.keys("Ctrl+F")
    assert [page.serial._state_of(each) for each in page.serial.table.shown_rows()] == ["ใช้อยู่"]
    page.serial.table.setFocus()
    page.keys("Delete")
    assert page.bench.saved == ()


def test_a_reader_that_is_not_plugged_in_says_so_when_listened_to_and_can_be_removed(
    page: Page, expected_logs: ExpectLog
) -> None:
    expected_logs("reader_absent")
    page.bench.ports = []
    page.bench.saved = (ReaderSetup("s", "ตั้งโต๊ะ", ReaderKind.SERIAL, address="COM3"),)
    page.open(3)
    assert page.serial._state_of(page.serial.table.current()) == "ไม่ได้เสียบอยู่"
    page.keys("Ctrl+T")
    assert page.bench.listened == set() and "COM3" in page.said("serial_head")
    page.keys("Delete")
    assert page.bench.saved == ()


# --- the counter --------------------------------------------------------------------------------------------


def test_without_a_camera_the_counter_shows_none_and_gives_it_no_room(page: Page) -> None:
    assert page.driver.window.findChild(QWidget, "sell_camera") is None
    assert page.driver.window.findChild(QWidget, "member_none").isVisible()
    page.keys("Ctrl+K")
    assert "Ctrl+9" in page.driver.window.strip._text.text()


def test_the_counter_shows_the_camera_until_somebody_is_on_the_bill(page: Page) -> None:
    member = page.driver.world.enrol()
    page.bench.use_camera(CameraSetup("1", "HD Webcam", mirrored=False))
    page.driver.settle()
    view = page.driver.window.findChild(QWidget, "sell_camera")
    assert view is not None and view.isVisible() and page.sights.wanted and not view.mirrored
    page.bench.see(member.number)
    assert view.flashing and page.said("entry_reading") == "อ่านได้: บัตรสมาชิก"
    page.driver.window.code_read.emit(member.number)
    page.driver.qtbot.waitUntil(lambda: page.driver.desk.draft.member_id == member.id)
    page.driver.settle()
    assert not view.isVisible() and not page.sights.wanted
    # A coupon held before it now is told in words all the same.
    page.bench.see(PRODUCT)
    assert page.said("entry_reading") == "อ่านได้: สินค้า"
    page.driver.qtbot.waitUntil(lambda: "10 หลัก" in page.said("entry_reading"))
    page.driver.press(KEY.Key_M, CONTROL)
    page.driver.settle()
    assert view.isVisible() and page.sights.wanted


def test_what_is_refused_at_the_counter_is_not_told_in_green(page: Page) -> None:
    page.bench.use_camera(CameraSetup("1", "HD Webcam"))
    page.driver.settle()
    reading = page.driver.window.findChild(QLabel, "entry_reading")
    page.bench.see(PRODUCT)
    assert reading.property("tone") == "good"
    page.bench.see("https://example.com/menu")
    assert reading.property("tone") == "bad"
    # A code that looked well, and is nobody's.
    unknown = page.driver.world.enrol().number
    page.bench.see(unknown)
    assert reading.property("tone") == "good"
    tell(page.driver.window.shell, Sound.UNKNOWN, "ไม่พบ")
    assert reading.property("tone") == "bad" and page.said("entry_reading") == "อ่านได้: บัตรสมาชิก"


def test_the_picture_at_the_counter_can_be_hidden_and_comes_back(page: Page) -> None:
    page.bench.use_camera(CameraSetup("1", "HD Webcam"))
    page.driver.settle()
    view = page.driver.window.findChild(QWidget, "sell_camera")
    page.keys("Ctrl+K")
    assert not view.isVisible() and not page.sights.wanted
    assert page.driver.window.findChild(QWidget, "member_none").isVisible()
    page.sights.light.emit(CameraLight.LOST)
    page.sights.light.emit(CameraLight.LIVE)
    assert not view.isVisible()
    page.keys("Ctrl+K")
    assert view.isVisible()
    page.bench.use_camera(CameraSetup())
    page.driver.settle()
    assert not view.isVisible() and page.driver.window.findChild(QWidget, "member_none").isVisible()


def test_the_head_tells_of_the_camera_at_once(page: Page) -> None:
    page.sights.light.emit(CameraLight.BUSY)
    badges = [each for each in page.driver.window.header.findChildren(QWidget) if each.isVisible()]
    assert any(getattr(each, "said", str)() == "กล้องถูกใช้อยู่" for each in badges)


# --- words and sizes ----------------------------------------------------------------------------------------


def test_every_kind_of_code_has_words_in_both_languages(themed: QApplication) -> None:
    meanings = [ScanMeaning(kind, "1", "1") for kind in ScanKind]
    meanings += [ScanMeaning(ScanKind.MISTYPED, "1", "1", looks_like=kind) for kind in ScanKind]
    thai = [kind_words(each) for each in meanings]
    i18n.set_language("en")
    english = [kind_words(each) for each in meanings]
    assert all(a and b and a != b for a, b in zip(thai, english, strict=True))


def test_caps_lock_times_and_long_codes_in_words(themed: QApplication) -> None:
    i18n.set_language("en")
    shouted = BurstReport("scan", (HeardKey("A", 30, 0), HeardKey("b", 48, 9, shift=True)), "Ab", "aB", 9,
                          Ending.ENTER, Layout.US)  # fmt: skip
    assert caps_lock(shouted) and layout_words(shouted) == "US (English), Caps Lock on"
    assert not caps_lock(burst("123"))
    assert (milliseconds(3_450), milliseconds(16_499), milliseconds(16_500)) == ("3.4 ms", "16 ms", "17 ms")
    assert short("12\r") == "12[CR]" and short("6" * 222) == "666666666666…6666 (222 characters)"


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("size", [(1024, 700), (1366, 768)])
def test_everything_fits(driver: Driver, language: str, size: tuple[int, int]) -> None:
    page = Page(driver, language=language)
    page.bench.saved = (ReaderSetup("k", "เครื่องอ่านหน้าเคาน์เตอร์", ReaderKind.KEYBOARD, prefix="~"),)
    page.driver.window.resize(*size)
    page.open()
    page.keys("Up", "Return")
    page.bench.see(driver.world.enrol().number)
    fits(page, size, "camera")
    page.sights.light.emit(CameraLight.BUSY)
    fits(page, size, "camera busy")
    page.keys("Ctrl+2")
    page.hear(burst(PRODUCT, raw="คคถ/ๅ/จตุถึคุ", layout=Layout.KEDMANEE, by_keys=False, reader="k"))
    fits(page, size, "reader")
    page.keys("Ctrl+T")
    page.hear(*[burst("6" * 222)] * 3)
    fits(page, size, "form")
    page.keys("Ctrl+3", "Ctrl+T")
    page.bench.send("/dev/ttyACM0", b"6" * 222 + b"\r\n")
    page.driver.settle()
    fits(page, size, "serial")


def fits(page: Page, size: tuple[int, int], what: str) -> None:
    page.driver.settle()
    QApplication.processEvents()
    assert page.driver.window.size().toTuple() == size
    assert (what, cut(page.screen)) == (what, [])
    squeezed = [
        f"{label.objectName()}: {label.text()}"
        for label in page.screen.findChildren(QLabel)
        if label.isVisible() and label.wordWrap() and label.height() < label.heightForWidth(label.width())
    ]
    assert (what, squeezed) == (what, [])
