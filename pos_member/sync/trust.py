"""Whom to believe on the way to head office: the certificates this machine trusts, as its administrator set it up.

``requests`` would believe a list of its own (certifi) and not the shop's: a company's own authority, or a proxy that a
company looks through, stands in the system's store alone. ``REQUESTS_CA_BUNDLE`` still names
a file to believe as well.
"""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.sync.patience import Patience, timely_answers

#: OpenSSL's ``X509_V_ERR_CERT_NOT_YET_VALID`` and ``…_HAS_EXPIRED``: said by a wrong clock more often than not.
_NOT_NOW = (9, 10)


def system_context() -> ssl.SSLContext:
    """TLS 1.2 or later, the names checked, against the system's store."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Cut:
    """The connections that are open, to be cut from another thread: what waits for an answer ends at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Any] = set()
        self._done = False

    def opened(self, connection: Any) -> None:
        """A connection to watch; one that comes after ``now`` is cut at once."""
        with self._lock:
            self._open.add(connection)
            late = self._done
        if late:
            _cut(connection)

    def closed(self, connection: Any) -> None:
        """It is no longer there."""
        with self._lock:
            self._open.discard(connection)

    def now(self) -> None:
        """Cut all, those to come too."""
        with self._lock:
            self._done = True
            known = list(self._open)
        for connection in known:
            _cut(connection)


def _cut(connection: Any) -> None:
    sock = getattr(connection, "sock", None)
    if isinstance(sock, socket.socket):
        try:
            # Past TLS: its good-bye would wait for the other side.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return  # gone already


class LineAdapter(HTTPAdapter):
    """``requests`` with the system's store, connections that can be cut, and answers that end in time."""

    def __init__(self, cut: Cut, patience: Patience, context: ssl.SSLContext | None = None) -> None:
        self._cut = cut
        self._patience = patience
        self._context = context or system_context()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """See ``HTTPAdapter``."""
        super().init_poolmanager(*args, **named, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = _pools(self._cut, self._patience)

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        """See ``HTTPAdapter``: through a proxy head office's certificate is checked against the same store."""
        manager = super().proxy_manager_for(*args, **named, ssl_context=self._context)
        manager.pool_classes_by_scheme = _pools(self._cut, self._patience)
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """See ``HTTPAdapter``: no list of its own beside the system's."""
        if verify is not True:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]


def _pools(cut: Cut, patience: Patience) -> dict[str, type[HTTPConnectionPool]]:
    timely = timely_answers(patience)

    class Plain(HTTPConnection):
        response_class = timely

        def connect(self) -> None:
            super().connect()
            cut.opened(self)

        def close(self) -> None:
            cut.closed(self)
            super().close()

    class Secured(HTTPSConnection):
        response_class = timely

        def connect(self) -> None:
            super().connect()
            cut.opened(self)

        def close(self) -> None:
            cut.closed(self)
            super().close()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}


def certificate_problem(error: BaseException) -> EnvironmentProblem | None:
    """What is wrong with head office's certificate, where that is what ``error`` comes from; else ``None``."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or any(one is each for each in seen):
            continue
        seen.append(one)
        if isinstance(one, ssl.SSLCertVerificationError):
            reason = Reason.CERTIFICATE_TIME if one.verify_code in _NOT_NOW else Reason.CERTIFICATE_UNTRUSTED
            return EnvironmentProblem(reason, detail=one.verify_message[:120])
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return None
