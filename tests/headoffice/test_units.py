"""What is done in one transaction, and what in one for each shard."""

from __future__ import annotations

import pytest

from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.units import Units

KEYS = [("m1", 1), ("m2", 1), ("m1", 2)]


def test_units_that_share_a_transaction_are_one(office: HeadOffice) -> None:
    with Units(office.database).pack() as pack:
        assert pack.units_of(KEYS) == pack.units_of(KEYS, lambda key: key[0]) == [KEYS]


def test_apart_each_shard_is_a_unit_in_the_order_of_its_first(office: HeadOffice) -> None:
    with Units(office.database, distributed=True).pack() as pack:
        assert pack.units_of(KEYS, lambda key: key[0]) == [[("m1", 1), ("m1", 2)], [("m2", 1)]]
        assert pack.units_of(KEYS) == [[key] for key in KEYS]


@pytest.mark.parametrize("distributed", [False, True])
def test_of_nothing_there_is_no_unit(office: HeadOffice, distributed: bool) -> None:
    with Units(office.database, distributed=distributed).pack() as pack:
        assert pack.units_of([]) == pack.units_of([], str) == []
