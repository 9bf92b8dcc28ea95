"""``headoffice days``: which day of which till is complete."""

from __future__ import annotations

import argparse
from datetime import timedelta

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url, shop_times
from pos_member.domain.clock import SystemClock, business_date


def days(parsed: argparse.Namespace, console: Console) -> int:
    """The two weeks up to a day. Exit code 1 where a day before it is not complete."""
    from pos_member.headoffice import days as till_days
    from pos_member.headoffice.console.day_text import difference_told
    from pos_member.headoffice.console.figures import read_branches, read_company, zone_of
    from pos_member.headoffice.database import open_known_database

    database = open_known_database(database_url(parsed.database))
    try:
        with database.read() as connection:
            zone = zone_of(read_company(connection))
            now = SystemClock().now()
            last = parsed.last or business_date(now, zone)
            first = parsed.first or last - timedelta(days=till_days.DAYS_SHOWN - 1)
            found = till_days.till_days(connection, first, last, zone, now=now)
            branches = {branch.id: branch.code for branch in read_branches(connection).values()}
    finally:
        database.close()
    waiting = till_days.open_days(found, last)
    if console.as_json:
        console.json({"open": waiting, "days": found})
        return EXIT_ATTENTION if waiting else EXIT_OK
    at = shop_times(parsed, console)
    for each in found:
        if each.state in till_days.SETTLED or each.day == last:
            continue
        missing = ", ".join(f"{low}–{high}" for low, high in each.missing)
        figures = "; ".join(difference_told(one, console.language) for one in each.differences)
        console.say(
            f"office_day_{each.state.value}",
            branch=branches.get(each.branch_id, "–"),
            till=each.label,
            day=each.day,
            bills=each.held.bills,
            more=each.more.bills,
            missing=missing,
            figures=figures,
            contact=at(each.last_contact_at) if each.last_contact_at else "–",
        )
    console.say("office_days_open" if waiting else "office_days_complete", n=waiting)
    return EXIT_ATTENTION if waiting else EXIT_OK
