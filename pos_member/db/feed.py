"""Head office's changes into the replica's tables: one function per kind of entity, unknown kinds kept as they came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table

from pos_member.db import replica_schema as r
from pos_member.db import unread
from pos_member.db.folding import fold
from pos_member.db.own_numbers import OwnNumbers
from pos_member.db.repositories.coupons import replica_row
from pos_member.db.repositories.search import search_words
from pos_member.db.sql import Insert
from pos_member.db.values import to_json, to_us
from pos_member.domain.code_keys import CodeKey, TillCertificate
from pos_member.domain.codec import UnknownValue, canonical_bytes, from_feed
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.member import Member, MemberStatus
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff
from pos_member.domain.program import Program
from pos_member.services.sync_ports import FeedAccount, FeedChange, FeedDenied, FeedEntity, FeedQuota

_REPLACE = "INSERT OR REPLACE"
_ITEM = Insert(r.item, verb=_REPLACE)
_PRODUCT = Insert(r.product, verb=_REPLACE)
MEMBER = Insert(r.member)
_MEMBER_OVER = Insert(r.member, verb=_REPLACE)
_SEARCH_OVER = "INSERT OR REPLACE INTO member_search (rowid, words) VALUES (?, ?)"
#: All ids as one value: one question, whatever their number.
_OF_IDS = "FROM member WHERE id IN (SELECT value FROM json_each(?))"
_KNOWN = f"SELECT {', '.join(MEMBER.columns)} {_OF_IDS}"
_ROWS_OF = f"SELECT row {_OF_IDS}"
_NEXT_ROW = "SELECT coalesce(max(row), 0) + 1 FROM member"
NOBODYS = OwnNumbers()


def _renewed(table: Table) -> str:
    """An insert that renews the row that is there; what this includes of the till's events never becomes less."""
    key = next(iter(table.primary_key.columns)).name
    names = [column.name for column in table.columns if column.name not in (key, "included_seq")]
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names)
    most = "included_seq = max(included_seq, excluded.included_seq)"
    return f"{Insert(table).sql} ON CONFLICT ({key}) DO UPDATE SET {renewed}, {most}"


_ACCOUNT_SQL, _COUPON_SQL = _renewed(r.account), _renewed(r.coupon)

_ITEM_TYPES: dict[str, type[Any]] = {
    FeedEntity.ORGANISATION: Organisation,
    FeedEntity.BRAND: Brand,
    FeedEntity.BRANCH: Branch,
    FeedEntity.STAFF: Staff,
    FeedEntity.CATEGORY: Category,
    FeedEntity.PROGRAM: Program,
    FeedEntity.COUPON_DEFINITION: CouponDefinition,
    FeedEntity.QUOTA: FeedQuota,
    FeedEntity.CODE_KEY: CodeKey,
    FeedEntity.TILL_CERTIFICATE: TillCertificate,
    FeedEntity.DENIED: FeedDenied,
}
#: Changes of these do not make callers read the catalogue anew.
NOT_CATALOGUE = frozenset(
    {FeedEntity.MEMBER, FeedEntity.ACCOUNT, FeedEntity.COUPON, FeedEntity.RIGHT, FeedEntity.DENIED}
)


def apply(connection: Connection, changes: Iterable[FeedChange], own: OwnNumbers = NOBODYS) -> tuple[int, bool]:
    """Write ``changes`` in their order; returns (how many, whether any was of the catalogue).

    ``own``: this till's numbers, by which ``FeedChange.seen`` is understood. Rights are not written here: they belong
    to ``till.db`` (``feed_rights``).
    Raises ``Refusal(PAYLOAD_INVALID)`` for a body that does not fit a known entity.
    """
    count, catalogue = 0, False
    for entity, group in groupby(changes, key=lambda change: change.entity):
        batch = list(group)
        count += len(batch)
        catalogue = catalogue or entity not in NOT_CATALOGUE
        for deleted, run in groupby(batch, key=lambda change: change.deleted):
            if entity == FeedEntity.RIGHT:
                continue
            if deleted:
                ids = [change.id for change in run]
                unread.forget(connection, entity, ids)
                _delete(connection, entity, ids)
            else:
                _write(connection, entity, list(run), own)
    return count, catalogue


