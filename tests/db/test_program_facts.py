"""What programs leave at a till: stored whole, read back whole, added up to what head office has not included yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from pos_member.db.folder import DataFolder
from pos_member.db.upgrade import migrate
from pos_member.domain.bill import Bill, BillReturn, QuotaLeft
from pos_member.domain.codec import to_wire
from pos_member.domain.coupon import CouponDefinition, CouponEventKind, CouponState, CouponValueKind, Scope
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.events import EventKind, MemberEnrolled
from pos_member.domain.points import PointKind
from pos_member.domain.program import Effect, EffectKind, Goal, GoalMetric, Limits, Program
from pos_member.domain.tally import Period, Tally, TallyKind, sums
from pos_member.domain.tiers import MonthSum
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange, FeedPending, FeedQuota
from tests.db.db_values import bill, bill_return, coupon, entry, member, use
from tests.db.program_values import DAY, LOT, PENDING, REFERRER, STAMP_LOT, WHO, full_bill, full_return
from tests.db_support import NOW, TILL, make_store, put


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with make_store(tmp_path, [member(1), member(2)]) as made:
        yield made


def sell(folder: DataFolder, made: Bill) -> int:
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.BILL_COMPLETED, made.id, made)
        tx.add_bill(made, seq)
    return seq


def take_back(folder: DataFolder, made: BillReturn) -> int:
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.BILL_RETURNED, made.id, made)
        tx.add_return(made, seq)
        for currency, stamps in made.stamps_owed.items():
            tx.add_owed(made.member_id or "", stamps, seq, currency)
    return seq


def test_every_field_comes_back(folder: DataFolder) -> None:
    made, document = full_bill(1), full_return(1, qualifying_points=45)
    sell(folder, made)
    take_back(folder, document)
    assert folder.store.facts.bill(made.id) == made
    assert folder.store.facts.returns_of(made.id) == (document,)
    assert list(folder.store.evidence.entries()) == [*made.point_entries, *document.point_entries]
    assert list(folder.store.evidence.tallies()) == [
        *((1, tally) for tally in made.tallies),
        *((2, tally) for tally in document.tallies),
    ]
    assert ("tally", 1) in set(folder.store.evidence.fact_seqs())


def test_plain_facts_leave_no_row_and_no_text_more_than_before(folder: DataFolder) -> None:
    sell(folder, bill(1))
    with folder.till.read() as connection:
        kept = connection.exec_driver_sql("SELECT tier_change, basis, grants, qualifying_satang FROM bill").one()
        rows = [connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in ("tally", "given")]
    assert tuple(kept) == ("", "", "", 0)
    assert rows == [0, 0]


def test_a_plain_bill_is_written_with_the_statements_it_always_took(folder: DataFolder) -> None:
    """One per table that it has rows in, BEGIN, and one look at the queue's head."""
    said: list[str] = []

    def note(*args: object) -> None:
        said.append(str(args[2]).split(" (")[0])

    event.listen(folder.till._readers, "before_cursor_execute", note)
    sell(folder, bill(1))
    assert [words for words in said if words.startswith("INSERT")] == [
        "INSERT INTO change_queue",
        "INSERT INTO bill",
        "INSERT INTO bill_line",
        "INSERT INTO bill_discount",
        "INSERT INTO tender",
        "INSERT INTO point_entry",
        "INSERT INTO coupon",
        "INSERT INTO coupon_event",
    ]
    assert len(said) == 10, said


def test_account_of_a_till_alone(folder: DataFolder) -> None:
    sell(folder, full_bill(1))
    found = folder.store.members.account(WHO)
    # 6 + 40 + 12 earned, 100 spent out of another lot; stamps and the friend's points are not among them.
    assert found.buckets == {LOT: 58, None: -100}
    assert found.own_points_since == -42
    assert found.pending == {(PENDING, LOT): 40}
    assert found.wallets == {"coffee": {STAMP_LOT: -7}}
    assert found.months == {"2026-11": MonthSum(46, 29_000, 1)}
    assert found.counts == sums(tally for tally in full_bill(1).tallies if tally.member_id == WHO)
    assert (found.visits, found.qualifying, found.last_visit) == (1, 46, DAY)
    other = folder.store.members.account(REFERRER)
    assert (other.buckets, other.visits, other.months, other.counts) == ({LOT: 50}, 0, {}, {})
    assert other.qualifying == 0, "points of a referral do not count towards a tier"
    assert [hit.balance for hit in folder.store.members.search("0810000001")] == [-42]


