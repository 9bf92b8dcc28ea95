"""Members and accounts: head office's figures as of a time, covered by this till's own facts since.

The rule everywhere: the replica is true up to own event ``included_seq``; own rows with a higher ``seq`` come on top.
A member changed here since then is what the change says, whatever the replica still holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from pos_member.db import replica_schema as r
from pos_member.db import schema as s
from pos_member.db.repositories.accounts import read_account, read_balances, read_owed
from pos_member.db.repositories.mark import Mark, read_mark
from pos_member.db.repositories.presented import only_presented, presented_by_number, presented_member
from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.search import own_matches, replica_matches
from pos_member.db.sql import Insert
from pos_member.db.values import from_texts, from_us, to_json, to_us
from pos_member.domain.consent import Consent, Purpose
from pos_member.domain.member import Birthday, Member, MemberStatus
from pos_member.domain.points import Account
from pos_member.services.ports import MemberHit

_MEMBER = Insert(s.member)
_CONSENT = Insert(s.consent)
_OWN_LATEST = select(s.member).where(s.member.c.id == bindparam("id")).order_by(s.member.c.seq.desc()).limit(1)
_OWN_BY_NUMBER = select(s.member.c.id).where(s.member.c.number == bindparam("value")).distinct()
_OWN_BY_PHONE = select(s.member.c.id).where(s.member.c.phone == bindparam("value")).distinct()
_OWN_NEWER = select(func.max(s.member.c.seq)).where(s.member.c.id == bindparam("id"))
_THEIRS = select(r.member).where(r.member.c.id == bindparam("id"))
_THEIRS_BY_NUMBER = select(r.member).where(r.member.c.number == bindparam("value"))
_THEIRS_BY_PHONE = select(r.member).where(r.member.c.phone == bindparam("value"))
_CONSENTS = select(s.consent).where(s.consent.c.member_id == bindparam("id")).order_by("seq", "position")


def insert_member(connection: Connection, member: Member, seq: int) -> None:
    """The member as of event ``seq``."""
    birthday = member.birthday
    _MEMBER.one(
        connection,
        (
            member.id,
            seq,
            member.number,
            member.phone,
            member.first_name,
            member.last_name,
            None if birthday is None else birthday.day,
            None if birthday is None else birthday.month,
            None if birthday is None else birthday.year,
            member.status.value,
            member.tier,
            member.home_branch_id,
            member.enrolled_till_id,
            to_us(member.enrolled_at),
            to_json(member.segments),
            member.referred_by,
        ),
    )


def insert_consents(connection: Connection, consents: Sequence[Consent], seq: int, start: int) -> None:
    """Decisions made in event ``seq``."""
    _CONSENT.many(
        connection,
        [
            (
                seq,
                position,
                consent.id,
                consent.member_id,
                consent.purpose.value,
                int(consent.granted),
                consent.notice_version,
                consent.notice_sha256,
                consent.notice_language,
                consent.channel,
                consent.staff_id,
                consent.till_id,
                to_us(consent.at),
            )
            for position, consent in enumerate(consents, start)
        ],
    )


def member_of(row: Row[Any]) -> Member:
    """The member of a row of either file."""
    return Member(
        id=row.id,
        number=row.number,
        phone=row.phone,
        first_name=row.first_name,
        last_name=row.last_name,
        birthday=None if row.birth_day is None else Birthday(row.birth_day, row.birth_month, row.birth_year),
        status=MemberStatus(row.status),
        tier=row.tier,
        home_branch_id=row.home_branch_id,
        enrolled_till_id=row.enrolled_till_id,
        enrolled_at=from_us(row.enrolled_at_us),
        segments=from_texts(row.segments),
        referred_by=row.referred_by,
    )


def consent_of(row: Row[Any]) -> Consent:
    """The decision of a row."""
    return Consent(
        id=row.id,
        member_id=row.member_id,
        purpose=Purpose(row.purpose),
        granted=bool(row.granted),
        notice_version=row.notice_version,
        notice_sha256=row.notice_sha256,
        notice_language=row.notice_language,
        channel=row.channel,
        staff_id=row.staff_id,
        till_id=row.till_id,
        at=from_us(row.at_us),
    )


class SqlMembers:
    """``services.ports.Members`` over both files."""

    def __init__(self, till: Borrow, replica: Borrow) -> None:
        self._till = till
        self._replica = replica

    def by_id(self, member_id: str) -> Member | None:
        """By id; one that nobody told of is what a signed code told, if one was shown."""
        with self._till() as till, self._replica() as replica:
            return self._known(till, replica, member_id) or presented_member(till, member_id)

    def by_number(self, number: str) -> Member | None:
        """By the whole member number; as ``by_id``."""
        found = self._by(number, _OWN_BY_NUMBER, _THEIRS_BY_NUMBER, "number")
        if found is not None:
            return found
        with self._till() as till, self._replica() as replica:
            shown = presented_by_number(till, number)
            # Known by id all the same: then the number is no longer theirs.
            return shown if shown is None or self._known(till, replica, shown.id) is None else None

    def by_phone(self, phone: str) -> Member | None:
        """By the whole phone, E.164. Of several with one phone, an active one and the longest enrolled comes first."""
        return self._by(phone, _OWN_BY_PHONE, _THEIRS_BY_PHONE, "phone") if phone else None

    def search(self, text: str, limit: int = 20) -> tuple[MemberHit, ...]:
        """By part of a name, number or phone; nothing for fewer than two characters. Erased members are not found."""
        with self._till() as till, self._replica() as replica:
            mark = read_mark(replica)
            found = {row.id: member_of(row) for row in own_matches(till, text, mark.included_seq, limit)}
            theirs = replica_matches(replica, text, limit)
            changed = self._changed_here(till, [row.id for row in theirs], mark)
            for row in theirs:
                if row.id not in changed:
                    found.setdefault(row.id, member_of(row))
            members = list(found.values())[:limit]
            balances = read_balances(till, replica, [member.id for member in members], mark)
        return tuple(MemberHit(member, balances[member.id]) for member in members)

    def account(self, member_id: str) -> Account:
        """The account; all zero for a member nobody has told anything of, ``as_of`` None where only a code did."""
        with self._till() as till, self._replica() as replica:
            account = read_account(till, replica, member_id, read_mark(replica))
            own = sum(account.buckets.values()) == account.own_points_since
            if own and account.as_of is not None and only_presented(till, replica, member_id):
                # Head office's figures are as of then, but this member is not among them.
                account = replace(account, as_of=None)
        return account

    def consents(self, member_id: str) -> tuple[Consent, ...]:
        """Decisions recorded at this till, oldest first."""
        with self._till() as connection:
            return tuple(consent_of(row) for row in connection.execute(_CONSENTS, {"id": member_id}))

    def owed(self, member_id: str) -> int:
        """Points still to be taken back, never below zero."""
        with self._till() as till, self._replica() as replica:
            return read_owed(till, replica, member_id, read_mark(replica))

    def _known(self, till: Connection, replica: Connection, member_id: str) -> Member | None:
        own = till.execute(_OWN_LATEST, {"id": member_id}).one_or_none()
        if own is not None and own.seq > read_mark(replica).included_seq:
            return member_of(own)
        theirs = replica.execute(_THEIRS, {"id": member_id}).one_or_none()
        found = own if theirs is None else theirs
        return None if found is None else member_of(found)

    def _by(self, value: str, own_query: Any, theirs_query: Any, field: str) -> Member | None:
        """All candidates of either file, as they are now, that still have the value."""
        with self._till() as till, self._replica() as replica:
            ids = list(till.execute(own_query, {"value": value}).scalars())
            theirs = replica.execute(theirs_query, {"value": value}).all()
            if not ids and len(theirs) == 1 and till.execute(_OWN_NEWER, {"id": theirs[0].id}).scalar() is None:
                return member_of(theirs[0])
            known = [self._known(till, replica, each) for each in dict.fromkeys([*ids, *(row.id for row in theirs)])]
        fitting = [member for member in known if member is not None and getattr(member, field) == value]
        return min(
            fitting,
            key=lambda m: (m.status is not MemberStatus.ACTIVE, m.enrolled_at, m.id),
            default=None,
        )

    def _changed_here(self, till: Connection, ids: Sequence[str], mark: Mark) -> set[str]:
        if not ids:
            return set()
        newer = select(s.member.c.id).where(s.member.c.id.in_(ids), s.member.c.seq > mark.included_seq)
        return set(till.execute(newer).scalars())
