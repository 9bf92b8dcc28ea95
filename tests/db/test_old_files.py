"""Files of earlier builds, kept as they were written: opened by this one, nothing is lost and everything adds up.

``old/version-N``: ``till.db`` with its keys (of this test only) and ``facts.json``, what the build that wrote it read.
``replica.db`` of the first is for ``test_old_replica``. The second has stamps, quotas and print jobs in every state.
The third has the spool of that build: papers for two printers, pulses of the drawer, one printed anew, a template.
The fourth has points claimed after a bill, and a member whom only a signed code told of. The fifth has three epochs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from pos_member.db.engine import Database
from pos_member.db.folder import BACKUPS, TILL_FILE, DataFolder
from pos_member.db.keys import load_keys
from pos_member.db.schema import TILL_VERSION
from pos_member.db.upgrade import MIGRATIONS, migrate, upgrade, version_of
from pos_member.domain.codec import to_wire
from pos_member.domain.coupon import CouponState
from pos_member.domain.documents import DocumentKind
from pos_member.domain.printers import PrinterProfile, PrinterSetup, Proof
from pos_member.domain.tiers import MonthSum
from pos_member.services.ports import TillStore
from tests.db_support import NOW, SetClock, no_keystore, put
from tests.factories import QuickHasher, World, make_things
from tests.services.rich import DEFINITIONS, PROGRAMS, QUOTAS, rich_settings

OLD = Path(__file__).parent / "old"
VERSIONS = tuple(range(1, TILL_VERSION))
EVER = (date(2020, 1, 1), date(2030, 1, 1))


#: What this build calls the states of that one's print jobs: its "sent" was the end of what no device could speak of.
STATE_NOW = {"sent": "unverifiable"}


def facts_then(version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((OLD / f"version-{version}" / "facts.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
def then(version: int) -> dict[str, Any]:
    """What the build of that version read in its own file."""
    return facts_then(version)


def shop(version: int, hasher: QuickHasher) -> list[object]:
    """The shop's data that the file was written with."""
    if version == 1:
        return make_things(hasher)
    return [*make_things(hasher, rich_settings()), *DEFINITIONS, *PROGRAMS, *QUOTAS]


@pytest.fixture
def world(tmp_path: Path, version: int) -> Iterator[World]:
    """The old folder opened by this build, with the shop's data come down anew."""
    shutil.copytree(OLD / f"version-{version}", tmp_path / "data")
    clock, hasher = SetClock(NOW + timedelta(days=2)), QuickHasher()
    with DataFolder(tmp_path / "data", clock, find_keystore=no_keystore) as folder:
        put(folder, shop(version, hasher))
        yield World(folder, clock, hasher, seed=11)


def account_now(store: TillStore, member_id: str) -> dict[str, Any]:
    found = store.members.account(member_id)
    buckets = sorted(([to_wire(day), points] for day, points in found.buckets.items()), key=str)
    return {
        "buckets": buckets,
        "qualifying": found.qualifying,
        "visits": found.visits,
        "last_visit": to_wire(found.last_visit),
        "owed": store.members.owed(member_id),
    }


def test_every_fact_reads_as_it_was_written(world: World, then: dict[str, Any]) -> None:
    store = world.store
    assert [to_wire(bill) for bill in store.facts.bills_between(*EVER)] == then["bills"]
    assert [to_wire(document) for document in store.facts.returns_between(*EVER)] == then["returns"]
    assert [to_wire(member) for member in store.facts.members_enrolled_between(*EVER)] == then["members"]
    assert [to_wire(entry) for entry in store.evidence.entries()] == then["entries"]
    assert [to_wire(draft) for draft in store.facts.parked()] == then["parked"]
    assert to_wire(store.facts.draft()) == then["draft"]
    assert sorted(map(to_wire, store.evidence.coupons()), key=lambda coupon: coupon["code"]) == then["coupons"]
    assert [row.sha256 for row in store.evidence.queue()] == then["queue"]
    assert store.evidence.counters() == then["counters"]
    shift = store.facts.open_shift()
    assert shift is not None and shift.id == then["open_shift"]
    for member_id, consents in then["consents"].items():
        assert [to_wire(consent) for consent in store.members.consents(member_id)] == consents
    jobs = store.facts.print_jobs(1_000)
    assert len(jobs) == (then["print_jobs"] if isinstance(then["print_jobs"], int) else len(then["print_jobs"]))
    for job in jobs:
        assert store.facts.print_job_document(job.id) is not None