def test_return_books_in_the_month_of_the_bill_and_takes_the_visit_back(folder: DataFolder) -> None:
    sell(folder, full_bill(1))
    sell(folder, full_bill(2, business_date=date(2026, 12, 1), qualifying_satang=100))
    take_back(folder, full_return(1, business_date=date(2026, 12, 11)))
    found = folder.store.members.account(WHO)
    # November: 46 less the 40 and 2 that came back, no spend and no visit left.
    assert found.months == {"2026-11": MonthSum(4, 0, 0), "2026-12": MonthSum(46, 100, 1)}
    assert (found.visits, found.last_visit) == (1, date(2026, 12, 1))
    assert found.counts == sums(tally for tally in full_bill(1).tallies if tally.member_id == WHO)
    assert found.pending == {(PENDING, LOT): 40}
    assert found.wallets == {"coffee": {STAMP_LOT: -17}}
    assert found.owed_stamps == {"coffee": 2}
    assert list(folder.store.evidence.stamp_debts()) == [(WHO, "coffee", 2)]
    assert list(folder.store.evidence.debts()) == []
    assert folder.store.members.account(REFERRER).buckets == {LOT: 50}


def test_head_offices_figures_and_own_since_are_one_account(folder: DataFolder) -> None:
    theirs = FeedAccount(
        WHO,
        (FeedBucket(LOT.isoformat(), 100), FeedBucket(None, 200)),
        qualifying=70,
        visits=4,
        last_visit="2026-10-02",
        pending=(FeedPending(PENDING.isoformat(), LOT.isoformat(), 30), FeedPending("2026-12-24", None, 5)),
        wallets={"coffee": (FeedBucket(STAMP_LOT.isoformat(), 7),), "tea": (FeedBucket(None, 2),), "empty": ()},
        months={"2026-10": MonthSum(70, 5_000, 4), "2026-11": MonthSum(1, 2, 3)},
        counts={"times|program-2|": 5, "remainder|program-1|": 300},
        owed_stamps={"coffee": 1, "tea": 4},
    )
    put(folder, [theirs], included_seq=0)
    first = sell(folder, full_bill(1))
    found = folder.store.members.account(WHO)
    assert found.buckets == {LOT: 158, None: 100}
    assert found.pending == {(PENDING, LOT): 70, (date(2026, 12, 24), None): 5}
    # Seven stamps came from head office, three earned and ten spent here: the wallet is gone.
    assert found.wallets == {"tea": {None: 2}}
    assert found.months == {"2026-10": MonthSum(70, 5_000, 4), "2026-11": MonthSum(47, 29_002, 4)}
    assert found.counts["times|program-2|"] == 7
    assert "remainder|program-1|" not in found.counts, "sums of zero are left out"
    assert found.counts["times|program-2|2026-11-21"] == 2
    assert found.owed_stamps == {"coffee": 1, "tea": 4}
    # Once head office includes the bill, its own figures are all there is.
    put(folder, [theirs], included_seq=first)
    alone = folder.store.members.account(WHO)
    assert alone.wallets == {"coffee": {STAMP_LOT: 7}, "tea": {None: 2}}
    assert (alone.months, alone.counts, alone.visits) == (theirs.months, theirs.counts, 4)
    assert alone.own_points_since == 0


def test_plain_account_of_the_feed_takes_no_more_room(folder: DataFolder) -> None:
    put(folder, [FeedAccount(WHO, (FeedBucket(None, 5),))])
    with folder.replica.read() as connection:
        assert connection.exec_driver_sql("SELECT more FROM account").scalar() == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"pending": (FeedPending("tomorrow", None, 1),)},
        {"pending": (FeedPending("2026-12-24", "never", 1),)},
        {"wallets": {"coffee": (FeedBucket("soon", 1),)}},
    ],
)
def test_days_that_are_none_change_nothing(folder: DataFolder, wrong: dict[str, object]) -> None:
    put(folder, [FeedAccount(WHO, (FeedBucket(None, 5),))])
    with pytest.raises(Refusal) as told:
        put(folder, [FeedAccount(WHO, (FeedBucket(None, 9),), **wrong)])  # type: ignore[arg-type]
    assert told.value.reason is Reason.PAYLOAD_INVALID
    assert folder.store.members.account(WHO).balance == 5


