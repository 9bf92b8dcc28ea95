"""What each scan does on each page: one table, for people to read; ``docs/scanning.md`` shows it.

No page decides by itself. A page has one row; a row has one route for every kind of scan. ``ui.scanning.router``, and
it alone, follows the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pos_member.domain.scan_meaning import ScanKind as K


class Act(StrEnum):
    """What can become of a scan."""

    PAGE = "page"  # the open page takes it; ``Route.how`` says what it does
    BILL = "bill"  # the open bill takes it, and its page opens
    RECEIPT = "receipt"  # the page of the bill it belongs to: goods back, or points after the bill
    MEMBER = "member"  # the page Find shows the member
    COUPON = "coupon"  # the coupon desk shows it
    PAPERS = "papers"  # the page Papers shows that bill
    CASHIER = "cashier"  # that person signs in next; the bill stays
    KEEP = "keep"  # kept until somebody is signed in, or the question is answered
    MISTYPED = "mistyped"  # refused: a digit is wrong
    FOREIGN = "foreign"  # refused: another system's, and which
    NOT_HERE = "not_here"  # refused: this page has no use for it
    HALF_DONE = "half_done"  # refused: the page is half filled, and leaving it would lose that


#: Acts that leave the open page. A page that is begun is never left by a scan: then it is ``HALF_DONE``.
LEAVING = frozenset({Act.BILL, Act.RECEIPT, Act.MEMBER, Act.COUPON, Act.PAPERS, Act.CASHIER})
#: Acts that do nothing but say why.
REFUSALS = frozenset({Act.MISTYPED, Act.FOREIGN, Act.NOT_HERE, Act.HALF_DONE})


@dataclass(frozen=True)
class Route:
    """``begun`` counts instead of ``act`` while the page is half filled; ``otherwise`` where the page will not take it.

    ``how``: what ``PAGE`` means here, in a few words (for the documentation).
    """

    act: Act
    how: str = ""
    begun: Act | None = None
    otherwise: Act | None = None


Row = Mapping[K, Route]

_MEMBERS = (K.MEMBER, K.MEMBER_SIGNED, K.MEMBER_ROTATING)
_COUPONS = (K.COUPON, K.COUPON_SIGNED)


def page(how: str, *, begun: Act | None = None, otherwise: Act | None = None) -> Route:
    """The open page takes it."""
    return Route(Act.PAGE, how, begun, otherwise)


#: A page that has no use for scans: what belongs on the bill goes there, and nothing is lost.
_ELSEWHERE: Row = {
    **dict.fromkeys((*_MEMBERS, *_COUPONS, K.PHONE, K.PRODUCT, K.TEXT), Route(Act.BILL)),
    K.RECEIPT: Route(Act.RECEIPT),
    K.STAFF: Route(Act.CASHIER),
    K.MISTYPED: Route(Act.MISTYPED),
    K.FOREIGN: Route(Act.FOREIGN),
}
_KEPT: Row = {kind: Route(Act.KEEP) for kind in K} | {
    K.MISTYPED: Route(Act.MISTYPED),
    K.FOREIGN: Route(Act.FOREIGN),
}
_APPROVER = "chooses who approves"


def _row(base: Row, *changes: tuple[tuple[K, ...], Route]) -> Row:
    found = dict(base)
    for kinds, route in changes:
        found |= dict.fromkeys(kinds, route)
    return found


def _with_approval(base: Row) -> Row:
    """A page that asks a second person: their badge chooses them while it does."""
    return _row(base, ((K.STAFF,), page(_APPROVER, otherwise=Act.CASHIER)))


_SELL = _row(
    _ELSEWHERE,
    # The bill finds goods by whatever code the shop gave them, and says what the others are.
    ((K.MISTYPED, K.FOREIGN), Route(Act.BILL)),
)
_ENROL = _row(
    _ELSEWHERE,
    (_MEMBERS, page("a member already: shown, Enter uses them; while a form is begun: who brought the new member")),
)
_FIND = _row(
    _ELSEWHERE,
    ((*_MEMBERS, K.PHONE), page("shows the member")),
    ((K.PRODUCT,), page("shows the product and its price")),
    ((K.TEXT,), page("looks for it")),
    (_COUPONS, Route(Act.COUPON)),
    ((K.RECEIPT,), Route(Act.PAPERS)),
)
_LINE = "one more of that line comes back"
_RETURN = _row(
    _with_approval(_ELSEWHERE),
    ((K.RECEIPT,), page("opens that bill")),
    ((K.PRODUCT, K.TEXT), page(_LINE, otherwise=Act.BILL)),
    ((K.MISTYPED,), page(_LINE, otherwise=Act.MISTYPED)),
    ((K.FOREIGN,), page(_LINE, otherwise=Act.FOREIGN)),
    (_COUPONS, Route(Act.COUPON)),
)
_PAPERS = _row(_ELSEWHERE, ((K.RECEIPT,), page("shows that bill's papers")), (_COUPONS, Route(Act.COUPON)))
_COUPON_DESK = _row(
    _with_approval(_ELSEWHERE),
    (_COUPONS, page("shows the coupon")),
    ((*_MEMBERS, K.PHONE), Route(Act.MEMBER)),
)
_ADJUST = _row(_with_approval(_ELSEWHERE), ((*_MEMBERS, K.PHONE), page("chooses the member")))
_CLAIM = _row(
    _with_approval(_ELSEWHERE),
    ((*_MEMBERS, K.PHONE), page("whose points they become", otherwise=Act.BILL)),
    ((K.RECEIPT,), page("opens that bill")),
)
_WIZARD = _row(_ELSEWHERE, ((K.TEXT,), page("a code of the test page was read", otherwise=Act.NOT_HERE)))
_QUESTION = _row(
    _KEPT,
    ((K.TEXT, K.PHONE), page("goes into the field", otherwise=Act.KEEP)),
    ((K.FOREIGN,), page("goes into the field", otherwise=Act.FOREIGN)),
)

#: Where no page is open, or a question lies over it.
SIGN_IN, QUESTION = "sign_in", "question"
ROUTES: Mapping[str, Row] = {
    "sell": _SELL,
    SIGN_IN: _row(_KEPT, ((K.STAFF,), Route(Act.CASHIER))),
    QUESTION: _QUESTION,
    "enrol": _ENROL,
    "find": _FIND,
    "return": _RETURN,
    "claim": _CLAIM,
    "reprint": _PAPERS,
    "print_jobs": _PAPERS,
    "coupons": _COUPON_DESK,
    "adjust": _ADJUST,
    "drawer": _with_approval(_ELSEWHERE),
    "printers": _with_approval(_ELSEWHERE),
    "printer_wizard": _WIZARD,
    "readers": {kind: page("shows what was received and what it was taken for") for kind in K},
    "shift": _ELSEWHERE,
    "report": _ELSEWHERE,
    "sync": _ELSEWHERE,
    "settings": _ELSEWHERE,
    "line": _ELSEWHERE,
    "stick": _ELSEWHERE,
    "templates": _ELSEWHERE,
    "help": _ELSEWHERE,
}


def route_of(place: str, kind: K) -> Route:
    """The route; a page nobody listed has no use for scans."""
    return ROUTES.get(place, _ELSEWHERE)[kind]


def decided(place: str, kind: K, *, begun: bool, declined: bool = False) -> Act:
    """What is done on ``place`` with a scan of ``kind``. ``declined``: the page was asked, and would not take it."""
    route = route_of(place, kind)
    if declined:
        route = replace(route, act=route.otherwise or Act.NOT_HERE, begun=None)
    act = route.begun if begun and route.begun is not None else route.act
    stays = place == "sell" and act is Act.BILL
    return Act.HALF_DONE if begun and act in LEAVING | {Act.NOT_HERE} and not stays else act
