"""Epochs: a till that was put back or copied goes on, loses nothing of what it does from then on, and is seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_member.domain.bill import Bill
from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.headoffice import epochs
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import Doubt
from pos_member.sync import protocol
from pos_member.sync.transport import Answer
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import CLOCK, MEMBERS, open_exceptions, rows
from tests.headoffice.rights_support import give
from tests.log_watch import ExpectLog
from tests.sync.disaster_support import Counter, assert_held_once, until_calm


@contextmanager
def time_stands() -> Iterator[None]:
    before = CLOCK.at
    try:
        yield
    finally:
        CLOCK.at = before


def epoch_rows(office: HeadOffice) -> list[tuple[int, str]]:
    return sorted((row.epoch, row.reason) for row in rows(office.database, "till_epoch"))


class Flaky(DirectLine):
    """Loses the answers to the first ``lose`` calls of ``path``; head office has done what was asked."""

    def __init__(self, office: HeadOffice, path: str, lose: int) -> None:
        super().__init__(office)
        self.path, self.lose = path, lose

    def exchange(self, method: str, path: str, **more: Any) -> Answer:
        answer = super().exchange(method, path, **more)
        if path == self.path and self.lose:
            self.lose -= 1
            raise EnvironmentProblem(Reason.LINE_DOWN)
        return answer


def test_a_backup_taken_in_doubt_gives_no_number_twice(till: Counter, expected_logs: ExpectLog) -> None:
    """Put back while the till was still without a new epoch, and once more from a backup of that time."""
    assert till.folder is not None
    till.sell(2)
    first = till.folder.backup()
    till.sell(1)
    expected_logs("not what was here last: restored")
    till.put_back(first)
    till.sell(1)
    second = till.folder.backup()
    till.sell(3)
    till.put_back(second)
    assert till.store.doubt() is Doubt.RESTORED
    till.sell(3)
    numbers = [bill.number for bill in till.sold]
    assert len(numbers) == 10 and len(set(numbers)) == 10


def test_a_restored_till_goes_on_in_a_new_epoch_above_every_number_it_used(
    office: HeadOffice, till: Counter, expected_logs: ExpectLog
) -> None:
    till.sell(3, member=MEMBERS[0], points=1)
    assert till.sync().applied == 3
    assert till.folder is not None
    backup = till.folder.backup()
    till.sell(4)
    assert till.sync().applied == 4
    expected_logs("not what was here last: restored")
    expected_logs("begins epoch 2")
    till.put_back(backup)
    assert till.store.doubt() is Doubt.RESTORED
    till.sell(2, member=MEMBERS[0], points=10)
    outcome = till.sync()
    assert (outcome.applied, outcome.reason) == (2, None)
    assert till.store.doubt() is None and not till.store.suspended()
    identity = till.store.identity()
    assert identity is not None and identity.epoch == 2
    assert_held_once(office.database, till.sold)
    assert epoch_rows(office) == [(1, "enrolled"), (2, "restored")]
    assert ("restored", f"{identity.id}:2") in open_exceptions(office.database)
    assert sum(row.points for row in rows(office.database, "point_entry")) == 23
    assert until_calm(till.sync) == 1


def test_a_restored_till_that_noticed_nothing_is_told_by_head_office(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """The whole machine went back: both copies of the sidecar are as old as the database."""
    till.sell(3)
    till.sync()
    with till.closed() as path:
        image, state = shutil.copytree(path, tmp_path / "image"), shutil.copytree(till.state, tmp_path / "image-state")
    till.sell(5)
    till.sync()
    till.close()
    for here, then in ((till.path, image), (till.state, state)):
        shutil.rmtree(here)
        shutil.copytree(then, here)
    till.open()
    assert till.store.doubt() is None
    expected_logs("begins epoch 2")
    assert till.sync().reason is None
    till.sell(3)
    assert till.sync().applied == 3
    assert_held_once(office.database, till.sold)


def put_back_an_image(till: Counter, place: Path, *, sent: int) -> list[Bill]:
    """The whole machine goes back to where it is now, the sidecars too, after so many bills that head office has, and
    four that it never heard of: those."""
    with till.closed() as path:
        image, state = shutil.copytree(path, place / "image"), shutil.copytree(till.state, place / "image-state")
    till.sell(sent)
    till.sync()
    lost = till.sell(4)
    till.close()
    for here, then in ((till.path, image), (till.state, state)):
        shutil.rmtree(here)
        shutil.copytree(then, here)
    till.open()
    assert till.store.doubt() is None
    return lost


def test_a_machine_that_went_back_leaves_the_numbers_of_receipts_alone_that_were_never_sent(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    till.sell(3)
    till.sync()
    lost = put_back_an_image(till, tmp_path, sent=2)
    expected_logs("begins epoch 2")
    assert until_calm(till.sync) <= 2
    sold = till.sell(3)
    assert till.sync().applied == 3
    assert not {bill.number for bill in sold} & {bill.number for bill in lost}, "on paper already"


def test_a_machine_that_went_back_and_sold_on_leaves_them_alone_too(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """It sold more events than were lost, so that head office hears of another history only by its hashes."""
    till.sell(2)
    till.sync()
    lost = put_back_an_image(till, tmp_path, sent=5)
    till.sell(6)
    expected_logs("begins epoch|'fork'")
    assert until_calm(till.sync) <= 3
    sold = till.sell(4)
    assert till.sync().applied == 4
    assert not {bill.number for bill in sold} & {bill.number for bill in lost}, "on paper already"


def test_what_was_not_sent_when_the_backup_was_made_is_sent_again_and_counted_once(
    office: HeadOffice, till: Counter, expected_logs: ExpectLog
) -> None:
    till.sell(2, member=MEMBERS[0], points=5)
    till.sync()
    till.sell(3, member=MEMBERS[0], points=5)
    assert till.folder is not None
    backup = till.folder.backup()
    assert till.sync().applied == 3
    till.sell(1)
    till.sync()
    expected_logs("restored")
    expected_logs("begins epoch 2")
    till.put_back(backup)
    till.sell(2, member=MEMBERS[0], points=5)
    outcome = till.sync()
    assert (outcome.duplicate, outcome.applied, outcome.quarantined, outcome.reason) == (3, 2, 0, None)
    assert_held_once(office.database, till.sold)
    [account] = [row for row in rows(office.database, "account") if row.member_id == MEMBERS[0].id]
    assert json.loads(account.buckets) == {"2027-12-31": 35}
    assert till.folder is not None
    assert till.folder.store.members.account(MEMBERS[0].id).balance == 35


@pytest.mark.parametrize("path", ["/v1/hello", "/v1/push"])
@pytest.mark.parametrize("lose", [1, 3])
def test_lost_answers_make_no_second_epoch(
    office: HeadOffice, till: Counter, path: str, lose: int, expected_logs: ExpectLog
) -> None:
    backup = till.backed_up(2)
    till.sell(2)
    till.sync()
    expected_logs("restored")
    expected_logs("begins epoch 2")
    till.put_back(backup)
    till.sell(2)
    flaky = Flaky(office, path, lose)
    for _ in range(lose):
        assert till.sync(flaky).reason is Reason.LINE_DOWN
    assert till.sync(flaky).reason is None
    assert epoch_rows(office) == [(1, "enrolled"), (2, "restored")]
    assert_held_once(office.database, till.sold)


def test_put_back_twice_is_two_epochs(office: HeadOffice, till: Counter, expected_logs: ExpectLog) -> None:
    backup = till.backed_up(2)
    for _ in range(2):
        till.sell(3)
        till.sync()
        expected_logs("restored")
        till.put_back(backup)
        till.sell(1)
        expected_logs("begins epoch")
        assert till.sync().reason is None
    assert_held_once(office.database, till.sold)
    assert epoch_rows(office) == [(1, "enrolled"), (2, "restored"), (3, "restored")]


def test_put_back_again_behind_another_name_it_waits_for_nobody(
    office: HeadOffice, till: Counter, expected_logs: ExpectLog
) -> None:
    """The backup bears the name this database had before it forked; who bore the later one is gone."""
    backup, first_name = till.backed_up(2), till.store.database_id()
    expected_logs("begins epoch 2")
    till.store.raise_doubt(Doubt.FORK)
    till.sell(2)
    assert till.sync().reason is None
    assert till.store.database_id() != first_name
    expected_logs("restored")
    expected_logs("begins epoch 3")
    till.put_back(backup)
    assert till.store.database_id() == first_name and till.store.doubt() is Doubt.RESTORED
    till.sell(1)
    assert till.sync().reason is None
    assert epoch_rows(office) == [(1, "enrolled"), (2, "restored"), (3, "restored")]
    assert_held_once(office.database, till.sold)


def test_two_copies_at_work_are_both_heard_in_turns_and_shown(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    till.sell(2)
    till.sync()
    till.close()
    expected_logs("cloned")
    expected_logs("begins epoch")
    with time_stands():
        other = till.copy(tmp_path / "copy")
        try:
            till.open()
            till.sell(2), other.sell(2)
            assert other.sync().reason is None, "what says by itself that it is a copy is heard at once"
            assert till.sync().reason is Reason.TILL_COPIED
            wait_s = round(epochs.TURN.total_seconds())
            told = till.state_shown().params
            assert told == {"retry_after_s": wait_s, "turn_at": CLOCK.now() + epochs.TURN}
            assert wait_s > 600 <= till.next_round_s() <= 605
            CLOCK.forward(epochs.TURN - timedelta(seconds=30))
            till.sync()
            assert 30 <= till.next_round_s() <= 35, "it asks again when its turn comes"
            CLOCK.forward(timedelta(seconds=30) - epochs.TURN)
            before = len(epoch_rows(office))
            for _ in range(20):
                assert till.sync().reason is Reason.TILL_COPIED
                assert other.sync().reason is None
            assert len(epoch_rows(office)) == before, "no ping-pong while it is the other one's turn"
            identity = till.store.identity()
            assert identity is not None and ("cloned", identity.id) in open_exceptions(office.database)
            for turn in range(3):
                CLOCK.forward(epochs.TURN + timedelta(seconds=1))
                mine, others = (till, other) if turn % 2 == 0 else (other, till)
                mine.sell(1), others.sell(1)
                assert mine.sync().reason is None
                assert others.sync().reason is Reason.TILL_COPIED
                assert mine.store.queue_status().waiting == 0
            CLOCK.forward(epochs.TURN + timedelta(seconds=1))
            assert other.sync().reason is None
            assert_held_once(office.database, till.sold)
        finally:
            other.close()


def test_put_back_beside_its_copy_it_neither_takes_its_numbers_nor_frees_its_rights(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    """The copy is at work, whatever the one that was put back says of its own database."""
    backup = till.backed_up(2)
    with till.closed() as path:
        other = Counter(shutil.copytree(path, tmp_path / "copy"), till.state, till.line, CLOCK, till.sold)
    expected_logs("cloned")
    expected_logs("restored")
    expected_logs("begins epoch")
    other.open()
    try:
        with time_stands():
            other.sell(2)
            assert other.sync().reason is None
            give(office, 100, member_id=MEMBERS[0].id)
            other.store.rights.touch(MEMBERS[0].id)
            other.sell(1), till.sell(1)
            assert other.sync().reason is None
            lent = [row for row in rows(office.database, "spending_right") if row.epoch == 2 and row.kind == "touch"]
            assert [row.state for row in lent] == ["live"]
            till.put_back(backup)
            assert till.store.doubt() is Doubt.RESTORED
            assert till.sync().reason is None
            till.sell(3), other.sell(3)
            [right] = [row for row in rows(office.database, "spending_right") if row.id == lent[0].id]
            assert right.state == "void" and right.safe_at > right.lapses_at, "it may be spent until it lapses"
            for mine in (other, till, other):
                CLOCK.forward(epochs.TURN + timedelta(seconds=1))
                assert mine.sync().reason is None
            numbers = [bill.number for bill in till.sold]
            assert len(set(numbers)) == len(numbers)
    finally:
        other.close()


def test_copies_that_nothing_tells_apart_become_two(
    office: HeadOffice, till: Counter, tmp_path: Path, expected_logs: ExpectLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same machine image, same state: only their histories differ. A real fork under the same numbers."""
    till.sell(2)
    till.sync()
    with till.closed() as path:
        image = shutil.copytree(path, tmp_path / "elsewhere" / "one")
        state = shutil.copytree(till.state, tmp_path / "elsewhere" / "state")
        monkeypatch.setattr("pos_member.db.sidecar._alive", lambda _: False)
        other = Counter(image, state, till.line, CLOCK, till.sold)
    expected_logs("begins epoch")
    other.open()
    try:
        with time_stands():
            assert other.store.database_id() == till.store.database_id()
            # The same numbers on two machines: that cannot be helped without a line, and is a case afterwards.
            till.sell(3)
            mine = list(till.sold)
            till.sync()
            assert other.folder is not None
            with other.folder.store.transaction() as tx:
                for _ in range(500):
                    tx.next_counter("bill")
            other.sell(5)
            expected_logs("fork|chain")
            for _ in range(6):
                other.sync(), till.sync()
                CLOCK.forward(epochs.TURN + timedelta(seconds=1))
            assert other.store.database_id() != till.store.database_id()
            assert len(mine) == 5
            till.sync()
            assert_held_once(office.database, till.sold)
            kinds = {kind for kind, _ in open_exceptions(office.database)}
            assert {"fork", "cloned"} & kinds
    finally:
        other.close()


