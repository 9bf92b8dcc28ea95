"""Commands in, work for the mechanics and answers out. What is not understood is reported, never guessed at.

The reference is Epson's ESC/POS; page mode, NV graphics, two-dimensional codes other than QR and the settings of
``GS ( E`` and its kin are left out: what would print something is reported, what only tunes a device is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pos_member.hardware.printing.virtual import bars, graphics, lexing
from pos_member.hardware.printing.virtual.letters import CELLS, Dots, letter
from pos_member.hardware.printing.virtual.lexing import DLE
from pos_member.hardware.printing.virtual.line import Language, Line, Settings
from pos_member.hardware.printing.virtual.mechanics import Mechanics
from pos_member.hardware.printing.virtual.symbols import QrStore

_RASTER = b"\x1dv0"
#: A longer command is a mistake: no printer has the memory.
COMMAND_MAX = 1 << 20
#: Rows of a picture handed to the head in one piece: between two the head may have to stop.
_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Ports:
    """Where the interpreter's doings go. ``ask`` answers whole ``GS r``, ``GS I``, ``GS a`` and ``GS ( H``."""

    ask: Callable[[bytes], bool]
    kick: Callable[[int], None]
    report: Callable[[str], None]
    refuse: Callable[[str], None]


class Interpreter:
    """One printer's state of mind. ``report`` notes something odd, ``refuse`` what was not understood."""

    def __init__(self, dots: int, mechanics: Mechanics, language: Language, ports: Ports) -> None:
        self._mechanics = mechanics
        self._ports = ports
        self._line = Line(dots, language)
        self._start()

    def _start(self) -> None:
        """``ESC @`` and switching on: every setting as delivered. A stored QR code is forgotten too."""
        self._line.clear()
        self._line.settings = Settings()
        self._qr = QrStore()
        self._graphics: graphics.Raster | None = None
        self._image: Dots | None = None
        self._selected = True
        self._units = 0
        self._stream: graphics.Streamed | None = None

    def power_on(self) -> None:
        """Everything forgotten."""
        self._start()

    def abandon(self) -> None:
        """The line has gone in the middle of a command: what was read of it is forgotten."""
        self._stream = None

    def obey(self, data: bytearray, at: int) -> int:
        """Carry out what begins at ``at``; how many bytes that was, 0 while it is not whole."""
        first = data[at]
        if self._stream is not None:
            return self._more_of_the_picture(self._stream, data, at)
        if first >= 0x20:
            return self._letters(data, at)
        if data.startswith(_RASTER, at):
            return self._begin_picture(data, at)
        length = lexing.length(data, at)
        if length == lexing.UNKNOWN or length > COMMAND_MAX:
            skipped = 1 if first == DLE else 2
            self._ports.refuse(bytes(data[at : at + 2]).hex(" "))
            return skipped
        if length == lexing.MORE or at + length > len(data):
            return 0
        command = bytes(data[at : at + length])
        if not self._selected and command[:2] != b"\x1b=":
            return length
        try:
            known = self._carry_out(command)
        except ValueError as error:
            self._ports.refuse(f"{command[:8].hex(' ')} ({error})")
            return length
        if not known:
            self._ports.refuse(command[:8].hex(" ") if len(command) > 1 else command.hex())
        return length

    # --- letters and lines --------------------------------------------------------------------------------

    def _letters(self, data: bytearray, at: int) -> int:
        end = at
        while end < len(data) and data[end] >= 0x20:
            end += 1
        # One line at a time: the head may have to stop in between.
        end = min(end, at + 64)
        if self._selected:
            for full in self._line.write(bytes(data[at:end])):
                self._print_line(full)
        return end - at

    def _print_line(self, rows: Dots) -> None:
        self._print_dots(rows)
        self._mechanics.feed(max(0, self._line.settings.spacing - rows.shape[0]))

    def _print_dots(self, rows: Dots) -> None:
        made = graphics.packed(rows)
        self._mechanics.print_rows(self._mechanics.roll.fitted(made.data, made.width))

    def _feed(self, rows: int) -> None:
        """Print what is in the line, then ``rows`` from its top to the next one's."""
        if self._line.empty:
            self._mechanics.feed(rows)
            return
        printed = self._line.take()
        self._print_dots(printed)
        self._mechanics.feed(max(0, rows - printed.shape[0]))

    def _place(self, picture: Dots) -> None:
        for full in self._line.place(picture):
            self._print_line(full)

    def _standing_alone(self, picture: Dots) -> None:
        """Codes and graphics have a line of their own, justified like text."""
        if not self._line.empty:
            self._feed(self._line.settings.spacing)
        self._line.place(picture[:, : self._line.room])
        self._print_dots(self._line.take())

    # --- commands -----------------------------------------------------------------------------------------

    def _carry_out(self, command: bytes) -> bool:
        match command[0]:
            case 0x00 | 0x0D | 0x0C | 0x18:
                return True
            case 0x0A:
                self._feed(self._line.settings.spacing)
                return True
            case 0x09:
                self._line.tab()
                return True
            case 0x10:
                return True  # obeyed on arrival
            case 0x1B:
                return self._esc(command)
            case 0x1C:
                # Kanji on, off and their kin say nothing to a Thai printer; NV images are not kept.
                return command[1] in b"&.!-CSW"
            case 0x1D:
                return self._gs(command)
        return False

    def _rows(self, units: int) -> int:
        """Vertical motion units as rows (``GS P``)."""
        return units * 203 // self._units if self._units else units

    def _esc(self, command: bytes) -> bool:
        look, n = self._line.settings, command[2] if len(command) > 2 else 0
        match chr(command[1]):
            case "@":
                self._start()
            case "!":
                look.font, look.bold, look.underline = n & 1, bool(n & 8), n >> 7
                look.high, look.wide = 1 + (n >> 4 & 1), 1 + (n >> 5 & 1)
            case "E" | "G":
                look.bold = bool(n & 1)
            case "-":
                look.underline = n % 48 if n % 48 <= 2 else look.underline
            case "M":
                look.font = n % 48 if n % 48 <= 1 else look.font
            case "V":
                look.turned = n % 48 in (1, 2)
            case "{":
                look.upside_down = bool(n & 1)
            case "a":
                look.align = n % 48 if n % 48 <= 2 else look.align
            case "t":
                look.page = n
            case " ":
                look.gap = n
            case "2":
                look.spacing = Settings.spacing
            case "3":
                look.spacing = self._rows(n)
            case "J":
                self._feed(self._rows(n))
            case "d":
                self._feed(n * look.spacing)
            case "e" | "K":
                return False  # reverse feed: no receipt printer of ours turns the roll back
            case "$":
                self._line.move(n | command[3] << 8)
            case "\\":
                self._line.move_by(int.from_bytes(command[2:4], "little", signed=True))
            case "D":
                look.tabs = tuple(sorted(set(command[2:-1])))
            case "=":
                self._selected = bool(n & 1)
            case "p":
                self._pulse(n)
            case "i" | "m":
                self._cut(0)
            case "*":
                self._place(graphics.columns(command))
            case "R" | "%" | "?" | "&" | "c" | "r" | "U" | "T" | "u" | "v" | "<":
                return True  # other letters, buttons and sensors: taken, without a meaning here
            case _:
                return False
        return True

    def _pulse(self, pin: int) -> None:
        self._mechanics.then(lambda: self._ports.kick(pin % 48))

    def _cut(self, feed: int) -> None:
        if not self._line.empty:
            self._feed(self._line.settings.spacing)
        self._mechanics.feed(feed)
        self._mechanics.cut()

    def _gs(self, command: bytes) -> bool:
        look, n = self._line.settings, command[2] if len(command) > 2 else 0
        match chr(command[1]):
            case "!":
                look.wide, look.high = 1 + (n >> 4 & 7), 1 + (n & 7)
            case "B":
                look.inverse = bool(n & 1)
            case "b":
                look.smooth = bool(n & 1)
            case "L":
                look.left = min(n | command[3] << 8, self._mechanics.roll.dots - 1)
            case "W":
                look.area = n | command[3] << 8
            case "P":
                self._units = command[3]
            case "h":
                look.bar_height = max(1, n)
            case "w":
                look.bar_module = max(1, min(n, 6))
            case "H":
                look.bar_text = n % 48
            case "f":
                look.bar_font = n % 48 & 1
            case "V":
                return self._cut_command(command)
            case "k":
                self._bars(command)
            case "*":
                self._image = graphics.defined_image(command)
            case "/":
                return self._print_image(n)
            case "(":
                return self._framed(command)
            case "8":
                return n == 0x4C and self._graphics_command(command[7:])
            case "r" | "I" | "a":
                return self._ports.ask(command)
            case "T" | "E":
                return True
            case _:
                return False
        return True

    def _cut_command(self, command: bytes) -> bool:
        if command[2] not in (0, 1, 48, 49, 65, 66):
            return False
        self._cut(self._rows(command[3]) if len(command) > 3 else 0)
        return True

    def _framed(self, command: bytes) -> bool:
        match chr(command[2]):
            case "H":
                if len(command) != 11 or command[5:7] != b"00":
                    return False
                return self._ports.ask(command)
            case "k":
                symbol = self._qr.obey(command)
                if symbol is not None:
                    self._standing_alone(symbol)
                return True
            case "L":
                return self._graphics_command(command[5:])
            case "A" | "E" | "K" | "M" | "N" | "D":
                return True  # test print, settings, density, real-time switch: nothing to tune here
        return False

    # --- pictures -----------------------------------------------------------------------------------------

    def _begin_picture(self, data: bytearray, at: int) -> int:
        """``GS v 0``: its rows are printed as they come, so a picture may be larger than the buffer."""
        if len(data) < at + graphics.RASTER_HEADER:
            return 0
        header = bytes(data[at : at + graphics.RASTER_HEADER])
        try:
            stream = graphics.Streamed.of(header)
        except ValueError as error:
            self._ports.refuse(f"{header.hex(' ')} ({error})")
            return len(header)
        if stream.printed_width > self._mechanics.roll.stride:
            self._ports.report(f"image of {stream.printed_width} bytes for a head of {self._mechanics.roll.stride}")
        if self._selected and not self._line.empty:
            self._feed(self._line.settings.spacing)
        self._stream = stream
        return len(header)

    def _more_of_the_picture(self, stream: graphics.Streamed, data: bytearray, at: int) -> int:
        rows = min((len(data) - at) // stream.width, stream.rows_left, _ROWS_AT_ONCE)
        taken = bytes(data[at : at + rows * stream.width])
        if not rows:
            return 0
        if stream.odd(taken):
            self._ports.report("real-time sequence inside an image")
        if self._selected:
            self._print_raster(graphics.Raster(stream.width, taken).enlarged(stream.wide, stream.high))
        stream.rows_left -= rows
        if not stream.rows_left:
            self._stream = None
        return len(taken)

    def _print_raster(self, picture: graphics.Raster) -> None:
        if not self._line.empty:
            self._feed(self._line.settings.spacing)
        roll = self._mechanics.roll
        if picture.width <= roll.stride and (self._line.settings.align or self._line.settings.left):
            self._standing_alone(picture.dots())
            return
        self._mechanics.print_rows(roll.fitted(picture.data, picture.width))

    def _graphics_command(self, parameters: bytes) -> bool:
        if len(parameters) < 2 or parameters[0] != 48:
            return False
        match parameters[1]:
            case 0x31 | 1:
                return True  # dot density
            case 0x70:
                self._graphics = graphics.stored_graphics(parameters[2:])
            case 0x32 | 2:
                if self._graphics is None:
                    raise ValueError("graphics to print that were not stored")
                self._print_raster(self._graphics)
                self._graphics = None
            case _:
                return False
        return True

    def _print_image(self, mode: int) -> bool:
        if self._image is None or mode % 48 > 3:
            return False
        size = np.ones((1 + mode % 48 // 2, 1 + mode % 2), np.uint8)
        self._standing_alone(np.kron(self._image, size))
        return True

    def _bars(self, command: bytes) -> None:
        kind = command[2]
        data = command[4:] if kind >= bars.FUNCTION_B else command[3:-1]
        look = self._line.settings
        modules = np.frombuffer(bars.bar_code(kind, data), np.uint8)
        row = np.kron(modules, np.ones(look.bar_module, np.uint8))
        if len(row) > self._line.room:
            raise ValueError("a bar code wider than the paper")
        code: Dots = np.tile(row, (look.bar_height, 1))
        text = self._readable(bars.readable(kind, data), code.shape[1])
        parts = [text] * (look.bar_text & 1) + [code] + [text] * (look.bar_text >> 1 & 1)
        self._standing_alone(np.vstack(parts))

    def _readable(self, text: str, width: int) -> Dots:
        font = self._line.settings.bar_font
        row = np.zeros((CELLS[font][1], width), np.uint8)
        whole = np.hstack([letter(char, font, False) for char in text])[:, :width]
        at = (width - whole.shape[1]) // 2
        row[:, at : at + whole.shape[1]] = whole
        return row
