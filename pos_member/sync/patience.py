"""How long one answer of head office may take as a whole, however it comes: a byte now and then is no answer.

A time-out of a socket begins anew with every byte. So what is read of an answer, its status, its headers and its body,
is read under one limit more, which does not.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from typing import Any


class Patience:
    """``whole_s`` for one answer, from the moment the request was sent. One thread, one answer at a time."""

    def __init__(self, whole_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._whole_s = whole_s
        self._clock = clock
        self._until = clock()

    def begin(self) -> None:
        """The request was sent."""
        self._until = self._clock() + self._whole_s

    def longer(self, seconds: float) -> None:
        """So many seconds were this side's own wish."""
        self._until += seconds

    def left(self) -> float:
        """Seconds until it is over; not above zero: it is."""
        return self._until - self._clock()


def timely_answers(patience: Patience) -> type[http.client.HTTPResponse]:
    """Answers that are read until ``patience`` is over. Reading raises ``TimeoutError`` then."""

    class TimelyAnswer(http.client.HTTPResponse):
        def __init__(self, sock: Any, *args: Any, **named: Any) -> None:
            super().__init__(sock, *args, **named)
            self.fp.close()
            patience.begin()
            self.fp = io.BufferedReader(_Timely(sock, patience))

    return TimelyAnswer


class _Timely(io.RawIOBase):
    """The bytes of a socket, each waited for no longer than its time-out and ``patience``."""

    def __init__(self, sock: Any, patience: Patience) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._each_s = sock.gettimeout()
        self._patience = patience

    def readable(self) -> bool:
        """See ``RawIOBase``."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """See ``RawIOBase``. Raises ``TimeoutError``."""
        left = self._patience.left()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left if self._each_s is None else min(left, self._each_s))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """See ``RawIOBase``: the socket is let go of, too."""
        self._raw.close()
        super().close()
