"""Whether a window can be opened is asked before Qt, which would end the process."""

from __future__ import annotations

import sys

import pytest

from pos_member.cli.display import library_problem, require_display
from pos_member.domain.errors import EnvironmentProblem, Reason

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display is certain elsewhere")


class Answer:
    """A function of a C library that returns one thing and counts its calls."""

    def __init__(self, result: int) -> None:
        self.result = result
        self.calls = 0

    def __call__(self, *_: object) -> int:
        self.calls += 1
        return self.result


class Libraries:
    """The loader of a system with an X server, a Wayland server, both or neither."""

    def __init__(self, *, x11: bool = False, wayland: bool = False, missing: tuple[str, ...] = ()) -> None:
        self.missing = missing
        self.loaded: list[str] = []
        self.xcb_connect = Answer(1)
        self.xcb_connection_has_error = Answer(0 if x11 else 1)
        self.xcb_disconnect = Answer(0)
        self.wl_display_connect = Answer(1 if wayland else 0)
        self.wl_display_disconnect = Answer(0)

    def __call__(self, name: str) -> object:
        short = name.rpartition("/")[2]
        if short in self.missing:
            raise OSError(f"{short}: cannot open shared object file: No such file or directory")
        self.loaded.append(short)
        return self


def reason(environment: dict[str, str], load: Libraries) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(EnvironmentProblem) as told:
        require_display(environment, load)
    return told.value.reason, dict(told.value.params)


def test_no_display_is_named() -> None:
    libraries = Libraries()
    assert reason({}, libraries) == (Reason.NO_DISPLAY, {"name": "–"})
    assert libraries.loaded == []


def test_a_display_that_does_not_answer() -> None:
    libraries = Libraries()
    assert reason({"DISPLAY": ":7"}, libraries) == (Reason.NO_DISPLAY, {"name": ":7"})
    assert libraries.xcb_disconnect.calls == 1
    assert reason({"DISPLAY": ":7", "WAYLAND_DISPLAY": "w0"}, libraries) == (Reason.NO_DISPLAY, {"name": "w0 :7"})
    assert libraries.wl_display_disconnect.calls == 0


def test_a_display_that_answers_has_its_plugin_loaded() -> None:
    libraries = Libraries(x11=True)
    require_display({"DISPLAY": ":0"}, libraries)
    assert libraries.loaded == ["libxcb.so.1", "libqxcb.so"]
    libraries = Libraries(wayland=True)
    require_display({"WAYLAND_DISPLAY": "wayland-0"}, libraries)
    assert libraries.loaded == ["libwayland-client.so.0", "libqwayland.so"]
    assert libraries.wl_display_disconnect.calls == 1


def test_where_wayland_does_not_answer_x11_does() -> None:
    libraries = Libraries(x11=True, missing=("libwayland-client.so.0",))
    require_display({"WAYLAND_DISPLAY": "gone", "DISPLAY": ":0"}, libraries)
    assert libraries.loaded == ["libxcb.so.1", "libqxcb.so"]


@pytest.mark.parametrize("library", ["libxcb.so.1", "libqxcb.so"])
def test_a_library_that_is_missing_is_named(library: str) -> None:
    libraries = Libraries(x11=True, missing=(library,))
    assert reason({"DISPLAY": ":0"}, libraries) == (Reason.SYSTEM_LIBRARY_MISSING, {"library": library})


def test_a_platform_that_was_chosen_is_taken_as_it_is() -> None:
    libraries = Libraries()
    require_display({"QT_QPA_PLATFORM": "offscreen"}, libraries)
    assert libraries.loaded == []


def test_only_a_missing_library_is_one() -> None:
    said = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    found = library_problem(said)
    assert found is not None
    assert found.params == {"library": "libEGL.so.1"}
    assert library_problem(ImportError("cannot import name 'x' from 'y' (/a/b.so)")) is None
    assert library_problem(ModuleNotFoundError("No module named 'fastapi'")) is None


def test_on_this_machine_a_display_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real libraries, asked for a server that nobody can have started."""
    for name, value in (("DISPLAY", ":64999"), ("WAYLAND_DISPLAY", "wayland-that-is-not"), ("XDG_RUNTIME_DIR", "/")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    with pytest.raises(EnvironmentProblem) as told:
        require_display()
    assert told.value.reason is Reason.NO_DISPLAY
