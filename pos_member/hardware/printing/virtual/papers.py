"""Where papers fall: one picture per cut in a folder."""

from __future__ import annotations

import re
from pathlib import Path

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.files import write_atomically
from pos_member.hardware.printing.pictures import paper_png

_NUMBERED = re.compile(r"receipt-(\d+)\.png")


class PaperFolder:
    """``receipt-0001.png`` … in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Raises ``EnvironmentProblem(FILE_NOT_WRITABLE, path=)``."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(self.folder)) from error

    def lay_down(self, piece: Bitmap) -> Path:
        """Write the next picture. Raises ``OSError``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"receipt-{self._next_number():04d}.png"
        write_atomically(path, paper_png(piece))
        return path

    def _next_number(self) -> int:
        """After the highest there is: a second run must not overwrite the papers of the first."""
        found = (_NUMBERED.fullmatch(path.name) for path in self.folder.iterdir())
        return max((int(match[1]) for match in found if match), default=0) + 1
