"""What codes, keyboards and the camera's light are called, and what a person can do about them."""

from __future__ import annotations

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.domain.readers import BurstReport, Ending, Layout
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning, classify
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.ports import CameraLight

_KINDS = {
    ScanKind.MEMBER: mark("Member card"),
    ScanKind.MEMBER_SIGNED: mark("Member code, signed"),
    ScanKind.MEMBER_ROTATING: mark("Member code from the app"),
    ScanKind.COUPON: mark("Coupon"),
    ScanKind.COUPON_SIGNED: mark("Coupon, signed"),
    ScanKind.PRODUCT: mark("Product"),
    ScanKind.STAFF: mark("Staff badge"),
    ScanKind.RECEIPT: mark("Receipt"),
    ScanKind.PHONE: mark("Phone number"),
    ScanKind.FOREIGN: mark("Another system's code"),
    ScanKind.TEXT: mark("Text or product number"),
}
_MISTYPED = {
    ScanKind.MEMBER: mark("Nearly a member card: a digit is wrong"),
    ScanKind.COUPON: mark("Nearly a coupon: a digit is wrong"),
    ScanKind.PRODUCT: mark("Nearly a barcode: a digit is wrong"),
    ScanKind.STAFF: mark("Nearly a staff badge: a digit is wrong"),
    ScanKind.RECEIPT: mark("Nearly a receipt: a digit is wrong"),
}
#: (what is the case, what to do)
_LIGHTS = {
    CameraLight.NONE: (mark("No camera is in use"), mark("Choose one from the list and press Enter.")),
    CameraLight.OPENING: (mark("Opening the camera …"), mark("This can take some seconds.")),
    CameraLight.LIVE: (mark("The camera is on"), mark("Hold a code before the camera.")),
    CameraLight.LOST: (mark("The camera is gone"), mark("Check its cable. Plugged in again, it goes on by itself.")),
    CameraLight.BUSY: (
        mark("Another program uses the camera"),
        mark("Close that program (video calls, browser). The till then goes on by itself."),
    ),
}
_TONES = {
    CameraLight.NONE: "neutral",
    CameraLight.OPENING: "info",
    CameraLight.LIVE: "good",
    CameraLight.LOST: "warn",
    CameraLight.BUSY: "warn",
}
_LAYOUTS = {
    Layout.AUTO: mark("Not told"),
    Layout.US: mark("US (English)"),
    Layout.KEDMANEE: mark("Thai, Kedmanee"),
    Layout.PATTACHOTE: mark("Thai, Pattachote"),
}
#: Keys are called what stands on them.
KEY_NAMES = {Ending.ENTER: "Enter", Ending.TAB: "Tab"}
_ENDINGS = {
    Ending.EITHER: mark("Enter or Tab"),
    Ending.SILENCE: mark("Nothing (silence)"),
}


#: Longer codes are not read by anybody figure by figure.
_SHORT_MAX = 32


def meaning_words(text: str) -> str:
    """What a code is, in a few words."""
    return kind_words(classify(text))


def kind_words(meaning: ScanMeaning) -> str:
    """The kind of a meaning, in a few words."""
    if meaning.kind is ScanKind.MISTYPED:
        literal = _MISTYPED.get(meaning.looks_like) if meaning.looks_like is not None else None
        return tr_marked(literal or mark("A digit is wrong"))
    return tr_marked(_KINDS.get(meaning.kind, mark("A code of the shop")))


def light_words(light: CameraLight) -> tuple[str, str, str]:
    """Tone, what is the case, and what to do about it."""
    is_so, to_do = _LIGHTS[light]
    return _TONES[light], tr_marked(is_so), tr_marked(to_do)


def ending_words(ending: Ending) -> str:
    """What ends a code."""
    return KEY_NAMES.get(ending) or tr_marked(_ENDINGS[ending])


def layout_words(report: BurstReport) -> str:
    """The keyboard a run of keys was typed on, as the system had it, and Caps Lock."""
    words = tr_marked(_LAYOUTS[report.layout])
    return tr("{layout}, Caps Lock on", layout=words) if caps_lock(report) else words


def caps_lock(report: BurstReport) -> bool:
    """Whether letters came in the case that Shift alone does not explain: US letters only can tell."""
    letters = [key for key in report.keys if len(key.char) == 1 and key.char.isascii() and key.char.isalpha()]
    return bool(letters) and all(key.char.isupper() != key.shift for key in letters)


def thai_without_keys(report: BurstReport) -> bool:
    """The system was on Thai, and the physical keys were not told: the code was worked back from Thai letters."""
    return report.layout in (Layout.KEDMANEE, Layout.PATTACHOTE) and not report.by_keys


def milliseconds(microseconds: int) -> str:
    """A gap or a time: whole milliseconds, a tenth below ten."""
    if microseconds < 10_000:
        return tr("{ms} ms", ms=f"{microseconds // 1_000}.{microseconds % 1_000 // 100}")
    return tr("{ms} ms", ms=(microseconds + 500) // 1_000)


def printable(text: str) -> str:
    """A text on one line, control characters named."""
    return "".join(char if char.isprintable() else f"[{control_name(ord(char))}]" for char in text)


def short(text: str) -> str:
    """A text as ``printable``; of a long one its beginning and end, and how long it is."""
    if len(text) <= _SHORT_MAX:
        return printable(text)
    return tr(
        "{begin}…{end} ({count} characters)", begin=printable(text[:12]), end=printable(text[-4:]), count=len(text)
    )


def control_name(code: int) -> str:
    """What a control character is called (``CR``), or its number in hexadecimal."""
    return {9: "Tab", 10: "LF", 13: "CR", 27: "ESC", 29: "GS", 30: "RS", 4: "EOT"}.get(code, f"{code:02X}")


def is_about_readers(error: PosMemberError) -> bool:
    """A problem whose sentence belongs beside the reader and not into the strip."""
    return isinstance(error, EnvironmentProblem) and error.reason in (Reason.READER_ABSENT, Reason.READER_BUSY)
