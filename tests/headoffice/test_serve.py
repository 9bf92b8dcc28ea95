"""``headoffice serve`` as a process: how it starts, ends, logs, and what a full or read-only disk does to it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import event, update

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import journal, schema
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.database import open_database
from pos_member.headoffice.kept import VERSION
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.transport import HttpTransport
from tests.headoffice.office_support import (
    BRANCHES,
    CLOCK,
    MEMBERS,
    assert_exactly_once,
    database_url,
    enrolled_till,
    rows,
    running_office,
    seed,
)
from tests.log_watch import ExpectLog

_ENDS_WITHIN_S = 120
COMMAND = [sys.executable, "-m", "pos_member", "headoffice", "serve", "--port", "0", "--json", "--lang", "en"]
#: SIGTERM after the start began and before the web server minds signals.
STOPPED_AT_ONCE = """
import os, signal, sys
from pos_member.headoffice import serve
start = serve.Upkeep.start
def stopped(upkeep):
    start(upkeep)
    os.kill(os.getpid(), signal.SIGTERM)
serve.Upkeep.start = stopped
serve.serve(sys.argv[1], port=0)
"""


@contextmanager
def process(url: str) -> Iterator[subprocess.Popen[str]]:
    """``headoffice serve`` on ``url``; killed at the end if it still runs."""
    started = subprocess.Popen(
        [*COMMAND, "--database", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"POS_MEMBER_KEYS": "file"},
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def address(started: subprocess.Popen[str]) -> str:
    """Where it answers, as its first JSON says. Fails when it ends, or says nothing in time."""
    assert started.stdout is not None
    in_time = threading.Timer(_ENDS_WITHIN_S, started.kill)
    in_time.start()
    told = ""
    while '"url"' not in told:
        line = started.stdout.readline()
        assert line, f"it ended: {started.communicate()[1]}"
        told += line
    in_time.cancel()
    return told.partition('"url": "')[2].partition('"')[0]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_cleanly_and_its_log_is_json_lines(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    with process(database_url(tmp_path)) as started:
        url = address(started)
        requests.post(f"{url}/login", data={"password": "081-234-5678"}, timeout=60)
        requests.get(f"{url}/members/0812345678?phone=0812345678", timeout=60)
        started.send_signal(sent)
        _, told = started.communicate(timeout=_ENDS_WITHIN_S)
    assert started.returncode == code
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["message"] for line in lines] == ["serving", "request", "request", "stopped"]
    assert [(line["route"], line["status"]) for line in lines[1:3]] == [("/login", 403), ("unknown", 404)]
    assert "Traceback" not in told and "234" not in told and "127.0.0.1" not in json.dumps(lines[1:3])


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_stop_while_it_starts_is_not_lost(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STOPPED_AT_ONCE, database_url(tmp_path)]) as started:
        try:
            assert started.wait(_ENDS_WITHIN_S) == 0
        finally:
            started.kill()


def test_a_file_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    database = open_database(database_url(tmp_path))
    with database.write() as connection:
        connection.execute(update(schema.setting).where(schema.setting.c.name == VERSION).values(value="99"))
    database.close()
    file = tmp_path / "office.db"
    before = file.read_bytes() if file.exists() else b""
    with process(database_url(tmp_path)) as started:
        out, told = started.communicate(timeout=_ENDS_WITHIN_S)
    assert started.returncode == 4 and "Traceback" not in out + told
    assert "newer" in out + told
    assert (file.read_bytes() if file.exists() else b"") == before


def test_two_servers_on_one_file_lose_and_double_nothing(tmp_path: Path) -> None:
    """Two processes take uploads of two tills in at once: the database's own locks are between them."""
    with (
        running_office(tmp_path) as one,
        process_at(tmp_path) as two,
        enrolled_till(one, tmp_path, "a") as first,
        enrolled_till(one, tmp_path, "b", BRANCHES[1]) as second,
    ):
        failed: list[object] = []

        def upload(till: Any, url: str) -> None:
            line = HttpTransport(url)
            for _ in range(12):
                till.ring(member=MEMBERS[0], points=3)
                outcome = till.engine(line).sync_once()
                failed.extend([outcome.reason] if outcome.reason else [])
            line.close()

        threads = [threading.Thread(target=upload, args=pair) for pair in ((first, one.url), (second, two))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
        assert_exactly_once(one.app.state.office.database, [first, second])


@contextmanager
def process_at(folder: Path) -> Iterator[str]:
    """The address of another server, in a process of its own with the tests' clock, on the file in ``folder``."""
    command = [sys.executable, "-m", "tests.headoffice.serve_process", database_url(folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as started:
        assert started.stdout is not None
        try:
            yield started.stdout.readline().strip()
        finally:
            started.kill()


@pytest.mark.one_database("how SQLite tells of a full disk")
def test_a_full_disk_answers_busy_and_the_till_keeps_its_bill(tmp_path: Path, expected_logs: ExpectLog) -> None:
    expected_logs("database: disk_full", level=logging.ERROR)
    with running_office(tmp_path) as server, enrolled_till(server, tmp_path, "one") as till:
        office: HeadOffice = server.app.state.office
        line = HttpTransport(server.url)
        till.engine(line).sync_once()
        full = True

        def limit(driver: Any, _record: object) -> None:
            pages = driver.execute("PRAGMA page_count").fetchone()[0]
            driver.execute(f"PRAGMA max_page_count = {pages if full else 1 << 30}")

        event.listen(office.database.engine, "connect", limit)
        office.database.engine.dispose()
        for _ in range(40):
            till.ring(member=MEMBERS[0], points=3)
        outcome = till.engine(line).sync_once()
        assert outcome.reason is not None and till.folder.sync_store.queue_status().waiting == 40
        assert rows(office.database, "bill") == []
        assert requests.get(f"{server.url}/healthz", timeout=60).status_code == 200
        full = False
        office.database.engine.dispose()
        assert till.engine(line).sync_once().reason is None
        line.close()
        assert_exactly_once(office.database, [till])


@pytest.mark.one_database("a file on a read-only disk")
def test_a_read_only_file_is_named(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    mounted = subprocess.run(command, check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root may mount")
    try:
        open_database(database_url(place)).close()
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True, capture_output=True)
        with pytest.raises(EnvironmentProblem) as caught:
            open_database(database_url(place))
        assert caught.value.reason is Reason.FOLDER_READ_ONLY
    finally:
        subprocess.run(["umount", str(place)], check=True, capture_output=True)


def test_a_taken_port_leaves_nothing_open(tmp_path: Path) -> None:
    with running_office(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            RunningHeadOffice(HeadOfficeSettings(database_url(tmp_path), clock=CLOCK), port=port)


def test_what_the_database_refuses_is_logged_without_values(tmp_path: Path) -> None:
    database = open_database(database_url(tmp_path))
    seed(database)
    member = rows(database, "member")[0]
    with pytest.raises(Exception, match=r"UNIQUE|UniqueViolation") as caught, database.write() as connection:
        connection.execute(schema.member.insert().values(**member._mapping))
    record = logging.LogRecord("x", logging.ERROR, "", 0, "told %s", (caught.value,), None)
    line = json.loads(journal.JsonLines().format(record))
    assert "ใจดี" not in line["message"] and member.phone not in line["message"]
    database.close()
