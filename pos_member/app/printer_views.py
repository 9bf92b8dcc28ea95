"""How the till's printers stand, from what they said, what waits for them and what they could not do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import Drawer, Paper, PrinterCondition, PrinterRole, PrinterSetup, role_of
from pos_member.services.ports import PrintJobInfo, PrintJobState
from pos_member.services.print_jobs import in_doubt
from pos_member.ui.ports import PrinterLight, PrinterStateView, PrinterView

_WAITING = frozenset(
    {
        PrintJobState.QUEUED,
        PrintJobState.BLOCKED,
        PrintJobState.SENDING,
        PrintJobState.SENT,
        PrintJobState.WAITING_PRINTER,
    }
)
_STUCK = frozenset({PrintJobState.BLOCKED, PrintJobState.WAITING_PRINTER})
#: A drawer is looked at when a job is printed; what was seen then tells nothing for long.
DRAWER_SEEN_S = 120.0


@dataclass(frozen=True)
class Heard:
    """What a printer last said, and how long ago (s); ``unusable``: why it cannot be used at all, or empty."""

    condition: PrinterCondition = field(default_factory=PrinterCondition)
    age_s: float = 0.0
    unusable: str = ""


def state_view(
    setups: Sequence[PrinterSetup], jobs: Iterable[PrintJobInfo], heard: Mapping[str, Heard]
) -> PrinterStateView:
    """All printers in one; ``jobs`` are those that are not over or in doubt, newest first."""
    if not setups:
        return PrinterStateView()
    papers = [job for job in jobs if job.kind is not DocumentKind.DRAWER]
    waiting = [job for job in papers if job.state in _WAITING]
    doubtful = [job for job in papers if in_doubt(job)]
    belongs = _belonging(setups)
    views = tuple(
        _one(setup, [job for job in waiting if belongs(job, setup)], heard.get(setup.key, Heard())) for setup in setups
    )
    troubled = next((view for view in views if view.light is PrinterLight.TROUBLE), None)
    if troubled is not None or doubtful:
        light, reason = PrinterLight.TROUBLE, troubled.reason if troubled is not None else doubtful[0].reason
    else:
        light, reason = PrinterLight.BUSY if waiting else PrinterLight.READY, ""
    return PrinterStateView(light, len(waiting) + len(doubtful), reason, len(doubtful), views)


def _one(setup: PrinterSetup, waiting: Sequence[PrintJobInfo], heard: Heard) -> PrinterView:
    # The oldest is the one that keeps the others.
    stuck = next((job for job in reversed(waiting) if job.state in _STUCK), None)
    reason = heard.unusable or (stuck.reason if stuck is not None else "")
    if reason or stuck is not None:
        light = PrinterLight.TROUBLE
    else:
        light = PrinterLight.BUSY if waiting else PrinterLight.READY
    return PrinterView(
        key=setup.key,
        name=setup.name or setup.address,
        light=light,
        reason=reason,
        paper_low=heard.condition.paper is Paper.NEAR_END,
        drawer_open=setup.drawer and heard.condition.drawer is Drawer.OPEN and heard.age_s <= DRAWER_SEEN_S,
    )


def _belonging(setups: Sequence[PrinterSetup]) -> Callable[[PrintJobInfo, PrinterSetup], bool]:
    """Whether a job waits for a printer: it has it, or it is nobody's by name and of a role of that printer."""
    keys = {setup.key for setup in setups}
    homeless = {role for role in PrinterRole if not any(role in setup.roles for setup in setups)}
    heirs = [setup.key for setup in setups if PrinterRole.RECEIPT in setup.roles] or [setups[0].key]

    def belongs(job: PrintJobInfo, setup: PrinterSetup) -> bool:
        if job.printer in keys:
            return job.printer == setup.key
        role = role_of(job.kind)
        return role in setup.roles or (role in homeless and setup.key in heirs)

    return belongs
