"""Bugs to be caught: each is put into the production code for the length of a run, and a seed has to break over it.

They are the mistakes that sync engines are known to make. One that survives three hundred seeds means that the
simulation does not look where it should.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, select, tuple_

from pos_member.db.intake import ReplicaIntake
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.repositories import rights as sql_rights
from pos_member.db.sync_store import SqlSyncStore
from pos_member.headoffice import carrying, epochs, ingest, portable, rights_grants, rights_ledger, schema, stamper
from pos_member.headoffice import hello as hello_module
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.world import World
from pos_member.sync import protocol
from pos_member.sync.protocol import Advice, ItemStatus, PushAnswer, PushItem
from tests.simulation import planted_more as more
from tests.simulation import planted_ways as ways
from tests.simulation.planted_more import patched
from tests.simulation.profile import COMMAND, Profile
from tests.simulation.story import run

Plant = Callable[[], AbstractContextManager[None]]


def no_server_dedup() -> AbstractContextManager[None]:
    """Head office applies again what it holds already."""
    original = HeadOffice.push

    def push(self: HeadOffice, till_id: str, body: bytes) -> PushAnswer:
        answer = original(self, till_id, body)
        _apply_again(self, till_id, body, answer)
        return answer

    return patched((HeadOffice, "push", push))


def _apply_again(office: HeadOffice, till_id: str, body: bytes, answer: PushAnswer) -> None:
    """What was a duplicate counts once more."""
    seqs = [item.seq for item in answer.items if item.status is ItemStatus.DUPLICATE]
    header, _ = protocol.decode_batch(body, office.limits.batch_events)
    with office.database.write() as connection:
        keys = {"till_id": till_id, "epoch": header.epoch, "at": "", "late": False}
        mine = (schema.event.c.till_id == till_id) & (schema.event.c.epoch == header.epoch)
        held = set(connection.execute(select(schema.event.c.seq).where(mine, schema.event.c.seq.in_(seqs))).scalars())
        aside = select(schema.quarantine.c.seq).where(schema.quarantine.c.till_id == till_id)
        held -= set(connection.execute(aside).scalars())
        rows = [keys | {"seq": seq} for seq in sorted(held)]
        entries = schema.point_entry.c
        connection.execute(delete(schema.point_entry).where(entries.till_id == till_id, entries.seq.in_(seqs)))
        portable.insert_new(connection, schema.effect, rows)
    with patch.object(World, "_known_parts", lambda _self, _parts: set()):
        office.effects.settle(till_id, office.clock.now())


def ack_before_commit() -> AbstractContextManager[None]:
    """Head office says that it holds a batch, and takes it in afterwards."""
    original, waiting = HeadOffice.push, HeadOffice._catch_up
    owed: dict[int, list[tuple[str, bytes]]] = {}

    def settle(self: HeadOffice) -> None:
        for till_id, body in owed.pop(id(self), []):
            try:
                original(self, till_id, body)
            except Problem:
                continue

    def push(self: HeadOffice, till_id: str, body: bytes) -> PushAnswer:
        settle(self)
        header, events = protocol.decode_batch(body, self.limits.batch_events)
        with self.database.read() as connection:
            row = connection.execute(select(schema.till).where(schema.till.c.id == till_id)).one()
        if header.epoch != row.epoch or events[0].meta.seq > row.last_seq + 1:
            return original(self, till_id, body)
        owed.setdefault(id(self), []).append((till_id, body))
        items = tuple(PushItem(event.meta.seq, ItemStatus.APPLIED) for event in events)
        return PushAnswer(items, events[-1].meta.seq, self.clock.now())

    def catch_up(self: HeadOffice, till_id: str) -> None:
        settle(self)
        waiting(self, till_id)

    return patched((HeadOffice, "push", push), (HeadOffice, "_catch_up", catch_up))


def cursor_before_rows() -> AbstractContextManager[None]:
    """A till moves its cursor, and writes what it passed in a transaction of its own."""
    original = SqlSyncStore.apply_changes

    def apply_changes(self: SqlSyncStore, changes: Sequence[Any], cursor: int, *rest: Any) -> None:
        original(self, (), cursor, *rest)
        original(self, changes, cursor, *rest)

    return patched((SqlSyncStore, "apply_changes", apply_changes))


def effects_apart() -> AbstractContextManager[None]:
    """Head office counts an event as held, and notes in a second transaction that it has effects."""
    take_in, settled = ingest.push, HeadOffice._settled
    noted: list[dict[str, Any]] = []

    def push(connection: Any, till_id: str, header: Any, *rest: Any) -> Any:
        taken = take_in(connection, till_id, header, *rest)
        table = schema.effect
        mine = (table.c.till_id == till_id) & tuple_(table.c.epoch, table.c.seq).in_(list(taken.acts))
        noted[:] = [dict(row._mapping) for row in connection.execute(select(table).where(mine))]
        connection.execute(delete(table).where(mine))
        return taken

    def settle(self: HeadOffice, till_id: str, epoch: int, taken: Any) -> Any:
        rows = list(noted)
        noted.clear()
        if rows:
            with self.database.write() as connection:
                portable.insert_new(connection, schema.effect, rows)
        return settled(self, till_id, epoch, taken)

    return patched((ingest, "push", push), (HeadOffice, "_settled", settle))


def naive_feed() -> AbstractContextManager[None]:
    """A change has its place in the feed from the moment its batch comes in, not from when it can be seen."""
    push, rows_of, move = HeadOffice.push, stamper._rows, stamper.Stamper._move_head
    reserved: dict[str, int] = {}
    newest = [0]
    block = 200

    def reserving(self: HeadOffice, till_id: str, body: bytes) -> PushAnswer:
        newest[0] = max(newest[0], self.horizon()) + block
        reserved[till_id] = newest[0] - block + 1
        return push(self, till_id, body)

    def rows(found: Sequence[Any], head: int, mark: str) -> list[dict[str, Any]]:
        made = rows_of(found, head, mark)
        for row in made:
            till = row["origin_till"]
            if till in reserved:
                row["publish_no"] = reserved[till]
                reserved[till] += 1
            else:
                newest[0] = row["publish_no"] = max(newest[0], head) + 1
            row["segment"] = stamper.segment_of(row["publish_no"])
        return sorted(made, key=lambda row: int(row["publish_no"]))

    def move_head(self: Any, connection: Any, number: int) -> None:
        head = connection.execute(select(schema.feed_head.c.publish_no)).scalar_one()
        move(self, connection, max(head, number))

    return patched(
        (HeadOffice, "push", reserving), (stamper, "_rows", rows), (stamper.Stamper, "_move_head", move_head)
    )


def restore_without_epoch() -> AbstractContextManager[None]:
    """Head office goes on in the old epoch with a till that was set back: numbers it holds count as known, whatever
    bears them now, and nobody asks which history the chain belongs to."""
    take_in = ingest.push

    def judge(_connection: Any, till: Any, request: Any, _now: Any) -> epochs.Ruling:
        if till.last_seq < request.acked_seq:
            return epochs.Ruling(Advice.RESEND, resend_from=till.last_seq + 1)
        return epochs.Ruling(Advice.OK)

    def push(connection: Any, till_id: str, header: Any, events: Any, *rest: Any) -> Any:
        row = connection.execute(select(schema.till).where(schema.till.c.id == till_id)).one()
        fresh = [event for event in events if event.meta.seq > row.last_seq]
        chains = ingest._chain(row.chain, fresh)
        return take_in(connection, till_id, replace(header, chain=chains[-1] if chains else ""), events, *rest)

    return patched(
        (hello_module.epochs, "judge", judge),
        (ingest, "push", push),
        (ingest, "_compare", lambda _connection, _row, _known: ""),
    )


def applied_marker_missing() -> AbstractContextManager[None]:
    """The second stage does not look whether it was there before."""
    return patched((World, "_known_parts", lambda _self, _parts: set()))


def own_right_twice() -> AbstractContextManager[None]:
    """A till keeps the right to what it sold itself when head office has the sale, which gives these points again."""
    forgotten = "AND b.seq > ?"
    assert forgotten in sql_rights._HELD
    return patched((sql_rights, "_HELD", sql_rights._HELD.replace(forgotten, "AND b.seq + ? > 0")))


def effect_applied_twice() -> AbstractContextManager[None]:
    """What a bill moves is added to its member's account twice, where something was applied with it in one go."""
    original = World._figures

    def figures(self: World, part: Any) -> None:
        again = part.member_id in self._touched
        original(self, part)
        if again:
            self._accounts[part.member_id].visits += part.told.act.visits

    return patched((World, "_figures", figures))


