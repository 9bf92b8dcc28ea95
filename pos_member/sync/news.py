"""What a till heard that waited: the changes themselves, so that one request is the whole of it."""

from __future__ import annotations

from dataclasses import dataclass

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.sync_ports import AtHello, FeedPage
from pos_member.sync.conversation import own_page
from pos_member.sync.pages import page_of
from pos_member.sync.transport import Answer


@dataclass(frozen=True)
class News:
    """A page of the feed that no hello went before: by itself it says where it goes on from.

    ``before``: head office's mark of the position ``after``; ``epoch``: the one its figures count in. Both are empty
    from a head office that does not say them. ``more``: there is more behind it.
    """

    after: int
    before: str
    epoch: int
    more: bool
    page: FeedPage

    def known_to(self, stands: AtHello) -> bool:
        """Whether the till has read as far as that by itself meanwhile."""
        return bool(self.before) and self.page.cursor <= stands.cursor

    def follows(self, stands: AtHello) -> bool:
        """Whether it is the next page of the feed that the till has, for the epoch that it is in."""
        same_place = (self.after, self.before) == (stands.cursor, stands.feed_mark)
        return bool(self.before) and same_place and self.epoch == stands.link.identity.epoch


def news_of(answer: Answer, after: int, till_id: str) -> News | None:
    """What an answer to a wait brings; ``None`` for nothing. Raises ``EnvironmentProblem(ANSWER_NOT_OURS)``."""
    page = own_page(answer, till_id)
    if page.after != after or page.upto < after:
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS, after=after, upto=page.upto)
    if page.upto == after:
        return None
    return News(after, page.before, page.epoch, page.more, page_of(page))
