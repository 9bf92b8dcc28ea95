"""Codes as a person at head office makes them: keys, members' codes, badges; each act signed in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from pos_member.domain.code_keys import CodeKeyKind
from pos_member.domain.org import Staff
from pos_member.headoffice import badges, code_keys, member_codes
from pos_member.headoffice.code_keys import KeyState
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.member_codes import AppSecret, SignedCode
from pos_member.headoffice.office_jobs import Office
from pos_member.headoffice.settling import OfficeActKind

_TOLD_EVERY = 1_000


class CodesOffice(Office):
    """As ``Office``, for codes."""

    def list_keys(self) -> list[KeyState]:
        """Every key there has been."""
        with self._opened() as database, database.read() as connection:
            return code_keys.listed(connection)

    def rotate_key(self, kind: CodeKeyKind, *, anyway: bool = False) -> KeyState:
        """Make the next key. Raises as ``code_keys.rotate``."""
        return self._signed(
            OfficeActKind.CODE_KEY_MADE,
            "code_key",
            kind.value,
            lambda connection, now: code_keys.rotate(connection, kind, now, anyway=anyway),
        )

    def retire_key(self, kind: CodeKeyKind, number: int) -> KeyState:
        """End a key. Raises as ``code_keys.retire``."""
        return self._signed(
            OfficeActKind.CODE_KEY_RETIRED,
            "code_key",
            f"{kind.value}:{number}",
            lambda connection, now: code_keys.retire(connection, kind, number, now),
        )

    def rotating_off(self) -> int:
        """End rotating codes. Returns how many keys were good."""
        return self._signed(
            OfficeActKind.CODE_KEY_RETIRED,
            "code_key",
            CodeKeyKind.ROTATING.value,
            code_keys.switch_off,
        )

    def member_code(self, number: str, life: timedelta) -> SignedCode:
        """A signed code. Raises as ``member_codes.signed_code``."""
        return self._signed(
            OfficeActKind.MEMBER_CODE,
            "member",
            lambda made: made.member_id,
            lambda connection, now: member_codes.signed_code(connection, number, life, now),
        )

    def member_codes(self, life: timedelta, take: Callable[[Iterable[SignedCode]], None], watch: Watch) -> int:
        """Hand a signed code of every active member to ``take``, which writes them. Returns how many.

        The list is one view of the data, read beside the work of the day; the journal has it when it is whole.
        Raises ``JobStopped`` and as ``member_codes.signed_codes``.
        """
        now, made = self.clock.now(), 0

        def counted(codes: Iterable[SignedCode]) -> Iterable[SignedCode]:
            nonlocal made
            for code in codes:
                yield code
                made += 1
                if made % _TOLD_EVERY == 0:
                    watch.step(made)

        with self._opened() as database, database.read() as connection:
            take(counted(member_codes.signed_codes(connection, life, now)))
        return self._signed(OfficeActKind.MEMBER_CODES, "members", "", lambda _connection, _now: made)

    def member_secret(self, number: str) -> AppSecret:
        """What a member's app holds. Raises as ``member_codes.app_secret``."""
        return self._signed(
            OfficeActKind.MEMBER_SECRET,
            "member",
            lambda made: made.member_id,
            lambda connection, _now: member_codes.app_secret(connection, number),
        )

    def give_badge(self, staff_code: str) -> tuple[Staff, bool]:
        """A new badge. Raises as ``badges.give``."""
        return self._signed(
            OfficeActKind.BADGE_GIVEN,
            "staff",
            staff_code,
            lambda connection, _now: badges.give(connection, staff_code),
        )

    def take_badge(self, staff_code: str) -> bool:
        """End a badge. Raises as ``badges.take_away``."""
        return self._signed(
            OfficeActKind.BADGE_TAKEN,
            "staff",
            staff_code,
            lambda connection, _now: badges.take_away(connection, staff_code),
        )
