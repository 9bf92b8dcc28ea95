"""Limits of the line and sticks at the window: ``ui.line_ports.LineAdmin`` over settings, drives and ``sync.carry``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QStandardPaths, QStorageInfo

from pos_member import __version__
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.ui.line_ports import AnswerFile, CarriedIn, CarriedOut, Place, Stopping, Tell

if TYPE_CHECKING:
    from pos_member.app.composition import Till
    from pos_member.app.lanes import NetworkLane
    from pos_member.app.settings import TillSettings
    from pos_member.domain.line_setup import LineSetup
    from pos_member.domain.permission import Session

#: Where systems put what is plugged in.
_STICK_ROOTS = ("/media/", "/run/media/", "/mnt/", "/Volumes/")
_FILES_SHOWN = 50


class TillLineAdmin:
    """See ``LineAdmin``. ``settings`` and ``change``: the till's own, from any thread."""

    def __init__(
        self,
        till: Till,
        network: NetworkLane,
        settings: Callable[[], TillSettings],
        change: Callable[[Callable[[TillSettings], TillSettings]], None],
        places: Callable[[], Sequence[Place]] | None = None,
    ) -> None:
        self._till, self._network = till, network
        self._settings, self._change = settings, change
        self._places = places or stick_places
        #: The sticks that were offered last.
        self._offered: frozenset[Path] = frozenset()

    # --- limits --------------------------------------------------------------------------------------------

    def setup(self) -> LineSetup:
        """See ``LineAdmin``."""
        return self._settings().line

    def save(self, session: Session, setup: LineSetup) -> None:
        """See ``LineAdmin``."""
        before, kept = self.setup(), threading.Event()

        def keep() -> None:
            self._change(lambda settings: replace(settings, line=setup))
            kept.set()

        try:
            self._till.services.line.keep(session, setup, keep)
        except EnvironmentProblem:
            if kept.is_set():  # the record of it could not be written
                self._change(lambda settings: replace(settings, line=before))
            raise

    # --- sticks --------------------------------------------------------------------------------------------

    def places(self) -> Sequence[Place]:
        """See ``LineAdmin``."""
        found = self._places()
        self._offered = frozenset(place.path for place in found if place.stick)
        return found

    def answers(self) -> Sequence[AnswerFile]:
        """See ``LineAdmin``. At the top of a place and in its folders, no deeper."""
        from pos_member.sync.protocol_carry import DOWN_ENDING

        found: dict[Path, AnswerFile] = {}
        for place in self._places():
            for pattern in (f"*{DOWN_ENDING}", f"*/*{DOWN_ENDING}"):
                found |= {each.path: each for each in _files(place, pattern)}
        return tuple(sorted(found.values(), key=lambda each: each.at, reverse=True)[:_FILES_SHOWN])

    def carry_out(
        self, session: Session, folder: Path, first: int, tell: Tell, stopping: Stopping
    ) -> CarriedOut | None:
        """See ``LineAdmin``."""
        from pos_member.sync.carry import CarryStopped, export

        till = self._till
        sticks = {place.path for place in self._places() if place.stick}
        # The folder of a stick may be there when the stick is not; a name that is no folder would become a file.
        if not folder.is_dir() or folder in self._offered - sticks:
            raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(folder))
        till.services.line.carry_out(session)
        try:
            made = export(
                till.folder.sync_store,
                folder,
                till.clock,
                app_version=__version__,
                from_seq=first or None,
                intake=till.folder.intake,
                tell=tell,
                stopping=stopping,
            )
        except CarryStopped:
            return None
        events = made.last - made.first + 1 if made.first else 0
        on_stick = any(made.path.is_relative_to(each) for each in sticks)
        return CarriedOut(made.path, events, made.bills, made.oldest, made.newest, on_stick)

    def take_in(self, session: Session, path: Path, tell: Tell, stopping: Stopping) -> CarriedIn | None:
        """See ``LineAdmin``."""
        from pos_member.sync.carry import CarryStopped
        from pos_member.sync.carry import take_in as read

        till, store = self._till, self._till.folder.sync_store
        till.services.line.carry_in(session)
        try:
            done = read(store, path, till.clock, intake=till.folder.intake, tell=tell, stopping=stopping)
        except CarryStopped:
            return None
        till.services.line.carried_in(session, done.acked_seq, done.changes)
        return CarriedIn(
            changes=done.changes,
            waiting=store.queue_status().waiting,
            quarantined=done.quarantined,
            nothing_new=done.known,
            new_epoch=bool(done.epoch),
            again_from=done.again,
            left=done.left,
        )

    # --- the large load ------------------------------------------------------------------------------------

    def pause_load(self) -> None:
        """See ``LineAdmin``."""
        self._network.pause_load()

    def go_on_loading(self) -> None:
        """See ``LineAdmin``."""
        self._network.go_on_loading()


def stick_places() -> tuple[Place, ...]:
    """Sticks that can be written, by name, then the person's documents."""
    drives = [
        (drive.rootPath(), drive.displayName(), drive.bytesAvailable())
        for drive in QStorageInfo.mountedVolumes()
        if drive.isValid() and drive.isReady() and not drive.isReadOnly()
    ]
    found = [
        Place(Path(root), name if name != root else Path(root).name or root, True, free)
        for root, name, free in drives
        if is_stick(root, QDir.rootPath())
    ]
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    own = Path(documents) if documents and Path(documents).is_dir() else Path.home()
    free = QStorageInfo(str(own)).bytesAvailable()
    return (*sorted(found, key=lambda place: place.label.casefold()), Place(own, own.name, False, max(0, free)))


def is_stick(root: str, system_root: str) -> bool:
    """Whether what is mounted at ``root`` was plugged in: by the folders systems use for that; on Windows every drive
    but the system's."""
    if ":" in system_root:
        return ":" in root and root.casefold() != system_root.casefold()
    return f"{root.rstrip('/')}/".startswith(_STICK_ROOTS) and root.rstrip("/") + "/" not in _STICK_ROOTS


def _files(place: Place, pattern: str) -> Iterable[AnswerFile]:
    try:
        for path in place.path.glob(pattern):
            yield AnswerFile(path, datetime.fromtimestamp(path.stat().st_mtime, UTC), place.label)
    except OSError:
        return  # pulled out while it was looked through: what is on it is not there any more
