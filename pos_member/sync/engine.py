"""The till's side of sync: hello, push until nothing waits, pull until the horizon. One call, no threads.

The app calls ``sync_once`` on its network lane and waits ``next_delay_s`` between calls. Whatever fails, the
queue keeps what is not acknowledged and the next call goes on from there: head office drops what it knows.

What is fetched comes in slices, and between two of them what waits to be sent goes first (``Conversation``).
"""

from __future__ import annotations

import logging
import random as random_module
from collections.abc import Callable
from datetime import datetime, timedelta

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.services.snapshot_ports import SnapshotIntake
from pos_member.services.sync_ports import AtHello, SyncStore
from pos_member.sync import protocol
from pos_member.sync.ahead import Helper, beside
from pos_member.sync.conversation import Conversation, Stopped, refused
from pos_member.sync.epochs import Epochs, hello_request
from pos_member.sync.line_state import Line
from pos_member.sync.line_state import SyncState as SyncState
from pos_member.sync.loading import Loader
from pos_member.sync.news import News
from pos_member.sync.night import Night
from pos_member.sync.pages import write_page
from pos_member.sync.pulling import Puller
from pos_member.sync.pushing import Pusher
from pos_member.sync.retries import BACKOFF_MAX_S as BACKOFF_MAX_S
from pos_member.sync.retries import FIRST_SPREAD_S as FIRST_SPREAD_S
from pos_member.sync.retries import POLL_S as POLL_S
from pos_member.sync.retries import Retries
from pos_member.sync.rights import RightsExchange
from pos_member.sync.round_figures import RoundFigures, SyncOutcome
from pos_member.sync.transport import Transport, read_answer

#: What head office acknowledged long ago is let go of now and then, not with every round.
PRUNE_EVERY = timedelta(hours=1)
#: A page that came by itself is taken in without a hello so long after the last one.
HELLO_LASTS = timedelta(seconds=POLL_S)
#: A clock further from head office's than this is told to the cashier.
CLOCK_OFF_S = 120

log = logging.getLogger(__name__)


