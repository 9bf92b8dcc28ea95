"""What is known of printers, and recognising one by what it calls itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pos_member.config import resource
from pos_member.domain.printers import Cut
from pos_member.hardware.printing.profile import OWN, guess, known_profiles, models


def test_our_own_data_is_complete_and_stands_over_that_of_python_escpos():
    data = json.loads(resource("printers", "models.json").read_text(encoding="utf-8"))
    assert data["format"] == 1
    for key, entry in data["models"].items():
        model = models()[key]
        assert set(entry) <= {"maker", "name", "names", "dots", "dpi", "columns", "cut", "thai_pages", "process_id"}
        assert model.names == tuple(entry["names"])
        if "dots" in entry:
            assert model.profile.dots == entry["dots"]
            assert entry["columns"] - 4 < model.profile.letters <= entry["columns"], "a line is never too long"
            assert model.profile.name == f"{entry['maker']} {entry['name']}".strip()
        else:
            assert model.profile.dots, "stands over a model that python-escpos has"
    assert models()["TM-T20II"].thai_pages == (21, 20, 26)
    assert models()["TM-T20II"].profile.dpi == 203


def test_every_model_can_be_used():
    known = models()
    assert list(known)[: len(OWN)] == list(OWN)
    assert len(known) >= 50
    assert {key: model.profile for key, model in known.items()} == dict(known_profiles())
    for key, model in known.items():
        assert model.key == key
        assert 8 <= model.profile.letter_dots <= 20, key
        assert 384 <= model.profile.dots <= 640, key
        assert model.profile.dpi in (180, 203)
        assert all(0 <= page <= 255 for page in model.thai_pages)
        assert len(set(model.thai_pages)) == len(model.thai_pages)
        assert not model.profile.process_id or key.startswith("virtual"), "believed only once it was answered"


def test_data_that_cannot_be_right_is_not_taken_over():
    assert models()["NT-80-V-UL"].profile.letters == 48, "states the width of a letter for their number"
    assert models()["TEP-200M"].profile.dots == 504, "states no width: what its letters take"
    assert "SP2000" not in models() and "default" not in models() and "OCD-300" not in models()


def test_what_python_escpos_says_of_thai_is_kept():
    assert models()["TH230"].thai_pages == (11,)
    assert models()["KR-306"].thai_pages == (48,)
    assert models()["P822D"].thai_pages == (70,)
    assert models()["TM-T88II"].thai_pages == (21,)


@pytest.mark.parametrize(
    ("maker", "said", "key"),
    [
        ("EPSON", "TM-T20II", "TM-T20II"),
        ("", "EPSON TM-T20II Receipt", "TM-T20II"),
        ("EPSON", "TM-T88V", "TM-T88V"),
        ("EPSON", "TM-T88VI", "TM-T88VI"),
        ("EPSON", "TM-T88VII-612", "TM-T88VII"),
        ("EPSON", "TM-T82X-442", "TM-T82"),
        ("EPSON", "TM-m30II-H", "TM-m30"),
        ("", "tm_t20iii", "TM-T20III"),
        ("BIXOLON", "SRP-350plusIII", "SRP-350"),
        ("", "POS80 Printer", "POS-80"),
        ("", "Printer-80\x00", "XP-80"),
        ("Xprinter", "XP-58IIH", "XP-58"),
        ("", "POS-5890K", "POS-5890"),
        ("POS MEMBER", "POS Member virtual printer", "virtual-80"),
        ("", "", ""),
        ("EPSON", "LX-350", ""),
        ("", "HP LaserJet 1018", ""),
        ("", "x " * 5_000, ""),
    ],
)
def test_models_are_recognised_by_whole_names(maker, said, key):
    assert guess(maker, said) == key


def test_every_name_leads_to_its_own_model():
    for key, model in models().items():
        for name in model.names:
            assert guess(model.maker, name.rstrip("*")) == key, name


def test_letters_of_a_line_follow_from_their_width():
    profiles = known_profiles()
    assert [profiles[key].letters for key in ("generic-58", "generic-80", "TM-T88V")] == [32, 48, 42]
    assert profiles["TH230"].letters == 44 and profiles["P822D"].letters <= 42
    assert replace(profiles["TH230"], dots=384).letters == 29, "narrower paper, the same letters"
    assert profiles["generic-58"].cut is Cut.NONE
