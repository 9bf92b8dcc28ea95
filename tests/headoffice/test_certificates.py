"""Till certificates: made at enrolment, told to every till, renewed when a till's rights end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text, update

from pos_member.domain import codec
from pos_member.domain.code_keys import CodeKeyKind, TillCertificate, certificate_message
from pos_member.headoffice import admin, identity, schema, settling
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import VERSION, read_setting
from pos_member.headoffice.portable import Database, open_engine
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.settling import Signature
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES, CLOCK, database_url, new_id, rows
from tests.headoffice.old_office import as_version_3
from tests.office_database import office_url


def told(database: Database) -> list[TillCertificate]:
    """Every certificate of the feed in order, each with head office's signature checked."""
    with database.read() as connection:
        office = Ed25519PublicKey.from_public_bytes(bytes.fromhex(identity.server_public_key(connection)))
    found = []
    for row in sorted(rows(database, "feed"), key=lambda row: row.publish_no):
        if row.entity == "till_certificate":
            certificate = codec.from_feed(TillCertificate, json.loads(row.body))
            office.verify(bytes.fromhex(certificate.signature), certificate_message(certificate))
            assert (row.id, row.scope) == (certificate.id, "organisation")
            found.append(certificate)
    return found


def test_enrolment_tells_every_till_of_the_new_one(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two", branch=1) as two:
        found = told(office.database)
        assert [(c.id, c.number, c.branch_id) for c in found] == [
            (till.identity.id, till.identity.number, till.identity.branch_id) for till in (one, two)
        ]
        assert {c.public_key for c in found} == {row.public_key for row in rows(office.database, "till")}
        assert {(c.revoked_at, c.issued_at) for c in found} == {(None, CLOCK.now())}
        for till in (one, two):
            assert till.engine(line).sync_once().pulled > 0
            with office.database.read() as connection:
                key = bytes.fromhex(identity.server_public_key(connection))
            link = till.folder.sync_store.link()
            assert link is not None and link.server_public_key == key, "what tills check certificates with"
            held = till.folder.store.code_keys
            assert [held.certificate(c.number) for c in found] == found and held.head_office_key() == key
            (member_key,) = held.keys()
            assert (member_key.kind, member_key.number) == (CodeKeyKind.MEMBER, 1)


def test_a_certificate_speaks_of_one_till_alone(office: HeadOffice, tmp_path: Path) -> None:
    with DirectLine(office).enrolled(tmp_path):
        (certificate,) = told(office.database)
    with office.database.read() as connection:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(identity.server_public_key(connection)))
    for forged in (
        replace(certificate, number=certificate.number + 1),
        replace(certificate, public_key="00" * 32),
        replace(certificate, branch_id=BRANCHES[1].id),
        replace(certificate, face_max_satang=1),
        replace(certificate, revoked_at=CLOCK.now()),
    ):
        with pytest.raises(InvalidSignature):
            key.verify(bytes.fromhex(forged.signature), certificate_message(forged))


def test_a_repeated_enrolment_tells_nothing_new(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path) as till:
        link = till.folder.sync_store.link()
        assert link is not None
        assert len(told(office.database)) == 1
        assert till.engine(line).sync_once().pulled > 0
        assert len(told(office.database)) == 1


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_end_of_a_tills_rights_is_told_once(office: HeadOffice, tmp_path: Path, by_hand: bool) -> None:
    later = CLOCK.now() + timedelta(hours=3)

    def revoke(till_id: str) -> bool:
        if not by_hand:
            return admin.revoke_till(database_url(tmp_path), till_id, CLOCK)
        with office.database.write() as connection:
            return settling.revoke(connection, till_id, Signature(new_id(), "สมศรี", "หาย", later))

    with DirectLine(office).enrolled(tmp_path, "one") as one, DirectLine(office).enrolled(tmp_path, "two"):
        assert revoke(one.identity.id)
        assert not revoke(one.identity.id) and not revoke(new_id())
        found = told(office.database)
    assert [(c.number, c.revoked_at) for c in found] == [(1, None), (2, None), (1, later if by_hand else CLOCK.now())]
    assert found[2].public_key == found[0].public_key and found[2].signature != found[0].signature


def as_version_2(path: Path) -> None:
    """What the second version would have left: no keys, no certificates, bar codes as they were given.

    Nobody knows when a till was revoked.
    """
    as_version_3(path)
    engine = open_engine(office_url(path))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE code_key"))
        connection.execute(text("ALTER TABLE till DROP COLUMN revoked_at"))
        row = {"entity": "product", "id": "p", "code": "S", "body": '{"id":"p","barcode":"036000291452"}'}
        connection.execute(schema.catalogue.insert().values(**row))
        connection.execute(schema.feed.delete().where(schema.feed.c.entity.in_(("code_key", "till_certificate"))))
        connection.execute(update(schema.setting).where(schema.setting.c.name == VERSION).values(value="2"))
    engine.dispose()


def test_an_earlier_head_office_gets_its_key_and_tells_of_its_tills(office: HeadOffice, tmp_path: Path) -> None:
    line = DirectLine(office)
    with (
        line.enrolled(tmp_path, "one"),
        line.enrolled(tmp_path, "two") as two,
        line.enrolled(tmp_path, "three") as three,
    ):
        later = CLOCK.now() + timedelta(hours=1)
        with office.database.write() as connection:
            assert settling.revoke(connection, two.identity.id, Signature(new_id(), "สมศรี", "หาย", later))
        assert admin.revoke_till(database_url(tmp_path), three.identity.id, CLOCK)
    office.database.close()
    as_version_2(tmp_path / "office.db")
    for _ in range(2):
        database = open_database(database_url(tmp_path))
        with database.read() as connection:
            assert read_setting(connection, VERSION) == str(schema.SCHEMA_VERSION)
        # The journal knows of the console's; of the other nobody does, and it never signed a coupon.
        assert [(c.number, c.revoked_at) for c in told(database)] == [(1, None), (2, later), (3, CLOCK.now())]
        assert [(row.kind, row.number) for row in rows(database, "code_key")] == [("member", 1)]
        assert len([row for row in rows(database, "feed") if row.entity == "code_key"]) == 1
        products = [row.body for table in ("catalogue", "feed") for row in rows(database, table) if row.id == "p"]
        assert products == ['{"id":"p","barcode":"0036000291452"}'] * 2
        database.close()
