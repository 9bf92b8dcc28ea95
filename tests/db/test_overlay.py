"""Head office's figures and this till's own: never lost between the two, never counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos_member.db.folder import DataFolder
from pos_member.domain.coupon import CouponEventKind, CouponState
from pos_member.domain.events import CouponCancelled, EventKind, MemberEnrolled, MemberUpdated, PointsAdjusted
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.points import PointKind
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange
from tests.db.db_values import DAY, LOT, bill, coupon, entry, member
from tests.db_support import NOW, make_store, put

WHO = member(1).id


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path, [member(1)]) as made:
        yield made


def account(points: int, **more: object) -> FeedAccount:
    made = FeedAccount(WHO, (FeedBucket(LOT.isoformat(), points), FeedBucket(None, 5)), 40, 3, "2026-11-01", 2)
    return replace(made, **more)  # type: ignore[arg-type]


def adjust(folder: DataFolder, n: int, points: int, **more: object) -> int:
    moved = entry(n, points, kind=more.pop("kind", PointKind.ADJUST), **more)
    with folder.store.transaction() as tx:
        event = PointsAdjusted(moved.id, WHO, (moved,), "x", "s", "")
        seq = tx.announce(EventKind.POINTS_ADJUSTED, moved.id, event)
        tx.add_point_entries((moved,), seq)
        tx.add_owed(WHO, 1, seq)
    return seq


def test_own_entries_fall_away_exactly_when_head_office_includes_them(folder: DataFolder) -> None:
    members = folder.store.members
    put(folder, [account(100)], included_seq=0)
    seqs = [adjust(folder, n, 10**n) for n in (1, 2, 3)]
    assert seqs == [1, 2, 3]
    expected = {0: 1_110, 1: 1_100, 2: 1_000, 3: 0}
    for included, own in expected.items():
        put(folder, [account(100)], included_seq=included, as_of=NOW + timedelta(minutes=included))
        found = members.account(WHO)
        assert (found.balance, found.own_points_since) == (105 + own, own)
        assert found.buckets == {LOT: 100 + own, None: 5}
        assert found.as_of == NOW + timedelta(minutes=included)
        assert members.owed(WHO) == 2 + 3 - included
        assert [hit.balance for hit in members.search("สมหญิง")] == [found.balance]


def test_account_counts_visits_and_qualifying_of_both(folder: DataFolder) -> None:
    put(folder, [account(100)], included_seq=0)
    made = bill(1)
    with folder.store.transaction() as tx:
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
    found = folder.store.members.account(WHO)
    assert (found.visits, found.last_visit) == (4, DAY)
    # Earned points count towards a tier, redeemed ones do not.
    assert found.qualifying == 46
    adjust(folder, 9, -2, kind=PointKind.REVERSE)
    adjust(folder, 10, 30, kind=PointKind.REVERSE)
    assert folder.store.members.account(WHO).qualifying == 44
    put(folder, [account(100, visits=4, last_visit="2026-11-21", qualifying=44)], included_seq=3)
    found = folder.store.members.account(WHO)
    assert (found.visits, found.last_visit, found.qualifying) == (4, DAY, 44)


def test_member_unknown_to_all_has_an_empty_account(folder: DataFolder) -> None:
    found = folder.store.members.account("nobody")
    assert (found.balance, found.visits, found.last_visit) == (0, 0, None)


def enrol(folder: DataFolder, who: Member) -> int:
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.MEMBER_ENROLLED, who.id, MemberEnrolled(who, ()))
        tx.add_member(who, seq)
    return seq


def update(folder: DataFolder, who: Member, event_id: str) -> int:
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.MEMBER_UPDATED, event_id, MemberUpdated(who))
        tx.add_member(who, seq)
    return seq


def test_member_enrolled_here_is_known_at_once_and_after_the_feed_came(folder: DataFolder) -> None:
    members = folder.store.members
    new = member(2, first_name="อรุณ", phone="+66899999999")
    seq = enrol(folder, new)

    def known() -> bool:
        return (
            members.by_id(new.id) == members.by_number(new.number) == members.by_phone(new.phone) == new
            and [hit.member for hit in members.search("อรุ")] == [new]
            and [hit.member for hit in members.search("0899999999")] == [new]
        )

    assert known()
    put(folder, [], included_seq=seq)
    assert members.by_id(new.id) == new, "acknowledged, and not yet come down"
    put(folder, [new], included_seq=seq)
    assert known()


def test_change_made_here_wins_until_head_office_knows_it(folder: DataFolder) -> None:
    members = folder.store.members
    old, new = member(1), member(1, phone="+66888888888", first_name="สมศรี")
    seq = update(folder, new, "update-1")
    assert members.by_phone(old.phone) is None
    assert members.by_phone(new.phone) == new
    assert [hit.member for hit in members.search("สมหญิง")] == []
    assert [hit.member for hit in members.search("สมศรี")] == [new]
    # Head office sends the old row again for another reason: still ours.
    put(folder, [old], included_seq=seq - 1)
    assert members.by_id(old.id) == new
    # It includes our change, and somebody changed the member after us.
    later = member(1, phone="+66877777777")
    put(folder, [later], included_seq=seq)
    assert members.by_id(old.id) == members.by_phone(later.phone) == later
    assert members.by_phone(new.phone) is None


def test_several_members_with_one_phone_give_the_same_one_every_time(folder: DataFolder) -> None:
    phone = "+66811112222"
    blocked = member(5, phone=phone, status=MemberStatus.BLOCKED, enrolled_at=NOW - timedelta(days=9))
    first = member(6, phone=phone, enrolled_at=NOW - timedelta(days=5))
    put(folder, [member(7, phone=phone), first, blocked])
    assert folder.store.members.by_phone(phone) == first


def test_coupon_state_of_the_later_one_wins(folder: DataFolder) -> None:
    coupons = folder.store.coupons
    theirs = coupon(1, issued_till_id="till-9")
    put(folder, [theirs, coupon(2, valid_to=DAY), coupon(3, valid_from=DAY + timedelta(days=1))])
    assert coupons.by_code(theirs.code) == theirs
    assert coupons.of_member(WHO, DAY) == (coupon(2, valid_to=DAY), theirs)
    assert len(coupons.of_member(WHO)) == 3
    event = CouponCancelled(theirs.code, "s", "", NOW)
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.COUPON_CANCELLED, "cancel-1", event)
        tx.set_coupon(theirs, CouponEventKind.CANCELLED, NOW, None, seq)
        inside = tx.coupon(theirs.code)
    assert inside is not None and inside.state is CouponState.CANCELLED
    put(folder, [theirs], included_seq=seq - 1)
    assert coupons.by_code(theirs.code) == replace(theirs, state=CouponState.CANCELLED)
    assert theirs.code not in [each.code for each in coupons.of_member(WHO, DAY)]
    reversed_later = replace(theirs, state=CouponState.REVERSED)
    put(folder, [reversed_later], included_seq=seq)
    assert coupons.by_code(theirs.code) == reversed_later
    assert reversed_later in coupons.of_member(WHO, DAY)


def test_deleted_rows_go(folder: DataFolder) -> None:
    put(folder, [account(100), coupon(4)])
    gone = [
        FeedChange("member", WHO, deleted=True),
        FeedChange("account", WHO, deleted=True),
        FeedChange("coupon", coupon(4).code, deleted=True),
    ]
    folder.sync_store.apply_changes(gone, 9, None, NOW)
    assert folder.store.members.by_id(WHO) is None
    assert folder.store.members.search("สมหญิง") == ()
    assert folder.store.members.account(WHO).balance == 0
    assert folder.store.coupons.by_code(coupon(4).code) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("สม", True),  # two characters of the first name
        ("ใจ", True),  # of the last name
        ("สมหญิง ใจ", True),
        ("หญิง", True),  # in the middle
        ("0810000001", True),
        ("081-000", True),
        ("๐๘๑", True),
        ("+66 81 000 0001", True),
        ("0001", True),  # the end of the phone
        ("290", True),
        ("0000001", True),
        ("ส", False),
        ("", False),
        ("ไม่มี", False),
        ("0999", False),
        ("%", False),
        ("__", False),
        ('"" OR ""', False),
        ("NEAR(", False),
        ("' OR 1=1 --", False),
        ("\U0001f600" * 3, False),
        ("x" * 100_000, False),
    ],
)
@pytest.mark.parametrize("where", ["replica", "here"])
def test_search_finds_by_any_part(tmp_path: Path, typed: str, found: bool, where: str) -> None:
    with make_store(tmp_path, [member(1)] if where == "replica" else []) as folder:
        if where == "here":
            enrol(folder, member(1))
        assert [hit.member for hit in folder.store.members.search(typed)] == ([member(1)] if found else [])


def test_erased_members_are_not_found(folder: DataFolder) -> None:
    put(folder, [member(1, status=MemberStatus.ERASED)])
    assert folder.store.members.search("สมหญิง") == ()
    assert folder.store.members.search("0810000001") == ()


def test_search_is_bounded(folder: DataFolder) -> None:
    put(folder, [member(n) for n in range(1, 60)])
    assert len(folder.store.members.search("สมหญิง", limit=7)) == 7
