"""What the customer's display shows, as a value: made from the open bill, the payment and the bill just completed.

Names of members are masked: others in the queue read along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pos_member.domain.bill import MILLI, BillDraft
from pos_member.ui.i18n import pick
from pos_member.ui.moments import quantity_text

if TYPE_CHECKING:
    from pos_member.services.checkout import Completed, Preview
    from pos_member.services.views import MemberPanel

Modules = Sequence[Sequence[bool]]


class Stage(StrEnum):
    """Where the customer is."""

    WELCOME = "welcome"
    BILL = "bill"
    PAY = "pay"
    DONE = "done"


@dataclass(frozen=True)
class Row:
    """One line of goods. ``quantity`` is empty for one piece."""

    name: str
    quantity: str
    amount_satang: int


@dataclass(frozen=True)
class Points:
    """The member's points. ``as_of``: when head office's part was true; None where it never told.

    ``here_alone``: what was earned at this till, and nothing else is known.
    """

    name_masked: str
    balance: int
    as_of: datetime | None
    here_alone: bool = False


@dataclass(frozen=True)
class Asking:
    """What is to be paid now by PromptPay. ``modules``: rows of the code to scan; empty until it is drawn."""

    amount_satang: int
    modules: Modules = ()


@dataclass(frozen=True)
class DisplayView:
    """Everything on the display. ``discounts``: words and satang, negative; ``coupons_until``: last day of each."""

    stage: Stage = Stage.WELCOME
    rows: tuple[Row, ...] = ()
    discounts: tuple[tuple[str, int], ...] = ()
    total_satang: int = 0
    points: Points | None = None
    earning: int = 0
    using: int = 0
    asking: Asking | None = None
    change_satang: int = 0
    coupons_until: tuple[date, ...] = ()


def of_bill(draft: BillDraft, preview: Preview | None, panel: MemberPanel | None, asking: Asking | None) -> DisplayView:
    """The open bill; figures follow the preview, which comes some milliseconds after the draft."""
    if not draft.lines:
        return DisplayView(points=_points(panel))
    rows = tuple(
        Row(
            pick(line.name_th, line.name_en),
            "" if line.quantity_milli == MILLI else quantity_text(line.quantity_milli),
            line.gross_satang,
        )
        for line in draft.lines
    )
    stage = Stage.PAY if asking is not None else Stage.BILL
    if preview is None or preview.draft != draft:
        return DisplayView(stage, rows, (), draft.gross_satang, _points(panel), asking=asking)
    result = preview.evaluation
    return DisplayView(
        stage,
        rows,
        tuple((pick(each.label_th, each.label_en), -each.amount_satang) for each in result.discounts),
        result.total_satang,
        _points(panel),
        earning=result.points_earned,
        using=result.points_redeemed,
        asking=asking,
    )


def of_done(done: Completed) -> DisplayView:
    """The bill just completed."""
    bill = done.bill
    return DisplayView(
        Stage.DONE,
        total_satang=bill.total_satang,
        points=_points(done.member_after),
        earning=bill.points_earned,
        using=bill.points_redeemed,
        change_satang=bill.change_satang,
        coupons_until=tuple(coupon.valid_to for coupon in bill.coupons_issued),
    )


def _points(panel: MemberPanel | None) -> Points | None:
    if panel is None:
        return None
    return Points(panel.card.who, panel.balance, panel.as_of, panel.presented)
