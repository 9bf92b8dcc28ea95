"""Two tills and a head office in one process: whatever is done, cut, lost or broken off, the books agree in the end.

The real use cases, the real engine and the real head office, on real files; only the line is direct, so that it can
lose a request or an answer at will. Beside them stands a book kept by hand (``Books``): what the use cases said they
did. ``TwoTills.check_now`` holds after every act, ``check_healed`` once the line is back.
"""

from __future__ import annotations

import atexit
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pos_member.domain import codec
from pos_member.domain.bill import Bill, BillReturn, Tender
from pos_member.domain.consent import Purpose
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.events import BillClaimed, ConsentChanged, EventKind, PointsAdjusted
from pos_member.domain.ids import IdMaker
from pos_member.domain.member import Identified, Member, MemberStatus
from pos_member.domain.org import TillIdentity
from pos_member.domain.points import PointEntry, balances
from pos_member.headoffice import feed, schema
from pos_member.headoffice.database import open_database
from pos_member.headoffice.importing import MemberImport, import_catalogue, import_members
from pos_member.headoffice.service import HeadOffice
from pos_member.services.evidence_ports import QueueRow
from pos_member.services.verify_queue import payload_of
from pos_member.sync import protocol
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import enrol
from tests.db_support import NOW, SetClock, copy_template
from tests.e2e.faults import Crash, Shaky, ShakyLine, ShakyStore, die_at
from tests.factories import CARD, CASH, QuickHasher, World, make_things
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import make_member, open_exceptions, rows
from tests.office_database import OFFICES, office_url
from tests.simulation.template import open_folder

REWARD = "01930000-0000-7000-8000-000000000105"
GOODS = ("tea", "beans", "giftbox", "mug")
LOT = date(2026, 12, 31)
#: Points that head office's own members bring along.
BROUGHT = {LOT: 250, None: 130}
NAMES = ("one", "two")
OFFICE = "office.db"
_MOVES_POINTS = frozenset(
    {EventKind.BILL_COMPLETED, EventKind.BILL_RETURNED, EventKind.BILL_CLAIMED, EventKind.POINTS_ADJUSTED}
)
_NOT_CLAIMABLE = (
    *(Reason.CLAIM_HAS_MEMBER, Reason.CLAIM_DONE, Reason.CLAIM_OTHER_DAY, Reason.CLAIM_RETURNED, Reason.CLAIM_NOTHING),
    *(Reason.MEMBER_UNKNOWN, Reason.MEMBER_BLOCKED),
)
#: Small, so that queues and feeds take several requests.
LIMITS = protocol.Limits(batch_events=4, pull_changes=5)


# --- the set-up -------------------------------------------------------------------------------------------

BROUGHT_ALONG = tuple(make_member(n) for n in range(2))


