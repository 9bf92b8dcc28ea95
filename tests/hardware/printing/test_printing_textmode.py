"""Papers in a printer's own letters, read back by a reader of the tests' own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.app.trial_prints import send_now
from pos_member.domain.errors import Refusal
from pos_member.domain.printers import Answers, Cut, Marks, PrinterProfile, PrinterSetup, Proof, TextMode
from pos_member.hardware.printing.blocks import Banner, Bars, Block, Columns, Frame, Qr, Style, Text
from pos_member.hardware.printing.codepages import (
    ALL_PAGES,
    LIKELY_PAGES,
    SAMPLE,
    check_text_mode,
    choose,
    code_page_pieces,
    pages_for,
    scale,
)
from pos_member.hardware.printing.encoder import REAL_TIME
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.pictures import paper_png
from pos_member.hardware.printing.profile import GENERIC_58, GENERIC_80
from pos_member.hardware.printing.simulator import Build, Language, VirtualPrinter
from pos_member.hardware.printing.textmode import encode_text
from pos_member.hardware.printing.thai_text import cells, printable, thai_rows
from tests.hardware.printing import samples
from tests.hardware.printing.readers import read_both
from tests.hardware.printing.text_reader import Paper, read

PAPERS = {16: replace(GENERIC_58, dots=192), 32: GENERIC_58, 42: replace(GENERIC_80, dots=512, dpi=180), 48: GENERIC_80}


def _profile(columns: int, marks: Marks = Marks.STACKED, page: int = 21) -> PrinterProfile:
    return replace(PAPERS[columns], text=TextMode(page, columns, marks))


def _printed(blocks: Iterable[Block], columns: int, marks: Marks = Marks.STACKED) -> Paper:
    return read(b"".join(encode_text(blocks, _profile(columns, marks))))


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Text():
                yield block.text
            case Banner():
                yield block.text
            case Columns():
                yield from (*block.cells, block.lead)
            case Frame():
                yield block.title
                yield from _texts(block.blocks)
            case Qr():
                yield from _texts(block.beside)


def _letters(texts: Iterable[str]) -> Counter[str]:
    """Letters, digits and marks; ำ counted as the two signs it is drawn with."""
    return Counter(char for text in texts for char in text.replace("ำ", "ํา") if char.isalnum() or "ะ" <= char <= "๛")


@pytest.mark.parametrize("columns", PAPERS)
@pytest.mark.parametrize("marks", Marks)
@pytest.mark.parametrize("name", samples.EVERY)
def test_every_paper_fits_and_loses_nothing(name, columns, marks):
    blocks = lay_out(samples.EVERY[name])
    paper = _printed(blocks, columns, marks)
    for row in paper.rows:
        assert row.cells(marks_have_cells=marks is not Marks.STACKED) <= columns, row
        assert row.page == 21
    assert _letters(paper.lines()) == _letters(_texts(blocks))
    assert paper.cuts == (PAPERS[columns].cut is not Cut.NONE)


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("marks", [Marks.STACKED, Marks.OWN_CELL])
def test_amounts_stand_at_the_right_edge(columns, marks):
    paper = _printed(lay_out(samples.RECEIPT_TH), columns, marks)
    amounts = [row for row in paper.rows if re.search(r"\d\.\d\d$", row.text) and "@" not in row.text]
    assert len(amounts) >= 10
    for row in amounts:
        assert row.cells(marks_have_cells=marks is Marks.OWN_CELL) == columns // row.wide * row.wide, row


def test_a_long_name_goes_on_under_itself_at_whole_words():
    rows = _printed([Columns(("เมล็ดกาแฟคั่วกลางดอยช้าง คัดพิเศษ", "320.00"), lead="1")], 32).lines()
    assert rows[0].startswith("1  เมล็ดกาแฟ") and rows[0].endswith(" 320.00")
    assert all(row.startswith("   ") for row in rows[1:])
    assert not any(re.match(r"\s*[ัิ-ฺ็-๎ะาำ]", row) for row in rows), "a line that begins with a mark"


def test_what_no_row_holds_stands_below_its_label():
    row = Columns(("ยอดขาย", "1,234,567.00", "2,345,678.00", "3,456,789.00"))
    assert _printed([row], 48).lines() == ["ยอดขาย    1,234,567.00 2,345,678.00 3,456,789.00"]
    narrow = _printed([row], 32).lines()
    assert narrow[0] == "ยอดขาย"
    assert "".join(narrow[1:]).split() == ["1,234,567.00", "2,345,678.00", "3,456,789.00"]
    assert all(len(line) == 32 for line in narrow[1:])


def test_columns_of_a_table_lie_below_each_other():
    rows = _printed([Columns(("ก", "บิล", "แต้ม")), Columns(("ให้แต้ม", "96", "1,928"))], 48).rows
    ends = [[found.end() for found in re.finditer(r"\S+", _flat(row.text))][1:] for row in rows]
    assert ends[0] == ends[1]


def _flat(text: str) -> str:
    return re.sub(r"[ัิ-ฺ็-๎]", "", text)


def test_sizes_shrink_before_a_line_is_broken():
    def look(text: str, style: Style) -> tuple[int, int, int]:
        rows = _printed([Text(text, style)], 32).rows
        return rows[0].wide, rows[0].tall, len(rows)

    assert look("฿20", Style.BIG) == (4, 4, 1)
    assert look("1,234.50 บาท", Style.BIG) == (2, 2, 1)
    assert look("8123 4567 8901 2382", Style.CODE) == (1, 2, 1)
    assert look("BODY", Style.BODY) == (1, 1, 1)


def test_a_banner_is_white_on_black_as_wide_as_the_paper():
    for marks in Marks:
        rows = _printed([Banner("สำเนา ครั้งที่ 1")], 32, marks).rows
        assert rows and all(row.inverse and row.bold for row in rows)
        assert {row.cells(marks_have_cells=marks is not Marks.STACKED) for row in rows} == {32}
    after = _printed([Banner("COPY"), Text("x")], 32).rows[-1]
    assert not after.inverse and not after.bold


def test_paper_that_became_narrower_is_not_overrun():
    narrow = replace(GENERIC_58, text=TextMode(21, 48))
    for row in read(b"".join(encode_text(lay_out(samples.RECEIPT_TH), narrow))).rows:
        assert row.cells(marks_have_cells=False) <= 32


def test_a_quantity_longer_than_any_stands_above_its_row():
    rows = _printed([Columns(("กาแฟ", "10.00"), lead="123,456,789.125")], 32).lines()
    assert rows == ["123,456,789.125", "   กาแฟ                    10.00"]


@pytest.mark.parametrize("wrong", [(256, 48), (-1, 48), (21, 0), (21, 500)])
def test_impossible_text_modes(wrong):
    with pytest.raises(ValueError, match=r"\d"):
        TextMode(*wrong)


def test_without_a_page_there_is_no_text_mode():
    with pytest.raises(ValueError, match="code page"):
        encode_text([Text("x")], GENERIC_80)


# --- codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("marks", Marks)
def test_a_printer_takes_every_command_and_codes_can_be_read(columns, marks, tmp_path: Path):
    blocks = [*lay_out(samples.COUPON_TH), Bars("8850999220017")]
    papers = []
    reader = EscPosReader(
        PAPERS[columns].dots, on_cut=papers.append, strict=True, language=Language(thai_page=21, marks=marks)
    )
    reader.feed(b"".join(encode_text(blocks, _profile(columns, marks), cut=False)) + b"\x1dVB\x00")
    assert reader.unknown == []
    path = tmp_path / "codes.png"
    path.write_bytes(paper_png(papers[0]))
    for found in read_both(path):
        assert {"8123456789012382", "8850999220017"} <= found


def test_a_paper_of_letters_gets_the_same_verdict(tmp_path: Path):
    build = Build(language=Language(thai_page=21), strict=True)
    profile = replace(_profile(48), answers=Answers.YES, process_id=True, automatic_status=Answers.YES)
    with VirtualPrinter(out_dir=tmp_path / "paper", build=build) as printer:
        setup = PrinterSetup("a", "Counter", f"tcp://127.0.0.1:{printer.port}", profile)
        proof = send_now(setup, encode_text(lay_out(samples.COUPON_TH), profile))
        assert proof is Proof.PROCESS_ID
        assert printer.wait_for_pictures(1) and printer.unknown == ()
        for found in read_both(printer.pictures[0]):
            assert "8123456789012382" in found


# --- bytes ----------------------------------------------------------------------------------------------------

_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_THAI = st.text(st.sampled_from("กขคงจชตทนบปมยรลวสหอ ะัาำิีึืุูเแโใไๅๆ็่้๊๋์ํ฿0129.,()"), max_size=80)


@given(st.one_of(_ANY_TEXT, _THAI))
def test_any_text_becomes_letters_that_exist(text):
    said = printable(text)
    assert said.encode("cp874").decode("cp874") == said
    assert not any(char < " " or "\x7f" <= char <= "\xa0" for char in said)
    assert printable(said) == said


def test_what_cannot_be_written_is_seen():
    assert printable("咖啡 latte") == "?? latte"
    assert printable("café – “ลาเต้” … ฿20 · 5×3") == 'cafe - "ลาเต้" ... ฿20 - 5x3'
    assert printable("กาแฟ\u200bเย็น\tใหญ่") == "กาแฟเย็น ใหญ่"


@given(
    st.lists(
        st.one_of(
            st.builds(Text, _THAI, st.sampled_from(Style)),
            st.builds(Text, _ANY_TEXT, st.sampled_from(Style)),
            st.builds(Banner, _THAI),
            st.builds(
                Columns,
                st.lists(_THAI, min_size=1, max_size=6).map(tuple),
                st.sampled_from(Style),
                st.integers(0, 400),
                lead=st.one_of(st.just("1.25"), _THAI, _ANY_TEXT),
            ),
        ),
        max_size=5,
    ),
    st.sampled_from(sorted(PAPERS)),
    st.sampled_from(Marks),
    st.sampled_from(ALL_PAGES),
)
def test_no_line_overflows_and_nothing_acts_in_real_time(blocks, columns, marks, page):
    data = b"".join(encode_text(blocks, _profile(columns, marks, page)))
    assert REAL_TIME.search(data) is None
    for row in read(data).rows:
        assert row.cells(marks_have_cells=marks is not Marks.STACKED) <= columns, row


@given(_THAI)
def test_rows_of_marks_hold_every_sign_once(text):
    rows = thai_rows(text)
    # Two signs in one place over or under a letter are no Thai: the last of them stands.
    heaps = re.findall("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0e33]+", text)
    places = ("[\u0e31\u0e34-\u0e37\u0e47\u0e4d\u0e33]", "[\u0e48-\u0e4c\u0e4e]", "[\u0e38-\u0e3a]")
    if all(len(re.findall(place, heap)) <= 1 for heap in heaps for place in places):
        assert _letters(rows) == _letters([text])
    assert max(map(len, rows)) <= cells(text, Marks.THREE_ROWS)


def test_rows_of_marks_as_a_person_would_set_them():
    assert thai_rows("กาแฟ") == ["กาแฟ"]
    assert thai_rows("ที่กุ้ง") == ["่", "ี้", "ทกง", " ุ"]
    assert thai_rows("น้ำ") == ["้", "ํ", "นา"]


# --- the page of code pages -----------------------------------------------------------------------------------


def test_the_page_of_code_pages_has_a_line_for_each_number():
    paper = read(b"".join(code_page_pieces(GENERIC_80)))
    numbered = [row for row in paper.rows if re.match(r" *\d+ ", row.text)]
    assert [int(row.text.split()[0]) for row in numbered] == list(LIKELY_PAGES)
    assert all(row.page == int(row.text.split()[0]) for row in numbered)
    assert all(SAMPLE in row.text for row in numbered)
    assert paper.cuts == 1
    assert {11, 20, 21, 22, 23, 24, 25, 26, 45, 47, 48, 70, 96, 255} == set(LIKELY_PAGES)


def test_the_scale_points_to_what_the_printer_did_with_marks():
    row = next(row for row in read(b"".join(code_page_pieces(GENERIC_80, (21,)))).rows if "<" in row.text)
    before = replace(row, text=row.text[: row.text.index("<")])
    assert scale()[before.cells(marks_have_cells=False)] == "A"
    assert scale()[before.cells(marks_have_cells=True)] == "B"
    assert len(scale()) <= 32, "fits on 58 mm"


def test_rows_are_printed_for_few_numbers_only():
    few = read(b"".join(code_page_pieces(GENERIC_58, (21, 26)))).lines()
    assert sum("C" in line.split() for line in few) == 2
    many = read(b"".join(code_page_pieces(GENERIC_58, ALL_PAGES))).lines()
    assert not any("C" in line.split() for line in many)
    assert sum(SAMPLE in line for line in many) == 256
    with pytest.raises(ValueError, match="255"):
        list(code_page_pieces(GENERIC_58, (256,)))


def test_a_picked_line_becomes_a_text_mode():
    assert choose(255, "a", GENERIC_58) == TextMode(255, 32, Marks.STACKED)
    assert choose(21, "B", GENERIC_80, 42) == TextMode(21, 42, Marks.OWN_CELL)
    assert choose(21, " c", GENERIC_80).marks is Marks.THREE_ROWS
    for page, letter in ((256, "A"), (21, "D"), (21, "")):
        with pytest.raises(ValueError, match="page"):
            choose(page, letter, GENERIC_80)


def test_a_models_own_pages_come_first():
    assert pages_for((70, 255))[:3] == (70, 255, 21)
    assert sorted(pages_for((70, 255))) == sorted(LIKELY_PAGES)


def test_a_page_that_was_never_on_paper_is_refused():
    setup = PrinterSetup("a", "Counter", "10.0.0.9", _profile(48))
    check_text_mode(setup, {21})
    check_text_mode(replace(setup, profile=GENERIC_80), ())
    with pytest.raises(Refusal) as refused:
        check_text_mode(setup, {20, 26})
    assert refused.value.params["page"] == 21
