"""A replay over one or several processes. Members are never split between two, so the number of them changes nothing.

The parent reads the facts in the order of time and hands each to the process that holds its member; bills without a
member are spread by their id. What is shared between members (a total limit, a budget) needs all of them in one place:
then there is one process (``replay.needs_one_process``).
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing.process import BaseProcess
from typing import Any
from zlib import crc32

from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.codec import from_bytes
from pos_member.domain.compiled import compile_rules
from pos_member.domain.pricing import RuleBook
from pos_member.domain.replay import Past, Replay, needs_one_process
from pos_member.domain.replay_figures import Report
from pos_member.services.past_bills import Fact, Source

_BATCH = 100
_BATCHES_WAITING = 8
_LOOK_S = 1
_PROGRESS_EVERY = 500


Progress = Callable[[int], None]


def run(
    source: Source, book: RuleBook, first: date, last: date, *, workers: int, progress: Progress = lambda done: None
) -> Report:
    """Replay the facts of ``source`` under ``book``.

    ``KeyboardInterrupt`` ends it with what is done so far: ``Report.partial``. Raises ``RuntimeError`` where a process
    died, and as the source does.
    """
    returned, past = source.returned(first, last), source.past()
    facts = source.facts(first, last)
    if workers <= 1 or needs_one_process(book):
        return _alone(facts, book, past, returned, progress)
    return _together(facts, book, past, returned, workers, progress)


def cores() -> int:
    """How many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _alone(facts: Iterable[Fact], book: RuleBook, past: Past, returned: frozenset[str], progress: Progress) -> Report:
    replay = Replay(compile_rules(book), book, past, returned)
    done = 0
    with interrupts() as interrupted:
        for fact in facts:
            if interrupted.is_set():
                replay.report.partial = True
                break
            _step(replay, fact)
            done += 1
            if done % _PROGRESS_EVERY == 0:
                progress(done)
    progress(done)
    return replay.report


def _step(replay: Replay, fact: Fact) -> None:
    if fact.bill is not None:
        replay.bill(from_bytes(Bill, fact.bill) if isinstance(fact.bill, bytes) else fact.bill, fact.profile)
    if fact.document is not None:
        document = fact.document
        replay.returned(from_bytes(BillReturn, document) if isinstance(document, bytes) else document)


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets instead of breaking off in the middle of a bill; a second Ctrl-C breaks off."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def on_interrupt(number: int, frame: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _together(
    facts: Iterable[Fact],
    book: RuleBook,
    past: Past,
    returned: frozenset[str],
    workers: int,
    progress: Progress,
) -> Report:
    context = multiprocessing.get_context("spawn")
    inboxes = [context.Queue(_BATCHES_WAITING) for _ in range(workers)]
    results: Any = context.Queue()
    processes = [
        context.Process(target=_worker, args=(inbox, results, book, past, returned), daemon=True) for inbox in inboxes
    ]
    report = Report()
    try:
        with _ignored_by_children():
            for process in processes:
                process.start()
        with interrupts() as interrupted:
            report.partial = not _feed(facts, inboxes, processes, interrupted, progress)
            for inbox, process in zip(inboxes, processes, strict=True):
                _put(inbox, None, process)
            for _ in processes:
                report.merge(_result(results, processes))
        for process in processes:
            process.join()
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
    return report


@contextmanager
def _ignored_by_children() -> Iterator[None]:
    """Ctrl-C reaches every process of the group; the children's part ends when the parent says so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _feed(
    facts: Iterable[Fact],
    inboxes: list[Any],
    processes: list[Any],
    interrupted: threading.Event,
    progress: Progress,
) -> bool:
    """Hand the facts out; whether all of them were."""
    batches: list[list[Fact]] = [[] for _ in inboxes]
    done, whole = 0, True
    for fact in facts:
        if interrupted.is_set():
            whole = False
            break
        number = crc32(fact.shard.encode()) % len(inboxes)
        batches[number].append(fact)
        done += 1
        if len(batches[number]) == _BATCH:
            _put(inboxes[number], batches[number], processes[number])
            batches[number] = []
        if done % _PROGRESS_EVERY == 0:
            progress(done)
    for number, batch in enumerate(batches):
        if batch:
            _put(inboxes[number], batch, processes[number])
    progress(done)
    return whole


def _put(inbox: Any, batch: list[Fact] | None, process: BaseProcess) -> None:
    while True:
        try:
            inbox.put(batch, timeout=_LOOK_S)
        except queue.Full:
            _require_alive([process])
        else:
            return


def _result(results: Any, processes: list[Any]) -> Report:
    while True:
        try:
            found = results.get(timeout=_LOOK_S)
        except queue.Empty:
            _require_alive(processes)
            continue
        if isinstance(found, Report):
            return found
        raise RuntimeError(f"a process of the replay failed: {found}")


def _require_alive(processes: Iterable[BaseProcess]) -> None:
    """Raises ``RuntimeError`` for a process that ended badly (killed, out of memory)."""
    for process in processes:
        if process.exitcode not in (None, 0):
            raise RuntimeError(f"a process of the replay ended with {process.exitcode}")


def _worker(inbox: Any, results: Any, book: RuleBook, past: Past, returned: frozenset[str]) -> None:
    """A process: replays what it is handed until it is handed nothing."""
    try:
        replay = Replay(compile_rules(book), book, past, returned)
        while (batch := inbox.get()) is not None:
            for fact in batch:
                _step(replay, fact)
    except Exception as error:  # noqa: BLE001 - told to the parent, which raises
        results.put(f"{type(error).__name__}: {error}")
        return
    results.put(replay.report)
