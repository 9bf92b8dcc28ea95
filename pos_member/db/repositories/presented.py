"""Members and coupons that only a signed code told of: what a till goes by until head office tells more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from pos_member.db.repositories.reading import Borrow
from pos_member.db.values import to_us
from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.domain.coupon import Coupon
from pos_member.domain.member import Member

_MEMBER, _COUPON = "member", "coupon"
_REMEMBER = "INSERT OR REPLACE INTO presented (kind, id, number, body, proof, at_us) VALUES (?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM presented WHERE kind = ? AND id = ?"
_BODY = "SELECT body FROM presented WHERE kind = ? AND id = ?"
_PROOF = "SELECT proof FROM presented WHERE kind = ? AND id = ?"
_BY_NUMBER = "SELECT body FROM presented WHERE number = ? AND number != '' AND kind = 'member' ORDER BY at_us DESC"
_MEMBERS = "SELECT id FROM presented WHERE kind = 'member'"
_ERASED = "SELECT 1 FROM member WHERE id = ? AND status = 'erased'"
_KNOWN_MEMBER = "SELECT 1 FROM member WHERE id = ?"
_KNOWN_COUPON = "SELECT 1 FROM coupon WHERE code = ?"


def presented_member(till: Connection, member_id: str) -> Member | None:
    """By id; whether the till has come to know more of the member is not asked."""
    body = till.exec_driver_sql(_BODY, (_MEMBER, member_id)).scalar()
    return None if body is None else from_bytes(Member, body)


def presented_by_number(till: Connection, number: str) -> Member | None:
    """By number, as ``presented_member``."""
    body = till.exec_driver_sql(_BY_NUMBER, (number,)).scalar()
    return None if body is None else from_bytes(Member, body)


def presented_coupon(till: Connection, code: str) -> Coupon | None:
    """By its plain code; whether the till has come to know more of the coupon is not asked."""
    body = till.exec_driver_sql(_BODY, (_COUPON, code)).scalar()
    return None if body is None else from_bytes(Coupon, body)


def only_presented(till: Connection, replica: Connection, member_id: str) -> bool:
    """Whether a signed code is all that is known of a member."""
    if till.exec_driver_sql(_PROOF, (_MEMBER, member_id)).first() is None:
        return False
    return not any(file.exec_driver_sql(_KNOWN_MEMBER, (member_id,)).first() for file in (till, replica))


def presented_members(till: Connection) -> list[str]:
    """Ids of all members of whom a signed code is kept."""
    return list(till.exec_driver_sql(_MEMBERS).scalars())


def erased_of(replica: Connection, member_ids: Sequence[str]) -> list[str]:
    """Those whom head office erased."""
    return [each for each in member_ids if replica.exec_driver_sql(_ERASED, (each,)).first()]


def forget_members(till: Connection, member_ids: Sequence[str]) -> None:
    """Nothing is kept of them."""
    if member_ids:
        till.exec_driver_sql(_FORGET, [(_MEMBER, each) for each in member_ids])


class SqlPresented:
    """``services.code_ports.Presented``."""

    def __init__(self, till: Borrow, replica: Borrow, write: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._till = till
        self._replica = replica
        self._write = write

    def member(self, member_id: str) -> bool:
        """Whether a signed code is all that this till knows of a member."""
        with self._till() as till, self._replica() as replica:
            return only_presented(till, replica, member_id)

    def coupon(self, code: str) -> str:
        """The signed code that is all this till knows of a coupon; empty for any other coupon."""
        with self._till() as till, self._replica() as replica:
            proof = till.exec_driver_sql(_PROOF, (_COUPON, code)).scalar()
            if proof is None:
                return ""
            known = any(file.exec_driver_sql(_KNOWN_COUPON, (code,)).first() for file in (till, replica))
        return "" if known else str(proof)

    def remember_member(self, member: Member, proof: str, at: datetime) -> None:
        """Keep what a signed code told; what it told before gives way."""
        row = (_MEMBER, member.id, member.number, canonical_bytes(member), proof, to_us(at))
        with self._write() as connection:
            connection.exec_driver_sql(_REMEMBER, row)

    def remember_coupon(self, coupon: Coupon, proof: str, at: datetime) -> None:
        """As ``remember_member``."""
        row = (_COUPON, coupon.code, "", canonical_bytes(coupon), proof, to_us(at))
        with self._write() as connection:
            connection.exec_driver_sql(_REMEMBER, row)

    def forget_members(self, member_ids: Sequence[str]) -> None:
        """Nothing is kept of them here."""
        with self._write() as connection:
            forget_members(connection, member_ids)
