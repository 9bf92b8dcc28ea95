"""Demo data: the same everywhere, unique where it must be, and Thai as people write it."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from pos_member.config import resource
from pos_member.domain.check_digits import gs1_holds
from pos_member.domain.codec import canonical_bytes
from pos_member.domain.codes import check_member_number
from pos_member.domain.compiled import compile_rules
from pos_member.domain.consent import Purpose, notice_hash
from pos_member.domain.ids import is_id
from pos_member.domain.member import clean_name, graphemes, normalise_phone
from pos_member.domain.org import Role, Settings
from pos_member.domain.pricing import RuleBook
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.tier_rules import standing
from pos_member.services.demo import (
    DEMO_BLOCK_TILL,
    DEMO_MEMBERS_MAX,
    DEMO_SEED,
    DemoCatalogue,
    DemoMember,
    demo_catalogue,
    demo_members,
    names,
)
from pos_member.services.staff import check_pin_strength
from tests.source_tree import ROOT

TODAY = date(2026, 11, 21)
THAI_NAME = re.compile(r"[\u0e01-\u0e4e]+")


def _catalogue(seed: int = DEMO_SEED) -> DemoCatalogue:
    program_file = resource("programs", "demo.json").read_bytes()
    return demo_catalogue(hash_pin=lambda pin: f"hash of {pin}", program_file=program_file, seed=seed)


def _members(count: int, seed: int = DEMO_SEED, settings: Settings | None = None) -> list[DemoMember]:
    catalogue = _catalogue(seed)
    chosen = settings or catalogue.organisation.settings
    return list(demo_members(count, seed, chosen, catalogue.branches, TODAY))


@pytest.fixture(scope="module")
def catalogue() -> DemoCatalogue:
    return _catalogue()


@pytest.fixture(scope="module")
def members() -> list[DemoMember]:
    return _members(2_000)


def _digest(value: object) -> str:
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _member_digest(members: list[DemoMember]) -> str:
    plain = [
        [one.member, one.consents, sorted((str(day), n) for day, n in one.buckets.items()), one.visits, one.last_visit]
        for one in members
    ]
    return _digest(plain)


def test_the_demo_is_the_same_on_every_machine(catalogue: DemoCatalogue, members: list[DemoMember]) -> None:
    # Written down, so that a change of the demo is a decision: screenshots and the scripted day build on it.
    assert _digest(catalogue.products)[:16] == "e3ee9a792243a67c"
    assert _digest([catalogue.brands, catalogue.branches, catalogue.tills, catalogue.staff])[:16] == "bd50db0841e9ebdd"
    assert _member_digest(members)[:16] == "8f486fd07de2aa1f"


def test_another_seed_gives_another_demo(members: list[DemoMember]) -> None:
    other = _members(50, seed=DEMO_SEED + 1)
    assert not {one.member.id for one in other} & {one.member.id for one in members}
    assert not {one.member.number for one in other} & {one.member.number for one in members}


def test_the_first_of_many_are_the_same_as_made_alone(members: list[DemoMember]) -> None:
    assert _members(50) == members[:50]


# --- the catalogue ----------------------------------------------------------------------------------------


def test_the_organisation_has_what_a_day_needs(catalogue: DemoCatalogue) -> None:
    assert len(catalogue.brands) == 2 and len(catalogue.branches) == 3 and len(catalogue.tills) == 3
    assert {branch.brand_id for branch in catalogue.branches} == {brand.id for brand in catalogue.brands}
    assert [till.number for till in catalogue.tills] == [1, 2, 3]
    settings = catalogue.organisation.settings
    assert len(bytes.fromhex(settings.member_number_key)) >= 16
    assert THAI_NAME.search(settings.consent_notice_th) and settings.consent_notice_en


def test_the_tax_number_has_its_check_digit(catalogue: DemoCatalogue) -> None:
    *body, last = (int(digit) for digit in catalogue.organisation.tax_id)
    assert len(body) == 12
    assert (sum(digit * weight for digit, weight in zip(body, range(13, 1, -1), strict=True)) + last) % 11 in (0, 1)


def test_every_branch_can_be_run_by_its_own_people(catalogue: DemoCatalogue) -> None:
    assert len(catalogue.staff) >= 8
    for branch in catalogue.branches:
        roles = {person.role for person in catalogue.staff if person.branch_id == branch.id}
        assert {Role.CASHIER, Role.SUPERVISOR, Role.MANAGER} <= roles
    assert any(person.role is Role.HEAD_OFFICE for person in catalogue.staff)
    assert len({person.code for person in catalogue.staff}) == len(catalogue.staff)


def test_pins_are_strong_known_and_only_kept_hashed(catalogue: DemoCatalogue) -> None:
    assert set(catalogue.pins) == {person.code for person in catalogue.staff}
    assert len(set(catalogue.pins.values())) == len(catalogue.pins)
    for person in catalogue.staff:
        pin = catalogue.pins[person.code]
        assert re.fullmatch(r"[0-9]{6}", pin) and len(set(pin)) == 6
        assert all(abs(int(a) - int(b)) != 1 for a, b in pairwise(pin))
        assert person.pin_hash == f"hash of {pin}"
        check_pin_strength(pin)


def test_the_page_says_who_signs_in(catalogue: DemoCatalogue) -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d{4}) \| (\d{6}) \| ([^|]+) \|", page, re.MULTILINE)
    assert listed == [(person.code, catalogue.pins[person.code], person.name_th) for person in catalogue.staff]


def test_twelve_categories_two_with_sub_categories(catalogue: DemoCatalogue) -> None:
    top = [category for category in catalogue.categories if category.parent_id is None]
    parents = Counter(category.parent_id for category in catalogue.categories if category.parent_id)
    assert len(top) == 12 and len(parents) == 2 and min(parents.values()) == 2
    used = {product.category_id for product in catalogue.products}
    assert used | set(parents) == {category.id for category in catalogue.categories}


def test_three_hundred_products_with_barcodes_a_scanner_reads(catalogue: DemoCatalogue) -> None:
    products = catalogue.products
    assert len(products) == 300
    for field in ("id", "sku", "barcode", "name_th", "name_en"):
        assert len({getattr(product, field) for product in products}) == 300, field
    for product in products:
        assert len(product.barcode) == 13 and product.barcode.startswith("885") and gs1_holds(product.barcode)
        assert classify(product.barcode).kind is ScanKind.PRODUCT
        assert is_id(product.id) and product.name_th == clean_name(product.name_th)
        assert product.name_en.isascii() and 5_00 <= product.price_satang <= 1_000_00
    beans = [product for product in products if "coffee_beans" in product.tags]
    assert len(beans) == 24 and all("เมล็ดกาแฟ" in product.name_th for product in beans)


def test_the_programs_come_along_and_all_of_them_run(catalogue: DemoCatalogue) -> None:
    assert len(catalogue.programs) == 13
    definitions = {definition.id: definition for definition in catalogue.definitions}
    book = RuleBook(catalogue.programs, definitions, {}, catalogue.organisation.settings)
    assert compile_rules(book).inert == ()
    products = {product.id for product in catalogue.products}
    categories = {category.id for category in catalogue.categories}
    currencies = {currency.code for currency in catalogue.organisation.settings.currencies}
    for program in catalogue.programs:
        assert set(program.scope.products) <= products and set(program.scope.categories) <= categories
        assert program.effect.currency in {"", *currencies}
    issued = {program.effect.coupon for program in catalogue.programs if program.effect.coupon}
    assert issued == {definition.id for definition in catalogue.definitions}
    tags = {tag for program in catalogue.programs for tag in program.scope.tags}
    assert tags <= {tag for product in catalogue.products for tag in product.tags}


# --- members ----------------------------------------------------------------------------------------------


def test_phones_numbers_and_ids_are_unique_and_right(members: list[DemoMember]) -> None:
    for field in ("id", "number", "phone"):
        assert len({getattr(one.member, field) for one in members}) == len(members), field
    for one in members:
        assert check_member_number(one.member.number) and is_id(one.member.id)
        assert normalise_phone(one.member.phone) == one.member.phone
        assert one.member.phone[3] in "689" and len(one.member.phone) == 12
    assert [one.member.id for one in members] == sorted(one.member.id for one in members)


def test_phones_never_meet_within_everything_that_can_be_made() -> None:
    from math import gcd

    from pos_member.services.demo import members as module

    # The step visits every phone once before it meets the first again.
    assert gcd(module._PHONE_STEP, module._PHONES) == 1
    assert DEMO_MEMBERS_MAX <= module._PHONES
    assert max(till.number for till in _catalogue().tills) < DEMO_BLOCK_TILL


def test_more_than_the_blocks_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="can be made"):
        next(demo_members(DEMO_MEMBERS_MAX + 1, 1, Settings(), (), TODAY))


def test_names_are_thai_and_spelled_soundly(members: list[DemoMember]) -> None:
    named = [one.member for one in members if one.member.first_name]
    assert 0.9 < len(named) / len(members) < 0.97
    for member in named:
        assert THAI_NAME.fullmatch(member.first_name)
        assert not member.last_name or THAI_NAME.fullmatch(member.last_name)
        for text in (member.first_name, member.last_name):
            assert clean_name(text) == text
            assert all(len(cluster) <= 3 for cluster in graphemes(text)), text
        assert len(member.last_name) <= 30
    assert len({member.first_name for member in named}) > 150
    assert len({(member.first_name, member.last_name) for member in named}) > 0.9 * len(named)


def test_the_lists_of_names_hold_nothing_twice() -> None:
    for words in (names.FEMALE, names.MALE, names._FIRST_PARTS, names._MIDDLE_PARTS, names._LAST_PARTS):
        assert len(set(words)) == len(words), [word for word, n in Counter(words).items() if n > 1]


def test_birthdays_are_spread_over_the_year_and_of_age(members: list[DemoMember]) -> None:
    birthdays = [one.member.birthday for one in members if one.member.birthday]
    months = Counter(birthday.month for birthday in birthdays)
    assert len(months) == 12 and max(months.values()) < 2 * min(months.values())
    assert 0.7 < len(birthdays) / len(members) < 0.9
    years = [birthday.year for birthday in birthdays if birthday.year]
    assert min(years) > 1945 and max(years) <= TODAY.year - 18
    assert len(years) < len(birthdays), "some give no year"


def test_everyone_agreed_to_membership_and_only_some_to_news(
    catalogue: DemoCatalogue, members: list[DemoMember]
) -> None:
    settings = catalogue.organisation.settings
    staff = {person.id for person in catalogue.staff if person.role is Role.CASHIER}
    for one in members:
        assert one.consents[0].purpose is Purpose.MEMBERSHIP
        for consent in one.consents:
            assert consent.granted and consent.member_id == one.member.id and consent.at == one.member.enrolled_at
            assert consent.notice_sha256 == notice_hash(settings.consent_notice_th)
            assert consent.staff_id in staff
    wanting = sum(len(one.consents) > 1 for one in members)
    assert 0.4 < wanting / len(members) < 0.9


def test_the_past_of_a_member_hangs_together(members: list[DemoMember]) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for one in members:
        assert one.member.enrolled_at < now and one.member.enrolled_at.utcoffset() is not None
        assert (one.visits == 0) == (one.last_visit is None)
        assert one.last_visit is None or one.member.enrolled_at.date() <= one.last_visit <= TODAY
        assert all(points > 0 and (day is None or day >= TODAY) for day, points in one.buckets.items())
        assert one.qualifying >= 0 and (one.visits > 0 or not one.buckets)
    balances = [sum(one.buckets.values()) for one in members]
    assert sum(balance >= 100 for balance in balances) > 200, "enough members can use a reward"
    assert sum(balance == 0 for balance in balances) > 100


def test_what_counts_towards_tiers_fits_the_visits_and_makes_few_of_them_golden(
    catalogue: DemoCatalogue, members: list[DemoMember]
) -> None:
    scheme = catalogue.organisation.settings.tiers
    assert scheme is not None
    for one in members:
        assert sum(month.visits for month in one.months.values()) == one.visits
        assert all(month.spend_satang == month.points * 2_500 > 0 for month in one.months.values())
        assert not one.months or max(one.months) == str(one.last_visit)[:7]
        assert not one.months or min(one.months) >= str(one.member.enrolled_at.date())[:7]
    tiers = Counter(standing(scheme, one.months, TODAY).code for one in members)
    assert 0.5 < tiers[""] / len(members) < 0.95, tiers
    assert tiers["silver"] > tiers["gold"] > tiers["platinum"] > 0, tiers


def test_points_that_never_expire_have_no_last_day() -> None:
    from pos_member.domain.org import PointsExpiry

    settings = Settings(points_expiry=PointsExpiry.NEVER, member_number_key="00" * 16)
    assert {day for one in _members(200, settings=settings) for day in one.buckets} == {None}


def test_members_are_made_one_by_one_at_an_even_pace() -> None:
    """Ten times as many take about ten times as long, and nothing is kept: a million fit in memory and time."""

    def took(count: int) -> float:
        catalogue = _catalogue()
        started = time.process_time()
        for _ in demo_members(count, 1, catalogue.organisation.settings, catalogue.branches, TODAY):
            pass
        return time.process_time() - started

    took(100)
    few, many = min(took(500) for _ in range(3)), took(5_000)
    assert many < 25 * few
    assert many / 5_000 < 600e-6, "a million would take more than ten minutes even on a slow, busy machine"


def test_a_million_members_keep_distinct_numbers_over_the_blocks() -> None:
    """At the seam between two blocks of numbers."""
    from pos_member.services.demo.members import _Maker

    catalogue = _catalogue()
    maker = _Maker(DEMO_SEED, catalogue.organisation.settings, catalogue.branches, TODAY)
    found = [maker.make(place).member for place in (99_998, 99_999, 100_000, 100_001, 999_999)]
    assert len({member.number for member in found}) == len({member.phone for member in found}) == 5
    assert len({member.enrolled_till_id for member in found}) == 3
