"""Every page × every kind of code, in a real window: what it does is seen, and nothing is ever lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified
from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.ports import Sound
from pos_member.ui.scan_routes import LEAVING, QUESTION, ROUTES, Act, Route, decided, route_of
from pos_member.ui.screens import SCREENS
from pos_member.ui.tasks import TaskRunner
from pos_member.wording import say_error
from tests.ui.scan_stage import ScanStage, staged

K = ScanKind
_MEMBERS = (K.MEMBER, K.MEMBER_SIGNED, K.MEMBER_ROTATING, K.PHONE)
#: Pages that would take it, were something open on them.
_DECLINES = {
    *(("return", kind) for kind in (K.PRODUCT, K.TEXT, K.MISTYPED, K.FOREIGN, K.STAFF)),
    *(("claim", kind) for kind in (*_MEMBERS, K.STAFF)),
    *(("coupons", K.STAFF), ("adjust", K.STAFF), ("printers", K.STAFF), ("printer_wizard", K.TEXT)),
    *((QUESTION, kind) for kind in (K.TEXT, K.PHONE, K.FOREIGN)),
}
_PROOF = {
    K.MEMBER: Identified.CARD,
    K.MEMBER_SIGNED: Identified.SIGNED_QR,
    K.MEMBER_ROTATING: Identified.FRESH_QR,
    K.PHONE: Identified.PHONE_TYPED,
}


def _act(place: str, kind: ScanKind) -> Act:
    return decided(place, kind, begun=False, declined=(place, kind) in _DECLINES)


@pytest.fixture
def stage(tmp_path: Path, runner: TaskRunner, qtbot: QtBot) -> Iterator[ScanStage]:
    yield from staged(tmp_path, runner, qtbot)


# --- the table ---------------------------------------------------------------------------------------------


def test_every_page_has_one_route_for_every_kind() -> None:
    pages = {"sell", QUESTION, *SCREENS}
    assert pages == set(ROUTES)
    for place, row in ROUTES.items():
        assert set(row) == set(ScanKind), place
        for kind, route in row.items():
            assert isinstance(route, Route)
            assert bool(route.how) == (route.act is Act.PAGE), (place, kind)
            assert route.otherwise is None or route.act is Act.PAGE, (place, kind)


def test_a_page_that_is_half_filled_is_never_left_by_a_scan() -> None:
    for place in ROUTES:
        for kind in ScanKind:
            for declined in (False, True):
                act = decided(place, kind, begun=True, declined=declined)
                stays = place == "sell" and act is Act.BILL
                assert act not in LEAVING or stays, (place, kind)


def test_a_page_nobody_listed_loses_no_scan() -> None:
    assert route_of("a page of tomorrow", K.MEMBER).act is Act.BILL
    assert route_of("a page of tomorrow", K.FOREIGN).act is Act.FOREIGN


# --- in the window -----------------------------------------------------------------------------------------


def _untouched(stage: ScanStage) -> bool:
    draft = stage.desk.draft
    return draft.member_id is None and not draft.coupon_codes and all(line.product_id is None for line in draft.lines)


def _seen_bill(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    draft = stage.desk.draft
    if kind in _MEMBERS:
        assert (draft.member_id, draft.identified) == (stage.member.id, _PROOF[kind])
    elif kind in (K.COUPON, K.COUPON_SIGNED):
        assert len(draft.coupon_codes) == 1 and len(draft.coupon_codes[0]) == 16, stage.told
    elif kind in (K.PRODUCT, K.TEXT):
        assert [line.product_id for line in draft.lines] == ["mug" if kind is K.PRODUCT else "latte"]
    else:
        wanted = Reason.CODE_MISTYPED if kind is K.MISTYPED else Reason.CODE_FOREIGN
        hint = {"hint": "link"} if kind is K.FOREIGN else {}
        assert draft.empty and stage.told == say_error(Refusal(wanted, **hint), "th")
        assert stage.place == "sell" and stage.sounds == [Sound.INVALID]
        return
    assert stage.place == "sell" and stage.told and stage.sounds == [Sound.READ]


def _seen_page(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == place
    if place == "find" and kind in _MEMBERS:
        assert stage.window.navigation.current._detail.panel.card.member_id == stage.member.id
        stage.window.navigation.current.go_on()
        stage.settle()
        assert stage.desk.draft.identified is _PROOF[kind]
    elif place == "find" and kind is K.PRODUCT:
        assert stage.said("find_price") == "฿200.00" and stage.desk.draft.empty
    elif place == "find":
        assert stage.said("find_product_name") == "สินค้า latte"
    elif place == "enrol":
        assert "สมหญิง" in stage.said("enrol_phone_state") and stage.sounds == [Sound.ALREADY]
    elif place == "return":
        assert stage.bill.number in stage.said("return_bill")
    elif place == "claim":
        assert stage.bill.number in stage.said("claim_bill")
    elif place in ("reprint", "print_jobs"):
        assert stage.window.navigation.current._bills.text.text() == stage.bill.number
    elif place == "coupons":
        assert stage.window.navigation.current._life.life is not None
    elif place == "adjust":
        assert stage.window.navigation.current._panel.card.member_id == stage.member.id
    elif place == "drawer":
        # The badge is of somebody who may not open drawers either.
        assert stage.told and stage.sounds == [Sound.INVALID]


def _seen_receipt(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == "return" and stage.bill.number in stage.said("return_bill")


def _seen_member(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == "find"
    assert stage.window.navigation.current._detail.panel.card.member_id == stage.member.id


def _seen_coupon(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == "coupons" and stage.window.navigation.current._life.life is not None


def _seen_papers(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == "reprint"
    assert stage.window.navigation.current._bills.text.text() == stage.bill.number


def _seen_cashier(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == "sign_in" and stage.said("sign_in_who") == "คนที่ 1002"
    assert stage.window.shell.session.staff.code == "1001"


def _seen_kept(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == place and _untouched(stage)
    assert stage.told.startswith("เก็บการสแกนไว้แล้ว")
    assert len(stage.window._early) == 1
    stage.window._early.take(stage.world.clock.now())


def _seen_refused(stage: ScanStage, place: str, kind: ScanKind, text: str) -> None:
    assert stage.place == place and _untouched(stage)
    assert stage.told and stage.sounds == [Sound.INVALID]


_SEEN: dict[Act, Callable[[ScanStage, str, ScanKind, str], None]] = {
    Act.BILL: _seen_bill,
    Act.PAGE: _seen_page,
    Act.RECEIPT: _seen_receipt,
    Act.MEMBER: _seen_member,
    Act.COUPON: _seen_coupon,
    Act.PAPERS: _seen_papers,
    Act.CASHIER: _seen_cashier,
    Act.KEEP: _seen_kept,
    Act.MISTYPED: _seen_refused,
    Act.FOREIGN: _seen_refused,
    Act.NOT_HERE: _seen_refused,
}


@pytest.mark.parametrize("place", sorted({"sell", QUESTION, *SCREENS}))
def test_what_each_scan_does_is_seen(stage: ScanStage, place: str) -> None:
    flashes: list[object] = []
    stage.window.shell.fed_back.connect(flashes.append)
    for kind in ScanKind:
        # A coupon is laid on a bill that has something to take it off from.
        stage.go(place, 300_00 if kind in (K.COUPON, K.COUPON_SIGNED) else 0)
        assert stage.place == place
        flashes.clear()
        text = stage.scan_kind(kind)
        _SEEN[_act(place, kind)](stage, place, kind, text)
        # Never a flash or a sound without words.
        assert all(each.text for each in flashes), (place, kind)
        assert stage.desk.idle
