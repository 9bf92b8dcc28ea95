"""What happens away from the till of the day: a member enrolled at another branch, codes that head office makes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

from pos_member.app.composition import enrol_till, open_till
from pos_member.app.demo.office import OfficeProcess
from pos_member.app.demo.stage import Stage
from pos_member.app.seeding import demo_data
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.member import Member
from pos_member.domain.org import Role, Staff
from pos_member.headoffice import admin
from pos_member.headoffice.database import open_known_database
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.office_codes import CodesOffice
from pos_member.services.enrolment import EnrolRequest

_LIFE = timedelta(days=90)
_PHONE = "0867654321"
_FIRST_NAME, _LAST_NAME = "ดารุณี", "ทองแท้"


@dataclass(frozen=True)
class Stranger:
    """A member of the organisation whom this till never heard of, and the signed code on their phone."""

    member: Member
    code: str


def enrol_elsewhere(stage: Stage) -> Stranger:
    """At the second branch, by way of head office, while the line of the first till is down."""
    office = OfficeProcess(stage.out / "headoffice")
    office.start()
    try:
        url = stage.office.database_url
        branch = demo_data().branches[1]
        cashier = next(
            each.code for each in demo_data().staff if each.branch_id == branch.id and each.role is Role.CASHIER
        )
        folder = stage.out / "till-2"
        enrol_till(folder, office.url, admin.enrol_code(url, branch.code))
        with open_till(folder) as till:
            session = till.services.staff.sign_in(cashier, stage.seeded.pins[cashier])
            request = EnrolRequest(_PHONE, True, first_name=_FIRST_NAME, last_name=_LAST_NAME)
            member = till.services.enrolment.enrol(session, request).member
            till.sync_engine().sync_once()
        return Stranger(member, _codes(stage).member_code(member.number, _LIFE).code)
    finally:
        office.stop()


def give_badge(stage: Stage, staff_code: str) -> str:
    """A new badge for somebody, by head office."""
    person: Staff = _codes(stage).give_badge(staff_code)[0]
    return person.badge


def sign_coupons(stage: Stage, code: str) -> None:
    """Coupons of this definition are signed by the till that issues them from now on."""
    definition: CouponDefinition = next(each for each in demo_data().definitions if each.code == code)
    with closing(open_known_database(stage.office.database_url)) as database, database.write() as connection:
        import_catalogue(connection, [replace(definition, signed=True)])


def _codes(stage: Stage) -> CodesOffice:
    return CodesOffice(stage.office.database_url, "demo", "")
