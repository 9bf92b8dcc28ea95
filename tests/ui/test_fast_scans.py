"""A reader that waits for nobody: every code becomes its line, in order, whatever the till is busy with."""

from __future__ import annotations

import pytest

from tests.ui.till_window import Driver
from tests.ui.wedge import reader_types


@pytest.fixture
def till(driver: Driver) -> Driver:
    driver.open()
    driver.sign_in()
    return driver


def _burst(till: Driver, code: str) -> None:
    reader_types(till.window.windowHandle(), code)


@pytest.mark.parametrize("round_number", range(3))
def test_no_scan_is_lost_and_none_overtakes_another(till: Driver, round_number: int) -> None:
    products = till.world.till.lookup.products()
    assert len(products) >= 8
    order = [products[(round_number + 3 * at) % len(products)] for at in range(len(products))]
    distinct = list(dict.fromkeys(product.barcode for product in order))
    for code in distinct:
        _burst(till, code)
    till.settle()
    assert [line.barcode for line in till.desk.draft.lines] == distinct


def test_scans_go_on_while_a_bill_is_being_completed(till: Driver) -> None:
    products = till.world.till.lookup.products()
    _burst(till, products[0].barcode)
    till.settle()
    till.plus()
    for product in products[1:4]:
        _burst(till, product.barcode)
    till.settle()
    assert till.desk.last is None or till.desk.draft.lines
    sold = [bill for bill in till.world.store.facts.recent(10) if bill.kind == "bill"]
    assert len(sold) == 1
    assert [line.barcode for line in till.desk.draft.lines] == [product.barcode for product in products[1:4]]
