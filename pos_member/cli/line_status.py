"""``sync status`` and ``sync limits``: how the line stands, and how much of it may be used."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.line_setup import LineSetup
from pos_member.services.line_words import LineFigures, line_words
from pos_member.wording import say


def status(parsed: argparse.Namespace, console: Console) -> int:
    """As this till's files tell it: nobody is called. Exit code 1 where something waits, or is wrong.

    Beside an open window the till is taken: the window says the same.
    """
    from pos_member.app.composition import open_known_till
    from pos_member.sync.engine import CLOCK_OFF_S

    with open_known_till(parsed.data) as till:
        if not till.enrolled:
            console.result({"line": "alone"}, "line_alone")
            return EXIT_OK
        store, now = till.folder.sync_store, till.clock.now()
        queue, mark = store.queue_status(), store.mark()
        # As it was when head office was last talked to: the window knows no other.
        clock_off_s = -till.store.rights.standing(None, "").skew_s
        figures = LineFigures(
            bills_waiting=queue.bills_waiting,
            waiting=queue.waiting,
            since=queue.oldest_waiting_at,
            last_contact=mark.as_of,
            suspended=store.suspended(),
            clock_off_s=clock_off_s if abs(clock_off_s) > CLOCK_OFF_S else 0,
            limited=bool(till.line_setup().upload_kbit or till.line_setup().download_kbit),
        )
        words = line_words(figures, now, till.zone(), console.language, say)
        open_days = till.services.days.waiting()
    if console.as_json:
        console.json(
            {
                "waiting": queue.waiting,
                "bills_waiting": queue.bills_waiting,
                "oldest_waiting_at": queue.oldest_waiting_at,
                "last_contact_at": mark.as_of,
                "head_seq": queue.head_seq,
                "acked_seq": queue.acked_seq,
                "cursor": mark.cursor,
                "suspended": figures.suspended,
                "clock_off_s": figures.clock_off_s,
                "days_to_close": open_days,
                "told": words.told,
            }
        )
    else:
        for line in (words.told, *words.notes):
            console.line(line)
    wrong = figures.suspended or figures.clock_off_s
    return EXIT_ATTENTION if queue.waiting or wrong else EXIT_OK


def limits(parsed: argparse.Namespace, console: Console) -> int:
    """Change the till's limits; without any option: say them."""
    from pos_member.app.composition import open_known_till
    from pos_member.app.settings import load_settings, save_settings

    with open_known_till(parsed.data):
        settings = load_settings(parsed.data)
        wanted = _wanted(settings.line, parsed)
        if wanted != settings.line:
            save_settings(parsed.data, replace(settings, line=wanted))

    def text(key: str, **params: object) -> str:
        return say("line", key, console.language, params)

    if console.as_json:
        console.json(wanted)
        return EXIT_OK
    night = f"{wanted.night_from}–{wanted.night_to}" if wanted.night_from else text("any_time")
    upload, download = _kbit(wanted.upload_kbit, text), _kbit(wanted.download_kbit, text)
    console.line(text("limits", upload=upload, download=download, night=night, large_mb=wanted.large_mb))
    return EXIT_OK


def _kbit(limit: int, text: Callable[..., str]) -> str:
    return text("kbit", n=limit) if limit else text("no_limit")


def _wanted(now: LineSetup, parsed: argparse.Namespace) -> LineSetup:
    night_from, night_to = now.night_from, now.night_to
    if parsed.night is not None:
        night_from, _, night_to = ("", "", "") if parsed.night == "off" else parsed.night.partition("-")
    try:
        return LineSetup(
            upload_kbit=now.upload_kbit if parsed.upload is None else parsed.upload,
            download_kbit=now.download_kbit if parsed.download is None else parsed.download,
            night_from=night_from,
            night_to=night_to,
            large_mb=now.large_mb if parsed.large is None else parsed.large,
        )
    except ValueError as error:
        raise Refusal(Reason.PAYLOAD_INVALID, where="limits", want=str(error)) from None
