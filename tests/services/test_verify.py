"""Each invariant is tried on a file that breaks it: a check that cannot fail holds nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_member.db import epochs
from pos_member.domain.member import Identified
from pos_member.services.sync_ports import KEEP_ACKED_DAYS, Doubt, FeedAccount, FeedBucket, FeedPending
from pos_member.services.verify import PROBLEMS_SHOWN_MAX
from tests.db_support import TILL, put
from tests.factories import World, make_organisation, make_settings
from tests.services.rich import PROGRAMS, rich_world

REWARD = "01930000-0000-7000-8000-000000000105"


def _history(world: World) -> None:
    """A bit of everything."""
    member = world.enrol()
    world.give_points(member, 200)
    first = world.sell({"giftbox": 2, "tea": 3}, member).bill
    draft = world.till.redemption.lay_coupon(world.draft({"mug": 1}, member), first.coupons_issued[0].code)
    second = world.pay(world.till.redemption.choose_reward(draft, REWARD, 1)).bill
    returns = world.till.returns
    for bill_id, lines in ((first.id, {1: 1000}), (second.id, {1: 1000})):
        returns.complete(world.session("1003"), bill_id, lines, return_id=returns.new_id())
    world.till.shifts.open(world.session(), 0)
    world.till.shifts.close(world.session(), 0, "th")


def test_a_true_history_is_clean_and_progress_is_told(world: World) -> None:
    _history(world)
    told: list[tuple[int, int]] = []
    result = world.till.verify.run(lambda done, total: told.append((done, total)))
    assert result.ok, result
    names = [
        "queue",
        "bills",
        "returns",
        "claims",
        "points",
        "coupons",
        "tallies",
        "rights",
        "rules",
        "counters",
        "days",
    ]
    assert [check.name for check in result.checks] == names
    assert all(check.counted > 0 for check in result.checks if check.name not in ("tallies", "claims"))
    assert told and all(done <= total for done, total in told) and told == sorted(told)


def test_another_rate_of_vat_later_does_not_make_old_bills_wrong(world: World) -> None:
    _history(world)
    put(world.folder, [make_organisation(make_settings(vat_rate_bp=1_000))])
    assert world.sell({"mug": 1}).bill.vat_satang == 1_818
    assert world.till.verify.run().ok


def test_an_empty_till_is_clean(world: World) -> None:
    assert world.till.verify.run().ok


@pytest.mark.parametrize(
    ("damage", "check", "words"),
    [
        ("UPDATE change_queue SET payload = cast('{}' AS BLOB) WHERE seq = 4", "queue", "does not match its hash"),
        ("UPDATE change_queue SET chain = zeroblob(32) WHERE seq = 4", "queue", "chain is broken"),
        ("DELETE FROM change_queue WHERE seq = 4", "queue", "expected"),
        ("DELETE FROM audit WHERE seq = (SELECT min(seq) FROM audit)", "queue", "without its fact"),
        ("INSERT INTO owed (seq, member_id, points) VALUES (999, 'm', 5)", "points", "a debt of 5"),
        (
            "INSERT INTO audit SELECT 'x', 999, act, staff_id, approved_by, till_id, at_us, subject_id, detail"
            " FROM audit LIMIT 1",
            "queue",
            "not in the queue",
        ),
        ("UPDATE bill SET staff_id = 'somebody-else'", "queue", "is not what was stored"),
        ("UPDATE member SET phone = '+66800000000'", "queue", "member.enrolled is not what was stored"),
        ("DELETE FROM consent WHERE position = 1", "queue", "member.enrolled is not what was stored"),
        ("UPDATE consent SET granted = 1 - granted", "queue", "member.enrolled is not what was stored"),
        ("UPDATE point_entry SET staff_id = 'x' WHERE kind = 'adjust'", "queue", "points.adjusted is not what"),
        ("UPDATE shift SET float_satang = 5", "queue", "shift.opened is not what was stored"),
        ("UPDATE shift_close SET counted_satang = 5", "queue", "shift.closed is not what was stored"),
        ("UPDATE audit SET staff_id = 'x' WHERE act = 'points_adjusted'", "queue", "audit.recorded is not what"),
        ("UPDATE change_queue SET event_id = 'x' WHERE seq = 4", "queue", "different ids"),
        ("UPDATE change_queue SET kind = 'bill.unknown' WHERE seq = 4", "queue", "cannot be read"),
        ("DELETE FROM change_queue WHERE seq < 4", "queue", "it begins at 4"),
        ("INSERT INTO ack (seq, at_us) VALUES (99999, 0)", "queue", "99999 is acknowledged"),
        ("UPDATE bill_return SET reason = 'other'", "queue", "is not what was stored"),
        ("UPDATE bill_line SET points_earned = points_earned + 1 WHERE line_no = 1", "bills", "points earned by line"),
        ("UPDATE tender SET amount_satang = amount_satang + 1", "bills", "payment"),
        ("UPDATE bill_discount SET amount_satang = amount_satang + 1", "bills", "discounts"),
        ("UPDATE bill SET vat_satang = total_satang + 1", "bills", "VAT"),
        ("UPDATE bill_line SET quantity_milli = quantity_milli * 2", "bills", "line 1 is"),
        ("UPDATE bill_line SET points_paid_satang = 0", "bills", "part paid with points"),
        ("UPDATE bill_discount SET points = points + 1 WHERE points > 0", "bills", "points of rewards"),
        ("UPDATE bill_discount SET lines = replace(lines, '00', '01') WHERE lines != ''", "bills", "reward by line"),
        ("UPDATE coupon_use SET amount_satang = amount_satang + 1", "bills", "coupons is"),
        ("UPDATE point_entry SET line_no = line_no + 1 WHERE kind = 'earn'", "bills", "do not earn the same"),
        ("UPDATE point_entry SET bill_id = 'x' WHERE kind = 'redeem'", "bills", "another bill's"),
        ("UPDATE tender SET kind = 'card'; UPDATE bill SET change_satang = 5", "bills", "change from 0 cash"),
        ("UPDATE return_line SET points_reversed = points_reversed + 1", "returns", "not those of its lines"),
        ("UPDATE bill_return SET member_id = 'x'", "returns", "names another member"),
        ("UPDATE return_line SET quantity_milli = quantity_milli * 9", "returns", "thousandths came back"),
        ("UPDATE bill_return SET refund_satang = refund_satang + 90000", "returns", "money came back"),
        ("UPDATE bill_return SET points_taken_back = points_taken_back + 500", "returns", "earned points came back"),
        ("UPDATE bill_return SET bill_id = 'another'", "returns", "its bill is not here"),
        ("UPDATE bill_return SET coupons_voided = '[\"8111\"]'", "returns", "not of this bill"),
        ("UPDATE point_entry SET points = points + 1 WHERE kind = 'earn'", "points", "announced"),
        ("DELETE FROM point_entry WHERE kind = 'redeem'", "points", "not both"),
        ("UPDATE coupon SET state = 'redeemed' WHERE number = 1", "coupons", "its events make"),
        ("DELETE FROM coupon_event WHERE kind = 'issued'", "coupons", "stored without an event"),
        ("UPDATE coupon_event SET kind = 'redeemed' WHERE kind = 'reversed'", "coupons", "while redeemed"),
        (
            # A used coupon made good again: its event is gone, and its state says so too.
            "DELETE FROM coupon_event WHERE kind IN ('redeemed', 'reversed');"
            " UPDATE coupon SET state = 'issued', redeemed_bill_id = NULL",
            "coupons",
            "redeemed by bill",
        ),
        (
            "INSERT INTO coupon_event (seq, code, kind, at_us, bill_id)"
            " SELECT seq, code, 'voided_by_return', at_us, bill_id FROM coupon_event WHERE kind = 'issued' LIMIT 1",
            "coupons",
            "on no paper",
        ),
        ("DELETE FROM coupon WHERE number = 1", "coupons", "events without the coupon"),
        ("UPDATE counter SET value = value + 1 WHERE name = 'bill'", "counters", "is missing"),
        ("UPDATE counter SET value = value - 1 WHERE name = 'return'", "counters", "beyond the counter"),
        ("UPDATE counter SET value = value + 1 WHERE name = 'member'", "counters", "were enrolled"),
    ],
)
def test_damage_is_found_by_the_check_it_belongs_to(world: World, damage: str, check: str, words: str) -> None:
    _history(world)
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for statement in damage.split(";"):
            assert connection.exec_driver_sql(statement).rowcount > 0
    result = world.till.verify.run()
    found = next(one for one in result.checks if one.name == check)
    assert not result.ok and not found.ok
    assert any(words in problem for problem in found.problems), found.problems


def test_many_problems_are_counted_and_few_are_shown(world: World) -> None:
    for _ in range(PROBLEMS_SHOWN_MAX + 5):
        world.sell({"tea": 1})
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE bill SET vat_satang = total_satang + 1")
    bills = world.till.verify.run().checks[1]
    assert not bills.ok and len(bills.problems) == PROBLEMS_SHOWN_MAX and bills.counted == PROBLEMS_SHOWN_MAX + 5


def test_codes_of_coupons_are_not_told(world: World) -> None:
    _history(world)
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE coupon SET state = 'cancelled'")
    problems = next(one for one in world.till.verify.run().checks if one.name == "coupons").problems
    codes = [coupon.code for coupon in world.store.evidence.coupons()]
    assert problems and not any(code in problem for code in codes for problem in problems)


def test_a_pruned_queue_and_a_new_epoch_are_no_damage(world: World) -> None:
    _history(world)
    sync = world.folder.sync_store
    half = world.store.facts.queue_status().head_seq // 2
    sync.mark_acked(half, world.clock.now())
    world.clock.forward(timedelta(days=KEEP_ACKED_DAYS + 1))
    assert sync.prune_acked(world.clock.now()) > 0
    assert world.till.verify.run().ok
    for identity in (replace(TILL, epoch=TILL.epoch + 1), replace(TILL, id="till-2", number=2)):
        sync.set_identity(identity, "http://x")
        world.use(world.folder.store)
        world.sell({"tea": 1})
        world.enrol(f"081000000{identity.number}")
        result = world.till.verify.run()
        assert result.ok, result
        sync.mark_acked(sync.head()[0], world.clock.now())


def test_numbers_are_contiguous_within_every_epoch_and_those_missing_are_named(world: World) -> None:
    sync = world.folder.sync_store
    for _ in range(3):
        world.sell({"tea": 1})
    sync.mark_acked(sync.head()[0], world.clock.now())
    sync.begin_epoch(TILL.epoch + 1, {"bill": 11}, world.clock.now())  # head office had heard of ten bills
    world.use(world.folder.store)
    for _ in range(4):
        world.sell({"tea": 1})
    assert world.till.verify.run().ok
    assert [number[-4:] for _, number in world.store.evidence.numbers("bill")] == [
        f"{n:04d}" for n in (1, 2, 3, 11, 12, 13, 14)
    ]

    def found(*damage: str) -> list[str]:
        with world.folder.till.write() as connection:
            for statement in damage:
                assert connection.exec_driver_sql(statement).rowcount == 1
        checks = {check.name: check.problems for check in world.till.verify.run().checks}
        return [problem for problem in checks["counters"] if "missing" in problem]

    # Sold in the new epoch, and gone from the middle of it: no new epoch explains that.
    lost = "UPDATE bill SET number = replace(number, '{:04d}', '{:04d}') WHERE number LIKE '%-%{:04d}'"
    later = "bill numbers 12 to 13 are missing (2)"
    assert found(lost.format(12, 98, 12), lost.format(13, 99, 13)) == [later]
    assert found(lost.format(2, 97, 2)) == ["bill number 2 is missing", later]


def test_numbers_left_out_after_a_backup_was_put_back_are_none_missing_before_head_office_answers(world: World) -> None:
    for _ in range(3):
        world.sell({"tea": 1})
    world.folder.sync_store.mark_acked(world.folder.sync_store.head()[0], world.clock.now())
    with world.folder.till.write() as connection:  # as at the start of a till whose database is older than its sidecar
        epochs.raise_doubt(connection, Doubt.RESTORED)
        epochs.skip_numbers(connection, world.clock.now(), {"bill": 5})
    assert world.till.verify.run().ok
    world.use(world.folder.store)
    for _ in range(2):
        world.sell({"tea": 1})
    assert world.till.verify.run().ok
    world.folder.sync_store.begin_epoch(TILL.epoch + 1, {"bill": 108}, world.clock.now())
    world.use(world.folder.store)
    world.sell({"tea": 1})
    assert world.till.verify.run().ok
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE bill SET number = replace(number, '0002', '0998') WHERE number LIKE '%0002'")
    checks = {check.name: check.problems for check in world.till.verify.run().checks}
    assert "bill number 2 is missing" in checks["counters"]


def _counted(world: World, *damage: str) -> tuple[str, ...]:
    """What ``verify`` says of the numbers after so much damage."""
    with world.folder.till.write() as connection:
        for statement in damage:
            assert connection.exec_driver_sql(statement).rowcount == 1
    return next(check.problems for check in world.till.verify.run().checks if check.name == "counters")


def _nothing_noted(world: World) -> None:
    """As older builds leave it."""
    with world.folder.till.write() as connection:
        connection.exec_driver_sql("DELETE FROM sync_note WHERE name LIKE 'left_out%'")


def _sell_in_doubt(world: World, doubt: Doubt, *, then: dict[str, int]) -> None:
    """A till that is not what was here last leaves numbers out and sells; head office answers, and it sells on."""
    world.sell({"tea": 1})
    world.folder.sync_store.mark_acked(world.folder.sync_store.head()[0], world.clock.now())
    with world.folder.till.write() as connection:
        epochs.raise_doubt(connection, doubt)
        epochs.skip_numbers(connection, world.clock.now(), {"bill": 50})  # to 150
    world.use(world.folder.store)
    world.sell({"tea": 1})
    world.folder.sync_store.begin_epoch(TILL.epoch + 1, then, world.clock.now())
    world.use(world.folder.store)
    for _ in range(3):
        world.sell({"tea": 1})
    world.enrol()


def test_head_office_may_leave_out_more_than_a_copy_did_by_itself(world: World) -> None:
    """Room for weeks, and four times that where head office itself was put back: what lies between is not missing."""
    _sell_in_doubt(world, Doubt.CLONED, then={"bill": 80_001, "return": 20_001, "member": 8_001})
    assert _counted(world) == ()
    assert [number[-6:] for _, number in world.store.evidence.numbers("bill")] == [
        f"{n:06d}" for n in (1, 151, 80_001, 80_002, 80_003)
    ]


def test_only_what_was_left_out_may_be_missing(world: World) -> None:
    _sell_in_doubt(world, Doubt.RESTORED, then={"bill": 120})
    assert _counted(world) == ()
    lost = "UPDATE bill SET number = replace(number, '{0:06d}', '{1:06d}') WHERE number LIKE '%{0:06d}'"
    assert _counted(world, lost.format(1, 2)) == ("bill number 1 is missing",)
    assert _counted(world, "UPDATE counter SET value = 158 WHERE name = 'bill'") == (
        "bill number 1 is missing",
        "bill numbers 155 to 158 are missing (4)",
    )
    assert _counted(world, "UPDATE counter SET value = value + 1 WHERE name = 'member'")[2:] == (
        "counter member is 102, 1 were enrolled",
    )


def test_a_new_epoch_that_left_nothing_out_excuses_nothing(world: World) -> None:
    world.sell({"tea": 1})
    world.folder.sync_store.begin_epoch(TILL.epoch + 1, {"bill": 2}, world.clock.now())
    world.use(world.folder.store)
    for _ in range(3):
        world.sell({"tea": 1})
    assert _counted(world) == ()
    lost = "UPDATE bill SET number = replace(number, '000003', '000998') WHERE number LIKE '%000003'"
    assert "bill number 3 is missing" in _counted(world, lost)


def test_what_older_builds_left_out_nobody_noted(world: World) -> None:
    """There one stretch may be missing after each epoch began, wherever it is; and no second one."""
    _sell_in_doubt(world, Doubt.RESTORED, then={"bill": 120})
    _nothing_noted(world)
    assert _counted(world) == ()
    lost = "UPDATE bill SET number = replace(number, '000153', '000998') WHERE number LIKE '%000153'"
    gone = "UPDATE counter SET value = 155 WHERE name = 'bill'"
    assert "bill number 153 is missing" in _counted(world, lost, gone)


@pytest.mark.parametrize("upgraded", ["in doubt", "afterwards"])
def test_what_an_older_build_left_out_excuses_nothing_of_this_one(world: World, upgraded: str) -> None:
    sync = world.folder.sync_store
    world.sell({"tea": 1})
    sync.mark_acked(sync.head()[0], world.clock.now())
    with world.folder.till.write() as connection:
        epochs.raise_doubt(connection, Doubt.RESTORED)
        epochs.skip_numbers(connection, world.clock.now(), {"bill": 50})
    if upgraded == "in doubt":
        _nothing_noted(world)
    world.use(world.folder.store)
    world.sell({"tea": 1})
    sync.begin_epoch(TILL.epoch + 1, {}, world.clock.now())
    if upgraded == "afterwards":
        _nothing_noted(world)
    sync.begin_epoch(TILL.epoch + 2, {"bill": 500}, world.clock.now())
    world.use(world.folder.store)
    world.sell({"tea": 1})
    assert _counted(world) == ()
    assert _counted(world, "UPDATE counter SET value = 501 WHERE name = 'bill'") == ("bill number 501 is missing",)


# --- programs ---------------------------------------------------------------------------------------------


def _rich_history(world: World) -> None:
    """Stamps earned, spent and owed; tiers, quotas, missions, a friend, coupons in part voided and withheld."""
    old = world.enrol("0811111111")
    new = world.enrol("0822222222", referred_by="0811111111")
    goods = {"latte": 5, "tea": 2, "mug": 2, "cake": 1, "syrup": 3, "giftbox": 3, "beans": 1, "filter": 1}
    first = world.sell(goods, new).bill
    draft = world.till.redemption.choose_reward(world.draft({"latte": 2}, new), "free-cup", 1)
    draft = world.till.redemption.choose_reward(draft, "buy-coupon", 1)
    world.pay(draft)
    small = world.sell({"giftbox": 1}, old).bill
    code = small.coupons_issued[0].code
    world.pay(world.till.redemption.lay_coupon(world.draft({"beans": 1}, old), code))
    returns = world.till.returns
    returns.complete(world.session("1003"), small.id, {1: 1_000}, return_id=returns.new_id())
    for lines in ({1: 5_000, 6: 1_000}, {3: 1_000, 6: 2_000, 4: 1_000}):
        returns.complete(world.session("1003"), first.id, lines, return_id=returns.new_id())
    world.sell({"tea": 1, "mug": 1}, old)
    late = world.sell({"latte": 3, "giftbox": 2, "cookie": 3}).bill
    claims = world.till.claims
    claims.give(world.session(), late.receipt_code, old.id, Identified.CARD, claim_id=claims.new_id())
    returns.complete(world.session("1003"), late.id, {1: 1_000}, return_id=returns.new_id())
    world.till.shifts.open(world.session(), 0)
    world.till.shifts.close(world.session(), 0, "th")


def test_a_history_of_every_program_is_clean(rich: World) -> None:
    _rich_history(rich)
    result = rich.till.verify.run()
    assert result.ok, [check for check in result.checks if not check.ok]
    assert all(check.counted > 0 for check in result.checks)


@pytest.mark.parametrize(
    ("damage", "check", "words"),
    [
        ("UPDATE tally SET amount = amount + 1 WHERE kind = 'total'", "queue", "is not what was stored"),
        ("DELETE FROM tally WHERE kind = 'entries'", "queue", "is not what was stored"),
        ("UPDATE given SET amount = amount + 1", "tallies", "is kept, the tallies make"),
        ("DELETE FROM given", "tallies", "0 is kept"),
        ("UPDATE tally SET member_id = NULL WHERE kind = 'times'", "tallies", "counted for the wrong one"),
        ("UPDATE tally SET amount = -9 WHERE kind = 'rewarded'", "tallies", "more came back than was counted"),
        ("UPDATE given SET amount = amount + 99000 WHERE kind = 'budget'", "tallies", "of a quota of 5000"),
        ("UPDATE tally SET amount = amount * 3 WHERE amount < 0", "returns", "came back"),
        ("UPDATE point_entry SET points = points * 9 WHERE kind = 'reverse'", "returns", "of one entry came back"),
        ("UPDATE point_entry SET reverses_id = 'x' WHERE kind = 'reverse'", "returns", "that the bill did not move"),
        ("UPDATE bill_return SET qualifying_satang = 99000000", "returns", "towards tiers came back"),
        ("UPDATE bill_return SET qualifying_points = 9999", "returns", "points towards tiers came back"),
        ("UPDATE bill_return SET qualifying_points = -1", "returns", "points towards tiers came back"),
        ("UPDATE bill_return SET complete = 1", "returns", "and goods are out"),
        ("UPDATE bill_return SET bill_date = '2026-01-01'", "returns", "names another day"),
        ("UPDATE bill_return SET coupons_withheld = '{\"x\":1}'", "returns", "not the sum over its coupons"),
        ("UPDATE bill_claim SET business_date = '2026-11-20'", "claims", "on another day"),
        ("UPDATE bill_claim SET bill_id = 'x'", "claims", "its bill is not here"),
        ("UPDATE bill_claim SET member_id = 'x'", "claims", "a point entry is another member's"),
        ("UPDATE bill_claim SET member_id = 'x'", "returns", "another member"),
        ("UPDATE bill_claim SET qualifying_satang = 99000000", "claims", "counts towards tiers"),
        ("UPDATE bill_claim SET qualifying_satang = 1", "rules", "money towards tiers is 1"),
        ("UPDATE bill_claim SET staff_id = 'x'", "queue", "bill.claimed is not what was stored"),
        ("DELETE FROM bill_claim", "queue", "bill.claimed is not what was stored"),
        (
            "UPDATE bill SET member_id = 'x' WHERE id = (SELECT bill_id FROM bill_claim)",
            "claims",
            "claimed, and it has a member",
        ),
        ("UPDATE owed SET points = points + 1 WHERE currency = 'COFFEE'", "points", "COFFEE is stored"),
        ("DELETE FROM owed WHERE currency = 'COFFEE'", "points", "a debt of 0 COFFEE"),
        ("UPDATE point_entry SET currency = 'TEA' WHERE currency = 'COFFEE' AND kind = 'earn'", "points", "TEA"),
        ("UPDATE point_entry SET points = 9 WHERE currency = 'COFFEE' AND kind = 'earn'", "rules", "entries earned"),
        ("UPDATE point_entry SET qualifying = 1 - qualifying WHERE kind = 'earn'", "rules", "entries earned"),
        ("UPDATE bill SET qualifying_satang = qualifying_satang + 1", "rules", "money towards tiers"),
        ("UPDATE bill SET tier_change = ''", "rules", "tier is None"),
        ("UPDATE bill SET grants = ''", "rules", "terms of coupons"),
        ("UPDATE bill SET vat_satang = vat_satang + 1", "rules", "VAT"),
        ("UPDATE coupon SET program_id = 'another'", "rules", "coupons issued"),
        ("UPDATE tally SET amount = amount + 1 WHERE kind = 'remainder'", "rules", "counts"),
        ("UPDATE coupon SET uses = 0; UPDATE coupon SET state = 'redeemed' WHERE uses = 0", "coupons", "events make"),
    ],
)  # fmt: skip
def test_damage_to_what_programs_did_is_found(rich: World, damage: str, check: str, words: str) -> None:
    _rich_history(rich)
    with rich.folder.till.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for statement in damage.split(";"):
            assert connection.exec_driver_sql(statement).rowcount > 0
    result = rich.till.verify.run()
    found = next(one for one in result.checks if one.name == check)
    assert not result.ok and not found.ok
    assert any(words in problem for problem in found.problems), found.problems


def test_uses_of_a_code_for_several_are_counted(rich: World) -> None:
    member = rich.enrol()
    rich.give_points(member, 100)
    bill = rich.pay(rich.till.redemption.choose_reward(rich.draft({"giftbox": 1}, member), "buy-coupon", 1)).bill
    [code] = [coupon.code for coupon in bill.coupons_issued if coupon.definition_id == "three-times"]
    rich.pay(rich.till.redemption.lay_coupon(rich.draft({"giftbox": 1}, member), code))
    assert rich.till.verify.run().ok
    with rich.folder.till.write() as connection:
        connection.exec_driver_sql("UPDATE coupon SET uses = 0 WHERE definition_id = 'three-times'")
    [coupons] = [one for one in rich.till.verify.run().checks if one.name == "coupons"]
    assert "0 uses are stored, its events make 1" in coupons.problems[0]


def test_a_code_for_several_that_is_used_up_makes_no_bill_wrong(rich: World) -> None:
    """Each of its bills found it with a use left, whatever is left of it now."""
    member = rich.enrol()
    rich.give_points(member, 100)
    bill = rich.pay(rich.till.redemption.choose_reward(rich.draft({"giftbox": 1}, member), "buy-coupon", 1)).bill
    [code] = [coupon.code for coupon in bill.coupons_issued if coupon.definition_id == "three-times"]
    for _ in range(3):
        rich.clock.forward(timedelta(days=1))
        rich.pay(rich.till.redemption.lay_coupon(rich.draft({"giftbox": 1}, member), code))
    result = rich.till.verify.run()
    assert result.ok, [check for check in result.checks if not check.ok]
    assert next(one for one in result.checks if one.name == "rules").counted == 4


def test_a_return_may_take_what_is_pending_from_another_till(tmp_path: Path) -> None:
    world = rich_world(tmp_path, points_pending_days=5)
    try:
        member = world.enrol()
        first = world.sell({"giftbox": 1}, member).bill
        lot = first.point_entries[0].bucket
        assert lot is not None
        world.clock.forward(timedelta(days=7))
        elsewhere = FeedPending("2026-12-03", lot.isoformat(), 100)
        put(world.folder, [FeedAccount(member.id, (FeedBucket(lot.isoformat(), 100),), pending=(elsewhere,))])
        returns = world.till.returns
        back = returns.complete(world.session("1003"), first.id, {1: 1_000}, return_id=returns.new_id()).document
        assert {each.spendable_from for each in back.point_entries if not each.currency} == {date(2026, 12, 3)}
        result = world.till.verify.run()
        assert result.ok, [check for check in result.checks if not check.ok]
    finally:
        world.folder.close()


def test_rules_of_yesterday_are_no_damage(rich: World) -> None:
    _rich_history(rich)
    put(rich.folder, [replace(PROGRAMS[0], active=False)])
    result = rich.till.verify.run()
    assert result.ok and next(one for one in result.checks if one.name == "rules").counted == 0
