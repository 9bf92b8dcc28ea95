"""``sync export``, ``sync import`` and ``headoffice carry-in``: by stick, where there is no line."""

from __future__ import annotations

import argparse

from pos_member import __version__
from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url


def export(parsed: argparse.Namespace, console: Console) -> int:
    """Write what head office does not hold yet."""
    from pos_member.app.composition import open_known_till
    from pos_member.sync.carry import export as write

    with open_known_till(parsed.data) as till:
        made = write(
            till.folder.sync_store,
            parsed.target,
            till.clock,
            app_version=__version__,
            from_seq=parsed.first or None,
            intake=till.folder.intake,
        )
    events = made.last - made.first + 1 if made.first else 0
    console.result(
        {"path": str(made.path), "first": made.first, "last": made.last, "events": events},
        "carry_exported",
        path=made.path,
        events=events,
    )
    return EXIT_OK


def take_in(parsed: argparse.Namespace, console: Console) -> int:
    """Import head office's answer."""
    from pos_member.app.composition import open_known_till
    from pos_member.sync.carry import take_in as read

    with open_known_till(parsed.data) as till:
        done = read(till.folder.sync_store, parsed.file, till.clock, intake=till.folder.intake)
        waiting = till.folder.sync_store.queue_status().waiting
    figures = {"acked": done.acked_seq, "changes": done.changes, "waiting": waiting, "quarantined": done.quarantined}
    said = {"carry_epoch": done.epoch, "carry_again": done.again, "carry_left": done.left, "carry_known": done.known}
    key = next((key for key, so in said.items() if so), "carry_imported")
    more = {"epoch": done.epoch, "again": done.again, "known": done.known, "left": done.left}
    console.result({**figures, **more}, key, **figures, first=done.again)
    return EXIT_ATTENTION if done.epoch or done.again or done.left else EXIT_OK


def carry_in(parsed: argparse.Namespace, console: Console) -> int:
    """Take tills' files in, one after the other; each gets its answer."""
    from pos_member.domain.clock import SystemClock
    from pos_member.domain.ids import IdMaker
    from pos_member.headoffice.carrying import carry_in as take
    from pos_member.headoffice.database import open_known_database
    from pos_member.headoffice.service import HeadOffice
    from pos_member.headoffice.snapshots import Snapshots, snapshot_folder

    clock = SystemClock()
    database = open_known_database(database_url(parsed.database))
    told = EXIT_OK
    try:
        office = HeadOffice(database, clock, IdMaker(clock))
        snapshots = Snapshots(database, snapshot_folder(database_url(parsed.database)), clock, IdMaker(clock))
        for path in parsed.files:
            done = take(office, path, parsed.out, snapshots)
            figures = {"applied": done.applied, "duplicate": done.duplicate, "quarantined": done.quarantined}
            data = {"file": str(path), "till": done.label, "answer": str(done.answer), **figures}
            key = "carry_taken_epoch" if done.new_epoch else "carry_taken_part" if done.error else "carry_taken"
            console.result({**data, "error": done.error, "new_epoch": done.new_epoch}, key, **data)
            if done.error or done.new_epoch or done.quarantined:
                told = EXIT_ATTENTION
    finally:
        database.close()
    return told
