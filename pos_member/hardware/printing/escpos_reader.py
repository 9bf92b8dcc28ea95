"""ESC/POS read without lines and time: bytes in, papers and answers out. For whoever wants to see what bytes print.

The printer itself is in ``hardware.printing.virtual``; this is its machine with a head that needs no time.
"""

from __future__ import annotations

from collections.abc import Callable

from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.virtual.line import LINE_FEED_ROWS, Language
from pos_member.hardware.printing.virtual.machine import (
    MAKER_NAME,
    MODEL_NAME,
    Machine,
    Outside,
    Stream,
    UnknownCommand,
)
from pos_member.hardware.printing.virtual.mechanics import Pace, Watch
from pos_member.hardware.printing.virtual.roll import Roll
from pos_member.hardware.printing.virtual.sensors import Sensors

__all__ = ["LINE_FEED_ROWS", "MAKER_NAME", "MODEL_NAME", "EscPosReader", "Roll", "Sensors", "UnknownCommand"]


class EscPosReader:
    """Reads a stream of commands in pieces of any size.

    ``answer`` takes bytes for the computer, ``on_cut`` each piece of paper. ``unknown`` collects what was not
    understood; with ``strict`` the first one raises ``UnknownCommand``.
    """

    def __init__(
        self,
        dots: int,
        *,
        answer: Callable[[bytes], None] = lambda said: None,
        on_cut: Callable[[Bitmap], None] = lambda piece: None,
        strict: bool = False,
        language: Language | None = None,
    ) -> None:
        self._answer = answer
        self._on_cut = on_cut
        self._machine = Machine(
            dots,
            pace=Pace(),
            language=language or Language(),
            watch=Watch(on_piece=self._laid_down),
            outside=Outside(),
            strict=strict,
        )
        self.roll = self._machine.mechanics.roll
        self.sensors = self._machine.sensors
        self._attach()

    @property
    def waiting(self) -> int:
        """Bytes received and not yet acted upon."""
        return self._machine.waiting

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return self._machine.kicks

    @property
    def unknown(self) -> list[str]:
        """What was not understood."""
        return self._machine.unknown

    @property
    def automatic_status(self) -> bool:
        """Whether status is told without being asked."""
        return self._stream.mask != 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive. Raises ``UnknownCommand`` when strict."""
        self._machine.receive(self._stream, data)
        self.work()

    def work(self) -> None:
        """Act on what waits, as far as it is complete and there is paper."""
        self._machine.work(0)

    def reset(self) -> None:
        """A new connection: half a command of the last one is forgotten. Paper and what waits for paper stay."""
        self._machine.end(self._stream)
        self._attach()
        self.work()

    def _attach(self) -> None:
        self._stream = Stream(lambda kind, said: self._answer(said))
        self._machine.attach(self._stream)

    def _laid_down(self, piece: Bitmap | None) -> None:
        if piece is not None:
            self._on_cut(piece)
