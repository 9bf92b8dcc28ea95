"""Tills that wait for news: woken at once, together where one change follows another, and never left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from pos_member.headoffice import waiting as waiting_module
from pos_member.headoffice.waiting import Waiting
from tests.patience import PATIENCE_S

NEVER = 3_600.0


def never_polls(**more: float) -> Waiting:
    """Hears only of what it is told."""
    return Waiting(lambda: 0, poll_s=NEVER, **more)  # type: ignore[arg-type]


async def until(true: Callable[[], bool]) -> None:
    async def look() -> None:
        while not true():
            await asyncio.sleep(0)

    await asyncio.wait_for(look(), PATIENCE_S)


def run(work: Awaitable[None]) -> None:
    async def all_of_it() -> None:
        await work

    asyncio.run(all_of_it())


def test_whoever_has_news_is_woken_and_nobody_else() -> None:
    async def work() -> None:
        waiting = never_polls()
        behind, ahead = (asyncio.create_task(waiting.wait(after, 25)) for after in (3, 9))
        await until(lambda: waiting.waiting == 2)
        waiting.published(5)
        assert await asyncio.wait_for(behind, PATIENCE_S)
        assert waiting.waiting == 1 and not ahead.done()
        waiting.end()
        assert not await asyncio.wait_for(ahead, PATIENCE_S)
        assert not await waiting.wait(9, 25), "after the end nobody waits"

    run(work())


def test_news_that_are_there_are_told_at_once() -> None:
    async def work() -> None:
        waiting = never_polls(each_s=0.0)
        waiting.published(5)
        assert await waiting.wait(4, 25)
        assert not await waiting.wait(5, 0.01)

    run(work())


def test_where_one_change_follows_another_tills_are_woken_together() -> None:
    """The answers to the first change take their time; all that comes meanwhile is told with one waking."""

    async def work() -> None:
        waiting = never_polls(each_s=0.05)
        woken: list[int] = []

        async def till() -> None:
            await waiting.wait(1, 25)
            woken.append(waiting._newest)
            await waiting.wait(woken[-1], 25)
            woken.append(waiting._newest)

        tills = [asyncio.create_task(till()) for _ in range(3)]
        await until(lambda: waiting.waiting == 3)
        waiting.published(2)
        await until(lambda: len(woken) == 3 and waiting.waiting == 3)
        for number in range(3, 9):
            waiting.published(number)
            await asyncio.sleep(0)
        assert woken == [2, 2, 2], "they are kept until the answers are through"
        await asyncio.wait_for(asyncio.gather(*tills), PATIENCE_S)
        assert woken == [2] * 3 + [8] * 3
        waiting.end()

    run(work())


def test_tills_are_never_kept_from_news_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    monkeypatch.setattr(waiting_module, "GATHER_MAX_S", 0.05)

    async def work() -> None:
        waiting = never_polls(each_s=NEVER)
        waiting.published(1)
        assert await waiting.wait(0, 25)
        assert await asyncio.wait_for(waiting.wait(0, 25), PATIENCE_S)
        waiting.end()

    run(work())


def test_too_many_are_answered_with_what_there_is() -> None:
    async def work() -> None:
        waiting = never_polls(waiters_max=1)
        first = asyncio.create_task(waiting.wait(0, 25))
        await until(lambda: waiting.waiting == 1)
        assert not await waiting.wait(0, 25)
        waiting.published(1)
        assert await asyncio.wait_for(first, PATIENCE_S)
        waiting.end()

    run(work())
