"""What every step of the scripted day works with: the window's keys, papers as they are cut, the till's own files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt

from pos_member.app.composition import Till
from pos_member.app.demo.actor import Actor, NotSeen
from pos_member.app.demo.probe import LoopProbe, Witness
from pos_member.app.demo.stage import Stage, Tell
from pos_member.app.window import TillProgram
from pos_member.domain.bill import Bill
from pos_member.domain.org import Role
from pos_member.domain.signed_codes import read_signed_coupon, shaped_like_coupon
from pos_member.ui.notices import Tone

T = TypeVar("T")
#: What cannot be, and what was already.
_NO = (Tone.BAD, Tone.WARN)
PHONE = "0891234567"


class DayTools:
    """One stage, one window, one cashier."""

    def __init__(self, stage: Stage, program: TillProgram, tell: Tell, *, witness: bool = False) -> None:
        self._stage = stage
        self._program = program
        self._tell = tell
        self._probe = LoopProbe()
        if witness:
            self._probe.witness = Witness(self._probe, threading.get_ident())
        self._keys_by_step: list[tuple[str, int]] = []
        pictures = stage.out / "screens"
        pictures.mkdir(parents=True, exist_ok=True)
        self._do = Actor(program.window, self._probe, pictures)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="script")
        self._papers_seen = 0

    def _step(self, name: str, step: Callable[[], T]) -> T:
        """One step of the day; its keys are counted (scans are not keys)."""
        before = self._do.keys
        outcome = step()
        if self._do.keys > before:
            self._keys_by_step.append((name, self._do.keys - before))
        return outcome

    def _aside(self, work: Callable[[], T]) -> T:
        """The script's own work (decoding, reading files) off the UI thread, while the window lives on."""
        future: Future[T] = self._beside.submit(work)
        self._do.wait(future.done, "the script's own work", 120)
        return future.result()

    def _bill(self) -> Bill:
        last = self._program.window.desk.last
        if last is None:
            raise NotSeen("a completed bill")
        return last.bill

    def _barcodes(self, tag: str, count: int) -> list[str]:
        till = self._till
        products = self._aside(lambda: till.store.catalogue.products(limit=1_000))
        return [product.barcode for product in products if (tag in product.tags) == bool(tag)][:count]

    def _ring_up(self, codes: list[str]) -> None:
        """Products as fast as a reader gives them; each is on the bill in the end."""
        for code in codes:
            self._do.scan(code)
        self._do.settle()
        draft = self._program.window.desk.draft
        rung = [line.barcode for line in draft.lines] if draft is not None else []
        if missing := [code for code in codes if code not in rung]:
            raise NotSeen(f"on the bill: {missing}")

    @property
    def _till(self) -> Till:
        till = self._program.till
        if till is None:
            raise NotSeen("the open till")
        return till

    def _new_papers(self, count: int) -> list[Path]:
        """The next ``count`` papers, once the printer has cut them."""
        printer = self._stage.printer
        wanted = self._papers_seen + count
        self._do.wait(lambda: len(printer.pictures) >= wanted, f"{count} papers", 30)
        papers = list(printer.pictures[self._papers_seen : wanted])
        self._papers_seen = wanted
        return papers

    def _pay_exact(self) -> Bill:
        self._do.settle()
        desk, before = self._program.window.desk, self._program.window.desk.last
        self._do.type("+")
        # An act that was still on its way forgets the bill before: that is no completed one yet.
        self._do.wait(lambda: desk.last is not None and desk.last is not before, "the completed bill")
        self._do.settle()
        return self._bill()

    def _decode(self, paper: Path) -> list[str]:
        from pos_member.hardware.scanning.decoder import scan_file

        return [str(found["text"]) for found in self._aside(lambda: scan_file(paper))]

    def _refusal(self) -> str:
        """What the cashier is told, once something is refused."""
        strip = self._program.window.strip
        self._do.wait(lambda: strip.notice is not None and strip.notice.tone in _NO, "the refusal")
        return self._do.text("notice_text")

    def _coupons_on(self, paper: Path) -> set[str]:
        """What is read from a paper, a signed coupon by the coupon's own 16 digits."""
        texts = self._decode(paper)
        return {read_signed_coupon(text).claims.code if shaped_like_coupon(text) else text for text in texts}

    def _member_number(self) -> str:
        member = self._aside(lambda: self._till.store.members.by_phone("+66" + PHONE[1:]))
        if member is None:
            raise NotSeen("the member enrolled today")
        return str(member.number)

    def _sign_in_as(self, code: str) -> None:
        """F10: somebody else takes the till, with a PIN."""
        session = self._program.window.shell.session
        people = [person.code for person in self._aside(self._till.services.staff.people)]
        here = people.index(session.staff.code) if session is not None else 0
        self._do.press(Qt.Key.Key_F10)
        self._do.wait_for(f"staff_{code}")
        self._do.settle()
        steps = people.index(code) - here
        for _ in range(abs(steps)):
            self._do.press(Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left)
        self._do.type(self._stage.seeded.pins[code])
        self._do.enter()
        self._do.wait_for("entry")

    def _supervisor(self) -> str:
        people = self._aside(self._till.services.staff.people)
        return str(next(person.code for person in people if person.role is Role.SUPERVISOR))
