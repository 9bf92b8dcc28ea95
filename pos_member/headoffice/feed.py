"""The feed: what tills learn from head office, in one gap-free order.

Business transactions write changes down (``outgoing``), the stamper numbers them (``stamper``), here they are read. A
number becomes visible with the same commit as all before it, so a cursor skips nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from pos_member.headoffice.feed_tail import COLUMNS, Tail
from pos_member.headoffice.outgoing import ORGANISATION_SCOPE as ORGANISATION_SCOPE
from pos_member.headoffice.outgoing import Draft as Draft
from pos_member.headoffice.outgoing import Origin as Origin
from pos_member.headoffice.outgoing import publish as publish
from pos_member.headoffice.schema import effect, feed, feed_head, outgoing, till
from pos_member.headoffice.schema_feed import SEGMENT
from pos_member.services.sync_ports import FeedChange

GLOBAL_SCOPE = "global"


@dataclass(frozen=True)
class Page:
    """Changes up to ``upto``; see ``protocol.PullAnswer``."""

    till_id: str
    upto: int
    horizon: int
    included_seq: int
    more: bool
    #: Of ``COLUMNS``.
    rows: Sequence[Row[Any]]
    mark: str
    #: The mark of the position that the page goes on from.
    before: str
    #: The epoch that ``included_seq`` counts in.
    epoch: int

    @property
    def changes(self) -> tuple[FeedChange, ...]:
        """Its changes, read."""
        return tuple(change_of(row, self.till_id) for row in self.rows)

    @property
    def written(self) -> bytes:
        """Its changes as JSON, one after another with commas: bodies go to the till as they are stored, unread."""
        return ",".join([_written(row, self.till_id) for row in self.rows]).encode()


#: ``seen`` of what includes no till's events.
_NOBODY = "{}"
_FEED = feed.c
#: Asked with every round of every till: made once, so that asking costs little more than the database does.
_HORIZON = select(feed_head.c.publish_no)
_MARK = select(_FEED.mark).where(_FEED.segment == bindparam("segment"), _FEED.publish_no == bindparam("number"))
_PAGE = (
    select(*COLUMNS)
    # The segment is what the key of the feed begins with: a reader touches only those beyond its cursor.
    .where(_FEED.segment >= bindparam("segment"), _FEED.publish_no > bindparam("after"))
    .where(_FEED.publish_no <= bindparam("newest"), _FEED.scope.in_(bindparam("scopes", expanding=True)))
    .order_by(_FEED.segment, _FEED.publish_no)
    .limit(bindparam("most"))
)
_TILL: BindParameter[str] = bindparam("till")
HORIZON = select(feed_head.c.publish_no).scalar_subquery()


def _held(epoch: Any, beyond: Any) -> tuple[Any, ...]:
    """The first event that waits to be applied, to be numbered, to be within a position."""
    return (
        select(func.min(effect.c.seq))
        .where(effect.c.till_id == _TILL, effect.c.epoch == epoch, effect.c.late.is_(False))
        .scalar_subquery()
        .label("unapplied"),
        select(func.min(outgoing.c.origin_seq))
        .where(outgoing.c.origin_till == _TILL, outgoing.c.origin_epoch == epoch)
        .scalar_subquery()
        .label("unnumbered"),
        select(func.min(_FEED.origin_seq))
        .where(_FEED.origin_till == _TILL, _FEED.origin_epoch == epoch, _FEED.publish_no > beyond)
        .scalar_subquery()
        .label("ahead"),
    )


_HELD_BACK = select(*_held(bindparam("of"), bindparam("upto")))
#: The mark at a position, for one look together with other things: see ``asked_of``.
BEFORE = (
    select(_FEED.mark)
    .where(_FEED.segment == bindparam("segment_before"), _FEED.publish_no == bindparam("after"))
    .scalar_subquery()
)
#: All that a page says beside its changes, where it goes to the horizon.
ENDS = (
    HORIZON.label("horizon"),
    BEFORE.label("before"),
    select(_FEED.mark)
    .where(_FEED.segment == HORIZON // SEGMENT, _FEED.publish_no == HORIZON)
    .scalar_subquery()
    .label("mark"),
    *_held(select(till.c.epoch).where(till.c.id == _TILL).scalar_subquery(), HORIZON),
)
_ENDS = select(*ENDS)


def horizon(connection: Connection) -> int:
    """The newest number of the feed."""
    return int(connection.execute(_HORIZON).scalar_one())


def segment_of(publish_no: int) -> int:
    """The segment a number lies in."""
    return publish_no // SEGMENT


def scopes_of(till_id: str, branch_id: str) -> tuple[str, ...]:
    """The scopes a till reads."""
    return GLOBAL_SCOPE, ORGANISATION_SCOPE, f"branch:{branch_id}", f"till:{till_id}"


def mark_at(connection: Connection, publish_no: int) -> str:
    """Names this position of this feed: another history of head office has another mark there. Empty at 0 and beyond
    the horizon."""
    here = {"segment": segment_of(publish_no), "number": publish_no}
    return str(connection.execute(_MARK, here).scalar_one_or_none() or "")


def asked_of(till_id: str, after: int) -> dict[str, Any]:
    """What ``ENDS`` and ``BEFORE`` are asked with."""
    return {"till": till_id, "after": after, "segment_before": segment_of(after)}


def page(
    connection: Connection,
    till_id: str,
    branch_id: str,
    epoch: int,
    last_seq: int,
    after: int,
    limit: int,
    *,
    known: Row[Any] | None = None,
    tail: Tail | None = None,
) -> Page:
    """At most ``limit`` changes after ``after`` for one till, read within one consistent view.

    Of several changes of one thing within the page only the last is sent: the page is applied as a whole. ``known``: a
    row with ``ENDS``, of the same view. ``tail``: where tills find what another one had read.
    """
    here = known or connection.execute(_ENDS, asked_of(till_id, after)).one()
    newest, scopes = int(here.horizon), scopes_of(till_id, branch_id)
    kept: Sequence[Row[Any]] | None = () if after >= newest else None
    if kept is None and tail is not None:
        kept = tail.between(connection, after, newest, here.mark or "")
    if kept is None:
        wanted: dict[str, Any] = {"segment": segment_of(after + 1), "after": after, "newest": newest, "most": limit}
        found = connection.execute(_PAGE, wanted | {"scopes": scopes}).all()
    else:
        found = list(islice((row for row in kept if row.scope in scopes), limit))
    full = len(found) == limit
    upto, mark = (int(found[-1].publish_no), str(found[-1].mark)) if full else (newest, here.mark or "")
    last = {(entity, subject): place for place, (_, entity, subject, *_rest) in enumerate(found)}
    rows = found if len(last) == len(found) else [found[place] for place in sorted(last.values())]
    if upto == newest:
        included = _before((here.unapplied, here.unnumbered, here.ahead), last_seq)
    else:
        included = included_seq(connection, till_id, epoch, last_seq, upto)
    return Page(till_id, upto, newest, included, upto < newest, rows, mark, here.before or "", epoch)


def change_of(row: Any, till_id: str | None = None) -> FeedChange:
    """A row of the feed as a change; of ``seen`` only what concerns ``till_id``, all of it for ``None``."""
    seen: dict[str, str] = json.loads(row.seen) if row.seen != _NOBODY else {}
    if till_id is not None:
        seen = {till_id: seen[till_id]} if till_id in seen else {}
    return FeedChange(row.entity, row.id, row.deleted, json.loads(row.body), seen)


def _written(row: Row[Any], till_id: str) -> str:
    """``change_of`` as JSON."""
    _, entity, subject, deleted, body, seen, _, _ = row
    mine = None if seen == _NOBODY or till_id not in seen else orjson.loads(seen).get(till_id)
    more = "" if mine is None else f',"seen":{{{encode_basestring(till_id)}:{encode_basestring(mine)}}}'
    gone = "true" if deleted else "false"
    what, which = encode_basestring(entity), encode_basestring(subject)
    return f'{{"body":{body},"deleted":{gone},"entity":{what},"id":{which}{more}}}'


def included_seq(connection: Connection, till_id: str, epoch: int, last_seq: int, upto: int) -> int:
    """The till's last event of ``epoch`` that, with all before it, is applied and published at or before ``upto``.

    Whatever holds an event back is named by its first event: an effect that waits, a change without a number, a change
    beyond ``upto``. Events that changed nothing hold nothing back.
    """
    return _before(connection.execute(_HELD_BACK, {"till": till_id, "of": epoch, "upto": upto}).one(), last_seq)


def _before(held: Iterable[int | None], last_seq: int) -> int:
    return min((int(seq) - 1 for seq in held if seq is not None), default=last_seq)
