"""Bar codes of products as they come in: stored in the one form in which tills look them up, never a member's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_member.domain.check_digits import is_digits
from pos_member.domain.codes import MEMBER_PREFIX, product_code

#: Products that one refusal names.
_NAMED_MAX = 10


def canonical(wire: Mapping[str, Any]) -> Mapping[str, Any]:
    """The wire form of a product with its bar code as ``codes.product_code`` has it; other codes stay as they are."""
    barcode = wire.get("barcode")
    code = product_code(barcode.strip()) if isinstance(barcode, str) else None
    return wire if code is None or code == barcode else {**wire, "barcode": code}


def is_ours(wire: Mapping[str, Any]) -> bool:
    """Whether the bar code of a product is one that every till takes for a member number, right or mistyped."""
    barcode = wire.get("barcode")
    digits = barcode.strip() if isinstance(barcode, str) else ""
    if len(digits) == 14:
        digits = digits.removeprefix("0")
    return len(digits) == 13 and is_digits(digits) and digits.startswith(MEMBER_PREFIX)


def named(products: list[Mapping[str, Any]]) -> str:
    """``SKU-1 (2912345678901), SKU-2 (…) +3``: for a refusal."""
    listed = [f"{each.get('sku') or each.get('id')} ({each['barcode']})" for each in products[:_NAMED_MAX]]
    more = f" +{len(products) - _NAMED_MAX}" if len(products) > _NAMED_MAX else ""
    return ", ".join(listed) + more
