"""Head office as pages see it that look members up: it answers when it is let, and what it knows is on disk then."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pos_member.domain.errors import EnvironmentProblem, Reason

WAIT_S = 10.0


class Office:
    """``known``: brings the member here, as head office's answer does; without it nobody knows them."""

    def __init__(self, known: Callable[[], object] | None = None) -> None:
        self.known = known
        self.line_up = True
        self.belongs = True
        #: Its answer never arrives.
        self.lost = False
        self.answers = threading.Event()
        self.answers.set()
        self.given_up = False
        self.asked: list[str] = []

    def up(self) -> bool:
        return self.line_up

    def alone(self) -> bool:
        return not self.belongs

    def find_member(self, text: str) -> bool:
        self.given_up = False
        self.asked.append(text)
        assert self.answers.wait(WAIT_S)
        if self.given_up:
            raise EnvironmentProblem(Reason.LINE_SLOW)
        if self.lost:
            raise EnvironmentProblem(Reason.LINE_DOWN)
        if self.known is None:
            return False
        self.known()
        return True

    def give_up(self) -> None:
        self.given_up = True
        self.answers.set()
