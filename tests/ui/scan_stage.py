"""A window over a shop in which every kind of code leads somewhere: for tests of what scans do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from pos_member.domain.bill import Bill
from pos_member.domain.codes import make_staff_badge
from pos_member.domain.coupon import CouponDefinition, CouponValueKind
from pos_member.domain.in_store import make_label
from pos_member.domain.member import Member
from pos_member.domain.org import InStoreCode, InStoreValue, Product, Staff
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.ui.main_window import MainWindow
from pos_member.ui.scan_routes import QUESTION
from pos_member.ui.scanning.gate import ScanGate
from pos_member.ui.screen import Screen
from pos_member.ui.shell import Answer, Question
from pos_member.ui.tasks import TaskRunner
from tests.db_support import put
from tests.factories import QuickHasher, make_settings, make_things, make_world
from tests.signing import IssuingTill, Signer, enrol_with, key_from, rotating_code
from tests.ui.till_window import Driver

BADGES = {
    code: make_staff_badge(lambda below, at=at: 111_111_111_111_111 * at % below)
    for at, code in enumerate(("1001", "1002", "1003", "1004", "2001"), 1)
}
WEIGHT = InStoreCode("21", InStoreValue.WEIGHT)
PRICE = InStoreCode("22", InStoreValue.PRICE, 5, 4, value_check=True)
SIGNED = CouponDefinition("def-s", "S50", "คูปองลงนาม", "Signed coupon", CouponValueKind.AMOUNT, 5_000, signed=True)
_GOODS = "cat-goods"
PORK = Product("pork", "PORK", make_label(WEIGHT, 12345, 0), "หมูสับ", "Minced pork", _GOODS, "brand-1", 189_00)
BUN = Product("bun", "BUN", make_label(PRICE, 777, 0), "ซาลาเปา", "Bun", _GOODS, "brand-1", 15_00)


def things() -> list[object]:
    """The test shop with badges, a scale, and a coupon that is signed."""
    settings = make_settings(in_store=(WEIGHT, PRICE))
    plain = make_things(QuickHasher(), settings)
    worn = [replace(each, badge=BADGES.get(each.code, "")) if isinstance(each, Staff) else each for each in plain]
    return [*worn, PORK, BUN, SIGNED]


@dataclass
class ScanStage(Driver):
    """``text(kind)`` is a code of that kind that works here and now."""

    member: Member = field(init=False)
    other: Member = field(init=False)
    bill: Bill = field(init=False)
    coupon: str = field(init=False)
    signer: Signer = field(default_factory=Signer)
    seconds: float = 0.0

    def prepare(self) -> None:
        world = self.world
        enrol_with(world, self.signer.office, key_from(31))
        put(world.folder, [self.signer.code_key(), self.signer.rotating_key(), self.signer.certificate(IssuingTill())])
        self.member = world.enrol()
        self.other = world.enrol("0898765432", first_name="มานี", last_name="มีนา")
        self.coupon = world.sell({"giftbox": 1}, self.member).bill.coupons_issued[0].code
        self.bill = world.sell({"latte": 3, "mug": 1}).bill

    def open(self, **more: object) -> MainWindow:  # type: ignore[override]
        window = super().open(**more)  # type: ignore[arg-type]
        window.scans.gate = ScanGate(lambda: self.seconds)
        return window

    def text(self, kind: ScanKind) -> str:
        made: dict[ScanKind, Callable[[], str]] = {
            ScanKind.MEMBER: lambda: self.member.number,
            ScanKind.MEMBER_SIGNED: lambda: self.signer.member_code(self.member.number, self.member.id),
            ScanKind.MEMBER_ROTATING: lambda: rotating_code(self.member.number, self.world.clock.now()),
            ScanKind.COUPON: lambda: self.coupon,
            ScanKind.COUPON_SIGNED: lambda: IssuingTill().coupon("def-s")[1],
            ScanKind.PRODUCT: lambda: self.world.product("mug").barcode,
            ScanKind.STAFF: lambda: BADGES["1002"],
            ScanKind.RECEIPT: lambda: self.bill.receipt_code,
            ScanKind.PHONE: lambda: self.member.phone,
            ScanKind.FOREIGN: lambda: "https://example.com/menu",
            ScanKind.MISTYPED: lambda: self.member.number[:-1] + str((int(self.member.number[-1]) + 1) % 10),
            ScanKind.TEXT: lambda: "LATTE",
        }
        found = made[kind]()
        assert classify(found).kind is kind
        return found

    def read(self, text: str) -> None:
        """As the camera hands it over; some seconds after the code before."""
        self.seconds += 5
        self.window.scanned(text)
        self.settle()

    def scan_kind(self, kind: ScanKind) -> str:
        text = self.text(kind)
        self.read(text)
        return text

    def go(self, place: str, goods_satang: int = 0, **params: object) -> Screen | None:
        """An open page with nothing on it and no more than goods on the bill; half a minute later."""
        self.world.clock.forward(timedelta(seconds=31))
        shell = self.window.shell
        shell.close_question()
        shell.back()
        self.settle()
        if not self.desk.draft.empty:
            self.desk.clear()
            self.settle()
        if goods_satang:
            self.desk.add_amount(goods_satang)
            self.settle()
        self.window.strip.clear()
        self.sounds.clear()
        if place == QUESTION:
            shell.ask(Question("?", (Answer("yes", "ใช่"), Answer("no", "ไม่"))), self.answered)
        elif place == "sign_in":
            shell.open("sign_in", staff_id="staff-1003")
        elif place != "sell":
            shell.open(place, **params)
        self.settle()
        return self.window.navigation.current

    def answered(self, key: str, typed: str) -> None:
        self.answer = key

    def audits(self) -> list[tuple[str, str]]:
        """(act, about whom) of every record on disk, oldest first."""
        with self.world.folder.till.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql("SELECT act, subject_id FROM audit ORDER BY seq")]

    @property
    def place(self) -> str:
        return self.window.scans.place

    @property
    def told(self) -> str:
        notice = self.window.strip.notice
        return notice.text if notice is not None else ""


def staged(tmp_path: Path, runner: TaskRunner, qtbot: QtBot) -> Iterator[ScanStage]:
    """Signed in, at the open bill: what a test's fixture yields from."""
    world = make_world(tmp_path, things())
    made = ScanStage(qtbot, world, runner)
    made.prepare()
    made.open()
    made.sign_in()
    yield made
    world.folder.close()
