"""What head office keeps by name in ``setting``: its version, its secrets."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from pos_member.headoffice.schema import setting

VERSION = "schema_version"
TOKEN_SECRET = "token_secret"  # noqa: S105 - the name of a setting
SIGNING_KEY = "signing_key"
CONSOLE_PASSWORD = "console_password_scrypt"  # noqa: S105
#: No new till gets a lower number than the one after this.
TILLS_FROM = "till_numbers_from"
#: Numbers above it are the blocks from which head office itself gives out member numbers.
TILL_NUMBER_MAX = 8_999
_VALUE = select(setting.c.value).where(setting.c.name == bindparam("named"))


def read_setting(connection: Connection, name: str) -> str:
    """A setting's text; empty where it was never set."""
    value = connection.execute(_VALUE, {"named": name}).scalar_one_or_none()
    return value or ""