def right_without_sum() -> AbstractContextManager[None]:
    """A right is given out of the balance, whatever other tills hold of it."""

    def free(self: rights_grants.Standing, until: datetime) -> int:
        return rights_ledger.free_points(self.account, [], self.settings, self.now, until)

    return patched((rights_grants.Standing, "free", free))


def stick_applied_twice() -> AbstractContextManager[None]:
    """What is carried in counts, whether it came before or not."""
    original = carrying._push_all

    def push_all(office: HeadOffice, till_id: str, done: Any, records: Any) -> Any:
        bodies = list(records)
        answer = original(office, till_id, done, iter(bodies))
        for body in bodies if answer.duplicate and not answer.error else ():
            _, events = protocol.decode_batch(body, office.limits.batch_events)
            items = tuple(PushItem(event.meta.seq, ItemStatus.DUPLICATE) for event in events)
            _apply_again(office, till_id, body, PushAnswer(items, answer.acked_seq, office.clock.now()))
        return answer

    return patched((carrying, "_push_all", push_all))


def swapped_with_older_cursor() -> AbstractContextManager[None]:
    """A replica out of a snapshot goes on from where the one before it stood."""
    original = ReplicaIntake._make_own

    def make_own(self: ReplicaIntake, incoming: Any, *more: Any) -> None:
        original(self, incoming, *more)
        with self._replica.read() as connection:
            before = connection.exec_driver_sql("SELECT cursor, feed_mark FROM mark").one_or_none()
        if before is not None:
            with incoming.write() as connection:
                connection.exec_driver_sql("UPDATE mark SET cursor = ?, feed_mark = ?", tuple(before))

    return patched((ReplicaIntake, "_make_own", make_own))


