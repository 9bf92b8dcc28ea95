"""Head office's own data going in: catalogue and members, as rows and as feed changes, one or a million."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from pos_member.domain import codec
from pos_member.domain.clock import Clock
from pos_member.domain.consent import Consent
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff
from pos_member.domain.program import Program
from pos_member.domain.settings_check import refuse_bad_settings
from pos_member.domain.tiers import Months
from pos_member.headoffice import barcodes, feed, leases, portable, rule_books, schema, times
from pos_member.headoffice.accounts import AccountState, load_accounts, locked_accounts
from pos_member.headoffice.asking import among
from pos_member.headoffice.jobs import Watch
from pos_member.headoffice.member_rows import consent_row, member_row
from pos_member.headoffice.units import Units
from pos_member.services.sync_ports import FeedEntity

CatalogueItem = Organisation | Brand | Branch | Staff | Category | Product | Program | CouponDefinition
_ENTITY: dict[type[CatalogueItem], FeedEntity] = {
    Organisation: FeedEntity.ORGANISATION,
    Brand: FeedEntity.BRAND,
    Branch: FeedEntity.BRANCH,
    Staff: FeedEntity.STAFF,
    Category: FeedEntity.CATEGORY,
    Product: FeedEntity.PRODUCT,
    Program: FeedEntity.PROGRAM,
    CouponDefinition: FeedEntity.COUPON_DEFINITION,
}
#: Members written by one statement of each kind, and by one transaction where many may share one.
_CHUNK = 1_000
#: Of two who load members at once both would open the accounts.
_LEASE = "members"
_HELD = (
    select(schema.member.c.id, schema.member.c.body)
    .join(schema.account, schema.account.c.member_id == schema.member.c.id)
    .where(among(schema.member.c.id, "ids"), schema.account.c.n > 0)
)
_ACCOUNTS = select(schema.account).where(among(schema.account.c.member_id, "ids"))
_CONSENTS = select(schema.consent.c.id).where(among(schema.consent.c.member_id, "ids"))


@dataclass(frozen=True)
class MemberImport:
    """A member with what is known of them.

    ``buckets``: last day of a lot (``None`` = never) → points; ``months``: what counts towards tiers.
    """

    member: Member
    consents: tuple[Consent, ...] = ()
    buckets: Mapping[date | None, int] | None = None
    visits: int = 0
    last_visit: date | None = None
    qualifying: int = 0
    months: Months = field(default_factory=dict)


def import_catalogue(connection: Connection, items: Iterable[CatalogueItem]) -> int:
    """Write what is new or changed and publish it, in the order given. Returns how many changed.

    Things refer to things: give organisation, brands, branches, categories, products, definitions, programs, staff.
    """
    things = []
    for item in items:
        code = getattr(item, "code", "") or getattr(item, "sku", "")
        things.append(Thing(_ENTITY[type(item)], item.id, code, codec.to_wire(item)))
    return put_catalogue(connection, things)


@dataclass(frozen=True)
class Thing:
    """Something of the catalogue in its wire form."""

    entity: FeedEntity
    id: str
    code: str
    wire: Mapping[str, Any]


def put_catalogue(connection: Connection, things: Iterable[Thing]) -> int:
    """As ``import_catalogue``, of wire forms, which are passed on as they are, with what this build cannot read.

    Bar codes of products are stored in the form in which tills look them up. Raises ``Refusal``: PAYLOAD_INVALID
    (``where="organisation.settings.tiers.window_months"``) for settings that no till could work by, BARCODE_OURS for
    products with bar codes from the range of the members, all of them named; nothing is changed then.
    """
    things = [_with_canonical_barcode(thing) for thing in things]
    ours = [thing.wire for thing in things if thing.entity is FeedEntity.PRODUCT and barcodes.is_ours(thing.wire)]
    if ours:
        raise Refusal(Reason.BARCODE_OURS, items=barcodes.named(ours))
    known = {(row.entity, row.id): row.body for row in connection.execute(select(schema.catalogue))}
    rows: list[dict[str, Any]] = []
    drafts: list[feed.Draft] = []
    for thing in things:
        if thing.entity is FeedEntity.ORGANISATION:
            refuse_bad_settings(codec.from_feed(Organisation, dict(thing.wire)).settings, "organisation.settings")
        entity = thing.entity.value
        body = json.dumps(thing.wire, ensure_ascii=False, separators=(",", ":"))
        if known.get((entity, thing.id)) == body:
            continue
        rows.append({"entity": entity, "id": thing.id, "code": thing.code, "body": body})
        drafts.append(feed.Draft(entity, thing.id, thing.wire))
    portable.upsert(connection, schema.catalogue, rows)
    feed.publish(connection, drafts)
    if any(row["entity"] in rule_books.ENTITIES for row in rows):
        rule_books.keep(connection)
    return len(rows)


def _with_canonical_barcode(thing: Thing) -> Thing:
    return replace(thing, wire=barcodes.canonical(thing.wire)) if thing.entity is FeedEntity.PRODUCT else thing


def import_members(connection: Connection, members: Iterable[MemberImport], now: datetime) -> int:
    """Write members, consents and accounts and publish them, in bounded memory. Returns how many.

    A member known already is renewed; an account known already is left as it is: its sums come from facts.
    """
    at = times.stored(now)
    source = iter(members)
    count = 0
    while part := list(islice(source, _CHUNK)):
        count += len(part)
        _import_part(connection, part, at)
    return count


def import_members_apart(
    units: Units, members: Iterable[MemberImport], clock: Clock, watch: Watch | None = None
) -> int:
    """As ``import_members``, in parts: a member to a transaction where tables lie apart. Returns how many were given.

    Broken off and run again it goes on: who is there as he is to be is not written, and not told to the tills, again.
    Raises ``Refusal(JOB_RUNS)`` where members are being loaded already, and ``JobStopped``.
    """
    with leases.alone(units.database, _LEASE, clock) as keeps:
        watch = (watch or Watch()).while_(keeps)
        source, count = iter(members), 0
        while part := list(islice(source, _CHUNK)):
            if count:
                watch.step(count)
            with units.database.read() as connection:
                new = _not_there(connection, part)
            at = times.stored(clock.now())
            with units.pack() as pack:
                for each in pack.units_of(new):
                    with pack.unit() as connection:
                        _import_part(connection, each, at)
            count += len(part)
        watch.tell(count)
    return count


def _not_there(connection: Connection, part: list[MemberImport]) -> list[MemberImport]:
    """Those of them whose member, account or consents are not here, or are others."""
    ids = {"ids": [item.member.id for item in part]}
    same = {(row.id, row.body) for row in connection.execute(_HELD, ids)}
    consents = set(connection.execute(_CONSENTS, ids).scalars())
    return [
        item
        for item in part
        if (item.member.id, member_row(item.member)["body"]) not in same
        or not all(consent.id in consents for consent in item.consents)
    ]


def _import_part(connection: Connection, part: list[MemberImport], at: str) -> None:
    known = load_accounts(connection, [item.member.id for item in part])
    told: dict[str, feed.Draft] = {}
    opened: dict[str, dict[str, Any]] = {}
    for item in part:
        member_id = item.member.id
        if member_id not in known or known[member_id].n == 0:
            account = _account(item)
            told[member_id] = account.draft()
            opened[member_id] = account.row(at)
    empty: list[dict[str, Any]] = []
    for member_id, row in _locked(connection, known, opened, at).items():
        if row["n"] == 0:
            empty.append(opened[member_id])
        elif member_id in known or dict(row) != opened[member_id]:
            del told[member_id]  # a till's events made it, or counted in it, meanwhile: it is as it is
    portable.upsert(connection, schema.account, empty)
    drafts: list[feed.Draft] = []
    for item in part:
        drafts.append(feed.Draft(FeedEntity.MEMBER.value, item.member.id, codec.to_wire(item.member)))
        if item.member.id in told:
            drafts.append(told[item.member.id])
    portable.upsert(connection, schema.member, [member_row(item.member) for item in part])
    portable.insert_new(connection, schema.consent, [consent_row(c) for item in part for c in item.consents])
    feed.publish(connection, drafts, at)


def _locked(
    connection: Connection, known: Mapping[str, AccountState], opened: Mapping[str, Mapping[str, Any]], at: str
) -> dict[str, RowMapping]:
    """Lock the accounts of all who are loaded, those that are not ``known`` made as they are ``opened``. Returns what
    was to be opened as it stands by then, where that may be otherwise.

    First of all what others lock first, and new and old in one order: a till may have events of the same members.
    """
    fresh, doubtful = [row for member_id, row in opened.items() if member_id not in known], set(opened)
    if not fresh:
        locked_accounts(connection, known)
    elif connection.dialect.name == "sqlite":  # which has one writer: nobody else makes any meanwhile
        portable.insert_new(connection, schema.account, fresh)
        doubtful &= set(known)
    else:
        others = [account.row(at) for account in known.values()]
        portable.insert_locked(connection, schema.account, [*fresh, *others])
    found: dict[str, RowMapping] = {}
    for ids in portable.chunks(doubtful):
        found.update({row["member_id"]: row for row in connection.execute(_ACCOUNTS, {"ids": ids}).mappings()})
    return found


def _account(item: MemberImport) -> AccountState:
    buckets = {last.isoformat() if last else "": points for last, points in (item.buckets or {}).items() if points}
    return AccountState(
        member_id=item.member.id,
        buckets=buckets,
        qualifying=item.qualifying,
        visits=item.visits,
        last_visit=item.last_visit.isoformat() if item.last_visit else None,
        months=dict(item.months),
    )
