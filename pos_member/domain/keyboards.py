"""What the 94 printable keys type on the keyboards of a Thai till, and how a text is read back as US keys.

A reader types as if the keyboard were a US one. With the system set to Thai the same keys make Thai letters: ``8123``
arrives as ``คๅ/-`` under Kedmanee and as ``๘=๒๓`` under Pattachote. Two aligned strings for every layout, unshifted
keys first. A text must never be normalised before it is read back: NFKC makes two characters of one key (ำ).

Caps Lock: X11 leaves the Thai layouts alone, Windows shifts every key of theirs, digits too (``shifted=True``).
"""

from __future__ import annotations

from pos_member.domain.readers import Layout

US_KEYS = r"""`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?"""
KEDMANEE_KEYS = '_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
#: ``_`` is typed by two keys here, the first and Shift+7.
PATTACHOTE_KEYS = '_=๒๓๔๕ู๗๘๙๐๑๖็ตยอร่ดมวแใฌๅ้ทงกัีานเไขบปลหิคสะจพ฿+"/,?ุ_.()-%๊ฤๆญษึฝซถฒฯฦํ๋ธำณ์ืผชโฆฑฎฏฐภฺศฮฟฉฬ'
_HALF = len(US_KEYS) // 2
#: The other character of the same key.
_TWINS = str.maketrans(US_KEYS, US_KEYS[_HALF:] + US_KEYS[:_HALF])
_TYPED = {
    Layout.KEDMANEE: str.maketrans(US_KEYS, KEDMANEE_KEYS),
    Layout.PATTACHOTE: str.maketrans(US_KEYS, PATTACHOTE_KEYS),
}
_READ = {
    Layout.KEDMANEE: str.maketrans(KEDMANEE_KEYS, US_KEYS),
    # Of two keys that type the same sign the later one counts: codes have ``&`` and ``7``, never `` ` ``.
    Layout.PATTACHOTE: str.maketrans(PATTACHOTE_KEYS, US_KEYS),
}
_US = str.maketrans(US_KEYS, US_KEYS)
THAI_LAYOUTS = (Layout.KEDMANEE, Layout.PATTACHOTE)


def twin(text: str) -> str:
    """Every key with Shift the other way: ``1a!`` → ``!A1``. Characters of no key stay."""
    return text.translate(_TWINS)


def typed_on(text: str, layout: Layout, *, shifted: bool = False) -> str:
    """What the keys of a US text type under ``layout``; ``shifted``: as under a Caps Lock that shifts every key."""
    keys = twin(text) if shifted else text
    return keys.translate(_TYPED[layout]) if layout in _TYPED else keys


def read_from(text: str, layout: Layout, *, shifted: bool = False) -> str:
    """The US keys behind a text typed under ``layout``: ``typed_on`` undone. Characters of no key stay."""
    keys = text.translate(_READ[layout]) if layout in _READ else text
    return twin(keys) if shifted else keys


def could_type(text: str, layout: Layout) -> bool:
    """Whether every character is one of the layout's: Thai layouts have no European figures."""
    keys = _READ.get(layout, _US)
    return all(ord(char) in keys or char == " " for char in text)
