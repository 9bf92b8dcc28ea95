"""Reads batches for head office in a process of its own: ``python -m pos_member.headoffice.reader``.

It takes batches on standard input and gives what they come to on standard output, one after another, and ends with its
input: who asked is gone. It has no database, no network and no state. What goes to and fro is plain values in the form
``marshal`` has for them, between two processes of one build on one machine.
"""

from __future__ import annotations

import marshal
import signal
import struct
import sys
from typing import IO, Any

from pos_member.headoffice import memory
from pos_member.headoffice.outlines import Outline, outline, plain
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.reading import Batch, Line, Read, read_batch
from pos_member.sync.protocol import BatchHeader, ErrorCode

#: Said once, when it can be asked.
READY = b"R"
_ASKED = struct.Struct("<IIII")
_TOLD = struct.Struct("<I")


def asked(till_id: str, body: bytes, events_max: int, event_bytes_max: int) -> list[bytes]:
    """A question, in parts."""
    named = till_id.encode()
    return [_ASKED.pack(len(named), len(body), events_max, event_bytes_max) + named, body]


def take(source: IO[bytes]) -> bytes:
    """The next answer. Raises ``EOFError`` where there is none."""
    return _exactly(source, _TOLD.unpack(_exactly(source, _TOLD.size))[0])


def answered(raw: bytes, body: bytes) -> Batch:
    """What ``raw`` tells of ``body``: as ``read_batch`` of it, with outlines for acts. Raises ``Problem`` as that does,
    ``ValueError`` where the other could not tell."""
    problem, header, events = marshal.loads(raw)  # noqa: S302 - from a process of our own
    if problem is not None:
        raise Problem(ErrorCode(problem[0]), **problem[1])
    reads, at = [], body.index(b"\n") + 1
    for size, line, act, fault, detail in events:
        at = body.index(b"\n", at) + 1
        payload = body[at : at + size]
        reads.append(Read(Line(*line), payload, None if act is None else outline(act), fault, detail))
        at += size + 1
    return Batch(BatchHeader(*header), reads)


def tell(till_id: str, body: bytes, events_max: int, event_bytes_max: int) -> bytes:
    """The answer to a question."""
    try:
        batch = read_batch(till_id, body, events_max, event_bytes_max)
    except Problem as problem:
        return marshal.dumps(((problem.code.value, problem.extra), None, None))
    header = batch.header
    found = (header.protocol, header.epoch, header.count, header.chain)
    return marshal.dumps((None, found, [_plain(event) for event in batch.events]))


def _plain(event: Read) -> tuple[Any, ...]:
    meta, act = event.meta, event.act
    assert not isinstance(act, Outline)
    line = (meta.seq, meta.event_id, meta.kind, meta.version, meta.sha256, meta.created_at)
    return len(event.payload), line, None if act is None else plain(act), event.fault, event.detail


def serve(source: IO[bytes], out: IO[bytes]) -> None:
    """Answer until there is nothing more to read."""
    out.write(READY)
    out.flush()
    while True:
        try:
            name_size, size, events_max, event_bytes_max = _ASKED.unpack(_exactly(source, _ASKED.size))
            till_id, body = _exactly(source, name_size).decode(), _exactly(source, size)
        except EOFError:
            return
        told = tell(till_id, body, events_max, event_bytes_max)
        out.write(_TOLD.pack(len(told)))
        out.write(told)
        out.flush()


def _exactly(source: IO[bytes], count: int) -> bytes:
    found = source.read(count)
    if len(found) < count:
        raise EOFError
    return found


def main() -> None:
    """Serve on the standard streams."""
    # Who asks says when it is over; a signal to all of a terminal or a service is for that process.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    memory.one_heap()
    memory.collect_less()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
