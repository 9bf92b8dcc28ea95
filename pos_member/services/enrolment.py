"""Enrolling a member offline: phone and consent, a number of this till's own, a card on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pos_member.domain.clock import parse_date
from pos_member.domain.codes import MEMBER_COUNTER_MAX, make_member_number
from pos_member.domain.consent import Consent, Purpose, notice_hash
from pos_member.domain.documents import DocumentKind, MemberCardDocument
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.events import ConsentChanged, EventKind, MemberEnrolled, MemberUpdated
from pos_member.domain.member import (
    Birthday,
    Member,
    MemberStatus,
    clean_name,
    format_phone,
    mask_name,
    mask_number,
    normalise_phone,
)
from pos_member.domain.permission import Permission, Session
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.context import Shop, one_book
from pos_member.services.durable import durably
from pos_member.services.lookup import card_view, masked
from pos_member.services.paper import seller_of
from pos_member.services.ports import NewPrintJob, TillTransaction
from pos_member.services.views import MemberCardView

AGE_MAX_YEARS = 120
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True)
class PhoneCheck:
    """A phone that was understood: stored form, shown form, and the member who has it."""

    phone: str
    shown: str
    existing: MemberCardView | None


@dataclass(frozen=True)
class ConsentNotice:
    """The notice as it is shown, pinned by the hash of its very text."""

    version: str
    text: str
    language: str
    sha256: str


@dataclass(frozen=True)
class EnrolRequest:
    """What the enrolment form holds. Only purposes in ``marketing`` were ticked; none is implied.

    ``referred_by``: number, phone or scanned card of the member who brought this one, or empty.
    """

    phone: str
    membership_consent: bool
    marketing: tuple[Purpose, ...] = ()
    first_name: str = ""
    last_name: str = ""
    birthday: str = ""
    language: str = "th"
    referred_by: str = ""


@dataclass(frozen=True)
class EnrolResult:
    """The new member; ``qr_text`` is what the card's QR holds, ``referrer_masked`` who brought them, or empty."""

    member: Member
    qr_text: str
    print_job_ids: tuple[str, ...]
    referrer_masked: str = ""


def parse_birthday(text: str, today: date) -> Birthday | None:
    """A birthday with or without its year (``21/11``, ``21/11/2533``); None for an empty text.

    Raises ``Refusal(DATE_INVALID)``, also for a day to come or more than 120 years back.
    """
    cleaned = text.strip().translate(_THAI_DIGITS)
    if not cleaned:
        return None
    short = _DAY_AND_MONTH.fullmatch(cleaned)
    if short is not None:
        return Birthday(int(short[1]), int(short[2]))
    born = parse_date(cleaned)
    if born > today or today.year - born.year > AGE_MAX_YEARS:
        raise Refusal(Reason.DATE_INVALID, text=text[:40])
    return Birthday(born.day, born.month, born.year)


