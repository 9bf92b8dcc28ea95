"""Rights given ahead: to the till of a member's home branch that saw the member last, so that it can work offline.

After a bill there, and once a day. They are worth a change of the feed each, so that one is only given where what the
till has would run out soon or has become small.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pos_member.domain.member import MemberStatus
from pos_member.domain.org import Settings
from pos_member.domain.rights import RightKind
from pos_member.headoffice import denials, portable, rights_grants, rights_ledger, schema
from pos_member.headoffice.accounts import AccountState
from pos_member.headoffice.outgoing import Draft
from pos_member.headoffice.rights_grants import Standing


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
        drafts = []
        for member_id in sorted(at_home):
            seen = at_home[member_id]
            standing = Standing(figures[member_id], aside.get(member_id, []), self._settings, self._now)
            made = rights_grants.top_up(standing, RightKind.HOME, seen.till_id, seen.epoch, seen.right_id)
            if made is not None:
                rights_ledger.write(connection, [made])
                drafts.append(rights_grants.draft(made.right))
        return drafts


def _homes(connection: Connection, member_ids: Iterable[str]) -> dict[str, str]:
    """Home branch of active members."""
    table, found = schema.member, {}
    for part in portable.chunks(member_ids):
        query = select(table.c.id, table.c.body).where(
            table.c.id.in_(part), table.c.status == MemberStatus.ACTIVE.value
        )
        for member_id, body in connection.execute(query):
            found[member_id] = json.loads(body).get("home_branch_id") or ""
    return found
