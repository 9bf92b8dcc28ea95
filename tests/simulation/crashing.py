"""Processes that end: every point at which a till's or head office's process can die, counted and struck.

The model is the end of a *process*: what was committed stays, what was not is gone, and everything in memory is gone.
SQLite keeps this promise without ``fsync`` (what it handed to the operating system survives the process), which is why
the files of a simulation are opened with ``synchronous=OFF``. The end of the *machine* is another matter: the kill and
the IO-fault tests open their files as the product does.

Points: before and after every commit of either side, and every ``step`` that head office names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pos_member.db import engine as till_engine
from pos_member.headoffice import portable, portable_engines
from pos_member.headoffice.routes import feed_api
from pos_member.sync import trust
from tests.simulation.office import at_once


class Died(BaseException):
    """The process of ``who`` ends here."""

    def __init__(self, who: object, point: str) -> None:
        super().__init__(f"{who} died at {point}")
        self.who = who
        self.point = point


#: Called at every point: (owner, name of the point). May raise ``Died``, or do something else meanwhile.
Hook = Callable[[Any, str], None]


@dataclass
class Points:
    """Who owns which database, and what happens at the points of each."""

    owners: dict[Path, Any] = field(default_factory=dict)
    hook: Hook = lambda _who, _point: None

    def at(self, place: Path, point: str) -> None:
        """A point of the database at ``place``."""
        owner = self.owners.get(place.parent)
        if owner is not None:
            self.hook(owner, f"{place.stem}:{point}")


def _watched(cls: type[Any], points: Points, place_of: Callable[[Any], Path]) -> Any:
    """``cls.write`` with a point before and after its commit."""
    original = cls.write

    @contextmanager
    def write(self: Any) -> Iterator[Any]:
        place = place_of(self)
        with original(self) as connection:
            yield connection
            points.at(place, "commit")
        points.at(place, "committed")

    return write


def _office_place(database: Any) -> Path:
    return Path(database.engine.url.database)


def _without_sync(pragmas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p.replace("synchronous = FULL", "synchronous = OFF") for p in pragmas)


#: The first dialect of each side. A simulation opens thousands of engines: with a dialect of its own each of them would
#: compile every statement anew, which is a third of the time of a run.
_DIALECTS: dict[str, tuple[Any, Any]] = {}


def _sharing(name: str, create: Callable[..., Any]) -> Callable[..., Any]:
    """``create_engine`` whose engines share a dialect and its compiled statements."""

    def made(*args: Any, **named: Any) -> Any:
        engine = create(*args, **named)
        dialect, compiled = _DIALECTS.setdefault(name, (engine.dialect, engine._compiled_cache))
        engine.dialect, engine._compiled_cache = dialect, compiled
        return engine

    return made


def _begins(connection: Any) -> None:
    """As the product begins, without the machinery of a statement: a third of all statements are these."""
    begin = connection.get_execution_options().get(till_engine._BEGIN, "BEGIN")
    connection.connection.dbapi_connection.execute(begin)


@cache
def _one_context(make: Callable[[], Any] = trust.system_context) -> Any:
    """No line of a simulation is encrypted, and reading the system's certificates takes longer than a sale."""
    return make()


@contextmanager
def watching(points: Points) -> Iterator[None]:
    """Both sides' databases tell ``points``, and leave the flushing to the operating system."""
    set_up = portable_engines._set_up_file

    def set_up_quickly(driver: Any, record: object) -> None:
        set_up(driver, record)
        driver.execute("PRAGMA synchronous=OFF")

    with ExitStack() as stack:
        for module, name, value in (
            (till_engine.Database, "write", _watched(till_engine.Database, points, lambda d: d.path)),
            (portable.Database, "write", _watched(portable.Database, points, _office_place)),
            (till_engine, "_PRAGMAS", _without_sync(till_engine._PRAGMAS)),
            (portable_engines, "_set_up_file", set_up_quickly),
            (till_engine, "_emit_begin", _begins),
            (feed_api, "run_in_threadpool", at_once),
            (trust, "system_context", _one_context),
            (till_engine, "create_engine", _sharing("till", till_engine.create_engine)),
            (portable_engines, "create_engine", _sharing("office", portable_engines.create_engine)),
        ):
            stack.enter_context(patch.object(module, name, value))
        yield
