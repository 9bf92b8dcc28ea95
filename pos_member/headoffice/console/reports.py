"""What head office's reports show: what ends soon, draws, who leads a ranking, cases of re-checking."""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Connection, func, or_, select

from pos_member.domain import codec
from pos_member.domain.draw_lots import DrawList, DrawRecord
from pos_member.domain.matching import last_day
from pos_member.domain.member import Member, mask_name, mask_number
from pos_member.domain.org import PointsExpiry
from pos_member.domain.points import Account, Buckets
from pos_member.domain.program import EffectKind, Program
from pos_member.domain.top_spenders import Ranked
from pos_member.headoffice import draws, portable, schema, spending
from pos_member.headoffice.console.program_views import of_kind, settings_of, state_of
from pos_member.headoffice.exceptions import ExceptionKind, ExceptionState

_ROWS = 1_000


@dataclass
class Ending:
    """Points (or stamps of ``currency``) that end in these days, and how many members they belong to."""

    currency: str
    first: date
    last: date
    points: int = 0
    members: int = 0


@dataclass(frozen=True)
class DrawRow:
    """One draw. ``state``: ``runs``, ``to_close``, ``closed`` or ``held``; entries as they stand or were closed.

    ``silent_tills`` may still hold bills that a list closed now would leave out.
    """

    program: Program
    state: str
    closed: DrawList | None
    record: DrawRecord | None
    members: int
    entries: int
    silent_tills: int


@dataclass(frozen=True)
class Place:
    """A place in a ranking, the member masked."""

    place: int
    who: str
    number: str
    net_satang: int


@dataclass(frozen=True)
class Ranking:
    """A program's ranking: as it stands, or as it was held."""

    program: Program
    state: str
    held: bool
    places: tuple[Place, ...]


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of a month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def ending(connection: Connection, today: date) -> list[Ending]:
    """What ends from today to the end of this month, and in the next one: points first, then stamps.

    Reads the accounts of which something may end, in parts: some tens of seconds where that is a million of them.
    """
    settings = settings_of(connection)
    this = (today, month_of(today)[1])
    after = month_of(this[1] + timedelta(days=1))
    found = [
        Ending(currency, first, last)
        for currency in ("", *(each.code for each in settings.currencies))
        for first, last in (this, after)
    ]
    of = schema.account.c
    query = select(of.member_id, of.buckets, of.wallets, of.last_visit)
    if PointsExpiry.INACTIVITY not in {settings.points_expiry, *(each.expiry for each in settings.currencies)}:
        # Only lots whose last day lies in these months end in them; keys of lots are their last days.
        months = {part.first.isoformat()[:7] for part in found}
        query = query.where(or_(*(col.like(f'%"{month}-%') for month in months for col in (of.buckets, of.wallets))))
    for row in connection.execute(query.execution_options(yield_per=_ROWS)):
        account = _account(row.member_id, row.buckets, row.wallets, row.last_visit)
        for part in found:
            points, _ = account.expiring(part.first, part.last, settings, part.currency)
            part.points += points
            part.members += points > 0
    return found


def _account(member_id: str, buckets: str, wallets: str, last_visit: str | None) -> Account:
    """An account as far as its last days go."""
    return Account(
        member_id=member_id,
        buckets=_lots(json.loads(buckets)),
        as_of=None,
        own_points_since=0,
        qualifying=0,
        visits=0,
        last_visit=date.fromisoformat(last_visit) if last_visit else None,
        wallets={currency: _lots(lots) for currency, lots in json.loads(wallets).items()},
    )


def _lots(lots: dict[str, int]) -> Buckets:
    return {(_last_day(last) if last else None): points for last, points in lots.items()}


_last_day = lru_cache(maxsize=4_096)(date.fromisoformat)


def draw_rows(connection: Connection, today: date) -> list[DrawRow]:
    """Every draw, by the code of its program."""
    return [_draw(connection, program, today) for program in of_kind(connection, EffectKind.DRAW_ENTRIES)]


def draw_of(connection: Connection, program_id: str, today: date) -> DrawRow | None:
    """One draw; ``None`` where there is no such program."""
    found = (row for row in draw_rows(connection, today) if row.program.id == program_id)
    return next(found, None)


def _draw(connection: Connection, program: Program, today: date) -> DrawRow:
    closed, record = draws.stored_list(connection, program.id), draws.stored_record(connection, program.id)
    # Without a last day the list can be closed on any day.
    last = last_day(program.window)
    ended = last is None or last < today
    state = "held" if record else "closed" if closed else "to_close" if ended else "runs"
    entries = closed.entries if closed else tuple(draws.entries_so_far(connection, program, today))
    silent = draws.silent_tills(connection, program, today) if state == "to_close" else 0
    return DrawRow(program, state, closed, record, len(entries), sum(each.entries for each in entries), silent)


def rankings(connection: Connection, today: date) -> list[Ranking]:
    """Every program for those who spend most, with its ranking."""
    found = []
    for program in of_kind(connection, EffectKind.TOP_SPENDER):
        held = spending.held_ranking(connection, program.id)
        ranked = spending.ranking(connection, program) if held is None else held
        places = _places(connection, ranked)
        found.append(Ranking(program, state_of(program, today), held is not None, places))
    return found


def _places(connection: Connection, ranked: tuple[Ranked, ...]) -> tuple[Place, ...]:
    table = schema.member
    members: dict[str, Member] = {}
    for part in portable.chunks(each.member_id for each in ranked):
        for body in connection.execute(select(table.c.body).where(table.c.id.in_(part))).scalars():
            member = codec.from_wire(Member, json.loads(body))
            members[member.id] = member
    found = []
    for each in ranked:
        known = members.get(each.member_id)
        who = mask_name(known.first_name, known.last_name) if known else ""
        found.append(Place(each.place, who, mask_number(known.number) if known else "", each.net_satang))
    return tuple(found)


def differing(connection: Connection) -> int:
    """Open cases of bills that came out otherwise when they were computed again."""
    table = schema.exception
    here = (table.c.kind == ExceptionKind.EVALUATION_DIFFERS.value) & (table.c.state == ExceptionState.OPEN.value)
    return int(connection.execute(select(func.count()).select_from(table).where(here)).scalar_one())
