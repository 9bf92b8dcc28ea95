"""Demo data into a till that stands alone, or into head office's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from pos_member.app.composition import Till, open_till, pin_hasher
from pos_member.config import resource
from pos_member.domain.clock import SystemClock, business_date
from pos_member.domain.codec import to_wire
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.domain.org import Role
from pos_member.domain.permission import Session
from pos_member.services.demo import DEMO_SEED, DemoCatalogue, DemoMember, demo_catalogue, demo_members
from pos_member.services.demo.organisation import demo_organisation
from pos_member.services.sync_ports import FeedAccount, FeedBucket, FeedChange, FeedEntity

Progress = Callable[[int, int], None]
_REPORT_EVERY = 5_000


@dataclass(frozen=True)
class Seeded:
    """What was loaded. ``cashier`` is the staff code to try first; ``pins`` has everybody's."""

    products: int
    members: int
    cashier: str
    pins: Mapping[str, str]


def hash_demo_pin(pin: str) -> str:
    """A PIN hash that every till of the demo organisation can check."""
    return pin_hasher(demo_organisation(DEMO_SEED).settings).hash(pin)


def demo_data() -> DemoCatalogue:
    """The demo organisation with its hashed PINs."""
    return demo_catalogue(hash_pin=hash_demo_pin, program_file=resource("programs", "demo.json").read_bytes())


def seed_till(path: Path, members: int, progress: Progress = lambda done, total: None) -> Seeded:
    """Load the demo into the till in ``path`` as the first till of its first branch.

    Raises ``EnvironmentProblem(ALREADY_SEEDED)`` when the folder holds a shop already: nothing is overwritten.
    """
    with open_till(path) as till:
        store = till.folder.sync_store
        if store.identity() is not None:
            raise EnvironmentProblem(Reason.ALREADY_SEEDED, where=str(path))
        demo = demo_data()
        now = SystemClock().now()
        store.bulk_load(_changes(demo, members, now, progress), 1, None, now)
        # Comes last: until then a seeding that was cut off is begun again.
        store.set_identity(demo.tills[0], "")
    return _seeded(demo, members, demo.tills[0].branch_id)


def seed_office(database_url: str, members: int, progress: Progress = lambda done, total: None) -> Seeded:
    """Load the demo into head office's database. Raises as ``headoffice.admin.load_demo``."""
    from pos_member.headoffice import admin
    from pos_member.headoffice.jobs import Watch

    watch = Watch(lambda done: progress(done, members))
    demo = admin.load_demo(database_url, hash_pin=hash_demo_pin, members=members, watch=watch)
    return _seeded(demo, members, demo.branches[0].id)


def demo_session(till: Till) -> Session:
    """A cashier of the demo, signed in the ordinary way: ``load`` has nobody to type a PIN."""
    demo_pins = _pins()
    for tile in till.services.staff.people():
        if tile.role is Role.CASHIER and tile.code in demo_pins:
            return till.services.staff.sign_in(tile.code, demo_pins[tile.code])
    raise EnvironmentProblem(Reason.DEMO_ONLY)


def demo_member_ids(till: Till, count: int) -> tuple[str, ...]:
    """Ids of the first demo members, at most ``count``, up to the first that this till does not know."""
    demo = demo_organisation(DEMO_SEED)
    today = business_date(till.clock.now(), demo.settings.zone)
    people = demo_members(count, DEMO_SEED, demo.settings, till.store.catalogue.branches(), today)
    known = (till.store.members.by_id(person.member.id) for person in people)
    return tuple(member.id for member in takewhile(bool, known) if member is not None)


def _pins() -> Mapping[str, str]:
    # The PINs are a function of the demo's seed; hashing them is slow and not needed to read them.
    return demo_catalogue(hash_pin=lambda pin: "", program_file=resource("programs", "demo.json").read_bytes()).pins


def _seeded(demo: DemoCatalogue, members: int, branch_id: str) -> Seeded:
    cashier = next(p.code for p in demo.staff if p.role is Role.CASHIER and p.branch_id == branch_id)
    return Seeded(len(demo.products), members, cashier, demo.pins)


def _changes(demo: DemoCatalogue, members: int, now: datetime, progress: Progress) -> Iterator[FeedChange]:
    """The demo as head office's feed would send it."""
    entities = (
        (FeedEntity.ORGANISATION, (demo.organisation,)),
        (FeedEntity.BRAND, demo.brands),
        (FeedEntity.BRANCH, demo.branches),
        (FeedEntity.STAFF, demo.staff),
        (FeedEntity.CATEGORY, demo.categories),
        (FeedEntity.PRODUCT, demo.products),
        (FeedEntity.COUPON_DEFINITION, demo.definitions),
        (FeedEntity.PROGRAM, demo.programs),
    )
    for entity, rows in entities:
        for row in rows:
            yield FeedChange(entity.value, row.id, body=to_wire(row))
    today = business_date(now, demo.organisation.settings.zone)
    people = demo_members(members, DEMO_SEED, demo.organisation.settings, demo.branches, today)
    for done, person in enumerate(people, start=1):
        yield FeedChange(FeedEntity.MEMBER.value, person.member.id, body=to_wire(person.member))
        yield FeedChange(FeedEntity.ACCOUNT.value, person.member.id, body=to_wire(_account(person)))
        if done % _REPORT_EVERY == 0 or done == members:
            progress(done, members)


def _account(person: DemoMember) -> FeedAccount:
    buckets = tuple(FeedBucket(last.isoformat() if last else None, points) for last, points in person.buckets.items())
    last_visit = person.last_visit.isoformat() if person.last_visit else None
    return FeedAccount(
        person.member.id, buckets, person.qualifying, person.visits, last_visit, months=dict(person.months)
    )
