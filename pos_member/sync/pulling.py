"""Downwards: head office's feed from the till's cursor to the horizon."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from pos_member.domain.errors import EnvironmentProblem, PosMemberError, Reason
from pos_member.services.sync_ports import FeedPage, SyncStore
from pos_member.sync.conversation import Conversation, own_page, refused
from pos_member.sync.pages import page_of, write_page
from pos_member.sync.protocol import PullAnswer
from pos_member.sync.round_figures import RoundFigures

log = logging.getLogger(__name__)
#: The call that tells all there is for a till.
_WHOLE = "/v1/pull"


class Puller:
    """Fetches what head office has to tell."""

    def __init__(self, store: SyncStore, line: Conversation) -> None:
        self._store = store
        self._line = line
        #: The first page after a cursor at which the till is not yet.
        self._ahead: PullAnswer | None = None

    def look_ahead(self, cursor: int) -> None:
        """Fetch the page after ``cursor`` while there is nothing else to do; the next ``pages`` takes it, where it
        begins there. What goes wrong is met again then."""
        try:
            self._ahead = self._page(_WHOLE, cursor)
        except PosMemberError as error:
            log.info("not fetched ahead: %s", error)

    def forget_ahead(self) -> None:
        """What was fetched ahead and not taken is not of today."""
        self._ahead = None

    def pull_all(self, cursor: int, done: RoundFigures) -> None:
        """From ``cursor``, the till's, to the horizon, page by page. Raises as ``Conversation.call``."""
        for page in self.pages(cursor):
            done.pulled += write_page(self._store, page)

    def pages(self, after: int, path: str = _WHOLE) -> Iterator[FeedPage]:
        """Head office's feed from ``after`` to the horizon, at least one page; ``path``: all of it, or a part."""
        while True:
            ahead, self._ahead = self._ahead, None
            fits = ahead is not None and path == _WHOLE and ahead.after == after
            page = ahead if ahead is not None and fits else self._page(path, after)
            yield page_of(page)
            if not page.more:
                return
            after = page.upto

    def _page(self, path: str, after: int) -> PullAnswer:
        params = {"after": after, "limit": self._line.limits.pull_changes}
        answer = self._line.call("GET", path, params=params)
        if answer.status != 200:
            raise refused(answer)
        page = own_page(answer, self._line.till_id)
        if page.after != after or page.upto < after or (page.more and page.upto == after):
            raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=after, upto=page.upto)
        return page
