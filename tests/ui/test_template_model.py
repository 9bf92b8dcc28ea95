"""The sheet behind the form: pure, every change a new one, and always a template that can be read."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.app.template_tools import PaperTemplateTools
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Refusal
from pos_member.hardware.printing.templates import parse
from pos_member.services.paper_templates import KINDS
from pos_member.ui.templates import model, work
from pos_member.ui.templates.edits import STEPS_MAX, Edits
from pos_member.ui.templates.words import MODULES, STYLES

TOOLS = PaperTemplateTools()
SHEETS = {kind: model.read(TOOLS.shipped(kind)) for kind in KINDS}
_PIXEL = ("gA==", 8)


def test_every_block_belongs_to_one_part_and_every_part_has_its_names() -> None:
    for kind, sheet in SHEETS.items():
        places = [at for _, run in model._runs(sheet) for at in run]
        assert places == list(range(len(sheet["blocks"]))), kind
        parts = model.parts(sheet)
        assert len({part.key for part in parts}) == len(parts)
        assert all(part.name_th and part.name_en for part in parts), [part.key for part in parts]


def test_every_text_of_a_template_is_in_the_form_once_per_part() -> None:
    for kind, sheet in SHEETS.items():
        shown = {name for part in model.parts(sheet) for item in part.items for name in item.labels}
        used = set(model.LABEL.findall(json.dumps(sheet["blocks"])))
        assert shown == used, kind


def test_a_part_left_out_and_put_back_is_as_before() -> None:
    for kind, sheet in SHEETS.items():
        for part in model.parts(sheet):
            out = model.switched(sheet, part.key, on=False)
            assert not next(each for each in model.parts(out) if each.key == part.key).on
            back = model.switched(out, part.key, on=True)
            assert next(each for each in model.parts(back) if each.key == part.key).on
            if part.on:
                assert back == sheet, (kind, part.key)


def test_moving_a_part_keeps_its_blocks_together_and_loses_none() -> None:
    for sheet in SHEETS.values():
        keys = [part.key for part in model.parts(sheet)]
        assert model.moved(sheet, keys[0], -1) == sheet
        assert model.moved(sheet, keys[-1], 1) == sheet
        assert model.moved(sheet, "nobody", 1) == sheet
        there = model.moved(sheet, keys[0], 1)
        assert sorted(map(json.dumps, there["blocks"])) == sorted(map(json.dumps, sheet["blocks"]))
        assert [part.key for part in model.parts(there)][:2] == [keys[1], keys[0]]
        assert model.moved(there, keys[0], -1) == sheet


def test_a_logo_comes_in_below_the_banners_and_goes_again() -> None:
    for sheet in SHEETS.values():
        bare = {**sheet, "blocks": [block for block in sheet["blocks"] if "logo" not in block]}
        for begin in (sheet, bare):
            with_one = model.with_logo(begin, *_PIXEL)
            assert model.has_logo(with_one)
            at = model.logo_place(with_one)
            assert at is not None and all("banner" in block for block in with_one["blocks"][:at])
            parse(model.write(with_one), DocumentKind(sheet["template"]))
            without = model.without_logo(with_one)
            assert not model.has_logo(without) and _PIXEL[0] not in model.write(without)
            parse(model.write(without), DocumentKind(sheet["template"]))


def test_words_in_braces_that_the_paper_does_not_know() -> None:
    assert model.strangers("a {total} b {vat}", ("total", "vat")) == ()
    assert model.strangers("{phone} {phone} {total}", ("total",)) == ("phone",)
    assert model.strangers("{", ()) == ("{",)
    assert model.strangers("{0} {a.b}", ()) == ("{",)
    assert model.strangers("}", ()) == ()


def test_locks_are_the_parts_the_check_misses_and_nothing_is_judged_while_the_sheet_is_unfit() -> None:
    locks = work.locks_of(TOOLS, DocumentKind.RECEIPT, SHEETS[DocumentKind.RECEIPT])
    assert locks is not None
    assert {"marks", "seller", "title", "goods", "totals", "vat"} <= set(locks)
    assert not {"logo", "thanks", "foot", "points", "stamps", "notes", "qr"} & set(locks)
    unfit = model.switched(SHEETS[DocumentKind.RECEIPT], "totals", on=False)
    assert work.locks_of(TOOLS, DocumentKind.RECEIPT, unfit) is None


def test_steps_are_bounded_and_a_new_change_ends_the_way_forward() -> None:
    edits = Edits({"n": 0})
    for n in range(1, STEPS_MAX + 50):
        assert edits.change({"n": n})
    assert not edits.change({"n": STEPS_MAX + 49})
    steps = 0
    while edits.undo():
        steps += 1
    assert steps == STEPS_MAX
    assert edits.redo() and edits.can_redo
    edits.change({"n": -1})
    assert not edits.can_redo and not edits.redo()


_ACT = st.one_of(
    st.tuples(st.just("switch"), st.integers(0, 20), st.booleans()),
    st.tuples(st.just("move"), st.integers(0, 20), st.sampled_from([-1, 1])),
    st.tuples(st.just("style"), st.integers(0, 40), st.sampled_from([name for name, _ in STYLES])),
    st.tuples(st.just("module"), st.integers(0, 40), st.sampled_from(MODULES)),
    st.tuples(st.just("text"), st.integers(0, 40), st.text(st.characters(exclude_characters="{"), max_size=20)),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.lists(_ACT, max_size=12))
def test_whatever_is_done_in_the_form_stays_a_template_or_says_what_it_lacks(
    kind: DocumentKind, acts: list[tuple[str, int, object]]
) -> None:
    sheet = SHEETS[kind]
    for act, at, value in acts:
        parts = model.parts(sheet)
        part = parts[at % len(parts)]
        items = [item for each in parts for item in each.items]
        item = items[at % len(items)] if items else None
        if act == "switch":
            sheet = model.switched(sheet, part.key, bool(value))
        elif act == "move":
            sheet = model.moved(sheet, part.key, int(str(value)))
        elif act == "style" and item is not None and item.style:
            sheet = model.optioned(sheet, item.way, "style", value)
        elif act == "module" and item is not None and item.kind == "qr":
            sheet = model.optioned(sheet, item.way, "module", value)
        elif act == "text" and item is not None and item.labels:
            sheet = model.worded(sheet, "en", item.labels[0], str(value))
    try:
        TOOLS.check(kind, model.write(sheet))
    except Refusal as refused:
        # Never that it is no template: only a must that was taken off, or words that a return slip may not say.
        assert refused.reason.value in ("template_lacks", "template_unfit")
        assert "lacks_th" in refused.params or "must not say" in str(refused.params["detail"])
