"""``load`` rings what a shop rings: members come back, coupons and points are used, and the facts hold."""

from __future__ import annotations

from pathlib import Path

from pos_member.app.composition import open_till
from pos_member.app.load import Shopper, ring
from pos_member.app.seeding import demo_member_ids, demo_session, seed_till


def test_bills_use_what_earlier_bills_gave(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    seed_till(tmp_path / "till", 40)
    with open_till(tmp_path / "till") as till:
        shopper = Shopper(till.store.catalogue.products(limit=400), demo_member_ids(till, 40), seed=4)
        bills = list(ring(till.services, demo_session(till), shopper, 120))
        assert len({bill.number for bill in bills}) == 120
        assert any(bill.coupons_issued for bill in bills)
        assert any(bill.coupons_used for bill in bills)
        assert any(bill.points_redeemed for bill in bills)
        assert {tender.kind.value for bill in bills for tender in bill.tenders} == {"cash", "card", "promptpay"}
        assert till.services.verify.run().ok


def test_the_same_seed_rings_the_same_bills(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    totals = []
    for name in ("one", "two"):
        seed_till(tmp_path / name, 10)
        with open_till(tmp_path / name) as till:
            shopper = Shopper(till.store.catalogue.products(limit=400), demo_member_ids(till, 10), seed=9)
            totals.append([bill.total_satang for bill in ring(till.services, demo_session(till), shopper, 8)])
    assert totals[0] == totals[1]
