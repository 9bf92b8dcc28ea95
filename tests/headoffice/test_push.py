"""Push: gaps, forks, broken chains, poison, exceptions; each refused or set aside, nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pos_member.domain import codec
from pos_member.domain.chain import GENESIS, link, payload_hash
from pos_member.domain.errors import Reason
from pos_member.domain.events import EventKind, MemberEnrolled, MemberUpdated, PointsAdjusted
from pos_member.domain.ledger import OWED_REPAID
from pos_member.domain.member import MemberStatus
from pos_member.domain.points import PointKind
from pos_member.headoffice import admin, world
from pos_member.headoffice.parts import Part
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import QueuedEvent
from pos_member.sync import protocol
from pos_member.sync.enrol import TokenSource
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import (
    CLOCK,
    MEMBERS,
    Till,
    make_bill,
    make_coupon,
    make_entry,
    make_member,
    make_return,
    new_id,
    open_exceptions,
    rows,
    use,
)
from tests.log_watch import ExpectLog


def token_of(office: HeadOffice, till: Till) -> str:
    link_ = till.folder.sync_store.link()
    assert link_ is not None and link_.private_key is not None
    return TokenSource(till.identity.id, link_.private_key, CLOCK).token(DirectLine(office))


def sync(office: HeadOffice, till: Till) -> Any:
    return till.engine(DirectLine(office)).sync_once()


def queue(
    payloads: list[bytes], kind: str = "bill.completed", first: int = 1, chain: str = GENESIS
) -> list[QueuedEvent]:
    made = []
    for seq, payload in enumerate(payloads, first):
        sha = payload_hash(payload)
        chain = link(chain, seq, sha)
        made.append(QueuedEvent(seq, new_id(), kind, 1, payload, sha, chain, CLOCK.now()))
    return made


def bills(till: Till, count: int, first: int = 1) -> list[bytes]:
    made = (make_bill(till.identity, first + n, member=None, points=0, redeem=0) for n in range(count))
    return [codec.canonical_bytes(bill) for bill in made]


def push(office: HeadOffice, till: Till, events: list[QueuedEvent]) -> protocol.PushAnswer:
    return office.push(office.authenticate(token_of(office, till)), protocol.encode_batch(1, events))


def refusal(office: HeadOffice, till: Till, events: list[QueuedEvent]) -> Problem:
    with pytest.raises(Problem) as caught:
        push(office, till, events)
    return caught.value


def test_a_gap_is_refused_with_where_to_go_on(office: HeadOffice, till: Till) -> None:
    events = queue(bills(till, 5))
    push(office, till, events[:2])
    problem = refusal(office, till, events[3:])
    assert (problem.status, problem.extra) == (409, {"expected_seq": 3})
    assert len(rows(office.database, "bill")) == 2
    answer = push(office, till, events[1:])
    assert [item.status for item in answer.items] == ["duplicate", "applied", "applied", "applied"]
    assert answer.last_seq == 5


def test_another_body_under_a_known_number_is_a_fork(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    expected_logs("fork")
    push(office, till, queue(bills(till, 3)))
    problem = refusal(office, till, queue(bills(till, 4)))
    assert (problem.status, problem.code) == (409, protocol.ErrorCode.FORK)
    assert len(rows(office.database, "bill")) == 3  # the fourth, which was new, did not slip in either
    assert ("fork", till.identity.id) in open_exceptions(office.database)


def test_a_broken_chain_changes_nothing(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    expected_logs("chain_broken")
    events = queue(bills(till, 3))
    events[-1] = replace(events[-1], chain="0" * 64)
    assert refusal(office, till, events).code is protocol.ErrorCode.CHAIN_BROKEN
    assert rows(office.database, "event") == []
    assert ("chain_broken", till.identity.id) in open_exceptions(office.database)


def test_a_known_prefix_from_another_history_is_seen(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    """All of the batch is known by hash, yet the sender's chain there is another: its past differs."""
    expected_logs("chain_broken")
    events = queue(bills(till, 3))
    push(office, till, events)
    strange = replace(events[2], chain=link("11" * 32, 3, events[2].sha256))
    assert refusal(office, till, [strange]).code is protocol.ErrorCode.CHAIN_BROKEN


