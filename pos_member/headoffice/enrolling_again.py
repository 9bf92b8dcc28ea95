"""A till that keeps its name: enrolled again with a new key, because its key or head office's record of it was lost.

It goes on in a later epoch, which it hears of with its first ``hello``; until then it is told an earlier one. So the
till does nothing that it does not do anyway, and nothing is lost where it dies in between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pos_member.domain.chain import GENESIS
from pos_member.domain.org import TillIdentity
from pos_member.headoffice import certificates, portable, times
from pos_member.headoffice.epochs import EPOCH_MAX, Cause
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema import till, till_number
from pos_member.headoffice.schema_sync import till_epoch
from pos_member.sync.protocol import EnrolRequest, ErrorCode

_LABEL_MAX = 40


def enrol(
    connection: Connection,
    till_id: str,
    code: Row[Any],
    request: EnrolRequest,
    now: datetime,
    next_number: Callable[[Connection, str], int],
) -> TillIdentity:
    """Take the till of this code back in. ``next_number`` gives a free one where its own is another's by now.

    Raises ``Problem(ENROL_CODE)`` for an epoch that nobody can have reached.
    """
    if not 0 <= request.epoch < EPOCH_MAX:
        raise Problem(ErrorCode.ENROL_CODE)
    here = till.c.id == till_id
    row = connection.execute(select(till).where(here).with_for_update()).one_or_none()
    mine = request.epoch if request.till_id == till_id else 0
    ended = select(func.max(till_epoch.c.epoch)).where(till_epoch.c.till_id == till_id)
    highest = connection.execute(ended).scalar_one() or 0
    epoch = max(mine, highest, 1 if row is None else row.epoch) + 1
    at = times.stored(now)
    fresh = {
        "public_key": request.public_key,
        "epoch": epoch,
        "last_seq": 0,
        "chain": GENESIS,
        "revoked": False,
        "revoked_at": None,
        "last_contact_at": at,
    }
    if row is None:
        number = _own_number(connection, till_id, request) or next_number(connection, till_id)
        made = {
            "id": till_id,
            "number": number,
            "branch_id": code.branch_id,
            "label": request.label.strip()[:_LABEL_MAX] or f"{number:02d}",
            "enrolled_at": at,
            "app_version": "",
            "cursor": 0,
        }
        connection.execute(insert(till).values(**made, **fresh))
    else:
        over = (till_epoch.c.till_id == till_id) & (till_epoch.c.epoch == row.epoch)
        connection.execute(update(till_epoch).where(over).values(last_seq=row.last_seq, chain=row.chain))
        connection.execute(update(till).where(here).values(**fresh))
    # What a till that is not known here had sent before is not known either: it sends all of it again.
    cause = Cause.REFILL if row is None else Cause.RESTORED
    begun = {"till_id": till_id, "epoch": epoch, "last_seq": 0, "chain": GENESIS, "database_id": "", "at": at}
    connection.execute(delete(till_epoch).where(till_epoch.c.till_id == till_id, till_epoch.c.epoch == epoch))
    connection.execute(insert(till_epoch).values(**begun, reason=cause.value))
    certificates.publish(connection, [till_id])
    return identity(connection.execute(select(till).where(here)).one(), request)


def identity(row: Row[Any], request: EnrolRequest) -> TillIdentity:
    """What the till is told: itself, in an epoch before the one head office has for it."""
    mine = request.epoch if request.till_id == row.id and 1 <= request.epoch < row.epoch else row.epoch - 1
    return TillIdentity(id=row.id, number=row.number, branch_id=row.branch_id, label=row.label, epoch=mine)


def _own_number(connection: Connection, till_id: str, request: EnrolRequest) -> int | None:
    """The number the till says it had, where nobody else got it meanwhile: its receipts bear it."""
    if request.till_id != till_id or not 1 <= request.number <= 8_999:
        return None
    portable.insert_new(connection, till_number, [{"number": request.number, "till_id": till_id}])
    owner = select(till_number.c.till_id).where(till_number.c.number == request.number)
    return request.number if connection.execute(owner).scalar_one() == till_id else None
