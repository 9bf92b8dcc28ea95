"""The machine: Python, the packages, the libraries of the system, room on the disk, the clock."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

from pos_member.doctor.findings import Finding, Level, found
from pos_member.domain.clock import Clock
from pos_member.domain.org import Settings
from pos_member.hardware.scanning import decoder, libraries
from pos_member.services import thai_words

PYTHON_MIN = (3, 11)
DISK_WARN_BYTES = 1_000_000_000
DISK_LEAST_BYTES = 200_000_000
#: This build cannot have run before this year; a clock in the Buddhist era is five centuries ahead.
YEAR_FIRST, YEAR_LAST = 2026, 2099
_CLOCK_SLACK = timedelta(hours=1)
_PACKAGES = (
    "alembic argon2-cffi cryptography keyring numpy opencv-python-headless platformdirs PySide6-Essentials pyserial "
    "python-escpos pyzbar requests segno SQLAlchemy sqlcipher3 tzdata zxing-cpp"
)
_QT_PLUGINS = {"win32": "qwindows.dll", "darwin": "libqcocoa.dylib"}
_MISSING_LIBRARY = re.compile(r"^(\S+?\.so[.\d]*|\S+\.dll)\b")


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Iterator[Finding]:
    """New enough."""
    shown = ".".join(map(str, version))
    if version[:2] < PYTHON_MIN:
        yield found("python", Level.ERROR, "python_old", version=shown, wanted=".".join(map(str, PYTHON_MIN)))
    else:
        yield found("python", Level.OK, "python_ok", version=shown)


def check_packages(version_of: Callable[[str], str] = metadata.version) -> Iterator[Finding]:
    """Every library is installed, and PySide6 is not the release that loses references on Python 3.11."""
    have: dict[str, str] = {}
    missing: list[str] = []
    for name in _PACKAGES.split():
        try:
            have[name] = version_of(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield found("packages", Level.ERROR, "packages_missing", names=", ".join(missing))
    qt = have.get("PySide6-Essentials", "")
    if sys.version_info[:2] == (3, 11) and [int(part) for part in qt.split(".")[:2] if part.isdigit()] >= [6, 12]:
        yield found("packages", Level.ERROR, "pyside_unsound", version=qt)
    if not missing:
        yield found("packages", Level.OK, "packages_ok", count=len(have), qt=qt, sqlcipher=have["sqlcipher3"])


def check_window_libraries(load: Callable[[str], object] = ctypes.CDLL) -> Iterator[Finding]:
    """The plugin through which Qt opens windows loads, with every system library it needs."""
    plugin = _qt_plugin()
    if plugin is None or not plugin.exists():
        yield found("window", Level.ERROR, "window_no_plugin")
        return
    try:
        load(str(plugin))
    except OSError as error:
        named = _MISSING_LIBRARY.search(str(error))
        yield found("window", Level.ERROR, "window_broken", library=named[1] if named else str(error)[:120])
        return
    yield found("window", Level.OK, "window_ok")


def _qt_plugin() -> Path | None:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(next(iter(spec.submodule_search_locations)))
    plugins = home / "plugins" if sys.platform == "win32" else home / "Qt" / "plugins"
    return plugins / "platforms" / _QT_PLUGINS.get(sys.platform, "libqxcb.so")


def check_readers() -> Iterator[Finding]:
    """The decoders of codes and the library of pictures load, and each reads a code that it is shown."""
    loaders: tuple[tuple[str, Callable[[], object]], ...] = (
        ("zbar", libraries.zbar),
        ("zxing-cpp", libraries.zxing),
        ("OpenCV", libraries.opencv),
    )
    broken: list[str] = []
    for name, load in loaders:
        try:
            load()
        except (ImportError, OSError) as error:
            broken.append(name)
            # Either decoder alone still reads codes; without OpenCV there is no camera, and a reader still works.
            yield found("readers", Level.WARNING, "reader_broken", library=name, why=str(error)[:120])
    if broken:
        return
    blind = [status for status in decoder.available() if not status.works]
    for status in blind:
        yield found("readers", Level.WARNING, "reader_blind", library=status.name, why=status.trouble[:120])
    if not blind:
        yield found("readers", Level.OK, "readers_ok")


def check_thai_words() -> Iterator[Finding]:
    """Thai lines break between words."""
    if thai_words.has_dictionary():
        yield found("thai", Level.OK, "thai_ok")
    else:
        yield found("thai", Level.WARNING, "thai_by_spelling")


def check_disk(folder: Path, usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage) -> Iterator[Finding]:
    """Room for tomorrow's bills, and a folder that can be written."""
    place = _nearest(folder)
    free = usage(place)[2]
    free_mb = free // 1_000_000
    if free < DISK_LEAST_BYTES:
        yield found("disk", Level.ERROR, "disk_full", folder=folder, free_mb=free_mb)
    elif free < DISK_WARN_BYTES:
        yield found("disk", Level.WARNING, "disk_low", folder=folder, free_mb=free_mb)
    else:
        yield found("disk", Level.OK, "disk_ok", folder=folder, free_mb=free_mb)


def _nearest(folder: Path) -> Path:
    """The folder, or where it would be made."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def check_clock(folder: Path, clock: Clock, zone: str = Settings().zone) -> Iterator[Finding]:
    """A year that can be, the shop's zone, and no file of ours from the future."""
    now = clock.now()
    if not YEAR_FIRST <= now.year <= YEAR_LAST:
        yield found("clock", Level.ERROR, "clock_year", year=str(now.year))
        return
    newest = max((path.stat().st_mtime for path in folder.glob("*.db*")), default=0)
    ahead = datetime.fromtimestamp(newest, UTC) - now
    if ahead > _CLOCK_SLACK:
        yield found("clock", Level.ERROR, "clock_back", hours=int(ahead.total_seconds() // 3600))
        return
    here, shop = now.astimezone().utcoffset(), now.astimezone(ZoneInfo(zone)).utcoffset()
    if here != shop:
        yield found("clock", Level.WARNING, "clock_zone", zone=zone)
    else:
        yield found("clock", Level.OK, "clock_ok", time=now.astimezone(ZoneInfo(zone)).strftime("%H:%M"), zone=zone)
