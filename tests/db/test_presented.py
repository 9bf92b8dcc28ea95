"""What signed codes told of members and coupons: kept, found by what names them, and giving way to what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_member.db.folder import DataFolder
from pos_member.domain.coupon import Coupon, CouponEventKind, CouponState
from pos_member.domain.member import Member, MemberStatus
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange, FeedEntity
from tests.db_support import NOW, make_store, put
from tests.log_watch import ExpectLog
from tests.signing import IssuingTill, Signer, key_from, public

MEMBER = Member("m-1", "2907780802207", "", "", "", None, MemberStatus.ACTIVE, "", "", "", NOW)
COUPON = Coupon(
    "8123456789012362", "def-x", CouponState.ISSUED, None, None, "till-9", "branch-2", NOW, date(2026, 11, 18),
    date(2026, 12, 17),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path) as made:
        yield made


def _queries(folder: DataFolder, table: str) -> int:
    with folder.till.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_a_member_is_found_by_id_and_number_until_head_office_tells(folder: DataFolder) -> None:
    store = folder.store
    put(folder, [])
    assert store.members.by_id("m-1") is None
    store.presented.remember_member(MEMBER, "6…", NOW)
    assert store.members.by_id("m-1") == MEMBER == store.members.by_number(MEMBER.number)
    assert store.presented.member("m-1") and not store.presented.member("m-2")
    assert store.members.account("m-1").as_of is None
    told = replace(MEMBER, first_name="มานะ", phone="+66811110000")
    put(folder, [told])
    assert store.members.by_id("m-1") == told == store.members.by_number(MEMBER.number)
    assert not store.presented.member("m-1")
    assert store.members.account("m-1").as_of == NOW


def test_head_offices_figures_count_as_soon_as_it_knows_the_member(folder: DataFolder) -> None:
    folder.store.presented.remember_member(MEMBER, "6…", NOW)
    put(folder, [MEMBER, FeedAccount("m-1", (FeedBucket(None, 70),))])
    account = folder.store.members.account("m-1")
    assert account.as_of == NOW and dict(account.buckets) == {None: 70}


def test_a_number_that_is_somebody_elses_by_now_leads_to_them(folder: DataFolder) -> None:
    folder.store.presented.remember_member(MEMBER, "6…", NOW)
    other = replace(MEMBER, id="m-2", first_name="อื่น")
    put(folder, [other])
    assert folder.store.members.by_number(MEMBER.number) == other
    # Known by id under another number: the number it was shown with leads nowhere.
    put(folder, [replace(MEMBER, number="2959914655678"), replace(other, number="2971158058862")])
    assert folder.store.members.by_number(MEMBER.number) is None


def test_the_newest_word_of_a_code_counts(folder: DataFolder) -> None:
    later = replace(MEMBER, number="2959914655678", enrolled_at=NOW + timedelta(days=1))
    folder.store.presented.remember_member(MEMBER, "6 one", NOW)
    folder.store.presented.remember_member(later, "6 two", NOW + timedelta(days=1))
    assert folder.store.members.by_id("m-1") == later
    assert folder.store.members.by_number(MEMBER.number) is None
    assert _queries(folder, "presented") == 1
    folder.store.presented.forget_members(["m-1", "m-9"])
    assert folder.store.members.by_id("m-1") is None and _queries(folder, "presented") == 0


def test_a_member_enrolled_here_is_not_only_presented(folder: DataFolder) -> None:
    folder.store.presented.remember_member(MEMBER, "6…", NOW)
    with folder.store.transaction() as tx:
        tx.add_member(replace(MEMBER, first_name="มานะ"), 1)
    assert not folder.store.presented.member("m-1")
    found = folder.store.members.by_id("m-1")
    assert found is not None and found.first_name == "มานะ"


@pytest.mark.parametrize("deleted", [False, True])
def test_head_offices_word_on_an_erasure_takes_what_was_told(folder: DataFolder, deleted: bool) -> None:
    folder.store.presented.remember_member(MEMBER, "6…", NOW)
    folder.store.presented.remember_member(replace(MEMBER, id="m-2", number="2959914655678"), "6…", NOW)
    if deleted:
        gone = FeedChange(FeedEntity.MEMBER.value, "m-1", deleted=True)
        folder.sync_store.apply_changes([gone], folder.sync_store.cursor() + 1, None, NOW)
    else:
        put(folder, [replace(MEMBER, number="", status=MemberStatus.ERASED)])
    assert _queries(folder, "presented") == 1
    assert folder.store.members.by_number(MEMBER.number) is None
    assert folder.store.presented.member("m-2")


def test_a_coupon_is_found_under_the_lock_too_and_gives_way_to_its_own_row(folder: DataFolder) -> None:
    store = folder.store
    store.presented.remember_coupon(COUPON, "9 proof", NOW)
    assert store.coupons.by_code(COUPON.code) == COUPON
    assert store.presented.coupon(COUPON.code) == "9 proof" and store.presented.coupon("8") == ""
    with store.transaction() as tx:
        held = tx.coupon(COUPON.code)
        assert held == COUPON
        tx.set_coupon(held, CouponEventKind.REDEEMED, NOW, "bill-1", 1)
        used = tx.coupon(COUPON.code)
    assert used is not None and used.state is CouponState.REDEEMED and used.redeemed_bill_id == "bill-1"
    assert store.coupons.by_code(COUPON.code) == used
    assert store.presented.coupon(COUPON.code) == ""


def test_head_offices_coupon_counts_for_more(folder: DataFolder) -> None:
    folder.store.presented.remember_coupon(COUPON, "9 proof", NOW)
    told = replace(COUPON, state=CouponState.CANCELLED, issued_bill_id="b")
    put(folder, [told])
    assert folder.store.coupons.by_code(COUPON.code) == told
    assert folder.store.presented.coupon(COUPON.code) == ""


# --- keys --------------------------------------------------------------------------------------------------


def test_keys_are_read_once_per_change(folder: DataFolder) -> None:
    signer, till = Signer(), IssuingTill()
    keys = folder.store.code_keys
    assert keys.keys() == () and keys.certificate(9) is None and keys.head_office_key() == b""
    put(folder, [signer.code_key(), signer.rotating_key(), signer.certificate(till)])
    first, certificate = keys.keys(), keys.certificate(9)
    assert first == (signer.code_key(), signer.rotating_key()) and certificate == signer.certificate(till)
    assert keys.keys() is first
    put(folder, [MEMBER])  # no catalogue
    assert keys.keys() is first
    put(folder, [signer.code_key(1, retired_at=NOW)])
    assert keys.keys()[0].retired_at == NOW
    # Another change of the catalogue decodes no certificate again.
    assert keys.certificate(9) is certificate
    gone = FeedChange(FeedEntity.TILL_CERTIFICATE.value, till.id, deleted=True)
    folder.sync_store.apply_changes([gone], folder.sync_store.cursor() + 1, None, NOW)
    assert keys.certificate(9) is None


def test_the_key_of_the_head_office_is_the_one_learned_at_enrolment(folder: DataFolder) -> None:
    identity = folder.sync_store.identity()
    assert identity is not None
    folder.sync_store.set_identity(identity, "http://127.0.0.1:1", None, public(key_from(1)))
    assert folder.store.code_keys.head_office_key() == public(key_from(1))


def test_a_key_of_a_newer_build_stops_nothing(folder: DataFolder, expected_logs: ExpectLog) -> None:
    expected_logs("a CodeKey that cannot be read")
    signer = Signer()
    put(folder, [signer.code_key()])
    with folder.replica.write() as connection:
        odd = b'{"id":"seal:1","kind":"seal","number":1,"key":"00","created_at":"2026-11-21T07:05:00Z"}'
        connection.exec_driver_sql("INSERT INTO item (entity, id, body) VALUES ('code_key', 'seal:1', ?)", (odd,))
        connection.exec_driver_sql("UPDATE mark SET revision = revision + 1")
    assert folder.store.code_keys.keys() == (signer.code_key(),)
