"""What every reader is built on: a way to borrow a connection, its own or a running transaction's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

#: Lends a connection inside a transaction for the length of the ``with`` block.
Borrow = Callable[[], AbstractContextManager[Connection]]
