"""The change queue and the feed: contiguous, chained, immutable; rows and cursor together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import QuotaLeft
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.code_keys import CodeKey, CodeKeyKind, TillCertificate
from pos_member.domain.codec import canonical_bytes, from_bytes, to_wire
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.domain.member import Birthday
from pos_member.domain.org import Branch, Brand, Category, Currency, Organisation, Product, Role, Settings, Staff
from pos_member.domain.program import PROGRAM_FORMAT, Effect, Program
from pos_member.domain.rights import RightKind, SpendingRight
from pos_member.services.sync_ports import (
    KEEP_ACKED_DAYS,
    FeedAccount,
    FeedBucket,
    FeedChange,
    FeedDenied,
    FeedEntity,
    FeedQuota,
    QueuedEvent,
    SyncStore,
)
from tests.db.db_values import bill, coupon, member
from tests.db_support import NOW, TILL, change, make_folder, make_store, put

ORGANISATION = Organisation("org", "ร้าน", "Shop", "0105500000000", True, Settings(zone="Asia/Tokyo"))
PRODUCT = Product("p1", "SKU1", "8850000000017", "กาแฟคั่ว 250 ก.", "Roast 250 g", "c1", "b1", 25_000, ("hot",))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path) as made:
        yield made


def happen(folder: DataFolder, first: int, last: int) -> None:
    for n in range(first, last + 1):
        with folder.store.transaction() as tx:
            record = AuditRecord(f"audit-{n}", "no_sale", "s", "", TILL.id, NOW, "", f"n={n}")
            tx.add_audit(record, tx.announce(EventKind.AUDIT, record.id, record))


def assert_chained(events: tuple[QueuedEvent, ...], first: int = 1, before: str = GENESIS) -> None:
    assert [event.seq for event in events] == list(range(first, first + len(events)))
    for event in events:
        assert payload_hash(event.payload) == event.sha256
        before = link(before, event.seq, event.sha256)
        assert event.chain == before


def test_is_the_port(folder: DataFolder) -> None:
    port: SyncStore = folder.sync_store
    assert port.identity() == TILL
    link_ = port.link()
    assert link_ is not None and link_.server_url == "http://127.0.0.1:8080"


def test_queue_is_contiguous_and_chained(folder: DataFolder) -> None:
    assert folder.sync_store.head() == (0, GENESIS)
    happen(folder, 1, 4)
    with pytest.raises(KeyError), folder.store.transaction() as tx:
        record = AuditRecord("lost", "x", "s", "", TILL.id, NOW, "", "")
        tx.announce(EventKind.AUDIT, record.id, record)
        raise KeyError
    with folder.store.transaction() as tx:
        for n in (5, 6):
            record = AuditRecord(f"audit-{n}", "x", "s", "", TILL.id, NOW, "", "")
            assert tx.announce(EventKind.AUDIT, record.id, record) == n
    events = folder.sync_store.pending()
    assert_chained(events)
    assert folder.sync_store.head() == (6, events[-1].chain)
    first = from_bytes(AuditRecord, events[0].payload)
    assert events[0].payload == canonical_bytes(first)
    assert (events[0].event_id, events[0].kind, events[0].version) == ("audit-1", "audit.recorded", 1)


def test_control_a_changed_payload_breaks_the_chain(folder: DataFolder) -> None:
    happen(folder, 1, 3)
    with folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE change_queue SET payload = '{}' || x'' WHERE seq = 2 AND 0")
        connection.exec_driver_sql("UPDATE change_queue SET payload = CAST('{}' AS BLOB) WHERE seq = 2")
    with pytest.raises(AssertionError):
        assert_chained(folder.sync_store.pending())


def test_event_id_is_announced_once(folder: DataFolder) -> None:
    happen(folder, 1, 1)
    with pytest.raises(IntegrityError):
        happen(folder, 1, 1)
    assert folder.store.has_event("audit-1") and not folder.store.has_event("audit-2")


def test_pending_is_bounded_by_count_and_bytes_and_never_empty_while_one_waits(folder: DataFolder) -> None:
    happen(folder, 1, 6)
    store = folder.sync_store
    assert [event.seq for event in store.pending(limit=2)] == [1, 2]
    size = len(store.pending(limit=1)[0].payload)
    assert [event.seq for event in store.pending(max_bytes=size * 3)] == [1, 2, 3]
    assert [event.seq for event in store.pending(max_bytes=1)] == [1]
    store.mark_acked(4, NOW)
    assert [event.seq for event in store.pending()] == [5, 6]
    assert [event.seq for event in store.events_from(2)] == [2, 3, 4, 5, 6]
    store.mark_acked(6, NOW)
    assert store.pending() == ()


def test_ack_never_goes_back_nor_beyond(folder: DataFolder) -> None:
    happen(folder, 1, 3)
    store = folder.sync_store
    store.mark_acked(2, NOW)
    store.mark_acked(1, NOW)
    assert store.acked_seq() == 2
    with pytest.raises(ValueError, match="beyond"):
        store.mark_acked(4, NOW)
    status = store.queue_status()
    assert (status.head_seq, status.acked_seq, status.waiting, status.bills_waiting) == (3, 2, 1, 0)
    assert status.oldest_waiting_at == NOW
    made = bill(1)
    with folder.store.transaction() as tx:
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
    assert store.queue_status().bills_waiting == 1
    store.mark_acked(4, NOW)
    assert store.queue_status().oldest_waiting_at is None


def test_prune_keeps_what_is_young_and_the_chain(folder: DataFolder) -> None:
    store = folder.sync_store
    happen(folder, 1, 3)
    store.mark_acked(2, NOW)
    store.mark_acked(3, NOW + timedelta(days=1))
    assert store.prune_acked(NOW + timedelta(days=KEEP_ACKED_DAYS)) == 0
    assert store.prune_acked(NOW + timedelta(days=KEEP_ACKED_DAYS, seconds=1)) == 2
    head = store.head()
    assert store.prune_acked(NOW + timedelta(days=400)) == 0, "the head is never dropped"
    assert store.acked_seq() == 3
    happen(folder, 4, 5)
    assert_chained(store.pending(), 4, head[1])


def test_new_epoch_numbers_what_waits_anew(folder: DataFolder) -> None:
    store = folder.sync_store
    happen(folder, 1, 5)
    before = store.pending()
    store.mark_acked(3, NOW)
    put(folder, [], included_seq=3)
    store.set_identity(replace(TILL, epoch=2), "https://head.example")
    events = store.pending()
    assert_chained(events)
    assert [event.payload for event in events] == [event.payload for event in before[3:]]
    assert (store.acked_seq(), store.mark().included_seq, store.head()[0]) == (0, 0, 2)
    happen(folder, 6, 6)
    store.mark_acked(3, NOW)
    assert store.pending() == ()
    assert store.queue_status().head_seq == 3
    # The same epoch told again changes nothing.
    store.set_identity(replace(TILL, epoch=2, label="T9"), "https://head.example", b"p" * 32, b"q" * 32)
    assert store.head()[0] == 3
    now = store.link()
    assert now is not None
    assert (now.identity.label, now.private_key, now.server_public_key) == ("T9", b"p" * 32, b"q" * 32)


def test_catalogue_comes_back_as_head_office_sent_it(folder: DataFolder) -> None:
    things = [
        ORGANISATION,
        Brand("b1", "B1", "แบรนด์", "Brand"),
        Branch("br1", "001", "b1", "สาขา", "Branch", "ที่อยู่", "Address", "00001"),
        Staff("s1", "1001", "สมชาย", "Somchai", Role.CASHIER, "br1", "$argon2id$x"),
        Category("c1", "COF", "กาแฟ", "Coffee"),
        Program("g1", "EARN", "แต้ม", "Points", Effect("earn_per_step", points=1, step_satang=2_500)),
        CouponDefinition("d1", "C20", "คูปอง", "Coupon", CouponValueKind.AMOUNT, 2_000),
        PRODUCT,
    ]
    catalogue = folder.store.catalogue
    with pytest.raises(EnvironmentProblem) as told:
        catalogue.organisation()
    assert told.value.reason is Reason.SHOP_NOT_LOADED
    version = catalogue.version()
    put(folder, things)
    assert catalogue.version() != version
    found = (
        catalogue.organisation(),
        *catalogue.brands(),
        *catalogue.branches(),
        *catalogue.staff(),
        *catalogue.categories(),
        *catalogue.programs(),
        *catalogue.definitions(),
        *catalogue.products(),
    )
    assert found == tuple(things)
    assert catalogue.product("p1") == catalogue.product_by_barcode(PRODUCT.barcode) == PRODUCT
    assert catalogue.product("p2") is None
    assert catalogue.product_by_barcode("") is None


def test_products_are_found_by_part_of_name_or_code(folder: DataFolder) -> None:
    tea = replace(PRODUCT, id="p2", sku="SKU2", barcode="8850000000024", name_th="ชา", name_en="Tea", category_id="c2")
    hidden = replace(PRODUCT, id="p3", barcode="8850000000031", active=False)
    put(folder, [PRODUCT, tea, hidden])
    products = folder.store.catalogue.products
    assert products() == (PRODUCT, tea)
    assert products("คั่ว") == products("ROAST") == products("0017") == products("sku1") == (PRODUCT,)
    assert products(category_id="c2") == (tea,)
    assert products("250", category_id="c2") == products("%") == ()
    assert products(limit=1) == (PRODUCT,)


def test_account_changes_do_not_make_callers_read_the_catalogue_anew(folder: DataFolder) -> None:
    version = folder.store.catalogue.version()
    put(folder, [member(1), coupon(1), FeedAccount(member(1).id, ())])
    assert folder.store.catalogue.version() == version
    put(folder, [PRODUCT])
    assert folder.store.catalogue.version() != version


def test_bad_body_changes_nothing(folder: DataFolder) -> None:
    good = change(PRODUCT)
    bad = FeedChange("member", "m", body={"id": 7})
    with pytest.raises(Refusal) as refused:
        folder.sync_store.apply_changes([good, bad], 5, 1, NOW)
    assert refused.value.reason is Reason.PAYLOAD_INVALID
    assert folder.sync_store.cursor() == 0
    assert folder.store.catalogue.product("p1") is None


def test_unknown_entities_are_kept_as_they_came(folder: DataFolder) -> None:
    folder.sync_store.apply_changes([FeedChange("gift_card", "g", body={"b": [1], "a": "ก"})], 5, None, NOW)
    with folder.replica.read() as connection:
        raw = connection.exec_driver_sql("SELECT body FROM item WHERE entity = 'gift_card'").scalar_one()
    assert json.loads(raw) == {"a": "ก", "b": [1]}
    assert folder.sync_store.cursor() == 5
    folder.sync_store.apply_changes([FeedChange("gift_card", "g", deleted=True)], 6, None, NOW)
    with folder.replica.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM item").scalar_one() == 0


@pytest.mark.parametrize("way", ["apply", "bulk"])
def test_changes_of_one_thing_in_one_load_leave_the_last(tmp_path: Path, way: str) -> None:
    last = member(1, first_name="ท้าย")
    changes = [change(member(n)) for n in (1, 2, 3)] + [change(PRODUCT), change(last)]
    changes += [FeedChange("member", member(2).id, deleted=True), change(FeedAccount(last.id, (FeedBucket(None, 7),)))]
    with make_store(tmp_path) as folder:
        store, members = folder.sync_store, folder.store.members
        if way == "bulk":
            assert store.bulk_load(iter(changes), 8, 0, NOW) == len(changes)
        else:
            store.apply_changes(changes, 8, 0, NOW)
        assert store.cursor() == 8
        assert members.by_id(last.id) == last
        assert members.by_id(member(2).id) is None
        assert [hit.member for hit in members.search("สมหญิง")] == [member(3)]
        assert [(hit.member, hit.balance) for hit in members.search("ท้าย")] == [(last, 7)]
        # After a bulk load the ordinary way goes on from there.
        put(folder, [member(4), member(3, first_name="กลาง")])
        assert {hit.member.id for hit in members.search("ใจดี")} == {member(n).id for n in (1, 3, 4)}
        store.bulk_load([change(member(5))], 20, None, NOW)
        assert members.by_id(member(5).id) == member(5)


def test_cleared_replica_begins_again(folder: DataFolder) -> None:
    put(folder, [PRODUCT, member(1)], included_seq=0)
    version = folder.store.catalogue.version()
    folder.sync_store.clear_replica()
    assert folder.sync_store.mark().cursor == 0
    assert folder.store.catalogue.version() != version
    assert folder.store.members.search("สมหญิง") == ()
    put(folder, [member(1)])
    assert len(folder.store.members.search("สมหญิง")) == 1


def test_no_identity_before_enrolment(tmp_path: Path) -> None:
    with make_folder(tmp_path) as folder:
        assert folder.sync_store.identity() is None
        assert folder.sync_store.link() is None
        assert folder.store.facts.identity() is None


def _of_tomorrow(body: Any) -> Any:
    """A wire form with a field that this build does not know in it and in every object inside it."""
    if isinstance(body, list):
        return [_of_tomorrow(item) for item in body]
    if isinstance(body, dict):
        return {name: _of_tomorrow(value) for name, value in body.items()} | {"of_tomorrow": {"moons": 2}}
    return body


def _a_shop() -> list[object]:
    shop = replace(ORGANISATION, settings=replace(ORGANISATION.settings, currencies=(Currency("cup", "แก้ว", "Cup"),)))
    return [
        shop,
        Brand("b1", "B", "แบรนด์", "Brand"),
        Branch("br1", "01", "b1", "สาขา", "Branch", "", "", "00000"),
        Staff("s1", "001", "ก", "A", Role.CASHIER, "br1", "hash"),
        Category("c1", "C", "กาแฟ", "Coffee"),
        PRODUCT,
        member(1, birthday=Birthday(3, 4, 1990)),
        FeedAccount(member(1).id, (FeedBucket(None, 5),)),
        coupon(1),
        FeedQuota("p", TILL.id, 3),
        Program("p", "P", "ชื่อ", "name", Effect("percent_off", percent_bp=500)),
        CouponDefinition("d", "D", "ส่วนลด", "Off", CouponValueKind.AMOUNT, 1_000),
        CodeKey("member:1", CodeKeyKind.MEMBER, 1, "ab" * 32, NOW),
        TillCertificate("t9", 9, "br1", "cd" * 32, NOW, "ef" * 64),
        SpendingRight("r1", member(1).id, TILL.id, 1, RightKind.TOUCH, 5, NOW, NOW + timedelta(hours=1)),
        FeedDenied("member", member(2).id, "lost card"),
    ]


@pytest.mark.parametrize("way", ["changes", "first load"])
def test_a_feed_of_tomorrow_is_applied(tmp_path: Path, way: str) -> None:
    changes = [change(thing) for thing in _a_shop()]
    assert {each.entity for each in changes} == set(FeedEntity), "an entity without a case here"
    bodies = [replace(each, body=_of_tomorrow(each.body)) for each in changes]
    with make_store(tmp_path) as folder:
        if way == "changes":
            folder.sync_store.apply_changes(bodies, 5, None, NOW)
        else:
            folder.sync_store.bulk_load(bodies, 5, None, NOW)
        catalogue = folder.store.catalogue
        shop, brand, branch, person, category, product, who, _, ticket, *_ = _a_shop()
        assert catalogue.organisation() == shop
        assert [catalogue.product("p1"), *catalogue.staff(), *catalogue.categories()] == [product, person, category]
        assert [*catalogue.brands(), *catalogue.branches()] == [brand, branch]
        assert catalogue.quotas() == {"p": QuotaLeft(3)}
        keys = folder.store.code_keys
        assert [*keys.keys(), keys.certificate(9)] == _a_shop()[-4:-2]
        with folder.till.read() as connection:
            assert connection.exec_driver_sql("SELECT id, points, released_at_us FROM spending_right").all() == [
                ("r1", 5, None)
            ]
        assert folder.store.members.by_id(member(1).id) == who
        assert folder.store.members.account(member(1).id).balance == 5
        assert folder.store.coupons.by_code(coupon(1).code) == ticket
        [program], [definition] = catalogue.programs(), catalogue.definitions()
        # Rules are read whole or not at all: half of one would give something else than was meant.
        assert (program.code, program.format, program.effect) == ("P", PROGRAM_FORMAT + 1, Effect("percent_off"))
        assert (definition.code, definition.value_kind) == ("D", CouponValueKind.UNKNOWN)


def test_what_else_does_not_fit_a_program_is_refused(folder: DataFolder) -> None:
    body = {**to_wire(Program("p", "P", "ก", "A", Effect("percent_off"))), "scope": "everything"}
    with pytest.raises(Refusal) as told:
        folder.sync_store.apply_changes([FeedChange("program", "p", body=body)], 5, None, NOW)
    assert told.value.params["where"] == "program.scope"


def test_rights_of_the_feed_are_kept_once_and_noticed(folder: DataFolder) -> None:
    """The window's figures follow ``revision``; a right told again, released here, stays released."""
    mine = SpendingRight("r1", member(1).id, TILL.id, 1, RightKind.HOME, 5, NOW, NOW + timedelta(hours=1))
    page = [change(mine), change(replace(mine, id="r2", till_id="another"))]
    store, rights = folder.sync_store, folder.store.rights
    before = rights.revision()
    store.apply_changes(page, 5, None, NOW)
    assert rights.revision() == before + 1
    assert store.rights.release(["r1", "r2"], NOW) == ("r1",)
    noticed = rights.revision()
    store.apply_changes(page, 6, None, NOW)
    assert rights.revision() == noticed
    (held,) = rights.standing(member(1).id, "b1").held
    assert (held.right.id, held.released) == ("r1", True)
