"""``headoffice code-keys | member-code | member-codes | member-secret | badge``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url
from pos_member.cli.office_jobs import watch
from pos_member.cli.program import pointing
from pos_member.cli.qr_picture import save
from pos_member.domain.code_keys import CodeKeyKind
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.services.csv_text import csv_lines

if TYPE_CHECKING:
    from pos_member.headoffice.member_codes import SignedCode
    from pos_member.headoffice.office_codes import CodesOffice

#: How long a code lives where nothing was said: it is printed on cards.
_DAYS = 365


def _office(parsed: argparse.Namespace) -> CodesOffice:
    from pos_member.headoffice.office_codes import CodesOffice

    return CodesOffice(database_url(parsed.database), parsed.by, parsed.why)


def keys_list(parsed: argparse.Namespace, console: Console) -> int:
    """Every key, newest first."""
    found = _office(parsed).list_keys()
    if console.as_json:
        console.json(found)
        return EXIT_OK
    for key in found:
        state = "retired" if key.retired_at else "signs" if key.signs else "accepted"
        console.say(
            f"code_key_{state}",
            kind=console.text(f"code_key_kind_{key.kind.value}"),
            number=key.number,
            day=key.created_at.date(),
            ended=key.retired_at.date() if key.retired_at else "",
        )
        if key.waiting_tills:
            console.line("  " + console.text("code_key_waits", n=key.waiting_tills))
    return EXIT_OK


def keys_rotate(parsed: argparse.Namespace, console: Console) -> int:
    """Make the next key; it signs at once."""
    kind = CodeKeyKind(parsed.kind)
    made = _office(parsed).rotate_key(kind, anyway=parsed.anyway)
    console.result({"kind": kind.value, "number": made.number}, f"code_key_made_{kind.value}", number=made.number)
    return EXIT_OK


def keys_retire(parsed: argparse.Namespace, console: Console) -> int:
    """End a key."""
    kind = CodeKeyKind(parsed.kind)
    ended = _office(parsed).retire_key(kind, parsed.number)
    figures = {"kind": kind.value, "number": ended.number, "retired_at": ended.retired_at}
    console.result(figures, "code_key_ended", number=ended.number)
    return EXIT_OK


def keys_off(parsed: argparse.Namespace, console: Console) -> int:
    """End rotating codes."""
    ended = _office(parsed).rotating_off()
    console.result({"retired": ended}, "rotating_switched_off" if ended else "rotating_off_before", n=ended)
    return EXIT_OK


@pointing
def member_code(parsed: argparse.Namespace, console: Console) -> int:
    """A signed code of one member."""
    made = _office(parsed).member_code(_digits(parsed.number), _life(parsed))
    if console.as_json:
        console.json(made)
    else:
        console.line(made.code)
        console.say("member_code_made", until=_minute(made.valid_until), number=made.key_number)
    _picture(parsed.png, made.code, console)
    return EXIT_OK


@pointing
def member_codes(parsed: argparse.Namespace, console: Console) -> int:
    """Signed codes of all active members as CSV."""
    path: Path = parsed.csv

    def take(codes: Iterable[SignedCode]) -> None:
        rows = ((each.member_number, each.code, str(each.key_number), _minute(each.valid_until)) for each in codes)
        _write_rows(path, csv_lines(("number", "code", "key", "valid_until"), rows))

    count = _office(parsed).member_codes(_life(parsed), take, watch(console))
    console.result({"members": count, "path": str(path)}, "member_codes_made", members=count, path=path)
    return EXIT_OK if count else EXIT_ATTENTION


def member_secret(parsed: argparse.Namespace, console: Console) -> int:
    """What the app of one member makes rotating codes with."""
    made = _office(parsed).member_secret(_digits(parsed.number))
    if console.as_json:
        console.json(made)
        return EXIT_OK
    console.line(made.secret)
    console.say("member_secret_made", generation=made.generation)
    return EXIT_OK


def badge(parsed: argparse.Namespace, console: Console) -> int:
    """A new badge, or none any more."""
    office = _office(parsed)
    if parsed.revoke:
        had = office.take_badge(parsed.staff)
        console.result(
            {"staff": parsed.staff, "revoked": had}, "badge_ended" if had else "badge_none", code=parsed.staff
        )
        return EXIT_OK
    person, had = office.give_badge(parsed.staff)
    if console.as_json:
        console.json({"staff": person.code, "badge": person.badge, "replaced": had})
    else:
        console.line(person.badge)
        console.say("badge_replaced" if had else "badge_given", code=person.code)
    _picture(parsed.png, person.badge, console)
    return EXIT_OK


def _picture(path: Path | None, code: str, console: Console) -> None:
    """After the digits were said: they are good already, whatever becomes of the file."""
    if path is not None:
        save(path, code)
        console.say("saved", path=path)


def _life(parsed: argparse.Namespace) -> timedelta:
    # Bounded here: a hundred million days are no timedelta that can be added to a time.
    if parsed.minutes is not None:
        return timedelta(minutes=min(parsed.minutes, 100_000_000))
    return timedelta(days=min(_DAYS if parsed.days is None else parsed.days, 100_000))


def _digits(typed: str) -> str:
    return typed.replace(" ", "").replace("-", "")


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def _write_rows(path: Path, lines: Iterable[str]) -> None:
    """Whole or not at all, and for its owner alone: each row is a card somebody could show.

    Raises ``EnvironmentProblem(FILE_NOT_WRITABLE)``.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with part.open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
        part.replace(path)
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None
    finally:
        part.unlink(missing_ok=True)
