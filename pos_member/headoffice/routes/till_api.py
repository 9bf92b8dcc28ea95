"""``/v1/…``: reading requests and writing answers around ``service.HeadOffice``.

Routes are plain functions: FastAPI runs them on its threads, where waiting for the database holds nobody else up.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter

from pos_member.domain import codec
from pos_member.headoffice.bodies import decompress, packed, read_json, wire_body
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

Body = Annotated[bytes, Depends(wire_body)]
#: Uploads taken in or waiting at once; one more is told to come back later.
PUSHES_MAX = 24


def answer(request: Request, value: object) -> Response:
    """``value`` as JSON, packed where it is worth it and the caller reads that."""
    raw, headers = packed(codec.canonical_bytes(value), request.headers.get("accept-encoding", ""))
    headers |= {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL), "Cache-Control": "no-store"}
    return Response(raw, media_type=protocol.JSON_TYPE, headers=headers)


def bearer(request: Request) -> str:
    """The token of the ``Authorization`` header. Raises ``Problem(UNAUTHORISED)``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 400:
        raise Problem(ErrorCode.UNAUTHORISED)
    return token


def _encoding(request: Request) -> str:
    return request.headers.get("content-encoding", "").strip().lower()


def _described(request_type: Any | None, answer_type: Any, media: str = protocol.JSON_TYPE) -> dict[str, Any]:
    """What OpenAPI says of a call whose bodies the codec reads and writes."""
    described: dict[str, Any] = {}
    if request_type is not None:
        schema = TypeAdapter(request_type).json_schema() if request_type is not bytes else {"type": "string"}
        described["requestBody"] = {"required": True, "content": {media: {"schema": schema}}}
    schema = TypeAdapter(answer_type).json_schema(mode="serialization")
    described["responses"] = {"200": {"description": "OK", "content": {protocol.JSON_TYPE: {"schema": schema}}}}
    return described


class _Places:
    """A bounded number of places; whoever finds none is sent away with ``Problem(BUSY)``."""

    def __init__(self, places_max: int) -> None:
        self._free = threading.BoundedSemaphore(places_max)

    @contextmanager
    def taken(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise Problem(ErrorCode.BUSY, retry_after_s=5)
        try:
            yield
        finally:
            self._free.release()


def till_routes(office: HeadOffice) -> APIRouter:
    """The till's calls on ``office``."""
    router = APIRouter(prefix="/v1", tags=["till"])

    def holder(token: Annotated[str, Depends(bearer)]) -> str:
        return office.authenticate(token)

    # Named before the body in every signature: nobody's bytes are read before it is known whose they are.
    Holder = Annotated[str, Depends(holder)]
    places = _Places(PUSHES_MAX)

    @router.post("/enrol", openapi_extra=_described(protocol.EnrolRequest, protocol.EnrolAnswer))
    def enrol(request: Request, body: Body) -> Response:
        """A one-time code and the till's public key → who the till is."""
        asked = read_json(protocol.EnrolRequest, body, _encoding(request))
        return answer(request, office.enrol(asked, request.client.host if request.client else ""))

    @router.post("/token", openapi_extra=_described(protocol.TokenRequest, protocol.TokenAnswer))
    def token(request: Request, body: Body) -> Response:
        """A challenge, then a token for the signed challenge."""
        return answer(request, office.token(read_json(protocol.TokenRequest, body, _encoding(request))))

    @router.post("/hello", openapi_extra=_described(protocol.HelloRequest, protocol.HelloAnswer))
    def hello(request: Request, till_id: Holder, body: Body) -> Response:
        """Where the till stands → what to do, limits, time."""
        return answer(request, office.hello(till_id, read_json(protocol.HelloRequest, body, _encoding(request))))

    @router.post("/push", openapi_extra=_described(bytes, protocol.PushAnswer, protocol.EVENTS_TYPE))
    def push(request: Request, till_id: Holder, body: Body) -> Response:
        """Events in order → the fate of each, and the last one held durably."""
        with places.taken():
            # Lines and framing come on top of the payloads that the limit counts.
            raw = decompress(body, _encoding(request), 2 * office.limits.batch_bytes)
            return answer(request, office.push(till_id, raw))

    @router.get("/pull", openapi_extra=_described(None, protocol.PullAnswer))
    def pull(request: Request, till_id: Holder, after: int, limit: int = protocol.PULL_CHANGES_MAX) -> Response:
        """Changes after a cursor, cut between acts."""
        return answer(request, office.pull(till_id, after, limit))

    return router
