"""A receipt shown after the bill, as tests do it."""

from __future__ import annotations

from typing import Any

from pos_member.domain.bill import Bill
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Identified, Member
from pos_member.services.claims import Claimed
from tests.factories import World


def claim(world: World, bill: Bill | str, member: Member, who: str = "1001", **more: Any) -> Claimed:
    """The bill's points given to ``member``; ``more``: of ``Claims.give``."""
    claims = world.till.claims
    code = bill if isinstance(bill, str) else bill.receipt_code
    named = {"claim_id": claims.new_id(), **more}
    return claims.give(world.session(who), code, member.id, named.pop("identified", Identified.CARD), **named)


def refused(act: Any) -> Refusal:
    """The refusal of ``act``; an act that does not refuse fails the test."""
    try:
        act()
    except Refusal as refusal:
        return refusal
    raise AssertionError("nothing was refused")
