"""The template form driven by keys: parts, texts, undo, placeholders, saving; the paper beside it follows."""

from __future__ import annotations

import json
import statistics
import time

import pytest
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea

from pos_member.app.template_tools import PaperTemplateTools
from pos_member.domain.documents import DocumentKind
from pos_member.ui import i18n
from pos_member.ui.shell import Question
from pos_member.ui.templates import model
from pos_member.ui.widgets import Text
from tests.ui.template_stage import ALT, CONTROL, KEY, SHIFT, TemplateStage, find, paper_stage

_ = paper_stage
RECEIPT, COUPON = DocumentKind.RECEIPT, DocumentKind.COUPON


def paper(stage: TemplateStage) -> QImage:
    return find(stage.screen, QLabel, "template_paper").pixmap().toImage()


def field(stage: TemplateStage, at: int, language: str = "th") -> QLineEdit:
    return find(stage.screen, QLineEdit, f"template_text_{at}_{language}")


def in_force(stage: TemplateStage, kind: DocumentKind = RECEIPT) -> dict:
    return json.loads(stage.world.till.templates.draft(kind))


def test_only_a_manager_changes_papers(paper_stage: TemplateStage) -> None:
    screen = paper_stage.open("1001")
    assert "ผู้จัดการ" in find(screen, Text, "template_closed").said()
    assert not paper_stage.preview.isVisibleTo(screen)


def test_a_text_is_changed_seen_saved_and_used(paper_stage: TemplateStage) -> None:
    """Enter (receipt), down to thanks, Enter, type, Ctrl+S: no mouse."""
    stage = paper_stage
    stage.open()
    before = paper(stage)
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Return)
    assert stage.focused() is field(stage, 0)
    stage.press(KEY.Key_End)
    stage.type(" พบกันใหม่")
    assert paper(stage) != before, "the paper beside shows it"
    assert in_force(stage)["version"] == 2, "nothing is in force before it is saved"
    stage.press(KEY.Key_S, CONTROL)
    assert in_force(stage)["labels"]["th"]["thanks"] == "ขอบคุณที่อุดหนุน พบกันใหม่"
    assert "รุ่นที่ 1" in stage.last_said
    row = stage.screen._papers.table.current()
    assert (row.kind, row.version, row.by) == (RECEIPT, 1, "คนที่ 1004")


def test_undo_takes_a_whole_text_back_and_redo_brings_it_again(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_End)
    stage.type("ค่ะ")
    stage.press(KEY.Key_Tab)
    stage.press(KEY.Key_End)
    stage.type("!")
    assert [field(stage, 0, name).text() for name in ("th", "en")] == ["ขอบคุณที่อุดหนุนค่ะ", "Thank you!"]
    stage.press(KEY.Key_Z, CONTROL)
    assert [field(stage, 0, name).text() for name in ("th", "en")] == ["ขอบคุณที่อุดหนุนค่ะ", "Thank you"]
    stage.press(KEY.Key_Z, CONTROL)
    assert field(stage, 0).text() == "ขอบคุณที่อุดหนุน"
    assert not stage.edit.edits.changed
    stage.press(KEY.Key_Z, CONTROL)
    stage.press(KEY.Key_Y, CONTROL)
    stage.press(KEY.Key_Y, CONTROL)
    assert [field(stage, 0, name).text() for name in ("th", "en")] == ["ขอบคุณที่อุดหนุนค่ะ", "Thank you!"]


