"""The day in figures, from this till's own facts: works without a line, and agrees with the drawer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pos_member.domain.bill import Bill, BillReturn, TenderKind
from pos_member.domain.consent import Purpose
from pos_member.domain.events import BillClaimed
from pos_member.domain.member import Member, mask_number
from pos_member.domain.money import vat_included
from pos_member.domain.permission import Permission, Session
from pos_member.domain.points import PointKind
from pos_member.services.claims import CLAIMS_A_DAY
from pos_member.services.context import FIRST_DAY, LAST_DAY, Shop, one_book
from pos_member.services.csv_text import csv_lines
from pos_member.services.exports import What, export_rows
from pos_member.services.paper import vat_rate_bp
from pos_member.services.program_figures import ProgramRow, program_rows
from pos_member.services.report_rows import report_rows
from pos_member.services.shift_papers import cash_of

HOURS = 24


@dataclass(frozen=True)
class HourFigure:
    """One hour of the shop's clock."""

    hour: int
    bills: int
    sales_satang: int


@dataclass(frozen=True)
class CashierFigure:
    """One person's day."""

    staff_id: str
    name_th: str
    name_en: str
    bills: int
    sales_satang: int
    returns: int
    members_enrolled: int


@dataclass(frozen=True)
class ManyClaims:
    """A member with many bills of one day claimed by one cashier; ``approved`` of them by a second person."""

    staff_id: str
    name_th: str
    name_en: str
    member_id: str
    member_number: str
    claims: int
    points: int
    approved: int


@dataclass(frozen=True)
class DayReport:
    """A business day of this till.

    ``net_satang`` = sales − refunds; ``vat_satang`` is inside it. ``tenders`` is what each means brought in, change
    given back taken off, refunds not: it sums to ``sales_satang``. ``points_reversed`` are earned points that returns
    took back; ``points_issued`` holds those given after the bill, too, and ``claims`` says how many bills that were.
    ``many_claims``: members who had more than a few of them on this day, for somebody to look at. ``last_week`` is the
    same weekday a week before.
    """

    day: date
    bills: int
    sales_satang: int
    discount_satang: int
    returns: int
    refund_satang: int
    net_satang: int
    vat_satang: int
    tenders: tuple[tuple[TenderKind, int], ...]
    members_served: int
    members_enrolled: int
    points_issued: int
    points_redeemed: int
    points_expired: int
    points_reversed: int
    coupons_issued: int
    coupons_used: int
    coupons_voided: int
    hours: tuple[HourFigure, ...]
    cashiers: tuple[CashierFigure, ...]
    last_week: DayReport | None
    generated_at: datetime
    programs: tuple[ProgramRow, ...] = ()
    claims: int = 0
    many_claims: tuple[ManyClaims, ...] = ()


