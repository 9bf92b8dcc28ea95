"""A virtual printer in a process of its own, and a tap that stamps the time of each first byte."""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence


def _serve(pipe, steps, build) -> None:
    from pos_member.hardware.printing.simulator import Build, Do, VirtualPrinter

    with (
        tempfile.TemporaryDirectory() as folder,
        VirtualPrinter(out_dir=folder, build=Build(**build), steps=steps) as printer,
    ):
        pipe.send(printer.port)
        while (told := pipe.recv()) is not None:
            if told == "cuts":
                pipe.send(printer.cuts)
            else:
                printer.do(Do(told))


@contextlib.contextmanager
def apart(steps: Sequence[object] = (), **build: object) -> Iterator[tuple[int, object]]:
    """(port, pipe): write the name of a ``Do`` into the pipe, or ``cuts`` to be told how many papers fell."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, tuple(steps), build), daemon=True)
    process.start()
    try:
        yield here.recv(), here
    finally:
        here.send(None)
        process.join(10)
        if process.is_alive():
            process.terminate()


class Tap:
    """Stands before a printer and passes everything on. ``first``: when each connection's first byte came, and when
    its first byte of paper (``ESC @``) did; seconds of ``time.perf_counter``."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.first: list[float] = []
        self.paper: list[float] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            printer = socket.create_connection(("127.0.0.1", self._to))
            for one in (client, printer):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass, args=(client, printer, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(printer, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, watched: bool) -> None:
        began = papers = False
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                now = time.perf_counter()
                if watched and not began:
                    began = True
                    self.first.append(now)
                if watched and not papers and b"\x1b@" in data:
                    papers = True
                    self.paper.append(now)
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            if watched:
                one.close()
