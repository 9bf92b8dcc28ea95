"""Downwards: head office's feed from the till's cursor to the horizon."""

from __future__ import annotations

from collections.abc import Iterator

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.sync_ports import FeedPage, SyncStore
from pos_member.sync.conversation import Conversation, own_page, refused
from pos_member.sync.pages import page_of, write_page
from pos_member.sync.round_figures import RoundFigures


class Puller:
    """Fetches what head office has to tell."""

    def __init__(self, store: SyncStore, line: Conversation) -> None:
        self._store = store
        self._line = line

    def pull_all(self, cursor: int, done: RoundFigures) -> None:
        """From ``cursor``, the till's, to the horizon, page by page. Raises as ``Conversation.call``."""
        for page in self.pages(cursor):
            done.pulled += write_page(self._store, page)

    def pages(self, after: int, path: str = "/v1/pull") -> Iterator[FeedPage]:
        """Head office's feed from ``after`` to the horizon, at least one page; ``path``: all of it, or a part."""
        while True:
            params = {"after": after, "limit": self._line.limits.pull_changes}
            answer = self._line.call("GET", path, params=params)
            if answer.status != 200:
                raise refused(answer)
            page = own_page(answer, self._line.till_id)
            if page.after != after or page.upto < after or (page.more and page.upto == after):
                raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=after, upto=page.upto)
            yield page_of(page)
            if not page.more:
                return
            after = page.upto
