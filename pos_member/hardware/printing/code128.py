"""CODE128 as modules, by ISO/IEC 15417: code sets B and C, switched so that the symbol is as short as it can be."""

from __future__ import annotations

from functools import lru_cache

#: Quiet zone on either side, in modules (ISO/IEC 15417, 4.2).
QUIET_MODULES = 10
#: A code of this many characters is no bar code any more; the widest printer could not hold it.
TEXT_MAX = 80

_START_B, _START_C, _STOP = 104, 105, 106
_TO_C, _TO_B = 99, 100
_B, _C = "B", "C"

#: Widths of bar, space, bar, space, bar, space of the values 0 to 105 (annex of the standard).
_WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
)  # fmt: skip
_STOP_WIDTHS = "2331112"


@lru_cache(maxsize=256)
def modules(text: str) -> bytes:
    """The symbol without its quiet zones, one byte per module, 1 = bar.

    Raises ``ValueError`` unless ``text`` is 1 to ``TEXT_MAX`` characters from space to ``~``.
    """
    numbers = values(text)
    widths = "".join(_WIDTHS[value] for value in numbers) + _STOP_WIDTHS
    return b"".join(bytes((1 - at % 2,)) * int(width) for at, width in enumerate(widths))


def values(text: str) -> tuple[int, ...]:
    """Start, characters, switches and check value of the shortest symbol. Raises as ``modules``."""
    if not 1 <= len(text) <= TEXT_MAX or not all(" " <= char <= "~" for char in text):
        raise ValueError(f"CODE128 takes 1 to {TEXT_MAX} characters of printable ASCII")
    numbers = _shortest(text)
    check = (numbers[0] + sum(at * value for at, value in enumerate(numbers[1:], 1))) % 103
    return (*numbers, check)


def _shortest(text: str) -> tuple[int, ...]:
    """The least number of symbol characters, by dynamic programming from the end of the text.

    ``best[at][code_set]`` writes ``text[at:]`` where that set is in force. Of equal lengths the one without a
    switch wins.
    """
    best: list[dict[str, tuple[int, ...]]] = [{} for _ in range(len(text) + 1)]
    best[-1] = {_B: (), _C: ()}
    for at in range(len(text) - 1, -1, -1):
        here: dict[str, tuple[int, ...]] = {_B: (ord(text[at]) - 32, *best[at + 1][_B])}
        pair = text[at : at + 2]
        if len(pair) == 2 and pair.isdigit():
            here[_C] = (int(pair), *best[at + 2][_C])
        through_b = (_TO_B, *here[_B])
        if _C not in here or len(through_b) < len(here[_C]):
            here[_C] = through_b
        elif len(here[_C]) + 1 < len(here[_B]):
            here[_B] = (_TO_C, *here[_C])
        best[at] = here
    starts = ((_START_B, *best[0][_B]), (_START_C, *best[0][_C]))
    return min(starts, key=len)
