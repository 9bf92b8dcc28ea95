"""Work beside the server that meets trouble: it goes on, more seldom while the trouble stays."""

from __future__ import annotations

import threading

import pytest

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice.background import Background
from tests.headoffice.until import WITHIN_S
from tests.log_watch import ExpectLog


class Looks(Background):
    """Each look meets what ``meets`` says, and notes how long it would have been until the next."""

    def __init__(self, meets: list[Exception | None]) -> None:
        super().__init__("looks", 0.001)
        self.meets, self.pauses, self.done = meets, [], threading.Event()

    def look(self) -> None:
        self.pauses.append(self.pause_s())
        if len(self.pauses) > len(self.meets):
            self.done.set()
            return
        trouble = self.meets[len(self.pauses) - 1]
        if trouble is not None:
            raise trouble


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(EnvironmentProblem(Reason.DISK_FULL), "looks: EnvironmentProblem"), (ValueError("a bug"), "looks failed")],
)
def test_trouble_that_stays_is_looked_at_ever_more_seldom_until_it_is_gone(
    expected_logs: ExpectLog, trouble: Exception, said: str
) -> None:
    expected_logs(said)
    looks = Looks([trouble] * 4 + [None])
    looks.start()
    assert looks.done.wait(WITHIN_S)
    looks.stop()
    assert looks.pauses[:6] == [0.001, 0.002, 0.004, 0.008, 0.016, 0.001]


def test_it_is_looked_at_every_few_seconds_at_least_and_never_more_often_than_in_health() -> None:
    quick, slow = Looks([]), Background("slow", 300.0)
    quick._troubled = slow._troubled = 1_000
    assert (quick.pause_s(), slow.pause_s()) == (5.0, 300.0)