def _write(connection: Connection, entity: str, changes: Sequence[FeedChange], own: OwnNumbers) -> None:
    """One that holds a value of a newer build rests and is kept (``unread``); writers read all before they write."""
    try:
        _WRITERS.get(entity, _write_items)(connection, changes, own)
    except UnknownValue:
        if len(changes) > 1:
            for change in changes:
                _write(connection, entity, [change], own)
        else:
            _delete(connection, entity, [changes[0].id])
            unread.keep(connection, changes[0])
    else:
        unread.forget(connection, entity, [change.id for change in changes])


def read_again(connection: Connection, own: OwnNumbers = NOBODYS) -> None:
    """What an earlier build could not read, after an upgrade."""
    for change in unread.kept(connection):
        _write(connection, change.entity, [change], own)


def members_of(connection: Connection, changes: Iterable[FeedChange]) -> list[Member]:
    """Those that this build can read; the others are kept."""
    members = []
    for change in changes:
        try:
            members.append(from_feed(Member, dict(change.body)))
        except UnknownValue:
            unread.keep(connection, change)
    return members


def gone_members(changes: Iterable[FeedChange]) -> list[str]:
    """Ids of members that ``changes`` take out or erase."""
    erased = MemberStatus.ERASED.value
    return [
        change.id
        for change in changes
        if change.entity == FeedEntity.MEMBER and (change.deleted or change.body.get("status") == erased)
    ]


def _write_items(connection: Connection, changes: Sequence[FeedChange], _own: OwnNumbers) -> None:
    for change in changes:
        known = _ITEM_TYPES.get(change.entity)
        if known is not None:
            from_feed(known, dict(change.body), change.entity)
    _ITEM.many(connection, [(change.entity, change.id, canonical_bytes(change.body)) for change in changes])


def _write_products(connection: Connection, changes: Sequence[FeedChange], _own: OwnNumbers) -> None:
    _PRODUCT.many(connection, [_product_row(from_feed(Product, dict(change.body))) for change in changes])


def _product_row(product: Product) -> tuple[Any, ...]:
    words = fold(f"{product.name_th} {product.name_en} {product.sku} {product.barcode}")
    return (product.id, product.barcode, product.category_id, int(product.active), words, canonical_bytes(product))


def _write_accounts(connection: Connection, changes: Sequence[FeedChange], own: OwnNumbers) -> None:
    put_accounts(
        connection,
        [account_row(from_feed(FeedAccount, dict(each.body)), own.of_seen(each.seen)) for each in changes],
    )


