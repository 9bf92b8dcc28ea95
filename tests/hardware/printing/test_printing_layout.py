"""What the papers say, and what templates may not do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.config import resource
from pos_member.domain.documents import DocumentKind, PaperStamps
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.money import format_baht
from pos_member.hardware.printing.blocks import Banner, Bars, Block, Columns, Frame, Qr, Text
from pos_member.hardware.printing.fields import Fields, fields_of, kind_of
from pos_member.hardware.printing.layout import lay_out
from pos_member.hardware.printing.paper_text import TEXT_MAX, clean, quantity
from pos_member.hardware.printing.templates import parse, shipped
from pos_member.hardware.printing.vocabulary import VOCABULARIES, Vocabulary
from tests.hardware.printing import samples


def words(blocks: tuple[Block, ...]) -> list[str]:
    """Every text on the paper, in order."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Text() | Banner():
                found.append(block.text)
            case Columns():
                found += [block.lead, *block.cells]
            case Frame():
                found += [block.title, *words(block.blocks)]
            case Qr():
                found += words(block.beside)
    return found


def raw(kind: DocumentKind) -> dict:
    return json.loads(resource("receipts", f"{kind.value}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if kind is not DocumentKind.DRAWER])
def test_every_kind_has_a_template(kind):
    assert shipped(kind).version >= 1


def same_words(fields: Fields, vocabulary: Vocabulary) -> None:
    assert set(fields.values) == vocabulary.values
    assert fields.flags <= vocabulary.flags
    assert set(fields.rows) == set(vocabulary.rows)
    for name, rows in fields.rows.items():
        for row in rows:
            same_words(row, vocabulary.rows[name])


@pytest.mark.parametrize("name", list(samples.EVERY))
def test_fields_and_vocabulary_agree(name):
    document = samples.EVERY[name]
    same_words(fields_of(document), VOCABULARIES[kind_of(document)])


def test_tax_invoice_says_what_the_law_asks():
    text = "\n".join(words(lay_out(samples.RECEIPT_TH)))
    for part in (
        "ใบกำกับภาษีอย่างย่อ", "กาแฟดอยหมอก", "0505556012347", "CNX1-02-000481", "ราคารวมภาษีมูลค่าเพิ่มแล้ว",
        "21 พ.ย. 2569 18:42", "ลาเต้เย็น แก้วใหญ่", "150.00", "฿545.00", "1,000.00", "455.00",
    ):  # fmt: skip
        assert part in text
    assert "ใบเสร็จรับเงิน" not in text


def test_english_tax_invoice_keeps_the_thai_words():
    text = "\n".join(words(lay_out(samples.RECEIPT_EN)))
    for part in ("ใบกำกับภาษีอย่างย่อ", "TAX INVOICE (ABB)", "ราคารวมภาษีมูลค่าเพิ่มแล้ว", "21 Nov 2026", "TOTAL"):
        assert part in text


def test_a_shop_without_vat_gives_a_receipt():
    text = "\n".join(words(lay_out(samples.RECEIPT_PLAIN)))
    assert "ใบเสร็จรับเงิน" in text
    assert "ภาษี" not in text
    assert "สำเนา ครั้งที่ 2" in text


def test_points_say_when_they_were_true():
    text = words(lay_out(samples.RECEIPT_TH))
    for part in ("1,208", "+24", "−100", "1,132", "แต้มคงเหลือ ณ 18:42 น."):
        assert part in text
    yesterday = replace(samples.POINTS, as_of=samples.AT.replace(day=20))
    assert "แต้มคงเหลือ ณ 20 พ.ย. 2569 18:42 น." in words(lay_out(replace(samples.RECEIPT_TH, points=yesterday)))


def test_discounts_carry_a_minus_and_rounding_up_a_plus_sign_of_none():
    cells = words(lay_out(samples.RECEIPT_TH))
    assert "−20.00" in cells
    rounding = replace(samples.RECEIPT_TH, discounts=(replace(samples.RECEIPT_TH.discounts[0], amount_satang=-25),))
    assert "0.25" in words(lay_out(rounding))


def test_return_slip():
    text = "\n".join(words(lay_out(samples.RETURN_TH)))
    assert kind_of(samples.RETURN_TH) is DocumentKind.RETURN
    for part in ("ใบรับคืนสินค้า", "CNX1-02-000481", "฿150.00", "−6", "+5"):
        assert part in text
    assert "ใบกำกับภาษี" not in text


def test_coupon_says_value_code_and_days():
    blocks = lay_out(samples.COUPON_TH)
    text = words(blocks)
    for part in ("฿20", "8123 4567 8901 2382", "เมื่อซื้อครบ ฿150 ขึ้นไป", "ใช้ได้ 22 พ.ย. 2569 – 21 ธ.ค. 2569"):
        assert part in text
    assert next(block for block in blocks if isinstance(block, Qr)).data == samples.COUPON_TH.code


def test_a_signed_coupon_is_a_qr_only():
    signed = replace(samples.COUPON_TH, code="9" * 180)
    text = words(lay_out(signed))
    assert not any("9999" in part for part in text)


def test_coupon_without_minimum_and_for_one_day():
    one_day = replace(samples.COUPON_TH, minimum_spend_satang=0, valid_to=samples.COUPON_TH.valid_from)
    text = words(lay_out(one_day))
    assert "ไม่มียอดซื้อขั้นต่ำ" in text
    assert "ใช้ได้เฉพาะวันที่ 22 พ.ย. 2569" in text


def test_practice_marks_every_paper():
    for document in (samples.RECEIPT_TH, samples.RETURN_TH, samples.COUPON_TH, samples.MEMBER_CARD_TH):
        first = lay_out(replace(document, practice=True))[0]
        assert isinstance(first, Banner)
        assert "ฝึก" in first.text
    assert isinstance(lay_out(replace(samples.DAY_REPORT_TH, practice=True))[0], Banner)


def test_member_card_has_qr_bars_and_figures():
    blocks = lay_out(samples.MEMBER_CARD_TH)
    assert [block.data for block in blocks if isinstance(block, Qr | Bars)] == ["2912345678906"] * 2
    assert "2 912345 678906" in words(blocks)


def test_day_report_draws_rules_headings_and_columns():
    blocks = lay_out(samples.DAY_REPORT_TH)
    assert Columns(("ให้แต้ม", "96", "1,928")) in blocks
    assert "ยอดขาย" in words(blocks)


@given(st.text(max_size=40))
def test_names_never_act_as_placeholders(name):
    line = replace(samples.LINES_TH[0], name=f"{{total}}{name}{{label.total}}")
    shown = words(lay_out(replace(samples.RECEIPT_TH, lines=(line,))))
    assert any(cell.startswith("{total}") for cell in shown)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda d: d.update(format=2), "format"),
        (lambda d: d.update(version=0), "version"),
        (lambda d: d.update(template="coupon"), "coupon"),
        (lambda d: d["labels"].pop("en"), "labels"),
        (lambda d: d["labels"]["en"].pop("total"), "labels"),
        (lambda d: d["blocks"].append({"text": "{password}"}), "password"),
        (lambda d: d["blocks"].append({"text": "{label.nothing}"}), "nothing"),
        (lambda d: d["blocks"].append({"text": "a { b"}), "brace"),
        (lambda d: d["blocks"].append({"text": "x", "when": "rain"}), "rain"),
        (lambda d: d["blocks"].append({"text": "x", "colour": "red"}), "colour"),
        (lambda d: d["blocks"].append({"picture": "x"}), "block"),
        (lambda d: d["blocks"].append({"each": "nothing", "blocks": []}), "nothing"),
        (lambda d: d["blocks"].append({"text": "x", "style": "huge"}), "huge"),
        (lambda d: d["blocks"].append({"space": -5}), "space"),
        (lambda d: d["blocks"].append({"qr": "{number}", "beside": [{"rule": "thin"}]}), "beside"),
    ],
)
def test_a_bad_template_is_refused_with_the_place(change, detail):
    data = raw(DocumentKind.RECEIPT)
    change(data)
    with pytest.raises(EnvironmentProblem) as caught:
        parse(json.dumps(data), DocumentKind.RECEIPT)
    assert caught.value.reason is Reason.TEMPLATE_INVALID
    assert detail in str(caught.value.params["detail"])


