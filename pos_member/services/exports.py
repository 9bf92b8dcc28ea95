"""Facts as rows of text: bills, lines, points, members, coupons. Streams; persons stay masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pos_member.domain.bill import MILLI, Bill
from pos_member.domain.claiming import as_claimed
from pos_member.domain.codes import format_coupon_code
from pos_member.domain.member import mask_name, mask_phone
from pos_member.services.context import Shop

What = Literal["bills", "lines", "points", "members", "coupons"]
Row = tuple[str, ...]

_COLUMNS: dict[What, tuple[str, ...]] = {
    "bills": (
        *("number", "kind", "day", "time", "cashier", "member_number", "gross", "discount", "rounding", "total"),
        *("vat", "change", "tenders", "points_earned", "points_redeemed"),
    ),
    "lines": (
        *("number", "day", "line_no", "barcode", "name", "quantity", "unit_price", "gross", "discount", "net"),
        "points_earned",
    ),
    "points": ("day", "time", "member_number", "point_kind", "points", "bucket", "number", "reason"),
    "members": ("member_number", "name", "phone", "status", "day", "time"),
    "coupons": ("code", "coupon_name", "coupon_state", "number", "member_number", "valid_from", "valid_to"),
}


def baht(satang: int) -> str:
    """``-1250.50``: a plain number that a spreadsheet adds up."""
    whole, rest = divmod(abs(satang), 100)
    return f"{'-' if satang < 0 else ''}{whole}.{rest:02d}"


def quantity(milli: int) -> str:
    """``2`` or ``0.35``."""
    whole, rest = divmod(milli, MILLI)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def export_rows(
    shop: Shop, what: What, first: date, last: date, language: str
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """(header, rows) between two business dates, inclusive. Raises ``KeyError`` for anything but ``What``."""
    header = tuple(shop.say(f"column_{name}", language) for name in _COLUMNS[what])
    makers: dict[What, Callable[[_Export], Iterator[Row]]] = {
        "bills": _Export.bills,
        "lines": _Export.lines,
        "points": _Export.points,
        "members": _Export.members,
        "coupons": _Export.coupons,
    }
    return header, makers[what](_Export(shop, first, last, language))


class _Export:
    """One export: the words, the dates, and the numbers of bills and members met on the way."""

    def __init__(self, shop: Shop, first: date, last: date, language: str) -> None:
        self._shop = shop
        self._facts = shop.store.facts
        self._first, self._last = first, last
        self._thai = language == "th"
        self._language = language
        self._zone = ZoneInfo(shop.book().settings.zone)
        self._numbers: dict[str, str] = {}

    def bills(self) -> Iterator[Row]:
        """Bills, then returns as negative rows."""
        for bill in self._sold():
            tenders = "; ".join(f"{t.kind.value} {baht(t.amount_satang)}" for t in bill.tenders)
            yield (
                *(bill.number, self._shop.say("kind_bill", self._language), bill.business_date.isoformat()),
                *(self._time(bill.completed_at), self._cashier(bill.staff_id), self._member(bill.member_id)),
                *(baht(bill.gross_satang), baht(-bill.discount_satang), baht(bill.cash_rounding_satang)),
                *(baht(bill.total_satang), baht(bill.vat_satang), baht(bill.change_satang), tenders),
                *(str(bill.points_earned), str(-bill.points_redeemed)),
            )
        for back in self._facts.returns_between(self._first, self._last):
            gross = back.refund_satang + back.withheld_satang
            yield (
                *(back.number, self._shop.say("kind_return", self._language), back.business_date.isoformat()),
                *(self._time(back.completed_at), self._cashier(back.staff_id), self._member(back.member_id)),
                *(baht(-gross), baht(back.withheld_satang), baht(0), baht(-back.refund_satang), "", ""),
                *(f"{back.tender.value} {baht(-back.refund_satang)}",),
                *(str(-back.points_taken_back), str(back.points_given_back)),
            )

    def lines(self) -> Iterator[Row]:
        """Every line of every bill."""
        for bill in self._sold():
            for line in bill.lines:
                yield (
                    *(bill.number, bill.business_date.isoformat(), str(line.line_no), line.barcode),
                    line.name_th if self._thai else line.name_en,
                    *(quantity(line.quantity_milli), baht(line.unit_price_satang), baht(line.gross_satang)),
                    *(baht(-line.discount_satang), baht(line.net_satang), str(line.points_earned)),
                )

    def _sold(self) -> Iterator[Bill]:
        """The bills, with who claimed one of nobody afterwards (on its own day) and the points that gave."""
        claims = {claim.bill_id: claim for claim in self._facts.claims_between(self._first, self._last)}
        for bill in self._facts.bills_between(self._first, self._last):
            claim = claims.get(bill.id) if bill.member_id is None else None
            yield bill if claim is None else as_claimed(bill, claim)

    def points(self) -> Iterator[Row]:
        """Every movement of points at this till."""
        for entry in self._facts.entries_between(self._first, self._last):
            yield (
                *(entry.business_date.isoformat(), self._time(entry.at), self._member(entry.member_id)),
                *(self._shop.say(f"point_{entry.kind.value}", self._language), str(entry.points)),
                *(entry.bucket.isoformat() if entry.bucket else "", self._bill(entry.bill_id), entry.reason),
            )

    def members(self) -> Iterator[Row]:
        """Members enrolled at this till, masked."""
        for member in self._facts.members_enrolled_between(self._first, self._last):
            local = member.enrolled_at.astimezone(self._zone)
            yield (
                *(member.number, mask_name(member.first_name, member.last_name), mask_phone(member.phone)),
                *(self._shop.say(f"status_{member.status.value}", self._language), local.date().isoformat()),
                f"{local:%H:%M}",
            )

    def coupons(self) -> Iterator[Row]:
        """Coupons issued at this till, as they stand now."""
        definitions = self._shop.book().definitions
        for issued in self._facts.coupons_issued_between(self._first, self._last):
            coupon = self._shop.store.coupons.by_code(issued.code) or issued
            definition = definitions.get(coupon.definition_id)
            name = "" if definition is None else definition.name_th if self._thai else definition.name_en
            yield (
                *(format_coupon_code(coupon.code), name),
                self._shop.say(f"coupon_{coupon.state.value}", self._language),
                *(self._bill(coupon.issued_bill_id), self._member(coupon.member_id)),
                *(coupon.valid_from.isoformat(), coupon.valid_to.isoformat()),
            )

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M}"

    def _cashier(self, staff_id: str) -> str:
        person = self._shop.book().staff.get(staff_id)
        return staff_id if person is None else person.code

    def _member(self, member_id: str | None) -> str:
        if member_id is None:
            return ""
        if member_id not in self._numbers:
            member = self._shop.store.members.by_id(member_id)
            self._numbers[member_id] = member_id if member is None else member.number
        return self._numbers[member_id]

    def _bill(self, bill_id: str | None) -> str:
        if bill_id is None:
            return ""
        if bill_id not in self._numbers:
            bill = self._facts.bill(bill_id)
            self._numbers[bill_id] = bill_id if bill is None else bill.number
        return self._numbers[bill_id]
