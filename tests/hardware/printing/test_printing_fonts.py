"""The gate: sound fonts pass, fonts with each fault are refused with an example of it."""

from __future__ import annotations

import logging
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.config import fonts_folder
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.hardware.printing import font_gate
from pos_member.hardware.printing.font_files import font_of, renamed, tables_of
from pos_member.hardware.printing.font_gate import FontFault, check_font, shop_family, use_folder
from pos_member.hardware.printing.fonts import FAMILY
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.templates import Template, shipped
from tests.hardware.printing import samples

SOUND = (
    "Sarabun_500Medium.ttf",
    "Sarabun_700Bold.ttf",
    "IBMPlexSansThai_400Regular.ttf",
    "IBMPlexSansThai_700Bold.ttf",
)


@pytest.fixture
def tables() -> dict[str, bytes]:
    return tables_of((fonts_folder() / "Sarabun_500Medium.ttf").read_bytes())[1]


@pytest.fixture(autouse=True)
def _no_folder():
    yield
    use_folder(None)


def made(tmp_path: Path, tables: dict[str, bytes], name: str = "faulty.ttf") -> Path:
    path = tmp_path / name
    path.write_bytes(font_of(b"\x00\x01\x00\x00", tables))
    return path


def without_placing(tables: dict[str, bytes]) -> dict[str, bytes]:
    """The font as many free ones are: nothing in it says where marks go."""
    return {name: table for name, table in tables.items() if name not in ("GSUB", "GPOS", "GDEF")}


def characters(cmap: bytes) -> dict[int, int]:
    """Character → glyph, from the table's part of format 4."""
    count = struct.unpack(">H", cmap[2:4])[0]
    starts = [struct.unpack(">I", cmap[8 + 8 * at : 12 + 8 * at])[0] for at in range(count)]
    start = next(at for at in starts if struct.unpack(">H", cmap[at : at + 2])[0] == 4)
    segments = struct.unpack(">H", cmap[start + 6 : start + 8])[0] // 2
    at = start + 14
    ends = struct.unpack(f">{segments}H", cmap[at : at + 2 * segments])
    at += 2 * segments + 2
    begins, deltas, offsets = (
        struct.unpack(f">{segments}H", cmap[at + 2 * segments * n : at + 2 * segments * (n + 1)]) for n in range(3)
    )
    at += 4 * segments
    found = {}
    for n, (begin, end, delta, offset) in enumerate(zip(begins, ends, deltas, offsets, strict=True)):
        for char in range(begin, min(end, 0xFFFE) + 1):
            place = at + 2 * n + offset + 2 * (char - begin)
            glyph = struct.unpack(">H", cmap[place : place + 2])[0] if offset else char
            found[char] = (glyph + delta) & 0xFFFF if glyph or not offset else 0
    return found


