"""The jobs of head office as a person starts them: on a database named by URL, signed, each in one transaction.

What reaches many members or bills (expiry, clearing, re-checking, segments, coupons) goes in parts instead, each of one
shard where head office was started for tables that lie apart, and is asked between two of them whether to stop. Such a
job is signed before its first part: what it did until it was stopped has a name to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from pos_member.domain.clock import Clock, SystemClock, business_date
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.draw_lots import DrawRecord
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import (
    clearing_run,
    draws,
    expiring,
    issuing,
    payments,
    programs,
    quotas,
    rechecking,
    rule_books,
    segments,
    settling,
    spending,
    units,
)
from pos_member.headoffice.database import open_known_database
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.portable import Database
from pos_member.headoffice.settling import OfficeActKind, Signature

T = TypeVar("T")


@dataclass(frozen=True)
class Office:
    """Head office's database by URL, and who acts: ``who`` and ``why`` go into the journal ``office_act``."""

    database_url: str
    who: str
    why: str
    clock: Clock = field(default_factory=SystemClock)

    def expire(self, watch: Watch | None = None) -> expiring.Expired:
        """Bring lots past their last day to zero. Raises ``JobStopped``."""
        with self._opened() as database:
            apart = units.remembered(database).distributed
            return expiring.expire(database, self.clock.now(), IdMaker(self.clock), watch, distributed=apart)

    def clearing(self, first: date, last: date, watch: Watch | None = None) -> clearing_run.Clearing:
        """Who owes whom for redeemed points. Raises ``JobStopped``."""
        with self._opened() as database:
            return clearing_run.clear(database, first, last, watch)

    def recheck(self, first: date, last: date, watch: Watch | None = None) -> rechecking.Rechecked:
        """Compute bills again; differences become cases. Raises ``JobStopped``."""
        with self._opened() as database:
            apart = units.remembered(database).distributed
            return rechecking.recheck_bills(database, first, last, self.clock.now(), watch, distributed=apart)

    def top_spenders(self, code: str, *, anyway: bool = False) -> spending.Winners:
        """Rank once, and give those who were ranked the coupons they have not got yet.

        Raises as ``spending.reward_top_spenders``, and ``Refusal(TILLS_SILENT)``.

        ``anyway``: also while tills have not been heard of, whose bills are then left out for good.
        """

        def work(connection: Connection, now: datetime) -> spending.Winners:
            found = spending.reward_top_spenders(connection, code, now)
            _all_heard(found.silent_tills, anyway=anyway or found.held_before)
            return found

        found = self._signed(OfficeActKind.TOP_SPENDERS, "program", code, work)
        with self._opened() as database:
            return replace(found, coupons=spending.pay_out(units.remembered(database), code, self.clock))

    def close_draw(self, code: str, seed_source: str, *, anyway: bool = False) -> draws.Closed:
        """Close a draw's list. Raises as ``draws.close_list``, and ``Refusal(TILLS_SILENT)``; ``anyway`` as above."""

        def work(connection: Connection, now: datetime) -> draws.Closed:
            closed = draws.close_list(connection, code, seed_source, now)
            _all_heard(closed.silent_tills, anyway=anyway or closed.closed_before)
            return closed

        return self._signed(
            OfficeActKind.DRAW,
            "program",
            code,
            work,
        )

    def draw(self, code: str, seed: str, prizes: int) -> DrawRecord:
        """Hold a draw. Raises as ``draws.hold``."""
        return self._signed(
            OfficeActKind.DRAW, "program", code, lambda connection, now: draws.hold(connection, code, seed, prizes, now)
        )

    def put_programs(self, raw: bytes, *, with_settings: bool = False) -> programs.PutOutcome:
        """Take a program file in. Raises as ``programs.put``."""
        return self._signed(
            OfficeActKind.PROGRAM_PUT,
            "program",
            "",
            lambda connection, _now: programs.put(connection, raw, with_settings=with_settings),
        )

    def switch_program(self, code: str, *, active: bool) -> bool:
        """Switch a program on or off. Raises ``Refusal(PROGRAM_UNKNOWN)``."""
        return self._signed(
            OfficeActKind.PROGRAM_SWITCH,
            "program",
            code,
            lambda connection, _now: programs.switch(connection, code, active=active),
        )

    def list_programs(self) -> list[programs.Listed]:
        """Every program with what it has cost."""
        with self._opened() as database, database.read() as connection:
            return programs.listed(connection)

    def set_promptpay(self, number: str, branch_code: str) -> bool:
        """Whom the tills' PromptPay codes pay. Raises as ``payments.set_promptpay``."""
        return self._signed(
            OfficeActKind.PROMPTPAY_SET,
            "branch" if branch_code else "organisation",
            branch_code,
            lambda connection, _now: payments.set_promptpay(connection, number, branch_code),
        )

    def set_segment(self, code: str, numbers: Iterable[str], watch: Watch | None = None) -> segments.SegmentSet:
        """Make a segment hold these members. Raises as ``segments.set_segment``."""
        segments.check_code(code)
        self._signed(OfficeActKind.SEGMENT_SET, "segment", code, lambda _connection, _now: None)
        with self._opened() as database:
            return segments.set_segment(units.remembered(database), code, numbers, self.clock, watch)

    def give_coupons(
        self, definition: str, occasion: str, numbers: Iterable[str], watch: Watch | None = None
    ) -> issuing.Given:
        """Give members a coupon each, once per occasion.

        Raises as ``issuing.give``, and ``Refusal(PAYLOAD_INVALID)``.
        """
        source = issuing.occasion_id(occasion)
        asked = {number for number in numbers if number}

        def look(connection: Connection, now: datetime) -> tuple[CouponDefinition, dict[str, str], date]:
            found = issuing.definition_named(connection, definition)
            return found, issuing.ids_numbered(connection, asked), self._today(connection, now)

        found, members, today = self._signed(OfficeActKind.COUPONS_GIVEN, "occasion", occasion, look)
        with self._opened() as database:
            apart = units.remembered(database)
            made, already = issuing.give(apart, found, sorted(members.values()), source, self.clock, today, watch)
        return issuing.Given(made, already, len(asked) - len(members))

    def write_off_quota(self, till_id: str) -> int:
        """Free what a revoked till did not use of its quotas; 0 where there is nothing to free."""
        return self._signed(
            OfficeActKind.QUOTA_WRITTEN_OFF,
            "till",
            till_id,
            lambda connection, _now: quotas.write_off(connection, till_id),
        )

    def today(self) -> date:
        """The shop's day."""
        with self._opened() as database, database.read() as connection:
            return self._today(connection, self.clock.now())

    def _today(self, connection: Connection, now: datetime) -> date:
        return business_date(now, rule_books.settings(connection).zone)

    def _signed(
        self, act: OfficeActKind, kind: str, subject: str | Callable[[T], str], run: Callable[[Connection, datetime], T]
    ) -> T:
        """Run and note it; ``subject`` may depend on what came of it."""
        now = self.clock.now()
        by = settling.sign(IdMaker(self.clock), self.who or "?", self.why or act.value, now)
        with self._opened() as database, database.write() as connection:
            outcome = run(connection, now)
            if isinstance(by, Signature):
                named = subject if isinstance(subject, str) else subject(outcome)
                settling.note(connection, act, kind, named[: settling.WHO_CHARACTERS_MAX], by)
            return outcome

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        database = open_known_database(self.database_url)
        try:
            yield database
        finally:
            database.close()


def _all_heard(silent_tills: int, *, anyway: bool) -> None:
    """What is final waits for the tills; raised inside the transaction, so that nothing of it stays."""
    if silent_tills and not anyway:
        raise Refusal(Reason.TILLS_SILENT, tills=silent_tills)
