"""Head office's database of an earlier version, brought to this one in place, in the transaction that opens it.

Columns are only added, each with a default that says "as before"; what new columns say of old facts is read from the
stored events, which hold everything. Tables whose key changed are made anew (``upgrade_shards``). There is one step per
version; a step is never edited once it has shipped.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.schema import CreateIndex

from pos_member.domain import codec
from pos_member.domain.tiers import MonthSum
from pos_member.headoffice import barcodes, certificates, schema, schema_sync, times, upgrade_shards
from pos_member.headoffice.accounts import load_accounts
from pos_member.headoffice.acts import Act, read_act
from pos_member.headoffice.feed import Draft, publish
from pos_member.headoffice.upgrade_shards import add_columns
from pos_member.services.sync_ports import FeedEntity

_ROWS = 500


def upgrade(connection: Connection, found: int) -> None:
    """From version ``found`` to ``schema.SCHEMA_VERSION``. Tables that are missing exist already."""
    if found < 2:
        _to_2(connection)
    if found < 3:
        _to_3(connection)
    if found < 4:
        upgrade_shards.to_4(connection)
    if found < 5:
        _to_5(connection)
    if found < 6:
        _to_6(connection)


def _to_6(connection: Connection) -> None:
    """Rights of a till that are over are found without reading those that are not: an index takes another's place."""
    connection.exec_driver_sql("DROP INDEX IF EXISTS spending_right_by_till")
    for index in schema_sync.spending_right.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _to_5(connection: Connection) -> None:
    """Rights of which bills are to come are found by an index of their own."""
    for index in schema_sync.spending_right.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _to_3(connection: Connection) -> None:
    """Signed codes: the tills hear of each other's keys (those of members' codes are made wherever there are none)."""
    add_columns(connection, schema.till)
    till, act = schema.till, schema.office_act
    for row in connection.execute(select(till).where(till.c.revoked, till.c.revoked_at.is_(None))).all():
        # The journal knows when, unless the command line did it; no till signed a coupon before this version.
        when = select(func.min(act.c.at)).where(act.c.act == "revoke", act.c.subject_id == row.id)
        at = connection.execute(when).scalar_one() or row.enrolled_at
        connection.execute(update(till).where(till.c.id == row.id).values(revoked_at=at))
    certificates.publish(connection)
    _store_barcodes(connection)


def _store_barcodes(connection: Connection) -> None:
    """Products under the bar code that tills look for, told to them where that is another one."""
    table = schema.catalogue
    query = select(table).where(table.c.entity == FeedEntity.PRODUCT.value).order_by(table.c.id)
    for row in connection.execute(query).all():
        wire = json.loads(row.body)
        kept = barcodes.canonical(wire)
        if kept != wire:
            body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            here = (table.c.entity == row.entity) & (table.c.id == row.id)
            connection.execute(update(table).where(here).values(body=body))
            publish(connection, [Draft(FeedEntity.PRODUCT.value, row.id, kept)])


def _to_2(connection: Connection) -> None:
    """Programs of the second format: what entries belong to, what counts towards tiers by month."""
    for table in (schema.bill_return, schema.point_entry, schema.account, schema.coupon):
        add_columns(connection, table)
    months: dict[str, dict[str, MonthSum]] = {}
    table, set_aside = schema.event, schema.quarantine
    missing = (set_aside.c.till_id == table.c.till_id) & (set_aside.c.epoch == table.c.epoch)
    missing &= set_aside.c.seq == table.c.seq
    kinds = table.c.kind.in_(("bill.completed", "bill.returned", "points.adjusted"))
    query = select(table.c.till_id, table.c.seq, table.c.kind, table.c.version, table.c.payload)
    query = query.outerjoin(set_aside, missing).where(kinds, set_aside.c.seq.is_(None))
    entries: list[dict[str, Any]] = []
    for row in connection.execute(query).yield_per(_ROWS):
        act = read_act(row.till_id, row.seq, row.kind, row.version, row.payload)
        entries += [
            {
                "m": entry.member_id,
                "i": entry.id,
                "program": entry.program_id,
                "reverses": entry.reverses_id,
                "at_": times.stored(entry.at),
            }
            for entry in act.entries
        ]
        _add_month(months, act)
    _fill_entries(connection, entries)
    account = schema.account
    for member_id, sums in months.items():
        body = json.dumps(codec.to_wire(sums), sort_keys=True)
        connection.execute(update(account).where(account.c.member_id == member_id).values(months=body))
    _fill_coupons(connection)
    _publish_months(connection, sorted(months))


def _publish_months(connection: Connection, member_ids: Sequence[str]) -> None:
    """Tell the tills: the feed still holds the accounts as the first version wrote them, without months."""
    for start in range(0, len(member_ids), _ROWS):
        accounts = load_accounts(connection, set(member_ids[start : start + _ROWS]))
        publish(
            connection,
            [
                Draft(FeedEntity.ACCOUNT.value, member_id, accounts[member_id].feed_body())
                for member_id in sorted(accounts)
            ],
        )


def _add_month(months: dict[str, dict[str, MonthSum]], act: Act) -> None:
    if act.member_id and act.month:
        sums = months.setdefault(act.member_id, {})
        sums[act.month] = sums.get(act.month, MonthSum()) + act.month_sum


def _fill_entries(connection: Connection, entries: list[dict[str, Any]]) -> None:
    table = schema.point_entry
    values: dict[str, Any] = {"program_id": bindparam("program"), "reverses_id": bindparam("reverses")}
    values["at"] = bindparam("at_")
    here = (table.c.member_id == bindparam("m")) & (table.c.id == bindparam("i"))
    for start in range(0, len(entries), _ROWS):
        connection.execute(update(table).where(here).values(**values), entries[start : start + _ROWS])


def _fill_coupons(connection: Connection) -> None:
    table = schema.coupon
    found = [
        {"c": row.code, "definition": body["definition_id"], "issued": body["issued_at"][:10]}
        for row in connection.execute(select(table.c.code, table.c.body))
        for body in (json.loads(row.body),)
    ]
    values: dict[str, Any] = {"definition_id": bindparam("definition"), "issued_on": bindparam("issued")}
    filled = update(table).where(table.c.code == bindparam("c")).values(**values)
    for start in range(0, len(found), _ROWS):
        connection.execute(filled, found[start : start + _ROWS])