def seen_mark_ignored() -> AbstractContextManager[None]:
    """A till counts its own facts on top of a row that has them already."""
    return patched((OwnNumbers, "of_seen", lambda _self, _seen: 0))


@dataclass(frozen=True)
class Bug:
    """``plant`` puts it in. ``shown_by``: the first seed that broke over it, as it was found last; a seed for a start,
    no promise. ``needs``: troubles without any of which it cannot show; ``without``: those that a seed may not have. A
    seed that is passed over for them counts as one that kept its promises."""

    plant: Plant
    shown_by: int
    needs: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    #: What the run's profile has to be besides.
    settler: bool = False
    segment: bool = False
    two_orders: bool = False

    def may_show(self, seed: int) -> bool:
        """Whether the run of ``seed`` has what it takes."""
        profile = Profile.drawn(random.Random(f"run {seed}"))
        lacks = any(getattr(self, name) and not getattr(profile, name) for name in ("settler", "segment", "two_orders"))
        troubles = profile.troubles
        return not lacks and not troubles & self.without and (not self.needs or bool(troubles & self.needs))

    def seeds(self, count: int) -> list[int]:
        """Those of the first ``count`` that may show it, the one it was shown by at first."""
        return sorted(filter(self.may_show, range(1, count + 1)), key=lambda seed: seed != self.shown_by)


BUGS: dict[str, Bug] = {
    "no server dedup": Bug(no_server_dedup, 1),
    "ack before commit": Bug(ack_before_commit, 1),
    "cursor saved before rows": Bug(cursor_before_rows, 1),
    "effects and counter in two transactions": Bug(effects_apart, 56, frozenset({"office_dies"})),
    "naive feed cursor": Bug(naive_feed, 1),
    "restore without epoch": Bug(restore_without_epoch, 14, frozenset({"restore", "clone"})),
    "restore without epoch, nothing copied": Bug(
        restore_without_epoch, 46, frozenset({"restore"}), frozenset({"clone"})
    ),
    "applied marker missing": Bug(applied_marker_missing, 19),
    "own right granted twice": Bug(own_right_twice, 1),
    "effect applied twice": Bug(effect_applied_twice, 4),
    "right granted without its sum": Bug(right_without_sum, 1),
    "stick applied twice": Bug(stick_applied_twice, 1, frozenset({"stick"})),
    "snapshot swapped with an older cursor": Bug(swapped_with_older_cursor, 2, frozenset({"snapshot"})),
    "seen mark ignored": Bug(seen_mark_ignored, 3),
    "feed known by its number alone": Bug(more.feed_known_by_number, 38, frozenset({"office_restore"})),
    "right told twice counts twice": Bug(more.right_told_twice, 2),
    "hello moves what is held": Bug(more.hello_moves_what_is_held, 1),
    "case not told": Bug(more.case_not_told, 4),
    "effects owed in memory alone": Bug(ways.owed_in_memory_alone, 1, settler=True),
    "segment as it was told first": Bug(ways.segment_as_told_first, 18, segment=True),
    "progress of a command before its rows": Bug(ways.progress_before_rows, 10, frozenset({COMMAND})),
    "who comes second is blamed": Bug(ways.second_is_blamed, 66, two_orders=True),
    "an act sends at once": Bug(ways.act_sends_at_once, 1),
    "day complete without its facts": Bug(more.complete_in_any_case, 30, frozenset({"days"})),
    "numbers not left out after a restore": Bug(more.numbers_given_again, 14, frozenset({"restore", "clone"})),
}


def first_shown(bug: Bug, seeds: Iterable[int]) -> int | None:
    """The first of ``seeds`` that breaks with the bug and keeps every promise without it."""
    for seed in seeds:
        with bug.plant():
            error = run(seed).error
        if isinstance(error, TypeError):
            raise error  # the bug no longer fits the code it is put into: it breaks the call, and no promise
        # What breaks without the bug, too, is another matter, and caught by nobody's merit.
        if error is not None and run(seed).error is None:
            return seed
    return None