class SyncEngine:
    """One till's conversation with head office. Not thread-safe: one lane calls it; ``state`` may be read anywhere.

    ``setup`` and ``zone``: the till's own limits, and the shop's time zone for its night. ``helper``: where a batch is
    made ready while another is under way.
    """

    def __init__(
        self,
        store: SyncStore,
        transport: Transport,
        clock: Clock,
        random: random_module.Random | None = None,
        *,
        app_version: str = "",
        stop: Callable[[], bool] = lambda: False,
        setup: Callable[[], LineSetup] = LineSetup,
        zone: Callable[[], str] = lambda: "Asia/Bangkok",
        intake: SnapshotIntake | None = None,
        helper: Helper = beside,
    ) -> None:
        self._store = store
        self._clock = clock
        self._app_version = app_version
        self._line = Conversation(transport, clock, stop)
        self._night = Night(setup, clock, zone)
        self._pusher = Pusher(store, self._line, clock, self._night.upload_bytes_s, helper)
        self._loader = Loader(store, self._line, Puller(store, self._line), intake, self._night.may_load)
        self._rights = RightsExchange(store.rights, self._line, clock, store.keep_sidecar)
        self._epochs = Epochs(store, clock, self._hello)
        self._retries = Retries(random or random_module.Random())
        self._pruned_at: datetime | None = None
        #: When the last round that went through said hello; ``None`` after any other.
        self._agreed_at: datetime | None = None
        self._clock_off_s = 0

    def state(self) -> SyncState:
        """How things stand, from the queue and the last round."""
        queue = self._store.queue_status()
        error = self._retries.error
        contact = self._contact()
        line: Line = "online"
        if isinstance(error, Refusal):
            line = "refused"
        elif contact is None:
            line = "never"
        elif error is not None or self._line.last_contact_at is None:
            line = "offline"
        return SyncState(
            line=line,
            waiting=queue.waiting,
            bills_waiting=queue.bills_waiting,
            oldest_waiting_at=queue.oldest_waiting_at,
            last_contact_at=contact,
            reason=error.reason if error else None,
            params=dict(error.params) if error else {},
            clock_off_s=self._clock_off_s if abs(self._clock_off_s) > CLOCK_OFF_S else 0,
            waits_for_night=self._night.waits_for,
            limited=self._night.limited,
            loading_percent=self._loader.percent,
            loading_paused=self._loader.paused,
            suspended=self._store.suspended(),
        )

    @property
    def troubled(self) -> bool:
        """Whether the last round ended in trouble."""
        return self._retries.error is not None

    @property
    def load_paused(self) -> bool:
        """Whether a person put the load off behind which everything new lies: no round fetches it (any thread)."""
        return self._loader.paused

    def something_waits(self) -> bool:
        """Whether anything is to be sent (any thread)."""
        return self._pusher.waits()

    def pause_load(self) -> None:
        """Put the load of all of head office's data off that is under way; bills go up all the same (any thread)."""
        self._loader.pause()

    def go_on_loading(self) -> None:
        """Go on with it, with the next round (any thread)."""
        self._loader.go_on()

    def sync_once(self) -> SyncOutcome:
        """One whole round. Trouble ends the round and is in the outcome; bugs and a broken disk are raised."""
        return self._go_through(RoundFigures())

    def hear(self, news: News) -> SyncOutcome:
        """A page of the feed that came while it was waited for: taken in as it is, where it is all there is to do and
        both sides agreed just now; a whole round otherwise. Raises as ``sync_once``."""
        done = RoundFigures()
        if self._quiet():
            stands = self._store.at_hello()
            if stands is not None and stands.doubt is None and stands.head_seq == stands.acked_seq:
                if news.known_to(stands):
                    return done.outcome()
                if news.follows(stands):
                    done.pulled += write_page(self._store, news.page)
                    if not news.more:
                        return done.outcome()
        return self._go_through(done)

    def _quiet(self) -> bool:
        """Whether a round now would find nothing to do but to fetch what is new."""
        now, agreed = self._clock.now(), self._agreed_at
        lasts = agreed is not None and timedelta(0) <= now - agreed < HELLO_LASTS
        return lasts and not self._loader.paused and self._store.rights.quiet(now)

    def _go_through(self, done: RoundFigures) -> SyncOutcome:
        self._agreed_at = None
        self._night.begin_round()
        try:
            agreed_at = self._round(done)
        except Stopped:
            return done.outcome()
        except (EnvironmentProblem, Refusal) as error:
            if error.reason not in _OF_THE_LINE:
                raise
            self._retries.failed(error)
            log.info("sync stopped: %s", error)
            return done.outcome(error)
        self._retries.well()
        self._agreed_at = agreed_at
        return done.outcome()

    def next_delay_s(self) -> float:
        """Seconds to wait before the next round."""
        return self._retries.delay_s()

    def _round(self, done: RoundFigures) -> datetime:
        """Returns when it said hello."""
        self._line.bills_first = lambda: None
        began = self._clock.now()
        link, hello = self._epochs.agree()
        try:
            self._pusher.push_all(link.identity.epoch, hello, done)
        except Refusal as refusal:
            self._epochs.forked(refusal)
            link, hello = self._epochs.agree()
            self._pusher.push_all(link.identity.epoch, hello, done)
        epoch = link.identity.epoch
        if hello.revoked:
            raise Refusal(Reason.TILL_REVOKED)
        self._line.bills_first = lambda: self._send_what_waits(epoch, done)
        self._rights.exchange(link.identity, hello.recalls, -self._clock_off_s)
        self._loader.bring_down(hello, done)
        self._prune()
        return began

    def _send_what_waits(self, epoch: int, done: RoundFigures) -> None:
        if self._pusher.waits():
            self._pusher.push_all(epoch, None, done)

    def _prune(self) -> None:
        """Let go of what head office has held for long: not while this clock and head office's say different days."""
        now = self._clock.now()
        due = self._pruned_at is None or not timedelta(0) <= now - self._pruned_at < PRUNE_EVERY
        if due and abs(self._clock_off_s) < PRUNE_EVERY.total_seconds():
            self._store.prune_acked(now)
            self._pruned_at = now

    def _hello(self, stands: AtHello) -> protocol.HelloAnswer:
        self._line.speak_as(stands.link)
        request = hello_request(stands, self._clock, self._app_version)
        answer = self._line.call("POST", "/v1/hello", body=codec.canonical_bytes(request))
        if answer.status != 200:
            raise refused(answer, self._clock.now())
        hello = read_answer(protocol.HelloAnswer, answer)
        self._line.limits = hello.limits
        self._clock_off_s = round((self._clock.now() - hello.server_time).total_seconds())
        return hello

    def _contact(self) -> datetime | None:
        """The last word from head office: in this run, or the one the replica remembers."""
        return self._line.last_contact_at or self._store.mark().as_of


#: What ends a round but not the engine. Anything else is the till's own trouble and goes to the app.
_OF_THE_LINE = frozenset(
    {
        Reason.LINE_DOWN,
        Reason.CERTIFICATE_UNTRUSTED,
        Reason.CERTIFICATE_TIME,
        Reason.ANSWER_NOT_OURS,
        Reason.HEADOFFICE_BUSY,
        Reason.HEADOFFICE_FAILED,
        Reason.HEADOFFICE_REFUSED,
        Reason.TILL_REVOKED,
        Reason.TILL_NOT_ENROLLED,
        Reason.SYNC_FORK,
        Reason.SYNC_GAP,
        Reason.TILL_COPIED,
        Reason.TILL_NOT_KNOWN,
        Reason.TILL_OUTDATED,
        Reason.HEADOFFICE_OUTDATED,
    }
)
