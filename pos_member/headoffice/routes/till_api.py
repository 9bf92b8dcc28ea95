"""``/v1/…``: reading requests and writing answers around ``service.HeadOffice``.

Routes are plain functions: FastAPI runs them on its threads, where waiting for the database holds nobody else up.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from pos_member.headoffice.bodies import decompress, read_json, wire_body
from pos_member.headoffice.routes.answers import answer as answer
from pos_member.headoffice.routes.answers import holder_of as holder_of
from pos_member.headoffice.routes.describing import described
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

Body = Annotated[bytes, Depends(wire_body)]
_ENROL = described(
    protocol.EnrolRequest,
    protocol.EnrolAnswer,
    [ErrorCode.ENROL_CODE, ErrorCode.OTHER_TILL, ErrorCode.RATE_LIMITED],
    open_to_all=True,
)
_TOKEN = described(protocol.TokenRequest, protocol.TokenAnswer, [ErrorCode.UNAUTHORISED], open_to_all=True)
_HELLO = described(protocol.HelloRequest, protocol.HelloAnswer, [ErrorCode.CLONED])
_PUSH = described(
    bytes,
    protocol.PushAnswer,
    [ErrorCode.GAP, ErrorCode.FORK, ErrorCode.CHAIN_BROKEN, ErrorCode.EPOCH],
    media=protocol.EVENTS_TYPE,
)


def _encoding(request: Request) -> str:
    return request.headers.get("content-encoding", "").strip().lower()


def till_routes(office: HeadOffice) -> APIRouter:
    """The till's calls on ``office``."""
    router = APIRouter(prefix="/v1", tags=["till"])

    # Named before the body in every signature: nobody's bytes are read before it is known whose they are.
    Holder = Annotated[str, Depends(holder_of(office))]

    @router.post("/enrol", openapi_extra=_ENROL)
    def enrol(request: Request, body: Body) -> Response:
        """A one-time code and the till's public key → who the till is."""
        asked = read_json(protocol.EnrolRequest, body, _encoding(request))
        return answer(request, office.enrol(asked, request.client.host if request.client else ""))

    @router.post("/token", openapi_extra=_TOKEN)
    def token(request: Request, body: Body) -> Response:
        """A challenge, then a token for the signed challenge."""
        return answer(request, office.token(read_json(protocol.TokenRequest, body, _encoding(request))))

    @router.post("/hello", openapi_extra=_HELLO)
    def hello(request: Request, till_id: Holder, body: Body) -> Response:
        """Where the till stands → what to do, limits, time."""
        return answer(request, office.hello(till_id, read_json(protocol.HelloRequest, body, _encoding(request))))

    @router.post("/push", openapi_extra=_PUSH)
    def push(request: Request, till_id: Holder, body: Body) -> Response:
        """Events in order → the fate of each, and the last one held durably."""
        # Lines and framing come on top of the payloads that the limit counts.
        raw = decompress(body, _encoding(request), 2 * office.limits.batch_bytes)
        return answer(request, office.push(till_id, raw))

    return router
