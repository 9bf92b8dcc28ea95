"""The type of a paper, chosen by keys: the shop's own fonts, a font from a file, and one that the till lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLabel

from pos_member.config import fonts_folder
from pos_member.domain.documents import DocumentKind
from pos_member.hardware.printing.font_files import font_of, tables_of
from pos_member.hardware.printing.font_folder import shop_fonts, use_folder
from pos_member.ui.widgets import Text
from tests.log_watch import ExpectLog
from tests.ui.template_stage import CONTROL, KEY, TemplateStage, find, paper_stage

_ = paper_stage
RECEIPT = DocumentKind.RECEIPT
THEIRS = fonts_folder() / "IBMPlexSansThai_700Bold.ttf"


@pytest.fixture
def fonts(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "till" / "fonts"
    use_folder(folder)
    yield folder
    use_folder(None)


@pytest.fixture
def stage(paper_stage: TemplateStage, fonts: Path) -> TemplateStage:
    paper_stage.open()
    paper_stage.edit_paper(RECEIPT)
    return paper_stage


def pick(stage: TemplateStage, path: Path | str) -> None:
    stage.screen.pick_file = lambda heading, files: str(path)
    stage.press(KEY.Key_F, CONTROL)


def paper(stage: TemplateStage) -> QImage:
    return find(stage.screen, QLabel, "template_paper").pixmap().toImage()


def choice(stage: TemplateStage) -> QComboBox:
    return find(stage.screen, QComboBox, "template_font")


def offered(stage: TemplateStage) -> list[str]:
    return [choice(stage).itemText(at) for at in range(choice(stage).count())]


def problem(stage: TemplateStage) -> str:
    said = find(stage.screen, Text, "template_problem")
    return said.said() if said.isVisibleTo(stage.screen) else ""


def faulty(tmp_path: Path, *lacking: str) -> Path:
    """As many free fonts are: without the tables that say where marks go."""
    tables = tables_of((fonts_folder() / "Sarabun_500Medium.ttf").read_bytes())[1]
    path = tmp_path / "Free Thai!.ttf"
    kept = {name: table for name, table in tables.items() if name not in lacking}
    path.write_bytes(font_of(b"\x00\x01\x00\x00", kept))
    return path


def test_a_font_from_a_file_is_judged_kept_shown_and_saved(stage: TemplateStage, fonts: Path) -> None:
    shipped = paper(stage)
    assert offered(stage) == ["ที่มากับโปรแกรม"]
    pick(stage, THEIRS)
    (kept,) = shop_fonts()
    assert kept.startswith("IBMPlexSansThai_700Bold-") and (fonts / kept).read_bytes() == THEIRS.read_bytes()
    assert choice(stage).currentData() == kept
    theirs = paper(stage)
    assert theirs != shipped and problem(stage) == ""
    stage.press(KEY.Key_Z, CONTROL)
    assert (choice(stage).currentData(), paper(stage) == shipped) == ("", True)
    stage.press(KEY.Key_Y, CONTROL)
    assert paper(stage) == theirs
    stage.press(KEY.Key_S, CONTROL)
    assert json.loads(stage.world.till.templates.draft(RECEIPT))["font"] == kept


def test_fonts_that_are_there_are_chosen_by_keys(stage: TemplateStage) -> None:
    pick(stage, THEIRS)
    pick(stage, fonts_folder() / "Sarabun_700Bold.ttf")
    assert offered(stage)[1:] == ["IBMPlexSansThai_700Bold", "Sarabun_700Bold"]
    seen = {choice(stage).currentData(): paper(stage)}
    stage.press(KEY.Key_K, CONTROL)
    assert stage.focused() is choice(stage)
    for _ in range(2):
        stage.press(KEY.Key_Up)
        seen[choice(stage).currentData()] = paper(stage)
    assert len(seen) == 3 and "" in seen
    assert len({bytes(image.constBits()) for image in seen.values()}) == 3
    stage.press(KEY.Key_Escape)
    assert stage.focused() is stage.edit.table, "Esc goes to the list, not out of the form"
    assert not stage.edit.edits.changed


def test_the_same_font_again_is_no_second_one(stage: TemplateStage, fonts: Path) -> None:
    pick(stage, THEIRS)
    before = [path.stat().st_mtime_ns for path in fonts.iterdir()]
    pick(stage, THEIRS)
    assert [path.stat().st_mtime_ns for path in fonts.iterdir()] == before and len(before) == 1


def test_a_font_that_spoils_thai_is_refused_with_what_is_wrong(stage: TemplateStage, tmp_path: Path) -> None:
    shipped = paper(stage)
    pick(stage, faulty(tmp_path, "GSUB", "GPOS", "GDEF"))
    assert "Free Thai!" in stage.last_said and "วรรณยุกต์ทับ" in stage.last_said
    assert not stage.edit.edits.changed and paper(stage) == shipped and shop_fonts() == ()


@pytest.mark.parametrize("content", [b"", b"junk" * 999, b"ttcf" + bytes(400)])
def test_what_is_no_font_is_said(
    stage: TemplateStage, tmp_path: Path, content: bytes, expected_logs: ExpectLog
) -> None:
    expected_logs("file_not_readable")
    path = tmp_path / "x.ttf"
    path.write_bytes(content)
    pick(stage, path)
    assert "TrueType" in stage.last_said and shop_fonts() == ()
    pick(stage, tmp_path / "gone.ttf")
    assert "gone.ttf" in stage.last_said
    stage.said.clear()
    pick(stage, "")
    assert stage.last_said == "" and not stage.edit.edits.changed


def test_a_folder_that_takes_nothing_is_said(stage: TemplateStage, fonts: Path, expected_logs: ExpectLog) -> None:
    expected_logs("file_not_writable")
    fonts.parent.mkdir(exist_ok=True)
    fonts.write_text("a file where the folder should be")
    pick(stage, THEIRS)
    assert str(fonts) in stage.last_said and not stage.edit.edits.changed


def test_a_template_with_a_font_that_the_till_lacks_is_shown_in_the_program_s_own(
    stage: TemplateStage, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    expected_logs("Kanit-0a1b2c3d.ttf is not used")
    shipped = paper(stage)
    stage.press(KEY.Key_Escape)
    data = json.loads(stage.world.till.templates.shipped(RECEIPT)) | {"font": "Kanit-0a1b2c3d.ttf"}
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    stage.screen.pick_file = lambda heading, files: str(file)
    stage.press(KEY.Key_O, CONTROL)
    assert "Kanit" in problem(stage) and "0a1b2c3d" not in problem(stage)
    assert paper(stage) == shipped and offered(stage)[-1] == "Kanit-0a1b2c3d.ttf (ไม่มีในเครื่องนี้)"
    stage.press(KEY.Key_S, CONTROL)
    assert json.loads(stage.world.till.templates.draft(RECEIPT))["font"] == "Kanit-0a1b2c3d.ttf", "kept, not refused"
    stage.edit_paper(RECEIPT)
    pick(stage, THEIRS)
    assert problem(stage) == ""
