"""A shop's own templates: saved in versions, refused with what lacks, in force for papers made later only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pos_member.app.template_tools import PaperTemplateTools
from pos_member.db.folder import DataFolder
from pos_member.domain.documents import TEST_CODE, DocumentKind, ReceiptDocument, TestPageDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing import templates as printing
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.raster import rasterise
from pos_member.services.paper_templates import CONTENT_MAX, KINDS, kind_named
from pos_member.services.print_ports import PrintJob
from pos_member.services.template_ports import NoLibrary
from pos_member.wording import say_error
from tests.factories import World

# One application for the process: a bare one, as the renderer makes it, would spoil the window's tests.
pytestmark = pytest.mark.usefixtures("qapp")
RECEIPT, COUPON = DocumentKind.RECEIPT, DocumentKind.COUPON
Json = dict[str, object]


def changed(world: World, kind: DocumentKind = RECEIPT, thanks: str = "แล้วพบกันใหม่") -> str:
    data = json.loads(world.till.templates.draft(kind))
    name = "thanks" if kind is RECEIPT else "once"
    data["labels"]["th"][name] = thanks
    return json.dumps(data, ensure_ascii=False)


def without(world: World, kind: DocumentKind, part: str) -> str:
    data = json.loads(world.till.templates.shipped(kind))
    for block in data["blocks"]:
        if block.get("part") == part:
            block["off"] = True
    return json.dumps(data)


def jobs(folder: DataFolder) -> Iterator[PrintJob]:
    """What the worker of the one printer takes, oldest first."""
    setup = PrinterSetup("counter", "เคาน์เตอร์", "127.0.0.1:9100", profile=GENERIC_80)
    store = folder.print_store.for_printer(setup, (setup,))
    while (job := store.next_job()) is not None:
        assert store.mark_sending(job.id, b"x")
        store.mark_unverifiable(job.id)
        yield job


def refused(error: Refusal) -> tuple[str, str]:
    return say_error(error, "th"), say_error(error, "en")


def test_what_ships_is_in_force_until_something_is_saved(world: World) -> None:
    templates = world.till.templates
    rows = templates.kinds("th")
    assert [row.kind for row in rows] == list(KINDS)
    assert {(row.version, row.shipped, row.by) for row in rows} == {(0, True, "")}
    for kind in KINDS:
        assert templates.draft(kind) == templates.shipped(kind)
        templates.check(kind, templates.shipped(kind))


def test_saving_gives_a_version_a_name_and_a_record(world: World) -> None:
    templates, manager = world.till.templates, world.session("1004")
    head = world.store.facts.queue_status().head_seq
    done = templates.save(manager, RECEIPT, changed(world))
    assert (done.version, done.saved_at, done.by, done.shipped) == (1, world.clock.now(), "คนที่ 1004", False)
    assert templates.kinds("en")[0].by == "Person 1004"
    assert world.store.facts.queue_status().head_seq == head + 1  # the audit record
    saved = json.loads(templates.draft(RECEIPT))
    assert (saved["version"], saved["labels"]["th"]["thanks"]) == (1, "แล้วพบกันใหม่")
    assert templates.save(manager, RECEIPT, changed(world, thanks="ขอบคุณครับ")).version == 2


def test_the_same_again_is_no_new_version(world: World) -> None:
    templates, manager = world.till.templates, world.session("1004")
    assert templates.save(manager, RECEIPT, templates.shipped(RECEIPT)).version == 0
    content = changed(world)
    assert [templates.save(manager, RECEIPT, content).version for _ in range(3)] == [1, 1, 1]


def test_back_to_the_shipped_one_and_to_older_versions(world: World) -> None:
    templates, manager = world.till.templates, world.session("1004")
    assert templates.reset(manager, RECEIPT).version == 0
    first = changed(world, thanks="หนึ่ง")
    templates.save(manager, RECEIPT, first)
    templates.save(manager, RECEIPT, changed(world, thanks="สอง"))
    assert templates.reset(manager, RECEIPT).shipped
    assert templates.draft(RECEIPT) == templates.shipped(RECEIPT)
    assert templates.restore(manager, RECEIPT, 1).version == 4
    assert json.loads(templates.draft(RECEIPT))["labels"]["th"]["thanks"] == "หนึ่ง"
    assert templates.restore(manager, RECEIPT, 3).shipped, "a version that was a reset is the shipped one"
    history = templates.history(RECEIPT, "th")
    assert [(each.version, each.shipped) for each in history] == [
        (5, True), (4, False), (3, True), (2, False), (1, False), (0, True),
    ]  # fmt: skip
    with pytest.raises(Refusal) as unknown:
        templates.restore(manager, RECEIPT, 99)
    assert unknown.value.reason is Reason.TEMPLATE_UNFIT


@pytest.mark.parametrize(
    ("kind", "part", "thai", "english"),
    [
        (RECEIPT, "totals", "ยอดสุทธิ", "Total to pay"),
        (RECEIPT, "title", "คำว่าใบกำกับภาษีอย่างย่อ", "the words for tax invoice"),
        (RECEIPT, "marks", "ป้ายบอกว่าเป็นสำเนา", "the banner of copies"),
        (COUPON, "value", "รหัสคูปอง", "Code of the coupon"),
        (COUPON, "dates", "ใช้ได้ถึงวันที่", "Last day of use"),
        (DocumentKind.RETURN, "title", "เลขที่บิลที่ขอคืน", "Number of the bill returned"),
        (DocumentKind.DAY_REPORT, "figures", "ตัวเลข", "Figures"),
        (DocumentKind.ORDER_SLIP, "goods", "จำนวน", "Quantity"),
    ],
)
def test_a_paper_without_what_it_must_say_is_refused_in_words(
    world: World, kind: DocumentKind, part: str, thai: str, english: str
) -> None:
    templates = world.till.templates
    with pytest.raises(Refusal) as refusal:
        templates.save(world.session("1004"), kind, without(world, kind, part))
    assert refusal.value.reason is Reason.TEMPLATE_LACKS
    said = refused(refusal.value)
    assert thai in said[0] and english in said[1], said
    assert templates.kinds("th")[KINDS.index(kind)].version == 0


def test_what_lacks_in_english_only_says_so(world: World) -> None:
    data = json.loads(world.till.templates.shipped(RECEIPT))
    data["labels"]["en"]["tax_id"] = "Tax ID"
    with pytest.raises(Refusal) as refusal:
        world.till.templates.check(RECEIPT, json.dumps(data))
    assert "on the paper in English" in refused(refusal.value)[1]


_HOSTILE: list[str] = [
    "", "nonsense", "[]", "null", "7", '"receipt"', "{}", "[" * 100_000, '{"a":' * 50_000,
    '{"format": 1}', '{"format": 1, "template": "coupon", "version": 1, "labels": {"th": {}, "en": {}}, "blocks": []}',
    '{"format": 1, "template": "receipt", "version": 1, "labels": 3, "blocks": []}',
    '{"format": 1, "template": "receipt", "version": 1, "labels": {"th": {}, "en": {}}, "blocks": 5}',
    '{"format": 1, "template": "receipt", "version": 1, "labels": {"th": {}, "en": {}}, "blocks": [null]}',
    '{"format": 1, "template": "receipt", "version": 1, "labels": {"th": {"a": 1}, "en": {"a": []}}, "blocks": []}',
    '{"format": 1, "template": "receipt", "version": true, "labels": {"th": {}, "en": {}}, "blocks": []}',
    " " * (CONTENT_MAX + 1),
]  # fmt: skip


@pytest.mark.parametrize("content", _HOSTILE, ids=range(len(_HOSTILE)))
def test_hostile_content_is_refused_and_nothing_is_lost(world: World, content: str) -> None:
    templates, manager = world.till.templates, world.session("1004")
    templates.save(manager, RECEIPT, changed(world))
    before = templates.draft(RECEIPT), world.store.facts.queue_status().head_seq
    with pytest.raises(Refusal) as refusal:
        templates.save(manager, RECEIPT, content)
    assert refusal.value.reason in (Reason.TEMPLATE_UNFIT, Reason.TEMPLATE_LACKS)
    assert all(len(said) <= 400 for said in refused(refusal.value))
    assert (templates.draft(RECEIPT), world.store.facts.queue_status().head_seq) == before


@pytest.mark.parametrize(
    "block",
    [
        {"text": "{member_phone}"},
        {"text": "{lines.name}"},
        {"text": "{0.__class__}"},
        {"text": "{"},
        {"text": "a", "style": "huge"},
        {"text": "a", "style": ["body"]},
        {"text": "a", "run": "x"},
        {"space": 10**9},
        {"space": -1},
        {"qr": "x", "module": True},
        {"qr": "x", "beside": [{"each": "lines", "blocks": []}]},
        {"logo": "!!!", "width": 10},
        {"logo": "AAAA", "width": 10**9},
        {"each": "members", "blocks": []},
    ],
    ids=str,
)
def test_a_block_that_does_not_belong_is_refused(world: World, block: Json) -> None:
    data = json.loads(world.till.templates.shipped(RECEIPT))
    data["blocks"].append(block)
    with pytest.raises(Refusal) as refusal:
        world.till.templates.check(RECEIPT, json.dumps(data))
    assert refusal.value.reason is Reason.TEMPLATE_UNFIT


def test_a_paper_that_would_never_end_is_refused(world: World) -> None:
    data = json.loads(world.till.templates.shipped(RECEIPT))
    data["blocks"] += [{"space": 2_000}] * 800
    with pytest.raises(Refusal) as refusal:
        world.till.templates.check(RECEIPT, json.dumps(data))
    assert refusal.value.reason is Reason.TEMPLATE_UNFIT


def test_papers_made_later_have_the_new_version_and_those_that_wait_keep_theirs(world: World) -> None:
    templates, manager = world.till.templates, world.session("1004")
    world.sell({"tea": 1})
    templates.save(manager, RECEIPT, changed(world, thanks="รุ่นหนึ่ง"))
    world.sell({"tea": 1})
    templates.save(manager, RECEIPT, changed(world, thanks="รุ่นสอง"))
    world.sell({"tea": 1})
    templates.reset(manager, RECEIPT)
    world.sell({"tea": 1})
    taken = [job for job in jobs(world.folder) if job.kind is RECEIPT]
    said = [json.loads(job.template)["labels"]["th"]["thanks"] if job.template else "" for job in taken]
    assert said == ["", "รุ่นหนึ่ง", "รุ่นสอง", ""]
    drawn = [_drawn(job) for job in taken]
    assert len({drawn[1], drawn[2], drawn[3]}) == 3


def _drawn(job: PrintJob) -> bytes:
    template = printing.parse(job.template, job.kind) if job.template else None
    document = job.document
    assert isinstance(document, ReceiptDocument)
    return rasterise(document, 384, template=template).data


def test_samples_are_of_this_shop_and_of_nobody(world: World) -> None:
    templates = world.till.templates
    for language in ("th", "en"):
        for kind in KINDS:
            document = templates.sample(kind, language, "staff-1004")
            assert document.language == language
            if not isinstance(document, TestPageDocument):
                assert world.till.lookup.header().branch_name_th in repr(document) or language == "en"
    receipt = templates.sample(RECEIPT, "th")
    assert isinstance(receipt, ReceiptDocument) and receipt.points is not None
    assert receipt.points.member_name_masked == "สมาชิกตัวอย่าง"
    assert {line.name for line in receipt.lines} <= {product.name_th for product in world.store.catalogue.products()}
    assert receipt.total_satang == receipt.gross_satang - sum(each.amount_satang for each in receipt.discounts)
    assert receipt.change_satang == sum(each.amount_satang for each in receipt.tenders) - receipt.total_satang
    assert sum(line.amount_satang for line in receipt.lines) == receipt.gross_satang


def test_codes_of_samples_are_known_to_nobody(world: World) -> None:
    coupon = world.till.templates.sample(COUPON, "th")
    world.sell({"giftbox": 1}, world.enrol())
    with pytest.raises(Refusal) as refusal:
        world.till.coupons.find(coupon.code)  # type: ignore[union-attr]
    assert refusal.value.reason is Reason.COUPON_UNKNOWN


def test_the_sample_of_the_test_page_has_the_codes_that_setting_up_ticks(world: World) -> None:
    page = world.till.templates.sample(DocumentKind.TEST_PAGE, "th")
    assert isinstance(page, TestPageDocument) and page.qr_text == TEST_CODE


def test_without_a_library_nothing_can_be_changed() -> None:
    for act in (NoLibrary().shipped, lambda kind: NoLibrary().check(kind, "{}")):
        with pytest.raises(EnvironmentProblem) as problem:
            act(RECEIPT)
        assert problem.value.reason is Reason.TEMPLATE_INVALID


def test_a_file_says_which_paper_it_is_for() -> None:
    tools = PaperTemplateTools()
    assert [kind_named(tools.shipped(kind)) for kind in KINDS] == list(KINDS)
    assert [kind_named(text) for text in ("", "[1]", '{"template": 5}', '{"template": "drawer"}', "[" * 99_999)] == [
        None
    ] * 5
