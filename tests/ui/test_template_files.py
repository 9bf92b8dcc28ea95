"""Files, logos, earlier versions, samples on a printer; and the paper a customer gets after all that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel

from pos_member.domain.documents import DocumentKind, ReceiptDocument
from pos_member.domain.printers import PrinterRole, PrinterSetup
from pos_member.hardware.printing import templates as printing
from pos_member.hardware.printing.blocks import Banner, Block, Columns, Text
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.simulator import VirtualPrinter
from pos_member.ui.templates import model
from tests.ui.template_stage import CONTROL, KEY, TemplateStage, find, paper_stage

_ = paper_stage
RECEIPT, COUPON = DocumentKind.RECEIPT, DocumentKind.COUPON


def picking(path: Path | str) -> Callable[[str, str], str]:
    return lambda heading, files: str(path)


def picture(path: Path) -> Path:
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.fillRect(40, 20, 220, 80, QColor("black"))
    painter.end()
    assert image.save(str(path))
    return path


def test_a_logo_is_chosen_seen_saved_and_removed(paper_stage: TemplateStage, tmp_path: Path) -> None:
    stage = paper_stage
    screen = stage.open()
    stage.edit_paper(RECEIPT)
    before = find(screen, QLabel, "template_paper").pixmap().height()
    screen.pick_file = picking(picture(tmp_path / "logo.png"))
    stage.press(KEY.Key_G, CONTROL)
    assert find(screen, QLabel, "template_paper").pixmap().height() > before
    stage.press(KEY.Key_S, CONTROL)
    assert model.has_logo(json.loads(stage.world.till.templates.draft(RECEIPT)))
    stage.edit_paper(RECEIPT)
    stage.press(KEY.Key_J, CONTROL)
    assert find(screen, QLabel, "template_paper").pixmap().height() == before
    stage.press(KEY.Key_Z, CONTROL)
    assert not stage.edit.edits.changed


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_picture_is_said(paper_stage: TemplateStage, tmp_path: Path, raw: bytes) -> None:
    stage = paper_stage
    screen = stage.open()
    stage.edit_paper(RECEIPT)
    bad = tmp_path / "logo.png"
    bad.write_bytes(raw)
    screen.pick_file = picking(bad)
    stage.press(KEY.Key_G, CONTROL)
    assert "โลโก้" in stage.last_said
    assert not stage.edit.edits.changed
    screen.pick_file = picking("")
    stage.press(KEY.Key_G, CONTROL)
    assert not stage.edit.edits.changed


def test_out_to_a_file_and_in_again_as_a_change_to_look_at(paper_stage: TemplateStage, tmp_path: Path) -> None:
    stage = paper_stage
    screen = stage.open()
    screen.folder = tmp_path
    stage.press(KEY.Key_E, CONTROL)
    file = tmp_path / "pos-member-template-receipt.json"
    assert str(file) in stage.last_said
    data = json.loads(file.read_text(encoding="utf-8"))
    data["labels"]["th"]["thanks"] = "จากไฟล์"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    screen.pick_file = picking(file)
    stage.press(KEY.Key_O, CONTROL)
    assert stage.edit.edits.changed, "looked at first, in force when saved"
    assert stage.world.till.templates.kinds("th")[0].version == 0
    stage.press(KEY.Key_S, CONTROL)
    assert json.loads(stage.world.till.templates.draft(RECEIPT))["labels"]["th"]["thanks"] == "จากไฟล์"


@pytest.mark.parametrize("raw", [b"", b"{}", b"[" * 300_000, b"\xff\xfe", b'{"template": "coupon"}', b" " * 2_000_000])
def test_a_hostile_file_is_said_and_nothing_is_lost(paper_stage: TemplateStage, tmp_path: Path, raw: bytes) -> None:
    stage = paper_stage
    screen = stage.open()
    before = stage.world.till.templates.draft(RECEIPT)
    file = tmp_path / "bad.json"
    file.write_bytes(raw)
    screen.pick_file = picking(file)
    stage.press(KEY.Key_O, CONTROL)
    assert "แบบเดิมยังใช้อยู่" in stage.last_said
    assert stage.focused() is screen._papers.table
    assert stage.world.till.templates.draft(RECEIPT) == before


def test_an_earlier_version_is_looked_at_and_used_again(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    screen = stage.open()
    shipped = find(screen, QLabel, "template_paper").pixmap().toImage()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Space)
    stage.press(KEY.Key_S, CONTROL)
    assert find(screen, QLabel, "template_paper").pixmap().toImage() != shipped
    stage.press(KEY.Key_H, CONTROL)
    assert [row.version for row in screen._history.table.shown_rows()] == [1, 0]
    stage.press(KEY.Key_Down)
    assert find(screen, QLabel, "template_paper").pixmap().toImage() == shipped
    stage.press(KEY.Key_Return)
    assert stage.world.till.templates.draft(RECEIPT) == stage.world.till.templates.shipped(RECEIPT)
    stage.press(KEY.Key_H, CONTROL)
    stage.press(KEY.Key_Escape)
    assert stage.focused() is screen._papers.table


def test_a_sample_is_printed_under_the_banner_of_practice(paper_stage: TemplateStage, tmp_path: Path) -> None:
    stage = paper_stage
    with VirtualPrinter(out_dir=tmp_path / "paper", strict=True) as printer:
        kitchen = PrinterSetup("k", "ครัว", "127.0.0.1:1", GENERIC_80, roles=(PrinterRole.KITCHEN,))
        stage.setups += [kitchen, PrinterSetup("a", "เคาน์เตอร์", f"127.0.0.1:{printer.port}", GENERIC_80)]
        stage.open()
        stage.edit_paper(RECEIPT)
        stage.to_part("foot")
        stage.press(KEY.Key_Return)
        stage.type("ท้ายใบของร้าน")
        stage.press(KEY.Key_T, CONTROL)
        stage.until(lambda: any((tmp_path / "paper").glob("*.png")))
    assert "พิมพ์ตัวอย่างแล้ว" in stage.last_said
    assert stage.world.store.facts.print_jobs(10) == (), "a sample is no print job"
    document = stage.preview.sample(RECEIPT)
    assert isinstance(document, ReceiptDocument) and not document.practice
    cut = QImage(str(next((tmp_path / "paper").glob("*.png")))).convertToFormat(QImage.Format.Format_Grayscale8)
    # White on black across the paper at its head: the banner is the first thing printed.
    head = [sum(cut.pixelColor(x, y).black() > 128 for x in range(100, 500)) for y in range(40, 140)]
    assert max(head) > 300


def test_without_a_printer_a_sample_says_so(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.press(KEY.Key_T, CONTROL)
    assert "เครื่องพิมพ์" in stage.last_said
    assert stage.edit.isVisibleTo(stage.screen)


def _texts(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Text | Banner):
            found.append(block.text)
        elif isinstance(block, Columns):
            found += block.cells
    return found


def test_a_name_that_looks_like_a_field_is_printed_as_it_is(paper_stage: TemplateStage) -> None:
    """Whoever is called ``{seller_tax_id}`` is printed so, control bytes and direction marks go nowhere."""
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_I, CONTROL)
    words = stage.screen._words.table
    while words.current().name != "points_name":
        stage.press(KEY.Key_Down)
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_S, CONTROL)
    member = stage.world.enrol(first_name="{seller_tax_id}", last_name="{label.total}")
    stage.world.sell({"tea": 1}, member)
    job = next(job for job in stage.world.store.facts.print_jobs(10) if job.kind is RECEIPT)
    document = stage.world.store.facts.print_job_document(job.id)
    assert isinstance(document, ReceiptDocument)
    template = printing.parse(stage.world.till.templates.draft(RECEIPT), RECEIPT)
    said = _texts(lay_out(document, template))
    assert any("{seller_tax_id}" in text for text in said)
    assert not any("0105599001231" in text and "ขอบคุณ" in text for text in said)
    hostile = model.worded(
        model.read(stage.world.till.templates.draft(RECEIPT)), "th", "thanks", "\x1b@\x10\x14\x01\u202eขอบคุณ\x00"
    )
    drawn = lay_out(document, printing.parse(model.write(hostile), RECEIPT))
    assert not any(char in text for text in _texts(drawn) for char in "\x1b\x10\x14\x01\x00\u202e")
    assert rasterise(document, 384, template=template).height > 0
