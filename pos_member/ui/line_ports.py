"""What the window needs of the line to head office beyond how it stands: its limits, sticks, and the large load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos_member.domain.line_setup import LineSetup
    from pos_member.domain.permission import Session


@dataclass(frozen=True)
class Place:
    """A folder that a file can be put in: the top of a stick, or the person's documents. ``stick``: it can be carried
    off; ``free_bytes``: room in it."""

    path: Path
    label: str
    stick: bool
    free_bytes: int


@dataclass(frozen=True)
class AnswerFile:
    """A file of head office's that was found in a place, and when it was written there."""

    path: Path
    at: datetime
    place: str


@dataclass(frozen=True)
class CarriedOut:
    """What is on the stick: ``events``, ``bills`` among them, from ``oldest`` to ``newest`` (``None``: nothing).
    ``on_stick``: it was put where it can be carried off from, and not on this machine."""

    path: Path
    events: int
    bills: int
    oldest: datetime | None
    newest: datetime | None
    on_stick: bool = True


@dataclass(frozen=True)
class CarriedIn:
    """What an answer came to. ``waiting``: what head office still lacks; ``nothing_new``: everything in it was known
    here already; ``new_epoch``: the till numbers anew, and head office wants another export; ``again_from``: it wants
    one that begins with that event (0: none); ``left``: its news go on from another place, and wait for one more."""

    changes: int
    waiting: int
    quarantined: int = 0
    nothing_new: bool = False
    new_epoch: bool = False
    again_from: int = 0
    left: bool = False


#: (done, in all).
Tell = Callable[[int, int], None]
Stopping = Callable[[], bool]


class LineAdmin(Protocol):
    """All of it off the window's thread; ``take_in`` on the lane that talks to head office, so that the two do not
    meet. Errors that concern permission: ``Refusal(NOT_PERMITTED | NOT_SIGNED_IN)``."""

    def setup(self) -> LineSetup:
        """The limits as they hold now. Any thread."""
        ...

    def save(self, session: Session, setup: LineSetup) -> None:
        """These limits from now on: recorded, kept and in use at once. Raises also
        ``EnvironmentProblem(FILE_NOT_WRITABLE)``; nothing is changed then."""
        ...

    def places(self) -> Sequence[Place]:
        """Where a file can go or come from: sticks first."""
        ...

    def answers(self) -> Sequence[AnswerFile]:
        """Head office's files in those places, the newest first."""
        ...

    def carry_out(
        self, session: Session, folder: Path, first: int, tell: Tell, stopping: Stopping
    ) -> CarriedOut | None:
        """Put what waits, or (``first`` > 0) everything kept from that event on, into a new file in ``folder``;
        ``None`` when stopped, with no file left behind. A stick that was pulled out since is not written beside.

        Raises also ``EnvironmentProblem(FILE_NOT_WRITABLE | CARRY_FULL)``, ``Refusal(TILL_NOT_ENROLLED)``."""
        ...

    def take_in(self, session: Session, path: Path, tell: Tell, stopping: Stopping) -> CarriedIn | None:
        """Take an answer in; ``None`` when stopped: what came so far stays, and the file can be taken in again.

        Raises also ``EnvironmentProblem(FILE_NOT_READABLE | CARRY_DAMAGED)`` and ``Refusal``: CARRY_OTHER_KIND,
        CARRY_OTHER_TILL, CARRY_OTHER_OFFICE, CARRY_OTHER_EPOCH, CARRY_NEWER, TILL_NOT_ENROLLED."""
        ...

    def pause_load(self) -> None:
        """Put the load of all of head office's data off that is under way. Any thread."""
        ...

    def go_on_loading(self) -> None:
        """Go on with it. The window's thread."""
        ...
