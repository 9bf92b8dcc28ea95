"""What a keyboard-wedge reader types into the terminal, told from what a person types there.

A terminal gives characters and no physical keys: what is shown here is the harder case, in which the layout has to be
found out from the text. The window knows the keys as well.
"""

from __future__ import annotations

import codecs
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pos_member.hardware.scanning.keyboard_wedge import BurstClassifier, Decision

_WAIT_S = 0.02
_CHUNK = 4_096
_TERMINATORS = "\r\n\t"
_INTERRUPT = "\x03"
_Heard = Callable[[dict[str, Any]], None]


@contextmanager
def keys_of_terminal(heard: _Heard) -> Iterator[None]:
    """Listen on standard input, key by key where it is a terminal, until the context ends.

    ``heard`` is called on a thread of its own: ``text`` for what a reader typed, ``typed`` for what a person did, and
    ``state`` "ended" at the end of the input.
    """
    stop = threading.Event()
    with _key_by_key():
        thread = threading.Thread(target=_listen, args=(heard, stop), name="terminal-keys", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(1.0)


@contextmanager
def _key_by_key() -> Iterator[None]:
    """No line editing and no echo; Ctrl-C stays. As it was when the context ends."""
    if os.name == "nt" or not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    tty.setcbreak(handle)
    try:
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _listen(heard: _Heard, stop: threading.Event) -> None:
    from pos_member.hardware.scanning.keyboard_wedge import BurstClassifier

    classifier = BurstClassifier()
    for chars in _characters(stop):
        now_ms = time.monotonic() * 1_000
        if not chars:
            _tell(classifier.silence(now_ms), heard)
        for char in chars:
            _tell(_fed(classifier, char, now_ms), heard)
    _tell(classifier.flush(), heard)
    heard({"state": "ended"})


def _fed(classifier: BurstClassifier, char: str, now_ms: float) -> Sequence[Decision]:
    return classifier.key(char, 0, now_ms, char in _TERMINATORS)


def _tell(decisions: Sequence[Decision], heard: _Heard) -> None:
    from pos_member.hardware.scanning.keyboard_wedge import ReleaseHeld, Repeated, Scan

    for decision in decisions:
        match decision:
            case Scan(text=text):
                heard({"text": text})
            case Repeated(text=text):
                heard({"repeated": text})
            case ReleaseHeld(keys=keys):
                heard({"typed": "".join("⏎" if key.is_terminator else key.char for key in keys)})


def _characters(stop: threading.Event) -> Iterator[str]:
    """What came since the last look, "" where nothing did; ends with the input."""
    read = _windows_keys if os.name == "nt" and sys.stdin.isatty() else _bytes_of_input
    yield from read(stop)


def _bytes_of_input(stop: threading.Event) -> Iterator[str]:
    import select

    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    handle = sys.stdin.fileno()
    while not stop.is_set():
        ready, _, _ = select.select([handle], [], [], _WAIT_S)
        if not ready:
            yield ""
            continue
        data = os.read(handle, _CHUNK)
        if not data:
            return
        yield decoder.decode(data)


def _windows_keys(stop: threading.Event) -> Iterator[str]:
    import msvcrt

    while not stop.wait(0):
        if not msvcrt.kbhit():  # type: ignore[attr-defined]
            yield ""
            stop.wait(_WAIT_S / 10)
            continue
        char = str(msvcrt.getwch())  # type: ignore[attr-defined]
        if char == _INTERRUPT:
            return
        yield char
