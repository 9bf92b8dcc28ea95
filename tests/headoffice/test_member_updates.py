"""A till corrects what it knows of a member, maybe from long ago: only what it changed counts at head office."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pos_member.domain import codec
from pos_member.domain.events import EventKind, MemberUpdated
from pos_member.domain.member import Birthday, Member, MemberStatus
from pos_member.headoffice.service import HeadOffice
from tests.headoffice.direct import DirectLine
from tests.headoffice.office_support import MEMBERS, Till, rows

MEMBER = MEMBERS[0]
BIRTHDAY = Birthday(29, 2)


def _held(office: HeadOffice) -> Member:
    [body] = [row.body for row in rows(office.database, "member") if row.id == MEMBER.id]
    return codec.from_wire(Member, json.loads(body))


def _tell(till: Till, *fields: str, **changes: object) -> None:
    member = replace(MEMBER, **changes)  # type: ignore[arg-type]
    till.announce(EventKind.MEMBER_UPDATED, MemberUpdated(member, fields))


def test_a_correction_from_a_till_that_was_cut_off_does_not_open_a_blocked_card(
    office: HeadOffice, tmp_path: Path
) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path, "one") as one, line.enrolled(tmp_path, "two") as two:
        for till in (one, two):
            assert till.engine(line).sync_once().reason is None
        _tell(one, "status", status=MemberStatus.BLOCKED)  # the consent was withdrawn there
        _tell(two, "birthday", birthday=BIRTHDAY)  # the other till does not know of it
        for till in (one, two, one):
            assert till.engine(line).sync_once().reason is None
        wanted = replace(MEMBER, status=MemberStatus.BLOCKED, birthday=BIRTHDAY)
        assert _held(office) == wanted
        assert [till.folder.store.members.by_id(MEMBER.id) for till in (one, two)] == [wanted, wanted]


def test_several_corrections_in_one_batch_add_up_and_the_whole_member_still_can_be_told(
    office: HeadOffice, tmp_path: Path
) -> None:
    line = DirectLine(office)
    with line.enrolled(tmp_path) as till:
        _tell(till, "first_name", first_name="แก้ว")
        _tell(till, "last_name", "id", "shoe_size", last_name="ดีมาก")
        assert till.engine(line).sync_once().applied == 2
        assert _held(office) == replace(MEMBER, first_name="แก้ว", last_name="ดีมาก")
        _tell(till, last_name="อื่น")
        assert till.engine(line).sync_once().applied == 1
        assert _held(office) == replace(MEMBER, last_name="อื่น")
