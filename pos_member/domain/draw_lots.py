"""A lucky draw that anyone can check.

1. Before the draw the list of entries is closed and its SHA-256 (``commit``) published: the list cannot change after.
2. Later a seed comes out that nobody in the shop can choose, of a source named beforehand: the first prize of the state
   lottery of a given day.
3. The winners follow from both alone (``draw_winners``), and whoever has the record can compute them again
   (``verify_draw``).

How: the list is one text of lines, ``pos-member draw 1``, the id of the draw, the source of the seed, then
``member id TAB member number TAB entries`` in the order of the ids, each ended by LF, in UTF-8. The key is
SHA-256(commitment LF seed), with the commitment in hexadecimal. The n-th value (n = 0, 1, 2 …) is
HMAC-SHA256(key, n as 8 bytes, big-endian) as a number of 256 bits. A value in the last, incomplete stretch of multiples
of the number of entries left is passed over, so that every entry has exactly the same chance. The entry of that number,
counted in the order of the list without the members who have won, wins: nobody wins twice.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

FORMAT = "pos-member draw 1"
VALUE_BITS = 256
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True)
class DrawEntry:
    """How many entries a member has. ``number`` is the member number, printed with the winners."""

    member_id: str
    number: str
    entries: int


@dataclass(frozen=True)
class Winner:
    """``place`` from 1. ``counter`` is n of the value that drew; ``ticket`` the number of the entry it drew, from 0."""

    place: int
    member_id: str
    number: str
    counter: int
    ticket: int


@dataclass(frozen=True)
class DrawList:
    """A closed list and its ``commitment`` (64 hexadecimal digits): what is published before the draw."""

    draw_id: str
    seed_source: str
    entries: tuple[DrawEntry, ...]
    commitment: str


@dataclass(frozen=True)
class DrawRecord:
    """A draw that was held: all that is needed to check it. ``seed`` is as ``clean_seed`` makes it."""

    closed: DrawList
    seed: str
    prizes: int
    winners: tuple[Winner, ...]


class DrawFault(StrEnum):
    """What is wrong with a record."""

    LIST = "list"  # the list is not in its one order, or holds a member twice or without entries
    COMMITMENT = "commitment"  # the list is not the one that was published
    SEED = "seed"  # the seed is empty or not as it is read
    WINNERS = "winners"  # list and seed make other winners


def commit(draw_id: str, seed_source: str, entries: Iterable[DrawEntry]) -> DrawList:
    """Close the list: entries of one member are added up, members without any are left out, order does not matter.

    Raises ``ValueError`` when a field holds a line break or a tab, or one member has two numbers.
    """
    summed: dict[str, DrawEntry] = {}
    for entry in entries:
        known = summed.get(entry.member_id)
        if known is not None and known.number != entry.number:
            raise ValueError("one member, two numbers")
        before = 0 if known is None else known.entries
        summed[entry.member_id] = DrawEntry(entry.member_id, entry.number, before + entry.entries)
    kept = tuple(summed[member_id] for member_id in sorted(summed) if summed[member_id].entries > 0)
    return DrawList(draw_id, seed_source, kept, _digest(draw_id, seed_source, kept))


def canonical_text(draw_id: str, seed_source: str, entries: Sequence[DrawEntry]) -> str:
    """The text that is hashed: what is published after the draw. Raises ``ValueError`` as ``commit``."""
    for field in (draw_id, seed_source, *(text for each in entries for text in (each.member_id, each.number))):
        if any(char in "\t\r\n" for char in field):
            raise ValueError("a field of the list holds a line break or a tab")
    rows = (f"{each.member_id}\t{each.number}\t{each.entries}" for each in entries)
    return "".join(f"{line}\n" for line in (FORMAT, draw_id, seed_source, *rows))


def clean_seed(text: str) -> str:
    """The seed however it was typed: Thai digits as Arabic ones, NFKC, no blanks. Raises ``ValueError`` for nothing."""
    cleaned = "".join(unicodedata.normalize("NFKC", text).translate(_THAI_DIGITS).split())
    if not cleaned:
        raise ValueError("no seed")
    return cleaned


def draw_winners(closed: DrawList, seed_text: str, prizes: int) -> DrawRecord:
    """Hold the draw: the first ``prizes`` members, or all of them. Raises ``ValueError`` without a seed."""
    seed = clean_seed(seed_text)
    return DrawRecord(closed, seed, prizes, _winners(closed, seed, prizes))


def verify_draw(record: DrawRecord, published: str | None = None) -> DrawFault | None:
    """What is wrong with ``record``, or ``None``. ``published``: the commitment as it was made public."""
    closed = record.closed
    ids = [each.member_id for each in closed.entries]
    if ids != sorted(set(ids)) or any(each.entries <= 0 for each in closed.entries):
        return DrawFault.LIST
    try:
        digest = _digest(closed.draw_id, closed.seed_source, closed.entries)
    except ValueError:
        return DrawFault.LIST
    if digest != closed.commitment or (published is not None and published.strip().lower() != digest):
        return DrawFault.COMMITMENT
    try:
        seed = clean_seed(record.seed)
    except ValueError:
        return DrawFault.SEED
    if seed != record.seed:
        return DrawFault.SEED
    return None if record.winners == _winners(closed, seed, record.prizes) else DrawFault.WINNERS


def values(key: bytes) -> Iterator[int]:
    """The numbers of a draw, each of ``VALUE_BITS`` bits."""
    counter = 0
    while True:
        digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha256).digest()
        yield int.from_bytes(digest, "big")
        counter += 1


def below(numbers: Iterator[tuple[int, int]], limit: int, bits: int = VALUE_BITS) -> tuple[int, int]:
    """The next of ``numbers`` (place, value of ``bits`` bits) that is fair, as (place, value in 0 … ``limit`` − 1).

    Raises ``ValueError`` for a ``limit`` < 1 or beyond the values.
    """
    if not 0 < limit <= 1 << bits:
        raise ValueError("limit out of range")
    fair = (1 << bits) // limit * limit
    for place, value in numbers:
        if value < fair:
            return place, value % limit
    raise ValueError("no numbers left")


def _winners(closed: DrawList, seed: str, prizes: int) -> tuple[Winner, ...]:
    key = hashlib.sha256(f"{closed.commitment}\n{seed}".encode()).digest()
    numbers = enumerate(values(key))
    left = list(closed.entries)
    total = sum(each.entries for each in left)
    winners: list[Winner] = []
    while left and len(winners) < prizes:
        counter, ticket = below(numbers, total)
        at, passed = 0, 0
        while passed + left[at].entries <= ticket:
            passed += left[at].entries
            at += 1
        won = left.pop(at)
        total -= won.entries
        winners.append(Winner(len(winners) + 1, won.member_id, won.number, counter, ticket))
    return tuple(winners)


def _digest(draw_id: str, seed_source: str, entries: Sequence[DrawEntry]) -> str:
    return hashlib.sha256(canonical_text(draw_id, seed_source, entries).encode()).hexdigest()
