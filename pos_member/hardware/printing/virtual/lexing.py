"""How long a command is: ESC/POS has no frame, so every command's length must be known to find the next one.

Lengths as in Epson's reference. What is framed (``GS (``, ``FS (``, ``GS 8``) has its length in it, known or not.
"""

from __future__ import annotations

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
#: Begins nothing known.
UNKNOWN = -1
#: More bytes are needed to know.
MORE = 0

_ESC = {
    ord(char): length
    for length, chars in {2: "@2im<", 3: " !%-3=?EGJKMRTUVadert{", 4: "$\\c", 5: "p", 10: "W"}.items()
    for char in chars
}
_GS = {
    ord(char): length for length, chars in {2: ":", 3: "!/BEHITabfhrw", 4: "$LPW\\", 5: "^"}.items() for char in chars
}
_FS = {ord(char): length for length, chars in {2: "&.", 3: "!-CW", 4: "Sp"}.items() for char in chars}
#: ``DLE EOT n`` with a second parameter.
_EOT_LONG = (7, 8, 18)
#: ``DLE DC4 fn``: whole lengths by fn.
_DC4 = {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}
_TABS_MAX = 34
#: ``GS k`` function A: data ends with NUL; a printer gives up on a longer one.
_BARS_MAX = 260


def length(data: bytes | bytearray, at: int) -> int:
    """Whole length of the command that begins at ``at``; ``MORE`` or ``UNKNOWN``. It may reach beyond ``data``."""
    first = data[at]
    if first not in (ESC, FS, GS, DLE):
        return 1
    if len(data) < at + 2:
        return MORE
    second = data[at + 1]
    if first == ESC:
        return _esc(data, at, second)
    if first == GS:
        return _gs(data, at, second)
    if first == DLE:
        return dle(data, at)
    return _framed(data, at) if second == 0x28 else _FS.get(second, UNKNOWN)


def dle(data: bytes | bytearray, at: int) -> int:
    """The same for ``DLE``, which the real-time scanner asks for too."""
    if len(data) < at + 2:
        return MORE
    second = data[at + 1]
    if second not in (0x04, 0x05, 0x14):
        return UNKNOWN
    if len(data) < at + 3:
        return MORE
    third = data[at + 2]
    if second == 0x14:
        return _DC4.get(third, UNKNOWN)
    if second == 0x05:
        return 3 if third in (0, 1, 2) else UNKNOWN
    if third in _EOT_LONG:
        return 4
    return 3 if 1 <= third <= 4 else UNKNOWN


def _esc(data: bytes | bytearray, at: int, second: int) -> int:
    match chr(second):
        case "*":
            if len(data) < at + 5:
                return MORE
            columns = int.from_bytes(data[at + 3 : at + 5], "little")
            return 5 + columns * (3 if data[at + 2] in (32, 33) else 1)
        case "D":
            end = data.find(0, at + 2, at + 2 + _TABS_MAX)
            if end >= 0:
                return end + 1 - at
            return MORE if len(data) < at + 2 + _TABS_MAX else UNKNOWN
        case "&":
            return _own_letters(data, at)
        case "(":
            return _framed(data, at)
    return _ESC.get(second, UNKNOWN)


def _own_letters(data: bytes | bytearray, at: int) -> int:
    """``ESC & y c1 c2 [x d…]…``: letters a program defines."""
    if len(data) < at + 5:
        return MORE
    high, first, last = data[at + 2 : at + 5]
    end = at + 5
    for _ in range(first, last + 1):
        if len(data) <= end:
            return MORE
        end += 1 + high * data[end]
    return end - at


def _gs(data: bytes | bytearray, at: int, second: int) -> int:
    if len(data) < at + 3:
        return MORE
    third = data[at + 2]
    match chr(second):
        case "V":
            return 4 if third in (65, 66, 97, 98, 103, 104) else 3
        case "v":
            if len(data) < at + 8:
                return MORE
            return 8 + int.from_bytes(data[at + 4 : at + 6], "little") * int.from_bytes(data[at + 6 : at + 8], "little")
        case "(":
            return _framed(data, at)
        case "8":
            return 7 + int.from_bytes(data[at + 3 : at + 7], "little") if len(data) >= at + 7 else MORE
        case "*":
            return 4 + third * data[at + 3] * 8 if len(data) >= at + 4 else MORE
        case "k":
            return _bars(data, at, third)
    return _GS.get(second, UNKNOWN)


def _bars(data: bytes | bytearray, at: int, kind: int) -> int:
    if kind >= 65:
        return 4 + data[at + 3] if len(data) >= at + 4 else MORE
    if kind > 6:
        return UNKNOWN
    end = data.find(0, at + 3, at + 3 + _BARS_MAX)
    if end >= 0:
        return end + 1 - at
    return MORE if len(data) < at + 3 + _BARS_MAX else UNKNOWN


def _framed(data: bytes | bytearray, at: int) -> int:
    return 5 + int.from_bytes(data[at + 3 : at + 5], "little") if len(data) >= at + 5 else MORE
