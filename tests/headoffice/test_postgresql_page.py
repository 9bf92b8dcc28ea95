"""``docs/postgresql.md`` names every table, and what it says of them is so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint

from pos_member.headoffice.database import metadata, open_database
from pos_member.headoffice.portable_engines import POOL_MORE, POOL_SIZE
from tests.office_database import OFFICES
from tests.source_tree import ROOT

PAGE = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
(COMMANDS,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
SPREAD = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", COMMANDS))
NAMED = re.findall(r"SELECT \w+\('(\w+)'", COMMANDS)

#: What Citus insists on, as functions of the same names: a table is spread by a column of every unique index.
STUBS = """
CREATE FUNCTION create_distributed_table(
    t regclass, c text, colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE spread smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = t AND attname = c);
BEGIN
    IF spread IS NULL THEN RAISE 'no column % in %', c, t; END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = t AND indisunique AND indkey[0] <> spread) THEN
        RAISE 'a unique index of % does not begin with %', t, c;
    END IF;
    IF colocate_with NOT IN ('default', 'none') AND NOT EXISTS (
        SELECT FROM pg_attribute a
        JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = i.indkey[0]
        WHERE a.attrelid = colocate_with::regclass
        AND a.atttypid = (SELECT atttypid FROM pg_attribute WHERE attrelid = t AND attnum = spread)
    ) THEN RAISE '% and % are spread by columns of two types', t, colocate_with; END IF;
END $$;
CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS 'SELECT';
CREATE FUNCTION citus_add_local_table_to_metadata(t regclass) RETURNS void LANGUAGE sql AS 'SELECT';
"""


@pytest.mark.one_database("the page alone is read")
def test_every_table_is_named_once_with_the_first_column_of_its_key() -> None:
    assert Counter(NAMED) == Counter(metadata.tables.keys())
    for name, column in SPREAD.items():
        table = metadata.tables[name]
        assert next(iter(table.primary_key.columns)).name == column, name
        for constraint in table.constraints:
            assert not isinstance(constraint, UniqueConstraint) or column in constraint.columns, name
    small = {name for name in NAMED if name not in SPREAD}
    assert not small & {"event", "bill", "member", "account", "point_entry", "coupon", "outgoing", "feed"}


@pytest.mark.one_database("the commands are PostgreSQL's", on="postgresql")
def test_the_commands_can_be_given(tmp_path: Path) -> None:
    database = open_database(OFFICES.empty_url(tmp_path / "citus"))
    with database.write() as connection:
        connection.exec_driver_sql(STUBS.replace("%", "%%"))
        for command in COMMANDS.split(";"):
            if sql := re.sub(r"--.*", "", command).strip():
                connection.exec_driver_sql(sql)
        with pytest.raises(Exception, match="RaiseException"), connection.begin_nested():
            connection.exec_driver_sql("SELECT create_distributed_table('bill', 'member_id')")
        with pytest.raises(Exception, match="RaiseException"), connection.begin_nested():
            connection.exec_driver_sql("SELECT create_distributed_table('feed', 'segment', colocate_with => 'till')")
    database.close()


@pytest.mark.one_database("the page alone is read")
def test_the_figures_of_the_page_are_those_of_the_program() -> None:
    assert f"up to {POOL_SIZE + POOL_MORE} connections" in PAGE
