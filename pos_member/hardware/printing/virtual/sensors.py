"""What a printer's sensors say, and how its status bytes say it (Epson's ESC/POS reference: DLE EOT, GS r, GS a)."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.printers import DrawerSensor

#: Bits 1 and 4 of every answer to ``DLE EOT`` are set, 0 and 7 clear.
_REAL_TIME_FIXED = 0x12
_NEAR_END, _END = 0x0C, 0x60
#: Bits of ``GS a n``: what a change of is told without being asked.
ASB_DRAWER, ASB_ONLINE, ASB_ERROR, ASB_PAPER, ASB_PANEL = 0x01, 0x02, 0x04, 0x08, 0x40


@dataclass
class Sensors:
    """The state that status bytes are made of. ``drawer_wiring`` says what the level of connector pin 3 means.

    ``offline`` is the printer's own button; ``recovering``: it waits to be brought back on line after a cut jam.
    """

    paper_out: bool = False
    cover_open: bool = False
    paper_low: bool = False
    offline: bool = False
    cutter_error: bool = False
    unrecoverable: bool = False
    overheated: bool = False
    drawer_open: bool = False
    drawer_wiring: DrawerSensor = DrawerSensor.NONE

    @property
    def error(self) -> bool:
        """Whether something is broken or too hot."""
        return self.cutter_error or self.unrecoverable or self.overheated

    @property
    def ready(self) -> bool:
        """Whether it prints."""
        return not (self.paper_out or self.cover_open or self.offline or self.error)

    @property
    def drawer_pin_high(self) -> bool:
        """The level of the drawer connector's pin 3."""
        match self.drawer_wiring:
            case DrawerSensor.HIGH_IS_OPEN:
                return self.drawer_open
            case DrawerSensor.LOW_IS_OPEN:
                return not self.drawer_open
            case _:
                return False

    def mend(self) -> None:
        """Everything well again. The drawer stays as it is: it is no fault."""
        self.paper_out = self.cover_open = self.paper_low = self.offline = False
        self.cutter_error = self.unrecoverable = self.overheated = False

    def real_time(self, which: int) -> bytes:
        """The answer to ``DLE EOT n``: 1 printer, 2 cause of being off line, 3 cause of the error, 4 paper."""
        value = _REAL_TIME_FIXED
        match which:
            case 1:
                value |= self.drawer_pin_high << 2 | (not self.ready) << 3 | self.cutter_error << 5 | self.offline << 6
            case 2:
                value |= self.cover_open << 2 | self.offline << 3 | self.paper_out << 5 | self.error << 6
            case 3:
                value |= self.cutter_error << 3 | self.unrecoverable << 5 | self.overheated << 6
            case 4:
                value |= (_NEAR_END if self.paper_low or self.paper_out else 0) | (_END if self.paper_out else 0)
        return bytes((value,))

    def paper(self) -> bytes:
        """The answer to ``GS r 1``."""
        return bytes((self._paper_bits(),))

    def drawer(self) -> bytes:
        """The answer to ``GS r 2``."""
        return bytes((int(self.drawer_pin_high),))

    def automatic(self) -> bytes:
        """The four bytes of automatic status back (``GS a``)."""
        first = 0x10 | self.drawer_pin_high << 2 | (not self.ready) << 3 | self.cover_open << 5 | self.offline << 6
        second = self.offline << 1 | self.cutter_error << 3 | self.unrecoverable << 5 | self.overheated << 6
        return bytes((first, second, self._paper_bits(), 0))

    def watched(self, mask: int) -> tuple[object, ...]:
        """What the bits of ``GS a`` ask to be told about; another value is a change."""
        return (
            self.drawer_pin_high if mask & ASB_DRAWER else None,
            (self.ready, self.cover_open) if mask & ASB_ONLINE else None,
            (self.cutter_error, self.unrecoverable, self.overheated) if mask & ASB_ERROR else None,
            (self.paper_low, self.paper_out) if mask & ASB_PAPER else None,
            self.offline if mask & ASB_PANEL else None,
        )

    def _paper_bits(self) -> int:
        return (0x03 if self.paper_low else 0) | (0x0C if self.paper_out else 0)
