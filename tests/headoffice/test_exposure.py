"""What is at risk now, as the manager at head office reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pos_member.domain.rights import FloorLimits
from pos_member.headoffice import exposure, rights_grants
from pos_member.headoffice.exposure import Exposure, loss_at_most
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.console_support import signed_in
from tests.headoffice.office_support import CLOCK, make_bill, new_id, rows, running_office, use
from tests.headoffice.rights_support import MEMBER, admit, give, memory_till, upload


def now_at(office: HeadOffice) -> Exposure:
    with office.database.read() as connection:
        return exposure.exposure(connection, CLOCK.now())


def test_the_most_a_till_can_lose_is_bounded_by_its_limits() -> None:
    limits = FloorLimits()  # 2,000 points or 20 bills of 100; coupons worth 1,000 baht
    assert loss_at_most(limits, 10) == 2_000 * 10 + 100_000
    assert loss_at_most(replace(limits, count_per_till=5), 10) == 500 * 10 + 100_000
    assert loss_at_most(replace(limits, per_member=0), 10) == 100_000
    assert loss_at_most(replace(limits, per_bill=0, coupons_per_till=0), 10) == 0


def test_what_tills_hold_and_what_they_can_lose(office: HeadOffice) -> None:
    one, two = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    for till in (one, two):
        admit(office.database, till)
    give(office, 300)
    assert now_at(office).held_points == 0
    with office.database.write() as connection:
        one.hold(*rights_grants.touch(connection, one.id, 1, [MEMBER.id], CLOCK.now(), new_id))
    found = now_at(office)
    assert (found.held_points, found.held_satang, found.cut_off, found.loss_satang) == (300, 3_000, 0, 0)
    one.sell(spend=100)
    upload(office, one)
    assert now_at(office).held_points == 200
    CLOCK.forward(timedelta(hours=13))
    two.now = CLOCK.now()
    two.sell(earn=1)
    upload(office, two)  # heard just now
    found = now_at(office)
    assert (found.cut_off, found.loss_satang, found.unheard_points) == (1, 120_000, 200)
    assert found.tills[0].till_id == one.id
    assert (found.tills[0].held, found.tills[0].unheard) == (0, 200)


def test_what_was_lost_already(office: HeadOffice) -> None:
    one, two = memory_till(1, 1, CLOCK.now()), memory_till(2, 1, CLOCK.now())
    for till in (one, two):
        admit(office.database, till)
        till.sell(provisional=40)
        till.take(make_bill(till.identity, 9, member=None, points=0, redeem=0, coupons_used=(use("8" * 16),)))
        upload(office, till)
    found = now_at(office)
    assert (found.provisional_cases, found.provisional_points, found.provisional_satang) == (1, 80, 800)
    assert (found.coupon_cases, found.coupon_satang) == (1, 4_000)


def test_the_page_and_a_lost_till(tmp_path: Path) -> None:
    before = CLOCK.at
    try:
        with running_office(tmp_path) as server:
            office: HeadOffice = server.app.state.office
            one = memory_till(1, 1, CLOCK.now())
            admit(office.database, one)
            give(office, 300)
            with office.database.write() as connection:
                rights_grants.touch(connection, one.id, 1, [MEMBER.id], CLOCK.now(), new_id)
            CLOCK.forward(timedelta(hours=13))
            with signed_in(server) as browser:
                page = browser.get("/exposure").text
                assert "300 points" in page
                assert "1,200" in page
                browser.session.get(f"{browser.url}/language/th", timeout=60)
                assert "ขาดการติดต่อ" in browser.get("/exposure").text
                assert browser.send("/exposure/write-off", till=one.id, who="Napha", why="").status_code == 400
                assert browser.send("/exposure/write-off", till="x", who="Napha", why="lost").status_code == 404
                assert browser.send("/exposure/write-off", till=one.id, who="Napha", why="lost").status_code == 200
            assert [row.state for row in rows(office.database, "spending_right")] == ["lapsed"]
            assert [row.act for row in rows(office.database, "office_act")] == ["rights_written_off"]
    finally:
        CLOCK.at = before
