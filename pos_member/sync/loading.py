"""Everything down at once: a till that is new, or far behind, or whose copy is of no use, takes a snapshot.

Parts are kept as they come, so a load goes on where a broken line or a restart stopped it. What is to be sent goes up
between two parts. Until the whole is here the old replica stays in use; a till that has none gets the catalogue first,
and can sell while its members load.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.snapshot_ports import SnapshotIntake, SnapshotManifest, SnapshotRefused
from pos_member.services.sync_ports import FeedPage, SyncStore
from pos_member.sync import protocol
from pos_member.sync.conversation import Conversation, refused
from pos_member.sync.pieces import PartReader
from pos_member.sync.protocol_feed import ManifestAnswer
from pos_member.sync.pulling import Puller
from pos_member.sync.round_figures import RoundFigures
from pos_member.sync.segments import SegmentReader, worth_segments
from pos_member.sync.transport import read_answer

log = logging.getLogger(__name__)
#: A snapshot that is so many changes newer than the replica comes sooner than the changes.
FAR_BEHIND = 100_000
#: A damaged part is asked for again, a snapshot that is gone is exchanged for the next one, so often.
TRIES = 3
#: The libraries that unpack and seal let go of the interpreter meanwhile.
_WRITERS = 2
#: While a load is put off, what is sold and who works here is asked for so often.
CATALOGUE_EVERY = timedelta(minutes=15)
#: Head office keeps a snapshot from this horizon on; below it the feed itself is as quick.
_WORTH = 2_000

MayLoad = Callable[..., bool]


class Loader:
    """Decides how head office's data comes down, and brings it. ``percent`` and ``paused`` may be read, and ``pause``
    and ``go_on`` be called, anywhere.

    ``may_load(bytes, needed=…)``: whether a large download may come now.
    """

    def __init__(
        self,
        store: SyncStore,
        line: Conversation,
        puller: Puller,
        intake: SnapshotIntake | None,
        may_load: MayLoad = lambda _size, **_: True,
    ) -> None:
        self._store = store
        self._line = line
        self._puller = puller
        self._segments = SegmentReader(store, line)
        self._parts = PartReader(line)
        self._intake = intake
        self._may_load = may_load
        self._no_room = False
        self._catalogue_at: datetime | None = None
        self._paused = threading.Event()
        #: Of the load under way, or of the one that pauses; ``None`` while there is none.
        self.percent: int | None = None

    @property
    def paused(self) -> bool:
        """Whether a person put the load off. What is to be sent goes all the same."""
        return self._paused.is_set()

    def pause(self) -> None:
        """Hold the load that is under way after the part that is coming; nothing of it is lost. It goes on with
        ``go_on``, or at the next start."""
        if self.percent is not None:
            self._paused.set()

    def go_on(self) -> None:
        """Go on where it was held, with the next round."""
        self._paused.clear()

    def bring_down(self, hello: protocol.HelloAnswer, done: RoundFigures) -> None:
        """Up to the horizon, by whatever way is the quickest. Raises as ``Conversation.call``."""
        self._puller.forget_ahead()
        cursor, asks = self._store.reached()
        anew = hello.reload or asks
        far = hello.snapshot is not None and hello.snapshot - cursor >= FAR_BEHIND
        wanted = anew or far or not cursor
        if not wanted:
            self._paused.clear()  # it came by stick meanwhile: there is nothing left to put off
        if not self._paused.is_set():
            self.percent = None
        if not cursor and hello.horizon >= _WORTH and not hello.reload and self._catalogue_due():
            self._catalogue_first(done)
        if wanted and self._by_snapshot(hello, needed=hello.reload or not cursor):
            anew = False
        if self._paused.is_set():
            return  # the feed's changes come in one order: what is new lies behind what is put off
        if anew and hello.reload:
            log.warning("the cursor is none of head office's feed: reading it from the start")
            done.pulled += self._store.load_anew(self._puller.pages(0))
            anew = False
        if wanted:
            cursor = self._store.cursor()
        if cursor:
            cursor = self._segments.catch_up(cursor, hello.horizon, done)
        self._puller.pull_all(cursor, done)
        if anew:
            # After the pull: where the line is too poor for the whole feed at once, changes come down all the same.
            log.info("replica of an earlier build: reading head office's feed from the start")
            done.pulled += self._store.load_anew(self._puller.pages(0))

    def _catalogue_due(self) -> bool:
        """While a load is put off the catalogue comes now and then, not with every bill that is sent."""
        last, now = self._catalogue_at, self._line.last_contact_at
        return not self._paused.is_set() or last is None or now is None or abs(now - last) >= CATALOGUE_EVERY

    def _catalogue_first(self, done: RoundFigures) -> None:
        """Who works here, what is sold, by which rules: with that a till sells. The cursor stays where it is."""
        for page in self._puller.pages(0, "/v1/feed/catalogue"):
            self._store.apply_changes(page.changes, 0, None, page.as_of)
            done.pulled += len(page.changes)
        self._catalogue_at = self._line.last_contact_at

    def _by_snapshot(self, hello: protocol.HelloAnswer, *, needed: bool) -> bool:
        """Whether the replica was exchanged for a snapshot."""
        intake = self._intake
        if intake is None or self._no_room or self._paused.is_set() or hello.horizon < _WORTH:
            return False
        try:
            manifest = None if hello.reload else intake.pending()
            for _ in range(TRIES):
                manifest = manifest or self._manifest()
                if manifest is None or not self._fits(manifest, intake, needed):
                    return False
                with intake.alone():
                    loaded = self._load(manifest, intake, hello.horizon)
                if loaded:
                    self._paused.clear()  # asked for too late: there is nothing left to put off
                    return True
                if self._paused.is_set():
                    return False
                manifest = None
            return False
        finally:
            if not self._paused.is_set():
                self.percent = None

    def _fits(self, manifest: SnapshotManifest, intake: SnapshotIntake, needed: bool) -> bool:
        if manifest.format != intake.format():
            log.info("the snapshot is of format %d, this build reads %d", manifest.format, intake.format())
            return False
        return self._may_load(sum(part.bytes for part in manifest.parts), needed=needed)

    def _manifest(self) -> SnapshotManifest | None:
        answer = self._line.call("GET", "/v1/snapshot/manifest")
        if answer.status == 404:
            return None  # an older head office
        if answer.status != 200:
            raise refused(answer)
        return read_answer(ManifestAnswer, answer).snapshot

    def _load(self, manifest: SnapshotManifest, intake: SnapshotIntake, horizon: int) -> bool:
        """``False`` where it cannot be had to the end: gone at head office, damaged again and again, given up."""
        try:
            held = intake.begin(manifest)
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.DISK_FULL:
                raise
            log.warning("no room for a snapshot: changes come one by one")
            self._no_room = True
            return False
        except SnapshotRefused as error:
            log.warning("snapshot %s: %s", manifest.id[:40], error)
            return False
        self.percent = 100 * len(held) // len(manifest.parts)
        own = self._bring_parts(manifest, held, intake, horizon)
        if own is None:
            return False
        if own.feed_mark != manifest.mark:
            log.warning("snapshot %s is of another feed", manifest.id[:40])
            intake.forget()
            return False
        self.percent = 99
        try:
            return intake.finish(own, self._paused.is_set)
        except SnapshotRefused as error:
            log.warning("snapshot %s: %s", manifest.id[:40], error)
            return False

    def _bring_parts(
        self, manifest: SnapshotManifest, held: frozenset[int], intake: SnapshotIntake, horizon: int
    ) -> FeedPage | None:
        """Fetch what is not here, and what is this till's own up to there; ``None`` where it cannot be had.

        While some parts are sealed and written one more is on its way, and no more.
        """
        own: FeedPage | None = None
        waiting = deque(number for number in range(len(manifest.parts)) if number not in held)
        refusals: Counter[int] = Counter()
        under_way: deque[tuple[int, Future[None]]] = deque()
        # What is being written is written to its end, whatever happens to the line meanwhile.
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="snapshot") as writers:
            while waiting or under_way:
                self.percent = 100 * (len(manifest.parts) - len(waiting)) // len(manifest.parts)
                number = waiting.popleft() if waiting else None
                raw = b"" if number is None else self._parts.fetch(manifest, number, self._paused.is_set)
                if raw is None:
                    return None
                if number is None and own is None:
                    own = self._segments.own(0, manifest.cursor)
                    # What follows the last part is fetched, and the old file made ready, while that is being written.
                    if not worth_segments(manifest.cursor, horizon):
                        self._puller.look_ahead(manifest.cursor)
                    intake.make_way()
                if len(under_way) == _WRITERS or number is None:
                    again, written = under_way.popleft()
                    if not self._kept(manifest, again, written):
                        refusals[again] += 1
                        if refusals[again] == TRIES:
                            return None
                        waiting.append(again)
                if number is not None:
                    under_way.append((number, writers.submit(intake.put, number, raw)))
        return own or self._segments.own(0, manifest.cursor)

    def _kept(self, manifest: SnapshotManifest, number: int, written: Future[None]) -> bool:
        """Wait until the part is on the disk; ``False`` where it is not what was to come. Raises as ``put``."""
        try:
            written.result()
        except SnapshotRefused as error:
            log.warning("snapshot %s: %s", manifest.id[:40], error)
            return False
        return True
