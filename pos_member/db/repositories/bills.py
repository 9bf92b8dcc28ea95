"""Bills with everything hanging on them: written with one statement per table, read back in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from pos_member.db import schema as s
from pos_member.db.repositories.coupons import coupon_of
from pos_member.db.repositories.entries import ENTRY_COLUMNS, entry_of
from pos_member.db.repositories.tallies import load_tallies
from pos_member.db.sql import Insert
from pos_member.db.values import from_json, from_json_list, from_texts, from_us, to_day, to_json, to_texts, to_us
from pos_member.domain.bill import (
    Basis,
    Bill,
    BillDiscount,
    BillLine,
    CouponGrant,
    CouponUse,
    DiscountKind,
    LineWeight,
    Tender,
    TenderKind,
)
from pos_member.domain.coupon import Coupon, CouponEventKind, CouponState
from pos_member.domain.member import Identified
from pos_member.domain.points import PointEntry
from pos_member.domain.rights import Spending
from pos_member.domain.tiers import TierChange

_BILL = Insert(s.bill)
_LINE = Insert(s.bill_line)
_DISCOUNT = Insert(s.bill_discount)
_TENDER = Insert(s.tender)
_USE = Insert(s.coupon_use)


def insert_bill(connection: Connection, bill: Bill, seq: int) -> None:
    """The bill's own rows. Point entries, tallies and coupons are written by their own modules."""
    _BILL.one(
        connection,
        (
            seq,
            bill.id,
            bill.number,
            bill.receipt_code,
            bill.till_id,
            bill.branch_id,
            bill.staff_id,
            bill.shift_id,
            bill.member_id,
            None if bill.identified is None else bill.identified.value,
            to_us(bill.opened_at),
            to_us(bill.completed_at),
            to_day(bill.business_date),
            bill.gross_satang,
            bill.discount_satang,
            bill.total_satang,
            bill.cash_rounding_satang,
            bill.change_satang,
            bill.vat_satang,
            bill.points_earned,
            bill.points_redeemed,
            bill.qualifying_satang,
            to_json(bill.tier_change),
            to_json(bill.basis),
            to_json(bill.grants),
            to_json(bill.spending),
        ),
    )
    _LINE.many(connection, [_line_row(seq, line) for line in bill.lines])
    _DISCOUNT.many(
        connection,
        [
            (
                *(seq, i, d.kind.value, d.program_id, d.coupon_code, d.label_th, d.label_en),
                *(d.amount_satang, d.points, d.currency, to_json(d.lines)),
            )
            for i, d in enumerate(bill.discounts)
        ],
    )
    _TENDER.many(connection, [(seq, i, t.kind.value, t.amount_satang, t.reference) for i, t in enumerate(bill.tenders)])
    _USE.many(connection, [(seq, i, u.code, u.definition_id, u.amount_satang) for i, u in enumerate(bill.coupons_used)])


def _line_row(seq: int, line: BillLine) -> tuple[Any, ...]:
    return (
        seq,
        line.line_no,
        line.product_id,
        line.barcode,
        line.name_th,
        line.name_en,
        line.category_id,
        line.brand_id,
        to_texts(line.tags),
        line.quantity_milli,
        line.unit_price_satang,
        line.gross_satang,
        line.discount_satang,
        line.net_satang,
        line.points_earned,
        line.points_paid_satang,
    )


def _seqs_in(column: Any) -> Any:
    return column.in_(bindparam("seqs", expanding=True))


_LINES = select(s.bill_line).where(_seqs_in(s.bill_line.c.bill_seq)).order_by("bill_seq", "line_no")
_DISCOUNTS = select(s.bill_discount).where(_seqs_in(s.bill_discount.c.bill_seq)).order_by("bill_seq", "position")
_TENDERS = select(s.tender).where(_seqs_in(s.tender.c.bill_seq)).order_by("bill_seq", "position")
_USES = select(s.coupon_use).where(_seqs_in(s.coupon_use.c.bill_seq)).order_by("bill_seq", "position")
ENTRIES_OF = (
    select(s.point_entry.c.seq, *ENTRY_COLUMNS).where(_seqs_in(s.point_entry.c.seq)).order_by("seq", "position")
)
_ISSUED = (
    select(s.coupon_event.c.seq.label("bill_seq"), s.coupon)
    .join(s.coupon, s.coupon.c.code == s.coupon_event.c.code)
    .where(_seqs_in(s.coupon_event.c.seq), s.coupon_event.c.kind == CouponEventKind.ISSUED.value)
    .order_by(s.coupon_event.c.number)
)


