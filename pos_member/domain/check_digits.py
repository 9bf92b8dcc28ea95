"""Check digits: GS1 (EAN, UPC), Damm, and ISO 7064 MOD 97-10. Every argument is a string of ASCII digits."""

from __future__ import annotations

# The totally anti-symmetric quasigroup of order 10 published by H. M. Damm (2004): finds every single
# wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def is_digits(text: str) -> bool:
    """Whether ``text`` is one or more ASCII digits (``str.isdigit`` alone also takes Thai ones and superscripts)."""
    return text.isascii() and text.isdigit()


def gs1_digit(body: str) -> str:
    """The GS1 check digit of a body of any length: weights 3 and 1 from the right (GS1 General Specifications 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gs1_holds(code: str) -> bool:
    """Whether the last digit is the GS1 check digit of the others."""
    return len(code) > 1 and is_digits(code) and gs1_digit(code[:-1]) == code[-1]


def damm_digit(body: str) -> str:
    """The Damm check digit of a body of any length."""
    interim = 0
    for digit in body:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def mod97_digits(body: str) -> str:
    """The two ISO 7064 MOD 97-10 check digits of a body, ``02`` … ``98``."""
    return f"{98 - int(body) * 100 % 97:02d}"


def mod97_holds(code: str) -> bool:
    """Whether the last two digits are the MOD 97-10 check digits; the equivalents 00, 01 and 99 are refused."""
    return len(code) > 2 and is_digits(code) and mod97_digits(code[:-2]) == code[-2:]
