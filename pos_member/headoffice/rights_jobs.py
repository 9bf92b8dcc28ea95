"""What the command line does with rights and denials, on head office's database directly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import denials, exposure, settling
from pos_member.headoffice.database import open_known_database
from pos_member.headoffice.denials import Denied
from pos_member.headoffice.exposure import Exposure
from pos_member.headoffice.portable import Database
from pos_member.headoffice.settling import OfficeActKind


class RightsJobs:
    """One head office by URL; ``who`` and ``why`` go into its journal of acts."""

    def __init__(self, database_url: str, who: str = "", why: str = "", clock: Clock | None = None) -> None:
        self._url = database_url
        self._who, self._why = who, why
        self._clock = clock or SystemClock()

    def deny(self, typed: str, reason: str) -> Denied:
        """Deny a member by number or a coupon by code. Raises as ``denials.add``."""
        now = self._clock.now()
        kind = denials.kind_of(typed)
        with self._opened() as database, database.write() as connection:
            entry = denials.add(connection, kind, typed, reason, now)
            by = settling.sign(IdMaker(self._clock), self._who or "?", self._why or entry.reason, now)
            if by is not None:
                settling.note(connection, OfficeActKind.DENIED, kind.value, entry.subject_id, by)
            return entry

    def allow(self, typed: str) -> bool:
        """Take it off the list; ``False`` where it was not on it. Raises as ``denials.remove``."""
        now = self._clock.now()
        kind = denials.kind_of(typed)
        with self._opened() as database, database.write() as connection:
            subject = denials.subject_of(connection, kind, typed)
            if not denials.allow(connection, kind, subject, now):
                return False
            by = settling.sign(IdMaker(self._clock), self._who or "?", self._why or kind.value, now)
            if by is not None:
                settling.note(connection, OfficeActKind.ALLOWED, kind.value, subject, by)
            return True

    def denied(self) -> list[Denied]:
        """The deny list, newest first."""
        with self._opened() as database, database.read() as connection:
            return denials.listed(connection)

    def exposure(self) -> Exposure:
        """What is at risk now."""
        with self._opened() as database, database.read() as connection:
            return exposure.exposure(connection, self._clock.now())

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        database = open_known_database(self._url)
        try:
            yield database
        finally:
            database.close()