def test_every_print_job_stands_where_it_stood(tmp_path: Path) -> None:
    """And what was in flight when the till went away is a person's to settle; nothing goes out twice."""
    then = {job["id"]: job for job in facts_then(2)["print_jobs"]}
    assert {job["state"] for job in then.values()} == {
        "queued", "blocked", "sending", "sent", "confirmed", "unconfirmed", "cancelled",
    }  # fmt: skip
    shutil.copytree(OLD / "version-2", tmp_path / "data")
    with DataFolder(tmp_path / "data", SetClock(NOW + timedelta(days=2)), find_keystore=no_keystore) as folder:
        for job in folder.store.facts.print_jobs(1_000):
            was = then[job.id]
            now = (job.kind, job.subject_id, job.copy_number, job.attempts, to_wire(job.created_at), job.reason)
            assert now == tuple(
                was[name] for name in ("kind", "subject_id", "copy_number", "attempts", "created_at", "reason")
            )
            assert job.state == STATE_NOW.get(was["state"], was["state"])
            assert (job.printer, job.proof, job.replaced_by) == ("", Proof.NONE, "")
        assert folder.print_store.recover_all() == 1
        setup = PrinterSetup("p", "p", "", PrinterProfile("x"))
        view, sent = folder.print_store.for_printer(setup, (setup,)), []
        while (offered := view.next_job()) is not None:
            sent.append(offered.id)
            assert offered.template == ""
            assert view.mark_sending(offered.id, b"")
            view.mark_unverifiable(offered.id)
    waiting = [job["id"] for job in reversed(facts_then(2)["print_jobs"]) if job["state"] in ("queued", "blocked")]
    assert sent == waiting


@pytest.mark.parametrize("version", [1], indirect=True)
def test_accounts_are_what_they_were_and_the_new_figures_follow_from_the_facts(
    world: World, then: dict[str, Any]
) -> None:
    for member_id, account in then["accounts"].items():
        assert account_now(world.store, member_id) == account
        found = world.store.members.account(member_id)
        assert found.owed == account["owed"]
        assert (found.wallets, found.pending, found.counts, found.owed_stamps) == ({}, {}, {}, {})
        # Returns of that build do not say the bill's day nor whether all came back: their own month, no visit less.
        assert set(found.months) == {"2026-11"}
        assert found.months["2026-11"].visits == account["visits"]
        assert found.months["2026-11"] == MonthSum(account["qualifying"], 0, account["visits"])
    assert world.store.facts.given() == {}


def test_the_spool_of_several_printers_stands_where_it_stood(tmp_path: Path) -> None:
    """With which printer, on what proof, replaced by what; and the shop's own template is still its own."""
    then = {job["id"]: job for job in facts_then(3)["print_jobs"]}
    assert {job["state"] for job in then.values()} == {
        "queued", "blocked", "sending", "waiting_printer", "confirmed", "unconfirmed", "unverifiable", "superseded",
        "cancelled",
    }  # fmt: skip
    shutil.copytree(OLD / "version-3", tmp_path / "data")
    with DataFolder(tmp_path / "data", SetClock(NOW + timedelta(days=2)), find_keystore=no_keystore) as folder:
        jobs = folder.store.facts.print_jobs(1_000)
        assert [job.id for job in jobs] == [job["id"] for job in facts_then(3)["print_jobs"]]
        for job in jobs:
            told = {name: value for name, value in to_wire(job).items() if name in then[job.id]}
            assert told == then[job.id]
        assert any(job.replaced_by for job in jobs) and any(job.proof is Proof.IN_ORDER for job in jobs)
        assert folder.print_store.recover_all() == 2, "in flight when the till went away: a person settles them"
        kept = folder.store.facts.paper_template(DocumentKind.COUPON)
        assert kept is not None and "ใช้ได้เฉพาะที่" in kept.content
        assert folder.store.facts.claim_of(facts_then(3)["bills"][0]["id"]) is None


