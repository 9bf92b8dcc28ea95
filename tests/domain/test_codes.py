"""How the shop's codes are made and which slips of the hand they catch."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pos_member.domain.check_digits import damm_digit, gs1_digit, gs1_holds, is_digits, mod97_digits, mod97_holds
from pos_member.domain.codes import (
    MEMBER_COUNTER_MAX,
    check_coupon_code,
    check_member_number,
    check_receipt_code,
    check_staff_badge,
    expand_upc_e,
    format_coupon_code,
    make_coupon_code,
    make_member_number,
    make_receipt_code,
    make_staff_badge,
    product_code,
    split_receipt_code,
)
from pos_member.domain.scan_meaning import ScanKind, classify

KEY = "00112233445566778899aabbccddeeff"


def single_errors(code: str) -> Iterator[str]:
    for place, right in enumerate(code):
        for wrong in "0123456789":
            if wrong != right:
                yield code[:place] + wrong + code[place + 1 :]


def neighbour_swaps(code: str) -> Iterator[str]:
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def coupon(dice: random.Random) -> str:
    return make_coupon_code(dice.randrange)


def badge(dice: random.Random) -> str:
    return make_staff_badge(dice.randrange)


def receipt(dice: random.Random) -> str:
    return make_receipt_code(dice.randrange(1, 10_000), dice.randrange(10**12))


def member(dice: random.Random) -> str:
    return make_member_number(KEY, dice.randrange(1, 10_000), dice.randrange(100_000))


def test_check_digits_agree_with_published_examples() -> None:
    assert damm_digit("572") == "4"
    assert mod97_digits("794") == "44"
    assert mod97_holds("79444")
    assert gs1_digit("629104150021") == "3"
    assert gs1_holds("4006381333931") and gs1_holds("96385074") and gs1_holds("036000291452")


@pytest.mark.parametrize("equivalent", ["00", "01", "99"])
def test_mod97_refuses_the_other_members_of_a_remainder(equivalent: str) -> None:
    # 97 ≡ 00, 98 ≡ 01, 02 ≡ 99: only the canonical digits hold, or two spellings would be one code.
    bodies = [str(body) for body in range(10_000, 11_000)]
    assert not any(mod97_holds(body + equivalent) for body in bodies)
    assert any(int(body + equivalent) % 97 == 1 for body in bodies)


@pytest.mark.parametrize("text", ["", " ", "๑๒๓", "²", "12a", "-12", "1 2"])
def test_only_ascii_digits_are_digits(text: str) -> None:
    assert not is_digits(text)
    assert not gs1_holds(text)
    assert not mod97_holds(text)


@pytest.mark.parametrize(
    ("till", "counter", "number"),
    [
        (1, 0, "2907780802207"),
        (1, 99_999, "2959914655678"),
        (9_999, 0, "2971158058862"),
        (9_999, 99_999, "2979217778607"),
    ],
)
def test_member_numbers_never_change(till: int, counter: int, number: str) -> None:
    """The vectors of docs/codes.md: a change here would give new members the numbers of old ones."""
    assert make_member_number(KEY, till, counter) == number
    assert check_member_number(number)


def test_member_numbers_of_many_tills_do_not_collide() -> None:
    numbers = {make_member_number(KEY, till, counter) for till in (1, 2, 731, 9_999) for counter in range(5_000)}
    assert len(numbers) == 20_000
    assert all(check_member_number(number) for number in numbers)


def test_member_numbers_hide_their_order() -> None:
    bodies = [int(make_member_number(KEY, 1, counter)[2:11]) for counter in range(2_000)]
    rising = sum(later > earlier for earlier, later in itertools.pairwise(bodies))
    assert 900 < rising < 1_100
    assert len({body // 10**8 for body in bodies}) == 10


def test_another_key_makes_other_numbers() -> None:
    other = "ff" * 16
    assert sum(make_member_number(KEY, 1, n) == make_member_number(other, 1, n) for n in range(500)) == 0


@pytest.mark.parametrize(
    ("key", "till", "counter"),
    [
        (KEY, 0, 0),
        (KEY, 10_000, 0),
        (KEY, 1, -1),
        (KEY, 1, MEMBER_COUNTER_MAX + 1),
        ("", 1, 0),
        ("zz" * 16, 1, 0),
        ("ab" * 15, 1, 0),
    ],
)
def test_member_number_refuses_what_would_collide(key: str, till: int, counter: int) -> None:
    with pytest.raises(ValueError):
        make_member_number(key, till, counter)


def test_documented_vectors_hold() -> None:
    """Every whole code of docs/codes.md in backticks is what the document says it is."""
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    codes = {found.replace(" ", "") for found in re.findall(r"`([0-9 ]{13,})`", page)}
    wrong = {code for code in codes if classify(code).kind in (ScanKind.MISTYPED, ScanKind.TEXT, ScanKind.FOREIGN)}
    assert wrong == {"1234567890123", "123456789012345", "0105599001236"}, "only bodies and payees are no codes"
    assert {make_member_number(KEY, till, counter) for till in (1, 9_999) for counter in (0, 99_999)} <= codes
    assert len(codes) > 12


@pytest.mark.parametrize(
    ("make", "check", "length"),
    [
        (member, check_member_number, 13),
        (coupon, check_coupon_code, 16),
        (badge, check_staff_badge, 18),
        (receipt, check_receipt_code, 20),
    ],
)
def test_no_single_error_and_no_neighbour_swap_goes_unseen(
    make: Callable[[random.Random], str], check: Callable[[str], bool], length: int
) -> None:
    dice = random.Random(20_260_101)
    slips = 0
    for _ in range(300):
        code = make(dice)
        assert len(code) == length
        assert check(code)
        for slip in (*single_errors(code), *neighbour_swaps(code)):
            slips += 1
            assert not check(slip), (code, slip)
    assert slips > 300 * length * 9


def test_ean_alone_would_miss_swaps_that_damm_finds() -> None:
    """The control: without the Damm digit the same measure does find undetected slips."""
    dice = random.Random(7)
    missed = [slip for _ in range(300) for slip in neighbour_swaps(member(dice)) if gs1_holds(slip)]
    assert missed
    assert not any(check_member_number(slip) for slip in missed)


def test_coupon_vector_and_form() -> None:
    code = make_coupon_code(lambda below: 1_234_567_890_123)
    assert code == "8123456789012362"
    assert format_coupon_code(code) == "8123 4567 8901 2362"
    assert make_coupon_code(lambda below: below - 1)[:14] == "8" + "9" * 13


def test_receipt_code_round_trip() -> None:
    code = make_receipt_code(12, 345)
    assert code == "50001200000000034588"
    assert split_receipt_code(code) == (12, 345)
    with pytest.raises(ValueError):
        split_receipt_code("50001200000000034589")
    for till, counter in ((0, 1), (10_000, 1), (1, -1), (1, 10**12)):
        with pytest.raises(ValueError):
            make_receipt_code(till, counter)


@pytest.mark.parametrize(
    "text", ["", "8", "x" * 16, "๘" * 16, "8" + "0" * 15, "8123 4567 8901 2362", "-123456789012363"]
)
def test_checks_take_the_exact_form_only(text: str) -> None:
    assert not check_coupon_code(text)
    assert not check_member_number(text)
    assert not check_receipt_code(text)
    assert not check_staff_badge(text)


@pytest.mark.parametrize(
    ("scanned", "stored"),
    [
        ("8850999320007", "8850999320007"),
        ("036000291452", "0036000291452"),
        ("04252614", "0042100005264"),
        ("96385074", "96385074"),
        ("00036000291452", "0036000291452"),
        ("18850999320004", "18850999320004"),
        ("2012345001503", "2012345001503"),
        ("8850999320008", None),
        ("2907780802207", None),
        ("", None),
        ("1", None),
        ("abc", None),
    ],
)
def test_product_codes_have_one_form(scanned: str, stored: str | None) -> None:
    assert product_code(scanned) == stored


@pytest.mark.parametrize(
    ("upc_e", "upc_a"),
    [
        ("01234505", "012000003455"),
        ("04252614", "042100005264"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
        ("04252615", None),
        ("24252614", None),
        ("0425261", None),
    ],
)
def test_upc_e_expands(upc_e: str, upc_a: str | None) -> None:
    assert expand_upc_e(upc_e) == upc_a
