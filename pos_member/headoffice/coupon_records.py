"""A coupon's life at head office: how it was issued, and what all tills did with it since, in no order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.coupon import Coupon, CouponEventKind, CouponState
from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.asking import among
from pos_member.headoffice.exceptions import ExceptionKind, Finding
from pos_member.services.sync_ports import FeedEntity

_BODIES = select(schema.coupon.c.body).where(among(schema.coupon.c.code, "codes"))
_EVENTS = select(schema.coupon_event).where(among(schema.coupon_event.c.code, "codes"))
_USED_OFTEN = select(schema.catalogue.c.id, schema.catalogue.c.body).where(
    schema.catalogue.c.entity == FeedEntity.COUPON_DEFINITION.value,
    schema.catalogue.c.body.like('%"uses_per_code":%'),
)


@dataclass
class CouponRecord:
    """A coupon's life: how it was issued, if that is known yet, and what happened since, in no order.

    ``uses_max``: how often its definition lets one code be used.
    """

    code: str
    issued: Coupon | None = None
    #: (kind, subject) → (till, amount in satang, stored time)
    events: dict[tuple[str, str], tuple[str, int, str]] = field(default_factory=dict)
    uses_max: int = 1

    def uses(self) -> list[str]:
        """Bills that used it and were not taken back, earliest id first."""
        undone = {subject for kind, subject in self.events if kind == CouponEventKind.REVERSED}
        return sorted(s for kind, s in self.events if kind == CouponEventKind.REDEEMED and s not in undone)

    def dead(self) -> CouponState | None:
        """Cancelled or voided, whatever else happened."""
        kinds = {kind for kind, _ in self.events}
        if CouponEventKind.CANCELLED in kinds:
            return CouponState.CANCELLED
        return CouponState.VOIDED_BY_RETURN if CouponEventKind.VOIDED_BY_RETURN in kinds else None

    def now(self) -> Coupon | None:
        """The coupon as all that is known makes it; ``None`` while its issue is not known.

        One that may be used several times is redeemed once all its uses are gone.
        """
        if self.issued is None:
            return None
        uses, state = self.uses(), self.dead()
        count = len(uses) if self.uses_max > 1 else 0
        if len(uses) >= self.uses_max:
            return replace(self.issued, state=CouponState.REDEEMED, redeemed_bill_id=uses[0], uses=count)
        if state is None:
            taken = any(kind == CouponEventKind.REVERSED for kind, _ in self.events)
            state = CouponState.REVERSED if taken else CouponState.ISSUED
        return replace(self.issued, state=state, redeemed_bill_id=None, uses=count)

    def findings(self) -> list[Finding]:
        """The cases this coupon makes, or no longer makes."""
        uses = self.uses()
        listed = []
        for bill in uses:
            till, amount, at = self.events[(CouponEventKind.REDEEMED.value, bill)]
            listed.append({"bill_id": bill, "till_id": till, "amount_satang": amount, "at": at})
        amounts = [int(str(use["amount_satang"])) for use in listed]
        detail = {"bills": listed}
        unknown = self.issued is None and bool(self.events)
        # By UTC, which is never ahead of the shop's own day by which its last day counts.
        last = "" if self.issued is None else self.issued.valid_to.isoformat()
        late = [use for use in listed if last and str(use["at"])[:10] > last]
        lost = sum(int(str(use["amount_satang"])) for use in late)
        twice, void_used = len(uses) > self.uses_max, self._used_after_end(uses)
        return [
            Finding(ExceptionKind.COUPON_TWICE, self.code, twice, sum(amounts[self.uses_max :]), 0, detail),
            Finding(ExceptionKind.COUPON_VOID_USED, self.code, void_used, sum(amounts), 0, detail),
            Finding(ExceptionKind.COUPON_UNKNOWN, self.code, unknown, sum(amounts), 0, detail),
            Finding(ExceptionKind.EXPIRED_USED, self.code, bool(late), lost, 0, {"bills": late}),
        ]

    def _used_after_end(self, uses: list[str]) -> bool:
        """Used although cancelled or voided. With several uses the earlier ones were right."""
        if not uses or self.dead() is None:
            return False
        if self.uses_max == 1:
            return True
        ends = (CouponEventKind.CANCELLED, CouponEventKind.VOIDED_BY_RETURN)
        ended = min(at for (kind, _), (_, _, at) in self.events.items() if kind in ends)
        return any(self.events[(CouponEventKind.REDEEMED.value, bill)][2] > ended for bill in uses)


def load_coupons(connection: Connection, codes: Iterable[str]) -> dict[str, CouponRecord]:
    """The coupons something is known of, by code."""
    found: dict[str, CouponRecord] = {}
    for part in portable.chunks(codes):
        for body in connection.execute(_BODIES, {"codes": part}).scalars():
            coupon = codec.from_wire(Coupon, orjson.loads(body))
            found[coupon.code] = CouponRecord(coupon.code, coupon)
        for row in connection.execute(_EVENTS, {"codes": part}):
            record = found.setdefault(row.code, CouponRecord(row.code))
            record.events[(row.kind, row.subject_id)] = (row.till_id, row.amount_satang, row.at)
    return found


def uses_per_code(connection: Connection) -> dict[str, int]:
    """Definition id → how often one code may be used, where that is more than once."""
    return {row.id: int(orjson.loads(row.body).get("uses_per_code", 1)) for row in connection.execute(_USED_OFTEN)}


def coupon_row(coupon: Coupon) -> dict[str, Any]:
    """A row of ``coupon``."""
    body = orjson.dumps(codec.to_wire(coupon)).decode()
    shown = {"code": coupon.code, "state": coupon.state.value, "member_id": coupon.member_id}
    source = {"program_id": coupon.program_id, "definition_id": coupon.definition_id}
    return shown | source | {"issued_on": times.stored(coupon.issued_at)[:10], "body": body}
