"""``/v1/pull``, ``/v1/feed/…`` and ``/v1/snapshot/…``: everything that goes down to the tills.

A till that waits for news holds neither a thread nor a connection to the database.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from pos_member.domain import codec
from pos_member.domain.codec import INTEGER_MAX
from pos_member.headoffice import feed, feed_ways
from pos_member.headoffice.bodies import packed
from pos_member.headoffice.kept_segments import KeptSegments, Packed
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.routes.answers import answer, answer_written, holder_of
from pos_member.headoffice.routes.describing import described
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots, read_piece
from pos_member.headoffice.waiting import WAIT_MAX_S, Waiting
from pos_member.services.snapshot_ports import PARTS_MAX
from pos_member.sync import packing, protocol
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_feed import PART_TYPE, PIECE_BYTES_MAX, ManifestAnswer, SegmentAnswer

#: Pages made at once for tills that waited: all of them are let go together, and others want a thread too.
NEWS_AT_ONCE = 10
_FOR_GOOD = "private, max-age=31536000, immutable"
Number = Annotated[int, Query(ge=0, le=INTEGER_MAX)]
_PAGE = described(None, protocol.PullAnswer, [ErrorCode.MALFORMED, ErrorCode.REVOKED])
_NAMED = [ErrorCode.MALFORMED, ErrorCode.REVOKED, ErrorCode.NOT_FOUND]
_SEGMENT = described(None, SegmentAnswer, _NAMED, cached=True)
_MANIFEST = described(None, ManifestAnswer)
_PART = described(None, bytes, _NAMED, answer_media=PART_TYPE)
PieceSize = Annotated[int, Query(ge=0, le=PIECE_BYTES_MAX)]
PageSize = Annotated[int, Query(ge=1, le=protocol.PULL_CHANGES_MAX)]


def feed_routes(office: HeadOffice, snapshots: Snapshots, waiting: Waiting) -> APIRouter:
    """The downward calls on ``office``."""
    router = APIRouter(prefix="/v1", tags=["till"])
    kept, news_places = KeptSegments(), asyncio.Semaphore(NEWS_AT_ONCE)

    Holder = Annotated[str, Depends(holder_of(office))]

    @router.get("/pull", openapi_extra=_PAGE)
    async def pull(
        request: Request,
        till_id: Holder,
        after: Number,
        limit: PageSize = protocol.PULL_CHANGES_MAX,
        wait_s: Annotated[float, Query(ge=0, le=WAIT_MAX_S)] = 0,
    ) -> Response:
        """Changes after a cursor; with ``wait_s``, once there are any, or after so many seconds."""
        if not wait_s:
            return await run_in_threadpool(lambda: answer_written(request, office.pull_written(till_id, after, limit)))
        await waiting.wait(after, wait_s)
        async with news_places:
            return await run_in_threadpool(lambda: answer_written(request, office.news_written(till_id, after, limit)))

    @router.get("/feed/own", openapi_extra=_PAGE)
    def own(
        request: Request, till_id: Holder, upto: Number, after: Number = 0, limit: PageSize = protocol.PULL_CHANGES_MAX
    ) -> Response:
        """What is in the scope of this till and its branch alone, between two positions of the feed."""
        with office.database.read() as connection:
            return answer(request, feed_ways.own(connection, till_id, after, upto, limit, office.clock.now()))

    @router.get("/feed/catalogue", openapi_extra=_PAGE)
    def catalogue(
        request: Request, till_id: Holder, after: Number = 0, limit: PageSize = protocol.PULL_CHANGES_MAX
    ) -> Response:
        """All that a new till needs to sell, without the members."""
        with office.database.read() as connection:
            return answer(request, feed_ways.catalogue(connection, till_id, after, limit, office.clock.now()))

    @router.get("/feed/segments/{number}", openapi_extra=_SEGMENT)
    def segment(request: Request, till_id: Holder, number: int) -> Response:
        """A thousand changes that never change any more."""
        with office.database.read() as connection:
            mark = feed_ways.segment_mark(connection, till_id, number)
        tag = f'"{number}-{mark}"'
        headers = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL), "Cache-Control": _FOR_GOOD, "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        accepts = request.headers.get("accept-encoding", "")

        def make() -> Packed:
            with office.database.read() as connection:
                found = feed_ways.segment(connection, till_id, number)
            return packed(codec.canonical_bytes(found), accepts)

        raw, more = kept.get((number, mark, packing.best(accepts)), make)
        return Response(raw, media_type=protocol.JSON_TYPE, headers=headers | more)

    _snapshot_routes(router, office, snapshots)
    return router


def _snapshot_routes(router: APIRouter, office: HeadOffice, snapshots: Snapshots) -> None:
    Holder = Annotated[str, Depends(holder_of(office))]

    @router.get("/snapshot/manifest", openapi_extra=_MANIFEST)
    def manifest(request: Request, _till_id: Holder) -> Response:
        """The newest snapshot that is here."""
        with office.database.read() as connection:
            horizon = feed.horizon(connection)
        return answer(request, ManifestAnswer(snapshots.newest(), horizon))

    @router.get("/snapshot/{name}/{number}", response_class=Response, openapi_extra=_PART)
    def part(till_id: Holder, name: str, number: int, after: Number = 0, most: PieceSize = 0) -> Response:
        """One part of a snapshot, as the manifest names it; with ``most``, so many bytes of it after the first
        ``after``, and fewer only at its end."""
        with office.database.read() as connection:
            feed_ways.require_live(connection, till_id)
        path = snapshots.part(name, number) if 0 <= number < PARTS_MAX else None
        if path is None:
            raise Problem(ErrorCode.NOT_FOUND)
        headers = {protocol.PROTOCOL_HEADER: str(protocol.PROTOCOL), "Cache-Control": _FOR_GOOD}
        if not most:
            return FileResponse(path, media_type=PART_TYPE, headers=headers)
        try:
            return Response(read_piece(path, after, most), media_type=PART_TYPE, headers=headers)
        except FileNotFoundError:
            raise Problem(ErrorCode.NOT_FOUND) from None
