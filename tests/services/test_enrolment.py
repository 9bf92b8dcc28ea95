"""Enrolling: phones, consent, names, numbers, corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from pos_member.domain.codes import check_member_number
from pos_member.domain.consent import Purpose
from pos_member.domain.documents import DocumentKind, MemberCardDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.member import Birthday, MemberStatus
from pos_member.domain.scan_meaning import ScanKind
from pos_member.services.enrolment import EnrolRequest, parse_birthday
from pos_member.services.ports import TillTransaction
from tests.db_support import put
from tests.factories import World, make_organisation, make_settings


def _refusal(world: World, request: EnrolRequest) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        world.till.enrolment.enrol(world.session(), request)
    return refusal.value


def test_a_phone_in_any_spelling_is_one_member(world: World) -> None:
    member = world.enrol("081-234 5678")
    assert member.phone == "+66812345678"
    for text in ("0812345678", "+66 81 234 5678", "๐๘๑๒๓๔๕๖๗๘", "(081) 234-5678", "0066812345678"):
        check = world.till.enrolment.check_phone(text)
        assert check.existing is not None and check.existing.member_id == member.id
        refusal = _refusal(world, EnrolRequest(text, membership_consent=True))
        assert refusal.reason is Reason.PHONE_TAKEN
        # Whoever stands at the till learns no more than the mask shows.
        assert refusal.params["member_number"] == f"29{'•' * 7}{member.number[-4:]}"
        assert refusal.params["name"] == "สมหญิง จ."
    free = world.till.enrolment.check_phone("0898765432")
    assert (free.phone, free.shown, free.existing) == ("+66898765432", "089-876-5432", None)
    assert world.store.evidence.counters()["member"] == 1


def test_a_phone_that_head_office_knows_is_taken(world: World) -> None:
    from dataclasses import replace

    put(world.folder, [replace(world.enrol(), id="elsewhere", number="2912345678904", phone="+66877777777")])
    assert _refusal(world, EnrolRequest("0877777777", membership_consent=True)).reason is Reason.PHONE_TAKEN


def test_two_enrolments_of_one_phone_at_once_make_one_member(world: World) -> None:
    session, till = world.session(), world.till

    class Meanwhile:
        """Lets another enrolment in between the first look and the lock."""

        def __init__(self, inner: object) -> None:
            self.inner, self.first = inner, True

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        @contextmanager
        def transaction(self) -> Iterator[TillTransaction]:
            if self.first:
                self.first = False
                till.enrolment.enrol(session, EnrolRequest("0811111111", membership_consent=True))
            with self.inner.transaction() as tx:  # type: ignore[attr-defined]
                yield tx

    world.use(Meanwhile(world.folder.store))  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refusal:
        world.till.enrolment.enrol(session, EnrolRequest("0811111111", membership_consent=True))
    assert refusal.value.reason is Reason.PHONE_TAKEN
    assert world.store.evidence.counters()["member"] == 1


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (EnrolRequest("12345", membership_consent=True), Reason.PHONE_INVALID),
        (EnrolRequest("0812345678", membership_consent=False), Reason.CONSENT_REQUIRED),
        (EnrolRequest("0812345678", True, first_name="ก" * 81), Reason.TEXT_TOO_LONG),
        (EnrolRequest("0812345678", True, first_name="ก" * 1_000_000), Reason.TEXT_TOO_LONG),
        (EnrolRequest("0812345678", True, last_name="\x00\x01"), Reason.TEXT_NOT_PRINTABLE),
        (EnrolRequest("0812345678", True, birthday="31/02/2540"), Reason.DATE_INVALID),
        (EnrolRequest("0812345678", True, birthday="22/11/2569"), Reason.DATE_INVALID),
        (EnrolRequest("0812345678", True, birthday="hello"), Reason.DATE_INVALID),
    ],
)
def test_what_is_refused_leaves_nothing(world: World, request_: EnrolRequest, reason: Reason) -> None:
    session = world.session()
    head = world.store.facts.queue_status().head_seq
    with pytest.raises(Refusal) as refusal:
        world.till.enrolment.enrol(session, request_)
    assert refusal.value.reason is reason
    assert world.store.facts.queue_status().head_seq == head and "member" not in world.store.evidence.counters()


def test_consent_is_recorded_per_purpose_and_marketing_is_never_implied(world: World) -> None:
    notice = world.till.enrolment.notice("th")
    assert notice.sha256 == hashlib.sha256(notice.text.encode()).hexdigest() and "บริษัท ทดสอบ" in notice.text
    plain = world.enrol("0811111111")
    ticked = world.enrol("0822222222", marketing=(Purpose.MARKETING_LINE,), language="en")
    for member, granted, language in (
        (plain, {Purpose.MEMBERSHIP}, "th"),
        (ticked, {Purpose.MEMBERSHIP, Purpose.MARKETING_LINE}, "en"),
    ):
        consents = world.store.members.consents(member.id)
        assert {c.purpose for c in consents} == set(Purpose)
        assert {c.purpose for c in consents if c.granted} == granted
        shown = world.till.enrolment.notice(language)
        assert {(c.notice_version, c.notice_sha256, c.notice_language) for c in consents} == {
            (shown.version, shown.sha256, language)
        }
        assert {c.staff_id for c in consents} == {"staff-1001"}


def test_the_organisations_own_notice_comes_first(world: World) -> None:
    put(world.folder, [make_organisation(make_settings(consent_notice_th="ประกาศของเรา"))])
    notice = world.till.enrolment.notice("th")
    assert notice.text == "ประกาศของเรา" and world.till.enrolment.notice("en").text != notice.text


def test_consent_is_withdrawn_at_once_and_without_membership_the_card_rests(world: World) -> None:
    member = world.enrol(marketing=(Purpose.MARKETING_SMS,))
    change = world.till.enrolment.change_consent
    withdrawn = change(world.session(), member.id, Purpose.MARKETING_SMS, False, "th")
    assert world.store.members.consents(member.id)[-1] == withdrawn and not withdrawn.granted
    assert world.store.members.by_id(member.id) == member
    for granted, status in ((False, MemberStatus.BLOCKED), (True, MemberStatus.ACTIVE)):
        change(world.session(), member.id, Purpose.MEMBERSHIP, granted, "th")
        now = world.store.members.by_id(member.id)
        assert now is not None and now.status is status
    assert world.till.verify.run().ok


def test_giving_consent_does_not_open_a_card_that_head_office_blocked(world: World) -> None:
    from dataclasses import replace

    member = world.enrol()
    head = world.store.facts.queue_status().head_seq
    put(world.folder, [replace(member, status=MemberStatus.BLOCKED)], included_seq=head)
    world.till.enrolment.change_consent(world.session(), member.id, Purpose.MEMBERSHIP, True, "th")
    still = world.store.members.by_id(member.id)
    assert still is not None and still.status is MemberStatus.BLOCKED


def test_numbers_differ_carry_check_digits_and_scan_as_members(world: World) -> None:
    members = [world.enrol(f"08{n:08d}") for n in range(20)]
    assert len({member.number for member in members}) == 20
    for member in members:
        assert check_member_number(member.number)
        resolved = world.till.lookup.resolve(member.number)
        assert resolved.meaning.kind is ScanKind.MEMBER and resolved.member is not None
        assert resolved.member.card.member_id == member.id


def test_a_till_without_the_key_or_out_of_numbers_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = EnrolRequest("0812345678", membership_consent=True)
    session = world.session()
    from pos_member.services import enrolment

    monkeypatch.setattr(enrolment, "MEMBER_COUNTER_MAX", -1)
    with pytest.raises(EnvironmentProblem) as problem:
        world.till.enrolment.enrol(session, request)
    assert problem.value.reason is Reason.MEMBER_NUMBERS_SPENT
    monkeypatch.undo()
    put(world.folder, [make_organisation(make_settings(member_number_key=""))])
    with pytest.raises(EnvironmentProblem) as problem:
        world.till.enrolment.enrol(session, request)
    assert problem.value.reason is Reason.TILL_NOT_ENROLLED


def test_corrections_are_new_facts_that_name_fields_and_not_contents(world: World) -> None:
    member, other = world.enrol(), world.enrol("0899999999", first_name="อื่น")
    correct = world.till.enrolment.correct
    session = world.session()
    after = correct(session, member.id, phone="0833333333", last_name="ใหม่มาก", birthday="5/12")
    assert (after.phone, after.last_name, after.birthday) == ("+66833333333", "ใหม่มาก", Birthday(5, 12))
    assert world.store.members.by_id(member.id) == after
    last = list(world.store.evidence.queue())[-1].payload.decode()
    assert "fields=phone,last_name,birthday" in last and "ใหม่มาก" not in last and "833333333" not in last
    head = world.store.facts.queue_status().head_seq
    assert correct(session, member.id, first_name="สมหญิง") == after
    for arguments, reason in (
        ({"phone": "0899999999"}, Reason.PHONE_TAKEN),
        ({"phone": "12"}, Reason.PHONE_INVALID),
        ({"birthday": "40/1"}, Reason.DATE_INVALID),
    ):
        with pytest.raises(Refusal) as refusal:
            correct(session, member.id, **arguments)  # type: ignore[arg-type]
        assert refusal.value.reason is reason
    with pytest.raises(Refusal) as refusal:
        correct(session, "nobody", first_name="ก")
    assert refusal.value.reason is Reason.MEMBER_UNKNOWN
    assert world.store.facts.queue_status().head_seq == head and other.phone == "+66899999999"


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("", None),
        ("21/11", Birthday(21, 11)),
        ("๒๑/๑๑", Birthday(21, 11)),
        ("29/2", Birthday(29, 2)),
        ("21/11/2533", Birthday(21, 11, 1990)),
        ("1990-11-21", Birthday(21, 11, 1990)),
    ],
)
def test_birthdays_with_and_without_a_year(text: str, birthday: Birthday | None) -> None:
    assert parse_birthday(text, date(2026, 11, 21)) == birthday


@pytest.mark.parametrize("text", ["21/11/1850", "22/11/2026", "0/1", "1/13", "1990"])
def test_birthdays_that_cannot_be(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_birthday(text, date(2026, 11, 21))
    assert refusal.value.reason is Reason.DATE_INVALID


def test_odd_names_are_kept_as_far_as_they_can_be_printed(world: World) -> None:
    member = world.enrol(first_name="  Ann\u202e\n ", last_name="😀ยิ้ม")
    assert (member.first_name, member.last_name) == ("Ann", "😀ยิ้ม")
    [(kind, card)] = world.store.facts.documents_of(member.id)
    assert kind is DocumentKind.MEMBER_CARD and isinstance(card, MemberCardDocument)


# --- who brought whom -------------------------------------------------------------------------------------


def test_a_friend_is_named_by_number_phone_or_card(world: World) -> None:
    friend = world.enrol("0811111111")
    for i, text in enumerate((friend.number, "081-111-1111", "+66811111111", f"]C1{friend.number}")):
        shown = world.till.enrolment.referrer(text, "0899999999")
        assert shown.member_id == friend.id and "1111" in shown.phone_masked and "811111" not in shown.phone_masked
        assert world.enrol(f"089999999{i}", referred_by=text).referred_by == friend.id
    assert world.enrol("0877777777").referred_by is None
    assert world.till.verify.run().ok


def test_nobody_brings_themselves_or_somebody_unknown(world: World) -> None:
    friend = world.enrol("0811111111")

    def refused(**request: str) -> Reason:
        return _refusal(world, EnrolRequest(membership_consent=True, **request)).reason  # type: ignore[arg-type]

    assert refused(phone="0822222222", referred_by="082-222-2222") is Reason.REFERRAL_SELF
    assert refused(phone="0822222222", referred_by="0833333333") is Reason.REFERRER_UNKNOWN
    assert refused(phone="0822222222", referred_by="มาลี") is Reason.REFERRER_UNKNOWN
    assert refused(phone="0822222222", referred_by="2900000000001") is Reason.CODE_MISTYPED
    world.till.enrolment.change_consent(world.session(), friend.id, Purpose.MEMBERSHIP, False, "th")
    assert refused(phone="0822222222", referred_by="0811111111") is Reason.MEMBER_BLOCKED
    assert world.store.evidence.counters()["member"] == 1


def test_who_brought_a_member_is_said_before_the_first_bill_or_never(world: World) -> None:
    old, new = world.enrol("0811111111"), world.enrol("0822222222")
    correct, session = world.till.enrolment.correct, world.session()

    def refused(member_id: str, text: str) -> Reason:
        with pytest.raises(Refusal) as refusal:
            correct(session, member_id, referred_by=text)
        return refusal.value.reason

    assert refused(new.id, new.number) is Reason.REFERRAL_SELF
    assert refused(new.id, "0822222222") is Reason.REFERRAL_SELF
    assert correct(session, new.id, referred_by="0811111111").referred_by == old.id
    # Two who brought each other would both be paid for nobody new.
    assert refused(old.id, new.number) is Reason.REFERRAL_SELF
    assert correct(session, new.id, referred_by="").referred_by is None
    correct(session, new.id, referred_by=old.number)
    bill = world.sell({"tea": 1}, new).bill
    assert bill.basis is not None and bill.basis.referred_by == old.id
    assert correct(session, new.id, referred_by=old.number, first_name="ใหม่").referred_by == old.id
    assert refused(new.id, "") is Reason.REFERRAL_LATE
    other = world.enrol("0833333333")
    assert refused(new.id, other.number) is Reason.REFERRAL_LATE
    returns = world.till.returns
    returns.complete(world.session("1003"), bill.id, {1: 1000}, return_id=returns.new_id())
    assert refused(new.id, other.number) is Reason.REFERRAL_LATE
    assert world.till.verify.run().ok


def test_groups_of_a_member_stay_through_a_correction(world: World) -> None:
    from dataclasses import replace

    member = world.enrol()
    head = world.store.facts.queue_status().head_seq
    put(world.folder, [replace(member, segments=("staff", "press"))], included_seq=head)
    after = world.till.enrolment.correct(world.session(), member.id, first_name="ใหม่")
    assert after.segments == ("staff", "press")
    bill = world.sell({"tea": 1}, member).bill
    assert bill.basis is not None and bill.basis.segments == ("staff", "press")