def test_another_epoch_is_refused(office: HeadOffice, till: Till) -> None:
    events = queue(bills(till, 1))
    with pytest.raises(Problem) as caught:
        office.push(office.authenticate(token_of(office, till)), protocol.encode_batch(2, events))
    assert caught.value.code is protocol.ErrorCode.EPOCH


@pytest.mark.parametrize(
    ("payload", "kind", "version", "reason"),
    [
        (b"\xff\x00 not json \n\n", "bill.completed", 1, "payload"),
        (b"{}", "bill.completed", 1, "payload"),
        (b"[" * 5_000, "bill.completed", 1, "payload"),
        (b"", "bill.completed", 1, "payload"),
        (b"{}", "bill.dreamt", 1, "payload"),
        (b"{}", "bill.completed", 99, "payload"),
        (b"1" * 5_000, "audit.recorded", 1, "payload"),
    ],
)
def test_poison_is_set_aside_and_the_rest_flows(
    office: HeadOffice, till: Till, payload: bytes, kind: str, version: int, reason: str
) -> None:
    good = bills(till, 4)
    events = queue([good[0], payload, *good[1:]])
    events[1] = replace(events[1], kind=kind, version=version)
    answer = push(office, till, events)
    assert [item.status.value for item in answer.items] == ["applied", "quarantined", *["applied"] * 3]
    assert answer.items[1].reason == reason
    assert len(rows(office.database, "bill")) == 4
    (held,) = rows(office.database, "quarantine")
    (kept,) = [row for row in rows(office.database, "event") if row.seq == 2]
    assert (held.seq, kept.payload) == (2, payload)
    assert [kind for kind, _ in open_exceptions(office.database)] == ["poison"]
    again = push(office, till, events)
    assert {item.status.value for item in again.items} == {"duplicate"}
    assert len(rows(office.database, "quarantine")) == 1


def test_a_payload_that_is_not_what_was_hashed_is_set_aside(office: HeadOffice, till: Till) -> None:
    events = queue(bills(till, 3))
    events[1] = replace(events[1], payload=events[1].payload.replace(b"KS", b"KX"))
    answer = push(office, till, events)
    assert [(item.status.value, item.reason) for item in answer.items][1] == ("quarantined", "hash")
    assert len(rows(office.database, "bill")) == 2


def test_a_till_speaks_for_itself_only(office: HeadOffice, till: Till, other: Till) -> None:
    answer = push(office, till, queue(bills(other, 1)))
    assert answer.items[0].status is protocol.ItemStatus.QUARANTINED
    assert rows(office.database, "bill") == []


def test_the_return_of_a_bill_in_quarantine_waits_with_it(office: HeadOffice, till: Till) -> None:
    bill = make_bill(till.identity, 1, member=None, points=0, redeem=0)
    back = make_return(till.identity, bill)
    events = queue([b"broken", codec.canonical_bytes(back), *bills(till, 1, first=2)])
    events[0] = replace(events[0], event_id=bill.id)
    events[1] = replace(events[1], event_id=back.id, kind="bill.returned")
    answer = push(office, till, events)
    assert [(item.status.value, item.reason) for item in answer.items] == [
        ("quarantined", "payload"),
        ("quarantined", "waits"),
        ("applied", ""),
    ]


