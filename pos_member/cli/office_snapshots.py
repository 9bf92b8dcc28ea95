"""``headoffice snapshot build | list``: the files that a new till loads everything from."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url, shop_times

if TYPE_CHECKING:
    from pos_member.headoffice.snapshots import Snapshots
    from pos_member.services.snapshot_ports import SnapshotManifest


def build(parsed: argparse.Namespace, console: Console) -> int:
    """Make one now, beside whatever head office does. Exit code 1 while another process is at it."""
    with _snapshots(parsed) as snapshots:
        made = snapshots.make()
    if made is None:
        console.result({"made": None}, "snapshot_busy")
        return EXIT_ATTENTION
    console.result({"made": _told(made)}, "snapshot_made", **_words(made, shop_times(parsed, console)(made.at)))
    return EXIT_OK


def listed(parsed: argparse.Namespace, console: Console) -> int:
    """Those of this machine, the newest first; which of them tills are given. Exit code 1 where there is none."""
    with _snapshots(parsed) as snapshots:
        found, newest = snapshots.listed(), snapshots.newest()
    if console.as_json:
        console.json({"newest": newest.id if newest else None, "snapshots": [_told(each) for each in found]})
    elif not found:
        console.say("snapshot_none")
    else:
        at = shop_times(parsed, console)
        for each in found:
            key = "snapshot_given" if newest is not None and each.id == newest.id else "snapshot_kept"
            console.say(key, **_words(each, at(each.at)))
    return EXIT_OK if found else EXIT_ATTENTION


@contextmanager
def _snapshots(parsed: argparse.Namespace) -> Iterator[Snapshots]:
    from pos_member.domain.clock import SystemClock
    from pos_member.domain.ids import IdMaker
    from pos_member.headoffice.database import open_known_database
    from pos_member.headoffice.snapshots import Snapshots, snapshot_folder

    clock, url = SystemClock(), database_url(parsed.database)
    database = open_known_database(url)
    try:
        yield Snapshots(database, snapshot_folder(url), clock, IdMaker(clock))
    finally:
        database.close()


def _told(made: SnapshotManifest) -> dict[str, object]:
    packed = sum(part.bytes for part in made.parts)
    return {
        "id": made.id,
        "at": made.at,
        "cursor": made.cursor,
        "members": made.members,
        "bytes": made.bytes,
        "packed_bytes": packed,
        "parts": len(made.parts),
    }


def _words(made: SnapshotManifest, at: str) -> dict[str, object]:
    packed = sum(part.bytes for part in made.parts)
    return {
        "at": at,
        "members": f"{made.members:,}",
        "cursor": f"{made.cursor:,}",
        "mb": f"{packed / 1_000_000:,.1f}",
        "id": made.id,
    }
