"""Finding things: what a scan means, members, products, and the member panel."""

from __future__ import annotations

from datetime import date, timedelta

from pos_member.domain.codes import format_coupon_code
from pos_member.domain.coupon import USABLE, Coupon, CouponDefinition, CouponValueKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified, Member, mask_name, mask_number, mask_phone
from pos_member.domain.money import format_baht
from pos_member.domain.org import Category, Product
from pos_member.domain.permission import Permission, Session
from pos_member.domain.points import Account
from pos_member.domain.scan_meaning import ScanKind, ScanMeaning, classify
from pos_member.services.context import Book, Shop, one_book
from pos_member.services.in_store import goods_of
from pos_member.services.member_state import only_presented, tier_code
from pos_member.services.panel_parts import pending, stamp_views, tier_view
from pos_member.services.rights import power_of, standing_of
from pos_member.services.signed_coupons import coupon_of_signed
from pos_member.services.signed_scans import SignedScans, usable
from pos_member.services.views import CouponView, Header, MemberCardView, MemberPanel, MemberRow, Resolved

__all__ = ["CouponView", "Header", "Lookup", "MemberCardView", "MemberPanel", "MemberRow", "Resolved"]

#: How far ahead the panel looks for points that will end.
EXPIRY_NOTICE_DAYS = 60
PRODUCTS_MAX = 200
SEARCH_CHARS_MIN = 2
SEARCH_CHARS_MAX = 80


def card_view(member: Member, shop: Shop, account: Account | None = None) -> MemberCardView:
    """The masked card of ``member`` with the tier held today; ``account`` saves reading it."""
    tier = member.tier
    if shop.book().settings.tiers is not None:
        known = account if account is not None else shop.store.members.account(member.id)
        tier = tier_code(shop.book(), member, known, shop.today())
    return MemberCardView(
        member_id=member.id,
        number=member.number,
        number_masked=mask_number(member.number),
        name_masked=mask_name(member.first_name, member.last_name),
        phone_masked=mask_phone(member.phone),
        tier_code=tier,
        tier_name_th=tier_name(shop, tier, "th"),
        tier_name_en=tier_name(shop, tier, "en"),
        status=member.status,
    )


def masked(member: Member) -> str:
    """The member's masked name, or number where there is no name."""
    return mask_name(member.first_name, member.last_name) or mask_number(member.number)


def tier_name(shop: Shop, tier: str, language: str) -> str:
    """The tier as the shop calls it; "สมาชิก" / "Member" without one, its code where nothing names it."""
    scheme = shop.book().settings.tiers
    for level in scheme.levels if scheme is not None else ():
        if level.code == tier:
            return level.name_th if language == "th" else level.name_en
    if tier in ("silver", "gold", "platinum"):
        return shop.say(f"tier_{tier}", language)
    return tier or shop.say("tier_none", language)


def value_text(shop: Shop, definition: CouponDefinition, language: str) -> str:
    """``฿20``, ``10%`` or ``ฟรี 1 ชิ้น``: the coupon's big figure; a dash for a kind this build does not know."""
    match definition.value_kind:
        case CouponValueKind.AMOUNT:
            return format_baht(definition.value, trim=True)
        case CouponValueKind.PERCENT:
            whole, rest = divmod(definition.value, 100)
            return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"
        case CouponValueKind.PRODUCT:
            return shop.say("coupon_product", language, count=definition.value)
        case CouponValueKind.CHEAPEST:
            return shop.say("coupon_cheapest", language, count=definition.value)
    return "–"


def coupon_usable(coupon: Coupon, definition: CouponDefinition, book: Book, today: date) -> bool:
    """Whether the coupon works today at this branch, whatever the bill."""
    here = not definition.branches or book.branch.id in definition.branches
    known = definition.value_kind is not CouponValueKind.UNKNOWN
    return known and coupon.state in USABLE and coupon.valid_from <= today <= last_day(coupon, definition) and here


