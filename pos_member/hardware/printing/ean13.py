"""EAN-13 as modules: GS1 General Specifications 5.2.1 (symbol characters, guard bars, quiet zones)."""

from __future__ import annotations

QUIET_LEFT_MODULES = 11
QUIET_RIGHT_MODULES = 7
MODULES = 95

_SET_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_PARITY = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")


def _set_c(digit: int) -> str:
    return _SET_A[digit].translate(str.maketrans("01", "10"))


def _set_b(digit: int) -> str:
    return _set_c(digit)[::-1]


def modules(code: str) -> bytes:
    """95 modules, 1 = bar. Raises ``ValueError`` unless ``code`` is 13 digits with its check digit right."""
    if len(code) != 13 or not (code.isascii() and code.isdigit()):
        raise ValueError("EAN-13 takes 13 digits")
    digits = [int(char) for char in code]
    if (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10:
        raise ValueError("the check digit of this EAN-13 is wrong")
    parity = _PARITY[digits[0]]
    left = "".join(_SET_A[d] if side == "A" else _set_b(d) for d, side in zip(digits[1:7], parity, strict=True))
    right = "".join(_set_c(d) for d in digits[7:])
    return bytes(int(bit) for bit in f"101{left}01010{right}101")