def load_bills(connection: Connection, rows: Sequence[Row[Any]]) -> list[Bill]:
    """The bills of ``rows`` of the bill table, in their order: seven statements however many there are."""
    if not rows:
        return []
    seqs = {"seqs": [row.seq for row in rows]}
    lines: dict[int, list[BillLine]] = defaultdict(list)
    for row in connection.execute(_LINES, seqs):
        lines[row.bill_seq].append(_line_of(row))
    discounts: dict[int, list[BillDiscount]] = defaultdict(list)
    for row in connection.execute(_DISCOUNTS, seqs):
        discounts[row.bill_seq].append(_discount_of(row))
    tenders: dict[int, list[Tender]] = defaultdict(list)
    for row in connection.execute(_TENDERS, seqs):
        tenders[row.bill_seq].append(Tender(TenderKind(row.kind), row.amount_satang, row.reference))
    uses: dict[int, list[CouponUse]] = defaultdict(list)
    for row in connection.execute(_USES, seqs):
        uses[row.bill_seq].append(CouponUse(row.code, row.definition_id, row.amount_satang))
    issued: dict[int, list[Coupon]] = defaultdict(list)
    for row in connection.execute(_ISSUED, seqs):
        issued[row.bill_seq].append(as_issued(coupon_of(row)))
    entries = load_entries(connection, seqs["seqs"])
    tallies = load_tallies(connection, seqs["seqs"])
    return [
        _bill_of(
            row,
            lines=tuple(lines[row.seq]),
            discounts=tuple(discounts[row.seq]),
            tenders=tuple(tenders[row.seq]),
            point_entries=tuple(entries[row.seq]),
            coupons_issued=tuple(issued[row.seq]),
            coupons_used=tuple(uses[row.seq]),
            tallies=tuple(tallies[row.seq]),
        )
        for row in rows
    ]


def load_entries(connection: Connection, seqs: Iterable[int]) -> dict[int, list[PointEntry]]:
    """Point entries per event, in the order they were added."""
    entries: dict[int, list[PointEntry]] = defaultdict(list)
    for row in connection.execute(ENTRIES_OF, {"seqs": list(seqs)}):
        entries[row.seq].append(entry_of(row))
    return entries


def as_issued(coupon: Coupon) -> Coupon:
    """The coupon as it was when issued: the state moves on, the bill that issued it does not."""
    return replace(coupon, state=CouponState.ISSUED, redeemed_bill_id=None, uses=0)


def _line_of(row: Row[Any]) -> BillLine:
    return BillLine(
        line_no=row.line_no,
        product_id=row.product_id,
        barcode=row.barcode,
        name_th=row.name_th,
        name_en=row.name_en,
        category_id=row.category_id,
        brand_id=row.brand_id,
        tags=from_texts(row.tags),
        quantity_milli=row.quantity_milli,
        unit_price_satang=row.unit_price_satang,
        gross_satang=row.gross_satang,
        discount_satang=row.discount_satang,
        net_satang=row.net_satang,
        points_earned=row.points_earned,
        points_paid_satang=row.points_paid_satang,
    )


def _discount_of(row: Row[Any]) -> BillDiscount:
    return BillDiscount(
        kind=DiscountKind(row.kind),
        program_id=row.program_id,
        coupon_code=row.coupon_code,
        label_th=row.label_th,
        label_en=row.label_en,
        amount_satang=row.amount_satang,
        points=row.points,
        currency=row.currency,
        lines=from_json_list(LineWeight, row.lines),
    )


def _bill_of(row: Row[Any], **parts: Any) -> Bill:
    return Bill(
        id=row.id,
        number=row.number,
        receipt_code=row.receipt_code,
        till_id=row.till_id,
        branch_id=row.branch_id,
        staff_id=row.staff_id,
        shift_id=row.shift_id,
        member_id=row.member_id,
        identified=None if row.identified is None else Identified(row.identified),
        opened_at=from_us(row.opened_at_us),
        completed_at=from_us(row.completed_at_us),
        business_date=date.fromisoformat(row.business_date),
        gross_satang=row.gross_satang,
        discount_satang=row.discount_satang,
        total_satang=row.total_satang,
        cash_rounding_satang=row.cash_rounding_satang,
        change_satang=row.change_satang,
        vat_satang=row.vat_satang,
        points_earned=row.points_earned,
        points_redeemed=row.points_redeemed,
        qualifying_satang=row.qualifying_satang,
        tier_change=from_json(TierChange, row.tier_change),
        basis=from_json(Basis, row.basis),
        grants=from_json_list(CouponGrant, row.grants),
        spending=from_json(Spending, row.spending),
        **parts,
    )
