"""Signed codes: the vectors of the page, by the code and by a stranger's program; what is refused, and how."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain import codec
from pos_member.domain.code_keys import TillCertificate, certificate_message
from pos_member.domain.codes import check_coupon_code, make_coupon_code, member_core, member_number_of
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.signed_codes import (
    COUPON_DIGITS,
    MEMBER_DIGITS,
    CouponClaims,
    MemberClaims,
    Signed,
    coupon_message,
    definition_tag,
    make_signed_coupon,
    make_signed_member,
    member_message,
    read_signed_coupon,
    read_signed_member,
)
from tests.domain import independent_codes as stranger
from tests.domain.code_vectors import vectors

V = vectors()
SIGNED = [("member", each) for each in V["member"]] + [("coupon", each) for each in V["coupon"]]
PRIVATE = {"member": V["member_key"]["private"], "coupon": V["till_key"]["private"]}
NAMES = [f"{kind}: {each['name']}" for kind, each in SIGNED]


def member_claims(said: dict[str, Any]) -> MemberClaims:
    issued, until = (datetime.fromisoformat(said[name]) for name in ("issued_at", "valid_until"))
    return MemberClaims(said["key"], said["member_id"], said["member_number"], issued, until)


def coupon_claims(said: dict[str, Any]) -> CouponClaims:
    first, last = (date.fromisoformat(said[name]) for name in ("valid_from", "valid_to"))
    core = None if said["member_number"] is None else member_core(said["member_number"])
    return CouponClaims(said["till"], said["code"], definition_tag(said["definition_id"]), first, last, core)


def message_and_make(kind: str, said: dict[str, Any]) -> tuple[Any, bytes, Callable[[bytes], str]]:
    if kind == "member":
        claims = member_claims(said)
        return claims, member_message(claims), lambda signature: make_signed_member(claims, signature)
    coupon = coupon_claims(said)
    return coupon, coupon_message(coupon), lambda signature: make_signed_coupon(coupon, signature)


def read(kind: str, digits: str) -> Signed[Any]:
    return read_signed_member(digits) if kind == "member" else read_signed_coupon(digits)


def holds(public: str, signed: Signed[Any]) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signed.signature, signed.message)
    except InvalidSignature:
        return False
    return True


PUBLIC = {"member": V["member_key"]["public"], "coupon": V["till_key"]["public"]}


@pytest.mark.parametrize(("kind", "vector"), SIGNED, ids=NAMES)
def test_the_code_makes_and_reads_the_vectors(kind: str, vector: dict[str, Any]) -> None:
    claims, message, make = message_and_make(kind, vector["claims"])
    assert message.hex() == vector["message"]
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(PRIVATE[kind])).sign(message)
    assert (signature.hex(), make(signature)) == (vector["signature"], vector["digits"])
    found = read(kind, vector["digits"])
    assert (found.claims, found.message, found.signature) == (claims, message, signature)
    assert holds(PUBLIC[kind], found)
    assert classify(vector["digits"]).kind is (ScanKind.MEMBER_SIGNED if kind == "member" else ScanKind.COUPON_SIGNED)
    if kind == "coupon":
        assert vector["claims"]["definition_tag"] == claims.definition_tag


@pytest.mark.parametrize(("kind", "vector"), SIGNED, ids=NAMES)
def test_a_strangers_program_makes_the_same(kind: str, vector: dict[str, Any]) -> None:
    claims = (stranger.member_claims if kind == "member" else stranger.coupon_claims)(vector["claims"])
    message, signature, digits = stranger.make(kind, claims, PRIVATE[kind])
    assert (message.hex(), signature.hex(), digits) == (vector["message"], vector["signature"], vector["digits"])
    at = datetime.fromisoformat(vector["claims"].get("issued_at", "2026-11-21T05:00:00Z"))
    keys = {vector["claims"]["key" if kind == "member" else "till"]: PUBLIC[kind]}
    assert stranger.judge(kind, digits, at, keys) == "taken"


@pytest.mark.parametrize("vector", V["certificate"], ids=lambda each: each["name"])
def test_certificates_of_the_page(vector: dict[str, Any]) -> None:
    certificate = codec.from_feed(TillCertificate, vector["body"])
    message = certificate_message(certificate)
    assert message.decode() == vector["message"]
    assert (
        message
        == stranger.certificate_message(vector["body"])
        == certificate_message(replace(certificate, signature=""))
    )
    signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(V["head_office_key"]["private"]))
    assert signing.sign(message).hex() == certificate.signature == vector["signature"]
    assert stranger.holds(V["head_office_key"]["public"], bytes.fromhex(certificate.signature), message)
    forged = stranger.certificate_message(vector["body"] | {"number": 13})
    assert not stranger.holds(V["head_office_key"]["public"], bytes.fromhex(certificate.signature), forged)


def test_key_pairs_of_the_page() -> None:
    for name in ("head_office_key", "member_key", "till_key"):
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(V[name]["private"]))
        assert private.public_key().public_bytes_raw().hex() == V[name]["public"]


REFUSED = [each for each in V["refused"] if each["kind"] != "rotating"]


@pytest.mark.parametrize("vector", REFUSED, ids=lambda each: f"{each['kind']}: {each['name']}")
def test_what_the_page_refuses(vector: dict[str, Any]) -> None:
    """The stranger says the same word; the code's own part of it (shape and signature) is checked here, clocks and keys
    where the till judges them."""
    kind, digits, now = vector["kind"], vector["digits"], datetime.fromisoformat(vector["at"])
    known = {1: PUBLIC["member"]} if kind == "member" else {12: PUBLIC["coupon"]}
    assert stranger.judge(kind, digits, now, known) == vector["refusal"]
    if vector["refusal"] == "code_mistyped":
        with pytest.raises(Refusal) as caught:
            read(kind, digits)
        assert caught.value.reason is Reason.CODE_MISTYPED
        assert classify(digits).kind in (ScanKind.MISTYPED, ScanKind.FOREIGN)
        return
    found = read(kind, digits)
    numbered = found.claims.key_number if kind == "member" else found.claims.till_number
    assert holds(PUBLIC[kind], found) is (vector["refusal"] != "code_signature")
    assert (numbered in known) is not vector["refusal"].endswith("unknown")


def test_every_refusal_is_shown_for_both_kinds() -> None:
    said = {(each["kind"], each["refusal"]) for each in REFUSED}
    assert said >= {(kind, reason) for kind in ("member", "coupon") for reason in ("code_mistyped", "code_signature")}


@pytest.mark.parametrize(("kind", "vector"), SIGNED, ids=NAMES)
def test_no_single_wrong_digit_and_no_swap_passes(kind: str, vector: dict[str, Any]) -> None:
    """Every place of the code, every other digit: mistyped, or a signature that does not hold."""
    digits = vector["digits"]
    wrong = [digits[:i] + other + digits[i + 1 :] for i in range(len(digits)) for other in "0123456789"]
    wrong += [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)]
    passed = []
    for code in set(wrong) - {digits}:
        try:
            found = read(kind, code)
        except Refusal as refused:
            assert refused.reason is Reason.CODE_MISTYPED
            continue
        if holds(PUBLIC[kind], found):
            passed.append(code)
    assert passed == []


MOMENT = datetime(2026, 11, 21, 5, tzinfo=UTC)
GOOD_MEMBER = MemberClaims(1, "0198c2d0-7b1e-7c3a-9f42-5e6a7b8c9d0e", "2907780802207", MOMENT, MOMENT)
GOOD_COUPON = CouponClaims(1, "8123456789012362", 7, MOMENT.date(), MOMENT.date())


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD_MEMBER, key_number=0),
        replace(GOOD_MEMBER, key_number=256),
        replace(GOOD_MEMBER, member_id="no id"),
        replace(GOOD_MEMBER, member_id="{0198C2D0-7b1e-7c3a-9f42-5e6a7b8c9d0e}"),
        replace(GOOD_MEMBER, member_number="2907780802208"),
        replace(GOOD_MEMBER, valid_until=MOMENT - timedelta(minutes=1)),
        replace(GOOD_MEMBER, issued_at=datetime(2019, 12, 31, tzinfo=UTC)),
        replace(GOOD_MEMBER, valid_until=datetime(2150, 1, 1, tzinfo=UTC)),
        replace(GOOD_MEMBER, issued_at=MOMENT.replace(tzinfo=None)),
    ],
)
def test_claims_about_a_member_that_do_not_fit_are_not_made(bad: MemberClaims) -> None:
    assert len(make_signed_member(GOOD_MEMBER, bytes(64))) == MEMBER_DIGITS == 222
    with pytest.raises(ValueError):
        member_message(bad)
    with pytest.raises(ValueError):
        make_signed_member(bad, bytes(64))
    with pytest.raises(ValueError):
        make_signed_member(GOOD_MEMBER, bytes(63))


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD_COUPON, till_number=0),
        replace(GOOD_COUPON, till_number=10_000),
        replace(GOOD_COUPON, code="8123456789012363"),
        replace(GOOD_COUPON, definition_tag=1 << 32),
        replace(GOOD_COUPON, valid_to=MOMENT.date() - timedelta(days=1)),
        replace(GOOD_COUPON, valid_from=date(2019, 12, 31)),
        replace(GOOD_COUPON, valid_to=date(2120, 1, 1)),
        replace(GOOD_COUPON, member_core=10**9),
        replace(GOOD_COUPON, member_core=-1),
    ],
)
def test_claims_about_a_coupon_that_do_not_fit_are_not_made(bad: CouponClaims) -> None:
    assert len(make_signed_coupon(GOOD_COUPON, bytes(64))) == COUPON_DIGITS == 202
    with pytest.raises(ValueError):
        coupon_message(bad)
    with pytest.raises(ValueError):
        make_signed_coupon(bad, bytes(64))


_MINUTES = st.integers(0, (1 << 26) - 1)
_DAYS = st.integers(0, (1 << 15) - 1)
_START = datetime(2020, 1, 1, tzinfo=UTC)


@given(
    st.integers(1, 255), st.uuids(), st.integers(0, 10**9 - 1), _MINUTES, _MINUTES, st.binary(min_size=64, max_size=64)
)
def test_whatever_is_said_of_a_member_comes_back(
    key: int, member_id: Any, core: int, one: int, other: int, signature: bytes
) -> None:
    issued, until = (_START + timedelta(minutes=n) for n in sorted((one, other)))
    claims = MemberClaims(key, str(member_id), member_number_of(core), issued, until)
    found = read_signed_member(make_signed_member(claims, signature))
    assert (found.claims, found.message, found.signature) == (claims, member_message(claims), signature)


@given(st.integers(1, 9_999), st.randoms(use_true_random=False), st.integers(0, (1 << 32) - 1), _DAYS, _DAYS, st.data())
def test_whatever_is_said_of_a_coupon_comes_back(
    till: int, chance: random.Random, tag: int, one: int, other: int, data: st.DataObject
) -> None:
    first, last = (_START.date() + timedelta(days=n) for n in sorted((one, other)))
    core = data.draw(st.none() | st.integers(0, 10**9 - 1))
    claims = CouponClaims(till, make_coupon_code(chance.randrange), tag, first, last, core)
    digits = make_signed_coupon(claims, bytes(64))
    assert read_signed_coupon(digits).claims == claims and check_coupon_code(claims.code)
    assert classify(digits).kind is ScanKind.COUPON_SIGNED
