"""The window's way to ask head office about a bill and its member: quick questions, on a lane of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.services.online import CouponWord, OnlineWord
from pos_member.ui.ports import Line, SyncStateView

if TYPE_CHECKING:
    from pos_member.app.composition import Till
    from pos_member.sync.online_desk import OnlineDesk

_UP = (Line.ONLINE, Line.SENDING)


class Online:
    """``ui.online.OnlineAsker`` over ``sync.online_desk``; made when it is first asked for."""

    def __init__(self, till: Callable[[], Till | None], seen: Callable[[], SyncStateView]) -> None:
        self._till = till
        self._seen = seen
        self._desk: OnlineDesk | None = None

    def up(self) -> bool:
        """Whether head office was there when it was last talked to. No reading."""
        return self._seen().line in _UP

    def alone(self) -> bool:
        """See ``OnlineAsker``."""
        return self._seen().line is Line.ALONE

    def redeem(self, bill_id: str, member_id: str, points: int, coupons: Sequence[str]) -> OnlineWord:
        """See ``OnlineAsker``."""
        told = self._ready().redeem(bill_id, member_id, points, coupons)
        rights = (*(() if told.right is None else (told.right,)), *told.more)
        return OnlineWord(
            asked=points,
            points=sum(right.points for right in rights),
            free=told.free,
            elsewhere=told.elsewhere,
            elsewhere_until=told.elsewhere_until,
            coupons={code: CouponWord(verdict.value) for code, verdict in told.coupons.items()},
        )

    def find_member(self, text: str) -> bool:
        """See ``OnlineAsker``."""
        meaning = classify(text)
        match meaning.kind:
            case ScanKind.MEMBER:
                found = self._ready().find_member(number=meaning.code)
            case ScanKind.PHONE:
                found = self._ready().find_member(phone=meaning.code)
            case _:
                found = self._ready().find_member(code=meaning.code)
        return bool(found)

    def give_up(self) -> None:
        """See ``OnlineAsker``."""
        if self._desk is not None:
            self._desk.give_up()

    def close(self) -> None:
        """The till is being closed (after its lanes ended)."""
        if self._desk is not None:
            self._desk.close()

    def _ready(self) -> OnlineDesk:
        from pos_member.sync.online_desk import OnlineDesk  # an HTTP client takes long to import

        till = self._till()
        if till is None or not till.enrolled:
            raise EnvironmentProblem(Reason.TILL_NOT_ENROLLED)
        if self._desk is None:
            catalogue = till.store.catalogue

            def hold() -> timedelta:
                return timedelta(minutes=catalogue.organisation().settings.rights.bill_minutes)

            self._desk = OnlineDesk(till.folder.sync_store, till.clock, hold)
        return self._desk
