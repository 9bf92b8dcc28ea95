"""A web server in the tests ends when it is told to, not at its next tenth of a second.

uvicorn looks every 100 ms whether it shall end, and rests as long before it closes what is open. A test that starts a
server waits for both at its end, with the processor idle.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn.server

_LOOKS_AFTER_S = 0.005


class _Asyncio:
    """``asyncio`` as uvicorn's server uses it, with shorter rests."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(delay_s: float) -> None:
        await asyncio.sleep(min(delay_s, _LOOKS_AFTER_S))


def install() -> None:
    """For every server of this process."""
    uvicorn.server.asyncio = _Asyncio()  # type: ignore[assignment, attr-defined]
