"""Every method of the use cases × every role: a check that goes missing turns this red."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from pos_member.domain import permission
from pos_member.domain.bill import Tender
from pos_member.domain.consent import Purpose
from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.member import Identified, Member
from pos_member.domain.org import Role
from pos_member.domain.permission import Session
from pos_member.domain.printers import PrinterProfile, PrinterSetup
from pos_member.services.checkout import Completed
from pos_member.services.enrolment import EnrolRequest
from pos_member.services.ports import PrintJobState
from tests.db_support import put
from tests.factories import CASH, World

# Saving a template draws a paper: one application for the process, not the renderer's bare one.
pytestmark = pytest.mark.usefixtures("qapp")
CASHIER, SUPERVISOR, MANAGER, HEAD_OFFICE = Role.CASHIER, Role.SUPERVISOR, Role.MANAGER, Role.HEAD_OFFICE
_CODES = {CASHIER: "1001", SUPERVISOR: "1003", MANAGER: "1004", HEAD_OFFICE: "9001"}
_SHOP = {CASHIER, SUPERVISOR, MANAGER}


@dataclass
class _Scene:
    world: World
    member: Member
    sold: Completed
    of_nobody: Completed

    def returning(self, session: Session, approver: Session | None = None) -> object:
        returns = self.world.till.returns
        return returns.complete(session, self.sold.bill.id, {1: 1000}, return_id=returns.new_id(), approver=approver)

    def claiming(self, session: Session) -> object:
        claims, code = self.world.till.claims, self.of_nobody.bill.receipt_code
        return claims.give(session, code, self.member.id, Identified.CARD, claim_id=claims.new_id())

    def template(self) -> str:
        return self.world.till.templates.shipped(DocumentKind.COUPON).replace("ใช้ได้ที่", "ใช้ได้เฉพาะที่")

    def redeeming(self, session: Session) -> object:
        draft = self.world.draft({"mug": 1}, self.member).with_coupon(self.sold.bill.coupons_issued[0].code)
        return self.world.till.checkout.complete(session, draft, (Tender(CASH, 18_000),))

    @property
    def printer(self) -> PrinterSetup:
        return self.world.printers[0]

    def job(self) -> str:
        """The receipt's job, in doubt."""
        job_id = self.sold.print_job_ids[0]
        with self.world.store.transaction() as tx:
            tx.set_print_job(job_id, PrintJobState.UNCONFIRMED, "printer_broke_off")
        return job_id


