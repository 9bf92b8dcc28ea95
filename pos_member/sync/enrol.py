"""A till becomes a till: one-time code and a key made here, then short-lived tokens signed for with that key."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.org import TillIdentity
from pos_member.services.sync_ports import SyncStore
from pos_member.sync import protocol
from pos_member.sync.transport import Answer, HttpTransport, Transport, read_answer

#: A lost or damaged answer is asked for again at once: head office gives the same till to the same code and key, and
#: to another key nothing any more.
ENROL_TRIES = 4
#: A token is renewed this long before it ends, so that it does not end on the way.
TOKEN_MARGIN_S = 60

#: The request may have come through.
_MAYBE_DONE = frozenset({Reason.LINE_DOWN, Reason.ANSWER_NOT_OURS, Reason.HEADOFFICE_FAILED})


def enrol(
    url: str, code: str, store: SyncStore, *, label: str = "", transport: Transport | None = None
) -> TillIdentity:
    """Enrol this till at head office and keep identity, address and keys in ``store``.

    Raises ``Refusal(ENROL_CODE_INVALID | SERVER_ADDRESS_INVALID | TILL_HAS_UNSENT)``, or ``EnvironmentProblem`` of the
    line or ``ENROL_LATER``.
    """
    before = store.identity()
    waiting = store.queue_status().waiting
    line = transport or HttpTransport(url)
    key = Ed25519PrivateKey.generate()
    public_hex = key.public_key().public_bytes_raw().hex()
    plain = protocol.normalise_code(code)
    request = protocol.EnrolRequest(
        code=plain,
        public_key=public_hex,
        proof=key.sign(protocol.enrol_message(plain, public_hex)).hex(),
        label=label,
        till_id="" if before is None else before.id,
        number=0 if before is None else before.number,
        epoch=0 if before is None else before.epoch,
        # They bear the name of the till it was: head office takes them from that till alone.
        keep=before is not None and waiting > 0,
    )
    try:
        answer = _ask_again(line, codec.canonical_bytes(request))
    except EnvironmentProblem as problem:
        if problem.reason is not Reason.HEADOFFICE_BUSY:
            raise
        # Nothing waits here that would be sent later: a person has to try again, or ask for another code.
        wait_s = problem.params.get("retry_after_s")
        minutes = -(-wait_s // 60) if isinstance(wait_s, int) and wait_s > 0 else 1
        raise EnvironmentProblem(Reason.ENROL_LATER, minutes=minutes) from problem
    finally:
        if isinstance(line, HttpTransport) and transport is None:
            line.close()
    if answer.status != 200:
        if answer.data.get("error") == protocol.ErrorCode.ENROL_CODE:
            raise Refusal(Reason.ENROL_CODE_INVALID)
        if answer.data.get("error") == protocol.ErrorCode.OTHER_TILL:
            raise Refusal(Reason.TILL_HAS_UNSENT, waiting=waiting)
        raise Refusal(Reason.HEADOFFICE_REFUSED, detail=answer.data.get("error", answer.status))
    enrolled = read_answer(protocol.EnrolAnswer, answer)
    store.set_identity(
        enrolled.till, url.strip().rstrip("/"), key.private_bytes_raw(), _hex(enrolled.server_public_key)
    )
    return enrolled.till


def _ask_again(line: Transport, body: bytes) -> Answer:
    for left in range(ENROL_TRIES - 1, -1, -1):
        try:
            return line.exchange("POST", "/v1/enrol", body=body)
        except EnvironmentProblem as problem:
            if not left or problem.reason not in _MAYBE_DONE:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise EnvironmentProblem(Reason.ANSWER_NOT_OURS) from error


class TokenSource:
    """The bearer token of a till, renewed in time. ``private_key``: raw Ed25519 bytes."""

    def __init__(self, till_id: str, private_key: bytes, clock: Clock) -> None:
        self._till_id = till_id
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self._clock = clock
        self._token = ""
        self._good_until = 0.0

    def token(self, line: Transport) -> str:
        """A token good for at least ``TOKEN_MARGIN_S``. Raises as ``Transport``, or ``Refusal``.

        TILL_NOT_KNOWN: head office has no such till, or another key of it; HEADOFFICE_REFUSED.
        """
        if self._token and self._clock.now().timestamp() < self._good_until:
            return self._token
        asked = self._clock.now().timestamp()
        challenge = self._ask(line, protocol.TokenRequest(self._till_id)).challenge
        signature = self._key.sign(protocol.token_message(self._till_id, challenge)).hex()
        answer = self._ask(line, protocol.TokenRequest(self._till_id, challenge, signature))
        self._token = answer.token
        self._good_until = asked + answer.expires_in_s - TOKEN_MARGIN_S
        return self._token

    def forget(self) -> None:
        """The token was refused: the next call gets another."""
        self._token = ""

    def _ask(self, line: Transport, request: protocol.TokenRequest) -> protocol.TokenAnswer:
        answer = line.exchange("POST", "/v1/token", body=codec.canonical_bytes(request))
        if answer.status == 401:
            raise Refusal(Reason.TILL_NOT_KNOWN)
        if answer.status != 200:
            raise Refusal(Reason.HEADOFFICE_REFUSED, detail=answer.data.get("error", answer.status))
        return read_answer(protocol.TokenAnswer, answer)
