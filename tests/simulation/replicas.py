"""A till's copy is at every moment what head office's feed says up to its cursor: nothing skipped, nothing ahead.

Held at every commit of a replica, by a second reading of the feed that knows nothing of pages, snapshots and segments.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from pos_member.db.feed import account_row, member_row
from pos_member.db.repositories.coupons import replica_row
from pos_member.domain import codec
from pos_member.domain.coupon import Coupon
from pos_member.domain.member import Member
from pos_member.services.sync_ports import FeedAccount
from tests.simulation.ledger import entries_of, said_by
from tests.simulation.office import FILE
from tests.simulation.till import SimTill

if TYPE_CHECKING:
    from tests.simulation.world import Simulation

_FEED = (
    "SELECT publish_no, mark, scope, entity, id, deleted, body, seen FROM feed WHERE publish_no > ? ORDER BY publish_no"
)
_OWN = "SELECT seq, kind, version, payload FROM change_queue WHERE seq > ? ORDER BY seq"
_MEMBER = (
    "SELECT id, number, phone, phone_reversed, first_name, last_name, name_folded, last_folded, birth_day, birth_month,"
    " birth_year, status, tier, home_branch_id, enrolled_till_id, enrolled_at_us, segments, referred_by FROM member"
)
_ACCOUNT = "SELECT member_id, buckets, qualifying, visits, last_visit, owed, more FROM account"
_COUPON = (
    "SELECT code, definition_id, state, member_id, issued_bill_id, issued_till_id, issued_branch_id, issued_at_us,"
    " valid_from, valid_to, redeemed_bill_id, program_id, uses FROM coupon"
)
_HELD = {"member": _MEMBER, "account": _ACCOUNT, "coupon": _COUPON}


def _as_row(entity: str, body: Any) -> tuple[Any, ...]:
    """A change as the row of a replica, without what is the till's own."""
    if entity == "member":
        return member_row(0, codec.from_feed(Member, body))[1:]
    if entity == "account":
        return account_row(codec.from_feed(FeedAccount, body))[:-1]
    return replica_row(codec.from_feed(Coupon, body))[:-1]


