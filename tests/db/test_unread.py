"""A head office that is newer: values this build does not know make one thing rest, and stop nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pos_member.db.folder import DataFolder
from pos_member.domain.member import MemberStatus
from pos_member.domain.org import Product
from pos_member.services.sync_ports import FeedChange
from tests.db_support import NOW, SetClock, change, copy_template, no_keystore
from tests.factories import make_products
from tests.headoffice.office_support import MEMBERS
from tests.log_watch import ExpectLog

PRODUCT: Product = make_products()[0]


def newer(number: int) -> FeedChange:
    told = change(MEMBERS[number])
    return replace(told, body={**told.body, "status": "on_holiday"})


def opened(path: Path) -> DataFolder:
    return DataFolder(path, SetClock(), find_keystore=no_keystore)


def _apply(folder: DataFolder, changes: Iterable[FeedChange], cursor: int) -> None:
    folder.sync_store.apply_changes(list(changes), cursor, None, NOW)


def _bulk(folder: DataFolder, changes: Iterable[FeedChange], cursor: int) -> None:
    folder.sync_store.bulk_load(changes, cursor, None, NOW)


@pytest.mark.parametrize("write", [_apply, _bulk], ids=["page", "load"])
def test_one_rests_and_the_others_go_on(
    tmp_path: Path, expected_logs: ExpectLog, write: Callable[[DataFolder, Iterable[FeedChange], int], None]
) -> None:
    expected_logs("holds a value that this build does not know")
    with opened(copy_template(tmp_path / "till")) as folder:
        write(folder, [change(MEMBERS[0]), newer(1), change(MEMBERS[2]), change(PRODUCT)], 4)
        members = folder.store.members
        assert [members.by_id(MEMBERS[n].id) is not None for n in range(3)] == [True, False, True]
        assert folder.store.catalogue.product(PRODUCT.id) == PRODUCT
        assert folder.sync_store.cursor() == 4


def test_what_was_true_before_is_true_no_more(tmp_path: Path, expected_logs: ExpectLog) -> None:
    with opened(copy_template(tmp_path / "till")) as folder:
        _apply(folder, [change(MEMBERS[1])], 1)
        expected_logs("does not know")
        _apply(folder, [newer(1)], 2)
        assert folder.store.members.by_id(MEMBERS[1].id) is None
        _apply(folder, [change(MEMBERS[1])], 3)
        assert folder.store.members.by_id(MEMBERS[1].id) == MEMBERS[1]


def test_an_upgrade_brings_it_back(tmp_path: Path, expected_logs: ExpectLog) -> None:
    path = copy_template(tmp_path / "till")
    expected_logs("does not know")
    with opened(path) as folder:
        _apply(folder, [newer(1)], 1)
    expected_logs("does not know")
    with opened(path) as folder:
        assert folder.store.members.by_id(MEMBERS[1].id) is None, "still the same build"
    with opened(path) as folder:
        expected_logs("does not know")
        with folder.replica.write() as connection:
            connection.exec_driver_sql(
                "UPDATE item SET body = CAST(replace(CAST(body AS TEXT), 'on_holiday', 'blocked') AS BLOB)"
                " WHERE entity LIKE 'unread.%'"
            )
    with opened(path) as folder:
        found = folder.store.members.by_id(MEMBERS[1].id)
        assert found is not None and found.status is MemberStatus.BLOCKED
