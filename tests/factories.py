"""A small shop to test use cases in: real encrypted files, a clock that is set, ids and codes from a seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pos_member import wording
from pos_member.app.template_tools import PaperTemplateTools
from pos_member.config import resource
from pos_member.db.folder import DataFolder
from pos_member.db.signatures import TillSignatures
from pos_member.domain.bill import BillDraft, Tender, TenderKind
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified, Member
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Role, Settings, Staff
from pos_member.domain.permission import Session
from pos_member.domain.printers import PrinterSetup
from pos_member.domain.program_files import read_bytes
from pos_member.domain.rights import FloorLimits
from pos_member.services.checkout import Completed
from pos_member.services.enrolment import EnrolRequest
from pos_member.services.ports import TillStore
from pos_member.services.till import TillContext, TillServices
from tests.db_support import NOW, SetClock, make_store

MEMBER_KEY = "00112233445566778899aabbccddeeff"
PINS = {"1001": "271828", "1002": "314159", "1003": "161803", "1004": "141421", "2001": "577215", "9001": "662607"}
#: Those of the demo's programs that the figures of most tests are made from.
SIMPLE_PROGRAMS = frozenset({"POINTS-25", "BEANS-5", "WEDNESDAY-X2", "BIRTHDAY-X2", "REDEEM-100", "NEXT-BILL-20"})
CASH, CARD, PROMPTPAY = TenderKind.CASH, TenderKind.CARD, TenderKind.PROMPTPAY


class QuickHasher:
    """A PIN hasher without the cost; the real one has tests of its own. Counts its checks."""

    def __init__(self) -> None:
        self.verified = 0

    def hash(self, pin: str) -> str:
        return "quick$" + hashlib.sha256(b"test pepper" + pin.encode()).hexdigest()

    def verify(self, encoded: str, pin: str) -> bool:
        self.verified += 1
        return encoded == self.hash(pin)


BRANDS = (Brand("brand-1", "RK", "กาแฟริมน้ำ", "Riverside Coffee"), Brand("brand-2", "KK", "ครัวดี", "Good Kitchen"))
BRANCHES = (
    Branch("branch-1", "BK01", "brand-1", "สีลม", "Silom", "1 ถนนสีลม กรุงเทพฯ", "1 Silom Rd, Bangkok", "สำนักงานใหญ่"),
    Branch("branch-2", "CM02", "brand-2", "นิมมาน", "Nimman", "2 ถนนนิมมาน เชียงใหม่", "2 Nimman Rd, Chiang Mai", "00001"),
)
_PEOPLE = (
    ("1001", Role.CASHIER, "branch-1"),
    ("1002", Role.CASHIER, "branch-1"),
    ("1003", Role.SUPERVISOR, "branch-1"),
    ("1004", Role.MANAGER, "branch-1"),
    ("2001", Role.CASHIER, "branch-2"),
    ("9001", Role.HEAD_OFFICE, "branch-1"),
)
CATEGORIES = (Category("cat-drinks", "D", "เครื่องดื่ม", "Drinks"), Category("cat-goods", "G", "ของใช้", "Goods"))
# (id, baht, category, tags): barcodes follow from the position.
_GOODS: tuple[tuple[str, int, str, tuple[str, ...]], ...] = (
    ("espresso", 55, "cat-drinks", ()),
    ("latte", 70, "cat-drinks", ()),
    ("tea", 40, "cat-drinks", ()),
    ("beans", 350, "cat-goods", ("coffee_beans",)),
    ("mug", 200, "cat-goods", ()),
    ("giftbox", 300, "cat-goods", ()),
    ("cookie", 25, "cat-goods", ()),
    ("cake", 120, "cat-goods", ()),
    ("syrup", 180, "cat-goods", ()),
    ("filter", 90, "cat-goods", ()),
)


def gs1(body: str) -> str:
    """``body`` with its GS1 check digit."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


#: Wide: what is not about rights is not held up by them.
WIDE_FLOOR = FloorLimits(1_000_000, 1_000_000, 1_000_000, 1_000_000, 0, 1_000_000, 1_000_000_000)


def make_settings(**more: object) -> Settings:
    return replace(Settings(member_number_key=MEMBER_KEY, floor=WIDE_FLOOR), **more)  # type: ignore[arg-type]


def make_products() -> tuple[Product, ...]:
    return tuple(
        Product(
            id=name,
            sku=name.upper(),
            barcode=gs1(f"885000000{i:03d}"),
            name_th=f"สินค้า {name}",
            name_en=name.capitalize(),
            category_id=category,
            brand_id="brand-1",
            price_satang=baht * 100,
            tags=tags,
        )
        for i, (name, baht, category, tags) in enumerate(_GOODS)
    )


