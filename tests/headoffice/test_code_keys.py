"""Head office's keys behind codes: made at the first start, told to tills, rotated, retired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos_member.domain import codec
from pos_member.domain.code_keys import CodeKey, CodeKeyKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.headoffice import code_keys
from pos_member.headoffice.database import open_database
from pos_member.headoffice.portable import Database
from tests.headoffice.office_support import CLOCK, rows
from tests.office_database import office_url

MEMBER, ROTATING = CodeKeyKind.MEMBER, CodeKeyKind.ROTATING
NOW = CLOCK.now()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(office_url(tmp_path / "office.db"))
    yield opened
    opened.close()


def told(database: Database) -> dict[str, Any]:
    """What tills hold of keys once they have read the whole feed: the ``CodeKey`` by id."""
    held: dict[str, Any] = {}
    for row in sorted(rows(database, "feed"), key=lambda row: row.publish_no):
        if row.entity == "code_key":
            held[row.id] = None if row.deleted else codec.from_feed(CodeKey, json.loads(row.body))
    return {key_id: key for key_id, key in held.items() if key is not None}


def rotate(database: Database, kind: CodeKeyKind = MEMBER, *, anyway: bool = False) -> code_keys.KeyState:
    with database.write() as connection:
        return code_keys.rotate(connection, kind, NOW, anyway=anyway)


def retire(database: Database, number: int, kind: CodeKeyKind = MEMBER) -> code_keys.KeyState:
    with database.write() as connection:
        return code_keys.retire(connection, kind, number, NOW + timedelta(days=1))


def states(database: Database, kind: CodeKeyKind = MEMBER) -> list[tuple[int, bool, bool]]:
    """(number, signs, good), newest first."""
    with database.read() as connection:
        found = code_keys.listed(connection)
    return [(each.number, each.signs, each.retired_at is None) for each in found if each.kind is kind]


def refused(run: Any, *arguments: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        run(*arguments, **named)
    return caught.value


def test_the_first_start_makes_one_member_key_and_tells_its_public_half_alone(
    tmp_path: Path, database: Database
) -> None:
    (row,) = rows(database, "code_key")
    again = open_database(office_url(tmp_path / "office.db"))
    assert [tuple(each) for each in rows(again, "code_key")] == [tuple(row)]
    again.close()
    assert (row.kind, row.ordinal, row.number, row.retired_at) == ("member", 1, 1, None)
    (change,) = rows(database, "feed")
    assert (change.entity, change.id, change.scope, change.deleted) == ("code_key", "member:1", "organisation", False)
    key = told(database)["member:1"]
    assert (key.kind, key.number, key.key) == (MEMBER, 1, row.public)
    assert row.private not in change.body and row.private != row.public
    with database.read() as connection:
        making = code_keys.making_key(connection, MEMBER)
    assert making.number == 1
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.key)).verify(making.sign(b"said"), b"said")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.key)).verify(making.sign(b"said"), b"other")


def test_the_next_key_signs_at_once_and_the_old_one_stays_good_until_it_is_retired(database: Database) -> None:
    made = rotate(database)
    assert (made.number, made.signs) == (2, True)
    assert states(database) == [(2, True, True), (1, False, True)]
    keys = told(database)
    assert sorted(keys) == ["member:1", "member:2"] and keys["member:1"].key != keys["member:2"].key
    assert all(key.good_at(NOW) for key in keys.values())
    full = refused(rotate, database)
    assert (full.reason, full.params) == (Reason.CODE_KEYS_TWO, {"kind": "member", "oldest": 1})
    ended = retire(database, 1)
    assert ended.retired_at == NOW + timedelta(days=1)
    old = told(database)["member:1"]
    assert old.good_at(NOW) and not old.good_at(NOW + timedelta(days=1)), "tills hear when it ended"
    assert {row.number: bool(row.private) for row in rows(database, "code_key")} == {1: False, 2: True}
    assert rotate(database).number == 3


def test_of_two_good_keys_the_newer_can_be_the_one_that_leaked(database: Database) -> None:
    rotate(database)
    retire(database, 2)
    assert states(database) == [(2, False, False), (1, True, True)]
    with database.read() as connection:
        assert code_keys.making_key(connection, MEMBER).number == 1
    assert rotate(database).number == 3


def test_the_only_member_key_is_not_retired_and_none_twice(database: Database) -> None:
    assert refused(retire, database, 1).reason is Reason.CODE_KEY_LAST
    rotate(database)
    retire(database, 1)
    for number in (1, 9):
        assert refused(retire, database, number).reason is Reason.CODE_KEY_NOT_LIVE
    assert len(rows(database, "feed")) == 3, "what was refused told nobody anything"


def test_numbers_come_again_after_the_last_one_past_those_still_good(database: Database) -> None:
    """255 numbers, one of them in use all the time."""
    for expected in range(2, 256):
        assert rotate(database).number == expected
        retire(database, expected)
    assert rotate(database).number == 2, "1 is still good"
    newest = max(rows(database, "code_key"), key=lambda row: row.ordinal)
    key = told(database)["member:2"]
    assert (newest.ordinal, key.key, key.retired_at) == (256, newest.public, None)


def test_rotating_codes_are_off_until_somebody_says_so_knowing_the_price(database: Database) -> None:
    assert states(database, ROTATING) == []
    with database.read() as connection:
        assert refused(code_keys.making_key, connection, ROTATING).reason is Reason.ROTATING_OFF
    assert refused(rotate, database, ROTATING).reason is Reason.ROTATING_TELLS_TILLS
    assert sorted(told(database)) == ["member:1"]
    assert rotate(database, ROTATING, anyway=True).number == 0
    key = told(database)["rotating:0"]
    with database.read() as connection:
        assert bytes.fromhex(key.key) == code_keys.making_key(connection, ROTATING).private
    assert rotate(database, ROTATING).number == 1, "the price was accepted before"
    assert states(database, ROTATING) == [(1, True, True), (0, False, True)]


def test_switching_rotating_codes_off_takes_their_secrets_off_the_tills(database: Database) -> None:
    with database.write() as connection:
        assert code_keys.switch_off(connection, NOW) == 0
    rotate(database, ROTATING, anyway=True)
    secret = told(database)["rotating:0"].key
    rotate(database, ROTATING)
    with database.write() as connection:
        assert code_keys.switch_off(connection, NOW) == 2
    assert sorted(told(database)) == ["member:1"]
    assert secret not in "".join(row.body for row in rows(database, "feed") if row.deleted)
    assert {row.private for row in rows(database, "code_key") if row.kind == "rotating"} == {""}
    assert refused(rotate, database, ROTATING).reason is Reason.ROTATING_TELLS_TILLS
    assert rotate(database, ROTATING, anyway=True).number == 2


def test_what_is_listed_holds_no_secret(database: Database) -> None:
    rotate(database, ROTATING, anyway=True)
    secrets = {row.private for row in rows(database, "code_key")}
    with database.read() as connection:
        shown = json.dumps([asdict(each) for each in code_keys.listed(connection)], default=str)
    assert len(secrets) == 2 and not any(secret in shown for secret in secrets)
