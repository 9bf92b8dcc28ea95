"""Who a till is: one-time codes, enrolment, challenges, tokens.

Challenges and tokens are sealed with a secret of this head office and kept nowhere, so that any worker can judge
them; revocation and epoch are looked up on every call. What a till
may see follows from its row, never from what it asks.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from pos_member.domain.chain import GENESIS
from pos_member.domain.ids import is_id
from pos_member.domain.org import TillIdentity
from pos_member.headoffice import certificates, enrolling_again, portable, times
from pos_member.headoffice.kept import SIGNING_KEY, TILL_NUMBER_MAX, TILLS_FROM, TOKEN_SECRET, read_setting
from pos_member.headoffice.portable import Database
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.schema import enrol_code, enrol_failure, till, till_number
from pos_member.headoffice.schema_sync import enrol_again
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

CODE_DIGITS = 12
CODE_MINUTES = 15
CHALLENGE_S = 60
TOKEN_S = 3_600
#: Wrong codes within ``CODE_MINUTES`` before everyone at an address, or everyone at all, has to wait.
FAILURES_PER_ADDRESS_MAX = 10
FAILURES_MAX = 100
_LABEL_MAX = 40
_SECRET_LASTS_S = 10.0
_CALLER = select(till.c.id, till.c.branch_id, till.c.epoch, till.c.last_seq, till.c.chain, till.c.revoked).where(
    till.c.id == bindparam("till")
)


@dataclass(frozen=True)
class Caller:
    """A till that showed a good token, as its row stands."""

    id: str
    branch_id: str
    epoch: int
    last_seq: int
    chain: str
    revoked: bool


def new_code(connection: Connection, branch_id: str, now: datetime, till_id: str = "") -> str:
    """A code for one till of ``branch_id``: 12 digits, shown once, kept as a hash. ``till_id``: for that till again."""
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    expires_at = times.stored(now + timedelta(minutes=CODE_MINUTES))
    connection.execute(delete(enrol_code).where(enrol_code.c.expires_at < times.stored(now)))
    values = {"code_hash": _code_hash(connection, code), "branch_id": branch_id, "expires_at": expires_at}
    connection.execute(insert(enrol_code).values(till_id=None, **values))
    if till_id:
        connection.execute(insert(enrol_again).values(code_hash=values["code_hash"], till_id=till_id))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def check_rate(connection: Connection, address: str, now: datetime) -> None:
    """Raises ``Problem(RATE_LIMITED)`` after too many wrong codes from ``address`` or in all."""
    since = times.stored(now - timedelta(minutes=CODE_MINUTES))
    recent = select(func.count()).select_from(enrol_failure).where(enrol_failure.c.at >= since)
    everyone = connection.execute(recent).scalar_one()
    here = connection.execute(recent.where(enrol_failure.c.address == address)).scalar_one()
    if here >= FAILURES_PER_ADDRESS_MAX or everyone >= FAILURES_MAX:
        raise Problem(ErrorCode.RATE_LIMITED, retry_after_s=CODE_MINUTES * 60)


def note_failure(connection: Connection, address: str, now: datetime, new_id: Callable[[], str]) -> None:
    """Remember a wrong code; forget those that no longer count."""
    old = times.stored(now - timedelta(minutes=CODE_MINUTES))
    connection.execute(delete(enrol_failure).where(enrol_failure.c.at < old))
    connection.execute(insert(enrol_failure).values(id=new_id(), address=address[:80], at=times.stored(now)))


def enrol(
    connection: Connection, request: protocol.EnrolRequest, now: datetime, new_id: Callable[[], str]
) -> TillIdentity:
    """The till of this code and key: made at the first call, the same at a repeated one.

    Raises ``Problem(ENROL_CODE)`` for a code that is wrong, over, or used by another key, or a proof that fails;
    ``Problem(OTHER_TILL)`` for one that would take the name from a till that still has facts to send.
    """
    if not _signed(request.public_key, request.proof, protocol.enrol_message(request.code, request.public_key)):
        raise Problem(ErrorCode.ENROL_CODE)
    code_hash = _code_hash(connection, request.code)
    row = connection.execute(
        select(enrol_code).where(enrol_code.c.code_hash == code_hash).with_for_update()
    ).one_or_none()
    if row is None or row.expires_at < times.stored(now):
        raise Problem(ErrorCode.ENROL_CODE)
    same = connection.execute(select(enrol_again.c.till_id).where(enrol_again.c.code_hash == code_hash)).scalar()
    if row.till_id is not None:
        known = connection.execute(select(till).where(till.c.id == row.till_id)).one()
        if not hmac.compare_digest(known.public_key, request.public_key):
            raise Problem(ErrorCode.ENROL_CODE)
        return _identity(known) if same is None else enrolling_again.identity(known, request)
    if request.keep and same != request.till_id:
        raise Problem(ErrorCode.OTHER_TILL)
    if same is not None:
        used = update(enrol_code).where(enrol_code.c.code_hash == code_hash).values(till_id=same)
        connection.execute(used)
        return enrolling_again.enrol(connection, same, row, request, now, _next_number)
    till_id = new_id()
    number = _next_number(connection, till_id)
    made = TillIdentity(
        id=till_id,
        number=number,
        branch_id=row.branch_id,
        label=request.label.strip()[:_LABEL_MAX] or f"{number:02d}",
        epoch=1,
    )
    connection.execute(
        insert(till).values(
            id=made.id,
            number=number,
            branch_id=made.branch_id,
            label=made.label,
            public_key=request.public_key,
            epoch=1,
            last_seq=0,
            chain=GENESIS,
            revoked=False,
            enrolled_at=times.stored(now),
            last_contact_at=times.stored(now),
            app_version="",
            cursor=0,
        )
    )
    connection.execute(update(enrol_code).where(enrol_code.c.code_hash == code_hash).values(till_id=made.id))
    certificates.publish(connection, [made.id])
    return made


def _next_number(connection: Connection, till_id: str) -> int:
    """The number of a new till. Of two who enrol at once the second finds the first's number taken, and asks again."""
    left_out = int(read_setting(connection, TILLS_FROM) or 0)
    while True:
        number = max(connection.execute(select(func.max(till_number.c.number))).scalar_one() or 0, left_out) + 1
        if number > TILL_NUMBER_MAX:
            raise Problem(ErrorCode.ENROL_CODE)
        portable.insert_new(connection, till_number, [{"number": number, "till_id": till_id}])
        owner = select(till_number.c.till_id).where(till_number.c.number == number)
        if connection.execute(owner).scalar_one() == till_id:
            return number