class Watch:
    """Reads the feed once, as it grows."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._stops = 0
        #: By number, from 1 on: (mark, scope, entity, id, the row it makes or ``None``, what it has seen).
        self._feed: list[tuple[str, str, str, str, tuple[Any, ...] | None, str]] = []
        #: By till: what a snapshot brought it that had no number yet, and the snapshot's cursor.
        self._ahead: dict[SimTill, tuple[set[tuple[str, str]], int]] = {}

    def look(self, till: SimTill, swapped: bool) -> None:
        """Raises ``AssertionError`` for a till whose replica is not a prefix."""
        if till.data is None:
            return
        with till.data.replica.read() as connection:
            row = connection.exec_driver_sql("SELECT cursor, feed_mark, included_seq FROM mark").one_or_none()
            if row is None or not row.cursor or not row.feed_mark:
                return  # nothing yet, or the catalogue alone
            held = {entity: set(map(tuple, connection.exec_driver_sql(sql))) for entity, sql in _HELD.items()}
        self._read_on()
        if row.cursor > len(self._feed) or self._feed[row.cursor - 1][0] != row.feed_mark:
            assert self._sim.met["office restored"], f"{till}: its cursor {row.cursor} is nowhere in the feed"
            return  # of a head office that is no more: it will be told to load anew
        wanted = self._prefix(till, row.cursor)
        ahead = self._still_ahead(till, swapped, row.cursor, row.feed_mark)
        for entity, rows in held.items():
            differ = {each for each in wanted[entity] ^ rows if (entity, each[0]) not in ahead}
            missing, foreign = wanted[entity] & differ, rows & differ
            assert not missing, f"{till} at {row.cursor}: {entity} without {sorted(map(str, missing))[:3]}"
            assert not foreign, f"{till} at {row.cursor}: {entity} ahead or left over {sorted(map(str, foreign))[:3]}"
        self._sim.met["a replica is a prefix"] += 1
        self._sim.met["a swapped replica is a prefix"] += swapped
        if not ahead:
            self._own_on_top(till, row.cursor, row.included_seq)

    def _still_ahead(self, till: SimTill, swapped: bool, cursor: int, mark: str) -> set[tuple[str, str]]:
        """What may be newer than the cursor says: it stood in a snapshot before it had its number, and the feed has not
        told it to this till yet."""
        if swapped:
            self._ahead[till] = set(self._sim.ahead_of.get(mark, ())), cursor
            self._sim.met["a snapshot ahead of its cursor"] += bool(self._ahead[till][0])
        waiting, since = self._ahead.get(till, (set(), 0))
        waiting -= {(entity, thing) for _, _, entity, thing, _, _ in self._feed[since:cursor]}
        return waiting

    def _own_on_top(self, till: SimTill, cursor: int, included: int) -> None:
        """What the till tells of a member is the feed's sum and, once, what it did itself that is not in there.

        Of a till in its first epoch: its own numbers are those of the wire then.
        """
        assert till.data is not None
        with till.data.till.read() as connection:
            [(till_id, epoch)] = connection.exec_driver_sql("SELECT id, epoch FROM till_identity").all()
            queue = connection.exec_driver_sql(_OWN, (included,)).all()
        if epoch != 1 or not queue:
            return
        own = [(seq, entry) for seq, kind, version, raw in queue for entry in entries_of(said_by(kind, version, raw))]
        for member_id in sorted({entry.member_id for _, entry in own}):
            lots, seen = self._account(member_id, cursor, till_id)
            before = included if seen is None else max(included, seen)
            for seq, entry in own:
                if entry.member_id == member_id and seq > before and not entry.currency:
                    lots[entry.bucket.isoformat() if entry.bucket else ""] += entry.points
            account = till.data.store.members.account(member_id)
            told = {lot.isoformat() if lot else "": points for lot, points in account.buckets.items() if points}
            wanted = {lot: points for lot, points in lots.items() if points}
            assert told == wanted, f"{till} at {cursor}: tells {told} of {member_id[-6:]}, it should be {wanted}"
            self._sim.met["own facts on top of the feed"] += 1
            self._sim.met["own facts seen before others"] += seen is not None and seen > included

    def _account(self, member_id: str, cursor: int, till_id: str) -> tuple[Counter[str], int | None]:
        """The feed's lots of a member, and the last event of the till's first epoch that it says is in them."""
        for _, _, entity, thing, made, seen in reversed(self._feed[:cursor]):
            if (entity, thing) == ("account", member_id) and made is not None:
                epoch, _, seq = json.loads(seen).get(till_id, "0.0").partition(".")
                lots = Counter({lot or "": points for lot, points in json.loads(made[1])})
                return lots, int(seq) if epoch == "1" else None
        return Counter(), None

    def _read_on(self) -> None:
        if self._stops != self._sim.office_stops:  # its file may be another since
            self._stops = self._sim.office_stops
            self._feed.clear()
        with closing(dbapi2.connect(str(self._sim.office_folder / FILE))) as connection:
            [before] = connection.execute("SELECT count(*) FROM feed WHERE publish_no <= ?", (len(self._feed),))
            assert before[0] == len(self._feed), "the feed changed behind those who read it"
            for number, mark, scope, entity, thing, deleted, body, seen in connection.execute(
                _FEED, (len(self._feed),)
            ):
                assert number == len(self._feed) + 1, f"the feed has a hole before {number}"
                made = None if deleted or entity not in _HELD else _as_row(entity, json.loads(body))
                self._feed.append((mark, scope, entity, thing, made, seen))

    def _prefix(self, till: SimTill, cursor: int) -> dict[str, set[tuple[Any, ...]]]:
        mine = self._sim.shop.identities[till.place]
        scopes = {"global", "organisation", f"branch:{mine.branch_id}", f"till:{mine.id}"}
        latest: dict[tuple[str, str], tuple[Any, ...] | None] = {}
        for _, scope, entity, thing, made, _ in self._feed[:cursor]:
            if scope in scopes and entity in _HELD:
                latest[(entity, thing)] = made
        found: dict[str, set[tuple[Any, ...]]] = {entity: set() for entity in _HELD}
        for (entity, _), made in latest.items():
            if made is not None:
                found[entity].add(made)
        return found
