"""A page of the feed between head office's answer and the till's replica."""

from __future__ import annotations

from pos_member.services.sync_ports import FeedPage, SyncStore
from pos_member.sync.protocol import PullAnswer


def page_of(answer: PullAnswer) -> FeedPage:
    """What an answer brings."""
    return FeedPage(tuple(answer.changes), answer.upto, answer.included_seq, answer.server_time, answer.mark)


def write_page(store: SyncStore, page: FeedPage) -> int:
    """Write a page, an empty one too: it says up to when the figures are true. Returns how many changes."""
    store.apply_changes(page.changes, page.cursor, page.included_seq, page.as_of, page.feed_mark)
    return len(page.changes)
