"""The product behind a code: its own bar code first, then the shop's rules for goods that are weighed and priced."""

from __future__ import annotations

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.in_store import InStoreLabel, read_label
from pos_member.domain.org import Product
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning
from pos_member.services.context import Shop
from pos_member.services.views import Resolved

#: Kinds that may be the exact bar code of a product, though nothing in the digits says so: a shop keeps what it has.
_MAY_BE_GOODS = (ScanKind.PRODUCT, ScanKind.TEXT, ScanKind.MISTYPED, ScanKind.FOREIGN)
_SKU_MAX = 40
_HITS_MAX = 20


def goods_of(shop: Shop, meaning: ScanMeaning) -> Resolved | None:
    """The product that ``meaning`` leads to, or None for what is no product (a name to search for, another's code).

    Raises ``Refusal``: TEXT_EMPTY; PRODUCT_UNKNOWN for a sound product code that leads nowhere; CODE_MISTYPED for a
    label whose value does not fit its check digit.
    """
    if meaning.kind not in _MAY_BE_GOODS:
        return None
    if not meaning.code:
        raise Refusal(Reason.TEXT_EMPTY)
    # A label's own bar code says no weight, and must not be sold as one whole kilogram.
    label = read_label(meaning.code, shop.book().settings.in_store) if meaning.kind is ScanKind.PRODUCT else None
    product = _by_barcode(shop, meaning)
    if product is not None:
        if label is not None and label.barcode == meaning.code:
            return _labelled(meaning, product, label)
        return Resolved(
            meaning, product=product, quantity_milli=meaning.quantity_milli, price_satang=meaning.price_satang
        )
    if label is not None:
        product = _active(shop.store.catalogue.product_by_barcode(label.barcode))
        if product is not None:
            return _labelled(meaning, product, label)
    if meaning.kind is ScanKind.PRODUCT:
        raise Refusal(Reason.PRODUCT_UNKNOWN, code=meaning.code)
    if meaning.kind is ScanKind.TEXT:
        return Resolved(meaning, product=_by_sku(shop, meaning.code))
    return None


def _labelled(meaning: ScanMeaning, product: Product, label: InStoreLabel) -> Resolved:
    return Resolved(meaning, product=product, quantity_milli=label.quantity_milli, price_satang=label.price_satang)


def _by_barcode(shop: Shop, meaning: ScanMeaning) -> Product | None:
    catalogue = shop.store.catalogue
    product = _active(catalogue.product_by_barcode(meaning.code))
    if product is None and meaning.kind is ScanKind.PRODUCT and meaning.code.startswith("0"):
        # A UPC-A that was put into the catalogue with its twelve digits.
        product = _active(catalogue.product_by_barcode(meaning.code[1:]))
    return product


def _by_sku(shop: Shop, text: str) -> Product | None:
    """The product with exactly this number of the shop's own."""
    if len(text) > _SKU_MAX or not text.isascii():
        return None
    hits = shop.store.catalogue.products(text, None, _HITS_MAX)
    return next((product for product in hits if product.sku == text and product.active), None)


def _active(product: Product | None) -> Product | None:
    return product if product is not None and product.active else None
