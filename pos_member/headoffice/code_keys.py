"""Head office's keys behind codes: made, told to the tills, followed by the next, retired.

Member keys (Ed25519) sign member codes; tills are told their public halves. Rotating keys are secrets that the tills
must hold themselves to check with, so there is none until the organisation asks for it. Of each kind at most two are
good at once: the newest signs, the one before it is taken until it is retired. Private halves lie in the database as
head office's signing key does, and are forgotten when the key is retired.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, func, select, update

from pos_member.domain import codec
from pos_member.domain.code_keys import KEY_NUMBERS, CodeKey, CodeKeyKind, key_id
from pos_member.domain.errors import Reason, Refusal
from pos_member.headoffice import feed, portable, schema, times
from pos_member.headoffice.schema import code_key
from pos_member.services.sync_ports import FeedEntity

LIVE_MAX = 2


@dataclass(frozen=True)
class KeyState:
    """A key without its private half. ``signs``: new codes are made with it. ``public``: hex; empty for a secret.

    ``waiting_tills``: tills with rights that had not heard the last about it when they last called.
    """

    kind: CodeKeyKind
    number: int
    public: str
    created_at: datetime
    retired_at: datetime | None
    signs: bool
    waiting_tills: int = 0


@dataclass(frozen=True)
class MakingKey:
    """The key that new codes of a kind are made with; ``private`` is raw: 32 bytes."""

    number: int
    private: bytes

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature (member keys alone)."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)


def first_key(connection: Connection, now: datetime) -> None:
    """Make and publish the first member key where there has never been one."""
    known = select(code_key.c.ordinal).where(code_key.c.kind == CodeKeyKind.MEMBER.value).limit(1)
    if connection.execute(known).first() is None:
        _make(connection, CodeKeyKind.MEMBER, (), now)


def listed(connection: Connection) -> list[KeyState]:
    """Every key there has been, by kind, newest first."""
    rows = connection.execute(select(code_key).order_by(code_key.c.kind, code_key.c.ordinal.desc())).all()
    waiting = _waiting_tills(connection)
    found: list[KeyState] = []
    signing: set[str] = set()
    for row in rows:
        signs = row.retired_at is None and row.kind not in signing
        if signs:
            signing.add(row.kind)
        # Of two bearers of one number the tills heard last of the newer, which comes first.
        count = waiting.pop(key_id(CodeKeyKind(row.kind), row.number), 0)
        found.append(replace(_state(row, signs=signs), waiting_tills=count))
    return found


def _waiting_tills(connection: Connection) -> dict[str, int]:
    """Tills that have not fetched the newest change of a key, by the key's id."""
    feed, outgoing = schema.feed, schema.outgoing
    told = select(feed.c.id, func.max(feed.c.publish_no).label("at"))
    told = told.where(feed.c.entity == FeedEntity.CODE_KEY.value).group_by(feed.c.id)
    written = select(outgoing.c.id).where(outgoing.c.entity == FeedEntity.CODE_KEY.value).distinct()
    cursors = connection.execute(select(schema.till.c.cursor).where(schema.till.c.revoked.is_(False))).scalars().all()
    waiting = {row.id: sum(cursor < row.at for cursor in cursors) for row in connection.execute(told)}
    # What has no number yet no till can have fetched.
    return waiting | dict.fromkeys(connection.execute(written).scalars(), len(cursors))


def rotate(connection: Connection, kind: CodeKeyKind, now: datetime, *, anyway: bool = False) -> KeyState:
    """Make the next key: it signs at once, the one before it stays good until it is retired.

    Raises ``Refusal``: CODE_KEYS_TWO while two are good, ROTATING_TELLS_TILLS for the first rotating key unless
    ``anyway``.
    """
    rows = _rows(connection, kind)
    live = [row for row in rows if row.retired_at is None]
    if kind is CodeKeyKind.ROTATING and not live and not anyway:
        raise Refusal(Reason.ROTATING_TELLS_TILLS)
    if len(live) >= LIVE_MAX:
        raise Refusal(Reason.CODE_KEYS_TWO, kind=kind.value, oldest=live[-1].number)
    _make(connection, kind, rows, now)
    return _state(_rows(connection, kind)[0], signs=True)


