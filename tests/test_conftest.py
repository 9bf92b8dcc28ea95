"""The watch over the tests works: each of its promises has a test that breaks it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from hypothesis import settings

from pos_member.config import default_data_folder
from tests.log_watch import ExpectLog, LogWatch


def _record(message: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("planted", level, __file__, 1, message, (), None)


def test_an_unannounced_warning_is_complained_about() -> None:
    watch = LogWatch()
    watch.emit(_record("the roof leaks"))
    assert watch.complaint() == "unexpected log record: WARNING planted: the roof leaks"


def test_an_announced_warning_is_silence() -> None:
    watch = LogWatch()
    watch.expect("roof")
    watch.emit(_record("the roof leaks"))
    assert watch.complaint() == ""


def test_an_announced_warning_that_never_comes_is_complained_about() -> None:
    watch = LogWatch()
    watch.expect("roof", logging.ERROR)
    watch.emit(_record("the roof leaks"))
    assert "unexpected" in watch.complaint() and "never came" in watch.complaint()


def test_records_below_warning_pass(expected_logs: ExpectLog) -> None:
    logging.getLogger("planted").info("the roof holds")
    expected_logs("leaks")
    logging.getLogger("planted").error("the roof leaks")


def test_handlers_a_test_adds_do_not_outlive_it_first_half() -> None:
    logging.getLogger().addHandler(_Leftover())


def test_handlers_a_test_adds_do_not_outlive_it_second_half() -> None:
    assert not any(isinstance(handler, _Leftover) for handler in logging.getLogger().handlers)


class _Leftover(logging.NullHandler):
    pass


def test_the_data_folder_is_a_temporary_one(data_folder: Path) -> None:
    assert default_data_folder() == data_folder
    assert list(data_folder.iterdir()) == []


def test_qt_and_the_keystore_are_kept_away() -> None:
    import keyring

    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.fail"


def test_property_tests_run_the_same_examples_every_time() -> None:
    if os.environ.get("HYPOTHESIS_PROFILE", "steady") == "steady":
        assert settings().derandomize and settings().deadline is None