def test_what_the_database_refuses_is_set_aside_alone(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    """A bill that is announced twice under two numbers cannot be inserted twice: only the second is at fault."""
    expected_logs("does not apply as one")
    expected_logs("does not apply$", 40)
    first, second, third = bills(till, 3)
    answer = push(office, till, queue([first, second, first, third]))
    assert [(item.status.value, item.reason) for item in answer.items] == [
        ("applied", ""),
        ("applied", ""),
        ("quarantined", "apply"),
        ("applied", ""),
    ]
    assert len(rows(office.database, "bill")) == 3


def test_one_coupon_used_at_two_tills_is_one_case_with_both_bills(office: HeadOffice, till: Till, other: Till) -> None:
    code = "8000000000000017"
    till.ring(coupons_issued=(make_coupon(till.identity, code),))
    first = till.ring(coupons_used=(use(code),))
    second = other.ring(coupons_used=(use(code, 1_500),))
    sync(office, other)  # before the till that issued it: not known yet
    assert set(open_exceptions(office.database)) == {("coupon_unknown", code)}
    sync(office, till)
    sync(office, other)
    ((key, case),) = open_exceptions(office.database).items()
    assert key == ("coupon_twice", code)
    assert case.amount_satang == 1_500
    uses = json.loads(case.detail)["bills"]
    assert [item["bill_id"] for item in uses] == sorted([first.id, second.id])
    for each in (till, other):
        known = each.folder.store.coupons.by_code(code)
        assert known is not None and known.redeemed_bill_id == min(first.id, second.id)
    assert {row.state for row in rows(office.database, "exception") if row.kind == "coupon_unknown"} == {"settled"}


@pytest.mark.parametrize("late", [0, 1])
def test_cases_do_not_depend_on_who_comes_online_first(office: HeadOffice, till: Till, other: Till, late: int) -> None:
    code, spent = "8000000000000025", MEMBERS[1]
    till.ring(member=MEMBERS[0], points=50)
    other.ring(member=MEMBERS[0], redeem=30)  # spent where the earning is not known yet
    till.ring(member=spent, points=10, coupons_issued=(make_coupon(till.identity, code),))
    other.ring(member=spent, redeem=25, coupons_used=(use(code),))
    newcomer = make_member(77)
    till.announce(EventKind.MEMBER_ENROLLED, MemberEnrolled(newcomer, ()), newcomer.id)
    other.ring(member=newcomer, points=4)
    order = [till, other] if late else [other, till]
    for each in (*order, *order):
        assert sync(office, each).reason is None
    cases = open_exceptions(office.database)
    assert set(cases) == {("overdraft", spent.id)}
    assert cases["overdraft", spent.id].points == 15


def test_returns_undo_by_stored_figures(office: HeadOffice, till: Till) -> None:
    code = "8000000000000033"
    member = MEMBERS[2]
    till.ring(coupons_issued=(make_coupon(till.identity, code),))
    bill = till.ring(member=member, points=20, coupons_used=(use(code),))
    taken = replace(make_entry(till.identity, member.id, PointKind.REVERSE, -12, bill.id), reason="return")
    back = make_return(
        till.identity, bill, points_taken_back=12, points_owed=8, point_entries=(taken,), coupons_restored=(code,)
    )
    till.announce(EventKind.BILL_RETURNED, back, back.id)
    assert sync(office, till).reason is None
    (account,) = [row for row in rows(office.database, "account") if row.member_id == member.id]
    assert (json.loads(account.buckets), account.qualifying, account.visits, account.owed) == (
        {"2027-12-31": 8},
        8,
        1,
        8,
    )
    (coupon,) = rows(office.database, "coupon")
    assert coupon.state == "reversed"
    (held,) = rows(office.database, "bill_return")
    assert held.refund_satang == bill.total_satang


def test_a_debt_that_two_tills_repaid_is_a_case(office: HeadOffice, till: Till, other: Till) -> None:
    member = MEMBERS[2]
    bill = till.ring(member=member, points=20)
    back = make_return(till.identity, bill, points_owed=8)
    till.announce(EventKind.BILL_RETURNED, back, back.id)
    sync(office, till)
    for each in (till, other):  # both knew of the debt when the line went
        repaid = replace(make_entry(each.identity, member.id, PointKind.REVERSE, -8, None), reason=OWED_REPAID)
        earned = make_entry(each.identity, member.id, PointKind.EARN, 30, None)
        each.ring(member=member, points=30, point_entries=(earned, repaid))
    sync(office, till)
    assert open_exceptions(office.database) == {}
    sync(office, other)
    assert open_exceptions(office.database)["debt_repaid_twice", member.id].points == 8


def test_a_correction_and_an_enrolment_arrive(office: HeadOffice, till: Till) -> None:
    newcomer = make_member(500)
    till.announce(EventKind.MEMBER_ENROLLED, MemberEnrolled(newcomer, ()), newcomer.id)
    entries = (make_entry(till.identity, newcomer.id, PointKind.ADJUST, 40, None),)
    adjusted = PointsAdjusted(new_id(), newcomer.id, entries, "ชดเชย", "staff", "boss")
    till.announce(EventKind.POINTS_ADJUSTED, adjusted, adjusted.id)
    sync(office, till)
    assert till.folder.store.members.by_id(newcomer.id) == newcomer
    assert open_exceptions(office.database) == {}
    (account,) = [row for row in rows(office.database, "account") if row.member_id == newcomer.id]
    assert (json.loads(account.buckets), account.qualifying, account.visits) == ({"2027-12-31": 40}, 0, 0)


def test_an_erased_member_does_not_come_back(office: HeadOffice, till: Till) -> None:
    member = MEMBERS[3]
    gone = replace(member, first_name="", last_name="", phone="", status=MemberStatus.ERASED)
    till.announce(EventKind.MEMBER_UPDATED, MemberUpdated(gone))
    till.announce(EventKind.MEMBER_UPDATED, MemberUpdated(member))
    assert sync(office, till).applied == 2
    (row,) = [row for row in rows(office.database, "member") if row.id == member.id]
    assert (row.phone, '"erased"' in row.body) == ("", True)


def test_a_revoked_till_still_uploads_but_gets_nothing(office: HeadOffice, till: Till) -> None:
    till.ring(member=MEMBERS[0], points=5)
    assert admin.revoke_till(str(office.database.engine.url), till.identity.id)
    before = till.folder.sync_store.cursor()
    outcome = sync(office, till)
    assert (outcome.applied, outcome.pulled, outcome.reason) == (1, 0, Reason.TILL_REVOKED)
    assert till.folder.sync_store.cursor() == before
    assert till.folder.sync_store.queue_status().waiting == 0
    with pytest.raises(Problem) as caught:
        office.pull(office.authenticate(token_of(office, till)), 0, 10)
    assert caught.value.status == 403


def test_an_older_copy_of_a_till_is_noticed_at_hello(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    """Head office holds facts this copy does not know: it goes on under an epoch of its own."""
    push(office, till, queue(bills(till, 3)))
    expected_logs("begins epoch 2")
    assert sync(office, till).reason is None
    assert ("restored", f"{till.identity.id}:2") in open_exceptions(office.database)


def test_a_copy_that_went_on_selling_is_noticed(office: HeadOffice, till: Till, expected_logs: ExpectLog) -> None:
    push(office, till, queue(bills(till, 3)))
    for _ in range(3):
        till.ring()
    expected_logs("begins epoch 2")
    outcome = sync(office, till)
    assert (outcome.applied, outcome.reason) == (3, None)
    assert till.folder.sync_store.queue_status().waiting == 0
    assert ("fork", till.identity.id) in open_exceptions(office.database)


def test_a_token_ends(office: HeadOffice, till: Till) -> None:
    token = token_of(office, till)
    office.pull(office.authenticate(token), 0, 10)
    CLOCK.forward(timedelta(seconds=3_599))
    office.pull(office.authenticate(token), 0, 10)
    CLOCK.forward(timedelta(seconds=2))
    try:
        with pytest.raises(Problem) as caught:
            office.pull(office.authenticate(token), 0, 10)
        assert caught.value.status == 401
    finally:
        CLOCK.forward(timedelta(seconds=-3_601))


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + "0", lambda t: t.replace(".", ","), lambda t: "ก" + t, lambda t: ""]
)
def test_a_forged_token_opens_nothing(office: HeadOffice, till: Till, spoil: Any) -> None:
    token = token_of(office, till)
    spoiled = spoil(token) if spoil(token) != token else token[:-1] + "1"
    with pytest.raises(Problem) as caught:
        office.pull(office.authenticate(spoiled), 0, 10)
    assert caught.value.status == 401


def test_a_challenge_is_no_token(office: HeadOffice, till: Till) -> None:
    challenge = office.token(protocol.TokenRequest(till.identity.id)).challenge
    with pytest.raises(Problem):
        office.pull(office.authenticate(challenge), 0, 10)
    with pytest.raises(Problem):  # and without the key it buys nothing
        office.token(protocol.TokenRequest(till.identity.id, challenge, "00" * 64))


def test_a_bug_in_applying_one_event_holds_up_no_other(
    office: HeadOffice, till: Till, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectLog
) -> None:
    expected_logs("does not apply", 40)
    made = [make_bill(till.identity, n, member=MEMBERS[0], points=n, redeem=0) for n in (1, 2, 3)]
    events = queue([codec.canonical_bytes(bill) for bill in made])
    real = world.World.apply

    def faulty(self: world.World, part: Part) -> bool:
        if part.told.seq == 2:
            raise ZeroDivisionError
        return real(self, part)

    monkeypatch.setattr(world.World, "apply", faulty)
    answer = push(office, till, events)
    assert [item.status.value for item in answer.items] == ["applied", "quarantined", "applied"]
    assert [row.seq for row in rows(office.database, "point_entry")] == [1, 3]
