"""The console's password and sessions.

The password is made at the first start and shown once; what is kept is its scrypt hash. A session is a sealed cookie
that ends after twelve hours; changing the password ends every session, for its hash is part of the seal. Every form
carries a seal of its session: what another site makes a browser send has none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from pos_member.headoffice import portable, schema, times
from pos_member.headoffice.kept import CONSOLE_PASSWORD, TOKEN_SECRET, read_setting
from pos_member.headoffice.portable import Database
from pos_member.headoffice.schema_door import door_try

SESSION_S = 12 * 3600
#: Wrong passwords in a row from one address before it has to wait, and for how long.
FAILURES_MAX = 5
WAIT_S = 30
_FORGET = timedelta(days=1)
_ADDRESS_MAX = 80
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_GROUPS = 4


def new_password(connection: Connection) -> str:
    """A new console password; the old one and its sessions end. About 79 bits, four groups of four."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_PASSWORD_GROUPS))
    password = "-".join(groups)
    salt = secrets.token_bytes(16)
    stored = f"{salt.hex()}:{_hash(password, salt).hex()}"
    portable.upsert(connection, schema.setting, [{"name": CONSOLE_PASSWORD, "value": stored}])
    return password


def password_at_first_start(connection: Connection) -> str | None:
    """The password, made now because there was none; ``None`` at every later start."""
    return None if read_setting(connection, CONSOLE_PASSWORD) else new_password(connection)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="replace"), salt=salt, n=1 << 14, r=8, p=1)


class Door:
    """Lets people in. Thread-safe, and one door for all workers: who has to wait waits at each of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # One password at a time: each try costs 16 MiB and tens of ms, and is counted before it is judged.
        self._turn = threading.Lock()

    def waiting(self, address: str, now: datetime) -> bool:
        """Whether nobody may try from there at present."""
        query = select(door_try.c.until).where(door_try.c.address == address[:_ADDRESS_MAX])
        with self._database.read() as connection:
            return times.stored(now) < (connection.execute(query).scalar_one_or_none() or "")

    def enter(self, connection: Connection, password: str, address: str, now: datetime) -> str | None:
        """A session for the right password, else ``None``. Slow on purpose (tens of ms)."""
        if not self.right(connection, password, address, now):
            return None
        return new_session(connection, now)

    def right(self, connection: Connection, password: str, address: str, now: datetime) -> bool:
        """Whether this is the password; a wrong one is counted, and nothing is right while its address waits."""
        stored, address = read_setting(connection, CONSOLE_PASSWORD), address[:_ADDRESS_MAX]
        salt, _, wanted = stored.partition(":")
        with self._turn:
            if not self._database.again(lambda writer: _count(writer, address, now)):
                return False
            right = bool(wanted) and hmac.compare_digest(_hash(password[:200], bytes.fromhex(salt)).hex(), wanted)
        if right:
            with self._database.write() as writer:
                writer.execute(delete(door_try).where(door_try.c.address == address))
        return right

    def knows(self, connection: Connection, session: str, now: datetime) -> bool:
        """Whether ``session`` is one of ours and has not ended."""
        body, _, seal = session[:400].rpartition(".")
        end = body.partition(".")[0]
        good = seal.isascii() and hmac.compare_digest(seal, _seal(connection, body))
        return good and now.timestamp() < int(end)


def new_session(connection: Connection, now: datetime) -> str:
    """A session for somebody who was let in."""
    body = f"{int(now.timestamp()) + SESSION_S}.{secrets.token_hex(8)}"
    return f"{body}.{_seal(connection, body)}"


def _count(connection: Connection, address: str, now: datetime) -> bool:
    """Count a try as one in vain, until it is known better; ``False`` while its address has to wait."""
    at = times.stored(now)
    connection.execute(delete(door_try).where(door_try.c.at < times.stored(now - _FORGET)))
    portable.insert_new(connection, door_try, [{"address": address, "failures": 0, "until": "", "at": at}])
    here = door_try.c.address == address
    row = connection.execute(select(door_try).where(here).with_for_update()).one()
    if at < row.until:
        return False
    closed = row.failures + 1 >= FAILURES_MAX
    until = times.stored(now + timedelta(seconds=WAIT_S)) if closed else ""
    changed = update(door_try).where(here).values(failures=0 if closed else row.failures + 1, until=until, at=at)
    connection.execute(changed)
    return True


def form_seal(connection: Connection, session: str) -> str:
    """What every form of ``session`` carries."""
    return _seal(connection, f"form\n{session[:400]}")


def form_is_ours(connection: Connection, session: str, seal: str) -> bool:
    """Whether a form that came with ``session`` was made by us for it."""
    return seal.isascii() and hmac.compare_digest(seal, form_seal(connection, session))


def _seal(connection: Connection, body: str) -> str:
    key = f"{read_setting(connection, TOKEN_SECRET)}:{read_setting(connection, CONSOLE_PASSWORD)}"
    return hmac.new(key.encode(), f"console\n{body}".encode(errors="replace"), hashlib.sha256).hexdigest()
