"""A snapshot on a stick: the parts that head office would send, then what is this till's own up to there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pos_member.services.snapshot_ports import SnapshotIntake, SnapshotManifest, SnapshotRefused
from pos_member.services.sync_ports import FeedChange, FeedPage
from pos_member.sync.protocol import PullAnswer

#: (done, in all) of whatever is counted; called between two pieces of work.
Tell = Callable[[int, int], None]
ReadPage = Callable[[bytes], PullAnswer]


class CarryStopped(Exception):
    """Asked to stop: no file was left behind, or what was taken in so far stays taken in."""


def bring(
    intake: SnapshotIntake,
    manifest: SnapshotManifest,
    records: Iterator[bytes],
    read_page: ReadPage,
    tell: Tell,
    stopping: Callable[[], bool],
) -> None:
    """Put the snapshot that comes next in ``records`` in the replica's place; broken off, it is gone on with.

    Raises ``CarryStopped``, ``SnapshotRefused``, and as ``intake``.
    """
    total = len(manifest.parts)
    held = intake.begin(manifest)
    for number in range(total):
        if stopping():
            raise CarryStopped
        raw = next(records, b"")
        if number not in held:
            intake.put(number, raw)
        tell(number + 1, total)
    own = _own(records, read_page, manifest.cursor)
    if own.feed_mark != manifest.mark:
        intake.forget()
        raise SnapshotRefused("of another feed")
    if not intake.finish(own, stopping):
        raise CarryStopped


def pass_over(manifest: SnapshotManifest, records: Iterator[bytes], read_page: ReadPage) -> None:
    """Leave the snapshot that comes next in ``records`` out."""
    for _ in manifest.parts:
        next(records, b"")
    _own(records, read_page, manifest.cursor)


def _own(records: Iterator[bytes], read_page: ReadPage, upto: int) -> FeedPage:
    changes: list[FeedChange] = []
    reached = 0
    while True:
        page = read_page(next(records, b""))
        if page.after != reached or not reached <= page.upto <= upto or (page.more and page.upto == reached):
            raise SnapshotRefused("pages that do not follow each other")
        changes += page.changes
        reached = page.upto
        if not page.more:
            return FeedPage(tuple(changes), upto, page.included_seq, page.server_time, page.mark)
