"""A real X server without a screen, and a keyboard in it whose keys are pressed by the server itself (XTEST)."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHIFT, CAPS_LOCK, CONTROL, ALT, ENTER, TAB = 50, 66, 37, 64, 36, 23
_CORE_KEYBOARD = 0x100
_CAPS = 0x2
#: The server's keys are evdev's: set-1 codes and eight.
_OFFSET = 8


def _library(name: str, package: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name)
    except OSError:
        pytest.fail(f"these tests need {name}: apt-get install {package}", pytrace=False)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"these tests need {name}: apt-get install {package}", pytrace=False)
    return found


class XKeyboard:
    """An X server, from ``start`` to ``close``. ``press`` and ``type`` are done by the server at its own times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._xlib = _library("libX11.so.6", "libx11-6")
        self._xtest = _library("libXtst.so.6", "libxtst6")
        self._xlib.XOpenDisplay.restype = ctypes.c_void_p
        self._server: subprocess.Popen[bytes] | None = None
        self._display: ctypes.c_void_p | None = None
        self.name = ""

    def start(self) -> None:
        reads, writes = os.pipe()
        with (self._folder / "xvfb.log").open("wb") as log:
            self._server = subprocess.Popen(
                [
                    *(_program("Xvfb", "xvfb"), "-displayfd", str(writes), "-screen", "0", "800x600x24"),
                    *("-nolisten", "tcp", "-noreset"),
                ],
                pass_fds=[writes],
                stdout=log,
                stderr=log,
            )
        os.close(writes)
        with os.fdopen(reads) as said:
            number = said.readline().strip()
        assert number, (self._folder / "xvfb.log").read_text()
        self.name = f":{number}"
        self._display = ctypes.c_void_p(self._xlib.XOpenDisplay(self.name.encode()))
        assert self._display.value, f"no display {self.name}"

    def close(self) -> None:
        if self._display is not None and self._display.value:
            self._xlib.XCloseDisplay(self._display)
        if self._server is not None:
            self._server.terminate()
            self._server.wait(60)

    def layouts(self, *layouts: str) -> None:
        """Groups of the keyboard: ``us``, ``th``, ``th(pat)``."""
        names = [each.partition("(")[0] for each in layouts]
        variants = [each.partition("(")[2].rstrip(")") for each in layouts]
        subprocess.run(
            [
                *(_program("setxkbmap", "x11-xkb-utils"), "-display", self.name),
                *("-layout", ",".join(names), "-variant", ",".join(variants)),
            ],
            check=True,
        )

    def group(self, number: int) -> None:
        """Which of the layouts holds."""
        self._xlib.XkbLockGroup(self._display, _CORE_KEYBOARD, number)
        self._sync()

    def caps(self, *, on: bool) -> None:
        self._xlib.XkbLockModifiers(self._display, _CORE_KEYBOARD, _CAPS, _CAPS if on else 0)
        self._sync()

    def key(self, code: int, gap_ms: int, *, shift: bool = False, chord: int = 0) -> None:
        """Press and release a key by its set-1 code, ``gap_ms`` after what came before."""
        held = [each for each in (SHIFT if shift else 0, chord) if each]
        for modifier in held:
            self._fake(modifier, True, 0)
        self._fake(code + _OFFSET, True, gap_ms)
        self._fake(code + _OFFSET, False, 0)
        for modifier in reversed(held):
            self._fake(modifier, False, 0)

    def end(self, code: int, gap_ms: int) -> None:
        """Enter or Tab."""
        self.key(code - _OFFSET, gap_ms)

    def type(self, keys: Iterable[tuple[int, bool]], gap_ms: int) -> None:
        for code, shift in keys:
            self.key(code, gap_ms, shift=shift)

    def _fake(self, keycode: int, press: bool, delay_ms: int) -> None:
        self._xtest.XTestFakeKeyEvent(self._display, keycode, int(press), ctypes.c_ulong(delay_ms))
        self._xlib.XFlush(self._display)

    def _sync(self) -> None:
        self._xlib.XSync(self._display, 0)

    def done(self) -> None:
        """All keys are pressed."""
        self._sync()


class Program:
    """``key_window`` in that server."""

    def __init__(self, display: str) -> None:
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_IM_MODULE": "compose"}
        environment.pop("WAYLAND_DISPLAY", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.key_window"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the window ended by itself; Qt's words are above (its xcb libraries: scripts/setup.sh)"
        found: dict[str, Any] = json.loads(line)
        return found

    def tell(self, what: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(what.encode() + b"\n")
        self._process.stdin.flush()
        return self._hear()

    def state(self) -> dict[str, Any]:
        return self.tell("state")

    def comes(self, what: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """The state once it is so; as it is in the end otherwise."""
        tick, ends = threading.Event(), time.monotonic() + seconds
        state = self.state()
        while not what(state) and time.monotonic() < ends:
            tick.wait(0.02)
            state = self.state()
        return state

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
