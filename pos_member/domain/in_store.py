"""The shop's own bar codes: an item with its price or its weight, as scales print them (EAN-13 from 20 to 28).

``prefix + item + value + EAN digit``, or with a check digit of the value between item and value. The check digit is
the one of the GS1 General Specifications 7.9.2 (values of four digits) and 7.9.3 (of five): the digits are weighted
``2-``, ``3``, ``5+`` and ``5-`` (twice, three or five times, the tens taken from or added to the units). National rules
that weigh otherwise are not read: leave ``value_check`` out only where the scale prints none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos_member.domain.bill import MILLI, BillDraft
from pos_member.domain.check_digits import gs1_digit, gs1_holds, is_digits
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.money import Rounding, round_ratio
from pos_member.domain.org import InStoreCode, InStoreValue, Product

_CODE_DIGITS = 13
#: A digit's product under each weight.
_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_WEIGHTS = {
    4: (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS),
    5: (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS),
}
#: How many digits a value may have where it has a check digit of its own.
CHECKED_DIGITS = tuple(_WEIGHTS)


@dataclass(frozen=True)
class InStoreLabel:
    """A label as read. ``barcode``: what the product is kept under (zeros for the value). One of the others is set.

    ``quantity_milli``: grams, thousandths of the kilogram that the price is for. ``price_satang``: of the package.
    Zero is told as zero: such a label says which product, and not how much of it.
    """

    barcode: str
    quantity_milli: int | None = None
    price_satang: int | None = None


def value_check_digit(value: str) -> str:
    """The check digit of a value of four or five digits. Raises ``ValueError`` for any other length."""
    weights = _WEIGHTS.get(len(value))
    if weights is None or not is_digits(value):
        raise ValueError(f"no check digit is defined for {value!r}")
    total = sum(weight[int(digit)] for weight, digit in zip(weights, value, strict=True))
    if len(value) == 4:
        return str(total * 3 % 10)
    return str(_FIVE_MINUS.index(-total % 10))


def make_label(rule: InStoreCode, item: int, value: int) -> str:
    """The 13 digits that a scale prints. Raises ``ValueError`` where a figure does not fit."""
    item_text, value_text = f"{item:0{rule.item_digits}d}", f"{value:0{rule.value_digits}d}"
    check = value_check_digit(value_text) if rule.value_check else ""
    body = f"{rule.prefix}{item_text}{check}{value_text}"
    if len(body) != _CODE_DIGITS - 1 or item < 0 or value < 0:
        raise ValueError(f"item {item} and value {value} do not fit {rule}")
    return body + gs1_digit(body)


def read_label(code: str, rules: Sequence[InStoreCode]) -> InStoreLabel | None:
    """What a label of one of ``rules`` says, or None for any other code.

    Raises ``Refusal(CODE_MISTYPED)`` where the check digit of the value is wrong: the price must not be believed.
    """
    if len(code) != _CODE_DIGITS or not gs1_holds(code):
        return None
    rule = next((each for each in rules if code.startswith(each.prefix)), None)
    if rule is None or not usable(rule):
        return None
    item, value = int(code[2 : 2 + rule.item_digits]), code[12 - rule.value_digits : 12]
    if rule.value_check and code[11 - rule.value_digits] != value_check_digit(value):
        raise Refusal(Reason.CODE_MISTYPED, looks_like="product")
    barcode = make_label(rule, item, 0)
    if rule.value is InStoreValue.WEIGHT:
        return InStoreLabel(barcode, quantity_milli=int(value))
    return InStoreLabel(barcode, price_satang=int(value))


def usable(rule: InStoreCode) -> bool:
    """Whether its parts make a code of 13 digits, in the range that is the shop's own and no member's."""
    check = 1 if rule.value_check else 0
    fits = rule.item_digits > 0 and rule.value_digits > 0 and rule.item_digits + check + rule.value_digits == 10
    own = rule.prefix in {str(number) for number in range(20, 29)}
    return fits and own and (not check or rule.value_digits in CHECKED_DIGITS)


def ring_up(
    draft: BillDraft,
    product: Product,
    times_milli: int,
    weight_milli: int | None = None,
    price_satang: int | None = None,
) -> BillDraft:
    """``draft`` with ``times_milli`` of ``product``, as its label says: so much of it, or at that price.

    A label without a figure (0) takes the quantity that was keyed: the weight, typed by hand. Raises
    ``Refusal(LABEL_EMPTY)`` where none was, and as ``BillDraft.add_product``.
    """
    if weight_milli == 0 or price_satang == 0:
        if times_milli == MILLI:
            raise Refusal(Reason.LABEL_EMPTY)
        return draft.add_product(product, times_milli)
    if price_satang is not None:
        return draft.add_product(replace(product, price_satang=price_satang), times_milli)
    if weight_milli is None:
        return draft.add_product(product, times_milli)
    return draft.add_product(product, round_ratio(weight_milli * times_milli, MILLI, Rounding.HALF_UP))