@cache
def _template(_kind: str) -> Path:
    """Head office with the shop and two members, and two tills that have read all of it. One for each database."""
    base = Path(tempfile.mkdtemp(prefix="pos-member-two-tills-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    clock = SetClock(NOW)
    # Moved when it is made: where no till is left behind, its copies are that till moved, and not clones of it.
    folder = base / "made"
    folder.mkdir()
    OFFICES.keep(folder / OFFICE)
    database = open_database(office_url(folder / OFFICE))
    office = HeadOffice(database, clock, IdMaker(clock))
    with database.write() as connection:
        import_catalogue(connection, make_things(QuickHasher()))  # type: ignore[arg-type]
        imports = [MemberImport(member, buckets=BROUGHT) for member in BROUGHT_ALONG]
        import_members(connection, imports, NOW)
    line = DirectLine(office)
    for name in NAMES:
        copy_template(folder / name)
        with open_folder(folder / name, clock) as data:
            enrol("http://127.0.0.1:1", office.enrol_code("BK01"), data.sync_store, transport=line)
            assert SyncEngine(data.sync_store, line, clock).sync_once().reason is None
    database.close()
    return folder.rename(base / "template")


@dataclass
class Books:
    """What the use cases said they did, with the till (0 or 1) it was done at."""

    bills: list[tuple[int, Bill]] = field(default_factory=list)
    returns: list[tuple[int, BillReturn]] = field(default_factory=list)
    claims: list[tuple[int, BillClaimed]] = field(default_factory=list)
    members: list[Member] = field(default_factory=lambda: list(BROUGHT_ALONG))
    adjusted: int = 0
    codes: list[str] = field(default_factory=list)


class TillAt:
    """One till: its folder, its use cases, its engine. ``restart`` is what follows a crash."""

    def __init__(self, path: Path, line: ShakyLine, seed: int) -> None:
        self.path, self.line, self.seed = path, line, seed
        self.clock = SetClock(NOW)
        self._known: dict[int, QueueRow] = {}
        self._open()

    def _open(self) -> None:
        self.folder = open_folder(self.path, self.clock)
        self.world = World(self.folder, self.clock, QuickHasher(), self.seed)
        self.engine = self.make_engine(self.folder.sync_store)
        identity = self.folder.sync_store.identity()
        assert identity is not None
        self.identity: TillIdentity = identity

    def make_engine(self, store: Any) -> SyncEngine:
        return SyncEngine(store, self.line, self.clock, random.Random(self.seed))

    def restart(self) -> None:
        self.folder.close()
        self.seed += 100
        self._open()

    def queue(self) -> list[QueueRow]:
        """Every row there ever was, by number: long acknowledged ones leave the file, none is ever changed."""
        for row in self.folder.store.evidence.queue():
            assert self._known.setdefault(row.seq, row) == row
        return [self._known[seq] for seq in sorted(self._known)]


class TwoTills:
    """The whole world of one run."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(_template(OFFICES.kind), folder, dirs_exist_ok=True)
        OFFICES.copy(_template(OFFICES.kind).with_name("made") / OFFICE, folder / OFFICE)
        self._place = folder / OFFICE
        self._office_clock = SetClock(NOW)
        self.step = lambda _name: None
        self.database = open_database(office_url(folder / OFFICE))
        self.office = HeadOffice(self.database, self._office_clock, IdMaker(self._office_clock), LIMITS, self._stepped)
        self.line = ShakyLine(self.office)
        self.tills = [TillAt(folder / name, self.line, seed) for seed, name in enumerate(NAMES)]
        self.books = Books()

    def _stepped(self, name: str) -> None:
        self.step(name)

    def close(self) -> None:
        for till in self.tills:
            till.folder.close()
        self.database.close()
        OFFICES.drop(frozenset({str(self._place)}))

    # --- acts ---

    def do(self, act: tuple[Any, ...]) -> None:
        """One act; ``EnvironmentProblem`` and crashes in it are part of it."""
        name, *arguments = act
        for clock in (self._office_clock, *(till.clock for till in self.tills)):
            clock.forward(timedelta(minutes=7))
        getattr(self, f"_{name}")(*arguments)

    def _later(self, who: int, hours: int) -> None:
        """A till's clock is set, forwards or back; head office's own goes its way."""
        self.tills[who].clock.forward(timedelta(hours=hours))

    def _sell(
        self, who: int, goods: Mapping[str, int], member: int, times: int, coupon: int, odd: int, fault: int
    ) -> None:
        till = self.tills[who]
        world = till.world
        draft = world.draft(goods)
        draft = draft.add_amount(odd) if odd else draft
        chosen = self.books.members[member % len(self.books.members)] if member >= 0 else None
        known = world.store.members.by_id(chosen.id) if chosen is not None else None
        if known is not None and known.status is MemberStatus.ACTIVE:
            draft = draft.with_member(known.id, None)
        if coupon >= 0 and self.books.codes:
            with _refusals():
                draft = world.till.redemption.lay_coupon(draft, self.books.codes[coupon % len(self.books.codes)])
        if times and draft.member_id:
            with _refusals():
                draft = world.till.redemption.choose_reward(draft, REWARD, times)
        preview = world.till.checkout.preview(draft)
        total = preview.evaluation.total_satang if odd % 2 else preview.total_cash_satang
        tenders = (Tender(CARD if odd % 2 else CASH, total),) if total else ()

        def sell() -> Bill:
            world = till.world  # another one after a restart
            return world.till.checkout.complete(world.session(), draft, tenders).bill

        bill = self._through(till, fault, sell)
        assert sell() == bill  # the same draft again, as from a second window
        self.books.bills.append((who, bill))
        self.books.codes += [each.code for each in bill.coupons_issued]

    def _return(self, who: int, which: int, quantities: list[int], fault: int) -> None:
        mine = [bill for at, bill in self.books.bills if at == who]
        if not mine:
            return
        bill, till = mine[which % len(mine)], self.tills[who]
        lines = {line.line_no: n * 500 for line, n in zip(bill.lines, quantities, strict=False) if n}
        return_id = till.world.till.returns.new_id()

        def give_back() -> BillReturn:
            world = till.world
            done = world.till.returns.complete(world.session("1003"), bill.id, lines, return_id=return_id)
            return done.document

        with _refusals(Reason.RETURN_NOTHING, Reason.RETURN_EXCEEDS):
            document = self._through(till, fault, give_back)
            assert give_back() == document
            self.books.returns.append((who, document))

    def _claim(self, who: int, which: int, member: int, fault: int) -> None:
        """Points after the bill, of a bill of nobody where there is one; claimed already, or of another day maybe."""
        mine = [bill for at, bill in self.books.bills if at == who]
        if not mine:
            return
        nobodys = [bill for bill in mine if bill.member_id is None] or mine
        bill, till = nobodys[-1 - which % len(nobodys)], self.tills[who]
        chosen = self.books.members[member % len(self.books.members)]
        claim_id = till.world.till.claims.new_id()

        def give() -> BillClaimed:
            world = till.world
            named = {"claim_id": claim_id, "approver": world.session("1003")}
            return world.till.claims.give(world.session(), bill.receipt_code, chosen.id, Identified.CARD, **named).claim  # type: ignore[arg-type]

        with _refusals(*_NOT_CLAIMABLE):
            claim = self._through(till, fault, give)
            assert give() == claim
            self.books.claims.append((who, claim))

    def _foreign_return(self, who: int, which: int) -> None:
        """A bill of the other till: refused, and nothing happens."""
        others = [bill for at, bill in self.books.bills if at != who]
        if others:
            returns = self.tills[who].world.till.returns
            for attempt in (
                lambda: returns.find(others[which % len(others)].receipt_code),
                lambda: returns.complete(
                    self.tills[who].world.session("1003"), others[0].id, {1: 1000}, return_id=returns.new_id()
                ),
            ):
                with _refusals(Reason.BILL_UNKNOWN):
                    attempt()
                    raise AssertionError("a bill of another till was taken back")

    def _enrol(self, who: int, n: int, fault: int) -> None:
        till = self.tills[who]
        with _refusals(Reason.PHONE_TAKEN):
            member = self._through(till, fault, lambda: till.world.enrol(f"08{n:08d}"), again=False)
            if member is not None:
                self.books.members.append(member)

    def _adjust(self, who: int, member: int, points: int, fault: int) -> None:
        chosen, till = self.books.members[member % len(self.books.members)], self.tills[who]

        def adjust() -> object:
            return till.world.till.adjustment.adjust(till.world.session("1004"), chosen.id, points, "แก้แต้ม")

        with _refusals(Reason.POINTS_SHORT, Reason.MEMBER_UNKNOWN, Reason.MEMBER_BLOCKED, Reason.ADJUST_OUT_OF_RANGE):
            if self._through(till, fault, adjust, again=False) is not None:
                self.books.adjusted += points

    def _correct(self, who: int, member: int, what: int) -> None:
        """A correction of what this till may know from long ago, or the membership consent given or withdrawn."""
        chosen, world = self.books.members[member % len(self.books.members)], self.tills[who].world
        enrolment = world.till.enrolment
        with _refusals(Reason.MEMBER_UNKNOWN):
            if what < 2:
                enrolment.change_consent(world.session(), chosen.id, Purpose.MEMBERSHIP, bool(what), "th")
            elif what % 2:
                enrolment.correct(world.session(), chosen.id, first_name=f"ชื่อ {what}")
            else:
                enrolment.correct(world.session(), chosen.id, birthday=f"{what}/2")

    def _sync(self, who: int, fault: str, at: int) -> None:
        """A round with trouble: on the line, in head office's process, or in the till's."""
        till = self.tills[who]
        engine = till.engine
        if fault in ("request", "answer", "twice"):
            self.line.break_at(fault, at)
        elif fault == "office":
            self.step = die_at(at)
        elif fault == "till":
            engine = till.make_engine(Shaky(till.folder.sync_store, Crash(), at, after=bool(at % 2)))
        try:
            engine.sync_once()
        except Crash:
            if fault == "till":
                till.restart()
        finally:
            self.line.break_at("", -1)
            self.step = lambda _name: None

    def _through(self, till: TillAt, fault: int, act: Any, *, again: bool = True) -> Any:
        """``act`` with trouble on the way: 0 none; 1 … the plug at a call; -1 an error after commit; below at a call.

        Then ``act`` once more, as people do; with ``again`` false ``None``, which says that nothing was written.
        """
        if fault == 0:
            return act()
        crash = fault > 0
        error: BaseException = Crash() if crash else EnvironmentProblem(Reason.DISK_FULL)
        at = fault - 1 if crash else (-1 if fault == -1 else -fault)
        session = [till.world.session(code) for code in ("1001", "1003", "1004")]  # signed in before the trouble
        assert all(session)
        till.world.use(ShakyStore(till.folder.store, error, at))  # type: ignore[arg-type]
        done = None
        try:
            done = act()
        except Crash:
            till.restart()
        except EnvironmentProblem:
            pass
        finally:
            till.world.use(till.folder.store)
        return done if done is not None or not again else act()

    # --- what must hold ---

    def check_now(self) -> None:
        """A till shows head office's figures up to its cursor, and its own entries since: each exactly once."""
        entries = self._entries()
        with self.database.read() as connection:
            for till in self.tills:
                heard = {self.tills.index(till): None}
                for other in self.tills:
                    if other is not till:
                        heard[self.tills.index(other)] = _heard(connection, other, till.folder.sync_store.cursor())
                for member in self.books.members:
                    mine = [
                        entry
                        for at, seq, entry in entries
                        if entry.member_id == member.id and (heard[at] is None or seq <= heard[at])
                    ]
                    account = till.folder.store.members.account(member.id)
                    assert dict(account.buckets) == _with_brought(member, mine), (till.path.name, member.phone)

    def check_healed(self) -> None:
        """The line is back: nothing waits, and both tills, head office and the book say the same."""
        for till in (*self.tills, *self.tills):
            outcome = till.engine.sync_once()
            assert outcome.reason is None, outcome
        self._check_queues()
        self._check_money()
        self._check_accounts()
        self._check_coupons()
        self._check_members()
        for till in self.tills:
            result = till.world.till.verify.run()
            assert result.ok, [check for check in result.checks if not check.ok]
            assert till.folder.store.facts.queue_status().waiting == 0

    def _check_queues(self) -> None:
        """Invariant 6, S1, S3: every event is held once, byte for byte, in the till's own order."""
        held = rows(self.database, "event")
        assert not rows(self.database, "quarantine")
        for till in self.tills:
            queue = till.queue()
            assert [row.seq for row in queue] == list(range(1, len(queue) + 1))
            theirs = sorted((row.seq, bytes(row.payload)) for row in held if row.till_id == till.identity.id)
            assert theirs == [(row.seq, row.payload) for row in queue]

    def _check_money(self) -> None:
        """Invariant 1: every bill and return once, with its total."""
        for table, mine, money in (
            ("bill", [bill for _, bill in self.books.bills], "total_satang"),
            ("bill_return", [document for _, document in self.books.returns], "refund_satang"),
        ):
            held = {row.id: getattr(row, money) for row in rows(self.database, table)}
            assert len(held) == len(rows(self.database, table))
            assert held == {one.id: getattr(one, money) for one in mine}  # type: ignore[attr-defined]
        claims = {(row.bill_id, row.id, row.points) for row in rows(self.database, "bill_claim")}
        assert claims == {(claim.bill_id, claim.id, claim.points_earned) for _, claim in self.books.claims}

    def _check_accounts(self) -> None:
        """Invariants 2 and 5: Σ entries = head office = every till, lot by lot; what is short is in open cases."""
        entries = [entry for _, _, entry in self._entries()]
        assert sorted(row.id for row in rows(self.database, "point_entry")) == sorted(entry.id for entry in entries)
        adjusted = sum(entry.points for entry in entries if entry.kind == "adjust")
        assert adjusted == self.books.adjusted
        cases = open_exceptions(self.database)
        members = {member.id: member for member in self.books.members}
        assert {entry.member_id for entry in entries} <= members.keys()
        for member in members.values():
            wanted = _with_brought(member, [entry for entry in entries if entry.member_id == member.id])
            accounts = [till.folder.store.members.account(member.id) for till in self.tills]
            for account in accounts:
                assert dict(account.buckets) == wanted
                assert account.own_points_since == 0
            owed = [till.folder.store.members.owed(member.id) for till in self.tills]
            assert owed[0] == owed[1] >= 0
            assert (accounts[0].visits, accounts[0].qualifying) == (accounts[1].visits, accounts[1].qualifying)
            sold = sum(bill.member_id == member.id for _, bill in self.books.bills)
            sold += sum(claim.member_id == member.id for _, claim in self.books.claims)
            undone = sum(back.complete and back.member_id == member.id for _, back in self.books.returns)
            assert accounts[0].visits == sold - undone
            assert accounts[0].months == accounts[1].months and accounts[0].counts == accounts[1].counts
            short = max(0, -sum(wanted.values()))
            let = sum(bill.spending.provisional for bill in self._spent_by(member) if bill.spending is not None)
            for kind, points in (("provisional_overdrawn", min(short, let)), ("overdraft", max(0, short - let))):
                case = cases.get((kind, member.id))
                assert (case.points if case is not None else 0) == points, (kind, member.phone)

    def _spent_by(self, member: Member) -> list[Bill]:
        return [bill for _, bill in self.books.bills if bill.member_id == member.id]

    def _check_coupons(self) -> None:
        """Invariant 4: both tills show head office's state; a double use is one open case, and nothing else is."""
        uses: Counter[str] = Counter()
        for _, bill in self.books.bills:
            uses.update(use.code for use in bill.coupons_used)
        for _, document in self.books.returns:
            uses.subtract(document.coupons_restored)
        cases = [row for row in rows(self.database, "exception") if row.kind == "coupon_twice"]
        assert len({row.subject_id for row in cases}) == len(cases)
        twice = {row.subject_id for row in cases if row.state == "open"}
        assert twice == {code for code, n in uses.items() if n > 1}
        states = {row.code: row.state for row in rows(self.database, "coupon")}
        assert sorted(states) == sorted(self.books.codes)
        for code, n in uses.items():
            assert n >= 0 and (states[code] == "redeemed") == (n > 0)
        for code, state in states.items():
            for till in self.tills:
                coupon = till.folder.store.coupons.by_code(code)
                assert coupon is not None and coupon.state == state, (till.path.name, state, coupon)

    def _check_members(self) -> None:
        """S4: every till knows every member as head office does; no correction opens a card without consent."""
        held = {row.id: codec.from_wire(Member, json.loads(row.body)) for row in rows(self.database, "member")}
        assert sorted(held) == sorted(member.id for member in self.books.members)
        said: dict[str, set[bool]] = {}
        for event in rows(self.database, "event"):
            if event.kind == EventKind.CONSENT_CHANGED:
                consent = codec.from_bytes(ConsentChanged, event.payload).consent
                said.setdefault(consent.member_id, set()).add(consent.granted)
        for member_id, member in held.items():
            assert [till.folder.store.members.by_id(member_id) for till in self.tills] == [member, member]
            words = said.get(member_id, {True})
            assert len(words) == 2 or member.status == ("active" if True in words else "blocked")

    def _entries(self) -> list[tuple[int, int, PointEntry]]:
        """(till, seq, entry) of everything in both queues."""
        found = []
        for at, till in enumerate(self.tills):
            for row in till.queue():
                if row.kind in _MOVES_POINTS:
                    payload = payload_of(row)
                    moved = payload.entries if isinstance(payload, PointsAdjusted) else payload.point_entries  # type: ignore[union-attr]
                    found += [(at, row.seq, entry) for entry in moved]
        return found


@contextmanager
def _refusals(*allowed: Reason) -> Iterator[None]:
    """A refusal ends the act and nothing else; without ``allowed`` any."""
    try:
        yield
    except Refusal as refusal:
        if allowed and refusal.reason not in allowed:
            raise


def _heard(connection: Any, other: TillAt, cursor: int) -> int:
    """The last event of ``other`` whose changes lie at or before ``cursor`` in head office's feed."""
    table = schema.till
    row = connection.execute(select(table).where(table.c.id == other.identity.id)).one()
    return feed.included_seq(connection, row.id, row.epoch, row.last_seq, cursor)


def _with_brought(member: Member, entries: list[PointEntry]) -> dict[date | None, int]:
    sums = Counter(balances(entries).buckets)
    if member in BROUGHT_ALONG:
        sums.update(BROUGHT)
    return {bucket: points for bucket, points in sums.items() if points}
