"""Who tried the console's password in vain, so that every worker knows. A small table that every machine may hold."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from pos_member.headoffice.schema_base import metadata

#: Wrong passwords in a row from an address since ``at``; nobody may try there before ``until`` (empty: at once).
door_try = Table(
    "door_try",
    metadata,
    Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until", Text, nullable=False),
    Column("at", Text, nullable=False),
)
