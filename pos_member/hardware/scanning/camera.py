"""Reads codes from a source of frames on plain threads: source → newest frame → decoder → callbacks.

Two threads per run. The *grabber* opens and reads the source, and may hang in a driver for minutes: nothing waits
for it, it is abandoned and closes its device whenever it comes back. The *reader* takes the newest frame, decodes,
calls back, notices that frames stopped coming, and tries again every two seconds without a word but a state.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pos_member.hardware.scanning.decoder import FRAME_BUDGET_MS, STILL_BUDGET_MS, Decoded, Decoder, Look, to_grey
from pos_member.hardware.scanning.frames import Adjustable, SourceMaker, SourceState
from pos_member.hardware.scanning.grabber import Grabber, Hanging, joined
from pos_member.hardware.scanning.presence import GONE_S, Agreement, Presence
from pos_member.hardware.scanning.preview import Glance, glance
from pos_member.hardware.scanning.stillness import Stillness

if TYPE_CHECKING:
    from pos_member.domain.readers import CameraControl
    from pos_member.hardware.scanning.libraries import Picture

log = logging.getLogger(__name__)
_Value = TypeVar("_Value")
#: How long a question about controls waits for the thread that reads the frames.
_ASK_S = 3.0


@dataclass(frozen=True)
class CameraSettings:
    """Times of a camera in seconds."""

    open_max_s: float = 10.0
    frame_max_s: float = 1.5
    retry_s: float = 2.0
    gone_s: float = GONE_S
    #: At least this long between two looks at a live camera, two thorough searches of one, and two previews.
    look_s: float = 1 / 30
    thorough_s: float = 1 / 3
    preview_s: float = 1 / 15


class CameraReader:
    """Calls ``on_code`` once for each code that comes into view.

    All callbacks run on the reader's thread and must return quickly (post a signal). ``on_glance`` gets frames made
    small, at most 15 a second and only while ``glances_wanted()``; never mirrored. Nothing is raised to the caller:
    trouble shows in ``state``. ``start`` and ``stop`` may be called again and again from any one thread.
    """

    def __init__(
        self,
        make_source: SourceMaker,
        decoder: Decoder,
        on_code: Callable[[Decoded], None],
        on_glance: Callable[[Glance], None] | None = None,
        on_state: Callable[[SourceState], None] | None = None,
        settings: CameraSettings | None = None,
        now_s: Callable[[], float] = time.monotonic,
        glances_wanted: Callable[[], bool] = lambda: True,
        hanging: Hanging | None = None,
    ) -> None:
        self._make_source = make_source
        self._decoder = decoder
        self._on_code = on_code
        self._on_glance = on_glance
        self._on_state = on_state
        self._settings = settings or CameraSettings()
        self._now_s = now_s
        self._glances_wanted = glances_wanted
        self._hanging = hanging or Hanging()
        self._presence = Presence(now_s, self._settings.gone_s)
        self._state = SourceState.STOPPED
        self._first_frame_s: float | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._grabber: Grabber | None = None

    @property
    def state(self) -> SourceState:
        """What the source is doing now."""
        return self._state

    @property
    def first_frame_s(self) -> float | None:
        """From asking for the source to its first frame, the last time it came to one."""
        return self._first_frame_s

    # --- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin reading; nothing happens when it already reads."""
        if self._thread is not None and self._thread.is_alive() and not self._stop.is_set():
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="camera-reader", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End reading and release the camera. False when a driver hangs; it is then left to end by itself."""
        self._stop.set()
        until_s = time.monotonic() + timeout_s
        if (grabber := self._grabber) is not None:
            grabber.abandon()
        ended = joined(self._thread, until_s)
        # Only now is it certain which attempt was the last: the reader may have begun one while we asked.
        if (grabber := self._grabber) is not None:
            grabber.abandon()
            ended = joined(grabber.thread, until_s) and ended
        return ended

    # --- what can be turned --------------------------------------------------------------------------------

    def controls(self) -> tuple[CameraControl, ...]:
        """What can be turned at the live camera; empty without one. Waits for its thread, 3 s at most."""
        return self._ask(lambda source: source.controls()) or ()

    def turn(self, name: str, value: int | None) -> None:
        """Turn it now; None leaves it to the camera. Without a live camera nothing happens."""
        self._ask(lambda source: source.turn(name, value))

    def _ask(self, work: Callable[[Adjustable], _Value]) -> _Value | None:
        grabber = self._grabber
        return None if grabber is None or self._state is not SourceState.LIVE else grabber.ask(work, _ASK_S)

    # --- the reader's thread -------------------------------------------------------------------------------

    def _run(self, stop: threading.Event) -> None:
        # ``stop`` is this run's own: a run that was given up for hanging cannot be woken by the next ``start``.
        self._show(SourceState.OPENING)
        while not stop.is_set():
            try:
                end = SourceState.BUSY if self._hanging.full else self._attempt(stop)
            except Exception:
                # A bug must not leave a dead camera behind a window that says "live".
                log.exception("reading from the source of frames failed")
                end = SourceState.LOST
            if stop.is_set() or end is SourceState.STOPPED:
                break
            # It is looked for again quietly: what is lost stays lost until it is seen.
            self._show(end)
            stop.wait(self._settings.retry_s)
        if stop is self._stop:  # not a run that a newer one has replaced
            self._show(SourceState.STOPPED)

    def _attempt(self, stop: threading.Event) -> SourceState:
        """Open a source and read it to its end."""
        begun_s = self._now_s()
        grabber = Grabber(self._make_source())
        self._grabber = grabber
        if stop.is_set():  # stop() came before it could know of this grabber
            grabber.abandon()
        try:
            if not grabber.wait_open(self._settings.open_max_s):
                log.info("the source of frames did not open within %.0f s", self._settings.open_max_s)
                return SourceState.BUSY
            return self._read(grabber, stop, begun_s)
        finally:
            grabber.abandon()
            self._hanging.add(grabber.thread)

    def _read(self, grabber: Grabber, stop: threading.Event, begun_s: float) -> SourceState:
        agreement = Agreement(self._now_s, 2 if grabber.live else 1)
        looks = _Looks(self._settings, grabber.live)
        first = True
        while not stop.is_set():
            if (pause_s := looks.pause_s(self._now_s())) > 0:
                stop.wait(pause_s)
            frame = grabber.take(self._settings.frame_max_s)
            if frame is None:
                return grabber.end or SourceState.LOST
            now_s = self._now_s()
            if first:
                first, self._first_frame_s = False, now_s - begun_s
                log.info("the first frame came after %.2f s", self._first_frame_s)
            self._show(SourceState.LIVE)
            for code in agreement.believed(self._look(frame, looks, now_s)):
                if not stop.is_set() and self._presence.arrives(code.text):
                    self._call(self._on_code, code)
        return SourceState.STOPPED

    def _look(self, frame: Picture, looks: _Looks, now_s: float) -> list[Decoded]:
        """Search a frame and show it, if anybody watches."""
        looks.looked_s = now_s
        grey = to_grey(frame)
        found = self._decoder.quick(grey, looks.place)
        if looks.preview_due(now_s) and self._on_glance is not None and self._glances_wanted():
            looks.previewed_s = now_s
            self._glance(frame, found)
        if found or not looks.thorough_due(grey, now_s):
            return found
        found = self._decoder.thorough(grey, looks.budget_ms, looks.place)
        if found and looks.previewed_s == now_s:
            # The frame was shown without its codes; it is shown again in place of the next one.
            looks.previewed_s = now_s + self._settings.preview_s
            self._glance(frame, found)
        return found

    def _glance(self, frame: Picture, found: list[Decoded]) -> None:
        if self._on_glance is not None:
            self._call(self._on_glance, glance(frame, tuple(code.for_window() for code in found)))

    def _show(self, state: SourceState) -> None:
        if state is self._state:
            return
        self._state = state
        if self._on_state is not None:
            self._call(self._on_state, state)

    @staticmethod
    def _call(callback: Callable[[_Value], None], value: _Value) -> None:
        try:
            callback(value)
        except Exception:
            # A bug of the listener: it is logged with its traceback, and the camera goes on.
            log.exception("a listener of the camera failed")


class _Looks:
    """When what was done last: a live camera is looked at no more often than it pays."""

    def __init__(self, settings: CameraSettings, live: bool) -> None:
        self._settings = settings
        self._live = live
        self.looked_s = self.previewed_s = self._asked_s = float("-inf")
        self._stillness = Stillness()
        #: Where the decoder found the last code, and how far its search has come.
        self.place = Look()
        self.budget_ms = FRAME_BUDGET_MS if live else STILL_BUDGET_MS

    def pause_s(self, now_s: float) -> float:
        return self._settings.look_s - (now_s - self.looked_s) if self._live else 0.0

    def thorough_due(self, grey: Picture, now_s: float) -> bool:
        if not self._live:
            return True  # every frame of a file is searched to the end: it comes once
        if now_s - self._asked_s < self._settings.thorough_s:
            return False
        self._asked_s = now_s
        return self._stillness.worth(grey, now_s)

    def preview_due(self, now_s: float) -> bool:
        return now_s - self.previewed_s >= self._settings.preview_s


def probe(make_source: SourceMaker, timeout_s: float = 5.0) -> SourceState:
    """Whether a source gives a frame now: ``LIVE``, ``LOST`` or ``BUSY`` (also when it hangs). For ``doctor``."""
    grabber = Grabber(make_source())
    try:
        if not grabber.wait_open(timeout_s):
            return SourceState.BUSY
        if grabber.take(timeout_s) is not None:
            return SourceState.LIVE
        return grabber.end or SourceState.BUSY
    finally:
        grabber.abandon()
        joined(grabber.thread, time.monotonic() + 1.0)
