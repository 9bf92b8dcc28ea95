"""The feed: what tills learn from head office, in one gap-free order, cut only between acts.

A number is given out while the one row of ``feed_head`` is locked and becomes visible with the same commit, so that
no reader ever sees a number before a smaller one: a cursor skips nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pos_member.headoffice.schema import feed, feed_head
from pos_member.services.sync_ports import FeedChange

ORGANISATION_SCOPE = "organisation"
#: A page may pass its limit by the rest of one act; an act with more changes than this is cut (imports only).
GROUP_CHANGES_MAX = 5_000


@dataclass(frozen=True)
class Draft:
    """A change to publish; changes of one act share ``origin_till`` and ``origin_seq``."""

    entity: str
    id: str
    body: Mapping[str, Any]
    deleted: bool = False
    scope: str = ORGANISATION_SCOPE


@dataclass(frozen=True)
class Page:
    """Changes up to ``upto``; see ``protocol.PullAnswer``."""

    upto: int
    horizon: int
    included_seq: int
    more: bool
    changes: tuple[FeedChange, ...]


def publish(connection: Connection, groups: Iterable[tuple[str | None, int | None, list[Draft]]]) -> int:
    """Append groups of changes ``(origin till, origin seq, changes)``; each group is one act. Returns the horizon."""
    listed = [group for group in groups if group[2]]
    number = connection.execute(select(feed_head.c.publish_no).with_for_update()).scalar_one()
    if not listed:
        return int(number)
    rows = []
    for origin_till, origin_seq, drafts in listed:
        end = number + len(drafts)
        for draft in drafts:
            number += 1
            rows.append(
                {
                    "publish_no": number,
                    "group_end": end,
                    "scope": draft.scope,
                    "entity": draft.entity,
                    "id": draft.id,
                    "deleted": draft.deleted,
                    "body": json.dumps(draft.body, ensure_ascii=False, separators=(",", ":")),
                    "origin_till": origin_till,
                    "origin_seq": origin_seq,
                }
            )
    connection.execute(insert(feed), rows)
    connection.execute(update(feed_head).values(publish_no=number))
    return int(number)


def horizon(connection: Connection) -> int:
    """The newest number of the feed."""
    return int(connection.execute(select(feed_head.c.publish_no)).scalar_one())


def page(connection: Connection, till_id: str, branch_id: str, last_seq: int, after: int, limit: int) -> Page:
    """At most about ``limit`` changes after ``after`` for one till, read within one consistent view.

    Of several changes of one thing within the page only the last is sent: the page is applied as a whole.
    """
    newest = horizon(connection)
    scopes = (ORGANISATION_SCOPE, f"branch:{branch_id}", f"till:{till_id}")
    mine = (feed.c.publish_no > after) & feed.c.scope.in_(scopes)
    columns = (feed.c.publish_no, feed.c.group_end, feed.c.entity, feed.c.id, feed.c.deleted, feed.c.body)
    found = list(connection.execute(select(*columns).where(mine).order_by(feed.c.publish_no).limit(limit)))
    upto = newest
    if len(found) == limit:
        # The page ends where the act of its last change ends: read the rest of that act.
        upto = found[-1].group_end
        rest = mine & (feed.c.publish_no > found[-1].publish_no) & (feed.c.publish_no <= upto)
        found += connection.execute(select(*columns).where(rest).order_by(feed.c.publish_no))
    latest = {(row.entity, row.id): row for row in found}
    changes = tuple(
        FeedChange(row.entity, row.id, row.deleted, json.loads(row.body))
        for row in sorted(latest.values(), key=lambda row: row.publish_no)
    )
    return Page(upto, newest, _included(connection, till_id, last_seq, upto), upto < newest, changes)


def _included(connection: Connection, till_id: str, last_seq: int, upto: int) -> int:
    """The till's last event whose changes all lie at or before ``upto``.

    Events are applied in order, so the first change of this till beyond ``upto`` names the first event that is not
    included; events that changed nothing in the feed hold nothing back.
    """
    beyond = (
        select(feed.c.origin_seq)
        .where(feed.c.origin_till == till_id, feed.c.publish_no > upto)
        .order_by(feed.c.publish_no)
        .limit(1)
    )
    first = connection.execute(beyond).scalar_one_or_none()
    return last_seq if first is None else int(first) - 1