def retire(connection: Connection, kind: CodeKeyKind, number: int, now: datetime) -> KeyState:
    """End a key: its codes are refused by every till that hears of it.

    Of two good ones the newer may go too (it leaked): the older signs again. Raises ``Refusal``: CODE_KEY_NOT_LIVE,
    CODE_KEY_LAST for the only member key.
    """
    live = [row for row in _rows(connection, kind) if row.retired_at is None]
    row = next((row for row in live if row.number == number), None)
    if row is None:
        raise Refusal(Reason.CODE_KEY_NOT_LIVE, number=number)
    if kind is CodeKeyKind.MEMBER and len(live) == 1:
        raise Refusal(Reason.CODE_KEY_LAST, number=number)
    return _retire(connection, row, now)


def switch_off(connection: Connection, now: datetime) -> int:
    """End rotating codes: their keys are retired here and taken off the tills. Returns how many were good."""
    live = [row for row in _rows(connection, CodeKeyKind.ROTATING) if row.retired_at is None]
    for row in live:
        _retire(connection, row, now)
    return len(live)


def making_key(connection: Connection, kind: CodeKeyKind) -> MakingKey:
    """The newest good key. Raises ``Refusal(ROTATING_OFF)`` where rotating codes are switched off."""
    live = [row for row in _rows(connection, kind, locked=False) if row.retired_at is None]
    if not live:
        raise Refusal(Reason.ROTATING_OFF)
    return MakingKey(live[0].number, bytes.fromhex(live[0].private))


def _rows(connection: Connection, kind: CodeKeyKind, *, locked: bool = True) -> Sequence[Row[tuple[object, ...]]]:
    """Newest first. Locked: of two who rotate at once, the second sees what the first did."""
    query = select(code_key).where(code_key.c.kind == kind.value).order_by(code_key.c.ordinal.desc())
    return connection.execute(query.with_for_update() if locked else query).all()


def _make(connection: Connection, kind: CodeKeyKind, known: Sequence[Row[tuple[object, ...]]], now: datetime) -> None:
    secret = secrets.token_bytes(32)
    public = ""
    if kind is CodeKeyKind.MEMBER:
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()
    row = {
        "kind": kind.value,
        "ordinal": known[0].ordinal + 1 if known else 1,
        "number": _next_number(kind, known),
        "private": secret.hex(),
        "public": public,
        "created_at": times.stored(now),
        "retired_at": None,
    }
    portable.insert_new(connection, code_key, [row])
    made = _rows(connection, kind)[0]
    if made.private == row["private"]:  # else another process made it first, and told the tills
        _publish(connection, made)


def _next_number(kind: CodeKeyKind, known: Sequence[Row[tuple[object, ...]]]) -> int:
    first, last = KEY_NUMBERS[kind]
    live = {row.number for row in known if row.retired_at is None}
    number = known[0].number if known else first - 1
    while True:
        number = number + 1 if number < last else first
        if number not in live:
            return number


def _retire(connection: Connection, row: Row[tuple[object, ...]], now: datetime) -> KeyState:
    here = (code_key.c.kind == row.kind) & (code_key.c.ordinal == row.ordinal)
    connection.execute(update(code_key).where(here).values(private="", retired_at=times.stored(now)))
    ended = connection.execute(select(code_key).where(here)).one()
    _publish(connection, ended)
    return _state(ended, signs=False)


def _publish(connection: Connection, row: Row[tuple[object, ...]]) -> None:
    """Tell the tills; a secret that is retired is taken off them."""
    state = _state(row, signs=False)
    key = CodeKey(
        key_id(state.kind, state.number),
        state.kind,
        state.number,
        state.public or row.private,
        state.created_at,
        state.retired_at,
    )
    draft = feed.Draft(FeedEntity.CODE_KEY.value, key.id, codec.to_wire(key), deleted=not key.key)
    feed.publish(connection, [draft])


def _state(row: Row[tuple[object, ...]], *, signs: bool) -> KeyState:
    retired_at = times.read(row.retired_at) if row.retired_at else None
    return KeyState(CodeKeyKind(row.kind), row.number, row.public, times.read(row.created_at), retired_at, signs)
