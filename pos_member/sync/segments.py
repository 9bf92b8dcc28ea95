"""Downwards in whole segments: a till that is behind reads what any cache on the way may have kept."""

from __future__ import annotations

import logging

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.sync_ports import FeedChange, FeedPage, SyncStore
from pos_member.sync.conversation import Conversation, own_page, refused
from pos_member.sync.pages import write_page
from pos_member.sync.protocol_feed import SEGMENT, SEGMENTS_AT_ONCE, SEGMENTS_FROM, SegmentAnswer
from pos_member.sync.round_figures import RoundFigures
from pos_member.sync.transport import read_answer

log = logging.getLogger(__name__)


def worth_segments(cursor: int, horizon: int) -> bool:
    """Whether so many segments after ``cursor`` are complete that they come sooner than pages."""
    return (horizon + 1) // SEGMENT - (cursor + 1) // SEGMENT >= SEGMENTS_FROM


class SegmentReader:
    """Fetches complete segments, and what is this till's own in them."""

    def __init__(self, store: SyncStore, line: Conversation) -> None:
        self._store = store
        self._line = line

    def catch_up(self, cursor: int, horizon: int, done: RoundFigures) -> int:
        """Bring the replica from ``cursor`` up to the last complete segment, where that is worth it; returns the cursor
        reached.

        Segments of another history of head office (it was restored, and a cache still has the old ones) are left: what
        is not brought here comes page by page, which no cache may keep.
        """
        while True:
            if not worth_segments(cursor, horizon):
                return cursor
            first, complete = (cursor + 1) // SEGMENT, (horizon + 1) // SEGMENT
            page = self._read(cursor, range(first, min(complete, first + SEGMENTS_AT_ONCE)))
            if page is None:
                log.warning("segments of another feed came from %d on: reading page by page", first)
                return cursor
            done.pulled += write_page(self._store, page)
            cursor = page.cursor

    def own(self, after: int, upto: int) -> FeedPage:
        """What is in the scope of this till and its branch alone; the figures and the mark are those of ``upto``."""
        changes: list[FeedChange] = []
        reached = after
        while True:
            params = {"after": reached, "upto": upto, "limit": self._line.limits.pull_changes}
            answer = self._line.call("GET", "/v1/feed/own", params=params)
            if answer.status != 200:
                raise refused(answer)
            page = own_page(answer, self._line.till_id)
            if page.after != reached or not reached <= page.upto <= upto or (page.more and page.upto == reached):
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=reached, upto=page.upto)
            changes += page.changes
            reached = page.upto
            if not page.more:
                return FeedPage(tuple(changes), upto, page.included_seq, page.server_time, page.mark)

    def _read(self, cursor: int, numbers: range) -> FeedPage | None:
        """The changes of all ``numbers``, the first of which holds what comes next after ``cursor``; ``None`` where
        they are not all of one feed, today's.

        What of it is known already is told once more: within a segment a thing stands as it is at its end.
        """
        changes: list[FeedChange] = []
        following = None
        reached = ""  # an older head office names no positions
        for number in numbers:
            answer = self._line.call("GET", f"/v1/feed/segments/{number}")
            if answer.status != 200:
                raise refused(answer)
            found = read_answer(SegmentAnswer, answer)
            starts = found.first == following if following is not None else found.first <= cursor + 1 <= found.last
            if found.number != number or not starts or found.last < found.first:
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=cursor, first=found.first)
            if reached and found.before and found.before != reached:
                return None
            changes += found.changes
            following, reached = found.last + 1, found.mark
        assert following is not None
        own = self.own(cursor, following - 1)
        if reached and reached != own.feed_mark:
            return None
        return FeedPage((*changes, *own.changes), own.cursor, own.included_seq, own.as_of, own.feed_mark)
