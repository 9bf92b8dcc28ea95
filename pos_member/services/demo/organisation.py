"""The demo organisation: a café and a grocery under one roof of company, three branches, eleven people."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from pos_member.domain.org import (
    Branch,
    Brand,
    Currency,
    Organisation,
    PointsExpiry,
    Role,
    Settings,
    Staff,
    TillIdentity,
)
from pos_member.domain.tiers import Demotion, TierLevel, TierMetric, TierScheme, TierWindow
from pos_member.services.demo import names
from pos_member.services.demo.ids import demo_id

_NOTICE_TH = (
    "ร้านขอเก็บเบอร์โทร ชื่อ วันเกิด และประวัติการซื้อของคุณ เพื่อให้บริการสมาชิก สะสมแต้ม และออกคูปองเท่านั้น "
    "ไม่ขายและไม่ส่งต่อให้ผู้อื่น คุณขอดู แก้ไข ถอนความยินยอม หรือลบข้อมูลได้ทุกเมื่อที่ทุกสาขา "
    "การรับข่าวสารเป็นทางเลือก ไม่มีผลต่อการเป็นสมาชิก"
)
_NOTICE_EN = (
    "We keep your phone number, name, birthday and purchases to run your membership, points and coupons, and for "
    "nothing else. We neither sell nor pass them on. At any branch you may see, correct or erase them, or withdraw "
    "your consent. News is optional and makes no difference to your membership."
)
# (code, brand, Thai name, English name, Thai address, English address, branch number of the revenue department)
_BRANCHES = (
    (
        "KS01", 0, "คลองสาน", "Khlong San",
        "88/12 ถนนเจริญนคร แขวงคลองต้นไทร เขตคลองสาน กรุงเทพมหานคร 10600",
        "88/12 Charoen Nakhon Rd, Khlong Ton Sai, Khlong San, Bangkok 10600", "สำนักงานใหญ่",
    ),
    (
        "NM02", 0, "นิมมาน", "Nimman",
        "45/7 ถนนนิมมานเหมินท์ ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่ 50200",
        "45/7 Nimmanhaemin Rd, Suthep, Mueang, Chiang Mai 50200", "00001",
    ),
    (
        "HY03", 1, "หาดใหญ่", "Hat Yai",
        "210 ถนนนิพัทธ์อุทิศ 2 ตำบลหาดใหญ่ อำเภอหาดใหญ่ จังหวัดสงขลา 90110",
        "210 Niphat Uthit 2 Rd, Hat Yai, Songkhla 90110", "00002",
    ),
)  # fmt: skip
# (code, role, place of the branch): people of head office are listed at the first branch.
_STAFF = (
    ("1001", Role.CASHIER, 0), ("1002", Role.CASHIER, 0), ("1003", Role.SUPERVISOR, 0), ("1004", Role.MANAGER, 0),
    ("2001", Role.CASHIER, 1), ("2002", Role.SUPERVISOR, 1), ("2003", Role.MANAGER, 1),
    ("3001", Role.CASHIER, 2), ("3002", Role.SUPERVISOR, 2), ("3003", Role.MANAGER, 2),
    ("9001", Role.HEAD_OFFICE, 0),
)  # fmt: skip
_NAMES_EN = (
    "Kanya", "Anan", "Wanphen", "Somchai", "Siriporn", "Pricha", "Rattana", "Malee", "Wichai", "Udom", "Orathai",
)  # fmt: skip
_NAMES_TH = ("กัญญา", "อนันต์", "วันเพ็ญ", "สมชาย", "ศิริพร", "ปรีชา", "รัตนา", "มาลี", "วิชัย", "อุดม", "อรทัย")


def demo_settings(seed: int) -> Settings:
    """The organisation's choices; its key for member numbers is made from the seed, and good for a demo only."""
    return Settings(
        consent_notice_th=_NOTICE_TH,
        consent_notice_en=_NOTICE_EN,
        member_number_key=hashlib.sha256(f"{seed}/member numbers".encode()).hexdigest(),
        currencies=(
            Currency("COFFEE", "แสตมป์กาแฟ", "Coffee stamps", PointsExpiry.MONTHS_TO_MONTH_END, expiry_months=12),
        ),
        tiers=TierScheme(
            TierMetric.SPEND,
            (
                TierLevel("silver", "ซิลเวอร์", "Silver", 5_000_00),
                TierLevel("gold", "โกลด์", "Gold", 20_000_00),
                TierLevel("platinum", "แพลทินัม", "Platinum", 50_000_00),
            ),
            TierWindow.ROLLING,
            window_months=12,
            grace_days=30,
            demotion=Demotion.ONE_STEP,
        ),
    )


