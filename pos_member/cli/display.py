"""Whether a window can be opened here, asked before Qt is: Qt ends the whole process where it cannot."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pos_member.domain.errors import EnvironmentProblem, Reason

_LIBRARY = re.compile(r"^(\S+?\.so[.\d]*)(?=:)")

#: The variables that name a display.
DISPLAY_NAMES = ("WAYLAND_DISPLAY", "DISPLAY")
#: Qt's platforms that show nothing.
INVISIBLE = frozenset({"offscreen", "minimal"})

#: Loads a shared library by name or path; raises ``OSError`` naming what is missing.
Load = Callable[[str], Any]


def require_display(environment: Mapping[str, str] = os.environ, load: Load = ctypes.CDLL) -> None:
    """Return where a display server answers and Qt's plugin for it loads; the plugin is needed next anyway.

    Raises ``EnvironmentProblem``: NO_DISPLAY (none is named, or the one named does not answer or lets nobody in),
    SYSTEM_LIBRARY_MISSING. On Windows and macOS there is always one; where ``QT_QPA_PLATFORM`` is set, the person has
    chosen.
    """
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return
    ways = zip(DISPLAY_NAMES, (_wayland_answers, _x11_answers), ("libqwayland.so", "libqxcb.so"), strict=True)
    named = [(environment[name], answers, plugin) for name, answers, plugin in ways if environment.get(name)]
    problem = EnvironmentProblem(Reason.NO_DISPLAY, name=" ".join(name for name, _, _ in named) or "–")
    for _, answers, plugin in named:
        try:
            if answers(load):
                load(str(_plugins() / plugin))
                return
        except OSError as error:
            problem = library_problem(error) or problem
    raise problem


def library_problem(error: OSError | ImportError) -> EnvironmentProblem | None:
    """``SYSTEM_LIBRARY_MISSING`` where the loader says that a shared library is not there."""
    found = _LIBRARY.match(str(error))
    return EnvironmentProblem(Reason.SYSTEM_LIBRARY_MISSING, library=found[1]) if found else None


def _plugins() -> Path:
    spec = importlib.util.find_spec("PySide6")
    home = next(iter(spec.submodule_search_locations or ()), "") if spec else ""
    return Path(home) / "Qt" / "plugins" / "platforms"


def _x11_answers(load: Load) -> bool:
    library = load("libxcb.so.1")
    library.xcb_connect.restype = ctypes.c_void_p
    library.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    library.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    library.xcb_disconnect.argtypes = [ctypes.c_void_p]
    # Without a name it is the environment's; the answer is never null, and is closed in either case.
    connection = library.xcb_connect(None, None)
    answered = not library.xcb_connection_has_error(connection)
    library.xcb_disconnect(connection)
    return answered


def _wayland_answers(load: Load) -> bool:
    library = load("libwayland-client.so.0")
    library.wl_display_connect.restype = ctypes.c_void_p
    library.wl_display_connect.argtypes = [ctypes.c_char_p]
    library.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    connection = library.wl_display_connect(None)
    if connection:
        library.wl_display_disconnect(connection)
    return bool(connection)
