"""At the opening of a data folder: is this the database that was here last? And from then on, keeping note of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from pos_member.db import epochs, sidecar
from pos_member.db.engine import Database
from pos_member.db.sidecar import Found, Standing
from pos_member.db.sidecar_keeper import LAG_S, SidecarKeeper
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.ids import IdMaker
from pos_member.services.sync_ports import Doubt

log = logging.getLogger(__name__)
_HERE = "SELECT id, epoch, server_url, (SELECT value FROM sync_note WHERE name = 'database_id') FROM till_identity"


class Beside:
    """What lies beside ``till.db``. ``check`` once after opening; ``keeper`` from then on."""

    def __init__(self, till: Database, folder: Path, state: Path, clock: Clock, *, lag_s: float | None = LAG_S) -> None:
        self._till = till
        self._folder = folder.absolute()
        self._state = state
        self._clock = clock
        self._new_id = IdMaker(clock)
        self.keeper = SidecarKeeper(self._standing, self._files, self._note, lag_s=lag_s)
        till.on_commit = self.keeper.changed

    def check(self) -> Doubt | None:
        """Compare the database with its sidecar. A database that is not what was here last gets rid of what it may not
        use: its rights are suspended, its counters jump, a copy gets a name of its own; selling goes on."""
        try:
            return self._check()
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.DATABASE_CORRUPT:
                raise
            # Whoever reads facts next is told so; a folder does not stay shut for its sidecar.
            log.info("the sidecar is not compared with a damaged database")
            return None

    def _check(self) -> Doubt | None:
        with self._till.read() as connection:
            here = self._read(connection)
            if here is None:
                return None
            before = epochs.doubt_of(connection)
            noted = epochs.note(connection, epochs.SIDECAR) is not None
            found = sidecar.read(self._files(here))
            doubt = sidecar.judge(here, found, epochs.chain_at(connection, found.seq), noted=noted)
        if doubt is Doubt.UNSURE and before is not None:
            doubt = None  # it is known already, and tells of no number that was used since
        if doubt is not None:
            self._distrust(doubt, before, here, found)
        self.keeper.keep()
        return doubt

    def _distrust(self, doubt: Doubt, before: Doubt | None, here: Standing, found: Found) -> None:
        """``before``: a backup may have been taken while there was a doubt. That one stays, for head office has not
        heard of it; but a copy is a copy."""
        known = found.numbers if doubt is Doubt.RESTORED and found.beyond(here) else None
        log.warning("till.db is not what was here last: %s (at %d, noted %d)", doubt.value, here.seq, found.seq)
        said = before if before is not None and doubt is Doubt.RESTORED else doubt
        with self._till.write() as connection:
            epochs.raise_doubt(connection, said, None if doubt is Doubt.RESTORED else self._new_id())
            epochs.skip_numbers(connection, self._clock.now(), known)

    def _note(self) -> None:
        """The files first, then that they are there."""
        with self._till.read() as connection:
            noted = epochs.note(connection, epochs.SIDECAR) is not None
        if not noted:
            with self._till.write() as connection:
                epochs.set_note(connection, epochs.SIDECAR, "kept")

    def _standing(self) -> Standing | None:
        with self._till.read() as connection:
            here = self._read(connection)
            nameless = here is not None and not here.database_id
        if here is None or not nameless:
            return here
        with self._till.write() as connection:
            epochs.name_database(connection, self._new_id)
        return self._standing()

    def _read(self, connection: Connection) -> Standing | None:
        """``None`` for a till without head office: nobody could give it a new epoch, and it has no rights."""
        here = connection.exec_driver_sql(_HERE).one_or_none()
        if here is None or not here[2]:
            return None
        till_id, epoch, _, database_id = here
        seq, chain = epochs.own_head(connection)
        return Standing(
            till_id=till_id,
            epoch=epoch,
            database_id=database_id or "",
            seq=seq,
            chain=chain,
            numbers=epochs.counters(connection),
            machine=sidecar.machine(),
            folder=str(self._folder),
        )

    def _files(self, standing: Standing) -> Sequence[Path]:
        return sidecar.places(self._folder, self._state, standing.database_id)