def test_figures_of_a_newer_head_office_do_not_stop_the_till(folder: DataFolder) -> None:
    body = {**to_wire(FeedAccount(WHO, (FeedBucket(None, 5),), months={"2026-W47": MonthSum(1)})), "badges": ["x"]}
    folder.sync_store.apply_changes([FeedChange("account", WHO, body=body)], 9, None, NOW)
    found = folder.store.members.account(WHO)
    assert (found.balance, found.months) == (5, {"2026-W47": MonthSum(1)})


def test_member_with_segments_and_friend(folder: DataFolder) -> None:
    theirs = member(3, segments=("vip", "ลูกค้าเก่า"), referred_by=WHO)
    put(folder, [theirs])
    assert folder.store.members.by_id(theirs.id) == theirs
    here = member(4, phone="+66899999999", referred_by=WHO)
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.MEMBER_ENROLLED, here.id, MemberEnrolled(here, ()))
        tx.add_member(here, seq)
    assert folder.store.members.by_phone(here.phone) == here
    assert folder.store.evidence.as_stored(MemberEnrolled(here, ()), seq) == MemberEnrolled(here, ())
    assert folder.sync_store.pending()[0].payload.count(b"referred_by") == 1


def definition(**more: object) -> CouponDefinition:
    made = CouponDefinition("definition-1", "C5", "คูปอง", "Coupon", CouponValueKind.AMOUNT, 2_000)
    return replace(made, **more)  # type: ignore[arg-type]


def test_coupon_for_three_uses_stays_usable_until_the_third(folder: DataFolder) -> None:
    card = coupon(50)
    put(folder, [definition(uses_per_code=3), card])
    states = []
    for n in (1, 2, 3):
        sell(folder, bill(n, coupons_used=(use(card.code),)))
        now = folder.store.coupons.by_code(card.code)
        assert now is not None
        states.append((now.state, now.uses, now.redeemed_bill_id))
    assert states == [
        (CouponState.ISSUED, 1, None),
        (CouponState.ISSUED, 2, None),
        (CouponState.REDEEMED, 3, "bill-000003"),
    ]
    with pytest.raises(Refusal) as told:
        sell(folder, bill(4, coupons_used=(use(card.code),)))
    assert told.value.reason is Reason.COUPON_USED
    # One use comes back, whichever bill it was: it can be used once more.
    take_back(folder, bill_return(1, 1, coupons_restored=(card.code,)))
    now = folder.store.coupons.by_code(card.code)
    assert now is not None and (now.state, now.uses, now.redeemed_bill_id) == (CouponState.REVERSED, 2, None)
    assert now in folder.store.coupons.of_member(WHO, DAY)
    sell(folder, bill(5, coupons_used=(use(card.code),)))
    now = folder.store.coupons.by_code(card.code)
    assert now is not None and (now.state, now.uses) == (CouponState.REDEEMED, 3)
    assert [row.event for row in folder.store.facts.coupon_events(card.code)] == [
        *[CouponEventKind.REDEEMED] * 3,
        CouponEventKind.REVERSED,
        CouponEventKind.REDEEMED,
    ]


def test_a_use_told_twice_counts_once(folder: DataFolder) -> None:
    card = coupon(50)
    put(folder, [definition(uses_per_code=2), card])
    made = bill(1, coupons_used=(use(card.code),))
    with folder.store.transaction() as tx:
        seq = tx.announce(EventKind.BILL_COMPLETED, made.id, made)
        tx.set_coupon(card, CouponEventKind.REDEEMED, made.completed_at, made.id, seq)
        tx.add_bill(made, seq)
        inside = tx.coupon(card.code)
    assert inside is not None and (inside.state, inside.uses) == (CouponState.ISSUED, 1)
    assert folder.store.facts.bill(made.id) == made


def test_coupon_for_one_use_counts_nothing(folder: DataFolder) -> None:
    put(folder, [definition(), coupon(50)])
    sell(folder, bill(1, coupons_used=(use(coupon(50).code),)))
    now = folder.store.coupons.by_code(coupon(50).code)
    assert now is not None and (now.state, now.uses) == (CouponState.REDEEMED, 0)
    take_back(folder, bill_return(1, 1, coupons_restored=(coupon(50).code,)))
    now = folder.store.coupons.by_code(coupon(50).code)
    assert now is not None and (now.state, now.uses) == (CouponState.REVERSED, 0)


