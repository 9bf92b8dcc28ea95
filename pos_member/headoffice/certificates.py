"""Head office's word on the tills' keys, by which a coupon signed at one till is believed at another.

A certificate says no more than the till's row does, and Ed25519 makes the same signature of the same bytes, so nothing
is stored: it is made and published when a till is enrolled and again when its rights end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, select, update

from pos_member.domain import codec
from pos_member.domain.code_keys import TillCertificate, certificate_message
from pos_member.headoffice import feed, times
from pos_member.headoffice.kept import SIGNING_KEY, read_setting
from pos_member.headoffice.schema import till
from pos_member.services.sync_ports import FeedEntity


def publish(connection: Connection, till_ids: Iterable[str] | None = None) -> int:
    """Tell every till of the keys of these tills (all, for ``None``), by number. Returns how many."""
    query = select(till).order_by(till.c.number)
    if till_ids is not None:
        query = query.where(till.c.id.in_(list(till_ids)))
    signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_setting(connection, SIGNING_KEY)))
    drafts = [_draft(_certificate(row, signing)) for row in connection.execute(query)]
    feed.publish(connection, drafts)
    return len(drafts)


def end_rights(connection: Connection, till_id: str, at: datetime) -> bool:
    """Revoke a till: it may still upload. ``False``, with nothing changed, where it is unknown or has none any more."""
    here = (till.c.id == till_id) & till.c.revoked.is_(False)
    done = update(till).where(here).values(revoked=True, revoked_at=times.stored(at))
    if connection.execute(done).rowcount != 1:
        return False
    publish(connection, [till_id])
    return True


def _certificate(row: Row[Any], signing: Ed25519PrivateKey) -> TillCertificate:
    bare = TillCertificate(
        id=row.id,
        number=row.number,
        branch_id=row.branch_id,
        public_key=row.public_key,
        issued_at=times.read(row.enrolled_at),
        signature="",
        revoked_at=times.read(row.revoked_at) if row.revoked_at else None,
    )
    return replace(bare, signature=signing.sign(certificate_message(bare)).hex())


def _draft(certificate: TillCertificate) -> feed.Draft:
    return feed.Draft(FeedEntity.TILL_CERTIFICATE.value, certificate.id, codec.to_wire(certificate))