class Reports:
    """Reading only. A window passes its ``session``; the command line, where nobody signs in, passes none."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @one_book
    def day(self, day: date | None = None, *, session: Session | None = None) -> DayReport:
        """The report of ``day`` (the shop's today). With a session, needs ``VIEW_REPORT``."""
        if session is not None:
            self._shop.require(session, Permission.VIEW_REPORT)
        wanted = day or self._shop.today()
        return self._day(wanted, self._day(wanted - timedelta(days=7), None))

    def rows(
        self,
        what: What,
        first: date | None,
        last: date | None,
        language: str,
        *,
        session: Session | None = None,
    ) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
        """(header, rows) of the facts between two business dates, both inclusive; None leaves that end open.

        Money in baht with two decimals, points as integers, times in the shop's zone, persons masked. Write them with
        ``csv_text.csv_lines``, which neutralises formulas. With a session, needs ``EXPORT``.
        """
        if session is not None:
            self._shop.require(session, Permission.EXPORT)
        return export_rows(self._shop, what, first or FIRST_DAY, last or LAST_DAY, language)

    @one_book
    def csv(self, report: DayReport, language: str) -> str:
        """The report as CSV text (CRLF). A file for a spreadsheet begins with ``csv_text.BYTE_ORDER_MARK``."""
        header, rows = report_rows(self._shop, report, language)
        return "".join(csv_lines(header, rows))

    def _day(self, day: date, last_week: DayReport | None) -> DayReport:
        facts = self._shop.store.facts
        bills = list(facts.bills_between(day, day))
        returns = list(facts.returns_between(day, day))
        claims = list(facts.claims_between(day, day))
        giving: list[Bill | BillClaimed] = [*bills, *claims]
        enrolled = facts.members_enrolled_between(day, day)
        sales = sum(bill.total_satang for bill in bills)
        refunds = sum(document.refund_satang for document in returns)
        rate = vat_rate_bp(self._shop.book())
        vat_back = sum(vat_included(document.refund_satang, rate) for document in returns)
        expired = sum(-e.points for e in facts.entries_between(day, day) if e.kind is PointKind.EXPIRE)
        return DayReport(
            day=day,
            bills=len(bills),
            sales_satang=sales,
            discount_satang=sum(bill.discount_satang for bill in bills),
            returns=len(returns),
            refund_satang=refunds,
            net_satang=sales - refunds,
            vat_satang=sum(bill.vat_satang for bill in bills) - vat_back,
            tenders=_tenders(bills),
            members_served=len({each.member_id for each in giving if each.member_id is not None}),
            members_enrolled=len(enrolled),
            points_issued=sum(each.points_earned for each in giving),
            points_redeemed=sum(bill.points_redeemed for bill in bills),
            points_expired=expired,
            points_reversed=sum(document.points_taken_back for document in returns),
            coupons_issued=len(facts.coupons_issued_between(day, day)),
            coupons_used=sum(len(bill.coupons_used) for bill in bills),
            coupons_voided=sum(len(document.coupons_voided) for document in returns),
            hours=self._hours(bills),
            cashiers=self._cashiers(bills, returns, enrolled),
            last_week=last_week,
            generated_at=self._shop.now(),
            claims=len(claims),
            many_claims=self._many(claims),
            programs=program_rows(giving, {program.id: program for program in self._shop.book().programs}),
        )

    def _hours(self, bills: list[Bill]) -> tuple[HourFigure, ...]:
        zone = ZoneInfo(self._shop.book().settings.zone)
        count: Counter[int] = Counter()
        sales: Counter[int] = Counter()
        for bill in bills:
            hour = bill.completed_at.astimezone(zone).hour
            count[hour] += 1
            sales[hour] += bill.total_satang
        return tuple(HourFigure(hour, count[hour], sales[hour]) for hour in range(HOURS))

    def _cashiers(
        self, bills: list[Bill], returns: list[BillReturn], enrolled: tuple[Member, ...]
    ) -> tuple[CashierFigure, ...]:
        count = Counter(bill.staff_id for bill in bills)
        sales: Counter[str] = Counter()
        for bill in bills:
            sales[bill.staff_id] += bill.total_satang
        returned = Counter(document.staff_id for document in returns)
        joined = Counter(staff_id for member in enrolled if (staff_id := self._enroller(member)))
        people = self._shop.book().staff
        figures = []
        for staff_id in {*count, *returned, *joined}:
            person = people.get(staff_id)
            figures.append(
                CashierFigure(
                    staff_id=staff_id,
                    name_th=person.name_th if person else staff_id,
                    name_en=person.name_en if person else staff_id,
                    bills=count[staff_id],
                    sales_satang=sales[staff_id],
                    returns=returned[staff_id],
                    members_enrolled=joined[staff_id],
                )
            )
        return tuple(sorted(figures, key=lambda figure: (-figure.sales_satang, figure.name_en, figure.staff_id)))

    def _many(self, claims: list[BillClaimed]) -> tuple[ManyClaims, ...]:
        """Cashier and member of more claims than a cashier's own word is good for, most first."""
        together: dict[tuple[str, str], list[BillClaimed]] = {}
        for claim in claims:
            together.setdefault((claim.staff_id, claim.member_id), []).append(claim)
        found = []
        for (staff_id, member_id), each in together.items():
            if len(each) <= CLAIMS_A_DAY:
                continue
            person, member = self._shop.book().staff.get(staff_id), self._shop.store.members.by_id(member_id)
            found.append(
                ManyClaims(
                    staff_id=staff_id,
                    name_th=person.name_th if person else staff_id,
                    name_en=person.name_en if person else staff_id,
                    member_id=member_id,
                    member_number=mask_number(member.number) if member else "–",
                    claims=len(each),
                    points=sum(claim.points_earned for claim in each),
                    approved=sum(claim.approved_by != claim.staff_id for claim in each),
                )
            )
        return tuple(sorted(found, key=lambda row: (-row.claims, row.staff_id, row.member_id)))

    def _enroller(self, member: Member) -> str:
        """Who enrolled a member: the person on the first membership consent."""
        consents = [c for c in self._shop.store.members.consents(member.id) if c.purpose is Purpose.MEMBERSHIP]
        return min(consents, key=lambda consent: consent.at).staff_id if consents else ""


def _tenders(bills: list[Bill]) -> tuple[tuple[TenderKind, int], ...]:
    sums = dict.fromkeys(TenderKind, 0)
    for bill in bills:
        sums[TenderKind.CASH] += cash_of(bill)
        for tender in bill.tenders:
            if tender.kind is not TenderKind.CASH:
                sums[tender.kind] += tender.amount_satang
    return tuple((kind, total) for kind, total in sums.items() if total)
