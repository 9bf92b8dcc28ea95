"""``/metrics`` by Prometheus' conventions: a name says what it is, and what counts never falls."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import insert

from pos_member.headoffice import schema
from pos_member.headoffice.counts import Counts
from pos_member.headoffice.metrics import metrics
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol
from tests.headoffice.office_support import CLOCK
from tests.sync.disaster_support import enrolled_counter

#: Units that are no base units: seconds, bytes and ratios are told as such.
NOT_BASE = ("_ms", "_milliseconds", "_microseconds", "_minutes", "_hours", "_kilobytes", "_megabytes", "_percent")


def told(office: HeadOffice) -> str:
    with office.database.read() as connection:
        return metrics(connection, CLOCK.now(), Counts())


def value(text: str, name: str) -> float:
    (found,) = re.findall(rf"^pos_member_headoffice_{name} (\S+)$", text, re.MULTILINE)
    return float(found)


def test_every_series_is_named_as_its_type_asks(office: HeadOffice) -> None:
    text = told(office)
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    helps = re.findall(r"^# HELP (\S+) \S.*$", text, re.MULTILINE)
    assert list(types) == helps and len(types) > 20
    for name, kind in types.items():
        assert re.fullmatch(r"pos_member_headoffice_[a-z]+(_[a-z]+)*", name)
        assert name.endswith("_total") == (kind == "counter"), name
        assert not name.endswith(NOT_BASE), name
        assert not (kind != "histogram" and name.endswith(("_sum", "_count", "_bucket"))), name
    for sample in re.findall(r"^(?!#)(\w+)", text, re.MULTILINE):
        assert sample in types or re.sub("_(sum|count|bucket)$", "", sample) in types


def test_what_was_counted_before_a_new_epoch_stays_counted(office: HeadOffice, tmp_path: Path) -> None:
    till = enrolled_counter(office, tmp_path, "one")
    try:
        till.sell(3)
        till.sync()
        assert value(told(office), "events_total") == 3
        request = protocol.HelloRequest(
            protocol.PROTOCOL, "x", 1, 0, "0" * 64, 0, 0, database_id="another", restored=True, doubt="restored"
        )
        assert office.hello(till.me, request).epoch == 2
        assert value(told(office), "events_total") == 3
    finally:
        till.close()


def test_the_age_of_what_waits_is_in_seconds(office: HeadOffice) -> None:
    with office.database.write() as connection:
        at = "2000-01-01T00:00:00.000000Z"
        columns = {column.name: "x" for column in schema.outgoing.columns if not column.nullable}
        number = {name: 1 for name in columns if schema.outgoing.c[name].type.python_type in (int, bool)}
        connection.execute(insert(schema.outgoing).values(columns | number | {"at": at}))
    assert value(told(office), "stamper_lag_seconds") > 86_400