def demo_organisation(seed: int) -> Organisation:
    """The company. Its tax number has the right check digit and belongs to nobody we know of."""
    tax_id = _tax_id("010559900123")
    return Organisation(
        id=demo_id(seed, "organisation", "1"),
        name_th="บริษัท ริมคลองคู่ครัว จำกัด",
        name_en="Rim Khlong Khu Khrua Co., Ltd.",
        tax_id=tax_id,
        vat_registered=True,
        settings=replace(demo_settings(seed), promptpay=tax_id),
    )


def demo_brands(seed: int) -> tuple[Brand, ...]:
    """A café with its bakery, and a grocery."""
    return (
        Brand(demo_id(seed, "brand", "RK", 1), "RK", "กาแฟริมคลอง", "Rim Khlong Coffee"),
        Brand(demo_id(seed, "brand", "KK", 2), "KK", "คู่ครัวมาร์ท", "Khu Khrua Mart"),
    )


def demo_branches(seed: int, brands: tuple[Brand, ...]) -> tuple[Branch, ...]:
    """Three branches; the goods of both brands are sold at each."""
    return tuple(
        Branch(
            id=demo_id(seed, "branch", code, place),
            code=code,
            brand_id=brands[brand].id,
            name_th=name_th,
            name_en=name_en,
            address_th=address_th,
            address_en=address_en,
            tax_branch=tax_branch,
        )
        for place, (code, brand, name_th, name_en, address_th, address_en, tax_branch) in enumerate(_BRANCHES, 1)
    )


def demo_tills(seed: int, branches: tuple[Branch, ...]) -> tuple[TillIdentity, ...]:
    """One till for each branch, numbered from 1."""
    return tuple(
        TillIdentity(demo_id(seed, "till", str(number), number), number, branch.id, f"{branch.code}-{number}", 1)
        for number, branch in enumerate(branches, 1)
    )


def demo_staff(
    seed: int, branches: tuple[Branch, ...], hash_pin: Callable[[str], str]
) -> tuple[tuple[Staff, ...], dict[str, str]]:
    """The people who sign in, and the PIN of each by staff code."""
    rng = random.Random(f"{seed}/staff")
    staff: list[Staff] = []
    pins: dict[str, str] = {}
    for place, (code, role, branch) in enumerate(_STAFF):
        family = names.surname(rng)
        pins[code] = _pin(rng, set(pins.values()))
        staff.append(
            Staff(
                id=demo_id(seed, "staff", code, place),
                code=code,
                name_th=f"{_NAMES_TH[place]} {family}",
                name_en=_NAMES_EN[place],
                role=role,
                branch_id=branches[branch].id,
                pin_hash=hash_pin(pins[code]),
            )
        )
    return tuple(staff), pins


def demo_cashiers(seed: int, branches: int) -> list[str]:
    """Ids of the first cashier of each branch, over again where there are more branches than the demo's."""
    first = {branch: demo_id(seed, "staff", code, place) for place, (code, _, branch) in reversed([*enumerate(_STAFF)])}
    return [first[number % len(_BRANCHES)] for number in range(branches)]


def _pin(rng: random.Random, taken: set[str]) -> str:
    """Six different digits in no row: no rule about weak PINs objects to it."""
    while True:
        digits = rng.sample("0123456789", 6)
        steps = {int(b) - int(a) for a, b in pairwise(digits)}
        pin = "".join(digits)
        if not steps & {1, -1} and len(steps) >= 4 and pin not in taken:
            return pin


def _tax_id(body: str) -> str:
    """Thirteen digits of a Thai juristic person: the last is (11 − Σ digit × weight mod 11) mod 10."""
    total = sum(int(digit) * weight for digit, weight in zip(body, range(13, 1, -1), strict=True))
    return body + str((11 - total % 11) % 10)
