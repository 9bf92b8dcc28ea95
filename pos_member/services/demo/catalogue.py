"""All of head office's data for a demo, but for its members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff, TillIdentity
from pos_member.domain.program import Program
from pos_member.domain.program_files import read_bytes
from pos_member.services.demo import organisation as org
from pos_member.services.demo.ids import DEMO_SEED
from pos_member.services.demo.products import demo_categories, demo_products


@dataclass(frozen=True)
class DemoCatalogue:
    """What a demo sells, where, by whom and under which programs. ``pins`` has the PIN of each staff code."""

    organisation: Organisation
    brands: tuple[Brand, ...]
    branches: tuple[Branch, ...]
    tills: tuple[TillIdentity, ...]
    staff: tuple[Staff, ...]
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    programs: tuple[Program, ...]
    definitions: tuple[CouponDefinition, ...]
    pins: Mapping[str, str]


def demo_catalogue(*, hash_pin: Callable[[str], str], program_file: bytes, seed: int = DEMO_SEED) -> DemoCatalogue:
    """The demo for a seed: two brands, three branches, eleven people, 300 products in 12 categories.

    ``hash_pin`` is ``PinHasher.hash`` (or any other in tests); ``program_file`` is the content of
    ``resources/programs/demo.json``. Raises ``Refusal(PAYLOAD_INVALID)`` when that is no program file.
    """
    programs = read_bytes(program_file)
    brands = org.demo_brands(seed)
    branches = org.demo_branches(seed, brands)
    categories = demo_categories(seed)
    staff, pins = org.demo_staff(seed, branches, hash_pin)
    return DemoCatalogue(
        organisation=org.demo_organisation(seed),
        brands=brands,
        branches=branches,
        tills=org.demo_tills(seed, branches),
        staff=staff,
        categories=categories,
        products=demo_products(seed, brands, categories),
        programs=programs.programs,
        definitions=programs.definitions,
        pins=pins,
    )