@pytest.mark.parametrize("sold", [0, 3, 5, 8])
def test_copies_of_a_whole_disk_become_two_whichever_sold_more(
    office: HeadOffice,
    till: Counter,
    tmp_path: Path,
    sold: int,
    expected_logs: ExpectLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sent five bills before the other was heard, which holds fewer, as many others, or more."""
    till.sell(2)
    till.sync()
    with till.closed() as path:
        image = shutil.copytree(path, tmp_path / "elsewhere" / "one")
        state = shutil.copytree(till.state, tmp_path / "elsewhere" / "state")
        monkeypatch.setattr("pos_member.db.sidecar._alive", lambda _: False)
        other = Counter(image, state, till.line, CLOCK, [])
    expected_logs("begins epoch")
    if sold > 5:
        expected_logs("fork|chain")
    other.open()
    try:
        with time_stands():
            till.sell(5)
            assert till.sync().reason is None
            other.sell(sold)
            told_apart = list(till.sold), list(other.sold)
            for _ in range(4):
                for mine in (other, till):
                    for _ in range(10):
                        mine.sync()
                    mine.sell(1)
                CLOCK.forward(epochs.TURN + timedelta(seconds=1))
            assert other.store.database_id() != till.store.database_id()
            began = len(epoch_rows(office))
            assert began <= 9, "no more than one in a turn"
            for mine in (other, till):
                for _ in range(2):
                    CLOCK.forward(epochs.TURN + timedelta(seconds=1))
                    mine.sync()
                assert mine.store.queue_status().waiting == 0
            # Numbers that both gave before they were told apart nobody could know of.
            since = [bill.number for bill in (*till.sold[len(told_apart[0]) :], *other.sold[len(told_apart[1]) :])]
            assert len(set(since)) == len(since)
            if sold <= 5:
                assert not set(since) & {bill.number for each in told_apart for bill in each}
            held = rows(office.database, "bill")
            assert sorted(row.id for row in held) == sorted(bill.id for bill in (*till.sold, *other.sold))
            assert "cloned" in {kind for kind, _ in open_exceptions(office.database)}
    finally:
        other.close()


def test_an_earlier_build_is_told_of_a_fork_as_before(office: HeadOffice, till: Counter) -> None:
    till.sell(2)
    till.sync()
    identity = till.store.identity()
    assert identity is not None
    request = protocol.HelloRequest(protocol.PROTOCOL, "old", 1, 0, "0" * 64, 0, 0)
    assert office.hello(identity.id, request).advice is protocol.Advice.FORK


@pytest.mark.parametrize("epoch", [0, -1, epochs.EPOCH_MAX + 1])
def test_epochs_beyond_belief_are_refused(office: HeadOffice, till: Counter, epoch: int) -> None:
    identity = till.store.identity()
    assert identity is not None
    request = protocol.HelloRequest(protocol.PROTOCOL, "x", epoch, 0, "0" * 64, 0, 0, database_id="d")
    with pytest.raises(Exception, match="malformed"):
        office.hello(identity.id, request)


def test_a_counter_goes_on_above_what_head_office_holds(office: HeadOffice, till: Counter) -> None:
    till.sell(7)
    till.sync()
    identity = till.store.identity()
    assert identity is not None
    request = protocol.HelloRequest(
        protocol.PROTOCOL, "x", 1, 0, "0" * 64, 0, 0, database_id="another", restored=True, doubt="restored"
    )
    answer = office.hello(identity.id, request)
    assert (answer.advice, answer.epoch, answer.last_seq) == (protocol.Advice.NEW_EPOCH, 2, 0)
    assert answer.next_numbers == {"bill": 8, "return": 1, "member": 1}
