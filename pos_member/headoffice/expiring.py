"""The expiry run: lots past their last day are brought to zero by entries of head office itself.

It looks at sums, not at what it did before: run again it finds nothing to do, stopped half-way it goes on, and what a
late return took out of a lot that had ended already is evened out the next time. So is what bills took from an account
that nobody had used (``lapsing``), where tills that were cut off did not know of one another, and what they together
drew out of one lot beyond what it held (``lots_evened``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from pos_member.domain.clock import business_date
from pos_member.domain.ids import NewId
from pos_member.domain.ledger import EntryContext, expire_account
from pos_member.domain.org import Settings
from pos_member.domain.points import PointEntry
from pos_member.headoffice import feed, lapsing, lots_evened, overdrawn, portable, rule_books, schema, times
from pos_member.headoffice.account_figures import as_account
from pos_member.headoffice.accounts import AccountState, locked_accounts
from pos_member.headoffice.exceptions import known_cases, record
from pos_member.headoffice.jobs import OFFICE, Watch
from pos_member.headoffice.member_rows import entry_row
from pos_member.headoffice.portable import Database

#: Accounts looked at in one transaction: uploads of tills wait no longer than that.
_ACCOUNTS = 500
#: By inactivity an account ends so many days late: a till that was cut off may yet send the bill that keeps it alive.
INACTIVITY_GRACE_DAYS = 7


@dataclass
class Expired:
    """What a run did. ``stamps``: of all currencies together."""

    members: int = 0
    points: int = 0
    stamps: int = 0


def expire(
    database: Database, now: datetime, new_id: NewId, watch: Watch | None = None, *, distributed: bool = False
) -> Expired:
    """Run expiry for every account as of ``now``. Raises ``JobStopped`` between two parts.

    ``distributed``: an account to a transaction, for they may lie on different machines.
    """
    watch = watch or Watch()
    done, seen, after = Expired(), 0, ""
    table = schema.account
    with database.read() as connection:
        company = rule_books.organisation(connection)
    if company is None:
        return done
    today = business_date(now, company.settings.zone)
    while True:
        with database.read() as connection:
            query = select(table.c.member_id).where(table.c.member_id > after).order_by(table.c.member_id)
            ids = list(connection.execute(query.limit(_ACCOUNTS)).scalars())
        for part in [[each] for each in ids] if distributed else [ids]:
            with database.write() as connection:
                _part(connection, part, company.settings, today, now, new_id, done)
        seen += len(ids)
        if len(ids) < _ACCOUNTS:
            watch.tell(seen)
            return done
        after = ids[-1]
        watch.step(seen)


def _part(
    connection: Connection,
    member_ids: list[str],
    settings: Settings,
    today: date,
    now: datetime,
    new_id: NewId,
    done: Expired,
) -> None:
    """Some of the accounts."""
    table = schema.account
    accounts = list(locked_accounts(connection, member_ids).values())
    rows: list[dict[str, Any]] = []
    changed: list[AccountState] = []
    by_inactivity = lapsing.ends_by_inactivity(settings)
    lapsed = lapsing.lapsed(connection, [each.member_id for each in accounts]) if by_inactivity else {}
    even: dict[str, AccountState] = {}
    over = [each.member_id for each in accounts if any(lots_evened.has_ended(lot, today) for lot in each.buckets)]
    made = lots_evened.made(connection, over)
    for account in accounts:
        entries: list[PointEntry] = []
        if account.member_id in lapsed:
            context = _context(account, today, now, new_id)
            own = as_account(account)
            corrected = lapsing.corrections(connection, lapsed[account.member_id], own, settings, context)
            _add(account, corrected)
            entries += corrected
            if corrected:
                # Tills that took it twice had it look as if more had been spent than was there.
                even[account.member_id] = account
        if account.member_id in made:
            before = made[account.member_id]
            before.add(entries)
            moved = lots_evened.entries(account.buckets, before, today, _context(account, today, now, new_id))
            _add(account, moved)
            entries += moved
        due = ended(account, settings, today, now, new_id)
        _add(account, due)
        entries += due
        for entry in entries:
            rows.append(entry_row(entry, OFFICE, 0))
            if entry.currency:
                done.stamps -= entry.points
            else:
                done.points -= entry.points
        if entries:
            account.settle(now.date())
            changed.append(account)
    done.members += len(changed)
    if rows:
        connection.execute(insert(schema.point_entry), rows)
        drafts = [each.draft() for each in changed]
        portable.upsert(connection, table, [account.row(times.stored(now)) for account in changed])
        feed.publish(connection, drafts, times.stored(now))
        known = known_cases(connection, overdrawn.keys(even))
        record(connection, overdrawn.findings(connection, even, settings, known), times.stored(now), known)


def ended(state: AccountState, settings: Settings, today: date, now: datetime, new_id: NewId) -> tuple[PointEntry, ...]:
    """The EXPIRE entries that one account needs on ``today``, the shop's day."""
    context = _context(state, today, now, new_id)
    return expire_account(as_account(state), today, context, settings, INACTIVITY_GRACE_DAYS)


def _context(state: AccountState, today: date, now: datetime, new_id: NewId) -> EntryContext:
    return EntryContext(state.member_id, None, OFFICE, OFFICE, now, today, new_id)


def _add(account: AccountState, entries: Iterable[PointEntry]) -> None:
    for entry in entries:
        account.add(entry)
