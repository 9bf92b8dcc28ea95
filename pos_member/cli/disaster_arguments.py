"""The arguments of what is done after a disaster, or against one: backups, sticks."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from pos_member.cli.console import Console

Add = Callable[..., argparse.ArgumentParser]
Later = Callable[[str, str], object]
Count = Callable[[str], object]


def declare_office(job: Add, words: Console) -> None:
    """Below ``headoffice``. ``job`` adds ``--database``, ``--by`` and ``--why``."""
    backup = job("backup", "backup", module="office_backup", help_of="office_backup")
    restore = job("restore", "restore", module="office_backup", help_of="office_restore")
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE", help=words.text("help_backup_file"))
    restore.add_argument("--anyway", action="store_true", help=words.text("help_restore_anyway"))
    carry = job("carry-in", "carry_in", module="carrying", help_of="carry_in")
    carry.add_argument("files", type=Path, nargs="+", metavar="FILE", help=words.text("help_carry_files"))
    carry.add_argument("--out", type=Path, metavar="DIR", help=words.text("help_carry_out"))


def declare_till(add: Add, inner: object, words: Console, later: Later, count: Count) -> None:
    """Below ``sync``."""
    export = add("export", to=inner, help_of="sync_export")
    export.add_argument("target", type=Path, metavar="PATH", help=words.text("help_carry_target"))
    first = words.text("help_carry_from")
    export.add_argument("--from", dest="first", type=count, default=0, metavar="N", help=first)
    export.set_defaults(run=later("carrying", "export"))
    take_in = add("import", to=inner, help_of="sync_import")
    take_in.add_argument("file", type=Path, metavar="FILE", help=words.text("help_carry_answer"))
    take_in.set_defaults(run=later("carrying", "take_in"))
    for command in (export, take_in):
        # Named before or after the command: what is not named here must not undo what was named there.
        command.add_argument(
            "--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help=words.text("help_data")
        )
