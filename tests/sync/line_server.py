"""What stands between a till and its head office in a test: on a port and threads of its own, until it is over."""

from __future__ import annotations

import threading
from socketserver import BaseServer, ThreadingMixIn
from types import TracebackType
from typing import Self


class LineServer(ThreadingMixIn, BaseServer):
    """Put before a server of ``socketserver`` or ``http.server``; ``over`` is set when the test is."""

    daemon_threads = True

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"
