"""``pos-member verify``: every balance and invariant recomputed from the facts and held against what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pos_member.services.context import Shop, one_book
from pos_member.services.verify_claims import check_claims
from pos_member.services.verify_days import check_days
from pos_member.services.verify_programs import check_rules, check_tallies
from pos_member.services.verify_queue import Findings, check_queue
from pos_member.services.verify_rights import check_rights
from pos_member.services.verify_sales import check_bills, check_counters, check_returns
from pos_member.services.verify_states import check_coupons, check_points

#: Problems kept per check; all are counted.
PROBLEMS_SHOWN_MAX = 50
#: Progress is told after so many things looked at.
PROGRESS_STEP = 500


@dataclass(frozen=True)
class Check:
    """One invariant: ``counted`` things looked at, and what was wrong with them (the first few)."""

    name: str
    ok: bool
    counted: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class VerifyResult:
    """All checks, in the order they ran."""

    checks: tuple[Check, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return all(check.ok for check in self.checks)


class Verification:
    """Reads everything, changes nothing."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def run(self, progress: Callable[[int, int], None] | None = None) -> VerifyResult:
        """Run every check. ``progress(done, total)`` is called now and then; ``total`` is an estimate that only grows.

        A problem found is part of the result, never an exception; ``EnvironmentProblem`` where the file cannot be read.
        """
        shop = self._shop
        rows = shop.store.facts.queue_status().head_seq
        steps: tuple[tuple[str, Callable[[Shop], Findings]], ...] = (
            ("queue", check_queue),
            ("bills", check_bills),
            ("returns", check_returns),
            ("claims", check_claims),
            ("points", check_points),
            ("coupons", check_coupons),
            ("tallies", check_tallies),
            ("rights", check_rights),
            ("rules", check_rules),
            ("counters", check_counters),
            ("days", check_days),
        )
        tell = _Progress(progress, max(1, rows) * len(steps))
        return VerifyResult(tuple(_collect(name, check(shop), tell) for name, check in steps))


class _Progress:
    def __init__(self, progress: Callable[[int, int], None] | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def step(self) -> None:
        self._done += 1
        if self._done % PROGRESS_STEP == 0:
            self.tell()

    def tell(self) -> None:
        self._total = max(self._total, self._done)
        if self._progress is not None:
            self._progress(self._done, self._total)


def _collect(name: str, findings: Iterator[str | None], tell: _Progress) -> Check:
    """Drain a check: it yields None for each thing looked at and a sentence for each thing wrong."""
    counted = wrong = 0
    problems: list[str] = []
    for finding in findings:
        if finding is None:
            counted += 1
            tell.step()
            continue
        wrong += 1
        if len(problems) < PROBLEMS_SHOWN_MAX:
            problems.append(finding)
    tell.tell()
    return Check(name, wrong == 0, counted, tuple(problems))
