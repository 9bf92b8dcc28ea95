"""What makes a run cheap without making it another: databases opened once and lent again, no certificates, no fsync.

A simulation opens thousands of engines and begins a hundred thousand transactions, all in one thread. What the product
does around each of them for many threads and long lives (a pool, events, a dialect for each engine) is left out here;
every statement, transaction and file is the product's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event
from sqlcipher3 import dbapi2

from pos_member.db import engine as till_engine
from pos_member.headoffice import identity, portable_engines
from pos_member.sync import online_desk, trust
from tests.simulation.lending import Direct

#: The first dialect of each side. With a dialect of its own each engine would compile every statement anew, which is a
#: third of the time of a run.
_DIALECTS: dict[str, tuple[Any, Any]] = {}


class Lent(Direct):
    """A connection that comes back when it is closed, and is lent again as it was at first."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.home = engine.pool
        self.on_begin = _begins_of(engine)

    def lend(self, engine: Engine) -> Lent:
        """To a user of ``engine``: one of those who share its pool."""
        self.engine, self._execution_options = engine, engine._execution_options
        return self

    def _begin_impl(self, transaction: object) -> None:
        # As the product begins, without the machinery of a statement: a third of all statements are these.
        try:
            self.connection.dbapi_connection.execute(self.on_begin(self._execution_options))  # type: ignore[union-attr]
        except dbapi2.Error as error:
            self._handle_dbapi_exception(error, None, None, None, None)

    def close(self) -> None:
        if self._transaction:
            self._transaction.close()
        if self.closed or self.invalidated or self.home is not self.engine.pool:
            super().close()
            return
        _idle(self.engine).append(self)

    def end(self) -> None:
        """Give it back for good."""
        super().close()


def _begins_of(engine: Engine) -> Callable[[Any], str]:
    if engine.dialect is _DIALECTS.get("office", (None,))[0]:
        return lambda options: "BEGIN" if options.get(portable_engines.READ) else "BEGIN IMMEDIATE"
    return lambda options: str(options.get(till_engine._BEGIN, "BEGIN"))


def _idle(engine: Engine) -> list[Lent]:
    """Those of ``engine``'s pool that nobody uses; they end with it."""
    found: list[Lent] = engine.pool.__dict__.setdefault("idle", [])
    return found


def _lent(engine: Engine) -> Connection:
    if not any(engine.dialect is shared for shared, _ in _DIALECTS.values()):
        return Connection(engine)
    waiting = _idle(engine)
    return waiting.pop().lend(engine) if waiting else Lent(engine)


def _disposing(original: Callable[..., None]) -> Callable[..., None]:
    def dispose(self: Engine, close: bool = True) -> None:
        for each in self.pool.__dict__.pop("idle", []):
            each.end()
        original(self, close)

    return dispose


def _sharing(name: str, create: Callable[..., Any]) -> Callable[..., Any]:
    """``create_engine`` whose engines share a dialect and its compiled statements."""

    def made(*args: Any, **named: Any) -> Any:
        engine = create(*args, **named)
        dialect, compiled = _DIALECTS.setdefault(name, (engine.dialect, engine._compiled_cache))
        engine.dialect, engine._compiled_cache = dialect, compiled
        return engine

    return made


class _Events:
    """Of what the product listens to, the begin of a transaction is done by ``Lent``."""

    @staticmethod
    def listen(target: object, name: str, function: Callable[..., object]) -> None:
        if name != "begin":
            event.listen(target, name, function)


@cache
def _one_context(make: Callable[[], Any] = trust.system_context) -> Any:
    """No line of a simulation is encrypted, and reading the system's certificates takes longer than a sale."""
    return make()


def _without_sync(pragmas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p.replace("synchronous = FULL", "synchronous = OFF") for p in pragmas)


#: The machine's seconds: on a busy one a run takes longer than what is kept for ten of them, and is another run.
_STILL = SimpleNamespace(monotonic=lambda: 0.0)


@contextmanager
def cheaply() -> Iterator[None]:
    """Both sides open their files so."""
    set_up = portable_engines._set_up_file

    def set_up_quickly(driver: Any, record: object) -> None:
        set_up(driver, record)
        driver.execute("PRAGMA synchronous=OFF")

    with ExitStack() as stack:
        for target, name, value in (
            (till_engine, "_PRAGMAS", _without_sync(till_engine._PRAGMAS)),
            (portable_engines, "_set_up_file", set_up_quickly),
            (till_engine, "event", _Events),
            (portable_engines, "event", _Events),
            (till_engine, "create_engine", _sharing("till", till_engine.create_engine)),
            (portable_engines, "create_engine", _sharing("office", portable_engines.create_engine)),
            (Engine, "_connection_cls", staticmethod(_lent)),
            (Engine, "dispose", _disposing(Engine.dispose)),
            (trust, "system_context", _one_context),
            (identity, "time", _STILL),
            (online_desk, "time", _STILL),
        ):
            stack.enter_context(patch.object(target, name, value))
        yield