def last_day(coupon: Coupon, definition: CouponDefinition) -> date:
    """Last day of use: a definition may end before the coupon does."""
    return coupon.valid_to if definition.valid_until is None else min(coupon.valid_to, definition.valid_until)


def uses_left(coupon: Coupon, definition: CouponDefinition) -> int:
    """How often the code still works, whatever the day; 0 for a coupon that is used up, void or cancelled."""
    return max(0, definition.uses_per_code - coupon.uses) if coupon.state in USABLE else 0


def coupon_view(coupon: Coupon, definition: CouponDefinition, shop: Shop, today: date) -> CouponView:
    """The coupon as listed."""
    return CouponView(
        code=coupon.code,
        code_shown=format_coupon_code(coupon.code),
        definition_id=definition.id,
        name_th=definition.name_th,
        name_en=definition.name_en,
        value_text=value_text(shop, definition, "th"),
        value_text_en=value_text(shop, definition, "en"),
        valid_to=last_day(coupon, definition),
        minimum_spend_satang=definition.minimum_spend_satang,
        usable=coupon_usable(coupon, definition, shop.book(), today),
        uses_left=uses_left(coupon, definition),
    )


class Lookup:
    """Reading only, but for ``unmask``, which leaves an audit record."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._signed = SignedScans(shop)

    @one_book
    def resolve(self, text: str) -> Resolved:
        """What ``text`` (scanned or typed) leads to; a free text and a staff badge lead to nothing yet.

        Raises ``Refusal``: CODE_MISTYPED, CODE_FOREIGN, TEXT_EMPTY, or MEMBER_UNKNOWN, MEMBER_BLOCKED,
        PRODUCT_UNKNOWN, COUPON_UNKNOWN, BILL_UNKNOWN for a sound code that leads nowhere; of signed and rotating codes
        as ``SignedScans`` and ``coupon_of_signed``.
        """
        meaning = classify(text)
        store = self._shop.store
        goods = goods_of(self._shop, meaning)
        if goods is not None:
            return goods
        match meaning.kind:
            case ScanKind.MEMBER:
                return self._resolved(meaning, usable(store.members.by_number(meaning.code)), Identified.CARD)
            case ScanKind.PHONE:
                return self._resolved(meaning, usable(store.members.by_phone(meaning.code)), Identified.PHONE_TYPED)
            case ScanKind.MEMBER_SIGNED:
                return self._resolved(meaning, *self._signed.member(meaning.code))
            case ScanKind.MEMBER_ROTATING:
                return self._resolved(meaning, *self._signed.rotating(meaning.code))
            case ScanKind.COUPON:
                coupon = store.coupons.by_code(meaning.code)
                if coupon is None:
                    raise Refusal(Reason.COUPON_UNKNOWN, code=format_coupon_code(meaning.code))
                return Resolved(meaning, coupon=coupon)
            case ScanKind.COUPON_SIGNED:
                return Resolved(meaning, coupon=coupon_of_signed(self._shop, meaning.code))
            case ScanKind.RECEIPT:
                bill = store.facts.bill_by_receipt_code(meaning.code)
                if bill is None:
                    raise Refusal(Reason.BILL_UNKNOWN)
                return Resolved(meaning, bill=bill)
            case ScanKind.MISTYPED:
                raise Refusal(Reason.CODE_MISTYPED, looks_like=(meaning.looks_like or ScanKind.TEXT).value)
            case ScanKind.FOREIGN:
                raise Refusal(Reason.CODE_FOREIGN, hint=meaning.hint.value if meaning.hint is not None else "")
        return Resolved(meaning)

    @one_book
    def panel(self, member_id: str) -> MemberPanel:
        """The panel of a member. Raises ``Refusal(MEMBER_UNKNOWN)``."""
        member = self._member(member_id)
        return self.panel_of(member, self._shop.store.members.account(member_id))

    def panel_of(self, member: Member, account: Account) -> MemberPanel:
        """The panel from what is read already."""
        shop = self._shop
        book, today = shop.book(), shop.today()
        presented = only_presented(shop, account)
        spendable = 0 if presented else account.spendable(today, book.settings)
        expiring, on = account.expiring(today, today + timedelta(days=EXPIRY_NOTICE_DAYS), book.settings)
        coupons = shop.store.coupons.of_member(member.id, usable_on=today)
        waiting, waiting_until = pending(book, account, today)
        return MemberPanel(
            card=card_view(member, shop, account),
            # Lots that have ended are no points any more, whether or not they were booked out yet.
            balance=account.unexpired(today, book.settings),
            spendable=spendable,
            worth_satang=book.worth_satang(spendable),
            as_of=account.as_of,
            own_points_since=account.own_points_since,
            expiring_points=expiring,
            expiring_on=on,
            coupons=tuple(
                coupon_view(coupon, book.definitions[coupon.definition_id], shop, today)
                for coupon in coupons
                if coupon.definition_id in book.definitions
            ),
            birthday_month=member.birthday is not None and member.birthday.month == today.month,
            visits=account.visits,
            last_visit=account.last_visit,
            owed=shop.store.members.owed(member.id),
            pending_points=waiting,
            pending_until=waiting_until,
            stamps=stamp_views(book, account, today),
            tier=tier_view(book, member, account, today),
            referred_by_masked=self._referrer(member),
            presented=presented,
            power=power_of(shop, standing_of(shop, member.id), member.id, spendable, shop.now()),
        )

    @one_book
    def search_members(self, text: str, limit: int = 20) -> tuple[MemberRow, ...]:
        """Members by part of a name, number or phone, masked; nothing for fewer than two characters."""
        wanted = text.strip()[:SEARCH_CHARS_MAX]
        if len(wanted) < SEARCH_CHARS_MIN:
            return ()
        hits = self._shop.store.members.search(wanted, limit)
        return tuple(MemberRow(card_view(hit.member, self._shop), hit.balance) for hit in hits)

    def products(self, text: str = "", category_id: str | None = None) -> tuple[Product, ...]:
        """Products on sale by part of a name, and of a category."""
        found = self._shop.store.catalogue.products(text.strip()[:SEARCH_CHARS_MAX], category_id, PRODUCTS_MAX)
        return tuple(product for product in found if product.active)

    def categories(self) -> tuple[Category, ...]:
        """All groups of products."""
        return self._shop.book().categories

    def header(self) -> Header:
        """Who and where we are."""
        book = self._shop.book()
        return Header(
            organisation_name_th=book.organisation.name_th,
            organisation_name_en=book.organisation.name_en,
            brand_name_th=book.brand.name_th,
            brand_name_en=book.brand.name_en,
            branch_name_th=book.branch.name_th,
            branch_name_en=book.branch.name_en,
            till_label=book.identity.label,
            practice=self._shop.context.practice,
            settings=book.settings,
            promptpay="" if self._shop.context.practice else book.branch.promptpay or book.settings.promptpay,
        )

    def unmask(self, session: Session, member_id: str) -> Member:
        """The member in clear. Needs ``UNMASK``; leaves an audit record before anything is shown."""
        self._shop.require(session, Permission.UNMASK)
        member = self._member(member_id)
        with self._shop.store.transaction() as tx:
            self._shop.audit(tx, "member_unmasked", staff_id=session.staff.id, subject_id=member_id)
        return member

    def _referrer(self, member: Member) -> str:
        """Masked name, or number where there is no name, of the member who brought this one; empty without."""
        other = self._shop.store.members.by_id(member.referred_by) if member.referred_by is not None else None
        return "" if other is None else masked(other)

    def _member(self, member_id: str) -> Member:
        member = self._shop.store.members.by_id(member_id)
        if member is None:
            raise Refusal(Reason.MEMBER_UNKNOWN)
        return member

    def _resolved(self, meaning: ScanMeaning, member: Member, identified: Identified) -> Resolved:
        panel = self.panel_of(member, self._shop.store.members.account(member.id))
        return Resolved(meaning, member=panel, identified=identified)
