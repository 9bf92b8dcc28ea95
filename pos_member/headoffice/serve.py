"""Running head office in this process: uvicorn on a port, and a word when it is ready."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn

from pos_member import __version__
from pos_member.headoffice import memory, reader_process
from pos_member.headoffice.app import HeadOfficeSettings, create_app
from pos_member.headoffice.connections import CONNECTIONS_MAX, HEAD_BYTES_MAX, TimedHead
from pos_member.headoffice.daily import DailyWork
from pos_member.headoffice.reader_process import ReaderProcess
from pos_member.headoffice.service import HeadOffice
from pos_member.headoffice.snapshot_keeper import SnapshotKeeper
from pos_member.headoffice.stamping import StamperThread
from pos_member.headoffice.upkeep import Upkeep

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
PORT = 8470
#: Seconds an open request gets to end after the stop.
GRACE_S = 5


class _Server(uvicorn.Server):
    """Tells when it answers, and, before it waits for open requests to end, that it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ``port`` 0 takes a free one. Raises ``OSError`` where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol left at 0 asyncio does not set TCP_NODELAY on what it accepts, and every answer takes 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(1_024)
    except OSError:
        taken.close()
        raise
    return taken


def address_of(taken: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _allow_connections() -> None:
    """Every connection is an open file, and what a process may have of them is often a thousand."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * CONNECTIONS_MAX
        if soft < wanted:
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


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
    serve_on(RunningHeadOffice(settings or HeadOfficeSettings(database_url), host, port), ready)


def _reader_beside(office: HeadOffice) -> ReaderProcess | None:
    """A process that reads large batches for ``office``, where there is a processor for it."""
    if not reader_process.worth_it():
        return None
    reader = ReaderProcess(office.limits.batch_events, office.limits.event_bytes)
    office.read_apart(reader)
    return reader


def serve_on(running: RunningHeadOffice, ready: Callable[[str], None], *, alone: bool = True) -> None:
    """Serve in the main thread, with what head office does by itself, until a signal or ``end_soon``.

    ``alone``: no other worker shares this machine's processors, so that one of them is left to read large batches.
    """
    memory.one_heap()
    _allow_connections()
    memory.collect_less()

    def up() -> None:
        log.info("serving", extra={"fields": {"url": running.url, "version": __version__}})
        ready(running.url)

    # Until the web server minds signals itself, one that comes is kept for it. It ends its work at SIGTERM, then raises
    # the signal again: to end well is not to be killed.
    before = signal.signal(signal.SIGTERM, lambda *_: running.end_soon())
    reader = _reader_beside(running.app.state.office) if alone else None
    upkeep = Upkeep(running.app.state.office)
    upkeep.start()
    stamper = StamperThread(running.app.state.office)
    stamper.start()
    daily = DailyWork(running.app.state.office)
    daily.start()
    keeper = SnapshotKeeper(running.app.state.snapshots)
    keeper.start()
    try:
        running.run(up)
    finally:
        keeper.stop()
        daily.stop()
        stamper.stop()
        upkeep.stop()
        if reader is not None:
            reader.close()
        signal.signal(signal.SIGTERM, before)
        log.info("stopped")


class RunningHeadOffice:
    """Head office on a socket. ``run`` blocks; ``start`` runs it on a thread of its own until ``stop``."""

    def __init__(
        self, settings: HeadOfficeSettings, host: str = HOST, port: int = 0, *, taken: socket.socket | None = None
    ) -> None:
        """``taken``: a socket that listens already, on which others may answer too."""
        self._socket = taken or listen(host, port)
        self.url = address_of(self._socket)
        try:
            self.app = create_app(settings)
        except BaseException:
            self._socket.close()
            raise
        self._ready = threading.Event()
        self._ending = False
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def run(self, ready: Callable[[], None]) -> None:
        """Serve in this thread until told to stop."""
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=30,
            # Beyond what ``TimedHead`` makes room for; open files are enough for it.
            limit_concurrency=2 * CONNECTIONS_MAX - 500,
            server_header=False,
            lifespan="on",
            http=TimedHead,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        )
        self._server = _Server(config, ready, self.app.state.waiting.end)
        self._server.should_exit = self._ending
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

    def end_soon(self) -> None:
        """Let ``run`` come to its end, from any thread, before or after it began."""
        self._ending = True
        if self._server is not None:
            self._server.should_exit = True

    def stop(self, timeout_s: float = 20.0) -> None:
        """End the thread that ``start`` began."""
        self.end_soon()
        if self._thread is not None:
            self._thread.join(timeout_s)
