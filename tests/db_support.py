"""A real store in a moment: a template of both files is made once per process and copied."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pos_member.db.folder import DataFolder
from pos_member.domain.clock import Clock
from pos_member.domain.code_keys import CodeKey, TillCertificate
from pos_member.domain.codec import to_wire
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.member import Member
from pos_member.domain.org import Branch, Brand, Category, Organisation, Product, Staff, TillIdentity
from pos_member.domain.program import Program
from pos_member.domain.rights import SpendingRight
from pos_member.services.sync_ports import FeedAccount, FeedChange, FeedDenied, FeedEntity, FeedQuota

NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
TILL = TillIdentity("till-1", 1, "branch-1", "T1", 1)
_ENTITIES: dict[type[Any], tuple[FeedEntity, str]] = {
    Organisation: (FeedEntity.ORGANISATION, "id"),
    Brand: (FeedEntity.BRAND, "id"),
    Branch: (FeedEntity.BRANCH, "id"),
    Staff: (FeedEntity.STAFF, "id"),
    Category: (FeedEntity.CATEGORY, "id"),
    Product: (FeedEntity.PRODUCT, "id"),
    Program: (FeedEntity.PROGRAM, "id"),
    CouponDefinition: (FeedEntity.COUPON_DEFINITION, "id"),
    Member: (FeedEntity.MEMBER, "id"),
    FeedAccount: (FeedEntity.ACCOUNT, "member_id"),
    Coupon: (FeedEntity.COUPON, "code"),
    CodeKey: (FeedEntity.CODE_KEY, "id"),
    TillCertificate: (FeedEntity.TILL_CERTIFICATE, "id"),
    SpendingRight: (FeedEntity.RIGHT, "id"),
}


class SetClock:
    """A clock that stands where it was set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, step: timedelta) -> None:
        self.at += step


def no_keystore() -> None:
    """Tests never touch the machine's keystore."""
    return


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pos-member-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with DataFolder(folder / "data", SetClock(), find_keystore=no_keystore):
        pass
    return folder / "data"


def copy_template(target: Path) -> Path:
    """A fresh, migrated, empty data folder at ``target``."""
    shutil.copytree(_template(), target)
    return target


def make_folder(tmp_path: Path, clock: Clock | None = None, name: str = "data") -> DataFolder:
    """An open data folder below ``tmp_path``; the caller closes it."""
    target = tmp_path / name
    if not target.exists():
        copy_template(target)
    return DataFolder(target, clock or SetClock(), find_keystore=no_keystore)


def make_store(
    tmp_path: Path,
    things: Iterable[object] = (),
    *,
    identity: TillIdentity | None = TILL,
    clock: Clock | None = None,
    as_of: datetime = NOW,
) -> DataFolder:
    """An open data folder that is enrolled as ``identity`` and holds ``things`` (domain values, ``FeedAccount``)."""
    folder = make_folder(tmp_path, clock)
    if identity is not None:
        folder.sync_store.set_identity(identity, "http://127.0.0.1:8080")
    sent = tuple(things)
    if sent:
        put(folder, sent, as_of=as_of)
    return folder


def change(thing: object) -> FeedChange:
    """The feed's change for a domain value."""
    if isinstance(thing, FeedQuota):
        return FeedChange(FeedEntity.QUOTA.value, f"{thing.key}|{thing.till_id}", body=to_wire(thing))
    if isinstance(thing, FeedDenied):
        return FeedChange(FeedEntity.DENIED.value, f"{thing.kind}:{thing.subject_id}", body=to_wire(thing))
    entity, key = _ENTITIES[type(thing)]
    return FeedChange(entity.value, getattr(thing, key), body=to_wire(thing))


def put(
    folder: DataFolder, things: Iterable[object], *, included_seq: int | None = None, as_of: datetime = NOW
) -> None:
    """Bring ``things`` down from head office, as the next position of the feed."""
    cursor = folder.sync_store.cursor() + 1
    folder.sync_store.apply_changes([change(thing) for thing in things], cursor, included_seq, as_of)
