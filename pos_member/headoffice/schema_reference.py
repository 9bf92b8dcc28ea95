"""Small tables, whole on every machine: settings, keys, codes, the catalogue, what people did at the console."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from pos_member.headoffice.schema_base import metadata

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: Keys behind codes, the ``ordinal``-th of its kind. ``private``: raw, hex; emptied when the key is retired.
#: ``public``: empty for a secret that is both.
code_key = Table(
    "code_key",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("private", Text, nullable=False),
    Column("public", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("retired_at", Text),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("branch_id", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("till_id", Text),
)

enrol_failure = Table(
    "enrol_failure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("at", Text, nullable=False),
)

#: Every rule book tills were ever given, so that their bills can be computed again.
rule_book = Table(
    "rule_book",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

#: A run of a job whose outcome is kept: a draw, the winners of a program, an occasion. ``body`` is canonical JSON.
office_run = Table(
    "office_run",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("body", Text, nullable=False),
)

#: What a person did at the console: who, what to, and why. Rows are only added.
office_act = Table(
    "office_act",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("office_act_by_subject", "subject_kind", "subject_id", "at"),
)

#: Organisation, brands, branches, staff, categories, products, programs, coupon definitions: as the feed sends them.
catalogue = Table(
    "catalogue",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("catalogue_by_code", "entity", "code"),
)

#: One row: the newest number given out, and up to where ``outgoing`` is cleared of what has one.
feed_head = Table(
    "feed_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("publish_no", BigInteger, nullable=False),
    Column("cleared_no", BigInteger, nullable=False, server_default="0"),
)
