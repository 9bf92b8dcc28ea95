"""Bar codes of imported products: one form for one article, and none from the members' range."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.domain.codes import make_member_number
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import InStoreCode, InStoreValue, Organisation, Product
from pos_member.headoffice.importing import Thing, import_catalogue, put_catalogue
from pos_member.headoffice.portable import Database
from pos_member.services.sync_ports import FeedEntity
from tests.headoffice.office_support import COMPANY, rows
from tests.headoffice.program_facts import empty_office

GOODS = Product("p", "SKU-1", "8850999320007", "ชา", "Tea", "c", "b", 4_500)
MEMBER = make_member_number("00112233445566778899aabbccddeeff", 1, 0)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with empty_office(tmp_path) as opened:
        yield opened


def stored(database: Database) -> list[str]:
    """Bar codes of the catalogue, then of the feed, in the order of their products."""
    tables = [[row for row in rows(database, table) if row.entity == "product"] for table in ("catalogue", "feed")]
    return [json.loads(row.body)["barcode"] for table in tables for row in sorted(table, key=lambda row: row.id)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("036000291452", "0036000291452"),
        ("04252614", "0042100005264"),
        ("00036000291452", "0036000291452"),
        (" 8850999320007 ", "8850999320007"),
        ("8850999320007", "8850999320007"),
        ("8850999320008", "8850999320008"),  # a wrong check digit stays as the shop wrote it
        ("TEA-01", "TEA-01"),
        ("", ""),
        ("2012345001503", "2012345001503"),
    ],
)
def test_a_bar_code_is_stored_as_it_is_looked_up(database: Database, given: str, kept: str) -> None:
    with database.write() as connection:
        assert import_catalogue(connection, [replace(GOODS, barcode=given)]) == 1
    assert stored(database) == [kept, kept]
    with database.write() as connection:
        assert import_catalogue(connection, [replace(GOODS, barcode=given)]) == 0, "the same again changes nothing"


def test_bar_codes_of_the_members_range_are_refused_by_name_and_nothing_is_taken(database: Database) -> None:
    before = len(rows(database, "feed"))
    bad = [
        replace(GOODS, id="m", sku="SKU-2", barcode=MEMBER),
        replace(GOODS, id="n", sku="SKU-3", barcode="2900000000001"),
        replace(GOODS, id="o", sku="SKU-4", barcode="02912345678904"),
    ]
    with pytest.raises(Refusal) as caught, database.write() as connection:
        import_catalogue(connection, [GOODS, *bad])
    assert caught.value.reason is Reason.BARCODE_OURS
    assert caught.value.params["items"] == f"SKU-2 ({MEMBER}), SKU-3 (2900000000001), SKU-4 (02912345678904)"
    assert (stored(database), len(rows(database, "feed"))) == ([], before)


def test_a_long_list_is_cut_and_counted(database: Database) -> None:
    many = [replace(GOODS, id=f"p{n}", sku=f"S{n}", barcode=f"29{n:011d}") for n in range(12)]
    with pytest.raises(Refusal) as caught, database.write() as connection:
        import_catalogue(connection, many)
    said = str(caught.value.params["items"])
    assert said.count("(") == 10 and said.endswith(" +2")


def test_what_only_looks_like_the_range_is_taken(database: Database) -> None:
    taken = [replace(GOODS, id=f"p{n}", barcode=code) for n, code in enumerate(("29", "29000007", "A290000000001"))]
    with database.write() as connection:
        assert import_catalogue(connection, taken) == 3


def test_a_product_that_a_newer_build_wrote_keeps_what_this_one_cannot_read(database: Database) -> None:
    wire = {"id": "x", "sku": "X", "barcode": "036000291452", "newer": [1]}
    with database.write() as connection:
        assert put_catalogue(connection, [Thing(FeedEntity.PRODUCT, "x", "X", wire)]) == 1
        assert put_catalogue(connection, [Thing(FeedEntity.PRODUCT, "y", "Y", {"id": "y", "barcode": None})]) == 1
    (row,) = [row for row in rows(database, "catalogue") if row.id == "x"]
    assert json.loads(row.body) == wire | {"barcode": "0036000291452"}
    assert wire["barcode"] == "036000291452"


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ((InStoreCode("29", InStoreValue.PRICE),), "organisation.settings.in_store[0]"),
        ((InStoreCode("19", InStoreValue.PRICE),), "organisation.settings.in_store[0]"),
        ((InStoreCode("20", InStoreValue.PRICE, 5, 4),), "organisation.settings.in_store[0]"),
        ((InStoreCode("20", InStoreValue.PRICE, 5, 5, value_check=True),), "organisation.settings.in_store[0]"),
        (
            (InStoreCode("20", InStoreValue.PRICE), InStoreCode("20", InStoreValue.WEIGHT)),
            "organisation.settings.in_store[1].prefix",
        ),
    ],
)
def test_in_store_codes_that_no_scale_can_print_are_refused(
    database: Database, rules: tuple[InStoreCode, ...], where: str
) -> None:
    def company(in_store: tuple[InStoreCode, ...]) -> Organisation:
        return replace(COMPANY, settings=replace(COMPANY.settings, in_store=in_store))

    with pytest.raises(Refusal) as caught, database.write() as connection:
        import_catalogue(connection, [company(rules)])
    assert (caught.value.reason, caught.value.params["where"]) == (Reason.PAYLOAD_INVALID, where)
    good = (InStoreCode("20", InStoreValue.PRICE), InStoreCode("21", InStoreValue.WEIGHT, 5, 4, value_check=True))
    with database.write() as connection:
        assert import_catalogue(connection, [company(good)]) == 1
