"""What the routes of tills have in common: reading the token, writing answers."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import orjson
from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from pos_member.domain import codec
from pos_member.headoffice.bodies import packed
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode


def answer(request: Request, value: object) -> Response:
    """``value`` as JSON, packed where it is worth it and the caller reads that."""
    return answer_written(request, orjson.dumps(codec.to_wire(value)))


def answer_written(request: Request, written: bytes) -> Response:
    """As ``answer``, of what is JSON already."""
    raw, headers = packed(written, request.headers.get("accept-encoding", ""))
    headers |= {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL), "Cache-Control": "no-store"}
    return Response(raw, media_type=protocol.JSON_TYPE, headers=headers)


async def bearer(request: Request) -> str:
    """The token of the ``Authorization`` header. Raises ``Problem(UNAUTHORISED)``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 400:
        raise Problem(ErrorCode.UNAUTHORISED)
    return token


def holder_of(office: HeadOffice) -> Callable[[str], Awaitable[str]]:
    """The dependency that names the till whose token it is. A thread is taken only where the database is asked."""

    async def holder(token: Annotated[str, Depends(bearer)]) -> str:
        known = office.known_holder(token)
        return await run_in_threadpool(office.authenticate, token) if known is None else known

    return holder
