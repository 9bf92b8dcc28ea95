"""Whom the tills' PromptPay codes pay. Named here alone: nobody at a counter can send the money elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import Connection, select

from pos_member.domain import codec
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.org import Branch
from pos_member.domain.promptpay import parse_target
from pos_member.headoffice import rule_books, schema
from pos_member.headoffice.importing import import_catalogue
from pos_member.services.sync_ports import FeedEntity


def set_promptpay(connection: Connection, number: str, branch_code: str = "") -> bool:
    """The PromptPay number of the company, or of one branch; "" for none. Whether that changed anything.

    Raises ``Refusal(PROMPTPAY_INVALID | BRANCH_UNKNOWN | PAYLOAD_INVALID)``, the last before a company was loaded;
    nothing is changed then.
    """
    if number:
        parse_target(number)
    if branch_code:
        branch = _branch(connection, branch_code)
        return bool(import_catalogue(connection, [replace(branch, promptpay=number)]))
    company = rule_books.organisation(connection)
    if company is None:
        raise Refusal(Reason.PAYLOAD_INVALID, where="organisation", want="-")
    return bool(import_catalogue(connection, [replace(company, settings=replace(company.settings, promptpay=number))]))


def _branch(connection: Connection, code: str) -> Branch:
    table = schema.catalogue
    query = select(table.c.body).where(table.c.entity == FeedEntity.BRANCH.value, table.c.code == code)
    body = connection.execute(query).scalar()
    if body is None:
        raise Refusal(Reason.BRANCH_UNKNOWN, code=code[:30])
    return codec.from_wire(Branch, json.loads(body))
