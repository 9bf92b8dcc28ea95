"""Signed coupons: making them at the till that issues, and believing those of other tills without a line.

A signature says who made a coupon, not that it was never used: what this till knows of a coupon always counts for more
than what the coupon says of itself.
"""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime, time, timedelta

from pos_member.domain.code_keys import TillCertificate
from pos_member.domain.codes import member_core, member_number_of
from pos_member.domain.coupon import Coupon, CouponDefinition, CouponState, OfflinePolicy
from pos_member.domain.coupons_rules import face_value_satang
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.signed_codes import (
    CouponClaims,
    Signed,
    coupon_message,
    definition_tag,
    make_signed_coupon,
    read_signed_coupon,
)
from pos_member.services.context import Book, Shop
from pos_member.services.issuers import in_bytes


def signed_form(shop: Shop, coupon: Coupon, definition: CouponDefinition, member_number: str = "") -> str:
    """The 202 digits for the paper of this till's own ``coupon``; empty where it stays with the plain code.

    ``member_number``: whose it is; said in a personal coupon only. Practice signs nothing: its papers must not be worth
    anything at a real till.
    """
    book = shop.book()
    if not definition.signed or shop.context.practice or coupon.issued_till_id != book.identity.id:
        return ""
    claims = CouponClaims(
        till_number=book.identity.number,
        code=coupon.code,
        definition_tag=definition_tag(definition.id),
        valid_from=coupon.valid_from,
        valid_to=coupon.valid_to,
        member_core=member_core(member_number) if member_number and not definition.bearer else None,
    )
    try:
        message = coupon_message(claims)
    except ValueError:
        return ""  # days beyond what a signed code can say: good for ever, and looked up like any plain code
    signature = shop.context.signatures.sign(message)
    return "" if signature is None else make_signed_coupon(claims, signature)


def plain_coupon_code(shop: Shop, text: str) -> str:
    """The 16 digits of a coupon scanned or typed in either form; a signed one is known here from then on.

    Raises ``Refusal``: CODE_MISTYPED, CODE_FOREIGN, and of a signed form as ``coupon_of_signed``.
    """
    meaning = classify(text)
    match meaning.kind:
        case ScanKind.COUPON:
            return meaning.code
        case ScanKind.COUPON_SIGNED:
            return coupon_of_signed(shop, meaning.code).code
        case ScanKind.MISTYPED:
            raise Refusal(Reason.CODE_MISTYPED, looks_like=(meaning.looks_like or ScanKind.TEXT).value)
    raise Refusal(Reason.CODE_FOREIGN)


def coupon_of_signed(shop: Shop, code: str) -> Coupon:
    """The coupon of a signed form: as this till knows it, or, where it does not, as the issuing till vouches for it.

    What is vouched for is kept (``Presented``), so that bills, returns and lists find it by its plain code. Raises
    ``Refusal``: CODE_MISTYPED, CODE_SIGNATURE, COUPON_ISSUER_UNKNOWN, COUPON_ISSUER_REVOKED, COUPON_DEFINITION_UNKNOWN,
    COUPON_OTHER_BRANCH, COUPON_OF_OTHER_MEMBER, COUPON_UNKNOWN.
    """
    signed = read_signed_coupon(code)
    store = shop.store
    known = store.coupons.by_code(signed.claims.code)
    if known is not None and not store.presented.coupon(known.code):
        _refuse_forged(shop, signed)
        return known
    coupon = _vouched_for(shop, signed)
    if coupon != known:
        store.presented.remember_coupon(coupon, code, shop.now())
    return coupon


def still_vouched_for(shop: Shop, coupon: Coupon) -> Coupon:
    """``coupon`` as it can be believed now: what only its signature speaks for is checked again, the rest is as it is.

    Its issuer may have been taken out of use since it was shown. Raises as ``coupon_of_signed``.
    """
    if coupon.issued_bill_id is not None or coupon.issued_till_id == shop.book().identity.id:
        return coupon
    proof = shop.store.presented.coupon(coupon.code)
    return _vouched_for(shop, read_signed_coupon(proof)) if proof else coupon


