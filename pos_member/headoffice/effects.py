"""The second stage: what events that were taken in do to members and coupons.

It works through the ``effect`` rows of a till in the order of its events. Each part (one member, one coupon) is applied
under the lock of its row and once, whoever tries it how often; when all parts of an event are applied its row goes. Two
workers on the same till do no harm: each goes through every event in order, and finds done what the other did. An event
that cannot be applied is set aside with the reason and holds up nothing but what speaks of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError

from pos_member.domain.errors import PosMemberError, Refusal
from pos_member.headoffice import exceptions, portable, schema, seen_marks, times
from pos_member.headoffice.acts import Act
from pos_member.headoffice.asking import among
from pos_member.headoffice.parts import Part, Told, codes_of, members_of
from pos_member.headoffice.quarantine import awaited_and_aside, poison_finding, set_aside_row
from pos_member.headoffice.seen_marks import Position
from pos_member.headoffice.steps import Step, no_step
from pos_member.headoffice.stored_acts import stored_act
from pos_member.headoffice.units import Pack, Units
from pos_member.headoffice.world import World

log = logging.getLogger(__name__)
#: Events worked on at once.
_EVENTS = 500
#: (epoch, seq) → reason.
Faults = dict[Position, str]

_EFFECT, _EVENT = schema.effect.c, schema.event.c
_SAME = (_EVENT.till_id == _EFFECT.till_id) & (_EVENT.epoch == _EFFECT.epoch) & (_EVENT.seq == _EFFECT.seq)
_NAMES = (_EFFECT.epoch, _EFFECT.seq, _EFFECT.late, _EVENT.event_id, _EVENT.kind, _EVENT.version)
_WAITING = (
    select(*_NAMES)
    .select_from(schema.effect.join(schema.event, _SAME))
    .where(_EFFECT.till_id == bindparam("till"))
    .order_by(_EFFECT.epoch, _EFFECT.seq)
    .limit(bindparam("most"))
)
_WAITING_WHOLE = _WAITING.add_columns(_EVENT.payload)
_LEFT = select(_EFFECT.seq).where(
    _EFFECT.till_id == bindparam("till"), _EFFECT.epoch == bindparam("of"), among(_EFFECT.seq, "seqs")
)
_DONE = delete(schema.effect).where(
    _EFFECT.till_id == bindparam("till"), _EFFECT.epoch == bindparam("of"), among(_EFFECT.seq, "seqs")
)

#: Kept of an event that could be read when it came.
UNREADABLE = "cannot be read any more"

# A look for each till: to pass over all that waits takes the longer the more it is, and is done again and again.
_SOME_WAIT = select(func.min(_EFFECT.epoch)).where(_EFFECT.till_id == schema.till.c.id).scalar_subquery()
_TILLS = select(schema.till.c.id).where(_SOME_WAIT.is_not(None)).order_by(schema.till.c.id)


class Effects:
    """Applies what waits. Thread-safe; several workers on one database too."""

    def __init__(self, units: Units, step: Step = no_step) -> None:
        self._units = units
        self._step = step

    def waiting_tills(self, connection: Connection) -> list[str]:
        """Tills with effects that are not applied, by id."""
        return list(connection.execute(_TILLS).scalars())

    def waiting(self, connection: Connection, till_id: str, at_most: int) -> int:
        """How many effects of this till are not applied, counted no further than ``at_most``."""
        some = select(schema.effect.c.seq).where(schema.effect.c.till_id == till_id).limit(at_most).subquery()
        return int(connection.execute(select(func.count()).select_from(some)).scalar_one())

    def settle(
        self,
        till_id: str,
        now: datetime,
        known: Mapping[Position, Act] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> Faults:
        """Apply everything of one till that waits. Returns what was set aside on the way.

        ``known``: acts that are at hand; others are read from their events. ``before`` is called ahead of every batch:
        who is in no hurry lets others go first there. Raises what is no event's fault (the
        database is busy, full or gone): what was not applied waits on.
        """
        faults: Faults = {}
        while True:
            before()
            with self._units.database.read() as connection:
                batch, unreadable = _read(connection, till_id, known or {})
                parts = [part for told in batch for part in told.parts]
                tills = seen_marks.tills_named(connection, members_of(parts), codes_of(parts))
                published = seen_marks.published(connection, tills)
            run = _Run(self._units, self._step, till_id, now, published)
            faults |= run.put_by(unreadable)
            if batch:
                faults |= run.apply(batch)
            if len(batch) + len(unreadable) < _EVENTS:
                return faults  # what came meanwhile is applied by the call that brought it


def _read(connection: Connection, till_id: str, known: Mapping[Position, Act]) -> tuple[list[Told], list[Told]]:
    """The next events that wait, in their order; apart, without their acts, those that cannot be read any more: damaged
    since they were taken in, or by a newer build."""
    asked = {"till": till_id, "most": _EVENTS}
    if known:
        rows = connection.execute(_WAITING, asked).all()
        if all((epoch, seq) in known for epoch, seq, *_ in rows):
            return [
                Told(epoch, seq, event_id, kind, known[(epoch, seq)], late)
                for epoch, seq, late, event_id, kind, _ in rows
            ], []
    told, unreadable = [], []
    for epoch, seq, late, event_id, kind, version, payload in connection.execute(_WAITING_WHOLE, asked).all():
        try:
            act = known.get((epoch, seq)) or stored_act(till_id, seq, kind, version, bytes(payload))
        except (Refusal, ValueError, TypeError):
            unreadable.append(Told(epoch, seq, event_id, kind, Act(), late))
        else:
            told.append(Told(epoch, seq, event_id, kind, act, late))
    return told, unreadable


class _Run:
    """One go through some events of a till, in order."""

    def __init__(self, units: Units, step: Step, till_id: str, now: datetime, published: dict[str, Position]) -> None:
        self._units = units
        self._step = step
        self._till_id = till_id
        self._now = now
        self._published = published

    def apply(self, batch: Sequence[Told]) -> Faults:
        """All at once; when that fails, one by one, so that only the event at fault is set aside."""
        aside: set[str] = set()
        if any(told.act.waits_for for told in batch):
            with self._units.database.read() as connection:
                aside = awaited_and_aside(connection, self._till_id, [told.act for told in batch])
        if any(told.act.waits_for in aside for told in batch):
            if len(batch) > 1:
                return self._one_by_one(batch)
            self._set_aside(batch[0], "waits", batch[0].act.waits_for)
            return {(batch[0].epoch, batch[0].seq): "waits"}
        try:
            self._together(batch)
        except PosMemberError:
            raise
        except Exception as error:
            if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and portable.is_overload(error)):
                raise
            if len(batch) > 1:
                log.exception("a batch of till %s does not apply as one; going one by one", self._till_id)
                return self._one_by_one(batch)
            log.exception("event %d of till %s does not apply", batch[0].seq, self._till_id)
            self._set_aside(batch[0], "apply", "see the log")
            return {(batch[0].epoch, batch[0].seq): "apply"}
        return {}

    def put_by(self, unreadable: Sequence[Told]) -> Faults:
        """Set these aside: nothing behind them waits for what nobody can read."""
        if not unreadable:
            return {}
        with self._units.database.read() as connection:
            unreadable = _still_waiting(connection, self._till_id, unreadable)
        for told in unreadable:
            log.error("event %d of till %s cannot be read", told.seq, self._till_id)
            self._set_aside(told, "payload", UNREADABLE)
        return {(told.epoch, told.seq): "payload" for told in unreadable}

    def _one_by_one(self, batch: Sequence[Told]) -> Faults:
        faults: Faults = {}
        for told in batch:
            faults |= self.apply([told])
        return faults

    def _together(self, batch: Sequence[Told]) -> None:
        with self._units.pack() as pack:
            for some in pack.units_of(batch):
                events = self._left(pack, some)
                if not events:
                    continue
                parts = [part for told in events for part in told.parts]
                for unit in pack.units_of(parts):
                    with pack.unit() as connection:
                        self._write(connection, unit)
                    self._step("unit")
                with pack.unit() as connection:
                    self._step("settling")
                    _done(connection, self._till_id, events)
        self._step("settled")

    def _left(self, pack: Pack, events: Sequence[Told]) -> list[Told]:
        """Those that no other worker has done since they were read, maybe long ago: ``applied`` may not know by now."""
        if pack.shared:
            with pack.unit() as connection:
                return _still_waiting(connection, self._till_id, events)
        with self._units.database.read() as connection:
            return _still_waiting(connection, self._till_id, events)

    def _write(self, connection: Connection, parts: Sequence[Part]) -> None:
        world = World(connection, self._till_id, parts, self._now, self._published)
        for part in parts:
            world.apply(part)
        world.flush()

    def _set_aside(self, told: Told, reason: str, detail: str) -> None:
        at = times.stored(self._now)
        with self._units.database.write() as connection:
            row = set_aside_row(self._till_id, told.epoch, told.seq, told.event_id, told.kind, reason, detail, at)
            connection.execute(insert(schema.quarantine), [row | {"taken_in": True}])
            finding = poison_finding(self._till_id, told.epoch, told.seq, told.kind, reason)
            exceptions.record(connection, [finding], at)
            _done(connection, self._till_id, [told])


def _still_waiting(connection: Connection, till_id: str, events: Sequence[Told]) -> list[Told]:
    left: set[Position] = set()
    for epoch, seqs in _by_epoch(events).items():
        found = connection.execute(_LEFT, {"till": till_id, "of": epoch, "seqs": seqs})
        left.update((epoch, seq) for seq in found.scalars())
    return [told for told in events if (told.epoch, told.seq) in left]


def _done(connection: Connection, till_id: str, events: Sequence[Told]) -> None:
    for epoch, seqs in _by_epoch(events).items():
        connection.execute(_DONE, {"till": till_id, "of": epoch, "seqs": seqs})


def _by_epoch(events: Sequence[Told]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for told in events:
        found.setdefault(told.epoch, []).append(told.seq)
    return found