def without_character(tables: dict[str, bytes], lost: str) -> dict[str, bytes]:
    """The same font that knows nothing of one character."""
    known = sorted((char, glyph) for char, glyph in characters(tables["cmap"]).items() if char != ord(lost))
    groups = b"".join(struct.pack(">III", char, char, glyph) for char, glyph in known)
    part = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(known)) + groups
    return tables | {"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + part}


def one_cell(tables: dict[str, bytes]) -> dict[str, bytes]:
    """Every glyph as wide as every other, and no glyph called a mark, as on a typewriter."""
    long = struct.unpack(">H", tables["hhea"][34:36])[0]
    metrics = bytearray(tables["hmtx"])
    for at in range(long):
        metrics[4 * at : 4 * at + 2] = struct.pack(">H", 600)
    all_letters = struct.pack(">HHHHHH", 1, 0, 12, 0, 0, 0) + struct.pack(">HHHHH", 2, 1, 0, 0xFFFF, 1)
    return without_placing(tables) | {"hmtx": bytes(metrics), "GDEF": all_letters}


@pytest.mark.parametrize("name", SOUND)
def test_sound_fonts_pass(name):
    verdict = check_font(fonts_folder() / name)
    assert verdict.faults == ()
    assert verdict.require() == verdict.family


def test_the_paper_s_own_family_passes_by_name():
    rasterise(samples.COUPON_TH, 384)
    assert check_font(FAMILY).fit


def test_a_family_that_is_not_installed_is_unreadable():
    assert check_font("No Such Family 42").faults == ((FontFault.UNREADABLE, "No Such Family 42"),)


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\x00\x01\x00\x00\x00\xff", b"ttcf" + bytes(400)])
def test_what_is_no_font_is_unreadable(tmp_path, content):
    path = tmp_path / "x.ttf"
    path.write_bytes(content)
    assert check_font(path).faults == ((FontFault.UNREADABLE, "x.ttf"),)
    assert not check_font(tmp_path / "missing.ttf").fit


def test_a_cut_off_font_is_unreadable(tmp_path):
    path = tmp_path / "half.ttf"
    path.write_bytes((fonts_folder() / "Sarabun_500Medium.ttf").read_bytes()[:20_000])
    assert check_font(path).faults[0][0] is FontFault.UNREADABLE


def test_marks_that_overprint_are_refused(tmp_path, tables):
    verdict = check_font(made(tmp_path, without_placing(tables)))
    assert [fault for fault, _ in verdict.faults] == [FontFault.MARKS_OVERPRINT]
    with pytest.raises(Refusal) as caught:
        verdict.require()
    assert caught.value.reason is Reason.FONT_UNFIT
    assert caught.value.params["font"] == "faulty.ttf"


def test_marks_with_a_cell_of_their_own_are_refused(tmp_path, tables):
    faults = [fault for fault, _ in check_font(made(tmp_path, one_cell(tables))).faults]
    assert FontFault.MARK_WIDENS in faults


@pytest.mark.parametrize("char", ["฿", "−"])
def test_a_font_without_a_sign_of_our_papers_is_refused(tmp_path, tables, char):
    verdict = check_font(made(tmp_path, without_character(tables, char)))
    assert verdict.faults == ((FontFault.CHARACTERS, char),)


def test_two_files_of_one_name_are_two_fonts(tmp_path, tables):
    good = check_font(fonts_folder() / "Sarabun_500Medium.ttf")
    bad = check_font(made(tmp_path, without_placing(tables)))
    assert good.fit and not bad.fit
    assert good.family != bad.family


def test_renaming_keeps_every_other_table(tables):
    again = tables_of(renamed(font_of(b"\x00\x01\x00\x00", tables), "Other"))[1]
    assert {name: table for name, table in again.items() if name != "name"} == {
        name: table for name, table in tables.items() if name != "name"
    }


def with_font(name: str) -> Template:
    return replace(shipped(DocumentKind.COUPON), font=name)


def test_a_shop_s_font_is_printed_with(tmp_path):
    name = "IBMPlexSansThai_700Bold.ttf"
    (tmp_path / name).write_bytes((fonts_folder() / name).read_bytes())
    use_folder(tmp_path)
    theirs = rasterise(samples.COUPON_TH, 384, template=with_font(name))
    assert theirs != rasterise(samples.COUPON_TH, 384)
    assert theirs.ink() > 5_000


def test_a_paper_comes_out_whatever_its_font(tmp_path, tables, caplog):
    ours = rasterise(samples.COUPON_TH, 384)
    with caplog.at_level(logging.WARNING, logger=font_gate.__name__):
        assert rasterise(samples.COUPON_TH, 384, template=with_font("x.ttf")) == ours
        use_folder(tmp_path)
        assert shop_family("missing.ttf") == FAMILY
        made(tmp_path, without_placing(tables), "bad.ttf")
        assert rasterise(samples.COUPON_TH, 384, template=with_font("bad.ttf")) == ours
    assert len(caplog.records) == 3
