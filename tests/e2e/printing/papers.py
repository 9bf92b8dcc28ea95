"""What really lies under a virtual printer: each piece of paper read back, dot by dot and by its codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from pos_member.domain.documents import CouponDocument, Document, ReceiptDocument
from pos_member.hardware.printing.pictures import DESK_MARGIN, END_MARGIN, SIDE_MARGIN
from pos_member.hardware.printing.raster import rasterise

Dots = npt.NDArray[np.uint8]
#: The encoder adds single dots where a printer would take two bytes of a picture for a command.
_DOTS_OFF = 3
#: Fewer rows are no beginning of a paper.
_ROWS_MIN = 6
#: Where a paper broke off, half a row stands, and behind it what the printer was asked before it was its turn again.
_TORN_ROWS = 2


@dataclass(frozen=True)
class Paper:
    """A paper that may have been printed: ``name`` is what the test calls it, ``code`` what its QR code says."""

    name: str
    code: str
    dots: Dots


@lru_cache(maxsize=256)
def drawn(document: Document, width: int) -> Dots:
    """The document as it should come out, without the blank rows at its ends."""
    bitmap = rasterise(document, width)
    packed = np.frombuffer(bitmap.data, dtype=np.uint8).reshape(bitmap.height, bitmap.stride)
    dots = np.unpackbits(packed, axis=1)[:, : bitmap.width]
    inked = np.flatnonzero(dots.any(axis=1))
    return dots[inked[0] : inked[-1] + 1]


def paper_of(name: str, document: Document, copy_number: int, width: int) -> Paper:
    """What a job's paper should look like."""
    code = ""
    if isinstance(document, ReceiptDocument | CouponDocument):
        code = document.receipt_code if isinstance(document, ReceiptDocument) else document.code
        document = replace(document, copy_number=max(copy_number, document.copy_number))
    return Paper(name, code, drawn(document, width))


def read_piece(path: Path, known: Iterable[Paper]) -> list[str]:
    """The papers on one piece, from the top; one that was begun and not finished is ``part of a`` its kind.

    Dots nobody knows fail, and so does a whole paper whose code another program cannot read off the piece.
    """
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    edge_y, edge_x = DESK_MARGIN + END_MARGIN, DESK_MARGIN + SIDE_MARGIN
    piece = (grey[edge_y:-edge_y, edge_x:-edge_x] < 128).astype(np.uint8)
    codes = [found.text for found in zxingcpp.read_barcodes(grey)]
    papers, found, at, torn = tuple(known), [], 0, 0
    inked = piece.any(axis=1)
    while at < len(piece):
        if not inked[at]:
            at += 1
            continue
        rows, paper = max(((_alike(piece[at:], paper.dots), paper) for paper in papers), key=lambda one: one[0])
        if rows < _ROWS_MIN and torn:
            at, torn = at + 1, torn - 1
            continue
        assert rows >= _ROWS_MIN, f"{path.name}: row {at} belongs to no paper of this till"
        if rows == len(paper.dots):
            assert paper.code in codes, (paper.name, codes)
            codes.remove(paper.code)
            found.append(paper.name)
            at, torn = at + rows, 0
        else:
            found.append(f"part of a {paper.name.split()[0]}")  # most papers begin alike
            at, torn = at + rows, _TORN_ROWS
    assert not codes, f"{path.name}: codes of no whole paper: {codes}"
    return found


def _alike(piece: Dots, paper: Dots) -> int:
    """How many rows of the piece are the first of the paper."""
    rows = min(len(piece), len(paper))
    off = np.flatnonzero((piece[:rows] != paper[:rows]).sum(axis=1) > _DOTS_OFF)
    return int(off[0]) if len(off) else rows
