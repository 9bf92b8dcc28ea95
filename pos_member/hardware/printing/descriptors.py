"""Bytes to and from a POSIX descriptor that never blocks: each call ends by its time and says what really moved."""

from __future__ import annotations

import errno
import os
import select
import time

#: The largest piece handed over at once: what a failure leaves in doubt.
CHUNK = 4_096
_NO_MORE = select.POLLERR | select.POLLHUP | select.POLLNVAL if hasattr(select, "POLLERR") else 0


def wait_for_room(descriptor: int, timeout_s: float) -> bool:
    """Whether the device takes bytes within ``timeout_s``. Raises ``OSError`` when it went away."""
    happened = _poll(descriptor, select.POLLOUT, timeout_s)
    if happened & _NO_MORE and not happened & select.POLLOUT:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return bool(happened)


def put(descriptor: int, data: memoryview, timeout_s: float) -> int:
    """How many bytes of ``data`` the system took within ``timeout_s``, 0 when none. Raises ``OSError``."""
    ends = time.monotonic() + timeout_s
    while wait_for_room(descriptor, max(ends - time.monotonic(), 0)):
        try:
            return os.write(descriptor, data[:CHUNK])
        except BlockingIOError:
            if time.monotonic() >= ends:
                break
    return 0


def get(descriptor: int, timeout_s: float) -> bytes:
    """What the device says within ``timeout_s``, empty when nothing. Raises ``OSError`` when it went away."""
    happened = _poll(descriptor, select.POLLIN, timeout_s)
    if not happened:
        return b""
    try:
        said = os.read(descriptor, CHUNK)
    except BlockingIOError:
        return b""
    if not said and happened & _NO_MORE:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return said


def _poll(descriptor: int, events: int, timeout_s: float) -> int:
    watch = select.poll()
    watch.register(descriptor, events)
    return next((happened for _, happened in watch.poll(max(timeout_s, 0) * 1_000)), 0)
