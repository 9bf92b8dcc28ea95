"""Ctrl-C and an orderly stop from outside end the window as its close button does."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QCoreApplication, QSocketNotifier, QTimer

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
#: What a shell reports for a program that a signal has ended.
_CODE_BASE = 128


@contextmanager
def ended_by_signals(app: QCoreApplication) -> Iterator[None]:
    """While open, ``SIGINT``, ``SIGTERM`` and ``SIGHUP`` make ``app.exec()`` return 128 + the signal's number.

    To be used on the main thread. Python runs its handlers only between its own instructions, and an idle event loop
    has none: the byte that Python writes for each signal wakes the loop. A signal that is ignored stays ignored.
    """
    heard, said = socket.socketpair()
    heard.setblocking(False)
    said.setblocking(False)
    notifier = QSocketNotifier(heard.fileno(), QSocketNotifier.Type.Read)
    # The handler has run by the time this slot is entered; the byte only has to go.
    notifier.activated.connect(lambda: heard.recv(64))

    def leave(number: int, _frame: FrameType | None) -> None:
        # By way of the loop: one that is just about to begin would not mind an exit before its beginning.
        QTimer.singleShot(0, app, lambda: app.exit(_CODE_BASE + number))

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    taken = {number: signal.signal(number, leave) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    woken = signal.set_wakeup_fd(said.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        for number, before in taken.items():
            signal.signal(number, before)
        notifier.setEnabled(False)
        heard.close()
        said.close()
