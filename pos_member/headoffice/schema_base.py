"""What all of head office's tables hang on."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()

SCHEMA_VERSION = 6