def test_quotas_are_this_tills_alone(folder: DataFolder) -> None:
    before = folder.store.catalogue.version()
    put(folder, [FeedQuota("program-2", "till-1", 10, 5_000), FeedQuota("program-2", "till-2", 99)])
    put(folder, [FeedQuota("definition-1", "till-1", times=3)])
    assert folder.store.catalogue.version() > before, "callers read the rule book again"
    assert folder.store.catalogue.quotas() == {"program-2": QuotaLeft(10, 5_000), "definition-1": QuotaLeft(3)}
    put(folder, [FeedQuota("program-2", "till-1", 20, 5_000)])
    assert folder.store.catalogue.quotas()["program-2"] == QuotaLeft(20, 5_000)
    gone = FeedChange("quota", "definition-1|till-1", deleted=True)
    folder.sync_store.apply_changes([gone], 99, None, NOW)
    assert set(folder.store.catalogue.quotas()) == {"program-2"}


def test_what_was_given_is_known_within_the_transaction_and_comes_back_with_returns(folder: DataFolder) -> None:
    assert folder.store.facts.given() == {}
    made = full_bill(1)
    with folder.store.transaction() as tx:
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        assert tx.facts.given() == {"total|program-2|": 2, "budget|program-2|": 500}
        assert folder.store.facts.given() == {}, "nobody else sees it before the commit"
    sell(folder, full_bill(2))
    assert folder.store.facts.given() == {"total|program-2|": 4, "budget|program-2|": 1_000}
    back = (Tally(TallyKind.BUDGET, "program-2", "", -300, None, 2),)
    take_back(folder, full_return(1, tallies=back))
    assert folder.store.facts.given() == {"total|program-2|": 4, "budget|program-2|": 700}
    # Head office's figures coming down change nothing: the grant is for all of the till's life.
    put(folder, [FeedAccount(WHO, ())], included_seq=3)
    assert folder.store.facts.given() == {"total|program-2|": 4, "budget|program-2|": 700}
    stored = {(kind, key): amount for _, kind, key, amount in folder.store.evidence.given()}
    told = sums(tally for _, tally in folder.store.evidence.tallies() if tally.member_id is None)
    assert {f"{kind}|{key}|": amount for (kind, key), amount in stored.items()} == told


def test_given_goes_on_over_epochs_and_starts_anew_under_another_id(folder: DataFolder) -> None:
    sell(folder, full_bill(1))
    folder.sync_store.set_identity(replace(TILL, epoch=2), "http://127.0.0.1:8080")
    assert folder.store.facts.given() == {"total|program-2|": 2, "budget|program-2|": 500}
    other = replace(TILL, id="till-7", number=7)
    folder.sync_store.set_identity(other, "http://127.0.0.1:8080")
    assert folder.store.facts.given() == {}, "what another till gave counts against that till's quotas"
    sell(folder, full_bill(2, till_id="till-7"))
    assert folder.store.facts.given() == {"total|program-2|": 2, "budget|program-2|": 500}


def test_an_undone_transaction_gives_nothing(folder: DataFolder) -> None:
    made = full_bill(1)
    with pytest.raises(KeyError), folder.store.transaction() as tx:
        tx.add_bill(made, tx.announce(EventKind.BILL_COMPLETED, made.id, made))
        raise KeyError
    assert folder.store.facts.given() == {}
    assert folder.store.members.account(WHO).counts == {}


def test_balances_of_verify_keep_stamps_apart(folder: DataFolder) -> None:
    sell(folder, full_bill(1))
    assert sorted(folder.store.evidence.balances(), key=str) == sorted(
        [(WHO, LOT, 58), (WHO, None, -100), (REFERRER, LOT, 50)], key=str
    )
    assert list(folder.store.evidence.wallets()) == [(WHO, "coffee", STAMP_LOT, -7)]


