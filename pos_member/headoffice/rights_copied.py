"""Rights to a till's own sales that another copy of it may be spending.

What was earned before two copies were told apart stands in both, and both hold the right to it. The one that is heard
first sends the bill and lets go of its right; the other, which is cut off, may spend of the same for as long as it
lasts. So such a right is over when its time is, not sooner.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, bindparam, select

from pos_member.headoffice import times
from pos_member.headoffice.epochs import Cause
from pos_member.headoffice.schema_sync import till_epoch

_BEGAN = select(till_epoch.c.at).where(
    till_epoch.c.till_id == bindparam("till"),
    till_epoch.c.epoch == bindparam("of"),
    till_epoch.c.reason.in_((Cause.CLONED.value, Cause.FORK.value)),
)


def copied_until(connection: Connection, till_id: str, epoch: int, margin: timedelta) -> str:
    """The stored time up to which bills of this epoch may stand in another copy too; before all times where the epoch
    did not begin because of one. ``margin``: what clocks may differ by."""
    began = connection.execute(_BEGAN, {"till": till_id, "of": epoch}).scalar_one_or_none()
    return "" if began is None else times.stored(times.read(began) + margin)
