"""The papers of the campaign, and finding them again in whatever came out of a printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pos_member.domain.documents import CouponDocument, DocumentKind, PaperLine, ReceiptDocument
from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing import payloads
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.profile import VIRTUAL_58
from pos_member.hardware.printing.raster import rasterise
from pos_member.services.print_ports import PrintJob
from tests.hardware.printing import samples

Paper = ReceiptDocument | CouponDocument
DOTS = VIRTUAL_58.dots
STRIDE = DOTS // 8
RECEIPTS = 4
COUPONS = 4
#: Tails of papers that are torn off by hand, which is not what this is about.
CUT_PROFILE = replace(VIRTUAL_58, cut=PrinterProfile("x").cut)


def receipt(number: int) -> ReceiptDocument:
    """A bill of one line; each number is another picture."""
    plain = replace(
        samples.RECEIPT_TH, points=None, notes=(), discounts=(), lines=(PaperLine("ชาเย็น", 1_000, 45_00, 45_00),)
    )
    return replace(plain, number=f"CNX1-02-{number:06d}", receipt_code=f"5000020000{number:010d}")


def coupon(number: int) -> CouponDocument:
    """A coupon; each number is another picture."""
    return replace(samples.COUPON_TH, code=f"8{number:013d}82", bill_number=f"CNX1-02-{number:06d}", terms=())


def kind_of(paper: Paper) -> DocumentKind:
    """Receipt or coupon."""
    return DocumentKind.RECEIPT if isinstance(paper, ReceiptDocument) else DocumentKind.COUPON


@cache
def picture(paper: Paper) -> bytes:
    """The rows of ``paper`` to its last drop of ink, as they must stand on paper; the blank ones at its head are what
    tells an unmarked paper from the lower part of a copy.

    Drawn and encoded here, apart from the job, and read back by the reader that has no line and no time.
    """
    pieces: list[Bitmap] = []
    EscPosReader(DOTS, on_cut=pieces.append).feed(encode(rasterise(paper, DOTS), CUT_PROFILE))
    return _inked(pieces[-1])


def _inked(piece: Bitmap) -> bytes:
    rows = list(piece.rows())
    with_ink = [at for at, row in enumerate(rows) if any(row)]
    return b"".join(rows[: with_ink[-1] + 1]) if with_ink else b""


def times_on(pieces: Sequence[bytes], paper: Paper) -> int:
    """How often ``paper`` stands whole on ``pieces`` (rows of ``STRIDE`` bytes each)."""
    wanted, found = picture(paper), 0
    for piece in pieces:
        at = piece.find(wanted)
        while at >= 0:
            if at % STRIDE == 0:
                found += 1
                at = piece.find(wanted, at + len(wanted))
            else:
                at = piece.find(wanted, at + 1)
    return found


_real_payload = payloads.payload_of
_drawn: dict[tuple[object, ...], Sequence[bytes]] = {}


def drawn_once(job: PrintJob, profile: PrinterProfile) -> Sequence[bytes]:
    """``payload_of``, each paper drawn once in the process: the same bytes, and thousands of runs."""
    key = (job.kind, job.copy_number, job.template, job.document, profile)
    if key not in _drawn:
        _drawn[key] = _real_payload(job, profile)
    return _drawn[key]
