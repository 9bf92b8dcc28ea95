"""Every paper, at every width, to the last dot, against fingerprints that a person has looked at."""

from __future__ import annotations

import hashlib
import json

import pytest
from PySide6.QtCore import qVersion

from pos_member.config import fonts_folder
from pos_member.hardware.printing.fonts import FILES
from scripts.papers import GOLDENS, WIDTHS, fingerprint
from tests.hardware.printing.samples import EVERY

RECORDED = json.loads(GOLDENS.read_text(encoding="utf-8"))
HOW = (
    "Draw the papers with `python -m scripts.papers NEW` here and in the last good version (`OLD`), then "
    "`python -m scripts.papers NEW --against OLD` paints what differs. If it is meant: add `--renew`."
)


def test_the_fonts_are_those_of_the_fingerprints():
    found = {name: hashlib.sha256((fonts_folder() / name).read_bytes()).hexdigest() for name in FILES}
    assert found == RECORDED["fonts"], f"Other fonts draw other papers. {HOW}"


def test_every_paper_has_its_fingerprints():
    assert {name: set(widths) for name, widths in RECORDED["papers"].items()} == {
        name: {str(width) for width in WIDTHS} for name in EVERY
    }, HOW


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", list(EVERY))
def test_the_paper_is_what_it_was(name, width):
    recorded = RECORDED["papers"].get(name, {}).get(str(width))
    assert fingerprint(EVERY[name], width) == recorded, (
        f"{name} at {width} dots is drawn differently (Qt {qVersion()}, recorded with Qt {RECORDED['qt']}). {HOW}"
    )