@pytest.mark.parametrize("lost", ["{seller_name}", "{label.tax_id}", "{total}", "{label.moment}", "{label.number}"])
def test_a_tax_template_without_a_mandatory_field_is_refused(lost):
    data = json.dumps(raw(DocumentKind.RECEIPT), ensure_ascii=False).replace(lost, "x")
    with pytest.raises(EnvironmentProblem, match="lacks"):
        parse(data, DocumentKind.RECEIPT)


def test_a_mandatory_field_that_may_vanish_is_refused():
    data = raw(DocumentKind.RECEIPT)
    for block in data["blocks"]:
        if block.get("style") == "total":
            block["when"] = "points"
    with pytest.raises(EnvironmentProblem, match="lacks total"):
        parse(json.dumps(data), DocumentKind.RECEIPT)


@pytest.mark.parametrize(
    "junk", ["", "[]", "{", '{"format": 1}', "null", '{"format":1,"template":"receipt","version":1}']
)
def test_junk_is_no_template(junk):
    with pytest.raises(EnvironmentProblem):
        parse(junk, DocumentKind.RECEIPT)


@given(st.text(max_size=2_000))
def test_clean_text_is_one_printable_line(text):
    shown = clean(text)
    assert len(shown) <= TEXT_MAX
    assert shown == shown.strip()
    assert all(char.isprintable() for char in shown)
    assert not any(char in shown for char in "\u202e\u2066\u200d\n\r\t\x00")


