"""Several codes in view: their order, which of them are meant, and bar codes that must be seen twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pos_member.domain.codes import make_coupon_code, make_member_number, make_receipt_code
from pos_member.domain.rotating_codes import make_rotating_code, member_secret, time_step
from pos_member.domain.signed_codes import MemberClaims, make_signed_member
from pos_member.hardware.scanning.choice import Decoded, chosen, ordered
from pos_member.hardware.scanning.presence import Agreement

KEY = "00112233445566778899aabbccddeeff"
ANNA, BEN = make_member_number(KEY, 1, 0), make_member_number(KEY, 1, 1)
COUPON = make_coupon_code(lambda below: 1_234_567_890_123)
OTHER_COUPON = make_coupon_code(lambda below: 3_210_987_654_321)
RECEIPT = make_receipt_code(12, 345)
PRODUCT, URL = "8850999320007", "https://example.com/a"
NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
SIGNED = make_signed_member(MemberClaims(3, str(UUID(int=7)), ANNA, NOW, NOW + timedelta(days=9)), bytes(64))
ROTATING = make_rotating_code(member_secret(bytes(32), ANNA), 1, ANNA, time_step(NOW))


def at(text: str, x: float = 0.5, y: float = 0.5, symbology: str = "QR") -> Decoded:
    """A code of a tenth of the frame about a place."""
    corners = ((x - 0.05, y - 0.05), (x + 0.05, y - 0.05), (x + 0.05, y + 0.05), (x - 0.05, y + 0.05))
    return Decoded(text, symbology, 1, "x", corners)


def texts(codes: list[Decoded]) -> list[str]:
    return [code.text for code in codes]


def test_ours_come_first_then_products_then_the_nearest_to_the_middle() -> None:
    found = [at(URL), at(PRODUCT, 0.45), at(COUPON, 0.9), at(ANNA, 0.7), at("text", 0.2)]
    assert texts(ordered(found)) == [ANNA, COUPON, PRODUCT, URL, "text"]
    without_places = [Decoded(URL, "QR", 1, "x"), Decoded(RECEIPT, "QR", 1, "x")]
    assert texts(ordered(without_places)) == [RECEIPT, URL]


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ([], []),
        ([at(URL)], [URL]),
        ([at(URL), at(PRODUCT, 0.9)], [PRODUCT, URL]),
        # A member's phone over a shelf of products, with an advertisement beside the code.
        ([at(URL), at(PRODUCT, 0.4), at(ANNA, 0.8)], [ANNA]),
        ([at(COUPON, 0.2), at(ANNA, 0.6), at(OTHER_COUPON, 0.9)], [ANNA, COUPON, OTHER_COUPON]),
        # One card with bars and square, one app with number and fresh code: the strongest proof of the one person.
        ([at(ANNA, 0.3), at(SIGNED, 0.9)], [SIGNED]),
        ([at(ANNA), at(SIGNED), at(ROTATING, 0.95)], [ROTATING]),
        # Two people: the one in the middle, or nobody.
        ([at(BEN, 0.9), at(ANNA, 0.55)], [ANNA]),
        ([at(BEN, 0.9), at(ANNA, 0.55), at(SIGNED, 0.1)], [SIGNED]),
        ([at(BEN, 0.3), at(ANNA, 0.68)], []),
        ([at(BEN, 0.3), at(ANNA, 0.68), at(COUPON, 0.1)], [COUPON]),
        ([Decoded(BEN, "QR", 1, "x"), Decoded(ANNA, "QR", 1, "x")], []),
    ],
)
def test_which_codes_are_meant(found: list[Decoded], meant: list[str]) -> None:
    assert texts(chosen(found)) == meant
    assert texts(chosen(found[::-1])) == meant or not meant


def test_code_39_and_itf_need_two_looks_of_five_too() -> None:
    clock = [0.0]
    agreement = Agreement(lambda: clock[0])
    for symbology in ("Code 39", "ITF-14", "EAN-13", "Code 128", "Micro QR"):
        for _ in range(5):
            assert agreement.believed([]) == []
        code = at("18850999320004", symbology=symbology)
        assert agreement.believed([code]) == []
        assert agreement.believed([]) == agreement.believed([]) == []
        assert agreement.believed([code]) == [code]
        clock[0] += 3  # looks grow old
        assert agreement.believed([code]) == []


def test_agreement_gives_only_what_is_meant() -> None:
    agreement = Agreement(lambda: 0.0)
    bars = at(PRODUCT, 0.4, symbology="EAN-13")
    assert agreement.believed([bars, at(ANNA)]) == [at(ANNA)]
    assert agreement.believed([bars]) == [bars]  # the look before counts although it was not meant then
