"""The till's two secrets: the key of its databases and the pepper of its PINs.

They live in the keystore of the operating system where there is one that answers, else in a file of mode 0600 beside
the data, which protects a copied database but not a copied folder: ``doctor`` says which it is. ``keys.json`` holds
no secret: where the secrets are, and a fingerprint by which a wrong key is told from a broken file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, cast

from pos_member.domain.errors import EnvironmentProblem, Reason

log = logging.getLogger(__name__)
KEY_BYTES = 32
_SERVICE = "pos-member"
_NOTE_FILE = "keys.json"
_SECRET_FILE = "keys.secret"  # noqa: S105  # a file name
_FINGERPRINT = b"pos-member key fingerprint"


_SYSTEM_BACKENDS = ("keyring.backends.Windows", "keyring.backends.macOS", "keyring.backends.SecretService")


class KeyPlace(StrEnum):
    """Where the secrets are."""

    KEYSTORE = "keystore"
    FILE = "file"


@dataclass(frozen=True, repr=False)
class Keys:
    """32 bytes each. Has no ``repr``, so that no traceback or log shows them."""

    database: bytes
    pepper: bytes
    place: KeyPlace

    def __repr__(self) -> str:
        return f"Keys(place={self.place.value})"


class Keystore(Protocol):
    """The part of ``keyring`` that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...


def system_keystore() -> Keystore | None:
    """The operating system's keystore, or ``None`` where there is none that could answer without a person.

    On Linux without a session bus ``keyring`` is not even imported: its back ends would try to reach D-Bus.
    ``POS_MEMBER_KEYS=file`` asks for the file on purpose.
    """
    if os.environ.get("POS_MEMBER_KEYS") == KeyPlace.FILE.value:
        return None
    if sys.platform.startswith("linux") and not _has_session_bus():
        return None
    try:
        import keyring

        backend = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001  # back ends fail in ways of their own; a till must start without one
        log.warning("no keystore: %s", type(error).__name__)
        return None
    # Where several back ends answer, keyring gives a chain of them; the first that is the system's own is taken.
    for candidate in getattr(backend, "backends", (backend,)):
        if type(candidate).__module__.startswith(_SYSTEM_BACKENDS):
            return cast(Keystore, candidate)
    return None


def _has_session_bus() -> bool:
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(runtime or "", "bus").exists()


def load_keys(
    folder: Path, *, must_exist: bool, find_keystore: Callable[[], Keystore | None] = system_keystore
) -> Keys:
    """The keys of a data folder, made at its first use.

    ``must_exist``: the folder holds a database already, so new keys could not open it. Raises
    ``EnvironmentProblem(DATABASE_KEY_MISSING)`` then, and for keys that are not the ones the folder began with.
    """
    note_path = folder / _NOTE_FILE
    if note_path.exists():
        return _read(folder, _note(note_path), find_keystore)
    if must_exist:
        raise EnvironmentProblem(Reason.DATABASE_KEY_MISSING, folder=str(folder))
    return _make(folder, find_keystore)


def _note(path: Path) -> dict[str, str]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(data[name]) for name in ("id", "place", "fingerprint")}
    except (ValueError, KeyError, TypeError):
        raise EnvironmentProblem(Reason.DATABASE_KEY_MISSING, folder=str(path.parent)) from None


def _read(folder: Path, note: dict[str, str], find_keystore: Callable[[], Keystore | None]) -> Keys:
    missing = EnvironmentProblem(Reason.DATABASE_KEY_MISSING, folder=str(folder), place=note["place"])
    try:
        if note["place"] == KeyPlace.FILE.value:
            text: str | None = (folder / _SECRET_FILE).read_text(encoding="ascii").strip()
        else:
            keystore = find_keystore()
            text = None if keystore is None else keystore.get_password(_SERVICE, note["id"])
        raw = base64.b64decode(text or "", validate=True)
    except FileNotFoundError:
        raise missing from None
    except ValueError:
        raise missing from None
    if len(raw) != 2 * KEY_BYTES or not hmac.compare_digest(_fingerprint(raw), note["fingerprint"]):
        raise missing
    return Keys(raw[:KEY_BYTES], raw[KEY_BYTES:], KeyPlace(note["place"]))


def _make(folder: Path, find_keystore: Callable[[], Keystore | None]) -> Keys:
    raw = secrets.token_bytes(2 * KEY_BYTES)
    text = base64.b64encode(raw).decode()
    owner = secrets.token_hex(16)
    place = KeyPlace.KEYSTORE if _keep_in_keystore(find_keystore(), owner, text) else KeyPlace.FILE
    if place is KeyPlace.FILE:
        _write_new(folder / _SECRET_FILE, text)
    # The note comes last: without it the folder has no keys yet, whatever else was written.
    note = {"id": owner, "place": place.value, "fingerprint": _fingerprint(raw)}
    _write_new(folder / _NOTE_FILE, json.dumps(note, indent=1))
    return Keys(raw[:KEY_BYTES], raw[KEY_BYTES:], place)


def _keep_in_keystore(keystore: Keystore | None, owner: str, text: str) -> bool:
    """Whether the keystore took the secret and gives it back."""
    if keystore is None:
        return False
    try:
        keystore.set_password(_SERVICE, owner, text)
        return keystore.get_password(_SERVICE, owner) == text
    except Exception as error:  # noqa: BLE001  # as above: the file takes over, and doctor says so
        log.warning("the keystore refused: %s", type(error).__name__)
        return False


def _fingerprint(raw: bytes) -> str:
    return hmac.new(raw, _FINGERPRINT, hashlib.sha256).hexdigest()


def _write_new(path: Path, text: str) -> None:
    """Write durably and whole: readable by the owner only, on the disk before it has its name."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name != "nt":
        # A database whose key was lost with the power is lost: the name must be on the disk before the database is.
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
