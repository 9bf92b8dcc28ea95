"""Does it grow with the members? Taking bills in and looking members up, at head offices of several sizes.

Run: ``python -m benchmarks.growth [--sizes 10000,1000000,10000000] [--till-sizes 10000,1000000] [--bills N]
[--lookups N] [--databases SQLite,PostgreSQL] [--quick] [--json]``. Ten million members want 20 GB of disk for each
database, and 20 minutes to be put there.

Members are put straight into head office's tables (``_members``: the same rows as the import writes, compared in
every run). Ingest: four light tills (``_light_tills``) upload at once, bills of members from everywhere; ``cpu_us``:
processor time of the server process per bill, applied to balances and feed, without that of a PostgreSQL and of the
tills. Look-ups at head office are whole calls of ``/v1/members`` over HTTP on loopback. Look-ups at the till are on its
own replica, loaded from head office's snapshot (``till-sizes``): by the number in a card's code, by phone, by name.

Every size that is named is run. To ten million, where that is not, middle values are extrapolated by the growth between
the two largest sizes, never downwards; they say so.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks import _members
from benchmarks._light_tills import CLOCK, BillPress, connect, enrol_all
from benchmarks._office import (
    POSTGRESQL,
    SQLITE,
    Office,
    Rows,
    chosen,
    make_snapshot,
    opened,
    serving,
    share,
    stocked,
    wait_until_applied,
)
from benchmarks.upload import Goods
from pos_member.db.folder import DataFolder
from pos_member.headoffice import admin
from pos_member.headoffice.online import SEARCHES_MAX
from pos_member.sync.engine import SyncEngine
from pos_member.sync.enrol import TokenSource, enrol
from pos_member.sync.transport import HttpTransport

TILLS = 4
LARGEST = 10_000_000
#: From less than this nothing is extrapolated.
FROM = 100_000
#: What an extrapolation is made of.
_GROWING = ("_us", "_p50_ms")


def ingest(office: Office, url: str, goods: Goods, bills: int) -> dict[str, Any]:
    """Bills of all members, from all tills at once."""
    tills = connect(office.address, enrol_all(url, TILLS), BillPress(goods, 1), bills // TILLS)
    warm = connect(office.address, enrol_all(url, 1), BillPress(goods, 2), 20)
    warm[0].round()
    with opened(url) as database:
        wait_until_applied(database)
        cpu, began = office.cpu_s(), time.perf_counter()
        threads = [threading.Thread(target=till.round) for till in tills]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        held_s = time.perf_counter() - began
        wait_until_applied(database)
        applied_s = time.perf_counter() - began
    count = sum(till.acked for till in tills)
    assert count == bills // TILLS * TILLS
    return {
        "ingest_per_s": round(count / held_s),
        "applied_per_s": round(count / applied_s),
        "ingest_cpu_us": round((office.cpu_s() - cpu) / count * 1e6),
    }


def asked(office: Office, url: str, members: int, lookups: int) -> dict[str, Any]:
    """Calls of ``/v1/members``, of so many tills that none asks more often than it may."""
    dice = random.Random(9)
    took: dict[str, list[float]] = {"number": [], "phone": []}
    per_till = SEARCHES_MAX - 2
    for each in enrol_all(url, math.ceil(2 * lookups / per_till)):
        with closing(HttpTransport(office.address)) as line:
            token = TokenSource(each.identity.id, each.key, CLOCK).token(line)
            for n in range(per_till):
                by = ("number", "phone")[n % 2]
                person = _members.person(dice.randrange(members))
                began = time.perf_counter()
                answer = line.exchange("GET", f"/v1/members?{by}={quote(person[by], safe='')}", token=token)
                took[by].append((time.perf_counter() - began) * 1e3)
                assert answer.status == 200 and answer.data["changes"][0]["id"] == person["id"], answer
    return {
        f"office_{by}_p{percent}_ms": round(share(ms, percent), 1) for by, ms in took.items() for percent in (50, 99)
    }


def at_the_till(office: Office, url: str, folder: Path, members: int, lookups: int) -> dict[str, Any]:
    """A new till loads everything, then finds members in its own replica."""
    dice = random.Random(8)
    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        data = stack.enter_context(DataFolder(folder / "till", CLOCK, find_keystore=lambda: None, state=folder / "s"))
        line = stack.enter_context(closing(HttpTransport(office.address)))
        enrol(office.address, admin.enrol_code(url, "KS01"), data.sync_store, transport=line)
        began = time.perf_counter()
        outcome = SyncEngine(data.sync_store, line, CLOCK, intake=data.intake).sync_once()
        assert outcome.reason is None, outcome
        figures["load_s"] = round(time.perf_counter() - began, 1)
        known = data.store.members
        people = [_members.person(dice.randrange(members)) for _ in range(lookups)]
        for person in people[:20]:
            found = known.by_number(person["number"])
            assert found is not None and found.id == person["id"]
        ways: dict[str, Callable[[dict[str, str]], object]] = {
            "number": lambda p: known.by_number(p["number"]),
            "phone": lambda p: known.by_phone(p["phone"]),
            "name": lambda p: known.search(f"{p['first_name']} {p['last_name']}"),
            "name_begun": lambda p: known.search(p["last_name"][:4]),
        }
        for way, look in ways.items():
            took = [timed_ms(look, person) for person in people]
            figures |= {f"till_{way}_p{percent}_ms": round(share(took, percent), 3) for percent in (50, 99)}
    return figures


def timed_ms(work: Callable[[dict[str, str]], object], person: dict[str, str]) -> float:
    """What one call takes."""
    began = time.perf_counter()
    work(person)
    return (time.perf_counter() - began) * 1e3


def measure(url: str, folder: Path, members: int, options: argparse.Namespace, *, till: bool) -> dict[str, Any]:
    """All figures at one size."""
    began = time.perf_counter()
    goods = stocked(url, members)
    figures: dict[str, Any] = {"seeded_s": round(time.perf_counter() - began, 1)}
    figures["snapshot_s"] = round(make_snapshot(url, folder), 1)
    with serving(url, folder) as office:
        figures |= ingest(office, url, goods, options.bills)
        figures |= asked(office, url, members, options.lookups)
        if till:
            figures |= at_the_till(office, url, folder, members, options.lookups)
    return figures


def extrapolated(sizes: Sequence[int], found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Times at ``LARGEST`` as they would be if they went on as between the two largest sizes that were run."""
    small, large = sizes[-2:]
    figures: dict[str, Any] = {"from": f"{small:,} and {large:,}"}
    for name in found[-1]:
        if name.endswith(_GROWING) and found[-2].get(name) and found[-1][name]:
            power = max(0.0, math.log(found[-1][name] / found[-2][name]) / math.log(large / small))
            figures[name] = round(found[-1][name] * (LARGEST / large) ** power, 3)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--till-sizes", default="10000,100000", help="of SQLite, where the till is measured too")
    parser.add_argument("--bills", type=int, default=2_000)
    parser.add_argument("--lookups", type=int, default=200)
    parser.add_argument("--databases", default=f"{SQLITE},{POSTGRESQL}")
    parser.add_argument("--quick", action="store_true", help="SQLite, 1,000 and 10,000 members, 400 bills")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.sizes = options.till_sizes = "1000,10000"
        options.bills, options.databases = 400, SQLITE
    sizes = sorted(int(each) for each in options.sizes.split(","))
    till_sizes = {int(each) for each in options.till_sizes.split(",") if each}
    rows = Rows(as_json=options.json)
    with ExitStack() as stack:
        for name, url in chosen(stack, options.databases.split(",")).items():
            run = []
            for size in sizes:
                with tempfile.TemporaryDirectory() as folder:
                    till = name == SQLITE and size in till_sizes
                    run.append(measure(url(Path(folder)), Path(folder), size, options, till=till))
                rows.add(f"{name}, {size:,} members, run", run[-1])
            if FROM <= sizes[-1] < LARGEST and len(sizes) > 1:
                rows.add(f"{name}, {LARGEST:,} members, extrapolated", extrapolated(sizes, run))
    rows.end()


if __name__ == "__main__":
    main()
