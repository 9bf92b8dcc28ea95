"""What happens at the counter, by the real use cases."""

from __future__ import annotations

from collections.abc import Callable

from pos_member.domain.bill import Bill, BillDraft, Tender, TenderKind
from pos_member.domain.errors import EnvironmentProblem, Refusal
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.domain.member import Identified
from pos_member.services.enrolment import EnrolRequest
from tests.simulation.line import OF_THE_LINE
from tests.simulation.till import GOODS, SimTill
from tests.simulation.world import Simulation

Act = Callable[[Simulation, SimTill], None]


def sell(sim: Simulation, till: SimTill, same: tuple[str | None, str] | None = None) -> None:
    """A bill, often of a member, sometimes paid in part with points or a coupon of anywhere.

    ``same``: the member and the coupon that others spend, too.
    """
    dice = sim.dice
    member = dice.choice([None, *sim.members, *sim.members])
    reward, coupon = dice.random() < 0.4, dice.random() < 0.35
    code = dice.choice(sim.coupons) if sim.coupons and coupon else ""
    if same is not None:
        (member, code), reward = same, True
    picked = [(dice.choice(GOODS), dice.randrange(1, 4)) for _ in range(dice.randrange(1, 3))]
    times, asks = dice.randrange(1, 4), "online" in sim.profile.troubles and dice.random() < 0.5

    def work() -> Bill:
        draft = till.services.checkout.new_draft()
        for name, pieces in picked:
            product = till.open().store.catalogue.product(name)
            assert product is not None
            draft = draft.add_product(product, pieces * 1_000)
        if member is not None:
            draft = draft.with_member(member, Identified.CARD)
        if asks:
            _ask(sim, till, draft, code, times if reward else 0)
        if code:
            draft = till.services.redemption.lay_coupon(draft, code)
        if reward and member is not None:
            draft = _rewarded(till, draft, times)
        total = till.services.checkout.preview(draft).total_cash_satang
        tenders = (Tender(TenderKind.CASH, total),) if total else ()
        return till.services.checkout.complete(till.session(), draft, tenders).bill

    bill = sim.doing(till, f"sells {picked} to {_short(member)}{' with ' + code if code else ''}", work)
    if bill is not None:
        sim.ledger.promised(bill.id)
        sim.sold.append((till, bill))
        sim.coupons += [coupon.code for coupon in bill.coupons_issued]
        if bill.coupons_used:
            sim.met["coupon used"] += 1
        if bill.points_redeemed:
            sim.met["points redeemed"] += 1
            sim.say(f"  {bill.points_redeemed} points of {_short(member)} on bill {bill.number}")


def _ask(sim: Simulation, till: SimTill, draft: BillDraft, code: str, times: int) -> None:
    """Points and a coupon for this bill, asked of head office; without an answer the till goes by what it holds."""
    points = 0
    if times and draft.member_id is not None:
        rewards = [each for each in till.services.checkout.preview(draft).evaluation.rewards if each.times_max]
        points = till.services.redemption.points_to_ask(draft, rewards[0].program_id, times) if rewards else 0
    if points <= 0 and not code:
        return
    coupons = (code,) if code else ()
    sim.met["asked online"] += 1
    before, till.asks = till.asks, True
    try:
        told = till.desk.redeem(draft.id, (draft.member_id or "") if points > 0 else "", max(0, points), coupons)
    except EnvironmentProblem as problem:
        if problem.reason not in OF_THE_LINE:
            raise
        sim.met["asked online in vain"] += 1
        return
    except Refusal as refusal:
        sim.met[f"asked online, refused {refusal.reason.value}"] += 1
        return
    finally:
        till.asks = before
    sim.met["granted online"] += told.right is not None
    for verdict in told.coupons.values():
        sim.met[f"coupon online {verdict.value}"] += 1


def _rewarded(till: SimTill, draft: BillDraft, times: int) -> BillDraft:
    for reward in till.services.checkout.preview(draft).evaluation.rewards:
        if reward.times_max:
            return till.services.redemption.choose_reward(draft, reward.program_id, min(times, reward.times_max))
    return draft


