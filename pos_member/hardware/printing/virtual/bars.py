"""Bar codes that the printer draws by itself (``GS k``): modules, one byte each, 1 = bar.

UPC-A, EAN-13, EAN-8, CODE39, ITF, CODABAR and CODE128. Wide elements are three narrow ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pos_member.hardware.printing import code128, ean13


def _table(patterns: str) -> list[str]:
    return patterns.split()


_39_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"
#: Nine elements each, bar first; w = wide.
_39 = _table(
    "nnnwwnwnn wnnwnnnnw nnwwnnnnw wnwwnnnnn nnnwwnnnw wnnwwnnnn nnwwwnnnn nnnwnnwnw wnnwnnwnn nnwwnnwnn "
    "wnnnnwnnw nnwnnwnnw wnwnnwnnn nnnnwwnnw wnnnwwnnn nnwnwwnnn nnnnnwwnw wnnnnwwnn nnwnnwwnn nnnnwwwnn "
    "wnnnnnnww nnwnnnnww wnwnnnnwn nnnnwnnww wnnnwnnwn nnwnwnnwn nnnnnnwww wnnnnnwwn nnwnnnwwn nnnnwnwwn "
    "wwnnnnnnw nwwnnnnnw wwwnnnnnn nwnnwnnnw wwnnwnnnn nwwnwnnnn nwnnnnwnw wwnnnnwnn nwwnnnwnn nwnwnwnnn "
    "nwnwnnnwn nwnnnwnwn nnnwnwnwn nwnnwnwnn"
)
_ITF = _table("nnwwn wnnnw nwnnw wwnnn nnwnw wnwnn nwwnn nnnww wnnwn nwnwn")
_CODABAR_CHARS = "0123456789-$:/.+ABCD"
_CODABAR = _table(
    "nnnnnww nnnnwwn nnnwnnw wwnnnnn nnwnnwn wnnnnwn nwnnnnw nwnnwnn nwwnnnn wnnwnnn nnnwwnn nnwwnnn wnnnwnw "
    "wnwnnnw wnwnwnn nnwnwnw nnwwnwn nwnwnnw nnnwnww nnnwwwn"
)


def _elements(pattern: str) -> bytes:
    return b"".join(bytes((1 - at % 2,)) * (3 if wide == "w" else 1) for at, wide in enumerate(pattern))


def _code39(text: str) -> bytes:
    framed = f"*{text.strip('*')}*"
    return b"\0".join(_elements(_39[_39_CHARS.index(char)]) for char in framed)


def _codabar(text: str) -> bytes:
    return b"\0".join(_elements(_CODABAR[_CODABAR_CHARS.index(char)]) for char in text.upper())


def _itf(text: str) -> bytes:
    if len(text) % 2:
        raise ValueError("ITF holds pairs of figures")
    pairs = (zip(_ITF[int(text[at])], _ITF[int(text[at + 1])], strict=True) for at in range(0, len(text), 2))
    inner = "".join(bar + space for pair in pairs for bar, space in pair)
    return _elements("nnnn" + inner) + _elements("wnn")


def _with_check(text: str, length: int) -> str:
    """``text`` with its check figure added where it came without. Raises ``ValueError``."""
    if not (text.isascii() and text.isdigit()) or len(text) not in (length - 1, length):
        raise ValueError(f"{length} figures are needed")
    body = text[: length - 1]
    weights = [3 if at % 2 == 0 else 1 for at in range(len(body))]
    check = -sum(int(char) * weight for char, weight in zip(reversed(body), weights, strict=True)) % 10
    if len(text) == length and int(text[-1]) != check:
        raise ValueError("the check figure is wrong")
    return f"{body}{check}"


def _ean13(text: str) -> bytes:
    return bytes(ean13.modules(_with_check(text, 13)))


def _upc_a(text: str) -> bytes:
    return bytes(ean13.modules("0" + _with_check(text, 12)))


def _set_a(figures: str) -> bytes:
    """Four figures as the left side of an EAN-13 that begins with 0 draws them."""
    return bytes(ean13.modules(_with_check(f"0{figures}0000000", 13))[3:31])


def _ean8(text: str) -> bytes:
    whole = _with_check(text, 8)
    right = bytes(1 - module for module in _set_a(whole[4:]))
    return b"\1\0\1" + _set_a(whole[:4]) + b"\0\1\0\1\0" + right + b"\1\0\1"


_SET_CHANGE = re.compile(r"\{([ABC])((?:(?!\{[ABC]).)*)", re.DOTALL)


def plain_128(data: bytes) -> str:
    """The text of a CODE128 as it is sent: ``{A``, ``{B`` and ``{C`` change the set, bytes after ``{C`` are pairs.

    Raises ``ValueError`` where no set is named or a function code is in it.
    """
    text = data.decode("latin-1")
    if not re.match(r"\{[ABC]", text):
        raise ValueError("CODE128 begins with a code set")
    parts = []
    for name, part in _SET_CHANGE.findall(text):
        if name == "C":
            parts.append("".join(f"{ord(char):02d}" for char in part))
            continue
        whole = part.replace("{{", "{")
        if "{" in part.replace("{{", ""):
            raise ValueError("function codes are not drawn")
        parts.append(whole)
    return "".join(parts)


def _code128(data: bytes) -> bytes:
    return code128.modules(plain_128(data))


def _of_text(draw: Callable[[str], bytes]) -> Callable[[bytes], bytes]:
    return lambda data: draw(data.decode("ascii"))


#: By the m of ``GS k``: (name, how it is drawn).
_KINDS: dict[int, tuple[str, Callable[[bytes], bytes]]] = {
    0: ("UPC-A", _of_text(_upc_a)),
    2: ("EAN-13", _of_text(_ean13)),
    3: ("EAN-8", _of_text(_ean8)),
    4: ("CODE39", _of_text(_code39)),
    5: ("ITF", _of_text(_itf)),
    6: ("CODABAR", _of_text(_codabar)),
    8: ("CODE128", _code128),
}
#: Function B of ``GS k`` numbers the same kinds from here.
FUNCTION_B = 65


def bar_code(kind: int, data: bytes) -> bytes:
    """The modules of a code. ``kind`` is the m of ``GS k``. Raises ``ValueError``: kind not drawn, data wrong."""
    name, draw = _KINDS.get(kind - FUNCTION_B if kind >= FUNCTION_B else kind, ("", None))
    if draw is None:
        raise ValueError(f"bar code {kind} is not drawn")
    if not data:
        raise ValueError(f"{name} without data")
    try:
        return draw(data)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{name}: {error}") from error


def readable(kind: int, data: bytes) -> str:
    """The figures printed beside the code, with the check figure of the kinds that have one."""
    kind = kind - FUNCTION_B if kind >= FUNCTION_B else kind
    if kind == 8:
        return plain_128(data)
    text = data.decode("ascii")
    return _with_check(text, {0: 12, 2: 13, 3: 8}[kind]) if kind in (0, 2, 3) else text
