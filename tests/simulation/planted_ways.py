"""More of ``planted``: effects after the answer, whole segments, commands in parts, cases by order, acts that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import delete, select, tuple_

from pos_member.db.store import SqlTillStore
from pos_member.headoffice import coupon_world, exceptions, feed_reading, issuing, portable, schema, service
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.engine import SyncEngine
from tests.simulation.planted_more import patched


def owed_in_memory_alone() -> AbstractContextManager[None]:
    """What is to be applied after its answer is known to the process that took it in, and to nobody else."""
    settled, settle = HeadOffice._settled, HeadOffice.settle_effects
    owed: WeakKeyDictionary[HeadOffice, list[dict[str, Any]]] = WeakKeyDictionary()

    def leave(self: HeadOffice, till_id: str, epoch: int, taken: Any) -> Any:
        if self.settler is not None and len(taken.acts) > service.INLINE_EVENTS:
            table = schema.effect
            mine = (table.c.till_id == till_id) & tuple_(table.c.epoch, table.c.seq).in_(list(taken.acts))
            with self.database.write() as connection:
                rows = connection.execute(select(table).where(mine)).all()
                connection.execute(delete(table).where(mine))
            owed.setdefault(self, []).extend(dict(row._mapping) for row in rows)
        return settled(self, till_id, epoch, taken)

    def settle_effects(self: HeadOffice, before: Callable[[], object] = lambda: None) -> int:
        if rows := owed.pop(self, []):
            with self.database.write() as connection:
                portable.insert_new(connection, schema.effect, rows)
        return settle(self, before)

    return patched((HeadOffice, "_settled", leave), (HeadOffice, "settle_effects", settle_effects))


def segment_as_told_first() -> AbstractContextManager[None]:
    """A segment has each thing as it was told first in it."""
    original = feed_reading.segment

    def segment(connection: Any, number: int) -> Any:
        return original(_Reversed(connection), number)

    class _Reversed:
        """Rows the other way round: the last of them is the first that was told."""

        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def execute(self, query: Any, *rest: Any) -> Any:
            found = self._connection.execute(query, *rest)
            return reversed(list(found)) if "ORDER BY feed.publish_no" in str(query) else found

    return patched((feed_reading, "segment", segment))


def progress_before_rows() -> AbstractContextManager[None]:
    """A command that gives coupons notes how far it is before it has written them, and goes on from there."""
    missing = issuing._missing
    noted: set[tuple[str, str, str]] = set()

    def looked_for(units: Any, definition: Any, member_ids: Sequence[str], source: str, *rest: Any) -> Any:
        place = str(units.database.engine.url)
        left = [each for each in member_ids if (place, source, each) not in noted]
        noted.update((place, source, each) for each in left)
        return missing(units, definition, left, source, *rest)

    @contextmanager
    def anew() -> Iterator[None]:
        noted.clear()
        with patched((issuing, "_missing", looked_for)):
            yield

    return anew()


def second_is_blamed() -> AbstractContextManager[None]:
    """A coupon used twice is a case of the till that came with it second, whoever that was."""
    original, made = exceptions.record, coupon_world.Coupons.__init__
    brings = [""]

    def begin(self: coupon_world.Coupons, connection: Any, till_id: str, *rest: Any) -> None:
        brings[0] = till_id
        made(self, connection, till_id, *rest)

    def record(connection: Any, findings: Iterable[Finding], at: str) -> None:
        told = list(findings)
        twice = [each.subject_id for each in told if each.kind is ExceptionKind.COUPON_TWICE and each.present]
        blamed = [Finding(ExceptionKind.LIMIT_EXCEEDED, f"{code}|{brings[0]}", True) for code in twice]
        original(connection, [*told, *blamed], at)

    return patched((exceptions, "record", record), (coupon_world.Coupons, "__init__", begin))


def act_sends_at_once() -> AbstractContextManager[None]:
    """What is done at a counter is sent before the cashier is told that it is done."""
    made, transaction = SyncEngine.__init__, SqlTillStore.transaction
    engines: dict[Path, SyncEngine] = {}

    def begin(self: SyncEngine, store: Any, *rest: Any, **named: Any) -> None:
        made(self, store, *rest, **named)
        engines[store._till.path] = self

    @contextmanager
    def sending(self: SqlTillStore) -> Iterator[Any]:
        with transaction(self) as tx:
            yield tx
        engine = engines.get(self._till.path)
        if engine is not None:
            engine.sync_once()

    return patched((SyncEngine, "__init__", begin), (SqlTillStore, "transaction", sending))
