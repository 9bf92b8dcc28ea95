"""The three libraries that find codes in a grey picture, behind one shape, and the test that says which work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pos_member.domain.check_digits import gs1_holds
from pos_member.domain.codes import expand_upc_e
from pos_member.hardware.scanning import libraries
from pos_member.hardware.scanning.views import Point

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

QR, MICRO_QR = "QR", "Micro QR"
CODE_128, CODE_39, ITF_14 = "Code 128", "Code 39", "ITF-14"
EAN_13, EAN_8, UPC_A, UPC_E = "EAN-13", "EAN-8", "UPC-A", "UPC-E"
#: Symbologies of GS1 digits, with how many digits a text has (UPC comes in thirteen).
GS1_DIGITS = {EAN_13: (13,), EAN_8: (8,), UPC_A: (12, 13), UPC_E: (12, 13), ITF_14: (14,)}
_CODE_39 = re.compile(r"[0-9A-Z \-.$/+%]{4,32}")

# "2907780802207" as QR version 1-Q, one row of 21 modules per number, most significant first.
_SELF_TEST_TEXT = "2907780802207"
_SELF_TEST_ROWS = (
    2087295, 1068609, 1529949, 1527133, 1529437, 1067841, 2086271, 5632, 52565, 331992, 774356,
    173461, 1366411, 6466, 2083174, 1070558, 1525084, 1526628, 1526783, 1068726, 2083656,
)  # fmt: skip
_SELF_TEST_SIDE = 21


@dataclass(frozen=True)
class Sighting:
    """A code as a library found it: its text, and its corners in pixels of the picture it was shown (none: unknown)."""

    text: str
    symbology: str
    corners: tuple[Point, ...] = ()


class Reader(Protocol):
    """Finds codes in a grey picture. May be called from several threads; must not keep the picture.

    ``exact``: its QR texts may be believed at the first look. A reader that is not has been seen to misread.
    """

    @property
    def name(self) -> str: ...

    @property
    def exact(self) -> bool: ...

    def read(self, grey: Picture, coarse: bool = False) -> list[Sighting]:
        """Every acceptable code found, once each. ``coarse``: one threshold for the whole picture, if it can."""
        ...


@dataclass(frozen=True)
class ReaderStatus:
    """Whether a library loads and reads a known code here. ``trouble`` is the technical reason when it does not."""

    name: str
    works: bool
    trouble: str = ""


def acceptable(text: str, symbology: str) -> bool:
    """Whether a decoded text may be a code at all: of the right shape, with right check digits where it has any.

    ITF has neither a checksum nor an end that is safe to find, so that a part of a code reads like a shorter one:
    only the 14 digits of a carton with their GS1 check digit are taken. Code 39 has no checksum either: 4 to 32 of
    its 43 characters. Code 128 carries one, which every reader tests; a single character is noise all the same.
    """
    if symbology in GS1_DIGITS:
        return len(text) in GS1_DIGITS[symbology] and gs1_holds(text)
    if symbology == CODE_39:
        return _CODE_39.fullmatch(text) is not None
    return len(text) > (2 if symbology == CODE_128 else 3 if symbology == MICRO_QR else 0)


def _sightings(found: Iterable[Sighting]) -> list[Sighting]:
    """Those that are acceptable, one for each text."""
    kept: dict[str, Sighting] = {}
    for sighting in found:
        text, symbology = sighting.text, sighting.symbology
        if symbology == UPC_E and len(text) == 8:
            text = expand_upc_e(text) or ""
        if symbology in (UPC_A, UPC_E):
            # Libraries differ in how many leading zeros they give; GS1 counts thirteen digits.
            text = text.rjust(13, "0")
        if acceptable(text, symbology):
            kept.setdefault(text, Sighting(text, symbology, sighting.corners))
    return list(kept.values())


class ZxingReader:
    """zxing-cpp: the fastest, and the one that never misread a QR code; every frame goes here first."""

    name = "zxing-cpp"
    exact = True

    def __init__(self) -> None:
        library = libraries.zxing()
        self._read = library.read_barcodes
        self._fine, self._coarse = library.Binarizer.LocalAverage, library.Binarizer.GlobalHistogram
        names = {
            "QRCode": QR,
            "MicroQRCode": MICRO_QR,
            "EAN13": EAN_13,
            "EAN8": EAN_8,
            "UPCA": UPC_A,
            "UPCE": UPC_E,
            "Code128": CODE_128,
            "Code39": CODE_39,
            "ITF": ITF_14,
            # What is looked for is named by its family, what was found by its kind in some releases.
            "ITF14": ITF_14,
            "Code39Std": CODE_39,
            "QRCodeModel2": QR,
        }
        kinds = {theirs: getattr(library.BarcodeFormat, theirs, None) for theirs in names}
        self._symbologies = {kind: names[theirs] for theirs, kind in kinds.items() if kind is not None}
        wanted = ("QRCode", "MicroQRCode", "EAN13", "EAN8", "UPCA", "UPCE", "Code128", "Code39", "ITF")
        self._formats = library.BarcodeFormats([kinds[theirs] for theirs in wanted])

    def read(self, grey: Picture, coarse: bool = False) -> list[Sighting]:
        """See ``Reader.read``."""
        found = self._read(grey, formats=self._formats, binarizer=self._coarse if coarse else self._fine)
        return _sightings(
            Sighting(code.text, self._symbologies[code.format], _corners(code.position))
            for code in found
            if code.format in self._symbologies
        )


def _corners(position: Any) -> tuple[Point, ...]:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((float(point.x), float(point.y)) for point in points)


class ZbarReader:
    """zbar: slower, reads some worn codes that zxing-cpp does not. It was seen to misread, QR codes too."""

    name = "zbar"
    exact = False

    def __init__(self) -> None:
        library = libraries.zbar()
        kinds = library.ZBarSymbol
        self._decode = library.decode
        self._symbologies = {
            "QRCODE": QR,
            "EAN13": EAN_13,
            "EAN8": EAN_8,
            "UPCA": UPC_A,
            "UPCE": UPC_E,
            "CODE128": CODE_128,
            "CODE39": CODE_39,
            "I25": ITF_14,
        }
        self._kinds = [kinds[name] for name in self._symbologies]

    def read(self, grey: Picture, coarse: bool = False) -> list[Sighting]:
        """See ``Reader.read``. Texts beyond ASCII are left out: it guesses at their encoding."""
        found: list[Sighting] = []
        for code in self._decode(grey, symbols=self._kinds):
            try:
                text = code.data.decode("ascii")
            except UnicodeDecodeError:
                continue
            left, top, width, height = code.rect
            box = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
            found.append(Sighting(text, self._symbologies[code.type], box))
        return _sightings(found)


class OpencvReader:
    """OpenCV's own QR detector, for a till on which neither of the others loads: it misreads one text in ten.

    Therefore only texts of digits are believed, whose check digits are examined afterwards.
    """

    name = "opencv"
    exact = False

    def __init__(self) -> None:
        self._make = libraries.opencv().QRCodeDetector

    def read(self, grey: Picture, coarse: bool = False) -> list[Sighting]:
        """See ``Reader.read``."""
        # A detector keeps the last picture: one for all threads would mix them up.
        text, corners, _straight = self._make().detectAndDecode(grey)
        if not (text.isascii() and text.isdigit()):
            return []
        return [Sighting(text, QR, tuple((float(x), float(y)) for x, y in corners.reshape(-1, 2)))]


ReaderMaker = Callable[[], Reader]
MAKERS: dict[str, ReaderMaker] = {"zxing-cpp": ZxingReader, "zbar": ZbarReader, "opencv": OpencvReader}


def self_test_picture() -> Picture:
    """A QR code of a member number, 232 × 232 grey."""
    import numpy as np

    side = _SELF_TEST_SIDE
    modules = np.array([[row >> (side - 1 - place) & 1 for place in range(side)] for row in _SELF_TEST_ROWS], np.uint8)
    picture: Picture = np.kron(np.pad(1 - modules, 4, constant_values=1) * np.uint8(255), np.ones((8, 8), np.uint8))
    return picture


def _try(name: str, make: ReaderMaker) -> tuple[Reader | None, ReaderStatus]:
    try:
        reader = make()
    except (ImportError, OSError, AttributeError) as error:
        # AttributeError: an older or newer library without a name we use. All are the same to a till: not usable.
        return None, ReaderStatus(name, False, f"{type(error).__name__}: {error}")
    if [found.text for found in reader.read(self_test_picture())] != [_SELF_TEST_TEXT]:
        return None, ReaderStatus(name, False, "does not read the test code")
    return reader, ReaderStatus(name, True)


def make_readers(makers: dict[str, ReaderMaker] | None = None) -> tuple[list[Reader], list[ReaderStatus]]:
    """The readers that work here, best first, and the status of all. OpenCV's serves only when no other does."""
    tried = [_try(name, make) for name, make in (MAKERS if makers is None else makers).items()]
    working = [reader for reader, _ in tried if reader is not None]
    trusted = [reader for reader in working if reader.name != OpencvReader.name]
    return trusted or working, [status for _, status in tried]
