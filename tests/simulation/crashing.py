"""Processes that end: every point at which a till's or head office's process can die, counted and struck.

The model is the end of a *process*: what was committed stays, what was not is gone, and everything in memory is gone.
SQLite keeps this promise without ``fsync`` (what it handed to the operating system survives the process), which is why
the files of a simulation are opened with ``synchronous=OFF``. The end of the *machine* is another matter: the kill and
the IO-fault tests open their files as the product does.

Points: before and after every commit of either side, after every look of head office at its database (nobody dies
there, but another worker may get on) and every exchange of a replica, and every ``step`` that head
office names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pos_member.db import engine as till_engine
from pos_member.headoffice import portable
from pos_member.headoffice.routes import answers, feed_api
from tests.simulation.office import at_once
from tests.simulation.quick import cheaply


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
    #: Transactions of head office under way that write: nobody else could get on meanwhile.
    writing: int = 0
    #: The end of a process that is under way: what it would still tidy up on its way out is not written any more.
    ending: Died | None = None

    def end(self, who: object, point: str) -> Died:
        """The process of ``who`` ends at ``point``: to be raised."""
        self.ending = Died(who, point)
        return self.ending

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
        if points.ending is not None:
            raise points.ending
        points.writing += 1
        try:
            with original(self) as connection:
                yield connection
                points.at(place, "commit")
        finally:
            points.writing -= 1
        points.at(place, "committed")

    return write


def _looked(points: Points) -> Any:
    """Head office's ``read`` with a point after it: what was read may be another thing by the time it is acted upon."""
    original = portable.Database.read

    @contextmanager
    def read(self: Any) -> Iterator[Any]:
        with original(self) as connection:
            yield connection
        if not points.writing:
            points.at(_office_place(self), "read")

    return read


def _swapped(points: Points) -> Any:
    """``exchange`` of a till's database with a point before and after the file is another."""
    original = till_engine.Database.exchange

    def exchange(self: Any, other: Path, last_words: Callable[[], None] = lambda: None) -> None:
        points.at(self.path, "swap")
        original(self, other, last_words)
        points.at(self.path, "swapped")

    return exchange


def _office_place(database: Any) -> Path:
    return Path(database.engine.url.database)


@contextmanager
def watching(points: Points) -> Iterator[None]:
    """Both sides' databases tell ``points``, and leave the flushing to the operating system."""
    with ExitStack() as stack:
        stack.enter_context(cheaply())
        for module, name, value in (
            (till_engine.Database, "write", _watched(till_engine.Database, points, lambda d: d.path)),
            (till_engine.Database, "exchange", _swapped(points)),
            (portable.Database, "write", _watched(portable.Database, points, _office_place)),
            (portable.Database, "read", _looked(points)),
            (feed_api, "run_in_threadpool", at_once),
            (answers, "run_in_threadpool", at_once),
        ):
            stack.enter_context(patch.object(module, name, value))
        yield
