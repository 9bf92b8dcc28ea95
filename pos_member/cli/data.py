"""``seed``, ``verify`` and ``load``."""

from __future__ import annotations

import argparse
import sys

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK


def seed(parsed: argparse.Namespace, console: Console) -> int:
    """Load demo data into a till's folder, or into head office's database."""
    from pos_member.app import seeding

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} / {total:,}")
            sys.stderr.flush()

    if parsed.database:
        office = seeding.seed_office(parsed.database, parsed.members, progress)
        console.result(
            {"products": office.products, "members": office.members, "database": parsed.database},
            "seeded_office",
            products=office.products,
            members=office.members,
            database=parsed.database,
        )
        return EXIT_OK
    till = seeding.seed_till(parsed.data, parsed.members, progress)
    console.result(
        {"products": till.products, "members": till.members, "folder": str(parsed.data), "pins": dict(till.pins)},
        "seeded_till",
        products=till.products,
        members=till.members,
        folder=parsed.data,
        staff=till.cashier,
        pin=till.pins[till.cashier],
    )
    return EXIT_OK


def verify(parsed: argparse.Namespace, console: Console) -> int:
    """Recompute everything from the facts."""
    from pos_member.app.composition import open_known_till

    with open_known_till(parsed.data) as till:
        # The files first: figures that agree say nothing about a page that no figure is read from.
        for file in (till.folder.till, till.folder.replica):
            file.require_sound()
        result = till.services.verify.run()
    if console.as_json:
        console.json({"ok": result.ok, "checks": result.checks})
    for check in result.checks:
        if console.as_json:
            break
        key = "verify_ok" if check.ok else "verify_bad"
        name = console.text(f"check_{check.name}")
        console.say(key, name=name, counted=check.counted, problems=len(check.problems))
        for problem in check.problems[:20]:
            console.line(f"    {problem}")
    console.say("verify_clean" if result.ok else "verify_dirty")
    return EXIT_OK if result.ok else EXIT_ATTENTION


def load(parsed: argparse.Namespace, console: Console) -> int:
    """Ring bills; print each number once its bill is durable."""
    from pos_member.app.composition import open_known_till
    from pos_member.app.load import Shopper, ring
    from pos_member.app.seeding import demo_member_ids, demo_session

    with open_known_till(parsed.data) as till:
        session = demo_session(till)
        products = till.store.catalogue.products(limit=1_000)
        shopper = Shopper(products, demo_member_ids(till, 2_000), parsed.seed)
        for bill in ring(till.services, session, shopper, parsed.bills):
            if console.as_json:
                console.json_line({"number": bill.number, "id": bill.id, "total_satang": bill.total_satang})
            else:
                console.line(bill.number)
    console.say("load_done", bills=parsed.bills)
    return EXIT_OK
