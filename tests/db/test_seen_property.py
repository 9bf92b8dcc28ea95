"""Whatever the order of sales, uploads, publishing, acknowledging, pulling and loading: an own movement counts once.

Head office here is two numbers per member: which own events the account includes, and which the feed says by itself.
An account may be told ahead of the feed; then it says so (``seen``).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_member.db.folder import DataFolder
from pos_member.db.intake import ReplicaIntake
from pos_member.domain.events import EventKind, PointsAdjusted
from pos_member.domain.points import PointKind
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange, FeedPage
from tests.db.db_values import entry, member
from tests.db.snapshot_support import make_snapshot
from tests.db_support import NOW, TILL, change, make_store

WHO = tuple(member(n).id for n in (1, 2))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("here"), st.integers(-50, 50), st.integers(0, 1)),
        st.tuples(st.just("applied"), st.integers(1, 3), st.integers(0, 1)),
        st.tuples(st.just("published"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("acked"), st.just(0), st.just(0)),
        st.tuples(st.just("told"), st.just(0), st.integers(0, 1)),
        st.tuples(st.just("empty page"), st.just(0), st.just(0)),
        st.tuples(st.just("snapshot"), st.just(0), st.just(0)),
        st.tuples(st.just("new epoch"), st.just(0), st.just(0)),
    ),
    max_size=20,
)


@dataclass
class Office:
    """What head office holds of the till's movements: (member, points, epoch, seq on the wire)."""

    moves: list[tuple[int, int, int, int]] = field(default_factory=list)
    #: How many of ``moves`` each member's account includes, and how many the feed says.
    applied: list[int] = field(default_factory=lambda: [0, 0])
    published: int = 0

    def position(self, count: int) -> str:
        return f"{self.moves[count - 1][2]}.{self.moves[count - 1][3]}"

    def account(self, who: int) -> FeedAccount:
        points = sum(move[1] for move in self.moves[: self.applied[who]] if move[0] == who)
        return FeedAccount(WHO[who], (FeedBucket("2027-12-31", points),))

    def seen(self, who: int) -> dict[str, str]:
        return {TILL.id: self.position(self.applied[who])} if self.applied[who] > self.published else {}

    def told(self, who: int) -> FeedChange:
        return replace(change(self.account(who)), seen=self.seen(who))

    def included_seq(self, epoch: int) -> int:
        return max((move[3] for move in self.moves[: self.published] if move[2] == epoch), default=0)


@settings(max_examples=40)
@given(steps=STEPS)
def test_an_own_movement_counts_once(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name, make_store(Path(name), [member(1), member(2)]) as folder:
        office, own, cursor = Office(), [0, 0], 1
        for n, (what, number, who) in enumerate(steps):
            identity = folder.sync_store.identity()
            assert identity is not None
            if what == "here":
                move(folder, n, number, who)
                own[who] += number
                office.moves.append((who, number, identity.epoch, folder.sync_store.head()[0]))
            elif what == "applied":
                # Whatever the feed says by itself is in every account.
                office.applied[who] = min(len(office.moves), office.applied[who] + number)
            elif what == "published":
                office.published = min(*office.applied, office.published + number)
            elif what == "acked":
                held = max(office.applied)
                folder.sync_store.mark_acked(
                    max((m[3] for m in office.moves[:held] if m[2] == identity.epoch), default=0), NOW
                )
            elif what == "new epoch":
                held = max(office.applied)
                if held == len(office.moves) and office.published == held:
                    # All is at head office: only then does this small head office not need to renumber.
                    folder.sync_store.mark_acked(folder.sync_store.head()[0], NOW)
                    folder.sync_store.set_identity(replace(identity, epoch=identity.epoch + 1), "http://127.0.0.1:8080")
            else:
                cursor += 1
                bring(Path(name), folder, office, what, who, cursor)
            for each in (0, 1):
                assert folder.store.members.account(WHO[each]).balance == own[each]
                [hit] = folder.store.members.search(member(each + 1).number)
                assert hit.balance == own[each]


def move(folder: DataFolder, n: int, points: int, who: int) -> None:
    moved = replace(entry(n, points, kind=PointKind.ADJUST), member_id=WHO[who])
    with folder.store.transaction() as tx:
        event = PointsAdjusted(moved.id, WHO[who], (moved,), "", "s", "")
        tx.add_point_entries((moved,), tx.announce(EventKind.POINTS_ADJUSTED, moved.id, event))


def bring(place: Path, folder: DataFolder, office: Office, what: str, who: int, cursor: int) -> None:
    """A page of the feed, or a snapshot. The feed never says of an event what no account told before it."""
    identity = folder.sync_store.identity()
    assert identity is not None
    included = office.included_seq(identity.epoch)
    if what == "snapshot":
        things = (member(1), member(2), office.account(0), office.account(1))
        seen = {("account", WHO[each]): office.seen(each) for each in (0, 1) if office.seen(each)}
        made = make_snapshot(place, things, cursor, seen=seen)
        intake = ReplicaIntake(folder.till, folder.replica)
        intake.begin(made.manifest)
        for number, raw in enumerate(made.parts):
            intake.put(number, raw)
        assert intake.finish(FeedPage((), cursor, included, NOW, "here"))
        return
    told = [office.told(who)] if what == "told" else []
    if included > folder.sync_store.mark().included_seq:
        # What is published now was told before: both accounts came down at or before this page.
        told = [office.told(0), office.told(1)]
    folder.sync_store.apply_changes(told, cursor, included, NOW)
