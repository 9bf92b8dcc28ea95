"""What tills owe a head office that was put back: events it had acknowledged, and holds no more.

Mostly they come again within minutes. Where they do not, because the till keeps them no longer or its disk was lost in
between, the numbers are known all the same: the till said at its hello how far it was acknowledged. A day later they
are a case like any other gap, with an owner; it is settled by the events, whenever they come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Connection, Row, delete, select, union

from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.days import GAP_AFTER
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.headoffice.kept import read_setting
from pos_member.headoffice.schema_sync import event_again, till_epoch
from pos_member.sync.protocol import HelloRequest

_NAME = "owed:"
#: A missing stretch is told with its ends; so many of them at most.
_STRETCHES_MAX = 20


@dataclass(frozen=True)
class Owed:
    """Events ``first`` … ``last`` of an epoch of a till; ``since``: stored time."""

    till_id: str
    epoch: int
    first: int
    last: int
    since: str


def note(connection: Connection, till: Row[Any], request: HelloRequest, now: datetime, *, anew: bool) -> None:
    """``till`` (its row before this hello) holds acknowledgements beyond what is here: remember their numbers.

    ``anew``: it goes on in a new epoch, so that all it keeps comes under other numbers. What it keeps no more comes
    under none, nor what it said to have before its own database went back. Of an epoch that ended already, because the
    answer to its hello was lost, the same is remembered again.
    """
    held = till.last_seq if request.epoch == till.epoch else _ended_at(connection, till.id, request.epoch)
    if held is None or held >= request.acked_seq:
        return  # how far the epoch that is known here went, it does not say
    listed = _of(connection, till.id)
    known = [each for each in listed if each.epoch == request.epoch]
    first, last = held + 1, max([request.acked_seq, *(each.last for each in known)])
    stretches = [(first, last)]
    if anew:
        stretches = [(first, min(last, request.kept_from - 1)), (max(first, request.head_seq + 1), last)]
        if not request.kept_from:
            stretches = [(first, last)]
    since = min([times.stored(now), *(each.since for each in known)])
    owed = [Owed(till.id, request.epoch, *stretch, since) for stretch in stretches if stretch[0] <= stretch[1]]
    _keep(connection, till.id, [*(each for each in listed if each not in known), *owed])


def cases(connection: Connection, now: datetime) -> tuple[list[Finding], list[Owed]]:
    """The cases of what is owed for a day and more, those that came to an end among them; and what is here by now, to
    be forgotten once these were recorded."""
    found, here = [], []
    for till_id, listed in groupby(lacking(connection), key=lambda each: each[0].till_id):
        by_epoch: dict[int, list[list[int]]] = {}
        for each, missing in listed:
            if not missing:
                here.append(each)
            late = now - times.read(each.since) >= GAP_AFTER
            by_epoch.setdefault(each.epoch, []).extend(missing if late else [])
        for epoch, missing in by_epoch.items():
            detail = {"till_id": till_id, "epoch": epoch, "missing": missing[:_STRETCHES_MAX]} if missing else {}
            found.append(Finding(ExceptionKind.GAP, f"{till_id}:epoch-{epoch}", bool(missing), detail=detail))
    return found, here


def lacking(connection: Connection) -> list[tuple[Owed, list[list[int]]]]:
    """What is owed, till by till, each with the stretches of it that are not held: none where all of it has come."""
    names = select(schema.setting.c.name).where(schema.setting.c.name.startswith(_NAME, autoescape=True))
    listed = list(connection.execute(names.order_by(schema.setting.c.name)).scalars())
    return [(each, _missing(connection, each)) for name in listed for each in _of(connection, name.removeprefix(_NAME))]


def forget(connection: Connection, here: Iterable[Owed]) -> None:
    """These have come."""
    for each in here:
        _keep(connection, each.till_id, [one for one in _of(connection, each.till_id) if one != each])


def _ended_at(connection: Connection, till_id: str, epoch: int) -> int | None:
    """The last event that was held of an epoch when it ended."""
    here = (till_epoch.c.till_id == till_id) & (till_epoch.c.epoch == epoch)
    return connection.execute(select(till_epoch.c.last_seq).where(here)).scalar_one_or_none()


def _missing(connection: Connection, owed: Owed) -> list[list[int]]:
    """Stretches of it that are not held, from and to."""
    parts = []
    for table in (schema.event, event_again):
        here = (table.c.till_id == owed.till_id) & (table.c.epoch == owed.epoch)
        parts.append(select(table.c.seq).where(here, table.c.seq.between(owed.first, owed.last)))
    held = connection.execute(union(*parts).order_by("seq")).scalars()
    missing, expected = [], owed.first
    for seq in chain(held, (owed.last + 1,)):
        if seq > expected:
            missing.append([expected, seq - 1])
        expected = seq + 1
    return missing


def _of(connection: Connection, till_id: str) -> list[Owed]:
    return [Owed(till_id, *row) for row in json.loads(read_setting(connection, _NAME + till_id) or "[]")]


def _keep(connection: Connection, till_id: str, owed: Iterable[Owed]) -> None:
    rows = [[each.epoch, each.first, each.last, each.since] for each in owed]
    name, setting = _NAME + till_id, schema.setting
    if rows:
        portable.upsert(connection, setting, [{"name": name, "value": json.dumps(rows)}])
    else:
        connection.execute(delete(setting).where(setting.c.name == name))