@pytest.mark.parametrize("version", [4], indirect=True)
def test_claims_and_those_a_signed_code_told_of_are_what_they_were(world: World, then: dict[str, Any]) -> None:
    store = world.store
    assert [to_wire(claim) for claim in store.facts.claims_between(*EVER)] == then["claims"] != []
    assert all(store.presented.member(member_id) for member_id in then["presented"])
    assert all(bill.spending is None for bill in store.facts.bills_between(*EVER)), "rights came later"
    redeemed = [bill for bill in then["bills"] if bill["points_redeemed"]]
    assert redeemed and list(store.rights_evidence.rights()) == list(store.rights_evidence.floor_rows()) == []


@pytest.mark.parametrize("version", [2, 3, 4, 5], indirect=True)
def test_stamps_counts_and_quotas_are_what_they_were(world: World, then: dict[str, Any]) -> None:
    stamped = False
    for member_id, account in then["accounts"].items():
        found = to_wire(world.store.members.account(member_id))
        figures = ("wallets", "counts", "months", "owed_stamps", "pending")
        assert {name: found[name] for name in figures} == {name: account[name] for name in figures}
        assert account_now(world.store, member_id).items() <= account.items()
        stamped = stamped or bool(account["wallets"])
    assert stamped, "the file has stamps in it"
    assert dict(world.store.facts.given()) == then["given"] != {}
    evidence = world.store.evidence
    assert [[seq, to_wire(tally)] for seq, tally in evidence.tallies()] == then["tallies"] != []
    assert [[till, kind.value, key, amount] for till, kind, key, amount in evidence.given()] == then["given_rows"]


def test_verify_is_clean_and_the_till_goes_on(world: World, then: dict[str, Any]) -> None:
    result = world.till.verify.run()
    assert result.ok, result
    looked_at = {check.name for check in result.checks if check.counted}
    assert looked_at >= {"queue", "bills", "returns", "points", "coupons", "counters"}
    [first, *_] = then["bills"]
    left = {line["line_no"]: line["quantity_milli"] for line in first["lines"]}
    for document in world.store.facts.returns_of(first["id"]):
        for line in document.lines:
            left[line.line_no] -= line.quantity_milli
    returns = world.till.returns
    returns.complete(
        world.session("1003"),
        first["id"],
        {no: milli for no, milli in left.items() if milli},
        return_id=returns.new_id(),
    )
    states = [world.store.coupons.by_code(coupon["code"]) for coupon in first["coupons_issued"]]
    assert all(coupon is not None and coupon.state is not CouponState.ISSUED for coupon in states)
    world.sell({"giftbox": 2}, first["member_id"])
    result = world.till.verify.run()
    assert result.ok, result


def epochs_of(world: World) -> list[list[Any]]:
    with world.folder.till.read() as connection:
        rows = connection.exec_driver_sql("SELECT epoch, base, till_id FROM epoch ORDER BY till_id, epoch")
        return [list(row) for row in rows]


@pytest.mark.parametrize("version", [5], indirect=True)
def test_enrolled_as_another_till_it_keeps_where_its_epochs_began(world: World, then: dict[str, Any]) -> None:
    """Else nobody could check the chain of what is kept of them."""
    assert epochs_of(world) == then["epochs"] and len(then["epochs"]) == 3
    store = world.folder.sync_store
    was = store.identity()
    assert was is not None
    store.mark_acked(store.head()[0], NOW)
    for epoch in (1, 2):
        store.set_identity(replace(was, id="till-2", epoch=epoch), "http://127.0.0.1:8080")
        world.sell({"giftbox": 1}, None)
        store.mark_acked(1, NOW)
    later = [[1, 19, "till-2"], [2, 20, "till-2"]]
    assert epochs_of(world) == [*then["epochs"], *later]
    result = world.till.verify.run()
    assert result.ok, result


def test_a_copy_of_the_old_file_is_kept(world: World, then: dict[str, Any], version: int, tmp_path: Path) -> None:
    kept = Database(tmp_path / "data" / BACKUPS / f"before-upgrade-from-{version}.db", world.folder.keys.database)
    assert version_of(kept) == version
    with kept.read() as connection:
        bills = connection.exec_driver_sql("SELECT count(*) FROM bill").scalar()
    kept.close()
    assert bills == len(then["bills"])
    assert version_of(world.folder.till) == TILL_VERSION


