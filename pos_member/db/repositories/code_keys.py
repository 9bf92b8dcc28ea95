"""The keys behind signed and rotating codes, as the replica holds them: read again only when the catalogue changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from pos_member.db import replica_schema as r
from pos_member.db import schema_states as s
from pos_member.db.repositories.mark import read_mark
from pos_member.db.repositories.reading import Borrow
from pos_member.domain.code_keys import CodeKey, TillCertificate
from pos_member.domain.codec import from_feed_bytes
from pos_member.domain.errors import Refusal
from pos_member.services.sync_ports import FeedEntity

_log = logging.getLogger(__name__)
T = TypeVar("T")
_BODIES = select(r.item.c.body).where(r.item.c.entity == bindparam("entity")).order_by(r.item.c.id)
_SERVER_KEY = select(s.till_identity.c.server_public_key)


@dataclass(frozen=True)
class _Read:
    """All that was told, as of one revision of the catalogue."""

    revision: int
    keys: tuple[CodeKey, ...] = ()
    certificates: Mapping[int, TillCertificate] = field(default_factory=dict)


class SqlCodeKeys:
    """``services.code_ports.CodeKeys``. Thread-safe."""

    def __init__(self, till: Borrow, replica: Borrow) -> None:
        self._till = till
        self._replica = replica
        self._lock = threading.Lock()
        self._read: _Read | None = None
        #: Most changes of the catalogue leave the certificates as they were: those are not decoded again.
        self._decoded: dict[bytes, TillCertificate] = {}

    def keys(self) -> tuple[CodeKey, ...]:
        """Every key head office told of, retired ones too."""
        return self._now().keys

    def certificate(self, till_number: int) -> TillCertificate | None:
        """What head office says of the till with this number; its signature is not looked at here."""
        return self._now().certificates.get(till_number)

    def head_office_key(self) -> bytes:
        """The public key learned at enrolment; empty for a till without a head office."""
        with self._till() as connection:
            return bytes(connection.execute(_SERVER_KEY).scalar() or b"")

    def _now(self) -> _Read:
        with self._replica() as connection:
            revision = read_mark(connection).revision
            known = self._read
            if known is None or known.revision != revision:
                with self._lock:
                    self._read = known = self._load(connection, revision)
        return known

    def _load(self, connection: Connection, revision: int) -> _Read:
        bodies = _bodies(connection, FeedEntity.TILL_CERTIFICATE)
        decoded = {}
        for body in bodies:
            found = self._decoded.get(body) or _decode(TillCertificate, body)
            if found is not None:
                decoded[body] = found
        self._decoded = decoded
        keys = (_decode(CodeKey, body) for body in _bodies(connection, FeedEntity.CODE_KEY))
        return _Read(
            revision,
            tuple(key for key in keys if key is not None),
            {certificate.number: certificate for certificate in decoded.values()},
        )


def _bodies(connection: Connection, entity: FeedEntity) -> Iterator[bytes]:
    return (bytes(body) for body in connection.execute(_BODIES, {"entity": entity.value}).scalars())


def _decode(cls: type[T], body: bytes) -> T | None:
    """None for a key of a kind that this build does not know: its codes are refused, nothing else stops."""
    try:
        return from_feed_bytes(cls, body)
    except Refusal as refusal:
        _log.warning("a %s that cannot be read: %s", cls.__name__, refusal.params)
        return None