#: (method, who may, the act). Methods that take no session are named below, with the reason.
_MATRIX: list[tuple[str, set[Role], Callable[[_Scene, Session], object]]] = [
    ("staff.sign_out", {*Role}, lambda s, who: s.world.till.staff.sign_out(who)),
    ("enrolment.enrol", _SHOP, lambda s, who: s.world.till.enrolment.enrol(who, EnrolRequest("0811112222", True))),
    (
        "enrolment.change_consent",
        _SHOP,
        lambda s, who: s.world.till.enrolment.change_consent(who, s.member.id, Purpose.MARKETING_SMS, True, "th"),
    ),
    ("enrolment.correct", _SHOP, lambda s, who: s.world.till.enrolment.correct(who, s.member.id, first_name="ใหม่")),
    ("lookup.unmask", {MANAGER}, lambda s, who: s.world.till.lookup.unmask(who, s.member.id)),
    (
        "checkout.complete",
        _SHOP,
        lambda s, who: s.world.till.checkout.complete(who, s.world.draft({"tea": 1}), (Tender(CASH, 4_000),)),
    ),
    ("checkout.complete", _SHOP, lambda s, who: s.redeeming(who)),
    ("claims.give", _SHOP, lambda s, who: s.claiming(who)),
    ("returns.complete", {SUPERVISOR, MANAGER}, lambda s, who: s.returning(who)),
    (
        "coupons.cancel",
        {SUPERVISOR, MANAGER},
        lambda s, who: s.world.till.coupons.cancel(who, s.sold.bill.coupons_issued[0].code, "ชำรุด"),
    ),
    ("coupons.reprint", _SHOP, lambda s, who: s.world.till.coupons.reprint(who, s.sold.bill.coupons_issued[0].code)),
    ("adjustment.adjust", {MANAGER}, lambda s, who: s.world.till.adjustment.adjust(who, s.member.id, 5, "ชดเชย")),
    ("shifts.open", _SHOP, lambda s, who: s.world.till.shifts.open(who, 0)),
    ("shifts.close", _SHOP, lambda s, who: s.world.till.shifts.close(who, 0, "th")),
    ("reports.day", {SUPERVISOR, MANAGER, HEAD_OFFICE}, lambda s, who: s.world.till.reports.day(session=who)),
    (
        "reports.rows",
        {MANAGER, HEAD_OFFICE},
        lambda s, who: s.world.till.reports.rows("bills", None, None, "th", session=who),
    ),
    ("shifts.print_x", {SUPERVISOR, MANAGER, HEAD_OFFICE}, lambda s, who: s.world.till.shifts.print_x(who, "th")),
    ("shifts.print_last_z", _SHOP, lambda s, who: s.world.till.shifts.print_last_z(who)),
    ("reprint.reprint", _SHOP, lambda s, who: s.world.till.reprint.reprint(who, s.sold.bill.id, DocumentKind.RECEIPT)),
    ("templates.save", {MANAGER}, lambda s, who: s.world.till.templates.save(who, DocumentKind.COUPON, s.template())),
    ("templates.reset", {MANAGER}, lambda s, who: s.world.till.templates.reset(who, DocumentKind.COUPON)),
    ("templates.restore", {MANAGER}, lambda s, who: s.world.till.templates.restore(who, DocumentKind.COUPON, 0)),
    ("print_jobs.print_again", _SHOP, lambda s, who: s.world.till.print_jobs.print_again(who, s.job())),
    ("print_jobs.other_printer", _SHOP, lambda s, who: s.world.till.print_jobs.other_printer(who, s.job(), "bar")),
    ("print_jobs.seen", _SHOP, lambda s, who: s.world.till.print_jobs.seen(who, s.job())),
    ("print_jobs.cancel", _SHOP, lambda s, who: s.world.till.print_jobs.cancel(who, s.job())),
    ("printers.keep", {MANAGER}, lambda s, who: s.world.till.printers.keep(who, s.world.printers, lambda: None)),
    ("printers.try_drawer", {SUPERVISOR, MANAGER}, lambda s, who: s.world.till.printers.try_drawer(who, s.printer)),
    ("drawer.open_drawer", {SUPERVISOR, MANAGER}, lambda s, who: s.world.till.drawer.open_drawer(who)),
    ("line.keep", {MANAGER}, lambda s, who: s.world.till.line.keep(who, LineSetup(), lambda: None)),
    ("line.carry_out", {MANAGER}, lambda s, who: s.world.till.line.carry_out(who)),
    ("line.carry_in", {MANAGER}, lambda s, who: s.world.till.line.carry_in(who)),
    ("line.carried_in", {MANAGER}, lambda s, who: s.world.till.line.carried_in(who, 1, 1)),
]

#: No session, because nothing sensitive is read or written: what the sign-in screen, the open bill and the
#: printer's badge need. A method that is new must be put here or into the matrix.
_OPEN = {
    *("staff.people", "staff.sign_in", "staff.by_badge", "staff.pin_hash", "enrolment.notice", "enrolment.check_phone"),
    *("enrolment.referrer", "coupons.find"),
    *("lookup.resolve", "lookup.panel", "lookup.panel_of", "lookup.search_members", "lookup.products"),
    *("lookup.categories", "lookup.header"),
    *("checkout.new_draft", "checkout.preview", "checkout.save_draft", "checkout.saved_draft", "checkout.park"),
    *("checkout.parked", "checkout.unpark", "redemption.lay_coupon", "redemption.choose_reward"),
    *("redemption.code_of", "redemption.points_to_ask"),
    # Days end by themselves: the till closes them when a shift ends and when it starts.
    *("days.waiting", "days.catch_up"),
    *("claims.find", "claims.preview", "claims.new_id"),
    *("returns.find", "returns.preview", "returns.new_id", "shifts.current", "shifts.figures"),
    *("templates.kinds", "templates.history", "templates.draft", "templates.shipped", "templates.content"),
    *("templates.sample", "templates.check"),
    *(
        "reports.csv",
        "reprint.recent",
        "reprint.jobs",
        "print_jobs.listed",
        "print_jobs.let_go_of_old",
        "drawer.present",
        "verify.run",
    ),
}