def take_back(sim: Simulation, till: SimTill) -> None:
    """All or part of an earlier bill of this till comes back."""
    mine = [bill for seller, bill in sim.sold if seller is till]
    if not mine:
        return
    bill = sim.dice.choice(mine)
    whole = sim.dice.random() < 0.5
    return_id = sim.new_id()

    def work() -> str:
        lines = {
            each.line.line_no: each.left_milli if whole else min(1_000, each.left_milli)
            for each in till.services.returns.find(bill.receipt_code).lines
            if each.left_milli
        }
        boss = till.session(manager=True)
        return till.services.returns.complete(boss, bill.id, lines, return_id=return_id).document.id

    if sim.doing(till, f"takes back {'all' if whole else 'some'} of {bill.number}", work) is not None:
        sim.ledger.promised(return_id)
        sim.met["returned"] += 1


def claim(sim: Simulation, till: SimTill) -> None:
    """Somebody shows a receipt after the bill."""
    mine = [bill for seller, bill in sim.sold if seller is till and bill.member_id is None]
    if not mine:
        return
    bill, member, claim_id = sim.dice.choice(mine), sim.dice.choice(sim.members), sim.new_id()

    def work() -> str:
        claims = till.services.claims
        return claims.give(till.session(), bill.receipt_code, member, Identified.CARD, claim_id=claim_id).claim.id

    if sim.doing(till, f"points of {bill.number} for {_short(member)}", work) is not None:
        sim.ledger.promised(claim_id)
        sim.met["claimed"] += 1


def enrol(sim: Simulation, till: SimTill) -> None:
    """A new member."""
    phone = f"08{sim.dice.randrange(10**8):08d}"

    def work() -> str:
        return till.services.enrolment.enrol(till.session(), EnrolRequest(phone, membership_consent=True)).member.id

    member = sim.doing(till, f"enrols {phone}", work)
    if member is not None:
        sim.ledger.promised(member)
        sim.members.append(member)


def adjust(sim: Simulation, till: SimTill) -> None:
    """Points by hand."""
    member, points = sim.dice.choice(sim.members), sim.dice.choice((-150, -20, 30, 200))

    def work() -> bool:
        till.services.adjustment.adjust(till.session(manager=True), member, points, "ปรับแต้ม")
        return True

    sim.doing(till, f"adjusts {_short(member)} by {points}", work)


def cancel(sim: Simulation, till: SimTill) -> None:
    """A coupon is taken out of use."""
    if not sim.coupons:
        return
    code = sim.dice.choice(sim.coupons)

    def work() -> bool:
        till.services.coupons.cancel(till.session(manager=True), code, "ขอยกเลิก")
        return True

    sim.doing(till, f"cancels {code}", work)


def shift(sim: Simulation, till: SimTill) -> None:
    """A drawer is opened or closed."""
    counted = sim.dice.randrange(100) * 100

    def work() -> str:
        if till.services.shifts.current() is None:
            return till.services.shifts.open(till.session(), counted).id
        return till.services.shifts.close(till.session(), counted, "th").closed.id

    sim.doing(till, "opens or closes a shift", work)


def poison(sim: Simulation, till: SimTill) -> None:
    """An event of a build that head office does not know yet."""
    event_id = sim.new_id()

    def work() -> bool:
        data, identity = till.open(), till.open().store.facts.identity()
        assert identity is not None
        record = AuditRecord(event_id, "unheard_of", "staff-1001", "", identity.id, till.clock.now(), "", "")
        with data.store.transaction() as tx:
            tx.announce(EventKind.AUDIT, event_id, record, version=99)
        return True

    sim.ledger.poison.add(event_id)
    sim.doing(till, "announces what head office cannot read", work)


def _short(member: str | None) -> str:
    return "nobody" if member is None else member[-6:]


#: How often each comes, about.
DAY: tuple[tuple[Act, int], ...] = (
    (sell, 14),
    (take_back, 3),
    (claim, 2),
    (enrol, 1),
    (adjust, 1),
    (cancel, 1),
    (shift, 1),
)


def anything(sim: Simulation, till: SimTill) -> None:
    """One act, by the frequencies of a day, where there is anything to sell."""
    if not till.can_sell():
        sim.met["a cashier waits for the catalogue"] += 1
        return
    acts, weights = zip(*DAY, strict=True)
    sim.dice.choices(acts, weights)[0](sim, till)
