"""A PostgreSQL for the benchmarks: a real one that waits for its disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres_server import Cluster, Server


@contextmanager
def running() -> Iterator[Server]:
    """A server with ``fsync`` and ``synchronous_commit`` on, gone afterwards."""
    cluster = Cluster(fsync="on", full_page_writes="on", synchronous_commit="on", shared_buffers="256MB")
    try:
        yield cluster.start()
    finally:
        cluster.stop()
        cluster.remove()


def fresh(server: Server, name: str) -> str:
    """The URL of a new database."""
    with server.connect() as connection:
        connection.autocommit = True
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return server.url(name)


def pid(server: Server) -> int:
    """The process from which all of the server's others descend."""
    return int(Path(server.folder, "data", "postmaster.pid").read_text().split()[0])
