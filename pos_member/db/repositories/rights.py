"""Spending rights at the till: what is held, what was spent of it, what was let pass beyond, and what is to be told.

Rights, their uses and the floor lie in ``till.db``; who may not spend offline is head office's word (``replica.db``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from pos_member.db import epochs
from pos_member.db import schema_rights as s
from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.rights_forgotten import ASKED, forgotten_since
from pos_member.db.sql import Insert
from pos_member.db.values import from_us, to_us
from pos_member.domain.bill import Bill, BillDraft
from pos_member.domain.codec import from_bytes
from pos_member.domain.rights import ONLINE_SUFFIX, FloorUse, HeldRight, RightKind, RightUse, SpendingRight
from pos_member.domain.rights_standing import RightsStanding
from pos_member.services.rights_ports import Forgotten
from pos_member.services.sync_ports import FeedEntity

#: Lapsed rights are kept this long, so that ``verify`` can look at them and a repeated grant is known for what it is.
KEEP_LAPSED_DAYS = 40
#: Members to ask about that wait at most; of more, those identified first are forgotten.
TOUCHED_MAX = 500
#: The contact is noted on disk no more often than that.
_CONTACT_EVERY = timedelta(seconds=60)
_CONTACT, _SKEW, _GOOD, _TOLD = "contact_at_us", "clock_skew_s", "coupon_good:", "right_told:"
_SKEW_STEP_S = 30
#: The till was restored or copied and head office has not spoken to it since: ``SyncStore.doubt``.
_DOUBT = "doubt"

_RIGHT = Insert(s.spending_right, verb="INSERT OR IGNORE")
_USE = Insert(s.right_use)
_FLOOR = Insert(s.floor_use)
_TILL = "SELECT epoch, server_url, (SELECT coalesce(max(seq), 0) FROM ack) FROM till_identity"
ROWS = (
    "SELECT r.*, (SELECT coalesce(sum(u.points), 0) FROM right_use u WHERE u.right_id = r.id) AS spent"
    " FROM spending_right r"
)
# What a bill earned is its till's own until head office holds the bill; what was asked for a bill is that bill's.
_HELD = " ".join(
    (
        ROWS,
        "WHERE r.member_id = ? AND r.epoch = ? AND (r.kind != 'bill' OR instr(r.id, ?) = 1)",
        "AND (r.kind != 'own' OR EXISTS (SELECT 1 FROM bill b WHERE b.id = r.id AND b.seq > ?))",
    )
)
_FLOOR_SINCE = (
    "SELECT coalesce(sum(points), 0), count(*) FILTER (WHERE kind = 'points'),"
    " coalesce(sum(points) FILTER (WHERE kind = 'points' AND subject_id = ?), 0),"
    " count(*) FILTER (WHERE kind = 'coupon'), coalesce(sum(satang), 0) FROM floor_use WHERE seq > ?"
)
_NOTE = "SELECT value FROM sync_note WHERE name = ?"
_NOTES = "SELECT name, value FROM sync_note WHERE name >= ? AND name < ?"
_KEEP_NOTE = "INSERT INTO sync_note (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_DENIED = "SELECT 1 FROM item WHERE entity = ? AND id = ?"
_LEFT = (
    "SELECT r.member_id, r.points - (SELECT coalesce(sum(u.points), 0) FROM right_use u WHERE u.right_id = r.id)"
    " FROM spending_right r WHERE r.id = ?"
)
_RELEASE = "UPDATE spending_right SET released_at_us = ? WHERE id = ? AND released_at_us IS NULL"
_FOR_BILLS = (
    "SELECT id FROM spending_right WHERE kind = 'bill' AND released_at_us IS NULL AND lapses_at_us > ?"
    " AND epoch = (SELECT epoch FROM till_identity)"
)
_TO_TELL = " ".join(
    (
        ROWS,
        "WHERE r.released_at_us IS NOT NULL AND r.epoch = (SELECT epoch FROM till_identity)",
        "AND NOT EXISTS (SELECT 1 FROM sync_note n WHERE n.name = 'right_told:' || r.id)",
        "ORDER BY r.released_at_us, r.id LIMIT ?",
    )
)
_QUIET = (
    "SELECT NOT EXISTS (SELECT 1 FROM spending_right r WHERE r.epoch = (SELECT epoch FROM till_identity)"
    " AND (r.kind = 'bill' AND r.released_at_us IS NULL AND r.lapses_at_us > ? OR r.released_at_us IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM sync_note n WHERE n.name = 'right_told:' || r.id))),"
    " (SELECT coalesce(max(seq), 0) FROM ack), (SELECT value FROM sync_note WHERE name = ?)"
)


class SqlRights:
    """``services.rights_ports``: ``Rights`` and ``RightsStore``. Thread-safe; one per data folder."""

    def __init__(
        self,
        till: Borrow,
        replica: Borrow,
        write: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._till = till
        self._replica = replica
        self._write = write
        self._lock = threading.Lock()
        self._touched: dict[str, None] = {}
        self._revision = 0
        #: Beyond what is noted on disk: bills of nobody that were looked at.
        self._looked_upto = 0
        #: The contact and the difference of the clocks as they are on disk; ``None``: not looked at yet.
        self._noted: tuple[datetime | None, int] | None = None

    # --- reading ---

    def standing(self, member_id: str | None, bill_id: str, codes: Sequence[str] = ()) -> RightsStanding:
        """See ``Rights``."""
        with self._till() as connection:
            return self.standing_in(connection, member_id, bill_id, codes)

    def standing_in(
        self, connection: Connection, member_id: str | None, bill_id: str, codes: Sequence[str] = ()
    ) -> RightsStanding:
        """As ``standing``, on a connection that is open already."""
        till = connection.exec_driver_sql(_TILL).one_or_none()
        if till is None or not till[1]:
            return RightsStanding()
        epoch, _, acked = till
        wanted = (member_id, epoch, bill_id + ONLINE_SUFFIX, acked)
        rows = connection.exec_driver_sql(_HELD, wanted).all() if member_id is not None else ()
        points, count, of_member, coupons, satang = connection.exec_driver_sql(_FLOOR_SINCE, (member_id, acked)).one()
        denied, denied_coupons = self._denied(member_id, codes)
        contact = connection.exec_driver_sql(_NOTE, (_CONTACT,)).scalar()
        return RightsStanding(
            bound=True,
            epoch=epoch,
            held=tuple(map(held_of, rows)),
            floor=FloorUse(points, count, {} if member_id is None else {member_id: of_member}, coupons, satang),
            contact_at=None if contact is None else from_us(int(contact)),
            skew_s=int(connection.exec_driver_sql(_NOTE, (_SKEW,)).scalar() or 0),
            suspended=connection.exec_driver_sql(_NOTE, (_DOUBT,)).first() is not None,
            denied=denied,
            good_coupons=_good(connection, bill_id) if codes else {},
            denied_coupons=denied_coupons,
        )

    def _denied(self, member_id: str | None, codes: Sequence[str]) -> tuple[bool, frozenset[str]]:
        if member_id is None and not codes:
            return False, frozenset()
        with self._replica() as connection:

            def listed(key: str) -> bool:
                return connection.exec_driver_sql(_DENIED, (FeedEntity.DENIED.value, key)).first() is not None

            member = member_id is not None and listed(f"member:{member_id}")
            return member, frozenset(code for code in codes if listed(f"coupon:{code}"))

    def revision(self) -> int:
        """See ``Rights``."""
        return self._revision

    # --- members identified here ---

    def touch(self, member_id: str) -> None:
        """See ``Rights``."""
        with self._lock:
            self._touched.pop(member_id, None)
            self._touched[member_id] = None
            while len(self._touched) > TOUCHED_MAX:
                del self._touched[next(iter(self._touched))]

    def quiet(self, now: datetime) -> bool:
        """See ``RightsStore``. A new acknowledgement is looked at closely once."""
        if self._touched:
            return False
        with self._till() as connection:
            nothing, acked, asked = connection.exec_driver_sql(_QUIET, (to_us(now), ASKED)).one()
        return bool(nothing) and acked <= max(int(asked or 0), self._looked_upto)

    def take_touched(self, limit: int) -> tuple[str, ...]:
        """See ``RightsStore``."""
        with self._lock:
            # The latest first: that one stands at the counter now.
            taken = tuple(reversed(self._touched))[:limit]
            for member_id in taken:
                del self._touched[member_id]
        return taken

    # --- bills that were acknowledged ---

    def forgotten(self, limit: int, now: datetime) -> Forgotten:
        """See ``RightsStore``."""
        with self._till() as connection:
            asked = int(connection.exec_driver_sql(_NOTE, (ASKED,)).scalar() or 0)
            found = forgotten_since(connection, max(asked, self._looked_upto), limit, now)
        if not found.member_ids:
            self._looked_upto = found.upto
        return found

    def asked(self, upto: int) -> None:
        """See ``RightsStore``."""
        with self._write() as connection:
            connection.exec_driver_sql(_KEEP_NOTE, (ASKED, str(upto)))

    # --- writing ---

    def store(self, rights: Iterable[SpendingRight]) -> int:
        """See ``RightsStore``."""
        wanted = [right for right in rights if right.points > 0]
        if not wanted:
            return 0
        with self._till() as connection:
            fresh = [right for right in wanted if connection.exec_driver_sql(_LEFT, (right.id,)).first() is None]
        if not fresh:
            return 0
        with self._write() as connection:
            count = insert_rights(connection, fresh)
        self._revision += 1
        return count

    def release(self, right_ids: Iterable[str], at: datetime) -> tuple[str, ...]:
        """See ``RightsStore``."""
        asked = tuple(right_ids)
        with self._till() as connection:
            for_bills = connection.exec_driver_sql(_FOR_BILLS, (to_us(at),)).scalars().all()
        if not asked and not for_bills:
            return ()
        gone: list[str] = []
        with self._write() as connection:
            drafts = _drafts(connection)
            busy = {draft.member_id for draft in drafts if draft.rewards}
            # Asked for before the reward is laid on the bill: as long as the bill is open it may be needed.
            kept = tuple(draft.id + ONLINE_SUFFIX for draft in drafts)
            for right_id in dict.fromkeys((*asked, *for_bills)):
                row = connection.exec_driver_sql(_LEFT, (right_id,)).one_or_none()
                if row is None or row[1] <= 0 or right_id.startswith(kept) or (right_id in asked and row[0] in busy):
                    continue
                if connection.exec_driver_sql(_RELEASE, (to_us(at), right_id)).rowcount:
                    gone.append(right_id)
            if gone:
                epochs.let_go(connection)
        self._revision += 1
        return tuple(gone)

    def to_tell(self, limit: int) -> tuple[RightUse, ...]:
        """See ``RightsStore``."""
        with self._till() as connection:
            rows = connection.exec_driver_sql(_TO_TELL, (limit,)).all()
        return tuple(RightUse(row.id, row.spent) for row in rows)

    def told(self, right_ids: Iterable[str]) -> None:
        """See ``RightsStore``."""
        notes = [(_TOLD + right_id, "") for right_id in right_ids]
        if notes:
            with self._write() as connection:
                connection.exec_driver_sql(_KEEP_NOTE, notes)

    def note_contact(self, at: datetime, server_time: datetime | None = None) -> None:
        """See ``RightsStore``. Written when it is news: some time later, or with another difference of the clocks."""
        skew = None if server_time is None else round((server_time - at).total_seconds())
        noted, known = self._noted or self._contact_noted()
        self._noted = noted, known
        recent = noted is not None and abs(at - noted) < _CONTACT_EVERY
        same = skew is None or abs(skew - known) < _SKEW_STEP_S
        if recent and same:
            return
        with self._write() as connection:
            connection.exec_driver_sql(_KEEP_NOTE, (_CONTACT, str(to_us(at))))
            if not same:
                connection.exec_driver_sql(_KEEP_NOTE, (_SKEW, str(skew)))
        self._noted = at, known if same or skew is None else skew

    def _contact_noted(self) -> tuple[datetime | None, int]:
        with self._till() as connection:
            noted = connection.exec_driver_sql(_NOTE, (_CONTACT,)).scalar()
            known = int(connection.exec_driver_sql(_NOTE, (_SKEW,)).scalar() or 0)
        return None if noted is None else from_us(int(noted)), known

    def keep_good(self, bill_id: str, codes: Mapping[str, datetime]) -> None:
        """See ``RightsStore``."""
        notes = [(f"{_GOOD}{bill_id}:{code}", str(to_us(until))) for code, until in codes.items()]
        if notes:
            with self._write() as connection:
                connection.exec_driver_sql(_KEEP_NOTE, notes)
            self._revision += 1

    def prune(self, now: datetime) -> int:
        """See ``RightsStore``."""
        old, us = to_us(now - timedelta(days=KEEP_LAPSED_DAYS)), to_us(now)
        with self._till() as connection:
            due = connection.exec_driver_sql("SELECT 1 FROM spending_right WHERE lapses_at_us < ?", (old,)).first()
            notes = connection.exec_driver_sql(_NOTES, (_GOOD, _GOOD + "~")).all()
            over = [(name,) for name, until in notes if int(until) < us]
        if due is None and not over:
            return 0
        with self._write() as connection:
            if over:
                connection.exec_driver_sql("DELETE FROM sync_note WHERE name = ?", over)
            long_gone = "SELECT id FROM spending_right WHERE lapses_at_us < ?"
            connection.exec_driver_sql(f"DELETE FROM right_use WHERE right_id IN ({long_gone})", (old,))  # noqa: S608
            told = f"DELETE FROM sync_note WHERE name IN (SELECT '{_TOLD}' || id FROM ({long_gone}))"  # noqa: S608
            connection.exec_driver_sql(told, (old,))
            return connection.exec_driver_sql("DELETE FROM spending_right WHERE lapses_at_us < ?", (old,)).rowcount


class SqlRightsWriter:
    """``services.rights_ports.RightsWriter`` inside a unit of work."""

    def __init__(self, connection: Connection, reader: SqlRights) -> None:
        self._connection = connection
        self._reader = reader

    def standing(self, member_id: str | None, bill_id: str, codes: Sequence[str] = ()) -> RightsStanding:
        """See ``RightsWriter``."""
        return self._reader.standing_in(self._connection, member_id, bill_id, codes)

    def add(self, right: SpendingRight) -> None:
        """See ``RightsWriter``."""
        insert_rights(self._connection, (right,))

    def take_back(self, right_id: str, points: int, seq: int) -> None:
        """See ``RightsWriter``."""
        row = self._connection.exec_driver_sql(_LEFT, (right_id,)).one_or_none()
        taken = 0 if row is None else min(points, row[1])
        if row is not None and taken > 0:
            _USE.one(self._connection, (seq, right_id, row[0], taken))


def insert_rights(connection: Connection, rights: Iterable[SpendingRight]) -> int:
    """Hold ``rights``; returns how many are new. One that is known stays as it is, released or not."""
    rows = [
        (r.id, r.member_id, r.kind.value, r.epoch, r.points, to_us(r.granted_at), to_us(r.lapses_at), None)
        for r in rights
    ]
    return sum(connection.exec_driver_sql(_RIGHT.sql, row).rowcount for row in rows)


def insert_spending(connection: Connection, bill: Bill, seq: int) -> None:
    """What the bill of event ``seq`` took out of rights, and what it was let beyond them."""
    spending, member_id = bill.spending, bill.member_id
    if spending is None:
        return
    at = to_us(bill.completed_at)
    if member_id is not None:
        _USE.many(connection, [(seq, use.right_id, member_id, use.points) for use in spending.rights])
        if spending.provisional:
            _FLOOR.one(connection, (seq, "points", member_id, spending.provisional, 0, at))
    worth = {use.code: use.amount_satang for use in bill.coupons_used}
    _FLOOR.many(connection, [(seq, "coupon", code, 0, worth.get(code, 0), at) for code in spending.coupons])


def held_of(row: Row[Any]) -> HeldRight:
    """A row of ``ROWS``. Whose till it is is not kept: all of them are this one's."""
    right = SpendingRight(
        id=row.id,
        member_id=row.member_id,
        till_id="",
        epoch=row.epoch,
        kind=RightKind(row.kind),
        points=row.points,
        granted_at=from_us(row.granted_at_us),
        lapses_at=from_us(row.lapses_at_us),
    )
    return HeldRight(right, row.spent, row.released_at_us is not None)


def _good(connection: Connection, bill_id: str) -> dict[str, datetime]:
    begin = f"{_GOOD}{bill_id}:"
    rows = connection.exec_driver_sql(_NOTES, (begin, begin + "~")).all()
    return {name.removeprefix(begin): from_us(int(until)) for name, until in rows}


def _drafts(connection: Connection) -> list[BillDraft]:
    """Bills under way: the open one and those set aside, without any that is completed meanwhile."""
    bodies = connection.exec_driver_sql("SELECT body FROM draft UNION ALL SELECT body FROM parked").scalars().all()
    drafts = [from_bytes(BillDraft, bytes(body)) for body in bodies]
    done = "SELECT 1 FROM bill WHERE id = ?"
    return [draft for draft in drafts if connection.exec_driver_sql(done, (draft.id,)).first() is None]
