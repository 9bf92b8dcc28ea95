"""Segments are made once, however many ask, and no more of them are kept than there is room for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pos_member.headoffice.kept_segments import KeptSegments, Key, Packed


def key(number: int) -> Key:
    return number, "mark", "zstd"


def test_it_is_made_once_for_all_who_ask_at_once() -> None:
    kept, made, begun, go_on = KeptSegments(), [], threading.Event(), threading.Event()

    def make() -> Packed:
        made.append(1)
        begun.set()
        assert go_on.wait(60)
        return b"body", {"Content-Encoding": "zstd"}

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(kept.get, key(1), make)
        assert begun.wait(60)
        others = [threads.submit(kept.get, key(1), make) for _ in range(7)]
        go_on.set()
        answers = {
            (body, headers["Content-Encoding"]) for body, headers in (each.result(60) for each in [first, *others])
        }
    assert answers == {(b"body", "zstd")} and len(made) == 1


def test_another_history_and_another_encoding_are_others() -> None:
    kept = KeptSegments()
    for n, each in enumerate([(1, "a", "zstd"), (1, "b", "zstd"), (1, "a", "gzip"), (1, "a", "")]):
        assert kept.get(each, lambda n=n: (bytes([n]), {})) == (bytes([n]), {})  # type: ignore[misc]
    assert kept.get((1, "b", "zstd"), lambda: (b"never asked", {})) == (b"\x01", {})


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept = KeptSegments(bytes_max=25)
    for number in (1, 2):
        kept.get(key(number), lambda: (b"0123456789", {}))
    kept.get(key(1), lambda: (b"never asked", {}))
    kept.get(key(3), lambda: (b"0123456789", {}))
    assert kept.kept_bytes == 20
    assert kept.get(key(1), lambda: (b"made anew", {}))[0] == b"0123456789"
    assert kept.get(key(2), lambda: (b"made anew", {}))[0] == b"made anew"


def test_one_that_is_larger_than_all_room_is_sent_and_not_kept() -> None:
    kept = KeptSegments(bytes_max=5)
    assert kept.get(key(1), lambda: (b"0123456789", {}))[0] == b"0123456789"
    assert kept.kept_bytes == 0


def test_a_failure_is_the_askers_own_and_nothing_is_kept_of_it() -> None:
    kept = KeptSegments()

    def fail() -> Packed:
        raise OSError

    with pytest.raises(OSError):
        kept.get(key(1), fail)
    assert kept.get(key(1), lambda: (b"well", {}))[0] == b"well"