@pytest.fixture
def scene(world: World) -> _Scene:
    world.printers = (PrinterSetup("bar", "บาร์", "file:///dev/null", PrinterProfile("bar"), drawer=True),)
    member = world.enrol()
    return _Scene(world, member, world.sell({"giftbox": 1}, member), world.sell({"giftbox": 1}))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "allowed", "act"), _MATRIX, ids=[f"{i}-{row[0]}" for i, row in enumerate(_MATRIX)])
def test_who_may_do_what(
    scene: _Scene, method: str, allowed: set[Role], act: Callable[[_Scene, Session], object], role: Role
) -> None:
    who = scene.world.session(_CODES[role])
    if method.startswith("shifts.") and method != "shifts.open":
        scene.world.till.shifts.open(scene.world.session(), 0)
    if method == "shifts.print_last_z":
        scene.world.till.shifts.close(scene.world.session(), 0, "th")
    before = scene.world.store.facts.queue_status().head_seq
    if role in allowed:
        act(scene, who)
        return
    with pytest.raises(Refusal) as refusal:
        act(scene, who)
    assert refusal.value.reason is Reason.NOT_PERMITTED
    assert scene.world.store.facts.queue_status().head_seq == before


def test_every_method_is_in_the_matrix_or_named_as_open(world: World) -> None:
    methods = {
        f"{area}.{name}"
        for area, service in vars(world.till).items()
        for name, _ in inspect.getmembers(service, callable)
        if not name.startswith("_")
    }
    assert methods == {row[0] for row in _MATRIX} | _OPEN
    takes_session = {
        f"{area}.{name}"
        for area, service in vars(world.till).items()
        for name, method in inspect.getmembers(service, callable)
        if not name.startswith("_") and "session" in inspect.signature(method).parameters
    }
    assert takes_session == {row[0] for row in _MATRIX}


def test_who_may_sell_may_not_therefore_redeem(scene: _Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permission.GRANTS, CASHIER, frozenset({permission.Permission.SELL}))
    cashier = scene.world.session("1001")
    with pytest.raises(Refusal) as refusal:
        scene.redeeming(cashier)
    assert refusal.value.params["permission"] == "redeem"
    scene.world.pay(scene.world.draft({"tea": 1}))


def test_somebody_taken_off_the_list_is_out_at_once_and_a_new_role_counts(scene: _Scene) -> None:
    world = scene.world
    cashier, manager = world.session("1001"), world.session("1004")
    put(world.folder, [replace(cashier.staff, active=False), replace(manager.staff, role=CASHIER)])
    for act, reason in (
        (lambda: world.till.shifts.open(cashier, 0), Reason.NOT_SIGNED_IN),
        (lambda: world.till.lookup.unmask(manager, scene.member.id), Reason.NOT_PERMITTED),
        (lambda: scene.returning(world.session("1002"), cashier), Reason.NOT_SIGNED_IN),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is reason


def test_somebody_moved_to_another_branch_answers_for_nothing_here(scene: _Scene) -> None:
    world = scene.world
    cashier, supervisor = world.session("1001"), world.session("1003")
    put(world.folder, [replace(supervisor.staff, branch_id="branch-2")])
    for approver in (None, cashier):
        with pytest.raises(Refusal) as refusal:
            scene.returning(supervisor, approver)
        assert refusal.value.reason is Reason.NOT_SIGNED_IN
    with pytest.raises(Refusal) as refusal:
        scene.returning(cashier, supervisor)
    assert refusal.value.reason is Reason.NOT_SIGNED_IN


def test_a_second_person_approves_and_is_on_record(scene: _Scene) -> None:
    world = scene.world
    cashier, supervisor, manager = world.session("1001"), world.session("1003"), world.session("1004")
    for approver, reason in ((cashier, Reason.OVERRIDE_SELF), (world.session("1002"), Reason.NOT_PERMITTED)):
        with pytest.raises(Refusal) as refusal:
            scene.returning(cashier, approver)
        assert refusal.value.reason is reason
    document = scene.returning(cashier, supervisor).document  # type: ignore[attr-defined]
    assert (document.staff_id, document.approved_by) == ("staff-1001", "staff-1003")
    world.till.adjustment.adjust(cashier, scene.member.id, 5, "ชดเชย", manager)
    last = list(world.store.evidence.queue())[-1].payload
    assert b'"approved_by":"staff-1004"' in last and b'"staff_id":"staff-1001"' in last
