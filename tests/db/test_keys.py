"""Where the secrets live, and that a wrong or missing key is told from a broken file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pos_member.db.folder import DataFolder
from pos_member.db.keys import KeyPlace, load_keys, system_keystore
from pos_member.domain.errors import EnvironmentProblem, Reason
from tests.db_support import SetClock, make_folder, no_keystore
from tests.log_watch import ExpectLog


class Keyring:
    """A keystore in memory."""

    def __init__(self, *, broken: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = broken

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise RuntimeError("locked")
        self.kept[(service, username)] = password


def test_keystore_is_used_where_there_is_one(tmp_path: Path) -> None:
    ring = Keyring()
    made = load_keys(tmp_path, must_exist=False, find_keystore=lambda: ring)
    assert made.place is KeyPlace.KEYSTORE
    assert len(made.database) == len(made.pepper) == 32
    assert made.database != made.pepper
    again = load_keys(tmp_path, must_exist=True, find_keystore=lambda: ring)
    assert (again.database, again.pepper) == (made.database, made.pepper)
    for file in tmp_path.iterdir():
        for secret in (*ring.kept.values(), made.database.hex()):
            assert secret not in file.read_text()
    assert made.database.hex() not in repr(made)
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]


def test_file_of_mode_0600_where_there_is_none(tmp_path: Path) -> None:
    made = load_keys(tmp_path, must_exist=False, find_keystore=no_keystore)
    assert made.place is KeyPlace.FILE
    if os.name != "nt":
        assert (tmp_path / "keys.secret").stat().st_mode & 0o777 == 0o600
    assert load_keys(tmp_path, must_exist=True, find_keystore=no_keystore).database == made.database


def test_file_where_the_keystore_refuses(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("the keystore refused: RuntimeError")
    made = load_keys(tmp_path, must_exist=False, find_keystore=lambda: Keyring(broken=True))
    assert made.place is KeyPlace.FILE


@pytest.mark.parametrize("what", ["secret gone", "note gone", "note broken", "another secret", "rubbish", "shorter"])
def test_key_that_is_not_there(tmp_path: Path, what: str) -> None:
    make_folder(tmp_path).close()
    data = tmp_path / "data"
    other = load_keys(tmp_path, must_exist=False, find_keystore=no_keystore)
    assert other.place is KeyPlace.FILE
    if what == "secret gone":
        (data / "keys.secret").unlink()
    elif what == "note gone":
        (data / "keys.json").unlink()
    elif what == "note broken":
        (data / "keys.json").write_text("[1")
    elif what == "another secret":
        (data / "keys.secret").write_text((tmp_path / "keys.secret").read_text())
    elif what == "rubbish":
        (data / "keys.secret").write_text("???")
    else:
        (data / "keys.secret").write_text("AAAA")
    before = (data / "till.db").read_bytes()
    with pytest.raises(EnvironmentProblem) as told:
        make_folder(tmp_path)
    assert told.value.reason is Reason.DATABASE_KEY_MISSING
    assert (data / "till.db").read_bytes() == before


def test_keystore_gone_since(tmp_path: Path) -> None:
    ring = Keyring()
    DataFolder(tmp_path / "data", SetClock(), find_keystore=lambda: ring).close()
    for find in (no_keystore, Keyring):
        with pytest.raises(EnvironmentProblem) as told:
            DataFolder(tmp_path / "data", SetClock(), find_keystore=find)
        assert told.value.reason is Reason.DATABASE_KEY_MISSING
    DataFolder(tmp_path / "data", SetClock(), find_keystore=lambda: ring).close()


def test_note_holds_no_secret(tmp_path: Path) -> None:
    load_keys(tmp_path, must_exist=False, find_keystore=no_keystore)
    assert set(json.loads((tmp_path / "keys.json").read_text())) == {"id", "place", "fingerprint"}


def test_no_keystore_is_looked_for_without_a_session_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    # None makes any import of it fail.
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert system_keystore() is None


def test_backends_that_keep_nothing_count_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    # conftest sets the failing backend; it must not be taken for a keystore.
    assert system_keystore() is None
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    assert system_keystore() is None


def test_chain_of_backends_gives_the_systems_own(monkeypatch: pytest.MonkeyPatch) -> None:
    own = type("Vault", (Keyring,), {"__module__": "keyring.backends.SecretService"})()
    chain = type("Chain", (), {"__module__": "keyring.backends.chainer", "backends": [Keyring(), own]})()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.delenv("POS_MEMBER_KEYS", raising=False)
    monkeypatch.setattr("keyring.get_keyring", lambda: chain)
    assert system_keystore() is own
