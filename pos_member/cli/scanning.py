"""``scan``: what a picture, a camera or a reader gives here, what it means and how long it took. For installers."""

from __future__ import annotations

import argparse
import queue
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.domain.errors import PosMemberError
from pos_member.domain.scan_meaning import classify

#: How long one look at the queue lasts: a person who presses Ctrl-C waits no longer.
_LOOK_S = 0.2
#: One thing that was read, or that happened to the reader.
_Heard = dict[str, Any]


def scan(parsed: argparse.Namespace, console: Console) -> int:
    """Decode pictures, or listen to a camera, a serial reader or a reader that types."""
    listening = parsed.camera is not None or parsed.serial is not None or parsed.wedge or parsed.list
    if listening == bool(parsed.files):
        parsed.refuse("FILE … | --camera | --serial | --wedge | --list")
    if parsed.list:
        return _list(console)
    if parsed.camera is not None:
        return _listen(parsed, console, _camera)
    if parsed.serial is not None:
        return _listen(parsed, console, _serial)
    if parsed.wedge:
        return _listen(parsed, console, _wedge)
    return _pictures(parsed, console)


def _pictures(parsed: argparse.Namespace, console: Console) -> int:
    """One JSON line a code, or one with the error of a file that could not be read."""
    from pos_member.hardware.scanning.decoder import scan_file

    found_all = True
    for path in parsed.files:
        try:
            codes = scan_file(path)
        except PosMemberError as error:
            console.json_line({"file": str(path), "error": error.reason.value})
            console.error(error)
            found_all = False
            continue
        for code in codes:
            console.json_line({"file": str(path), **code})
        if not codes:
            console.json_line({"file": str(path), "text": None})
            found_all = False
    return EXIT_OK if found_all else EXIT_ATTENTION


def _list(console: Console) -> int:
    """What stands at this machine."""
    from pos_member.hardware.scanning.camera_names import system_cameras
    from pos_member.hardware.scanning.decoder import available
    from pos_member.hardware.scanning.serial_reader import find_serial

    cameras, ports = system_cameras().found(), find_serial()
    decoders = available()
    if console.as_json:
        console.json({"cameras": cameras, "serial": ports, "decoders": decoders})
        return EXIT_OK
    for camera in cameras:
        console.say("scan_camera", where=camera.where, name=camera.name)
    for port in ports:
        console.say("scan_port", address=port.address, name=port.description)
    if not cameras and not ports:
        console.say("scan_nothing_here")
    for decoder in decoders:
        console.say("scan_decoder_works" if decoder.works else "scan_decoder_not", name=decoder.name)
    return EXIT_OK


# --- listening --------------------------------------------------------------------------------------------

#: Begins to listen; what is heard goes to the callback from any thread. Ends when the context does.
_Source = Callable[[argparse.Namespace, Callable[[_Heard], None]], Any]


def _listen(parsed: argparse.Namespace, console: Console, source: _Source) -> int:
    """One JSON line for each code, until ``--count`` codes, ``--seconds`` or Ctrl-C; then the times in sum."""
    heard: queue.Queue[_Heard] = queue.Queue()
    times: list[float] = []
    count = 0
    ends_s = time.monotonic() + parsed.seconds if parsed.seconds else None
    try:
        with source(parsed, heard.put):
            console.say("scan_ready")
            while (ends_s is None or time.monotonic() < ends_s) and count != parsed.count:
                try:
                    one = heard.get(timeout=_LOOK_S)
                except queue.Empty:
                    continue
                if one.get("state") == "ended":
                    break
                if "text" in one:
                    count += bool(one["text"])
                    times += [one["ms"]] if "ms" in one else []
                    one |= _meaning(str(one["text"]))
                console.json_line(one)
    except KeyboardInterrupt:  # the way to stop listening: what was heard is summed up
        console.say("scan_stopped")
    if times:
        shown = {"codes": count, "median_ms": statistics.median(times), "worst_ms": max(times)}
        console.json_line({name: round(value, 1) for name, value in shown.items()})
    return EXIT_OK if count else EXIT_ATTENTION


def _meaning(text: str) -> _Heard:
    meaning = classify(text)
    return {"kind": meaning.kind.value, "code": meaning.code} if text else {}


@contextmanager
def _camera(parsed: argparse.Namespace, heard: Callable[[_Heard], None]) -> Iterator[None]:
    from pos_member.hardware.scanning.camera import CameraReader
    from pos_member.hardware.scanning.decoder import default_decoder
    from pos_member.hardware.scanning.sources import source_maker

    began = time.monotonic()
    seen_live = False

    def on_state(state: Any) -> None:
        nonlocal seen_live
        told: _Heard = {"state": state.value, "at_ms": round((time.monotonic() - began) * 1_000)}
        # A file has an end; a camera is looked for again and again.
        heard({"state": "ended"} if seen_live and state.value == "stopped" else told)
        seen_live = seen_live or state.value == "live"

    reader = CameraReader(
        source_maker(parsed.camera),
        default_decoder(),
        lambda code: heard(
            {"text": code.text, "symbology": code.symbology, "reader": code.reader, "ms": round(code.ms, 1)}
        ),
        on_state=on_state,
    )
    reader.start()
    try:
        yield
    finally:
        reader.stop()


@contextmanager
def _serial(parsed: argparse.Namespace, heard: Callable[[_Heard], None]) -> Iterator[None]:
    from pos_member.domain.readers import ReaderKind, ReaderSetup, SerialReport
    from pos_member.hardware.scanning.serial_reader import listen

    def on_report(report: SerialReport) -> None:
        heard({"raw": report.raw.hex(" "), "text": report.text})

    setup = ReaderSetup("scan", "scan", ReaderKind.SERIAL, address=parsed.serial, baud=parsed.baud)
    end = listen(setup, on_report)
    try:
        yield
    finally:
        end()


@contextmanager
def _wedge(parsed: argparse.Namespace, heard: Callable[[_Heard], None]) -> Iterator[None]:
    from pos_member.cli.terminal_keys import keys_of_terminal

    with keys_of_terminal(heard):
        yield
