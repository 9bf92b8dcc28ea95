"""The till's own window, composed as it is shipped, where something outside is missing: a printer, the shop's data."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from pos_member.app.composition import enrol_till
from pos_member.app.seeding import demo_data, seed_office
from pos_member.app.settings import TillSettings
from pos_member.app.window import TillProgram
from pos_member.domain.permission import Session
from pos_member.headoffice import admin
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice
from tests.e2e.commands import assert_clean, demo_till
from tests.log_watch import ExpectLog
from tests.patience import PATIENCE_MS, PATIENCE_S
from tests.ports import held_port

pytestmark = [
    pytest.mark.qt_log_level_fail("WARNING"),
    # Said by the offscreen platform of every window.
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]


@contextmanager
def open_window(folder: Path, settings: TillSettings, qtbot: QtBot) -> Iterator[TillProgram]:
    """The program, its window shown and starting."""
    program = TillProgram(folder, settings)
    # Whether a lane ends is tried; how soon, on a machine that does other things too, is not.
    stop = partial(program.runner.stop, PATIENCE_S / 2)
    try:
        program.window.resize(1366, 768)
        program.window.show()
        program.start()
        yield program
    finally:
        with patch.object(program.runner, "stop", stop):
            program.close()


def shown(program: TillProgram, name: str) -> QWidget | None:
    """The visible widget of this name."""
    return next((each for each in program.window.findChildren(QWidget, name) if each.isVisible()), None)


def notice(program: TillProgram) -> str:
    """What the strip says."""
    label = program.window.findChild(QLabel, "notice_text")
    assert label is not None
    return label.text()


def keys(program: TillProgram, text: str) -> None:
    """Typed into whatever has the focus."""
    QTest.keyClicks(program.window.focusWidget() or program.window, text)


def enter(program: TillProgram) -> None:
    """Go on."""
    QTest.keyClick(program.window.focusWidget() or program.window, Qt.Key.Key_Return)


def sign_in(program: TillProgram, qtbot: QtBot) -> None:
    """The demo's first cashier."""
    qtbot.waitUntil(lambda: program.window.shell.ready, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(program, "sign_in_pin") is not None, timeout=PATIENCE_MS)
    settled(program, qtbot)
    keys(program, demo_data().pins["1001"])
    enter(program)
    qtbot.waitUntil(lambda: program.window.shell.session is not None, timeout=PATIENCE_MS)
    settled(program, qtbot)


def manager_of(program: TillProgram) -> Session:
    """Somebody who may do everything at this till; who stands at the window stays who they are."""
    assert program.till is not None
    return program.till.services.staff.sign_in("1004", demo_data().pins["1004"])


def settled(program: TillProgram, qtbot: QtBot) -> None:
    """Until the database has nothing more to do for the window."""
    runner = program.window.shell.runner
    qtbot.waitUntil(lambda: not runner.busy("db") and program.window.desk.idle, timeout=PATIENCE_MS)


def test_a_printer_that_is_off_stops_no_sale_and_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    folder = demo_till(tmp_path / "till")
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
        port = nobody.getsockname()[1]
    with open_window(folder, TillSettings(language="en", printer=f"127.0.0.1:{port}"), qtbot) as program:
        sign_in(program, qtbot)
        keys(program, "120")
        enter(program)
        settled(program, qtbot)
        # A printer that is off is known before anything is sold to it or only after: the sale goes on all the same.
        keys(program, "+")
        qtbot.waitUntil(lambda: program.window.desk.last is not None, timeout=PATIENCE_MS)
        last = program.window.desk.last
        assert last is not None and last.bill.total_satang == 120_00
        badge = program.window.findChild(QWidget, "header_printer")
        assert badge is not None

        def told() -> bool:
            program.window.shell.refresh_badges()
            return program._printer_state().reason == "printer_unreachable"

        qtbot.waitUntil(told, timeout=PATIENCE_MS)
        settled(program, qtbot)
        qtbot.waitUntil(lambda: "1" in badge.accessibleName(), timeout=PATIENCE_MS)
        assert program.till is not None
        assert program.till.store.facts.bill(last.bill.id) == last.bill
    assert_clean(folder)


def test_a_till_without_its_shop_opens_by_itself_when_the_data_comes(
    qtbot: QtBot, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """Head office's data is set aside where it is damaged: the window says so, and needs nobody when it is back."""
    expected_logs("replica.db cannot be used")
    expected_logs("shop_not_loaded")
    url = f"sqlite:///{tmp_path / 'headoffice.db'}"
    seed_office(url, 20)
    folder = tmp_path / "till"
    with held_port() as port, ExitStack() as stack:
        office = RunningHeadOffice(HeadOfficeSettings(url), port=port)
        office.start(PATIENCE_S)
        enrol_till(folder, office.url, admin.enrol_code(url, demo_data().branches[0].code))
        office.stop(PATIENCE_S)
        (folder / "replica.db").write_bytes(b"damaged beyond reading" * 500)
        program = stack.enter_context(open_window(folder, TillSettings(language="en"), qtbot))
        qtbot.waitUntil(lambda: "has not come to this till" in notice(program), timeout=PATIENCE_MS)
        assert not program.window.shell.ready
        back = RunningHeadOffice(HeadOfficeSettings(url), port=port)
        back.start(PATIENCE_S)
        stack.callback(back.stop, PATIENCE_S)
        program.network.look()
        sign_in(program, qtbot)
        assert notice(program) == "" or "has not come" not in notice(program)
    assert_clean(folder)