class Enrolment:
    """Members join, correct their data, and give or withdraw consent."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def notice(self, language: str) -> ConsentNotice:
        """The consent notice in ``language``: the organisation's own text, or the one that ships with the product."""
        settings = self._shop.book().settings
        own = settings.consent_notice_th if language == "th" else settings.consent_notice_en
        organisation = self._shop.book().organisation
        name = organisation.name_th if language == "th" else organisation.name_en
        text = own or self._shop.say("consent_notice", language, organisation=name)
        return ConsentNotice(settings.consent_notice_version, text, language, notice_hash(text))

    @one_book
    def check_phone(self, text: str) -> PhoneCheck:
        """Whether a phone is free. Raises ``Refusal(PHONE_INVALID)``."""
        phone = normalise_phone(text)
        existing = self._shop.store.members.by_phone(phone)
        return PhoneCheck(phone, format_phone(phone), None if existing is None else card_view(existing, self._shop))

    @one_book
    def referrer(self, text: str, phone: str = "") -> MemberCardView:
        """The member whose number, phone or scanned card ``text`` is, as the one who brought who has ``phone``.

        Raises ``Refusal``: REFERRER_UNKNOWN, REFERRAL_SELF, MEMBER_BLOCKED, CODE_MISTYPED.
        """
        return card_view(self._referrer(text, normalise_phone(phone) if phone.strip() else ""), self._shop)

    @one_book
    def enrol(self, session: Session, request: EnrolRequest) -> EnrolResult:
        """Enrol one person: member, a consent record per purpose, the card to print; one transaction.

        Raises ``Refusal``: PHONE_INVALID, CONSENT_REQUIRED, PHONE_TAKEN(member_number, name: masked), TEXT_TOO_LONG,
        TEXT_NOT_PRINTABLE, DATE_INVALID, NOT_PERMITTED, and as ``referrer``; ``EnvironmentProblem``.
        """
        self._shop.require(session, Permission.ENROL)
        shop = self._shop
        phone = normalise_phone(request.phone)
        if not request.membership_consent:
            raise Refusal(Reason.CONSENT_REQUIRED)
        first_name, last_name = clean_name(request.first_name), clean_name(request.last_name)
        birthday = parse_birthday(request.birthday, shop.today())
        referrer = self._referrer(request.referred_by, phone) if request.referred_by.strip() else None
        self._refuse_taken(phone)
        book, now, member_id = shop.book(), shop.now(), shop.context.new_id()
        job_id = shop.context.new_id()

        def work(tx: TillTransaction) -> Member:
            # Under the write lock nobody else can enrol this phone between the look and the commit.
            self._refuse_taken(phone)
            member = Member(
                id=member_id,
                number=self._next_number(tx),
                phone=phone,
                first_name=first_name,
                last_name=last_name,
                birthday=birthday,
                status=MemberStatus.ACTIVE,
                tier="",
                home_branch_id=book.branch.id,
                enrolled_till_id=book.identity.id,
                enrolled_at=now,
                referred_by=None if referrer is None else referrer.id,
            )
            consents = tuple(
                self._consent(
                    session,
                    member_id,
                    purpose,
                    purpose is Purpose.MEMBERSHIP or purpose in request.marketing,
                    request.language,
                )
                for purpose in Purpose
            )
            seq = tx.announce(EventKind.MEMBER_ENROLLED, member_id, MemberEnrolled(member, consents))
            tx.add_member(member, seq)
            tx.add_consents(consents, seq)
            tx.add_print_job(self._card_job(session, member, job_id, request.language))
            return member

        member = durably(shop.store, work, lambda: shop.store.members.by_id(member_id))
        return EnrolResult(member, member.number, (job_id,), "" if referrer is None else masked(referrer))

    @one_book
    def change_consent(
        self, session: Session, member_id: str, purpose: Purpose, granted: bool, language: str
    ) -> Consent:
        """Give or withdraw one consent, at once and offline.

        Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_NOT_HERE | NOT_PERMITTED)``.

        Without the membership consent the card must not be used: withdrawing it blocks the card, giving it again
        opens it. A card blocked for any other reason stays blocked.
        """
        self._shop.require(session, Permission.ENROL)
        consent = self._consent(session, member_id, purpose, granted, language)
        with self._shop.store.transaction() as tx:
            member, withdrawn = self._known(member_id), self._withdrawn(member_id)
            seq = tx.announce(EventKind.CONSENT_CHANGED, consent.id, ConsentChanged(consent))
            tx.add_consents((consent,), seq)
            if purpose is Purpose.MEMBERSHIP and granted and withdrawn:
                self._update(tx, replace(member, status=MemberStatus.ACTIVE), ["status"])
            elif purpose is Purpose.MEMBERSHIP and not granted and member.status is MemberStatus.ACTIVE:
                self._update(tx, replace(member, status=MemberStatus.BLOCKED), ["status"])
        return consent

    @one_book
    def correct(
        self,
        session: Session,
        member_id: str,
        *,
        phone: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        birthday: str | None = None,
        referred_by: str | None = None,
    ) -> Member:
        """Correct what is given; the rest stays. The audit record names the fields, never their contents.

        ``referred_by`` as in ``EnrolRequest``; empty takes it away. Raises ``Refusal`` as ``enrol``, MEMBER_UNKNOWN,
        MEMBER_NOT_HERE, and REFERRAL_LATE for a member who has bills already.
        """
        self._shop.require(session, Permission.ENROL)
        shop = self._shop
        given: dict[str, Any] = {}
        if phone is not None:
            given["phone"] = normalise_phone(phone)
        if first_name is not None:
            given["first_name"] = clean_name(first_name)
        if last_name is not None:
            given["last_name"] = clean_name(last_name)
        if birthday is not None:
            given["birthday"] = parse_birthday(birthday, shop.today())
        with shop.store.transaction() as tx:
            # Read under the write lock: another window may have corrected the rest meanwhile.
            before = self._known(member_id)
            if referred_by is not None:
                given["referred_by"] = self._later_referrer(before, given.get("phone", before.phone), referred_by)
            changed = [name for name, value in given.items() if getattr(before, name) != value]
            if not changed:
                return before
            after = replace(before, **given)
            if "phone" in changed:
                self._refuse_taken(after.phone)
            self._update(tx, after, changed)
            shop.audit(
                tx,
                "member_corrected",
                staff_id=session.staff.id,
                subject_id=member_id,
                detail=f"fields={','.join(changed)}",
            )
        return after

    def _withdrawn(self, member_id: str) -> bool:
        """Whether the last word on membership, as far as this till knows, was no."""
        said = [c for c in self._shop.store.members.consents(member_id) if c.purpose is Purpose.MEMBERSHIP]
        return bool(said) and not max(said, key=lambda consent: (consent.at, consent.id)).granted

    def _referrer(self, text: str, phone: str) -> Member:
        """The member of a number, phone or card who brought the person with ``phone``."""
        meaning = classify(text)
        members = self._shop.store.members
        found = None
        match meaning.kind:
            case ScanKind.MEMBER:
                found = members.by_number(meaning.code)
            case ScanKind.PHONE:
                if meaning.code == phone:
                    raise Refusal(Reason.REFERRAL_SELF)
                found = members.by_phone(meaning.code)
            case ScanKind.MISTYPED:
                raise Refusal(Reason.CODE_MISTYPED, looks_like=(meaning.looks_like or ScanKind.TEXT).value)
        if found is None or found.status is MemberStatus.ERASED:
            raise Refusal(Reason.REFERRER_UNKNOWN)
        if found.phone == phone:
            raise Refusal(Reason.REFERRAL_SELF)
        if found.status is MemberStatus.BLOCKED:
            raise Refusal(Reason.MEMBER_BLOCKED)
        return found

    def _later_referrer(self, member: Member, phone: str, text: str) -> str | None:
        """Who brought ``member``, said after the enrolment: only while there is no bill that it could be paid for."""
        found = self._referrer(text, phone) if text.strip() else None
        if found is not None and member.id in (found.id, found.referred_by):
            raise Refusal(Reason.REFERRAL_SELF)
        given = None if found is None else found.id
        account = self._shop.store.members.account(member.id)
        if given != member.referred_by and (account.visits or account.last_visit is not None):
            raise Refusal(Reason.REFERRAL_LATE)
        return given

    def _update(self, tx: TillTransaction, member: Member, changed: list[str]) -> None:
        fact = MemberUpdated(member, tuple(changed))
        seq = tx.announce(EventKind.MEMBER_UPDATED, self._shop.context.new_id(), fact)
        tx.add_member(member, seq)

    def _known(self, member_id: str) -> Member:
        """The member to change. One whom only a signed code told of is not: what is stored would become all there is.

        Raises ``Refusal(MEMBER_UNKNOWN | MEMBER_NOT_HERE)``.
        """
        member = self._shop.store.members.by_id(member_id)
        if member is None or member.status is MemberStatus.ERASED:
            raise Refusal(Reason.MEMBER_UNKNOWN)
        if self._shop.store.presented.member(member_id):
            raise Refusal(Reason.MEMBER_NOT_HERE)
        return member

    def _refuse_taken(self, phone: str) -> None:
        """By head office's members and by those enrolled here that it has not heard of yet."""
        existing = self._shop.store.members.by_phone(phone)
        if existing is not None:
            raise Refusal(
                Reason.PHONE_TAKEN,
                member_number=mask_number(existing.number),
                name=mask_name(existing.first_name, existing.last_name),
                member_id=existing.id,
            )

    def _next_number(self, tx: TillTransaction) -> str:
        book = self._shop.book()
        counter = tx.next_counter("member") - 1
        if counter > MEMBER_COUNTER_MAX:
            raise EnvironmentProblem(Reason.MEMBER_NUMBERS_SPENT)
        if not book.settings.member_number_key:
            raise EnvironmentProblem(Reason.TILL_NOT_ENROLLED)
        return make_member_number(book.settings.member_number_key, book.identity.number, counter)

    def _consent(self, session: Session, member_id: str, purpose: Purpose, granted: bool, language: str) -> Consent:
        notice = self.notice(language)
        return Consent(
            id=self._shop.context.new_id(),
            member_id=member_id,
            purpose=purpose,
            granted=granted,
            notice_version=notice.version,
            notice_sha256=notice.sha256,
            notice_language=language,
            channel="till",
            staff_id=session.staff.id,
            till_id=self._shop.book().identity.id,
            at=self._shop.now(),
        )

    def _card_job(self, session: Session, member: Member, job_id: str, language: str) -> NewPrintJob:
        document = MemberCardDocument(
            language=language,
            seller=seller_of(self._shop, session.staff.id, language),
            member_name_masked=mask_name(member.first_name, member.last_name),
            member_number=member.number,
            enrolled_on=self._shop.book().day(member.enrolled_at),
            practice=self._shop.context.practice,
        )
        return NewPrintJob(job_id, DocumentKind.MEMBER_CARD, document, member.id)
