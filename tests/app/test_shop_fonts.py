"""The shop's own fonts: where an open till finds them, under which names they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos_member.app import shop_fonts
from pos_member.app.composition import open_till
from pos_member.app.template_tools import PaperTemplateTools
from pos_member.config import fonts_folder
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.hardware.printing import templates
from pos_member.hardware.printing.font_folder import FONT_FILE, current_folder, kept_name, shown_name
from pos_member.hardware.printing.raster import rasterise
from pos_member.wording import say_error
from tests.hardware.printing import samples
from tests.log_watch import ExpectLog

pytestmark = pytest.mark.usefixtures("qapp")
THEIRS = fonts_folder() / "IBMPlexSansThai_700Bold.ttf"


def naming(font: str) -> str:
    return json.dumps(json.loads(PaperTemplateTools().shipped(DocumentKind.COUPON)) | {"font": font})


def test_papers_of_an_open_till_are_printed_in_its_fonts(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("there is no folder of fonts")
    tools = PaperTemplateTools()
    with open_till(tmp_path / "till"):
        kept = tools.take_font("ร้านเรา.TTF", THEIRS.read_bytes())
        assert tools.fonts() == ((kept, "ร้านเรา"),)
        content = naming(kept)
        assert tools.font_trouble(content) is None
        template = templates.parse(content, DocumentKind.COUPON)
        theirs = rasterise(samples.COUPON_TH, 384, template=template)
        assert theirs != rasterise(samples.COUPON_TH, 384)
    assert current_folder() is None and tools.fonts() == ()
    assert rasterise(samples.COUPON_TH, 384, template=template) == rasterise(samples.COUPON_TH, 384)
    trouble = tools.font_trouble(content)
    assert trouble is not None and trouble.reason is Reason.FONT_NOT_HERE
    with open_till(tmp_path / "till"):
        assert rasterise(samples.COUPON_TH, 384, template=template) == theirs


def test_a_till_opened_within_another_leaves_the_first_one_its_fonts(tmp_path: Path) -> None:
    with open_till(tmp_path / "one"):
        with open_till(tmp_path / "two"):
            assert current_folder() == tmp_path / "two" / "fonts"
        assert current_folder() == tmp_path / "one" / "fonts"


def test_without_a_till_no_font_is_kept() -> None:
    with pytest.raises(EnvironmentProblem) as problem:
        PaperTemplateTools().take_font("x.ttf", THEIRS.read_bytes())
    assert problem.value.reason is Reason.FILE_NOT_WRITABLE


def test_every_fault_is_said_in_both_languages(tmp_path: Path) -> None:
    with open_till(tmp_path), pytest.raises(Refusal) as refusal:
        PaperTemplateTools().take_font("x.otf", b"OTTO")
    assert "TrueType" in say_error(refusal.value, "en") and "ไฟล์นี้ไม่ใช่ฟอนต์" in say_error(refusal.value, "th")


def test_a_font_spoiled_afterwards_is_told_by_its_fault(tmp_path: Path) -> None:
    tools = PaperTemplateTools()
    with open_till(tmp_path):
        kept = tools.take_font("x.ttf", THEIRS.read_bytes())
        (tmp_path / "fonts" / kept).write_bytes(b"spoiled")
        trouble = tools.font_trouble(naming(kept))
        assert trouble is not None and trouble.reason is Reason.FONT_UNFIT
        assert tools.take_font("x.ttf", THEIRS.read_bytes()) == kept, "taken in anew, it is whole again"
        assert tools.font_trouble(naming(kept)) is None


@pytest.mark.parametrize(
    "name",
    [
        "a.ttf", "ตัวหนา.otf", "../../etc/passwd", "  ..", "a/b\\c:d*e?.ttf",
        "x" * 400 + ".ttf", "", ".ttf", "日本.TTF", "a\0b.ttf",
    ],
)  # fmt: skip
def test_whatever_a_file_is_called_a_template_can_name_it(name: str) -> None:
    kept = kept_name(name, b"content")
    assert FONT_FILE.fullmatch(kept) and Path(kept).name == kept
    assert kept == kept_name(name, b"content") != kept_name(name, b"other")
    assert shown_name(kept) and not shown_name(kept).endswith(kept[-12:-4])


def test_two_fonts_of_one_name_are_told_apart(tmp_path: Path) -> None:
    with open_till(tmp_path):
        (tmp_path / "fonts").mkdir()
        for name in ("a-11111111.ttf", "a-22222222.ttf", "b-11111111.ttf", "notes.txt", ".a.ttf.tmp"):
            (tmp_path / "fonts" / name).touch()
        assert shop_fonts.fonts() == (
            ("a-11111111.ttf", "a-11111111.ttf"),
            ("a-22222222.ttf", "a-22222222.ttf"),
            ("b-11111111.ttf", "b"),
        )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"font": 5}', '{"font": "../x.ttf"}', "[" * 99_999])
def test_what_names_no_font_has_no_trouble(content: str) -> None:
    assert PaperTemplateTools().font_trouble(content) is None