def test_going_back_keeps_points_and_drops_what_the_older_build_has_no_words_for(folder: DataFolder) -> None:
    sell(folder, full_bill(1))
    take_back(folder, full_return(1))
    with folder.store.transaction() as tx:
        tx.add_owed(WHO, 5, 2)
    with folder.till.write() as connection:
        migrate(connection, "0001")
        points = connection.exec_driver_sql(
            "SELECT member_id, sum(points) FROM point_entry GROUP BY member_id ORDER BY member_id"
        ).all()
        owed = connection.exec_driver_sql("SELECT member_id, points FROM owed").all()
        migrate(connection, "head")
    assert [tuple(row) for row in points] == [(WHO, -63), (REFERRER, 0)]
    assert [tuple(row) for row in owed] == [(WHO, 5)]
    kept = folder.store.facts.bill(full_bill(1).id)
    assert kept is not None
    assert (kept.lines, kept.tenders, kept.total_satang) == (full_bill(1).lines, full_bill(1).tenders, 29_500)
    assert (kept.tallies, kept.basis, kept.grants, kept.tier_change) == ((), None, (), None)
    # The whole fact stays in the queue for head office.
    payload = json.loads(folder.sync_store.pending()[0].payload)
    assert payload["tier_change"] == {"before": "", "after": "silver"} and len(payload["tallies"]) == 7


def test_reversal_of_what_was_spent_is_no_qualifying_figure(folder: DataFolder) -> None:
    sell(folder, bill(1))
    back = entry(9, 70, kind=PointKind.REVERSE, bucket=None)
    take_back(folder, bill_return(1, point_entries=(back,), bill_date=DAY))
    found = folder.store.members.account(WHO)
    assert (found.qualifying, found.months) == (6, {"2026-11": MonthSum(6, 0, 1)})


def test_points_of_somebody_elses_bill_are_of_no_month(folder: DataFolder) -> None:
    """Months are implied by a member's own bills; a referrer has none."""
    sell(folder, bill(1, point_entries=(entry(1, 50, REFERRER, bill_id="bill-000001"),)))
    take_back(folder, bill_return(1, point_entries=(entry(2, -50, REFERRER, kind=PointKind.REVERSE),)))
    assert folder.store.members.account(REFERRER).months == {}
    assert folder.store.members.account(WHO).months == {"2026-11": MonthSum(0, 0, 1)}


def test_return_without_the_bills_day_books_in_its_own_month(folder: DataFolder) -> None:
    sell(folder, bill(1))
    take_back(folder, bill_return(1, business_date=DAY + timedelta(days=30)))
    assert folder.store.members.account(WHO).months == {"2026-11": MonthSum(6, 0, 1), "2026-12": MonthSum(-2, 0, 0)}


def test_programs_and_definitions_come_down_whole_also_those_of_a_newer_build(folder: DataFolder) -> None:
    effect = Effect(
        EffectKind.BUY_X_GET_Y, buy=10, get=3, percent_bp=10_000, get_scope=Scope(tags=("pen",)), currency="coffee"
    )
    ours = Program(
        "program-2",
        "P2",
        "ซื้อ 10",
        "Buy 10",
        effect,
        limits=Limits(total=5, budget_satang=100),
        format=2,
        goal=Goal(GoalMetric.SPEND, 100_000, Period.MONTH),
    )
    coupons = definition(uses_per_code=3, total=7, valid_until=DAY, minimum_quantity_milli=2_000, format=2)
    put(folder, [ours, coupons])
    assert folder.store.catalogue.programs() == (ours,)
    assert folder.store.catalogue.definitions() == (coupons,)
    later = {**to_wire(ours), "format": 3, "moon": "full", "effect": {"kind": "moonlight", "glow": 7}}
    strange = {**to_wire(coupons), "value_kind": "moonlight", "glow": 7}
    changes = [FeedChange("program", ours.id, body=later), FeedChange("coupon_definition", coupons.id, body=strange)]
    folder.sync_store.apply_changes(changes, 99, None, NOW)
    [program], [inert] = folder.store.catalogue.programs(), folder.store.catalogue.definitions()
    assert (program.id, program.format, program.effect) == ("program-2", 3, Effect("moonlight"))
    assert (inert.code, inert.value_kind) == ("C5", CouponValueKind.UNKNOWN)
    with folder.replica.read() as connection:
        body = connection.exec_driver_sql("SELECT body FROM item WHERE entity = 'program'").scalar_one()
    assert json.loads(body) == later, "kept as it came, for the build that can read it"
