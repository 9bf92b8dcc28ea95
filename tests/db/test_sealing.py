"""Pages sealed by us are what SQLCipher itself writes and reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pos_member.db.engine import Database
from pos_member.db.feed import apply
from pos_member.db.plain_replica import plain_replica, set_mark
from pos_member.db.sealing import PAGE_BYTES, RESERVE, SALT_BYTES, Sealer, Tampered
from tests.db.db_values import member
from tests.db_support import change

KEY = bytes(range(32))


def make_plain(path: Path, members: int = 60) -> bytes:
    with plain_replica(path) as connection:
        apply(connection, [change(member(n)) for n in range(members)])
        set_mark(connection, 7, 1, "mark")
    return path.read_bytes()


def test_the_library_reads_what_we_sealed(tmp_path: Path) -> None:
    plain = make_plain(tmp_path / "plain.db")
    salt = os.urandom(SALT_BYTES)
    sealed = Sealer(KEY, salt).seal(1, plain)
    assert len(sealed) == len(plain) and sealed.startswith(salt)
    path = tmp_path / "sealed.db"
    path.write_bytes(sealed)
    database = Database(path, KEY)
    database.require_sound()
    with database.raw() as connection:
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM member").fetchone() == (60,)
    with database.write() as connection:
        apply(connection, [change(member(n)) for n in range(60, 400)])
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*), max(row) FROM member").one() == (400, 400)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    database.close()


def test_we_read_what_the_library_wrote(tmp_path: Path) -> None:
    database = Database(tmp_path / "lib.db", KEY)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a TEXT)")
        connection.exec_driver_sql("INSERT INTO t VALUES (?)", [("สวัสดี" * 50,)] * 200)
    database.close()
    sealed = (tmp_path / "lib.db").read_bytes()
    opened = Sealer(KEY, sealed[:SALT_BYTES]).open(1, sealed)
    assert opened.startswith(b"SQLite format 3\0") and "สวัสดี".encode() in opened


def test_opened_is_what_was_sealed_from_any_page_on(tmp_path: Path) -> None:
    plain = make_plain(tmp_path / "plain.db")
    sealer = Sealer(KEY, bytes(SALT_BYTES))
    middle = 3 * PAGE_BYTES
    sealed = sealer.seal(1, plain[:middle]) + sealer.seal(4, plain[middle:])
    assert sealer.open(1, sealed) == plain
    assert sealer.open(4, sealed[middle:]) == plain[middle:]
    assert all(plain[end - RESERVE : end] == bytes(RESERVE) for end in range(PAGE_BYTES, len(plain) + 1, PAGE_BYTES))


@pytest.mark.parametrize("at", [20, 4_000, 4_020, 4_090, PAGE_BYTES + 1])
def test_a_changed_byte_is_noticed(tmp_path: Path, at: int) -> None:
    sealer = Sealer(KEY, bytes(SALT_BYTES))
    sealed = bytearray(sealer.seal(1, make_plain(tmp_path / "plain.db")))
    sealed[at] ^= 1
    with pytest.raises(Tampered):
        sealer.open(1, bytes(sealed))


def test_pages_in_another_place_are_noticed(tmp_path: Path) -> None:
    sealer = Sealer(KEY, bytes(SALT_BYTES))
    sealed = sealer.seal(1, make_plain(tmp_path / "plain.db"))
    with pytest.raises(Tampered):
        sealer.open(2, sealed[2 * PAGE_BYTES : 3 * PAGE_BYTES])
    with pytest.raises(Tampered):
        sealer.open(1, sealed[:-1])


def test_a_file_that_leaves_no_room_is_refused(tmp_path: Path) -> None:
    plain = bytearray(make_plain(tmp_path / "plain.db"))
    plain[20] = 0
    with pytest.raises(ValueError, match="sealed"):
        Sealer(KEY, bytes(SALT_BYTES)).seal(1, bytes(plain))
    with pytest.raises(ValueError, match="sealed"):
        Sealer(KEY, bytes(SALT_BYTES)).seal(2, b"half a page")
