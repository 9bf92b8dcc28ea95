"""``headoffice backup`` and ``headoffice restore``."""

from __future__ import annotations

import argparse

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_OK
from pos_member.cli.office import database_url, shop_times


def backup(parsed: argparse.Namespace, console: Console) -> int:
    """Write a backup and read it back."""
    from pos_member.headoffice.backing import backup as write

    made = write(database_url(parsed.database), parsed.file)
    figures = {"path": str(made.path), "bytes": made.bytes, "events": made.events, "tills": made.tills}
    console.result(figures, "office_backed_up", **figures)
    return EXIT_OK


def restore(parsed: argparse.Namespace, console: Console) -> int:
    """Put a backup in the place of the database; say which till sends again from where."""
    from pos_member.headoffice.backing import restore as put_back

    done = put_back(database_url(parsed.database), parsed.file, who=parsed.by, why=parsed.why, anyway=parsed.anyway)
    if console.as_json:
        console.json({"frozen_until": done.frozen_until, "tills": done.tills, "kept": str(done.kept or "")})
        return EXIT_OK
    if done.kept is not None:
        console.say("office_restored_kept", path=done.kept)
    console.say("office_restored", until=shop_times(parsed, console)(done.frozen_until))
    for till in done.tills:
        number = f"{till.number:02d}"
        name = number if till.label == number else f"{number} {till.label}"
        console.line("  " + console.text("office_restored_till", till=name, seq=till.last_seq + 1))
    return EXIT_OK
