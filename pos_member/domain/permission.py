"""Who may do what: deny by default, checked in the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Role, Staff


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    SELL = "sell"
    ENROL = "enrol"
    REDEEM = "redeem"
    REPRINT = "reprint"
    #: The cash drawer without a sale.
    OPEN_DRAWER = "open_drawer"
    RETURN = "return"
    CANCEL_COUPON = "cancel_coupon"
    #: Points after the bill for a member who had them for several bills of the day already.
    CLAIM_MANY = "claim_many"
    ADJUST_POINTS = "adjust_points"
    VIEW_REPORT = "view_report"
    EXPORT = "export"
    UNMASK = "unmask"
    MANAGE_TILL = "manage_till"


_CASHIER = frozenset({Permission.SELL, Permission.ENROL, Permission.REDEEM, Permission.REPRINT})
_SUPERVISOR = _CASHIER | {
    Permission.RETURN,
    Permission.CANCEL_COUPON,
    Permission.CLAIM_MANY,
    Permission.VIEW_REPORT,
    Permission.OPEN_DRAWER,
}
_MANAGER = _SUPERVISOR | {Permission.ADJUST_POINTS, Permission.EXPORT, Permission.UNMASK, Permission.MANAGE_TILL}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASHIER: _CASHIER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.MANAGER: _MANAGER,
    Role.HEAD_OFFICE: frozenset({Permission.VIEW_REPORT, Permission.EXPORT}),
}


@dataclass(frozen=True)
class Session:
    """A signed-in person. Made only by ``services.staff`` after a PIN held."""

    staff: Staff
    signed_in_at: datetime


def may(role: Role, permission: Permission) -> bool:
    """Whether ``role`` carries ``permission``."""
    return permission in GRANTS.get(role, frozenset())


def require(session: Session, permission: Permission, approver: Session | None = None) -> Staff:
    """The person who answers for the act: the session's, or a second person who approves it.

    Raises ``Refusal(NOT_PERMITTED)``, or ``OVERRIDE_SELF`` where one person would approve their own act.
    """
    if may(session.staff.role, permission):
        return session.staff
    if approver is None:
        raise Refusal(Reason.NOT_PERMITTED, permission=permission.value)
    if approver.staff.id == session.staff.id:
        raise Refusal(Reason.OVERRIDE_SELF)
    if not may(approver.staff.role, permission):
        raise Refusal(Reason.NOT_PERMITTED, permission=permission.value)
    return approver.staff