def put_accounts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of ``account_row``, over those that are there."""
    if rows:
        connection.exec_driver_sql(_ACCOUNT_SQL, list(rows))


def account_row(account: FeedAccount, included_seq: int = 0) -> tuple[Any, ...]:
    """The row of an account; ``included_seq``: own number of the last event it includes.

    Raises ``Refusal(PAYLOAD_INVALID)`` for days that are none.
    """
    try:
        for day in (account.last_visit, *(each.bucket for each in account.buckets)):
            if day is not None:
                date.fromisoformat(day)
        more = _more_of(account)
    except ValueError:
        raise Refusal(Reason.PAYLOAD_INVALID, where="account", want="date") from None
    # As JSON; written by hand because a first load makes a million of them.
    lots = ",".join(
        f'["{each.bucket}",{each.points}]' if each.bucket is not None else f"[null,{each.points}]"
        for each in account.buckets
    )
    return (
        account.member_id,
        f"[{lots}]",
        account.qualifying,
        account.visits,
        account.last_visit,
        account.owed,
        more,
        included_seq,
    )


def _more_of(account: FeedAccount) -> str:
    """The column that ``repositories.accounts`` reads; empty where there is nothing. Raises ``ValueError``."""
    if not (account.pending or account.wallets or account.months or account.counts or account.owed_stamps):
        return ""
    parts = {
        "pending": [[_iso(each.first), _iso(each.bucket), each.points] for each in account.pending],
        "wallets": {
            code: [[_iso(each.bucket), each.points] for each in lots] for code, lots in account.wallets.items() if lots
        },
        "months": {month: [each.points, each.spend_satang, each.visits] for month, each in account.months.items()},
        "counts": dict(account.counts),
        "owed_stamps": dict(account.owed_stamps),
    }
    return json.dumps({name: part for name, part in parts.items() if part}, ensure_ascii=False, separators=(",", ":"))


def _iso(day: str | None) -> str | None:
    return None if day is None else date.fromisoformat(day).isoformat()


def _write_coupons(connection: Connection, changes: Sequence[FeedChange], own: OwnNumbers) -> None:
    rows = [replica_row(from_feed(Coupon, dict(each.body)), own.of_seen(each.seen)) for each in changes]
    connection.exec_driver_sql(_COUPON_SQL, rows)


def _write_members(connection: Connection, changes: Sequence[FeedChange], _own: OwnNumbers) -> None:
    # Of several changes of one member in a batch the last counts.
    latest = {member.id: member for member in (from_feed(Member, dict(change.body)) for change in changes)}
    found = connection.exec_driver_sql(_KNOWN, (json.dumps(list(latest)),))
    known = {row[1]: row for row in map(tuple, found)}
    following = connection.exec_driver_sql(_NEXT_ROW).scalar_one() if len(known) < len(latest) else 0
    rows: list[tuple[Any, ...]] = []
    words: list[tuple[int, str]] = []
    for member in latest.values():
        old = known.get(member.id)
        row = member_row(following if old is None else old[0], member)
        following += old is None
        if row != old:
            rows.append(row)
            # Of all that is written the search costs most, and names seldom change.
            if old is None or words_row(row) != words_row(old):
                words.append(words_row(row))
    _MEMBER_OVER.many(connection, rows)
    if words:
        connection.exec_driver_sql(_SEARCH_OVER, words)


def member_row(row: int, member: Member) -> tuple[Any, ...]:
    """The row of a member, search columns included; an erased member has nothing to be found by."""
    birthday = member.birthday
    gone = member.status is MemberStatus.ERASED
    return (
        row,
        member.id,
        member.number,
        member.phone,
        member.phone[::-1],
        member.first_name,
        member.last_name,
        "" if gone else fold(f"{member.first_name} {member.last_name}"),
        "" if gone else fold(member.last_name),
        None if birthday is None else birthday.day,
        None if birthday is None else birthday.month,
        None if birthday is None else birthday.year,
        member.status.value,
        member.tier,
        member.home_branch_id,
        member.enrolled_till_id,
        to_us(member.enrolled_at),
        to_json(member.segments) if member.segments else "",
        member.referred_by,
    )


def words_row(row: tuple[Any, ...]) -> tuple[int, str]:
    """What the trigram index gets of a ``member_row``."""
    number, phone, name = row[2], row[3], row[7]
    return row[0], search_words(name, number, phone) if name or phone else ""


def _delete(connection: Connection, entity: str, ids: Sequence[str]) -> None:
    if entity == FeedEntity.MEMBER:
        rows = [(row,) for row in connection.exec_driver_sql(_ROWS_OF, (json.dumps(list(ids)),)).scalars()]
        if rows:
            connection.exec_driver_sql("DELETE FROM member_search WHERE rowid = ?", rows)
            connection.exec_driver_sql("DELETE FROM member WHERE row = ?", rows)
        return
    table, key = _TABLES.get(entity, ("item", ""))
    if key:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {key} = ?", [(each,) for each in ids])  # noqa: S608
    else:
        pairs = [(entity, each) for each in ids]
        connection.exec_driver_sql("DELETE FROM item WHERE entity = ? AND id = ?", pairs)


_TABLES: dict[str, tuple[str, str]] = {
    FeedEntity.PRODUCT: ("product", "id"),
    FeedEntity.ACCOUNT: ("account", "member_id"),
    FeedEntity.COUPON: ("coupon", "code"),
}
_WRITERS: dict[str, Callable[[Connection, Sequence[FeedChange], OwnNumbers], None]] = {
    FeedEntity.PRODUCT: _write_products,
    FeedEntity.MEMBER: _write_members,
    FeedEntity.ACCOUNT: _write_accounts,
    FeedEntity.COUPON: _write_coupons,
}
