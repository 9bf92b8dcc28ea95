"""What every test stands on: no screen, no keystore, a data folder of its own, and silence.

A record at WARNING or above that a test did not announce fails it: what nobody expects is either a bug or a
message that people learn to overlook. A test that provokes one says so:

    def test_full_disk_is_told(expected_logs):
        expected_logs("disk is full")           # a regular expression, searched in the message
        ...

An announced record that never comes fails the test as well. A test that takes ``caplog`` looks for itself.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.scratch import take_place

if "TMPDIR" not in os.environ:
    take_place()
# Before anything imports Qt or keyring.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYSIDE6_OPTION_LAZY"] = "0"  # as the product does: it is not the first here to import Qt
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
if "XDG_RUNTIME_DIR" not in os.environ:
    # Qt warns where there is none, and insists on 0700.
    _runtime = Path(tempfile.gettempdir()) / f"pos-member-tests-{os.getuid() if hasattr(os, 'getuid') else 0}"
    _runtime.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(_runtime)

# The programs that tests start by the hundred are compiled once, and not by each of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell without job control starts what runs in the background deaf to Ctrl+C, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtWidgets import QApplication

from tests.both_databases import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.log_watch import ExpectLog, LogWatch
from tests.office_database import OFFICES
from tests.patience import PatientBot
from tests.standstill import pytest_configure as pytest_configure

# The same examples on every run: a red build means a change, not luck. HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """The syntax trees of five hundred files are not looked through for circles while they are made."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Nine thousand collected tests are not looked through for circles by every collection that a test brings about."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """A test's windows end with it.

    pytest-qt closes them and leaves their deletion to the next event loop: the next test's, which would first dress and
    lay out all of them once more.
    """
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is not None and (app := widgets.QApplication.instance()) is not None:
        app.sendPostedEvents(None, sys.modules["PySide6.QtCore"].QEvent.Type.DeferredDelete)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's, more patient, and quicker to see that something happened."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _log_watch(request: pytest.FixtureRequest) -> Iterator[LogWatch]:
    """Watches the root logger over the whole test, its fixtures included, and leaves the logger as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    watch = LogWatch()
    root.addHandler(watch)
    try:
        yield watch
    finally:
        for handler in [one for one in root.handlers if one not in handlers]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    if "caplog" not in request.fixturenames and (complaint := watch.complaint()):
        pytest.fail(complaint, pytrace=False)


@pytest.fixture
def expected_logs(_log_watch: LogWatch) -> ExpectLog:
    """Announce a log record that the test provokes: ``expected_logs(pattern, level=logging.WARNING)``."""
    return _log_watch.expect


@pytest.fixture(scope="session", autouse=True)
def _office_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where the workers of one run meet to share a PostgreSQL; it is started by the first test that needs it."""
    base = tmp_path_factory.getbasetemp()
    OFFICES.base = base.parent if hasattr(request.config, "workerinput") else base
    yield
    OFFICES.close()


_HOMES = count()


@pytest.fixture(autouse=True)
def data_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The data folder of the test, named in ``POS_MEMBER_DATA``: no test reads or writes a real one.

    It goes with its test, unless that failed.
    """
    # Numbered here: pytest's own numbering reads the whole parent folder each time.
    home = tmp_path_factory.getbasetemp() / f"home{next(_HOMES)}"
    data, state = home / "data", home / "state"
    for folder in (home, data, state):
        folder.mkdir(mode=stat.S_IRWXU)
    monkeypatch.setenv("POS_MEMBER_STATE", str(state))
    monkeypatch.setenv("POS_MEMBER_DATA", str(data))
    failed = request.session.testsfailed
    yield data
    if request.session.testsfailed == failed:
        shutil.rmtree(home, ignore_errors=True)
