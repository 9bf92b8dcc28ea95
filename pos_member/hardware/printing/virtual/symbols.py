"""QR codes that the printer makes by itself (``GS ( k``, cn 49): settings, store, print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import segno

from pos_member.hardware.printing.virtual.letters import Dots

_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}
_QR = 49


@dataclass
class QrStore:
    """What ``GS ( k`` has set: side of a module in dots, error level, data."""

    module: int = 3
    level: str = "l"
    data: bytes = b""

    def obey(self, command: bytes) -> Dots | None:
        """Carry out ``GS ( k pL pH cn fn …``, whole; the symbol where it was asked to print one.

        Raises ``ValueError``: another symbology or function, nothing stored, too much data.
        """
        if len(command) < 7 or command[5] != _QR:
            raise ValueError("two-dimensional code of another kind")
        function, rest = command[6], command[7:]
        match function:
            case 65:
                pass  # model 1 or 2: model 2 is drawn
            case 67 if rest:
                self.module = max(1, min(rest[0], 16))
            case 69 if rest and rest[0] in _LEVELS:
                self.level = _LEVELS[rest[0]]
            case 80:
                self.data = rest[1:]
            case 81:
                return self._symbol()
            case _:
                raise ValueError(f"QR function {function}")
        return None

    def _symbol(self) -> Dots:
        if not self.data:
            raise ValueError("QR code without data")
        try:
            made = segno.make_qr(self.data, error=self.level, boost_error=False)
        except ValueError as error:
            raise ValueError(f"QR code: {error}") from error
        modules = np.array([bytearray(row) for row in made.matrix], np.uint8)
        return np.kron(modules, np.ones((self.module, self.module), np.uint8))
