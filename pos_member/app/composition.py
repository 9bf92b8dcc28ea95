"""A till, put together: data folder, use cases, sync engine. What the window, the commands and the demo start from."""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member import __version__, log
from pos_member.app.settings import load_settings
from pos_member.app.template_tools import PaperTemplateTools
from pos_member.db.folder import DataFolder
from pos_member.db.signatures import TillSignatures
from pos_member.db.store import SqlTillStore
from pos_member.domain.clock import Clock, SystemClock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.ids import IdMaker
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.org import Branch, Settings, TillIdentity
from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing.font_folder import current_folder, use_folder
from pos_member.services.ports import Catalogue
from pos_member.services.till import TillContext, TillServices
from pos_member.wording import say

if TYPE_CHECKING:
    from pos_member.db.pin_hasher import Argon2PinHasher
    from pos_member.sync.engine import SyncEngine
    from pos_member.sync.pacing import Pace
    from pos_member.sync.watching import Watcher

#: The shop's own fonts, in the data folder.
FONTS = "fonts"
_PEPPER_PURPOSE = b"pos-member pin pepper v1"


def pin_hasher(settings: Settings) -> Argon2PinHasher:
    """The organisation's hasher. Its pepper is derived from the organisation's secret key, which reaches enrolled
    tills only and lies encrypted on each: a staff list that leaks elsewhere cannot be searched for PINs."""
    from pos_member.db.pin_hasher import Argon2PinHasher  # not needed before somebody signs in

    key = bytes.fromhex(settings.member_number_key)
    return Argon2PinHasher(hmac.digest(key, _PEPPER_PURPOSE, hashlib.sha256))


class OrganisationPinHasher:
    """``services.ports.PinHasher`` with the pepper of whatever organisation the till belongs to by then."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def hash(self, pin: str) -> str:
        """See ``PinHasher``."""
        return pin_hasher(self._catalogue.organisation().settings).hash(pin)

    def verify(self, encoded: str, pin: str) -> bool:
        """See ``PinHasher``."""
        return pin_hasher(self._catalogue.organisation().settings).verify(encoded, pin)


class Till:
    """An open till. Made by ``open_till``."""

    def __init__(self, folder: DataFolder, clock: Clock, *, practice: bool = False) -> None:
        self.folder = folder
        self.clock = clock
        self.store: SqlTillStore = folder.store
        self.new_id = IdMaker(clock)
        self.practice = practice
        #: The printers that are in use, set by whoever prints: use cases look here for a drawer and for roles.
        self.printers: tuple[PrinterSetup, ...] = ()
        line = load_settings(folder.path).line
        #: How much of the line may be used; the window puts its live settings here.
        self.line_setup: Callable[[], LineSetup] = lambda: line
        self._shared_paces: tuple[Pace, Pace] | None = None
        self.services = TillServices(
            TillContext(
                store=folder.store,
                clock=clock,
                new_id=self.new_id,
                random_below=secrets.randbelow,
                hasher=OrganisationPinHasher(folder.store.catalogue),
                say=say,
                practice=practice,
                printers=lambda: self.printers,
                templates=PaperTemplateTools(),
                signatures=TillSignatures(self._signing_key),
                joined=lambda: self.enrolled,
            )
        )

    def _signing_key(self) -> bytes | None:
        """The key that coupons are signed with. Practice has none: nothing printed there is worth anything."""
        link = None if self.practice else self.folder.sync_store.link()
        return None if link is None else link.private_key

    def sync_engine(self, stop: Callable[[], bool] = lambda: False) -> SyncEngine:
        """The conversation with head office. Raises ``EnvironmentProblem(TILL_NOT_ENROLLED)``; practice never syncs."""
        from pos_member.sync.engine import SyncEngine  # an HTTP client takes longer to import than a bill to ring
        from pos_member.sync.transport import HttpTransport

        link = self.folder.sync_store.link()
        if link is None or not link.server_url or self.practice:
            raise EnvironmentProblem(Reason.TILL_NOT_ENROLLED)
        return SyncEngine(
            self.folder.sync_store,
            HttpTransport(link.server_url, setup=self.line_setup, paces=self._paces()),
            self.clock,
            random.Random(),  # spreads retries, keeps no secret
            app_version=__version__,
            stop=stop,
            setup=self.line_setup,
            zone=self.zone,
            intake=self.folder.intake,
        )

    def watcher(self) -> Watcher:
        """Who waits for head office's news, on a line of its own. Raises as ``sync_engine``."""
        from pos_member.sync.transport import HttpTransport
        from pos_member.sync.watching import Watcher

        link = self.folder.sync_store.link()
        if link is None or not link.server_url or self.practice:
            raise EnvironmentProblem(Reason.TILL_NOT_ENROLLED)
        server_url, paces = link.server_url, self._paces()
        make = partial(HttpTransport, server_url, setup=self.line_setup, paces=paces)
        return Watcher(self.folder.sync_store, make, self.clock)

    def _paces(self) -> tuple[Pace, Pace]:
        """Up and down, of all lines together: two with a pace each would take twice the limit."""
        from pos_member.sync.pacing import both_ways

        if self._shared_paces is None:
            self._shared_paces = both_ways(lambda: self.line_setup())  # noqa: PLW0108 - the window puts its own there
        return self._shared_paces

    def zone(self) -> str:
        """The shop's zone; the default one before head office sent the shop."""
        try:
            return self.store.catalogue.organisation().settings.zone
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.SHOP_NOT_LOADED:
                raise
            return Settings().zone

    @property
    def enrolled(self) -> bool:
        """Whether there is a head office to talk to."""
        link = self.folder.sync_store.link()
        return link is not None and bool(link.server_url) and not self.practice


@contextmanager
def open_till(path: Path, *, practice: bool = False, clock: Clock | None = None) -> Iterator[Till]:
    """Open the till in ``path`` and close it again; while it is open, papers find the shop's fonts in it.

    Raises as ``DataFolder``.
    """
    clock = clock or SystemClock()
    with DataFolder(path, clock) as folder, log.to_folder(path):
        before = current_folder()
        use_folder(path / FONTS)
        try:
            yield Till(folder, clock, practice=practice)
        finally:
            use_folder(before)


@contextmanager
def open_known_till(path: Path) -> Iterator[Till]:
    """As ``open_till``, for commands that read or go on with what is there: a slip in the folder's name makes no till.

    Raises also ``EnvironmentProblem(NO_TILL_HERE, folder=…)``; nothing is created then.
    """
    try:
        known = any(path.iterdir())
    except PermissionError:
        known = True  # somebody else's: opening it says so
    except OSError:
        known = False
    if not known:
        raise EnvironmentProblem(Reason.NO_TILL_HERE, folder=str(path))
    with open_till(path) as till:
        yield till


def enrol_till(path: Path, server: str, code: str, *, label: str = "") -> tuple[TillIdentity, Branch | None]:
    """Enrol the till in ``path`` at head office, then fetch head office's data once. Returns who it is, and its branch
    where that came along.

    Raises as ``sync.enrol.enrol``; a line that drops after the enrolment leaves an enrolled till that fetches later.
    """
    from pos_member.sync.enrol import enrol

    with open_till(path) as till:
        identity = enrol(server, code, till.folder.sync_store, label=label)
        till.sync_engine().sync_once()
        branches = till.folder.store.catalogue.branches()
        return identity, next((each for each in branches if each.id == identity.branch_id), None)
