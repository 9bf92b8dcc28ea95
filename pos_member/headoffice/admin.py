"""What the command line does at head office, on its database directly: no server need run, one may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from pos_member.config import resource
from pos_member.domain.clock import Clock, SystemClock, business_date
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.ids import IdMaker
from pos_member.headoffice import certificates, units
from pos_member.headoffice.console import door
from pos_member.headoffice.console.figures import read_company, zone_of
from pos_member.headoffice.database import open_database, open_known_database
from pos_member.headoffice.importing import CatalogueItem, MemberImport, import_catalogue, import_members_apart
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.portable import Database
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.services.demo import DEMO_SEED, DemoCatalogue, demo_catalogue, demo_members


@contextmanager
def _opened(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    try:
        yield database
    finally:
        database.close()


def enrol_code(database_url: str, branch_code: str, clock: Clock | None = None, *, till_id: str = "") -> str:
    """A one-time code for a till of a branch, good for 15 minutes; ``till_id``: for a till that keeps its name.

    Raises ``Refusal(BRANCH_UNKNOWN)``.
    """
    clock = clock or SystemClock()
    with _opened(database_url) as database:
        try:
            office = HeadOffice(database, clock, IdMaker(clock))
            return office.enrol_code_again(till_id, branch_code) if till_id else office.enrol_code(branch_code)
        except Problem:
            raise Refusal(Reason.BRANCH_UNKNOWN, code=branch_code[:40]) from None


def revoke_till(database_url: str, till_id: str, clock: Clock | None = None) -> bool:
    """Take a till's rights away; it may still upload. ``False`` where it is unknown or has none any more."""
    with _opened(database_url) as database, database.write() as connection:
        return certificates.end_rights(connection, till_id, (clock or SystemClock()).now())


def shop_zone(database_url: str) -> str:
    """The zone of the shop's clocks. Raises as ``open_known_database``."""
    with closing(open_known_database(database_url)) as database, database.read() as connection:
        return zone_of(read_company(connection))


def first_password(database_url: str) -> str | None:
    """The console's password, made now; ``None`` when there is one already (nobody can read it again)."""
    with _opened(database_url) as database, database.write() as connection:
        return door.password_at_first_start(connection)


def reset_password(database_url: str) -> str:
    """A new console password; every session ends."""
    with closing(open_known_database(database_url)) as database, database.write() as connection:
        return door.new_password(connection)


def load_demo(
    database_url: str,
    *,
    hash_pin: Callable[[str], str],
    members: int = 2_000,
    seed: int = DEMO_SEED,
    clock: Clock | None = None,
    watch: Watch | None = None,
) -> DemoCatalogue:
    """The demo organisation with ``members`` members, written and published; the members in parts.

    Broken off and run again it goes on where it was. Raises ``JobStopped``.
    """
    clock = clock or SystemClock()
    at = clock.now()
    program_file = resource("programs", "demo.json").read_bytes()
    demo = demo_catalogue(hash_pin=hash_pin, program_file=program_file, seed=seed)
    settings = demo.organisation.settings
    people = demo_members(members, seed, settings, demo.branches, business_date(at, settings.zone))
    things: tuple[CatalogueItem, ...] = (
        demo.organisation,
        *demo.brands,
        *demo.branches,
        *demo.categories,
        *demo.products,
        *demo.definitions,
        *demo.programs,
        *demo.staff,
    )
    with _opened(database_url) as database:
        with database.write() as connection:
            import_catalogue(connection, things)
        imports = (
            MemberImport(p.member, p.consents, p.buckets, p.visits, p.last_visit, p.qualifying, p.months)
            for p in people
        )
        import_members_apart(units.remembered(database), imports, clock, watch)
    return demo