def test_a_part_is_left_out_moved_and_put_back_by_keys(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    order = [key for key, _ in stage.parts()]
    stage.to_part("thanks")
    whole = paper(stage)
    stage.press(KEY.Key_Space)
    assert dict(stage.parts())["thanks"] is False
    assert paper(stage) != whole
    stage.press(KEY.Key_Space)
    assert dict(stage.parts())["thanks"] is True
    assert paper(stage) == whole
    stage.press(KEY.Key_Up, ALT)
    at = order.index("thanks")
    assert [key for key, _ in stage.parts()][at - 1 : at + 1] == ["thanks", order[at - 1]]
    assert stage.edit.table.current().part.key == "thanks", "the cursor goes along"
    stage.press(KEY.Key_Down, ALT)
    assert [key for key, _ in stage.parts()] == order
    stage.to_part(order[0])
    stage.press(KEY.Key_Up, ALT)
    assert [key for key, _ in stage.parts()] == order, "the first part stays first"


@pytest.mark.parametrize(("part", "why"), [("totals", "ยอดสุทธิ"), ("marks", "สำเนา"), ("vat", "ราคารวมภาษี")])
def test_what_the_law_asks_for_is_locked_and_says_why(paper_stage: TemplateStage, part: str, why: str) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part(part)
    assert why in find(stage.screen, Text, "template_part_why").said()
    stage.press(KEY.Key_Space)
    assert dict(stage.parts())[part] is True
    assert why in stage.last_said
    assert not stage.edit.edits.changed


def test_a_text_that_must_stand_is_missed_at_once_and_cannot_be_saved(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("title")
    stage.press(KEY.Key_Return)
    good = paper(stage)
    stage.focused().selectAll()
    stage.type("ใบเสร็จ")
    problem = find(stage.screen, Text, "template_problem")
    assert "คำว่าใบกำกับภาษีอย่างย่อ" in problem.said() and problem.isVisibleTo(stage.screen)
    assert paper(stage) == good, "the last good paper stays"
    stage.press(KEY.Key_S, CONTROL)
    assert stage.shell.till.templates.kinds("th")[0].version == 0
    assert stage.edit.edits.changed
    stage.press(KEY.Key_Z, CONTROL)
    assert not problem.isVisibleTo(stage.screen)


def test_a_field_is_put_in_from_the_list_where_the_cursor_stands(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_I, CONTROL)
    assert "ช่องข้อความก่อน" in stage.last_said
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_Home)
    stage.press(KEY.Key_I, CONTROL)
    words = stage.screen._words.table
    assert stage.focused() is words
    listed = {word.name: word.said for word in words.shown_rows()}
    assert listed["till"] == "ชื่อเครื่องขาย"
    assert set(listed) == set(PaperTemplateTools().vocabulary(RECEIPT)[""])
    assert all(said != name for name, said in listed.items()), "every field says what it is"
    while words.current().name != "till":
        stage.press(KEY.Key_Down)
    stage.press(KEY.Key_Return)
    assert stage.focused() is field(stage, 0)
    assert field(stage, 0).text() == "{till}ขอบคุณที่อุดหนุน"
    stage.press(KEY.Key_Z, CONTROL)
    assert field(stage, 0).text() == "ขอบคุณที่อุดหนุน"
    stage.press(KEY.Key_I, CONTROL)
    stage.press(KEY.Key_Escape)
    assert stage.focused() is field(stage, 0)


def test_a_line_of_goods_is_offered_its_own_fields_only(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("goods")
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_I, CONTROL)
    assert {word.name for word in stage.screen._words.table.shown_rows()} == {
        "name", "quantity", "unit_price", "amount", "discount",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"), [("{phone}", "{phone}"), ("{", "วงเล็บ"), ("{0}", "วงเล็บ"), ("{a.b}", "วงเล็บ")]
)
def test_an_unknown_field_is_told_at_the_text(paper_stage: TemplateStage, typed: str, said: str) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Return)
    stage.type(typed)
    problem = find(stage.screen, Text, "template_text_0_th_problem")
    assert problem.isVisibleTo(stage.screen) and said in problem.said()
    stage.press(KEY.Key_S, CONTROL)
    assert stage.edit.edits.changed, "not saved, not lost"
    stage.press(KEY.Key_Z, CONTROL)
    assert not problem.isVisibleTo(stage.screen)


def test_style_and_the_size_of_the_code_are_chosen(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(COUPON)
    stage.to_part("value")
    sizes = find(stage.screen, QComboBox, "template_choice_0")
    assert (sizes.currentData(), sizes.accessibleName()) == (10, "ขนาดคิวอาร์โค้ด")
    before = paper(stage)
    sizes.setFocus()
    stage.press(KEY.Key_Up)
    assert sizes.currentData() == 9
    assert paper(stage) != before
    stage.to_part_from_form("heading")
    style = find(stage.screen, QComboBox, "template_choice_0")
    style.setFocus()
    stage.press(KEY.Key_Down)
    stage.press(KEY.Key_S, CONTROL)
    blocks = {block.get("part"): block for block in in_force(stage, COUPON)["blocks"] if "part" in block}
    assert (blocks["value"]["module"], blocks["heading"]["style"]) == (9, "title")


def test_the_bar_code_of_a_coupon_is_switched_on(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(COUPON)
    assert dict(stage.parts())["bars"] is False
    before = paper(stage).height()
    stage.to_part("bars")
    stage.press(KEY.Key_Space)
    assert dict(stage.parts())["bars"] is True
    assert paper(stage).height() > before


def test_width_and_language_of_the_paper(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    seen = {stage.preview.dots: paper(stage)}
    for expected in (512, 640, 384, 576):
        stage.press(KEY.Key_1, CONTROL)
        assert stage.preview.dots == expected
        seen[expected] = paper(stage)
    assert len({(image.width(), image.height()) for image in seen.values()}) == 4
    thai = paper(stage)
    stage.press(KEY.Key_2, CONTROL)
    assert paper(stage) != thai
    stage.press(KEY.Key_2, CONTROL)
    assert paper(stage) == thai


def test_leaving_asks_once_and_only_where_something_would_be_lost(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    asked: list[tuple[Question, object]] = []
    stage.shell.asked.connect(lambda question, answered: asked.append((question, answered)))
    screen = stage.open()
    stage.edit_paper(RECEIPT)
    stage.press(KEY.Key_Escape)
    assert asked == [] and stage.focused() is screen._papers.table
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Space)
    stage.press(KEY.Key_Escape)
    question, answered = asked.pop()
    assert [answer.key for answer in question.answers] == ["save", "drop", "stay"]
    answered("stay", "")  # type: ignore[operator]
    assert stage.edit.edits.changed
    stage.press(KEY.Key_Escape)
    asked.pop()[1]("drop", "")  # type: ignore[operator]
    stage.rest()
    assert stage.focused() is screen._papers.table
    assert in_force(stage)["version"] == 2
    stage.press(KEY.Key_Escape)
    assert stage.backs == 1


def test_what_was_changed_is_still_there_after_another_screen(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    screen = stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Space)
    screen.left()
    stage.sign_in("1001")
    screen.opened()
    stage.rest()
    assert stage.preview.isHidden(), "a cashier sees none of it"
    stage.sign_in("1004")
    screen.opened()
    stage.rest()
    assert dict(stage.parts())["thanks"] is False


def test_every_key_on_a_button_is_one_that_works(paper_stage: TemplateStage) -> None:
    screen = paper_stage.open()
    known = {each.key().toString() for each in screen.findChildren(QShortcut)}
    for button in screen.findChildren(QPushButton):
        said = button.accessibleName().split()[-1].replace("↑", "Up").replace("↓", "Down")
        if "+" in said:
            assert QKeySequence(said).toString() in known, button.objectName()


def test_typing_is_never_held_up_by_the_paper(paper_stage: TemplateStage) -> None:
    """The window's own part of a key, the form redrawn: the paper is drawn elsewhere."""
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("points")
    stage.press(KEY.Key_Return)
    took = []  # of the processor: seconds of this thread
    for char in "abcdefghijklmnop":
        begun = time.thread_time()
        QTest.keyClick(stage.focused(), char)
        took.append(time.thread_time() - begun)
    assert statistics.median(took) < 0.016
    assert stage.preview.waiting, "drawn after a pause, once"
    stage.rest()


def test_the_paper_follows_to_what_was_changed(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    screen = stage.open()
    stage.edit_paper(RECEIPT)
    area = find(screen, QScrollArea, "template_preview_area")
    assert area.verticalScrollBar().value() == 0
    stage.to_part("thanks")
    stage.press(KEY.Key_Return)
    stage.type("!")
    assert area.verticalScrollBar().value() > 0
    stage.press(KEY.Key_Escape)
    stage.to_part("seller")
    stage.press(KEY.Key_Return)
    stage.type("!")
    assert area.verticalScrollBar().value() < area.verticalScrollBar().maximum() // 2


def test_a_text_of_several_lines_is_written_and_kept(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("foot")
    stage.press(KEY.Key_Return)
    stage.type("หนึ่ง")
    one = paper(stage).height()
    stage.press(KEY.Key_Return, SHIFT)
    stage.type("สอง")
    assert field(stage, 0).text() == "หนึ่ง↩สอง"
    assert paper(stage).height() > one
    stage.press(KEY.Key_S, CONTROL)
    assert in_force(stage)["labels"]["th"]["foot"] == "หนึ่ง\nสอง"
    stage.edit_paper(RECEIPT)
    stage.to_part("foot")
    assert field(stage, 0).text() == "หนึ่ง↩สอง"
    assert not stage.edit.edits.changed


def test_the_language_of_the_window_changes_in_the_middle_of_a_change(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(RECEIPT)
    stage.to_part("thanks")
    stage.press(KEY.Key_Space)
    i18n.set_language("en")
    stage.rest()
    assert stage.edit.edits.changed
    stage.to_part("totals")
    assert find(stage.screen, Text, "template_part_why").said() == "Must be printed: Total to pay or to give back"


def test_the_test_page_keeps_its_sizes_in_dots(paper_stage: TemplateStage) -> None:
    stage = paper_stage
    stage.open()
    stage.edit_paper(DocumentKind.TEST_PAGE)
    codes = [item for part in model.parts(stage.edit.edits.now) for item in part.items if item.kind == "qr"]
    assert codes and all(
        item.module == 0 for item in codes if model.block_at(stage.edit.edits.now, item.way).get("dots")
    )
