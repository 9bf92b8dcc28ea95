"""How far a bill has come back, and what share of a figure goes with it.

Every share is cumulative: what has come back so far is worth f(quantity so far), and this return is worth the
difference to what earlier returns gave. So any sequence of partial returns adds up to exactly the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pos_member.domain.bill import Bill, BillReturn


def returned(past: Iterable[BillReturn]) -> dict[int, int]:
    """Line number → thousandths that have come back."""
    quantities: dict[int, int] = {}
    for document in past:
        for line in document.lines:
            quantities[line.line_no] = quantities.get(line.line_no, 0) + line.quantity_milli
    return quantities


def share(whole: int, quantity: int, of: int) -> int:
    """``whole × quantity / of`` towards zero: monotonic in the quantity, and all of it with the whole."""
    return whole * quantity // of if whole >= 0 else -(-whole * quantity // of)


@dataclass(frozen=True)
class Progress:
    """Thousandths by line number that have come back ``before`` this return, and ``after`` it (every line is there).

    ``sold``: line number → thousandths sold. ``complete``: with this return nothing is left with the customer.
    """

    sold: Mapping[int, int]
    before: Mapping[int, int]
    after: Mapping[int, int]
    complete: bool

    @staticmethod
    def of(bill: Bill, past: Iterable[BillReturn], chosen: Mapping[int, int]) -> Progress:
        """Of a return of ``chosen`` (line number → thousandths) after the ``past`` ones."""
        earlier = returned(past)
        sold = {line.line_no: line.quantity_milli for line in bill.lines}
        before = {number: earlier.get(number, 0) for number in sold}
        after = {number: before[number] + chosen.get(number, 0) for number in sold}
        return Progress(sold, before, after, all(after[number] == sold[number] for number in sold))

    def due(self, whole: int, line_no: int | None) -> int:
        """What of a figure of one line goes with this return; without a line all of it, with the last of the bill."""
        if line_no is None or line_no not in self.sold:
            return whole if self.complete else 0
        of = self.sold[line_no]
        return share(whole, self.after[line_no], of) - share(whole, self.before[line_no], of)

    def weights(self, weights: Mapping[int, int]) -> tuple[int, int, int]:
        """Of weights >= 0 by line: what had come back before, what has with this return, and all."""
        was = sum(share(weight, self.before[line], self.sold[line]) for line, weight in weights.items())
        now = sum(share(weight, self.after[line], self.sold[line]) for line, weight in weights.items())
        return was, now, sum(weights.values())

    def due_by(self, whole: int, weights: Mapping[int, int]) -> int:
        """What of a figure of the bill, lying on its lines by ``weights``, goes with this return."""
        was, now, of = self.weights(weights)
        if self.complete:
            return whole - (share(whole, was, of) if of else 0)
        return share(whole, now, of) - share(whole, was, of) if of else 0
