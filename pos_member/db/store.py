"""The till's storage as the use cases see it: two encrypted files behind one object.

``till.db`` holds this till's facts, ``replica.db`` head office's data. No transaction spans both; the readers merge
them (``repositories.members``, ``repositories.coupons``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pos_member.db.engine import Database
from pos_member.db.repositories.catalogue import SqlCatalogue
from pos_member.db.repositories.code_keys import SqlCodeKeys
from pos_member.db.repositories.coupons import SqlCoupons
from pos_member.db.repositories.days import SqlDays
from pos_member.db.repositories.evidence import SqlEvidence
from pos_member.db.repositories.facts import SqlFacts
from pos_member.db.repositories.members import SqlMembers
from pos_member.db.repositories.presented import SqlPresented
from pos_member.db.repositories.rights import SqlRights
from pos_member.db.repositories.rights_evidence import SqlRightsEvidence
from pos_member.db.space import FreeSpace, free_bytes, require_space
from pos_member.db.unit_of_work import SqlTransaction
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.org import Settings
from pos_member.services.code_ports import CodeKeys, Presented
from pos_member.services.day_ports import Days
from pos_member.services.evidence_ports import Evidence
from pos_member.services.ports import Catalogue, Coupons, Facts, Members, TillTransaction
from pos_member.services.rights_ports import Rights, RightsEvidence


class SqlTillStore:
    """``services.ports.TillStore``. Thread-safe; made by ``folder.DataFolder``."""

    catalogue: Catalogue
    members: Members
    coupons: Coupons
    facts: Facts
    evidence: Evidence
    code_keys: CodeKeys
    presented: Presented
    rights: Rights
    rights_evidence: RightsEvidence
    days: Days

    def __init__(self, till: Database, replica: Database, clock: Clock, free: FreeSpace = free_bytes) -> None:
        self._till = till
        self._replica = replica
        self._clock = clock
        self._free = free
        self._sql_catalogue = SqlCatalogue(replica.read, self._till_id)
        self.catalogue = self._sql_catalogue
        self.members = SqlMembers(till.read, replica.read)
        self.coupons = SqlCoupons(till.read, replica.read)
        self.facts = SqlFacts(till.read, self._zone)
        self.evidence = SqlEvidence(till.read)
        self.code_keys = SqlCodeKeys(till.read, replica.read)
        self.presented = SqlPresented(till.read, replica.read, till.write)
        #: Also what the talk with head office works on: members identified at the counter are asked about there.
        self.sql_rights = SqlRights(till.read, replica.read, till.write)
        self.rights = self.sql_rights
        self.rights_evidence = SqlRightsEvidence(till.read)
        self.days = SqlDays(till.read, self._zone)

    @contextmanager
    def transaction(self) -> Iterator[TillTransaction]:
        """One unit of work: commits on leaving, is undone by an exception.

        A commit that raises may have been kept all the same: look the fact's id up, and try again with the same
        id only (``services.durable``, ``has_event``). Raises ``RuntimeError`` inside another transaction.
        """
        with self._till.write() as connection:
            yield SqlTransaction(
                connection,
                self._replica.read,
                self._clock,
                self._zone,
                uses_per_code=self._sql_catalogue.uses_per_code,
                rights=self.sql_rights,
            )

    def require_room(self) -> None:
        """Ask before a new bill. Raises ``EnvironmentProblem(DISK_FULL)`` below ``space.REFUSE_BELOW``."""
        require_space(self._till.path.parent, self._free)

    def has_event(self, event_id: str) -> bool:
        """Whether an event is in the change queue: how a caller learns what became of a commit that failed."""
        with self._till.read() as connection:
            found = connection.exec_driver_sql("SELECT 1 FROM change_queue WHERE event_id = ?", (event_id,))
            return found.first() is not None

    def _till_id(self) -> str | None:
        identity = self.facts.identity()
        return None if identity is None else identity.id

    def _zone(self) -> str:
        """The organisation's zone; the default one before head office sent the organisation."""
        try:
            return self.catalogue.organisation().settings.zone
        except EnvironmentProblem as problem:
            if problem.reason is not Reason.SHOP_NOT_LOADED:
                raise
            return Settings().zone