def test_an_upgrade_that_breaks_off_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    shutil.copytree(OLD / "version-1", tmp_path / "data")
    keys = load_keys(tmp_path / "data", must_exist=True, find_keystore=no_keystore)
    database = Database(tmp_path / "data" / TILL_FILE, keys.database)
    with pytest.raises(KeyError), database.write() as connection:
        migrate(connection, "head")
        assert connection.exec_driver_sql("SELECT count(*) FROM tally").scalar() == 0
        raise KeyError
    assert version_of(database) == 1
    with database.read() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(bill)")]
        assert "basis" not in columns
        assert connection.exec_driver_sql("SELECT count(*) FROM owed").scalar() == 1
    assert upgrade(database), "the next start does it"
    assert version_of(database) == TILL_VERSION
    database.close()


@pytest.mark.parametrize("version", [1], indirect=True)
def test_back_and_forth_with_data_keeps_every_fact_of_the_older_build(world: World, then: dict[str, Any]) -> None:
    """Down to the first version and up again: what that build knew is untouched, and ``verify`` says so."""
    with world.folder.till.write() as connection:
        tables = {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar()
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'alembic%'"
            ).all()
        }
        migrate(connection, "0001")
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        assert "tally" not in names and "owed_before" not in names
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(point_entry)")]
        assert "currency" not in columns
        migrate(connection, "head")
        after = {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in tables}
    # What sync remembers is state, and begins anew.
    assert {**after, "sync_note": 0} == {**tables, "sync_note": 0}
    assert [to_wire(bill) for bill in world.store.facts.bills_between(*EVER)] == then["bills"]
    for member_id, account in then["accounts"].items():
        assert account_now(world.store, member_id) == account
    assert world.till.verify.run().ok


def rows_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    found = connection.exec_driver_sql(f"SELECT * FROM {table}")
    names = list(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.mark.parametrize("version", [2], indirect=True)
def test_the_spool_down_to_its_older_form_and_up_again(world: World, then: dict[str, Any]) -> None:
    """What the older build has no words for: its papers go, and what a person must look at stays so."""
    old = {"queued", "blocked", "sending", "confirmed", "unconfirmed", "cancelled"}
    with world.folder.till.write() as connection:
        before = rows_of(connection, "print_job")
        spare = [row["id"] for row in before if row["state"] == "queued"]
        new_states = ("sent", "waiting_printer", "superseded", "unverifiable")
        for job_id, state in zip(spare, new_states, strict=False):
            connection.exec_driver_sql("UPDATE print_job SET state = ? WHERE id = ?", (state, job_id))
        connection.exec_driver_sql("UPDATE print_job SET kind = 'drawer' WHERE id = ?", (spare[4],))
        migrate(connection, "0002")
        down = {row["id"]: row for row in rows_of(connection, "print_job")}
        migrate(connection, "head")
        up = {row["id"]: row for row in rows_of(connection, "print_job")}
    assert [down[job_id]["state"] for job_id in spare[:4]] == ["unconfirmed", "unconfirmed", "cancelled", "sent"]
    assert spare[4] not in down and spare[4] not in up
    assert "printer" not in down[spare[0]]
    assert [up[job_id]["state"] for job_id in spare[:4]] == ["unconfirmed", "unconfirmed", "cancelled", "unverifiable"]
    changed = set(spare[:5])
    for row in before:
        if row["id"] not in changed:
            assert up[row["id"]] == row
            assert down[row["id"]]["state"] in old | {"sent"}
    assert [row["number"] for row in up.values()] == sorted(row["number"] for row in up.values())
    assert world.till.verify.run().ok


def test_a_file_is_kept_of_every_version_before_this_one() -> None:
    assert len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) == TILL_VERSION
    kept = {folder.name for folder in OLD.iterdir() if (folder / TILL_FILE).is_file()}
    assert kept == {f"version-{version}" for version in range(1, TILL_VERSION)}
