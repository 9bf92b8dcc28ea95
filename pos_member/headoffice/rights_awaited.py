"""After head office went back: which tills may have spent of rights that nobody here knows of, and are to be heard yet.

A look for each till, however much of any till waits to be applied.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, Text, bindparam, func, select

from pos_member.headoffice import schema
from pos_member.headoffice.schema_sync import effect, rights_mark

#: Tills that are named; of more there is only the number.
NAMED_MAX = 40
_TILL, _EFFECT, _EVENT = schema.till.c, effect.c, schema.event.c
_UNTIL: BindParameter[str] = bindparam("until", type_=Text())
_MARKED = schema.till.outerjoin(rights_mark, (rights_mark.c.till_id == _TILL.id) & (rights_mark.c.epoch == _TILL.epoch))
#: It has not said since then that all it did before is here.
_BEHIND = rights_mark.c.till_id.is_(None) | (rights_mark.c.at < _UNTIL) | (rights_mark.c.head_seq > _TILL.last_seq)
# A till's events are applied in their order, so that what was sold first comes first: of what waits only that of the
# time before can have spent of those rights, and new ones are always on their way.
_FIRST_EPOCH = (
    select(func.min(_EFFECT.epoch)).where(_EFFECT.till_id == _TILL.id).correlate(schema.till).scalar_subquery()
)
_FIRST_SEQ = (
    select(func.min(_EFFECT.seq))
    .where(_EFFECT.till_id == _TILL.id, _EFFECT.epoch == _FIRST_EPOCH)
    .correlate(schema.till)
    .scalar_subquery()
)
_FIRST_MADE = (
    select(_EVENT.created_at)
    .where(_EVENT.till_id == _TILL.id, _EVENT.epoch == _FIRST_EPOCH, _EVENT.seq == _FIRST_SEQ)
    .correlate(schema.till)
    .scalar_subquery()
)
_AWAITED = (
    select(_TILL.id, _TILL.number)
    .select_from(_MARKED)
    .where((_TILL.revoked.is_(False) & (_TILL.enrolled_at < _UNTIL) & _BEHIND) | (_FIRST_MADE < _UNTIL))
)
_ANY = _AWAITED.limit(1)
_NAMED = _AWAITED.order_by(_TILL.number).limit(NAMED_MAX + 1)


@dataclass(frozen=True)
class Awaited:
    """A till by its number."""

    till_id: str
    number: int


def any_awaited(connection: Connection, until: str) -> bool:
    """Whether a till, enrolled before ``until`` (stored time), may hold bills of the time before it."""
    return connection.execute(_ANY, {"until": until}).first() is not None


def awaited(connection: Connection, until: str) -> tuple[Awaited, ...]:
    """Those tills, by number; one more than ``NAMED_MAX`` where there are more."""
    return tuple(Awaited(*row) for row in connection.execute(_NAMED, {"until": until}))
