"""The three libraries that find codes in a grey picture, behind one shape, and the test that says which work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pos_member.domain.check_digits import gs1_holds
from pos_member.domain.codes import product_code
from pos_member.hardware.scanning import libraries

if TYPE_CHECKING:
    from pos_member.hardware.scanning.libraries import Picture

QR = "QR"
CODE_128 = "Code 128"
EAN_13, EAN_8, UPC_A, UPC_E = "EAN-13", "EAN-8", "UPC-A", "UPC-E"

# "2907780802207" as QR version 1-Q, one row of 21 modules per number, most significant first.
_SELF_TEST_TEXT = "2907780802207"
_SELF_TEST_ROWS = (
    2087295, 1068609, 1529949, 1527133, 1529437, 1067841, 2086271, 5632, 52565, 331992, 774356,
    173461, 1366411, 6466, 2083174, 1070558, 1525084, 1526628, 1526783, 1068726, 2083656,
)  # fmt: skip
_SELF_TEST_SIDE = 21


class Reader(Protocol):
    """Finds codes in a grey picture. Called from one thread at a time per picture; must not keep the picture."""

    @property
    def name(self) -> str: ...

    def read(self, grey: Picture) -> list[tuple[str, str]]:
        """(text, symbology) of every code found; check digits already hold."""
        ...


@dataclass(frozen=True)
class ReaderStatus:
    """Whether a library loads and reads a known code here. ``trouble`` is the technical reason when it does not."""

    name: str
    works: bool
    trouble: str = ""


def acceptable(text: str, symbology: str) -> bool:
    """Whether a decoded text may be believed: QR corrects its own errors, EAN and UPC need their check digit.

    Code 128 carries its own checksum, which every reader tests; a single character is noise all the same.
    """
    if not text:
        return False
    if symbology in (EAN_13, EAN_8, UPC_A, UPC_E):
        return gs1_holds(text)
    return symbology == QR or len(text) > 2


class ZxingReader:
    """zxing-cpp: the fastest and the one that never misread a code of the photographs; every frame goes here first."""

    name = "zxing-cpp"

    def __init__(self) -> None:
        library = libraries.zxing()
        self._read = library.read_barcodes
        names = {"QRCode": QR, "EAN13": EAN_13, "EAN8": EAN_8, "UPCA": UPC_A, "UPCE": UPC_E, "Code128": CODE_128}
        self._symbologies = {getattr(library.BarcodeFormat, theirs): ours for theirs, ours in names.items()}
        self._formats = library.BarcodeFormats(list(self._symbologies))

    def read(self, grey: Picture) -> list[tuple[str, str]]:
        """See ``Reader.read``."""
        found = [
            (code.text, self._symbologies.get(code.format, QR)) for code in self._read(grey, formats=self._formats)
        ]
        return [(text, symbology) for text, symbology in found if acceptable(text, symbology)]


class ZbarReader:
    """zbar: slower, reads some worn codes that zxing-cpp does not, and some bar codes at an angle."""

    name = "zbar"

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
        }
        self._kinds = [kinds[name] for name in self._symbologies]

    def read(self, grey: Picture) -> list[tuple[str, str]]:
        """See ``Reader.read``. A UPC-E comes in its 12-digit form; bytes that are no text are left out."""
        found: list[tuple[str, str]] = []
        for code in self._decode(grey, symbols=self._kinds):
            symbology = self._symbologies[code.type]
            try:
                text = code.data.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if symbology == UPC_E:
                text = product_code(text) or ""
            if acceptable(text, symbology):
                found.append((text, symbology))
        return found


class OpencvReader:
    """OpenCV's own QR detector, for a till on which neither of the others loads: it misreads one text in ten.

    Therefore only texts of digits are believed, whose check digits are examined afterwards.
    """

    name = "opencv"

    def __init__(self) -> None:
        self._detector = libraries.opencv().QRCodeDetector()

    def read(self, grey: Picture) -> list[tuple[str, str]]:
        """See ``Reader.read``."""
        text, _corners, _straight = self._detector.detectAndDecode(grey)
        return [(text, QR)] if text.isascii() and text.isdigit() else []


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
    if [text for text, _ in reader.read(self_test_picture())] != [_SELF_TEST_TEXT]:
        return None, ReaderStatus(name, False, "does not read the test code")
    return reader, ReaderStatus(name, True)


def make_readers(makers: dict[str, ReaderMaker] | None = None) -> tuple[list[Reader], list[ReaderStatus]]:
    """The readers that work here, best first, and the status of all. OpenCV's serves only when no other does."""
    tried = [_try(name, make) for name, make in (MAKERS if makers is None else makers).items()]
    working = [reader for reader, _ in tried if reader is not None]
    trusted = [reader for reader in working if reader.name != OpencvReader.name]
    return trusted or working, [status for _, status in tried]
