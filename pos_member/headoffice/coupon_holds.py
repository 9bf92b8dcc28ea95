"""Coupons promised to one bill: while one is held for it, no other till is told that it is good.

A promise stands until the coupon was used, or until its till was heard after the promise and the margin for clocks were
over: a till that is cut off may have used it, and will say so later.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from pos_member.headoffice import portable, times
from pos_member.headoffice.coupon_records import CouponRecord, load_coupons, uses_per_code
from pos_member.headoffice.outgoing import lock_revisions
from pos_member.headoffice.schema_sync import coupon_hold
from pos_member.services.sync_ports import FeedEntity
from pos_member.sync.protocol_rights import CouponVerdict


def hold(
    connection: Connection,
    till_id: str,
    epoch: int,
    bill_id: str,
    code: str,
    *,
    minutes: int,
    today: date,
    now: datetime,
) -> CouponVerdict:
    """What head office says of one coupon for a bill; a good one is held for it for ``minutes``.

    Said again it says the same and holds it for longer.
    """
    lock_revisions(connection, [(code, FeedEntity.COUPON.value, code)])
    record = load_coupons(connection, [code]).get(code)
    held = {row.bill_id: row for row in connection.execute(select(coupon_hold).where(coupon_hold.c.code == code))}
    verdict = _verdict(connection, record, set(held), bill_id, today)
    if verdict is CouponVerdict.GOOD and (record is None or bill_id not in record.uses()):
        until = times.stored(now + timedelta(minutes=minutes))
        row = {"code": code, "bill_id": bill_id, "till_id": till_id, "epoch": epoch, "until": until}
        portable.upsert(connection, coupon_hold, [row])
    return verdict


def _verdict(
    connection: Connection, record: CouponRecord | None, held: set[str], bill_id: str, today: date
) -> CouponVerdict:
    if record is None or record.issued is None:
        return CouponVerdict.UNKNOWN
    record.uses_max = uses_per_code(connection).get(record.issued.definition_id, 1)
    uses = set(record.uses())
    if bill_id in uses:
        return CouponVerdict.GOOD
    if record.dead() is not None or record.issued.valid_to < today:
        return CouponVerdict.ENDED
    if len(uses) >= record.uses_max:
        return CouponVerdict.USED
    # Promises to bills that used it meanwhile are kept: they count as uses.
    promised = held - uses - {bill_id}
    return CouponVerdict.HELD if len(uses) + len(promised) >= record.uses_max else CouponVerdict.GOOD