def test_stacked_marks_are_cut_and_thai_ones_kept():
    assert clean("Z" + "\u0301" * 50) == clean("Z" + "\u0301" * 50)[:4]
    assert clean("ที่นี่ น้ำ ก๊วยเตี๋ยว") == "ที่นี่ น้ำ ก๊วยเตี๋ยว"
    assert len(clean("ก" * 1_000_000)) == TEXT_MAX


def test_quantities():
    assert [quantity(n) for n in (1000, 1500, 125, 12_000, 1_234_500, -2000)] == [
        "1",
        "1.5",
        "0.125",
        "12",
        "1,234.5",
        "−2",
    ]
    assert format_baht(-2000, symbol=False) == "−20.00"


def test_stamp_cards_say_what_moved_and_what_there_is():
    stamps = (PaperStamps("แสตมป์กาแฟ", 2, 10, 3), PaperStamps("แสตมป์ชา", 0, 0, 4))
    said = words(lay_out(replace(samples.RECEIPT_TH, points=replace(samples.POINTS, stamps=stamps))))
    assert "แสตมป์กาแฟ  +2 −10" in said and said[said.index("แสตมป์กาแฟ  +2 −10") + 1] == "3"
    assert any(text.startswith("แสตมป์ชา") for text in said)
    assert not any("แสตมป์" in text for text in words(lay_out(samples.RECEIPT_TH)))


# --- parts, feet, and what a shop may change -----------------------------------------------------------------------

KINDS = [kind for kind in DocumentKind if kind is not DocumentKind.DRAWER]


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_a_shipped_template_has_a_name_and_is_used(kind):
    data = raw(kind)
    used = {block["part"] for block in data["blocks"] if "part" in block}
    assert used == set(data["parts"])
    assert all(shown["th"] and shown["en"] for shown in data["parts"].values())


