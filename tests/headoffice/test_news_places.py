"""Tills that are let go together leave threads to those who bring bills."""

from __future__ import annotations

import asyncio
import threading
import typing
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from pos_member.headoffice.app import THREADS
from pos_member.headoffice.calls import ROOMS, Lane
from pos_member.headoffice.routes.feed_api import NEWS_AT_ONCE, feed_routes
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshots import Snapshots
from pos_member.headoffice.waiting import Waiting
from tests.headoffice.office_support import CLOCK
from tests.patience import PATIENCE_S

Pull = Callable[[Request, str, int, int, float], Coroutine[Any, Any, Response]]

pytestmark = pytest.mark.one_database("no database is asked")


def test_there_is_a_thread_for_every_place() -> None:
    assert NEWS_AT_ONCE + sum(room.places for lane, room in ROOMS.items() if lane is not Lane.POLL) <= THREADS


def test_however_many_hear_news_a_bill_finds_a_thread(
    office: HeadOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(_till_id: str, _after: int, _limit: int) -> bytes:
        assert go_on.wait(PATIENCE_S)
        return b"{}"

    monkeypatch.setattr(office, "news_written", slowly)

    async def rush() -> None:
        current_default_thread_limiter().total_tokens = THREADS
        waiting = Waiting(office.horizon)
        router = feed_routes(office, Snapshots(office.database, tmp_path, CLOCK, office.new_id), waiting)
        pull = typing.cast(Pull, next(each.endpoint for each in router.routes if each.path == "/v1/pull"))  # type: ignore[attr-defined]
        request = Request({"type": "http", "headers": []})
        waiting.published(1)
        waiting.end()
        tills = [asyncio.create_task(pull(request, f"t{n}", 0, 1_000, 20.0)) for n in range(THREADS + 20)]
        try:
            for _ in range(20):
                await asyncio.sleep(0)
            assert current_default_thread_limiter().borrowed_tokens == NEWS_AT_ONCE
            await run_in_threadpool(go_on.set)  # another call gets through before any of them
        finally:
            go_on.set()
            answers = await asyncio.gather(*tills)
        assert [each.body for each in answers] == [b"{}"] * len(tills)

    asyncio.run(rush())