def _refuse_forged(shop: Shop, signed: Signed[CouponClaims]) -> None:
    """A known coupon needs nobody's word; but where its issuer's key is here, a wrong signature is a wrong code."""
    number = signed.claims.till_number
    if number == shop.book().identity.number:
        own = shop.context.signatures.sign(signed.message)
        if own is not None and not hmac.compare_digest(own, signed.signature):
            raise Refusal(Reason.CODE_SIGNATURE)
        return
    issuer = shop.issuers.certificate(number)
    if issuer is not None and not _by(shop, issuer, signed):
        raise Refusal(Reason.CODE_SIGNATURE)


def _by(shop: Shop, issuer: TillCertificate, signed: Signed[CouponClaims]) -> bool:
    return shop.context.signatures.holds(in_bytes(issuer.public_key), signed.signature, signed.message)


def _vouched_for(shop: Shop, signed: Signed[CouponClaims]) -> Coupon:
    """The coupon that the claims make, where everything about them holds."""
    book, claims = shop.book(), signed.claims
    if claims.till_number == book.identity.number:
        # This till knows every coupon it issued: one it does not know is not its own, whatever key signed it.
        raise Refusal(Reason.COUPON_UNKNOWN)
    issuer = shop.issuers.certificate(claims.till_number)
    if issuer is None:
        raise Refusal(Reason.COUPON_ISSUER_UNKNOWN)
    if not _by(shop, issuer, signed):
        raise Refusal(Reason.CODE_SIGNATURE)
    if issuer.revoked_at is not None and claims.valid_from > book.day(issuer.revoked_at):
        raise Refusal(Reason.COUPON_ISSUER_REVOKED)
    definition = _definition(book, claims.definition_tag)
    _refuse_beyond(book, issuer, definition)
    return Coupon(
        code=claims.code,
        definition_id=definition.id,
        state=CouponState.ISSUED,
        member_id=_holder(shop, claims, definition),
        issued_bill_id=None,
        issued_till_id=issuer.id,
        issued_branch_id=issuer.branch_id,
        issued_at=_begin(book, claims.valid_from),
        valid_from=claims.valid_from,
        valid_to=_last_day(issuer, definition, claims),
    )


def _definition(book: Book, tag: int) -> CouponDefinition:
    named = book.tagged_definitions.get(tag, ())
    if len(named) != 1:
        raise Refusal(Reason.COUPON_DEFINITION_UNKNOWN)
    return named[0]


def _refuse_beyond(book: Book, issuer: TillCertificate, definition: CouponDefinition) -> None:
    """Coupons that the issuing till's word alone is not enough for."""
    if definition.offline is OfflinePolicy.ISSUING_BRANCH and issuer.branch_id != book.branch.id:
        raise Refusal(Reason.COUPON_OTHER_BRANCH)
    if definition.offline is not OfflinePolicy.ACCEPT_WITHIN_FLOOR or not definition.signed:
        raise Refusal(Reason.COUPON_UNKNOWN)
    # A worth without a bound of its own is beyond any bound.
    worth = face_value_satang(definition)
    if issuer.face_max_satang and not 0 < worth <= issuer.face_max_satang:
        raise Refusal(Reason.COUPON_UNKNOWN)


def _holder(shop: Shop, claims: CouponClaims, definition: CouponDefinition) -> str | None:
    """The member a personal coupon is for. One that this till has never seen cannot be on its bill."""
    if definition.bearer or claims.member_core is None:
        return None
    member = shop.store.members.by_number(member_number_of(claims.member_core))
    if member is None:
        raise Refusal(Reason.COUPON_OF_OTHER_MEMBER)
    return member.id


def _last_day(issuer: TillCertificate, definition: CouponDefinition, claims: CouponClaims) -> date:
    """A till that was taken out of use may be in other hands, and coupons be dated back: none lives on for long."""
    if issuer.revoked_at is None:
        return claims.valid_to
    days = min(max(0, definition.valid_days - 1), (date.max - claims.valid_from).days)
    return min(claims.valid_to, claims.valid_from + timedelta(days=days))


def _begin(book: Book, day: date) -> datetime:
    """The first moment of a business date: when exactly it was issued, its code does not say."""
    return datetime.combine(day, time.min, book.rules.zone).astimezone(UTC)
