"""``headoffice deny add | remove | list`` and ``headoffice exposure``."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url, shop_times

if TYPE_CHECKING:
    from pos_member.headoffice.rights_jobs import RightsJobs


def _jobs(parsed: argparse.Namespace) -> RightsJobs:
    from pos_member.headoffice.rights_jobs import RightsJobs

    return RightsJobs(database_url(parsed.database), parsed.by, parsed.why)


def deny(parsed: argparse.Namespace, console: Console) -> int:
    """Put a member or a coupon on the deny list."""
    entry = _jobs(parsed).deny(parsed.what, parsed.reason)
    shown = {"kind": entry.kind, "subject": entry.shown, "reason": entry.reason}
    console.result(shown, "office_denied", what=entry.shown)
    return EXIT_OK


def allow(parsed: argparse.Namespace, console: Console) -> int:
    """Take it off again. Exit code 1 where it was not on the list."""
    gone = _jobs(parsed).allow(parsed.what)
    console.result({"removed": gone}, "office_allowed" if gone else "office_not_denied", what=parsed.what)
    return EXIT_OK if gone else EXIT_ATTENTION


def denied(parsed: argparse.Namespace, console: Console) -> int:
    """The deny list."""
    listed = _jobs(parsed).denied()
    if console.as_json:
        rows = [{"kind": e.kind, "subject": e.shown, "reason": e.reason, "at": _time(e.at)} for e in listed]
        console.json(rows)
        return EXIT_OK
    at = shop_times(parsed, console)
    for each in listed:
        console.say("office_denied_row", what=each.shown, reason=each.reason, at=at(each.at))
    if not listed:
        console.say("office_denied_none")
    return EXIT_OK


def exposure(parsed: argparse.Namespace, console: Console) -> int:
    """What is at risk now. Exit code 1 while a till is cut off."""
    found = _jobs(parsed).exposure()
    if console.as_json:
        console.json(found)
        return EXIT_ATTENTION if found.cut_off else EXIT_OK
    console.say(
        "office_exposure",
        loss=_baht(found.loss_satang),
        cut_off=found.cut_off,
        held=found.held_points,
        held_baht=_baht(found.held_satang),
        unheard=found.unheard_points,
        provisional=_baht(found.provisional_satang),
        coupons=_baht(found.coupon_satang),
    )
    at = shop_times(parsed, console)
    for each in found.tills:
        if each.cut_off or each.held or each.unheard:
            console.say(
                "office_exposure_till",
                till=f"{each.number:02d}",
                since=at(each.heard_at) if each.heard_at else "–",
                held=each.held,
                unheard=each.unheard,
                loss=_baht(each.loss_satang),
            )
    return EXIT_ATTENTION if found.cut_off else EXIT_OK


def _time(at: datetime) -> str:
    return at.isoformat(" ", "minutes")


def _baht(satang: int) -> str:
    return f"{satang // 100:,}.{satang % 100:02d}"