@pytest.mark.parametrize(
    "kind", [DocumentKind.RECEIPT, DocumentKind.RETURN, DocumentKind.COUPON, DocumentKind.MEMBER_CARD]
)
def test_a_shop_s_own_words_stand_at_the_foot_on_as_many_lines_as_it_likes(kind):
    data = raw(kind)
    data["labels"]["th"]["foot"] = "LINE @doimok\nWi-Fi: กาแฟดี\x1b@\x10\x04"
    document = next(d for name, d in samples.EVERY.items() if name.endswith("-th") and kind_of(d) is kind)
    said = words(lay_out(document, parse(json.dumps(data), kind)))
    assert said.index("Wi-Fi: กาแฟดี@") == said.index("LINE @doimok") + 1


def switched_off(kind: DocumentKind, part: str) -> str:
    data = raw(kind)
    for block in data["blocks"]:
        if block.get("part") == part:
            block["off"] = True
    return json.dumps(data)


def test_a_part_that_is_off_leaves_the_paper():
    template = parse(switched_off(DocumentKind.RECEIPT, "points"), DocumentKind.RECEIPT)
    assert "แต้มก่อนบิลนี้" in words(lay_out(samples.RECEIPT_TH))
    assert "แต้มก่อนบิลนี้" not in words(lay_out(samples.RECEIPT_TH, template))


@pytest.mark.parametrize("part", ["seller", "title", "bill", "goods", "totals", "vat"])
def test_a_tax_invoice_cannot_lose_what_the_law_asks_by_switching(part):
    with pytest.raises(EnvironmentProblem, match="lacks"):
        parse(switched_off(DocumentKind.RECEIPT, part), DocumentKind.RECEIPT)


@pytest.mark.parametrize("part", ["logo", "tenders", "points", "stamps", "notes", "thanks", "foot", "qr"])
def test_what_the_law_does_not_ask_for_may_go(part):
    assert parse(switched_off(DocumentKind.RECEIPT, part), DocumentKind.RECEIPT).kind is DocumentKind.RECEIPT


@pytest.mark.parametrize("claim", ["ใบกำกับภาษีอย่างย่อ", "ใบลดหนี้", "Tax Invoice", "Credit note"])
def test_a_return_slip_does_not_pose_as_a_tax_paper(claim):
    data = raw(DocumentKind.RETURN)
    data["labels"]["en"]["title"] = claim
    with pytest.raises(EnvironmentProblem, match="must not say"):
        parse(json.dumps(data), DocumentKind.RETURN)


def test_a_return_slip_names_its_bill_and_gives_money_back_in_both_languages():
    for document, title, refund in (
        (samples.RETURN_TH, "ใบรับคืนสินค้า", "คืนเงิน"),
        (samples.RETURN_EN, "RETURN", "REFUND"),
    ):
        said = words(lay_out(document))
        assert title in said and refund in said
        assert any(document.original_number in text for text in said)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda d: d["blocks"].append({"text": "x", "part": "nothing"}), "nothing"),
        (lambda d: d["blocks"].append({"text": "x", "off": 1}), "off"),
        (lambda d: d["parts"]["logo"].pop("en"), "logo"),
        (lambda d: d.update(font="../../etc/passwd"), "font"),
        (lambda d: d.update(font="a/b.ttf"), "font"),
        (lambda d: d["labels"]["th"].update(total=5), "labels"),
        (lambda d: d["blocks"].append({"qr": "{number}", "dots": 99}), "dots"),
        (lambda d: d["blocks"].append({"code128": "{secret}"}), "secret"),
        (lambda d: d["blocks"].append({"code128": "{number}", "caption": "{secret}"}), "secret"),
    ],
)
def test_new_options_are_checked_too(change, detail):
    data = raw(DocumentKind.RECEIPT)
    change(data)
    with pytest.raises(EnvironmentProblem, match=detail):
        parse(json.dumps(data), DocumentKind.RECEIPT)


def test_an_order_slip_tells_the_kitchen_no_prices():
    said = " ".join(words(lay_out(samples.ORDER_SLIP_TH)))
    assert "ลาเต้เย็น แก้วใหญ่" in said and "โต๊ะ 7" in said
    assert not any(price in said for price in ("75.00", "150.00", "320.00"))
