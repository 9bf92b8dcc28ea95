"""Real key events of a real X server, the Thai layouts loaded: a reader's codes come whole, a person's text too."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import pytest

from pos_member.domain.codes import make_coupon_code, make_member_number
from pos_member.domain.keyboards import KEDMANEE_KEYS, US_KEYS, typed_on
from pos_member.domain.readers import Layout
from tests.e2e.x_keyboard import CONTROL, ENTER, TAB, Program, XKeyboard
from tests.hardware.scanning.test_keyboard_wedge import SCAN_CODES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="an X server is Linux's")
MEMBER_KEY = "00112233445566778899aabbccddeeff"
#: Group 0, 1, 2 of the keyboard.
LAYOUTS = ("us", "th", "th(pat)")
FIELDS = ("line", "text", "table", "button")
CLEAN = [""] * 3
#: What ends a code (ms): as tills have it, and where the program is told something in the middle of one, however busy
#: the machine is.
SILENCE, LONG_SILENCE = 90, 1_000


@pytest.fixture(scope="module")
def keyboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XKeyboard]:
    made = XKeyboard(tmp_path_factory.mktemp("x"))
    made.start()
    made.layouts(*LAYOUTS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def program(keyboard: XKeyboard) -> Iterator[Program]:
    made = Program(keyboard.name)
    assert made.comes(lambda state: state["active"])["active"], "the window never got the keyboard"
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh(keyboard: XKeyboard, program: Program) -> Iterator[None]:
    keyboard.group(0)
    keyboard.caps(on=False)
    program.tell("clear")
    program.tell(f"silence {SILENCE}")
    program.tell("focus line")
    yield


def scan(keyboard: XKeyboard, text: str, gap_ms: int, ending: int = ENTER) -> None:
    keyboard.type([SCAN_CODES[char] for char in text], gap_ms)
    if ending:
        keyboard.end(ending, gap_ms)
    keyboard.done()


@pytest.mark.parametrize("group", [0, 1, 2], ids=LAYOUTS)
@pytest.mark.parametrize("caps", [False, True], ids=["plain", "caps"])
def test_codes_come_whole_under_every_layout(keyboard: XKeyboard, program: Program, group: int, caps: bool) -> None:
    dice = random.Random(f"{group}{caps}")
    keyboard.group(group)
    keyboard.caps(on=caps)
    wanted = []
    for number in range(8):
        code = dice.choice((make_member_number(MEMBER_KEY, 7, number), make_coupon_code(dice.randrange)))
        program.tell(f"focus {FIELDS[number % len(FIELDS)]}")
        scan(keyboard, code, dice.randint(1, 12), ENTER if number % 2 else TAB)
        wanted.append(code)
    state = program.comes(lambda state: len(state["scans"]) >= len(wanted))
    assert state["scans"] == wanted
    assert state["texts"] == CLEAN and state["pressed"] == []
    assert state["by_keys"] == [True] * len(wanted)


@pytest.mark.parametrize("group", [0, 1, 2], ids=LAYOUTS)
def test_every_one_of_the_94_keys_is_known_by_where_it_is(keyboard: XKeyboard, program: Program, group: int) -> None:
    keyboard.group(group)
    # Another text every time: the same one at once would be an echo.
    text = US_KEYS[group:] + US_KEYS[:group]
    scan(keyboard, text, 3)
    state = program.comes(lambda state: bool(state["scans"]))
    assert state["scans"] == [text] and state["texts"] == CLEAN


@pytest.mark.parametrize(("group", "layout"), [(0, Layout.US), (1, Layout.KEDMANEE), (2, Layout.PATTACHOTE)])
@pytest.mark.parametrize("caps", [False, True], ids=["plain", "caps"])
def test_the_tables_are_the_server_s_and_caps_lock_leaves_thai_alone(
    keyboard: XKeyboard, program: Program, group: int, layout: Layout, caps: bool
) -> None:
    keyboard.group(group)
    keyboard.caps(on=caps)
    text = US_KEYS[group + 3 * caps + 3 :] + US_KEYS[: group + 3 * caps + 3]
    scan(keyboard, text, 3)
    wanted = typed_on(text, layout)
    wanted = wanted.swapcase() if caps and layout is Layout.US else wanted
    state = program.comes(lambda state: bool(state["scans"]))
    assert state["raw"] == [wanted]
    # By the keys, Caps Lock or not.
    assert state["scans"] == [text]


def test_a_person_s_words_pass_whole_and_in_order(keyboard: XKeyboard, program: Program) -> None:
    keyboard.group(1)
    dice, text = random.Random(7), "l;ylfu8iy[ 0812345678 1250.75"
    for place, char in enumerate(text):
        keyboard.key(SCAN_CODES[char][0], 25 if place % 7 == 3 else dice.randint(60, 110), shift=SCAN_CODES[char][1])
    keyboard.end(ENTER, 120)
    thai = dict(zip(US_KEYS, KEDMANEE_KEYS, strict=True))
    wanted = "".join(thai.get(char, char) for char in text)
    state = program.comes(lambda state: state["pressed"] == ["return"])
    assert state["texts"][0] == wanted and state["scans"] == [] and state["pressed"] == ["return"]


def test_a_program_that_stands_still_splits_nothing(keyboard: XKeyboard, program: Program) -> None:
    program.tell("silence 400")
    code = make_coupon_code(random.Random(1).randrange)
    for group in (0, 1, 2):
        keyboard.group(group)
        keyboard.type([SCAN_CODES[char] for char in code[:5]], 15)
        program.tell("stall 900")
        keyboard.type([SCAN_CODES[char] for char in code[5:]], 15)
        keyboard.end(ENTER, 15)
        state = program.comes(lambda state: bool(state["scans"]))
        assert state["scans"] == [code] and state["texts"] == CLEAN
        program.tell("clear")
        # The same code is heard again only after its half second.
        code = make_coupon_code(random.Random(group + 2).randrange)


def test_the_focus_moves_in_the_middle_of_a_code(keyboard: XKeyboard, program: Program) -> None:
    program.tell(f"silence {LONG_SILENCE}")
    code = make_member_number(MEMBER_KEY, 7, 500)
    keyboard.type([SCAN_CODES[char] for char in code[:6]], 20)
    program.tell("focus other")
    scan(keyboard, code[6:], 20)
    state = program.comes(lambda state: bool(state["scans"]))
    assert state["scans"] == [code] and state["texts"] == CLEAN and state["pressed"] == []


def test_a_dialog_opens_in_the_middle_of_a_code(keyboard: XKeyboard, program: Program) -> None:
    program.tell(f"silence {LONG_SILENCE}")
    code = make_member_number(MEMBER_KEY, 7, 501)
    keyboard.type([SCAN_CODES[char] for char in code[:6]], 20)
    keyboard.done()
    # A key that the window has not heard yet, or that comes to it while the dialog is on its way, is dropped by Qt.
    program.comes(lambda state: state["came"] == 6)
    program.tell("modal")
    assert program.comes(lambda state: state["dialog"])["dialog"]
    scan(keyboard, code[6:], 20)
    state = program.comes(lambda state: bool(state["scans"]))
    assert state["scans"] == [code] and set(state["texts"]) == {""}


def test_a_group_separator_inside_a_code_presses_no_shortcut(keyboard: XKeyboard, program: Program) -> None:
    """Readers send GS1's separator as Ctrl+]."""
    head, tail = "0108850999320007", "10ABC123"
    keyboard.type([SCAN_CODES[char] for char in head], 8)
    keyboard.key(SCAN_CODES["]"][0], 8, chord=CONTROL)
    scan(keyboard, tail, 8)
    state = program.comes(lambda state: bool(state["scans"]))
    assert state["scans"] == [f"{head}\x1d{tail}"]
    assert state["texts"] == CLEAN and state["pressed"] == []


def test_a_shortcut_of_a_person_is_pressed(keyboard: XKeyboard, program: Program) -> None:
    keyboard.key(SCAN_CODES["b"][0], 200, chord=CONTROL)
    keyboard.done()
    assert program.comes(lambda state: bool(state["pressed"]))["pressed"] == ["Ctrl+B"]
