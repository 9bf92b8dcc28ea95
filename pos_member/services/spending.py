"""Whether the member on a bill may spend points: who they are must be proved as well as the organisation asks."""

from __future__ import annotations

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Identified
from pos_member.services.context import Shop


def require_spending(shop: Shop, member_id: str, identified: Identified | None) -> None:
    """Return when points and stamps may be spent.

    Raises ``Refusal``: REDEEM_NEEDS_CODE(wanted) for a member who was recognised in too weak a way, POINTS_NOT_HERE for
    one whom only a signed code told this till of: what they have at head office is not known here.
    """
    wanted = wanted_proof(shop)
    if wanted is not None and (identified is None or not identified.proves(wanted)):
        words = {f"wanted_{language}": shop.say(f"wanted_{wanted.value}", language) for language in ("th", "en")}
        raise Refusal(Reason.REDEEM_NEEDS_CODE, **words)
    if shop.store.presented.member(member_id):
        raise Refusal(Reason.POINTS_NOT_HERE)


def wanted_proof(shop: Shop) -> Identified | None:
    """The weakest way of recognising a member with which points may be spent; None for any.

    A way that this build has not heard of is one of a newer build: then only the strongest there is will do.
    """
    wanted = shop.book().settings.redeem_identified
    if not wanted:
        return None
    return next((each for each in Identified if each.value == wanted), Identified.FRESH_QR)
