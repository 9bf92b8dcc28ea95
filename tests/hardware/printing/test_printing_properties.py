"""What holds for every document there may ever be."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_member.domain.printers import PrinterProfile
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.encoder import REAL_TIME, encode
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.raster import rasterise
from tests.hardware.printing.documents import documents

WIDTHS = st.sampled_from([384, 512, 576, 640])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), WIDTHS, st.integers(1, 255))
def test_any_paper_arrives_as_drawn_and_commands_nothing(document, width, band_rows):
    bitmap = rasterise(document, width)
    payload = encode(bitmap, PrinterProfile("any", dots=width, band_rows=band_rows))
    assert not REAL_TIME.search(payload)
    papers: list[Bitmap] = []
    reader = EscPosReader(width, on_cut=papers.append, strict=True)
    reader.feed(payload)
    (paper,) = papers
    assert reader.waiting == 0
    assert paper.height == bitmap.height
    lost = sum((drawn & ~got).bit_count() for drawn, got in zip(bitmap.data, paper.data, strict=True))
    added = sum((got & ~drawn).bit_count() for drawn, got in zip(bitmap.data, paper.data, strict=True))
    assert lost == 0
    # A lone dot of print is widened, or a lone gap closed, where the printer would take it for a command.
    assert added <= 2 + bitmap.height // 50
