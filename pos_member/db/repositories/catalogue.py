"""Head office's data at this till: organisation, people, goods and rules, read from the replica."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select

from pos_member.db import replica_schema as r
from pos_member.db.folding import after_prefix, fold
from pos_member.db.repositories.mark import read_mark
from pos_member.db.repositories.reading import Borrow
from pos_member.domain.bill import QuotaLeft
from pos_member.domain.codec import from_feed_bytes
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff
from pos_member.domain.program import Program
from pos_member.services.sync_ports import FeedEntity, FeedQuota

T = TypeVar("T")
_ITEMS = select(r.item.c.body).where(r.item.c.entity == bindparam("entity")).order_by(r.item.c.id)
_DEFINITION = select(r.item.c.body).where(
    r.item.c.entity == FeedEntity.COUPON_DEFINITION.value, r.item.c.id == bindparam("id")
)
_PRODUCT = select(r.product.c.body).where(r.product.c.id == bindparam("id"))
# Two products with one barcode are head office's slip; the till takes the active one, the same one every time.
_BY_BARCODE = (
    select(r.product.c.body)
    .where(r.product.c.barcode == bindparam("barcode"))
    .order_by(r.product.c.active.desc(), r.product.c.id)
    .limit(1)
)


class SqlCatalogue:
    """``services.ports.Catalogue`` over ``replica.db``."""

    def __init__(self, replica: Borrow, till_id: Callable[[], str | None]) -> None:
        self._replica = replica
        self._till_id = till_id

    def organisation(self) -> Organisation:
        """The one organisation. Raises ``EnvironmentProblem(SHOP_NOT_LOADED)`` before head office sent it."""
        found = self._items(FeedEntity.ORGANISATION, Organisation)
        if not found:
            raise EnvironmentProblem(Reason.SHOP_NOT_LOADED)
        return found[0]

    def brands(self) -> tuple[Brand, ...]:
        """All brands."""
        return tuple(sorted(self._items(FeedEntity.BRAND, Brand), key=lambda brand: brand.code))

    def branches(self) -> tuple[Branch, ...]:
        """All branches."""
        return tuple(sorted(self._items(FeedEntity.BRANCH, Branch), key=lambda branch: branch.code))

    def staff(self) -> tuple[Staff, ...]:
        """Everybody head office sent to this till, the inactive too."""
        return tuple(sorted(self._items(FeedEntity.STAFF, Staff), key=lambda person: person.code))

    def categories(self) -> tuple[Category, ...]:
        """All categories."""
        return tuple(sorted(self._items(FeedEntity.CATEGORY, Category), key=lambda category: category.code))

    def programs(self) -> tuple[Program, ...]:
        """All programs, the inactive too."""
        return self._items(FeedEntity.PROGRAM, Program)

    def definitions(self) -> tuple[CouponDefinition, ...]:
        """All coupon definitions."""
        return self._items(FeedEntity.COUPON_DEFINITION, CouponDefinition)

    def quotas(self) -> dict[str, QuotaLeft]:
        """What this till may give in all its life, by id of program or coupon definition."""
        till_id = self._till_id()
        granted = self._items(FeedEntity.QUOTA, FeedQuota)
        return {each.key: QuotaLeft(each.times, each.satang) for each in granted if each.till_id == till_id}

    def uses_per_code(self, definition_id: str) -> int:
        """How often one code of a definition may be used; once, where the definition is not known."""
        with self._replica() as connection:
            body = connection.execute(_DEFINITION, {"id": definition_id}).scalar()
        return 1 if body is None else from_feed_bytes(CouponDefinition, body).uses_per_code

    def product(self, product_id: str) -> Product | None:
        """By id."""
        return self._one_product(_PRODUCT, {"id": product_id})

    def product_by_barcode(self, barcode: str) -> Product | None:
        """By barcode in its canonical form (``codes.product_code``)."""
        return self._one_product(_BY_BARCODE, {"barcode": barcode}) if barcode else None

    def products(self, text: str = "", category_id: str | None = None, limit: int = 50) -> tuple[Product, ...]:
        """Active products by part of a name, SKU or barcode and by category; names that begin so come first."""
        wanted = fold(text)
        name = r.product.c.name_folded
        query = select(r.product.c.body).where(r.product.c.active == 1).limit(limit)
        if category_id is not None:
            query = query.where(r.product.c.category_id == category_id)
        if wanted:
            # instr, not LIKE: no character of the text means anything but itself.
            first = name.between(wanted, after_prefix(wanted))
            query = query.where(func.instr(name, wanted) > 0).order_by(first.desc())
        with self._replica() as connection:
            rows = connection.execute(query.order_by(name, r.product.c.id)).scalars().all()
        return tuple(from_feed_bytes(Product, body) for body in rows)

    def version(self) -> int:
        """Counts up with every change of catalogue rows."""
        with self._replica() as connection:
            return read_mark(connection).revision

    def _items(self, entity: FeedEntity, cls: type[T]) -> tuple[T, ...]:
        with self._replica() as connection:
            bodies = connection.execute(_ITEMS, {"entity": entity.value}).scalars().all()
        return tuple(from_feed_bytes(cls, body) for body in bodies)

    def _one_product(self, query: Any, params: dict[str, str]) -> Product | None:
        with self._replica() as connection:
            body = connection.execute(query, params).scalar()
        return None if body is None else from_feed_bytes(Product, body)
