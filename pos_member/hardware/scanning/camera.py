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

from pos_member.hardware.scanning.decoder import Decoded, Decoder, to_grey
from pos_member.hardware.scanning.presence import GONE_S, Agreement, Presence
from pos_member.hardware.scanning.sources import FrameSource, SourceMaker, SourceState, SourceTrouble

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

log = logging.getLogger(__name__)
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class CameraSettings:
    """Times of a camera in seconds."""

    open_max_s: float = 10.0
    frame_max_s: float = 1.5
    retry_s: float = 2.0
    gone_s: float = GONE_S
    #: At least this long between two previews and between two thorough searches.
    preview_s: float = 1 / 15
    thorough_s: float = 1 / 3


class _Grabber:
    """One attempt at a source, on a thread of its own, with a slot for the newest frame."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._changed = threading.Condition()
        self._frame: Picture | None = None
        self._opened = False
        self._over = threading.Event()
        self._end: SourceState | None = None
        self.live = source.live
        # A daemon: a driver that never returns must not keep the process alive.
        self.thread = threading.Thread(target=self._run, name="camera-grabber", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        end = SourceState.LOST
        try:
            self._source.open()
            with self._changed:
                self._opened = True
                self._changed.notify_all()
            end = self._read_all()
        except SourceTrouble as trouble:
            log.info("frames end: %s", trouble)
            end = trouble.state
        except Exception:
            log.exception("the source of frames failed")
        finally:
            self._source.close()
            with self._changed:
                self._end = end
                self._changed.notify_all()

    def _read_all(self) -> SourceState:
        while not self._over.is_set():
            frame = self._source.read()
            if frame is None:
                break
            with self._changed:
                # A camera's old frames are worth nothing; of a file every frame is looked at.
                while not self.live and self._frame is not None and not self._over.is_set():
                    self._changed.wait()
                self._frame = frame
                self._changed.notify_all()
            if self._source.interval_s:
                self._over.wait(self._source.interval_s)
        return SourceState.STOPPED

    def wait_open(self, timeout_s: float) -> bool:
        """Until the source is open, has ended or was abandoned. False when it is none of these in time."""
        with self._changed:
            return self._changed.wait_for(self._settled, timeout_s)

    def _settled(self) -> bool:
        return self._opened or self._end is not None or self._over.is_set()

    def take(self, timeout_s: float) -> Picture | None:
        """The newest frame, waiting for one; None when none came in time, at the end, and when abandoned."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._end or self._over.is_set(), timeout_s)
            frame, self._frame = self._frame, None
            self._changed.notify_all()
            return frame

    @property
    def end(self) -> SourceState | None:
        """How the source ended, or None while it goes on (or hangs)."""
        with self._changed:
            return self._end

    def abandon(self) -> None:
        """Ask the thread to end at its next chance and stop caring whether it does."""
        self._over.set()
        with self._changed:
            self._changed.notify_all()


class CameraReader:
    """Calls ``on_code`` once for each code that comes into view.

    All callbacks run on the reader's thread and must return quickly (post a signal); ``on_frame`` gets a BGR or grey
    array of its own, mirrored for a live camera, at most 15 times a second. Nothing is raised to the caller: trouble
    shows in ``state``. ``start`` and ``stop`` may be called again and again from any one thread.
    """

    def __init__(
        self,
        make_source: SourceMaker,
        decoder: Decoder,
        on_code: Callable[[Decoded], None],
        on_frame: Callable[[Picture], None] | None = None,
        on_state: Callable[[SourceState], None] | None = None,
        settings: CameraSettings | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_source = make_source
        self._decoder = decoder
        self._on_code = on_code
        self._on_frame = on_frame
        self._on_state = on_state
        self._settings = settings or CameraSettings()
        self._now_s = now_s
        self._presence = Presence(now_s, self._settings.gone_s)
        self._state = SourceState.STOPPED
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._grabber: _Grabber | None = None

    @property
    def state(self) -> SourceState:
        """What the source is doing now."""
        return self._state

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
        ended = _joined(self._thread, until_s)
        # Only now is it certain which attempt was the last: the reader may have begun one while we asked.
        if (grabber := self._grabber) is not None:
            grabber.abandon()
            ended = _joined(grabber.thread, until_s) and ended
        return ended

    def _run(self, stop: threading.Event) -> None:
        # ``stop`` is this run's own: a run that was given up for hanging cannot be woken by the next ``start``.
        while not stop.is_set():
            self._show(SourceState.OPENING)
            try:
                end = self._attempt(stop)
            except Exception:
                # A bug must not leave a dead camera behind a window that says "live".
                log.exception("reading from the source of frames failed")
                end = SourceState.LOST
            if stop.is_set() or end is SourceState.STOPPED:
                break
            self._show(end)
            stop.wait(self._settings.retry_s)
        if stop is self._stop:  # not a run that a newer one has replaced
            self._show(SourceState.STOPPED)

    def _attempt(self, stop: threading.Event) -> SourceState:
        """Open a source and read it to its end."""
        grabber = _Grabber(self._make_source())
        self._grabber = grabber
        if stop.is_set():  # stop() came before it could know of this grabber
            grabber.abandon()
        try:
            if not grabber.wait_open(self._settings.open_max_s):
                log.info("the source of frames did not open within %.0f s", self._settings.open_max_s)
                return SourceState.BUSY
            return self._read(grabber, stop)
        finally:
            grabber.abandon()

    def _read(self, grabber: _Grabber, stop: threading.Event) -> SourceState:
        agreement = Agreement(self._now_s, 2 if grabber.live else 1)
        preview_s = thorough_s = float("-inf")
        while not stop.is_set():
            frame = grabber.take(self._settings.frame_max_s)
            if frame is None:
                return grabber.end or SourceState.LOST
            self._show(SourceState.LIVE)
            now_s = self._now_s()
            if self._on_frame is not None and now_s - preview_s >= self._settings.preview_s:
                preview_s = now_s
                self._call(self._on_frame, _preview(frame, mirrored=grabber.live))
            grey = to_grey(frame)
            found = self._decoder.quick(grey)
            if not found:
                if grabber.live and now_s - thorough_s < self._settings.thorough_s:
                    continue
                thorough_s = now_s
                found = self._decoder.thorough(grey)
            for code in agreement.believed(found):
                if not stop.is_set() and self._presence.arrives(code.text):
                    self._call(self._on_code, code)
        return SourceState.STOPPED

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


def probe(make_source: SourceMaker, timeout_s: float = 5.0) -> SourceState:
    """Whether a source gives a frame now: ``LIVE``, ``LOST`` or ``BUSY`` (also when it hangs). For ``doctor``."""
    grabber = _Grabber(make_source())
    try:
        if not grabber.wait_open(timeout_s):
            return SourceState.BUSY
        if grabber.take(timeout_s) is not None:
            return SourceState.LIVE
        return grabber.end or SourceState.BUSY
    finally:
        grabber.abandon()
        _joined(grabber.thread, time.monotonic() + 1.0)


def _joined(thread: threading.Thread | None, until_s: float) -> bool:
    """Wait for a thread until a time of ``time.monotonic``; True when it has ended (or is the one that asks)."""
    if thread is None or thread is threading.current_thread():
        return True
    thread.join(max(0.0, until_s - time.monotonic()))
    return not thread.is_alive()


def _preview(frame: Picture, mirrored: bool) -> Picture:
    """A copy for the window: the decoder's array must not be drawn upon, nor be freed under a QImage."""
    return frame[:, ::-1].copy() if mirrored else frame.copy()
