"""Running head office in this process: uvicorn on a port, and a word when it is ready."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable

import uvicorn

from pos_member import __version__
from pos_member.headoffice.app import HeadOfficeSettings, create_app
from pos_member.headoffice.daily import DailyWork

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
PORT = 8470
#: Seconds an open request gets to end after the stop.
_GRACE_S = 5


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ``port`` 0 takes a free one. Raises ``OSError`` where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol left at 0 asyncio does not set TCP_NODELAY on what it accepts, and every answer takes 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(256)
    except OSError:
        taken.close()
        raise
    return taken


def serve(
    database_url: str,
    host: str = HOST,
    port: int = PORT,
    ready: Callable[[str], None] = lambda _url: None,
    *,
    settings: HeadOfficeSettings | None = None,
) -> None:
    """Serve in the main thread until a signal stops the process. ``ready`` gets the base URL once calls are answered.

    Raises ``OSError`` where the port is taken, ``EnvironmentProblem`` where the database cannot be used.
    """
    running = RunningHeadOffice(settings or HeadOfficeSettings(database_url), host, port)

    def up() -> None:
        log.info("serving", extra={"fields": {"url": running.url, "version": __version__}})
        ready(running.url)

    # The web server ends its work at SIGTERM, then raises the signal again: to end well is not to be killed.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    daily = DailyWork(running.app.state.office)
    daily.start()
    try:
        running.run(up)
    finally:
        daily.stop()
        signal.signal(signal.SIGTERM, before)
        log.info("stopped")


class RunningHeadOffice:
    """Head office on a socket. ``run`` blocks; ``start`` runs it on a thread of its own until ``stop``."""

    def __init__(self, settings: HeadOfficeSettings, host: str = HOST, port: int = 0) -> None:
        self._socket = listen(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        try:
            self.app = create_app(settings)
        except BaseException:
            self._socket.close()
            raise
        self._ready = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve in this thread until told to stop."""
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=30,
            limit_concurrency=200,
            server_header=False,
            lifespan="on",
        )
        self._server = _Server(config, ready)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def start(self, timeout_s: float = 20.0) -> None:
        """Serve on a thread; returns once calls are answered. Raises ``TimeoutError``."""
        self._thread = threading.Thread(target=self.run, args=(self._ready.set,), name="head-office", daemon=True)
        self._thread.start()
        if not self._ready.wait(timeout_s):
            raise TimeoutError("head office did not come up")

    def stop(self, timeout_s: float = 20.0) -> None:
        """End the thread that ``start`` began."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout_s)
