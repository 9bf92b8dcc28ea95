"""Papers that nobody paid for (test pages, pages of lines) and pulses that are tried: sent at once, never journaled."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.printers import Answers, Drawer, DrawerSensor, PrinterSetup, Proof
from pos_member.hardware.printing import addresses
from pos_member.hardware.printing.encoder import drawer_pulse
from pos_member.hardware.printing.pulses import give_pulse
from pos_member.hardware.printing.sending import Delivery, Verdict, Watch
from pos_member.hardware.printing.status import Manners, Talk, Timing, check_ready
from pos_member.services.print_ports import PrintJobState

_TIMING = Timing()
#: Characters of a process id; none of them has the marks of a status byte.
_ID_LETTERS = "1359QSUWY"
_ASK_PRINTER = 1


def send_now(setup: PrinterSetup, pieces: Sequence[bytes]) -> Proof:
    """Print ``pieces`` (whole commands each) at the printer of ``setup``; what it rests on.

    Raises ``Refusal(PRINTER_ADDRESS_INVALID)`` and ``EnvironmentProblem``: why it cannot begin, broke off or waits.
    """
    with _reached(setup) as (talk, can_answer):
        manners = Manners()
        answers = can_answer and check_ready(talk, manners, _TIMING)
        waits: list[Reason] = []
        # Nobody stands by for long: a printer that waits for paper goes on with the rest by itself.
        watch = Watch(lambda: bool(waits), lambda: True, lambda: None, waits.append)
        verdict = Delivery(talk, manners, _TIMING, watch, answers=answers).deliver(pieces, _process_id())
        return _proof(verdict, waits)


def pulse_now(setup: PrinterSetup) -> None:
    """One pulse, whatever keeps the paper. Raises as ``send_now``."""
    with _reached(setup) as (talk, can_answer):
        answers = can_answer and check_ready(talk, Manners(), _TIMING, for_paper=False)
        give_pulse(talk, _TIMING, drawer_pulse(setup.profile), answers=answers)


def drawer_level_now(setup: PrinterSetup) -> bool | None:
    """The level at the drawer's connector, or None where the printer does not say. Raises as ``send_now``."""
    if setup.profile.answers is Answers.NO:
        return None
    with _reached(setup, DrawerSensor.HIGH_IS_OPEN) as (talk, can_answer):
        if not can_answer:
            return None
        talk.drain()
        if not talk.answered((_ASK_PRINTER,), _TIMING.ready_s):
            return None
        # With this sensor "open" reads as "the level is high".
        return {Drawer.OPEN: True, Drawer.CLOSED: False}.get(talk.condition.drawer)


@contextlib.contextmanager
def _reached(setup: PrinterSetup, sensor: DrawerSensor | None = None) -> Iterator[tuple[Talk, bool]]:
    profile = setup.profile if sensor is None else replace(setup.profile, drawer_sensor=sensor)
    transport = addresses.parse(setup.address)
    with contextlib.closing(transport.connect()) as connection:
        yield Talk(connection, profile), transport.can_answer


def _proof(verdict: Verdict, waits: Sequence[Reason]) -> Proof:
    if waits:
        raise EnvironmentProblem(waits[-1])
    if verdict.state not in (PrintJobState.CONFIRMED, PrintJobState.UNVERIFIABLE):
        raise EnvironmentProblem(verdict.reason or Reason.PRINTER_BROKE_OFF)
    return verdict.proof


def _process_id() -> str:
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(4))
