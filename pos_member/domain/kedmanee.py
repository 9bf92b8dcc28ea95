"""The Thai Kedmanee keyboard, key by key, against the US one: undoes text typed by a reader in the wrong layout.

A reader types as if the keyboard were a US one. With Windows set to Thai the same keys make Thai letters, so
``8123`` arrives as ``คๅ/-``. The text must never be normalised before it is mapped: NFKC turns one key (ำ)
into two characters.
"""

from __future__ import annotations

_US = r"""`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?"""
_THAI = '_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_US = str.maketrans(_THAI, _US)
_TO_THAI = str.maketrans(_US, _THAI)
# Windows' Kedmanee shifts every key under Caps Lock, digits too: the digit row arrives as its shifted signs.
_UNSHIFTED_DIGITS = str.maketrans("!@#$%^&*()", "1234567890")


def has_thai(text: str) -> bool:
    """Whether any character belongs to the Thai block."""
    return any("\u0e00" <= char <= "\u0e7f" for char in text)


def to_us_keys(text: str) -> str:
    """What the same keys type on a US keyboard; characters of neither layout stay."""
    return text.translate(_TO_US)


def to_thai_keys(text: str) -> str:
    """What the same keys type on a Thai Kedmanee keyboard: for tests and for simulated readers."""
    return text.translate(_TO_THAI)


def unshift_digits(text: str) -> str:
    """``!@#`` → ``123``: the digit row typed with every key shifted."""
    return text.translate(_UNSHIFTED_DIGITS)
