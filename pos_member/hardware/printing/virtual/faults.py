"""What can be wrong with a printer, and when it goes wrong: the steps of a script, and who watches for their moment.

A step's moment is exact: at the byte, at the row, at the cut. That is why the printer asks the director how far it may
go before something happens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from pos_member.hardware.printing.virtual.clocks import MS, SECOND


class Do(StrEnum):
    """Everything that can be done to the printer. What lasts can be given an end."""

    # the mechanics; the head stands still, except while paper is low
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER_ERROR = "cutter_error"
    UNRECOVERABLE = "unrecoverable"
    OVERHEATED = "overheated"
    DRAWER_OPEN = "drawer_open"
    # the line
    OFF = "off"
    HANG = "hang"
    SLOW = "slow"
    KEEPS_REST = "keeps_rest"
    # the answers
    MUTE = "mute"
    LATE = "late"
    ONE_BEHIND = "one_behind"
    WRONG_PROCESS_ID = "wrong_process_id"
    NO_PROCESS_ID = "no_process_id"
    OTHER_PRINTER = "other_printer"
    # what happens once
    RESET = "reset"
    FINISH = "finish"
    BREAK_OFF = "break_off"
    POWER_CYCLE = "power_cycle"
    GARBLE = "garble"
    RELOAD = "reload"
    CLOSE_COVER = "close_cover"
    MEND = "mend"


ONCE = frozenset({Do.RESET, Do.FINISH, Do.BREAK_OFF, Do.POWER_CYCLE, Do.GARBLE, Do.RELOAD, Do.CLOSE_COVER, Do.MEND})
LASTING = frozenset(Do) - ONCE
#: While one of these lasts no row and no cut comes, so neither can end it.
STANDING = frozenset(
    {Do.PAPER_OUT, Do.COVER_OPEN, Do.OFFLINE, Do.CUTTER_ERROR, Do.UNRECOVERABLE, Do.OVERHEATED, Do.OFF}
)
#: While one of these lasts no byte comes in.
DEAF = frozenset({Do.OFF, Do.HANG})
#: Those that need a number, and its bounds: bytes a second, milliseconds, bytes.
NUMBERS = {Do.SLOW: (1, 1_000_000), Do.LATE: (1, 600_000), Do.GARBLE: (1, 65_536)}


@dataclass(frozen=True)
class When:
    """A moment. Exactly one of ``byte``, ``row``, ``cut``, ``after_ms``, or ``job`` alone.

    ``job`` n: the n-th connection; with ``byte`` or ``row`` these count from its beginning, with ``paper`` n ``row``
    counts from the beginning of the n-th paper. Otherwise everything counts from the start of the printer, from 1.
    ``after_ms``: since the start. Raises ``ValueError`` for another combination or a number below 1.
    """

    job: int | None = None
    byte: int | None = None
    row: int | None = None
    cut: int | None = None
    paper: int | None = None
    after_ms: int | None = None

    def __post_init__(self) -> None:
        given = frozenset(name for name, value in vars(self).items() if value is not None)
        if given not in COMBINATIONS:
            raise ValueError(f"no moment: {', '.join(sorted(given)) or 'nothing'}")
        if any(value is not None and value < (0 if name == "after_ms" else 1) for name, value in vars(self).items()):
            raise ValueError("moments are counted from 1")


COMBINATIONS = frozenset(
    frozenset(names)
    for names in (
        ("job",), ("byte",), ("row",), ("cut",), ("after_ms",), ("job", "byte"), ("job", "row"), ("paper", "row"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Lasting:
    """How long something lasts: one number. ``rows`` of a head that stands still are the time they would take."""

    ms: int | None = None
    bytes: int | None = None
    rows: int | None = None
    cuts: int | None = None
    jobs: int | None = None


@dataclass(frozen=True)
class Step:
    """At ``when``, ``do``; it ends after ``lasting`` or at ``until``, else when somebody mends it."""

    when: When
    do: Do
    value: int | str | None = None
    lasting: Lasting | None = None
    until: When | None = None


@dataclass
class Counters:
    """How far the printer has come."""

    bytes: int = 0
    rows: int = 0
    cuts: int = 0
    jobs: int = 0
    job_bytes: int = 0
    job_began_at_row: int = 0
    began: int = 0
    paper_rows: Callable[[], int] = field(default=lambda: 0)

    def ms(self, now: int) -> int:
        """Milliseconds since the start."""
        return (now - self.began) // MS


@dataclass
class _Pending:
    step: Step
    when: When
    ends: bool = False


#: Carries out: (what, its value, begin (True) or end it).
Act = Callable[[Do, int | str | None, bool], None]


class Director:
    """Watches the counters and acts at the moments of its steps, in their order."""

    def __init__(self, counters: Counters, act: Act, rows_per_second: int) -> None:
        self.fired: list[Step] = []
        self._counters = counters
        self._act = act
        self._rows_per_second = rows_per_second
        self._pending: list[_Pending] = []

    def plan(self, step: Step) -> None:
        """One more step."""
        self._pending.append(_Pending(step, step.when))

    @property
    def waiting(self) -> tuple[Step, ...]:
        """Steps whose moment has not come."""
        return tuple(one.step for one in self._pending if not one.ends)

    def bytes_left(self) -> int | None:
        """How many bytes may be taken before something happens."""
        count = self._counters
        left = [
            one.when.byte - (count.bytes if one.when.job is None else count.job_bytes)
            for one in self._pending
            if one.when.byte is not None and one.when.job in (None, count.jobs)
        ]
        return min((one for one in left if one > 0), default=None)

    def rows_left(self) -> int | None:
        """How many rows may come out before something happens."""
        left = [self._rows_to(one.when) for one in self._pending if one.when.row is not None]
        return min((one for one in left if one is not None and one > 0), default=None)

    def due(self) -> int | None:
        """The next moment that is a matter of time."""
        count = self._counters
        return min(
            (count.began + one.when.after_ms * MS for one in self._pending if one.when.after_ms is not None),
            default=None,
        )

    def look(self, now: int, *, cutting: bool = False) -> None:
        """Act on every step whose moment has come. ``cutting``: the knife is about to fall."""
        for one in tuple(self._pending):
            if one in self._pending and self._has_come(one, now, cutting):
                self._pending.remove(one)
                self._fire(one, now)

    def _fire(self, one: _Pending, now: int) -> None:
        step = one.step
        if one.ends:
            self._act(step.do, step.value, False)
            return
        self.fired.append(step)
        end = self._end_of(step, now)
        if end is not None:
            self._pending.append(_Pending(step, end, ends=True))
        self._act(step.do, step.value, True)

    def _end_of(self, step: Step, now: int) -> When | None:
        count, last = self._counters, step.lasting
        if last is None:
            return step.until
        if last.rows is not None and step.do in STANDING:
            speed = self._rows_per_second
            return When(after_ms=count.ms(now) + (last.rows * SECOND // speed // MS if speed else 0))
        if last.ms is not None:
            return When(after_ms=count.ms(now) + last.ms)
        if last.bytes is not None:
            return When(byte=count.bytes + last.bytes)
        if last.rows is not None:
            return When(row=count.rows + last.rows)
        if last.cuts is not None:
            return When(cut=count.cuts + last.cuts)
        return When(job=count.jobs + (last.jobs or 1))

    def _has_come(self, one: _Pending, now: int, cutting: bool) -> bool:
        count, when = self._counters, one.when
        if when.byte is not None:
            if when.job is None:
                return count.bytes >= when.byte
            return count.jobs == when.job and count.job_bytes >= when.byte
        if when.row is not None:
            left = self._rows_to(when)
            return left is not None and left <= 0
        if when.cut is not None:
            jams = one.step.do is Do.CUTTER_ERROR and not one.ends
            return count.cuts + 1 >= when.cut if cutting and jams else count.cuts >= when.cut
        if when.after_ms is not None:
            return count.ms(now) >= when.after_ms
        return count.jobs >= (when.job or 0)

    def _rows_to(self, when: When) -> int | None:
        count, row = self._counters, when.row or 0
        if when.paper is not None:
            return row - count.paper_rows() if count.cuts == when.paper - 1 else None
        if when.job is not None:
            return row - (count.rows - count.job_began_at_row) if count.jobs == when.job else None
        return row - count.rows