def server_public_key(connection: Connection) -> str:
    """Raw Ed25519, hex."""
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_setting(connection, SIGNING_KEY)))
    return private.public_key().public_bytes_raw().hex()


def token(connection: Connection, request: protocol.TokenRequest, now: datetime) -> protocol.TokenAnswer:
    """A challenge, or the token for a signed one. Raises ``Problem(UNAUTHORISED)``.

    An unknown till gets a challenge like any other: what exists here is not told to strangers.
    """
    secret = bytes.fromhex(read_setting(connection, TOKEN_SECRET))
    if not request.challenge:
        return protocol.TokenAnswer(
            CHALLENGE_S, challenge=_seal(secret, "challenge", request.till_id, now, CHALLENGE_S)
        )
    row = connection.execute(select(till.c.public_key).where(till.c.id == request.till_id)).one_or_none()
    message = protocol.token_message(request.till_id, request.challenge)
    if (
        row is None
        or _opened(secret, "challenge", request.challenge, now) != request.till_id
        or not _signed(row.public_key, request.signature, message)
    ):
        raise Problem(ErrorCode.UNAUTHORISED)
    return protocol.TokenAnswer(TOKEN_S, token=_seal(secret, "token", request.till_id, now, TOKEN_S))


class Tokens:
    """Knows whose token is whose. Thread-safe.

    The secret they are sealed with is asked for now and then, and when a token does not hold: it never changes by
    itself, and if a person changes it, every earlier token ends within ``_SECRET_LASTS_S``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = b"", float("-inf")

    def holder(self, bearer: str, now: datetime) -> str:
        """The id of the till whose token this is. Raises ``Problem(UNAUTHORISED)``."""
        till_id = self.known(bearer, now)
        if till_id is None:
            with self._database.read() as connection:
                secret = bytes.fromhex(read_setting(connection, TOKEN_SECRET))
            self._known = secret, time.monotonic() + _SECRET_LASTS_S
            till_id = _opened(secret, "token", bearer, now)
        if till_id is None:
            raise Problem(ErrorCode.UNAUTHORISED)
        return till_id

    def known(self, bearer: str, now: datetime) -> str | None:
        """As ``holder``, by what was asked for before; ``None`` where that is too old, or the token does not hold."""
        secret, until = self._known
        return _opened(secret, "token", bearer, now) if time.monotonic() < until else None


def caller(connection: Connection, till_id: str) -> Caller:
    """The till as its row stands now. Raises ``Problem(UNAUTHORISED)`` for one that is gone."""
    row = connection.execute(_CALLER, {"till": till_id}).one_or_none()
    if row is None:
        raise Problem(ErrorCode.UNAUTHORISED)
    return Caller(*row)


def _identity(row: Row[tuple[object, ...]]) -> TillIdentity:
    return TillIdentity(id=row.id, number=row.number, branch_id=row.branch_id, label=row.label, epoch=row.epoch)


def _code_hash(connection: Connection, code: str) -> str:
    secret = bytes.fromhex(read_setting(connection, TOKEN_SECRET))
    return hmac.new(secret, b"code\n" + protocol.normalise_code(code).encode(), hashlib.sha256).hexdigest()


def _signed(public_hex: str, signature_hex: str, message: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        key.verify(bytes.fromhex(signature_hex), message)
    except (ValueError, InvalidSignature):
        return False
    return public_hex == public_hex.lower()


def _seal(secret: bytes, purpose: str, till_id: str, now: datetime, lasts_s: int) -> str:
    """``till.end.nonce.mac``: readable by anyone, made only here."""
    if not is_id(till_id):
        raise Problem(ErrorCode.UNAUTHORISED)
    body = f"{till_id}.{int(now.timestamp()) + lasts_s}.{secrets.token_hex(16)}"
    return f"{body}.{_mac(secret, purpose, body)}"


def _opened(secret: bytes, purpose: str, sealed: str, now: datetime) -> str | None:
    """The till id of a seal of this purpose that holds and has not run out."""
    body, _, mac = sealed.rpartition(".")
    parts = body.split(".")
    if len(parts) != 3 or not mac.isascii() or not hmac.compare_digest(mac, _mac(secret, purpose, body)):
        return None
    return parts[0] if now.timestamp() < int(parts[1]) else None


def _mac(secret: bytes, purpose: str, body: str) -> str:
    return hmac.new(secret, f"{purpose}\n{body}".encode(errors="replace"), hashlib.sha256).hexdigest()
