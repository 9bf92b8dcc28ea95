"""Codes for tills: fifteen minutes, one use, guessed at only a few times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.headoffice import admin, identity
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer
from tests.db_support import make_folder
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import BRANCHES, CLOCK, database_url, rows


@pytest.fixture(autouse=True)
def _clock_put_back() -> Iterator[None]:
    at = CLOCK.at
    yield
    CLOCK.at = at


def request(code: str, key: Ed25519PrivateKey | None = None) -> protocol.EnrolRequest:
    key = key or Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    plain = protocol.normalise_code(code)
    return protocol.EnrolRequest(plain, public, key.sign(protocol.enrol_message(plain, public)).hex())


def refused(office: HeadOffice, asked: protocol.EnrolRequest, address: str = "a") -> protocol.ErrorCode:
    with pytest.raises(Problem) as caught:
        office.enrol(asked, address)
    return caught.value.code


def test_a_code_makes_one_till_of_its_branch(office: HeadOffice) -> None:
    first = office.enrol(request(office.enrol_code("NM02")), "a").till
    second = office.enrol(request(office.enrol_code("KS01")), "a").till
    assert (first.branch_id, first.number, first.epoch) == (BRANCHES[1].id, 1, 1)
    assert (second.branch_id, second.number) == (BRANCHES[0].id, 2)


def test_a_code_is_used_once(office: HeadOffice) -> None:
    code = office.enrol_code("KS01")
    office.enrol(request(code), "a")
    assert refused(office, request(code)) is protocol.ErrorCode.ENROL_CODE
    assert len(rows(office.database, "till")) == 1


def test_the_same_till_may_ask_again(office: HeadOffice) -> None:
    """Its answer was lost on the way: the same code with the same key gives the same till."""
    code, key = office.enrol_code("KS01"), Ed25519PrivateKey.generate()
    first = office.enrol(request(code, key), "a")
    assert office.enrol(request(code, key), "a") == first
    assert len(rows(office.database, "till")) == 1


def test_a_code_ends_after_fifteen_minutes(office: HeadOffice) -> None:
    code, other = office.enrol_code("KS01"), office.enrol_code("KS01")
    CLOCK.forward(timedelta(minutes=14, seconds=59))
    office.enrol(request(code), "a")
    CLOCK.forward(timedelta(seconds=2))
    assert refused(office, request(other)) is protocol.ErrorCode.ENROL_CODE


def test_the_key_must_be_the_tills_own(office: HeadOffice) -> None:
    code = office.enrol_code("KS01")
    asked = request(code)
    stolen = protocol.EnrolRequest(asked.code, request(code).public_key, asked.proof)
    assert refused(office, stolen) is protocol.ErrorCode.ENROL_CODE
    office.enrol(asked, "a")


def test_guessing_is_stopped_for_one_address_and_for_all(office: HeadOffice) -> None:
    for n in range(identity.FAILURES_PER_ADDRESS_MAX):
        assert refused(office, request(f"{n:012d}"), "guesser") is protocol.ErrorCode.ENROL_CODE
    good = office.enrol_code("KS01")
    assert refused(office, request(good), "guesser") is protocol.ErrorCode.RATE_LIMITED
    office.enrol(request(good), "somebody else")
    for n in range(identity.FAILURES_MAX - identity.FAILURES_PER_ADDRESS_MAX):
        refused(office, request(f"{n:012d}"), f"address {n}")
    assert refused(office, request(office.enrol_code("KS01")), "anybody") is protocol.ErrorCode.RATE_LIMITED
    CLOCK.forward(timedelta(minutes=identity.CODE_MINUTES, seconds=1))
    office.enrol(request(office.enrol_code("KS01")), "guesser")


def test_codes_are_kept_as_hashes(office: HeadOffice, tmp_path: Path) -> None:
    code = office.enrol_code("KS01")
    stored = " ".join(str(row) for row in rows(office.database, "enrol_code"))
    assert code not in stored and protocol.normalise_code(code) not in stored


def test_an_unknown_branch_is_named(office: HeadOffice, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        admin.enrol_code(database_url(tmp_path), "XX99", CLOCK)
    assert (caught.value.reason, caught.value.params) == (Reason.BRANCH_UNKNOWN, {"code": "XX99"})


class LosesAnswers(DirectLine):
    """The first ``lost`` answers never arrive."""

    lost = 2

    def exchange(self, method: str, path: str, **more: object) -> Answer:
        answer = super().exchange(method, path, **more)  # type: ignore[arg-type]
        if self.lost:
            self.lost -= 1
            raise EnvironmentProblem(Reason.LINE_DOWN)
        return answer


def test_enrolling_survives_lost_answers(office: HeadOffice, tmp_path: Path) -> None:
    with make_folder(tmp_path, CLOCK) as data:
        till = enrol("http://127.0.0.1:1/", office.enrol_code("KS01"), data.sync_store, transport=LosesAnswers(office))
        link = data.sync_store.link()
        assert link is not None
        assert (link.identity, link.server_url) == (till, "http://127.0.0.1:1")
        assert link.private_key is not None and link.server_public_key is not None
        assert len(rows(office.database, "till")) == 1


@pytest.mark.parametrize("typed", ["{0} {1} {2}", " {0}-{1}-{2} ", "{0}{1}{2}"])
def test_a_code_may_be_typed_as_people_do(office: HeadOffice, tmp_path: Path, typed: str) -> None:
    code = typed.format(*office.enrol_code("KS01").split("-"))
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    with make_folder(tmp_path, CLOCK) as data:
        assert enrol("http://127.0.0.1:1", thai, data.sync_store, transport=DirectLine(office)).number == 1


def test_a_wrong_code_is_said_to_be_wrong_and_nothing_is_kept(office: HeadOffice, tmp_path: Path) -> None:
    with make_folder(tmp_path, CLOCK) as data:
        with pytest.raises(Refusal) as caught:
            enrol("http://127.0.0.1:1", "1234-5678-9012", data.sync_store, transport=DirectLine(office))
        assert caught.value.reason is Reason.ENROL_CODE_INVALID
        assert data.sync_store.link() is None


def test_a_till_with_something_to_send_is_not_made_another_till(office: HeadOffice, tmp_path: Path) -> None:
    """Its bills bear its name: from another till head office would have to put every one of them aside."""
    line = DirectLine(office)
    with line.enrolled(tmp_path) as till:
        till.ring()
        code = office.enrol_code("KS01")
        with pytest.raises(Refusal) as caught:
            enrol("http://127.0.0.1:1", code, till.folder.sync_store, transport=line)
        assert (caught.value.reason, caught.value.params) == (Reason.TILL_HAS_UNSENT, {"waiting": 1})
        assert till.folder.sync_store.identity() == till.identity
        assert till.engine(line).sync_once().applied == 1
        assert enrol("http://127.0.0.1:1", code, till.folder.sync_store, transport=line).number == 2
        assert rows(office.database, "quarantine") == []
