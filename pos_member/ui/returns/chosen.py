"""What of a bill comes back: quantities by line, all of it to begin with. No widgets."""

from __future__ import annotations

from collections.abc import Container

from pos_member.domain.bill import MILLI, TenderKind
from pos_member.services.returns import ReturnableBill, ReturnableLine

#: How money can be handed back at the counter.
REFUNDS = (TenderKind.CASH, TenderKind.CARD, TenderKind.PROMPTPAY)


class Chosen:
    """Quantities in thousandths by line number, never more than is left."""

    def __init__(self, found: ReturnableBill, return_id: str) -> None:
        self.found = found
        #: One id for one return, however often it has to be tried.
        self.return_id = return_id
        self._left = {each.line.line_no: each.left_milli for each in found.lines}
        self._milli = dict(self._left)
        #: Whether somebody chose: until then it is the whole bill.
        self.changed = False

    def of(self, line: ReturnableLine) -> int:
        """How much of a line comes back."""
        return self._milli[line.line.line_no]

    def lines(self) -> dict[int, int]:
        """Line number → thousandths, for the lines that come back at all."""
        return {number: milli for number, milli in self._milli.items() if milli}

    def everything(self) -> None:
        """All that is left."""
        self._milli = dict(self._left)
        self.changed = False

    def nothing(self) -> None:
        """No line."""
        self.changed = True
        self._milli = dict.fromkeys(self._left, 0)

    def step(self, line: ReturnableLine, pieces: int) -> None:
        """``pieces`` more or fewer of a line, within what is left."""
        number = line.line.line_no
        self.changed = True
        self._milli[number] = min(self._left[number], max(0, self._milli[number] + pieces * MILLI))

    def take_one(self, barcodes: Container[str]) -> ReturnableLine | bool | None:
        """One more of the first line with one of ``barcodes``: that line. The first one taken so begins from nothing.

        None where the bill has no such line, False where all of it is chosen already.
        """
        lines = [each for each in self.found.lines if each.line.barcode and each.line.barcode in barcodes]
        if not lines:
            return None
        if not self.changed:
            self.nothing()
        room = next((each for each in lines if self.of(each) < self._left[each.line.line_no]), None)
        if room is None:
            return False
        self.step(room, 1)
        return room

    @property
    def left(self) -> bool:
        """Whether anything is left to return at all."""
        return any(self._left.values())

    def refund_by(self) -> TenderKind:
        """The way the money came in, where there was one only and it can go back that way; otherwise cash."""
        kinds = {tender.kind for tender in self.found.bill.tenders}
        only = kinds.pop() if len(kinds) == 1 else TenderKind.CASH
        return only if only in REFUNDS else TenderKind.CASH
