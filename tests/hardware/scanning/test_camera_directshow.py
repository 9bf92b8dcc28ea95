"""The list of cameras of Windows, spoken to through tables of functions that are made here."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from pos_member.domain.readers import FoundCamera
from pos_member.hardware.scanning.directshow import DirectShowCameras, Variant, WindowsCom

_Answer = Callable[..., int]
_POINTER = ctypes.c_void_p


class Thing:
    """An object of COM: a pointer to a table of functions, the places of which count from 0."""

    def __init__(self, com: FakeCom, functions: dict[int, tuple[list[Any], _Answer]]) -> None:
        self.released = 0
        self._kept: list[Any] = []
        table = (_POINTER * 12)()
        for place, (kinds, answer) in {2: ([], self._release), **functions}.items():
            made = com.function(ctypes.c_long, _POINTER, *kinds)(lambda this, *given, answer=answer: answer(*given))
            self._kept.append(made)
            table[place] = ctypes.cast(made, _POINTER).value
        self._cell = _POINTER(ctypes.addressof(table))
        self._kept.append(table)
        self.pointer = ctypes.addressof(self._cell)
        com.things.append(self)

    def _release(self) -> int:
        self.released += 1
        return 0


class FakeCom:
    """Cameras by their names; None is one that says none."""

    function = staticmethod(ctypes.CFUNCTYPE)

    def __init__(self, names: list[str | None], trouble: str = "") -> None:
        self.things: list[Thing] = []
        self.trouble = trouble
        self.asked: list[bytes] = []
        self.began = self.ended = self.cleared = 0
        self._texts: list[Any] = []
        self._cameras = [self._camera(name) for name in names]
        self._left = list(self._cameras)

    def _camera(self, name: str | None) -> Thing:
        def read(key: str, value: int, log: int | None) -> int:
            assert key == "FriendlyName"
            if name is None:
                return -2147024894
            text = ctypes.create_unicode_buffer(name)
            self._texts.append(text)
            filled = Variant.from_address(value)
            filled.kind, filled.value = 8, ctypes.addressof(text)
            return 0

        bag = Thing(self, {3: ([ctypes.c_wchar_p, _POINTER, _POINTER], read)})

        def bind(context: int, left: int, kind: bytes, out: int) -> int:
            _POINTER.from_address(out).value = bag.pointer
            return 0

        return Thing(self, {9: ([_POINTER, _POINTER, ctypes.c_char_p, _POINTER], bind)})

    def create(self, kind: bytes, interface: bytes) -> int | None:
        self.asked += [kind, interface]
        if self.trouble == "create":
            return None

        def next_one(count: int, out: int, fetched: int) -> int:
            if not self._left:
                return 1
            _POINTER.from_address(out).value = self._left.pop(0).pointer
            return 0

        cameras = Thing(self, {3: ([ctypes.c_ulong, _POINTER, _POINTER], next_one)})

        def enumerator(category: bytes, out: int, flags: int) -> int:
            if not self._cameras:
                return 1
            _POINTER.from_address(out).value = cameras.pointer
            return 0

        return Thing(self, {3: ([ctypes.c_char_p, _POINTER, ctypes.c_ulong], enumerator)}).pointer

    def begin(self) -> bool:
        self.began += 1
        if self.trouble == "begin":
            raise OSError("not today")
        return self.trouble != "begun"

    def end(self) -> None:
        self.ended += 1

    def text(self, pointer: int) -> str:
        return ctypes.wstring_at(pointer)

    def clear(self, value: Variant) -> None:
        self.cleared += 1


def test_cameras_in_the_order_in_which_they_are_numbered() -> None:
    com = FakeCom(["Integrated Camera", None, "กล้องเว็บแคม"])
    assert DirectShowCameras(lambda: com).found() == (
        FoundCamera("0", "Integrated Camera"),
        FoundCamera("1", ""),
        FoundCamera("2", "กล้องเว็บแคม"),
    )
    assert com.asked[0][:4] == bytes.fromhex("105dbe62"), "numbers of classes begin with their smallest byte"
    assert [thing.released for thing in com.things] == [1] * len(com.things), "each is let go of, once"
    assert (com.began, com.ended, com.cleared) == (1, 1, 2)


@pytest.mark.parametrize(("names", "trouble"), [([], ""), (["a"], "create"), (["a"], "begin")])
def test_without_cameras_or_without_the_list_there_are_none(names: list[str | None], trouble: str) -> None:
    com = FakeCom(names, trouble)
    assert DirectShowCameras(lambda: com).found() == ()
    assert com.ended == (trouble != "begin")


def test_a_thread_that_spoke_com_before_goes_on_speaking_it() -> None:
    com = FakeCom(["a"], "begun")
    assert DirectShowCameras(lambda: com).found() == (FoundCamera("0", "a"),)
    assert com.ended == 0


def test_on_another_system_there_is_nothing_to_ask() -> None:
    with pytest.raises(AttributeError):
        WindowsCom()
    assert DirectShowCameras().found() == ()
