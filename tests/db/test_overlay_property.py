"""Whatever the order of sales, uploads and the feed, a member's balance is every movement counted once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.domain.events import EventKind, PointsAdjusted
from pos_member.domain.points import PointKind
from pos_member.services.sync_ports import FeedAccount, FeedBucket
from tests.db.db_values import entry, member
from tests.db_support import NOW, make_store, put

WHO = member(1).id

#: A movement here of n points; one elsewhere; an upload of n events; head office's figures coming down.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("here"), st.integers(-50, 50)),
        st.tuples(st.just("elsewhere"), st.integers(-50, 50)),
        st.tuples(st.just("upload"), st.integers(1, 4)),
        st.tuples(st.just("feed"), st.just(0)),
        st.tuples(st.just("acked"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_balance_is_every_movement_once(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name, make_store(Path(name), [member(1)]) as folder:
        own: list[int] = []
        held = elsewhere = shown_elsewhere = 0
        for n, (what, number) in enumerate(steps):
            if what == "here":
                moved = entry(n, number, kind=PointKind.ADJUST)
                with folder.store.transaction() as tx:
                    event = PointsAdjusted(moved.id, WHO, (moved,), "", "s", "")
                    tx.add_point_entries((moved,), tx.announce(EventKind.POINTS_ADJUSTED, moved.id, event))
                own.append(number)
            elif what == "elsewhere":
                elsewhere += number
            elif what == "upload":
                # Head office has them and says so only later, as when the answer was lost.
                held = min(len(own), held + number)
            elif what == "acked":
                folder.sync_store.mark_acked(held, NOW)
            else:
                shown_elsewhere = elsewhere
                total = FeedAccount(WHO, (FeedBucket("2027-12-31", sum(own[:held]) + elsewhere),))
                put(folder, [total], included_seq=held)
            assert folder.store.members.account(WHO).balance == sum(own) + shown_elsewhere
            assert folder.sync_store.head()[0] == len(own)
