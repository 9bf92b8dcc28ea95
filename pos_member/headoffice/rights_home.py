"""Rights given ahead: to the till of a member's home branch that saw the member last, so that it can work offline.

After a bill there, and once a day. They are worth a change of the feed each, so that one is only given where what the
till has would run out soon or has become small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from pos_member.domain.clock import business_date
from pos_member.domain.member import MemberStatus
from pos_member.domain.org import Settings
from pos_member.domain.rights import RightKind
from pos_member.headoffice import denials, portable, rights_grants, rights_ledger, rule_books, schema, times
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.asking import among, field_of
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.outgoing import Draft, publish
from pos_member.headoffice.rights_grants import Standing
from pos_member.headoffice.units import Units

#: Who was not seen for so long need not be able to spend at once where the line is down.
ACTIVE_DAYS = 60
_HEARD_WITHIN = timedelta(hours=24)
_MEMBERS = 500
_MEMBER = schema.member.c
_HOMES = select(_MEMBER.id, field_of(_MEMBER.body, "home_branch_id")).where(
    among(_MEMBER.id, "ids"), _MEMBER.status == MemberStatus.ACTIVE.value
)


@dataclass(frozen=True)
class Seen:
    """Where a member was seen last."""

    till_id: str
    epoch: int
    branch_id: str
    at: datetime
    #: The id of the right this would make.
    right_id: str


class HomeGrants:
    """Collects where members were seen, then gives rights ahead to tills of their home branches."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._settings = settings
        self._now = now
        self._seen: dict[str, Seen] = {}

    def saw(self, member_id: str, seen: Seen) -> None:
        """A member was at a till. What is older than a right would live is not worth one."""
        if seen.at < self._now - timedelta(hours=self._settings.rights.home_hours):
            return
        before = self._seen.get(member_id)
        if before is None or (before.at, before.right_id) <= (seen.at, seen.right_id):
            self._seen[member_id] = seen

    def grant(self, connection: Connection, accounts: Mapping[str, AccountState]) -> list[Draft]:
        """Give what is worth giving; returns what the feed says of it. ``accounts``: figures not written yet."""
        policy = self._settings.rights
        if not self._seen or min(policy.home_hours, policy.home_share_bp, policy.home_points_max) <= 0:
            return []
        if rights_grants.frozen(connection, self._now):
            return []
        homes = _homes(connection, self._seen)
        at_home = {m: seen for m, seen in self._seen.items() if seen.branch_id and homes.get(m) == seen.branch_id}
        denied = denials.denied_members(connection, at_home)
        at_home = {m: seen for m, seen in at_home.items() if m not in denied}
        missing = [member_id for member_id in at_home if member_id not in accounts]
        figures = {**rights_ledger.lock_accounts(connection, missing), **accounts}
        aside = rights_ledger.set_aside(connection, at_home, self._now)
        given, drafts = [], []
        for member_id in sorted(at_home):
            seen = at_home[member_id]
            standing = Standing(figures[member_id], aside.get(member_id, []), self._settings, self._now)
            made = rights_grants.top_up(standing, RightKind.HOME, seen.till_id, seen.epoch, seen.right_id)
            if made is not None:
                given.append(made)
                drafts.append(rights_grants.draft(made.right))
        rights_ledger.write(connection, given)
        return drafts


def give_ahead(units: Units, now: datetime, watch: Watch | None = None) -> int:
    """Once a day: rights for members who were seen lately. Returns how many were given. Raises ``JobStopped``.

    To tills that are heard: what is given to one that is cut off would only be missing elsewhere.
    """
    watch, given, seen, after = watch or Watch(), 0, 0, ""
    with units.database.read() as connection:
        settings = rule_books.settings(connection)
        tills = _tills_heard(connection, now)
    since = now - timedelta(days=ACTIVE_DAYS)
    while True:
        with units.database.read() as connection:
            members = _seen_since(connection, after, since)
        with units.pack() as pack:
            for part in pack.units_of(members):
                with pack.unit() as connection:
                    given += _give_to(connection, part, tills, settings, since, now)
        seen += len(members)
        if len(members) < _MEMBERS:
            watch.tell(seen)
            return given
        after = members[-1]
        watch.step(seen)


def _give_to(
    connection: Connection,
    members: list[str],
    tills: Mapping[str, Row[Any]],
    settings: Settings,
    since: datetime,
    now: datetime,
) -> int:
    table, grants = schema.point_entry, HomeGrants(settings, now)
    latest = select(table.c.member_id, table.c.till_id, func.max(table.c.at).label("at"))
    latest = latest.where(table.c.member_id.in_(members), table.c.at >= times.stored(since))
    homes = _homes(connection, members)
    found: dict[str, tuple[str, str]] = {}
    for row in connection.execute(latest.group_by(table.c.member_id, table.c.till_id)):
        till = tills.get(row.till_id)
        if till is not None and till.branch_id == homes.get(row.member_id):
            found[row.member_id] = max(found.get(row.member_id, ("", "")), (row.at, row.till_id))
    day = business_date(now, settings.zone).strftime("%Y%m%d")
    known = rights_ledger.by_ids(connection, [(member_id, f"{member_id}:{day}") for member_id in found])
    for member_id, (_, till_id) in found.items():
        right_id = f"{member_id}:{day}"
        if (member_id, right_id) not in known:
            grants.saw(member_id, Seen(till_id, tills[till_id].epoch, tills[till_id].branch_id, now, right_id))
    drafts = grants.grant(connection, {})
    publish(connection, drafts, times.stored(now))
    return len(drafts)


def _tills_heard(connection: Connection, now: datetime) -> dict[str, Row[Any]]:
    table = schema.till
    lately = table.c.last_contact_at >= times.stored(now - _HEARD_WITHIN)
    query = select(table.c.id, table.c.branch_id, table.c.epoch).where(table.c.revoked.is_(False), lately)
    return {row.id: row for row in connection.execute(query)}


def _seen_since(connection: Connection, after: str, since: datetime) -> list[str]:
    table = schema.account
    here = (table.c.member_id > after) & (table.c.last_visit >= since.date().isoformat())
    query = select(table.c.member_id).where(here).order_by(table.c.member_id).limit(_MEMBERS)
    return list(connection.execute(query).scalars())


def _homes(connection: Connection, member_ids: Iterable[str]) -> dict[str, str]:
    """Home branch of active members."""
    found = {}
    for part in portable.chunks(member_ids):
        for member_id, branch_id in connection.execute(_HOMES, {"ids": part}).all():
            found[member_id] = branch_id or ""
    return found