def make_staff(hasher: QuickHasher) -> tuple[Staff, ...]:
    return tuple(
        Staff(f"staff-{code}", code, f"คนที่ {code}", f"Person {code}", role, branch, hasher.hash(PINS[code]))
        for code, role, branch in _PEOPLE
    )


def make_organisation(settings: Settings | None = None) -> Organisation:
    return Organisation("org", "บริษัท ทดสอบ จำกัด", "Test Co., Ltd.", "0105599001231", True, settings or make_settings())


def make_things(hasher: QuickHasher, settings: Settings | None = None) -> list[object]:
    """Head office's data for the test shop, with the plainest of the demo programs that ship with the product."""
    programs = read_bytes(resource("programs", "demo.json").read_bytes())
    simple = [program for program in programs.programs if program.code in SIMPLE_PROGRAMS]
    used = {program.effect.coupon for program in simple}
    return [
        *(make_organisation(settings), *BRANDS, *BRANCHES, *make_staff(hasher), *CATEGORIES),
        *(*make_products(), *simple, *(each for each in programs.definitions if each.id in used)),
    ]


@dataclass
class World:
    """An open till with its use cases."""

    folder: DataFolder
    clock: SetClock
    hasher: QuickHasher
    seed: int = 0
    practice: bool = False
    store: TillStore = field(init=False)
    till: TillServices = field(init=False)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self.new_id = IdMaker(self.clock, self._dice.getrandbits)
        self.printers: tuple[PrinterSetup, ...] = ()
        self.use(self.folder.store)

    def use(self, store: TillStore) -> None:
        """Build the use cases over ``store`` (a faulty one in crash tests)."""
        self.store = store
        self.context = TillContext(
            store=store,
            clock=self.clock,
            new_id=self.new_id,
            random_below=self._dice.randrange,
            hasher=self.hasher,
            say=wording.say,
            printers=lambda: self.printers,
            templates=PaperTemplateTools(),
            practice=self.practice,
            signatures=TillSignatures(self._signing_key),
        )
        self.till = TillServices(self.context)

    def _signing_key(self) -> bytes | None:
        link = None if self.practice else self.folder.sync_store.link()
        return None if link is None else link.private_key

    def session(self, code: str = "1001") -> Session:
        """Signed in, once per person."""
        if code not in self._sessions:
            self._sessions[code] = self.till.staff.sign_in(code, PINS[code])
        return self._sessions[code]

    def product(self, name: str) -> Product:
        found = self.store.catalogue.product(name)
        assert found is not None
        return found

    def enrol(self, phone: str = "0812345678", **more: object) -> Member:
        values: dict[str, object] = {"first_name": "สมหญิง", "last_name": "ใจดี", **more}
        request = EnrolRequest(phone, membership_consent=True, **values)  # type: ignore[arg-type]
        return self.till.enrolment.enrol(self.session(), request).member

    def draft(self, goods: Mapping[str, int], member: Member | str | None = None) -> BillDraft:
        """A bill of ``goods`` (name → pieces)."""
        draft = self.till.checkout.new_draft()
        for name, pieces in goods.items():
            draft = draft.add_product(self.product(name), pieces * 1000)
        if member is not None:
            draft = draft.with_member(member if isinstance(member, str) else member.id, Identified.CARD)
        return draft

    def pay(self, draft: BillDraft, *tenders: Tender, code: str = "1001") -> Completed:
        """Complete ``draft``, by default with the exact cash."""
        if not tenders:
            total = self.till.checkout.preview(draft).total_cash_satang
            tenders = (Tender(CASH, total),) if total else ()
        return self.till.checkout.complete(self.session(code), draft, tenders)

    def sell(self, goods: Mapping[str, int], member: Member | str | None = None) -> Completed:
        return self.pay(self.draft(goods, member))

    def give_points(self, member: Member, points: int) -> None:
        self.till.adjustment.adjust(self.session("1004"), member.id, points, "ให้แต้มทดสอบ")


def make_world(
    tmp_path: Path, things: Iterable[object] | None = None, *, settings: Settings | None = None, seed: int = 0
) -> World:
    """A till with the test shop; the caller closes ``world.folder``."""
    clock, hasher = SetClock(NOW), QuickHasher()
    folder = make_store(tmp_path, make_things(hasher, settings) if things is None else things, clock=clock)
    return World(folder, clock, hasher, seed)
