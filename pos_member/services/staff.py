"""Signing in with a PIN: argon2id, and a lock-out that neither a restart nor a wrong clock undoes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pos_member.domain.clock import format_time
from pos_member.domain.codes import check_staff_badge
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Role, Staff
from pos_member.domain.permission import Session
from pos_member.services.context import Shop, one_book
from pos_member.services.ports import PinLock

PIN_DIGITS_MIN = 6
PIN_DIGITS_MAX = 12
#: Wrong PINs in a row before the first lock, its length, and how long doubling may make it.
FAILURES_MAX = 5
LOCK_FIRST_S = 30
LOCK_MAX_S = 15 * 60


@dataclass(frozen=True)
class StaffTile:
    """A person to choose on the sign-in screen."""

    id: str
    code: str
    name_th: str
    name_en: str
    role: Role


def lock_seconds(failures: int) -> int:
    """How long no PIN is tried after ``failures`` wrong ones in a row: 0, then 30 s doubling to 15 min."""
    if failures < FAILURES_MAX:
        return 0
    return int(min(LOCK_MAX_S, LOCK_FIRST_S * 2 ** min(failures - FAILURES_MAX, 10)))


def check_pin_strength(pin: str) -> None:
    """Raises ``Refusal(PIN_WEAK)`` for a PIN of fewer than 6 digits, one digit repeated, or a plain run."""
    digits = pin.isascii() and pin.isdigit() and PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX
    if not digits or len(set(pin)) == 1 or pin in "01234567890123456789" or pin in "98765432109876543210":
        raise Refusal(Reason.PIN_WEAK, digits_min=PIN_DIGITS_MIN)


class StaffService:
    """Who works at this till."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._decoy = ""

    def people(self) -> tuple[StaffTile, ...]:
        """The active people of this branch, by code."""
        found = sorted(self._here(), key=lambda person: person.code)
        return tuple(StaffTile(p.id, p.code, p.name_th, p.name_en, p.role) for p in found)

    def by_badge(self, code: str) -> StaffTile:
        """The active person of this branch whose badge it is. Names them only: their PIN signs in.

        Raises ``Refusal(BADGE_UNKNOWN)``.
        """
        found = [person for person in self._here() if person.badge and person.badge == code]
        if not check_staff_badge(code) or len(found) != 1:
            raise Refusal(Reason.BADGE_UNKNOWN)
        person = found[0]
        return StaffTile(person.id, person.code, person.name_th, person.name_en, person.role)

    def pin_hash(self, pin: str) -> str:
        """The encoded hash of a new PIN. Raises ``Refusal(PIN_WEAK)``."""
        check_pin_strength(pin)
        return self._shop.context.hasher.hash(pin)

    @one_book
    def sign_in(self, staff_code: str, pin: str) -> Session:
        """A session for the person with this code, once the PIN holds.

        Raises ``Refusal(STAFF_UNKNOWN | PIN_WRONG(left) | PIN_LOCKED(until, until_time, seconds))``. While locked,
        no PIN is tried, not even the right one.
        """
        shop = self._shop
        staff = next((person for person in self._here() if person.code == staff_code.strip()), None)
        if staff is None:
            self._spend_time(pin)
            raise Refusal(Reason.STAFF_UNKNOWN)
        self._refuse_locked(staff, shop.store.facts.pin_lock(staff.id))
        holds = shop.context.hasher.verify(staff.pin_hash, pin)
        now = shop.now()
        with shop.store.transaction() as tx:
            # Read again under the lock: another process may have counted a failure while this PIN was hashed.
            lock = tx.facts.pin_lock(staff.id)
            if holds and (lock.locked_until is None or lock.locked_until <= now):
                if lock.failures:
                    tx.set_pin_lock(PinLock(staff.id, 0, None))
                shop.audit(tx, "sign_in", staff_id=staff.id, subject_id=staff.id, at=now)
                return Session(staff, now)
            failures = lock.failures + (0 if holds else 1)
            seconds = lock_seconds(failures)
            until = now + timedelta(seconds=seconds) if seconds else None
            tx.set_pin_lock(PinLock(staff.id, failures, until))
            shop.audit(
                tx, "sign_in_failed", staff_id=staff.id, subject_id=staff.id, detail=f"failures={failures}", at=now
            )
        if until is not None:
            raise self._locked(until, now)
        raise Refusal(Reason.PIN_WRONG, left=FAILURES_MAX - failures)

    @one_book
    def sign_out(self, session: Session) -> None:
        """Record the end of a session."""
        staff = session.staff
        with self._shop.store.transaction() as tx:
            self._shop.audit(tx, "sign_out", staff_id=staff.id, subject_id=staff.id)

    def _here(self) -> tuple[Staff, ...]:
        book = self._shop.book()
        return tuple(p for p in book.staff.values() if p.active and p.branch_id == book.branch.id)

    def _spend_time(self, pin: str) -> None:
        """As long as a real check takes, so that the time does not tell which codes exist."""
        hasher = self._shop.context.hasher
        if not self._decoy:
            self._decoy = hasher.hash("0" * PIN_DIGITS_MIN)
        hasher.verify(self._decoy, pin)

    def _refuse_locked(self, staff: Staff, lock: PinLock) -> None:
        """Raises ``PIN_LOCKED`` while the lock runs.

        A clock that jumped back must not end the lock early, and one that fell back by years must not lock for
        years: where more is left than the lock ever lasted, it starts again in full from the clock as it now is.
        """
        if lock.locked_until is None:
            return
        now = self._shop.now()
        seconds = lock_seconds(lock.failures)
        until = lock.locked_until
        if until - now > timedelta(seconds=seconds):
            until = now + timedelta(seconds=seconds)
            with self._shop.store.transaction() as tx:
                tx.set_pin_lock(PinLock(staff.id, lock.failures, until))
        if until > now:
            raise self._locked(until, now)

    def _locked(self, until: datetime, now: datetime) -> Refusal:
        zone = self._shop.book().settings.zone
        seconds = max(1, -int((now - until).total_seconds() // 1))
        return Refusal(Reason.PIN_LOCKED, until=until, until_time=format_time(until, zone), seconds=seconds)
