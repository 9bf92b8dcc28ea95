"""The names of cameras on Windows: DirectShow's list, in whose order OpenCV numbers them.

Spoken to as COM is, through tables of functions, without a library for it. Numbers of interfaces and of their
functions: ``strmif.h``, ``objidl.h``, ``oaidl.h``.
"""

from __future__ import annotations

import ctypes
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from pos_member.domain.readers import FoundCamera

log = logging.getLogger(__name__)
_SYSTEM_DEVICES = uuid.UUID("62be5d10-60eb-11d0-bd3b-00a0c911ce86")
_CREATE_DEVICES = uuid.UUID("29840822-5b84-11d0-bd3b-00a0c911ce86")
_VIDEO_INPUT = uuid.UUID("860bb310-5d01-11d0-bd3b-00a0c911ce86")
_PROPERTY_BAG = uuid.UUID("55272a00-42cb-11ce-8135-00aa004bb851")
#: Places in the tables of functions.
_RELEASE, _CREATE_CLASS_ENUMERATOR, _NEXT, _BIND_TO_STORAGE, _READ = 2, 3, 3, 9, 3
_IN_PROCESS, _TEXT = 1, 8
_CAMERAS_MAX = 64


class Variant(ctypes.Structure):
    """COM's value of any kind; ``value`` is a pointer to UTF-16 where ``kind`` is 8."""

    _fields_ = [
        ("kind", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort * 3),
        ("value", ctypes.c_void_p),
        ("rest", ctypes.c_void_p),
    ]


class ComLibrary(Protocol):
    """The few functions of the system that are needed."""

    #: Makes a type of foreign function: result, then arguments.
    function: Callable[..., Any]

    def begin(self) -> bool:
        """COM for this thread; whether it must be ended again."""
        ...

    def end(self) -> None:
        """No more COM for this thread."""
        ...

    def create(self, kind: bytes, interface: bytes) -> int | None:
        """An object of a class, as a pointer. None where there is none."""
        ...

    def text(self, pointer: int) -> str:
        """UTF-16 at an address, to its zero."""
        ...

    def clear(self, value: Variant) -> None:
        """Give back what a value holds."""
        ...


class DirectShowCameras:
    """See ``camera_names.CameraNames``."""

    def __init__(self, com: Callable[[], ComLibrary] | None = None) -> None:
        self._com = com or WindowsCom

    def found(self) -> tuple[FoundCamera, ...]:
        """See ``CameraNames``."""
        try:
            com = self._com()
            began = com.begin()
            try:
                names = list(_names(com))
            finally:
                if began:
                    com.end()
        except (OSError, AttributeError) as error:
            log.info("the cameras cannot be listed: %s", error)
            return ()
        return tuple(FoundCamera(str(number), name) for number, name in enumerate(names))


def _names(com: ComLibrary) -> Iterator[str]:
    """One for every camera; "" for one that does not say, so that those after it keep their numbers."""
    created = com.create(_SYSTEM_DEVICES.bytes_le, _CREATE_DEVICES.bytes_le)
    with _held(com, created) as maker:
        if maker is None:
            return
        found = ctypes.c_void_p()
        kind = _VIDEO_INPUT.bytes_le
        if _call(com, maker, _CREATE_CLASS_ENUMERATOR, kind, ctypes.byref(found), ctypes.c_ulong(0)) != 0:
            return  # 1: no cameras
        with _held(com, found.value) as cameras:
            for _ in range(_CAMERAS_MAX):
                camera, fetched = ctypes.c_void_p(), ctypes.c_ulong()
                if cameras is None or _call(
                    com, cameras, _NEXT, ctypes.c_ulong(1), ctypes.byref(camera), ctypes.byref(fetched)
                ):
                    return
                with _held(com, camera.value) as one:
                    yield _name(com, one)


def _name(com: ComLibrary, camera: int | None) -> str:
    bag = ctypes.c_void_p()
    if camera is None or _call(com, camera, _BIND_TO_STORAGE, None, None, _PROPERTY_BAG.bytes_le, ctypes.byref(bag)):
        return ""
    with _held(com, bag.value) as properties:
        value = Variant()
        if properties is None or _call(
            com, properties, _READ, ctypes.c_wchar_p("FriendlyName"), ctypes.byref(value), None
        ):
            return ""
        try:
            return com.text(value.value) if value.kind == _TEXT and value.value else ""
        finally:
            com.clear(value)


def _call(com: ComLibrary, target: int, place: int, *arguments: Any) -> int:
    """Function ``place`` of the table of the object at ``target``; its result, 0 for done."""
    table = ctypes.cast(target, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
    kinds = [_kind(each) for each in arguments]
    function = com.function(ctypes.c_long, ctypes.c_void_p, *kinds)(table[place])
    return int(function(target, *arguments))


def _kind(argument: Any) -> Any:
    if isinstance(argument, bytes):
        return ctypes.c_char_p
    return type(argument) if isinstance(argument, ctypes.c_ulong | ctypes.c_wchar_p) else ctypes.c_void_p


@contextmanager
def _held(com: ComLibrary, pointer: int | None) -> Iterator[int | None]:
    try:
        yield pointer
    finally:
        if pointer is not None:
            _call(com, pointer, _RELEASE)


class WindowsCom:
    """``ComLibrary`` of Windows. Raises ``AttributeError`` elsewhere."""

    def __init__(self) -> None:
        # By name: ctypes has these on Windows alone.
        load: Callable[[str], Any] = getattr(ctypes, "WinDLL")  # noqa: B009
        self._ole = load("ole32")
        self._automation = load("oleaut32")
        self.function: Callable[..., Any] = getattr(ctypes, "WINFUNCTYPE")  # noqa: B009

    def begin(self) -> bool:
        """See ``ComLibrary``. A thread that has COM in another way (a negative answer) keeps it."""
        return int(self._ole.CoInitializeEx(None, 0)) >= 0

    def end(self) -> None:
        """See ``ComLibrary``."""
        self._ole.CoUninitialize()

    def create(self, kind: bytes, interface: bytes) -> int | None:
        """See ``ComLibrary``."""
        made = ctypes.c_void_p()
        failed = int(self._ole.CoCreateInstance(kind, None, _IN_PROCESS, interface, ctypes.byref(made)))
        return None if failed else made.value

    def text(self, pointer: int) -> str:
        """See ``ComLibrary``."""
        return ctypes.wstring_at(pointer)

    def clear(self, value: Variant) -> None:
        """See ``ComLibrary``."""
        self._automation.VariantClear(ctypes.byref(value))
