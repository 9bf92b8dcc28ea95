"""``enrol`` and ``sync``: the till's side of the line."""

from __future__ import annotations

import argparse
import threading
from typing import TYPE_CHECKING

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ENVIRONMENT, EXIT_OK
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.wording import say

if TYPE_CHECKING:
    from pos_member.app.composition import Till


def enrol(parsed: argparse.Namespace, console: Console) -> int:
    """Enrol this till with a one-time code."""
    from pos_member.app.composition import enrol_till

    identity, branch = enrol_till(parsed.data, parsed.server, parsed.code)
    told = {"till_id": identity.id, "number": identity.number, "branch_id": identity.branch_id, "label": identity.label}
    if branch is None:
        console.result(told, "enrolled_alone", till=identity.label)
    else:
        name = branch.name_th if console.language == "th" else branch.name_en
        console.result(told | {"branch": branch.code}, "enrolled", till=identity.label, code=branch.code, name=name)
    return EXIT_OK


def sync(parsed: argparse.Namespace, console: Console) -> int:
    """One round, or rounds until stopped."""
    from pos_member.app.composition import open_known_till

    with open_known_till(parsed.data) as till:
        engine = till.sync_engine()
        pause = threading.Event()
        while True:
            _close_days(till, console)
            outcome = engine.sync_once()
            state = engine.state()
            if state.reason is None:
                console.result(
                    {"pushed": outcome.pushed, "pulled": outcome.pulled, "waiting": state.waiting},
                    "synced",
                    pushed=outcome.pushed,
                    pulled=outcome.pulled,
                    waiting=state.waiting,
                )
            else:
                why = say("reasons", Reason(state.reason).value, console.language, state.params)
                seconds = round(engine.next_delay_s())
                console.result(
                    {"reason": state.reason, "pushed": outcome.pushed, "waiting": state.waiting, "retry_s": seconds},
                    "sync_waiting" if state.waiting else "sync_all_sent",
                    why=why,
                    waiting=state.waiting,
                    seconds=seconds,
                )
            if parsed.once:
                return EXIT_OK if state.reason is None else EXIT_ENVIRONMENT
            pause.wait(engine.next_delay_s())


def _close_days(till: Till, console: Console) -> None:
    """What the window does now and then: days that nobody closed go out with this round.

    Where they cannot be written (a full disk) that is said, and what waits is sent all the same.
    """
    try:
        till.services.days.catch_up()
    except EnvironmentProblem as problem:
        console.error(problem)
