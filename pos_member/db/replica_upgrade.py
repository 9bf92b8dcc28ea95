"""A ``replica.db`` of an earlier build, carried over in place: a till upgraded while the line is down goes on selling.

What a new column says of an old row only head office knows, where no default is true of it. The rows serve as they
are, as the older build had them, and the replica asks to be loaded anew: the cursor stays, so that changes come down at
once, and the next round that reaches head office reads the feed from the start besides (``SyncStore.load_anew``), in
one transaction. Going back to cursor 0 would not do: half-way through the feed old figures stand beside new ones, and
no ``included_seq`` is true of both.
"""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from pos_member.db.engine import Database
from pos_member.db.replica_schema import REPLICA_VERSION

log = logging.getLogger(__name__)

#: By the version they start from. A step is never edited once it has shipped.
_STEPS: dict[int, tuple[str, ...]] = {
    # Months and counts of accounts, segments of members and uses of coupons stay empty until the load.
    1: (
        "ALTER TABLE member ADD COLUMN segments TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE member ADD COLUMN referred_by TEXT",
        "ALTER TABLE account ADD COLUMN more TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE coupon ADD COLUMN program_id TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE coupon ADD COLUMN uses INTEGER DEFAULT 0 NOT NULL",
    ),
    # Rows of the earlier build include what its mark says.
    2: (
        "ALTER TABLE mark ADD COLUMN feed_mark TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE account ADD COLUMN included_seq INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE coupon ADD COLUMN included_seq INTEGER DEFAULT 0 NOT NULL",
    ),
}
#: Steps after which old rows say less than head office knows of them.
_LOAD_AFTER = frozenset({1})
# A row among the items, of no entity of head office's: it goes with all others when the replica is emptied.
LOAD_ANEW = "replica.load_anew"
_ASK = "INSERT OR REPLACE INTO item (entity, id, body) VALUES (?, '', x'')"


def carry_over(database: Database, version: int) -> bool:
    """From ``version`` to this build's in one transaction; ``False`` when that cannot be done, nothing changed then.

    Raises ``EnvironmentProblem`` (DISK_FULL, DATABASE_CORRUPT, …).
    """
    if version not in _STEPS:
        return False
    try:
        with database.write() as connection:
            for step in range(version, REPLICA_VERSION):
                for statement in _STEPS[step]:
                    connection.exec_driver_sql(statement)
                if step in _LOAD_AFTER:
                    connection.exec_driver_sql(_ASK, (LOAD_ANEW,))
            connection.exec_driver_sql(f"PRAGMA user_version = {REPLICA_VERSION}")
    except DBAPIError as error:
        # Tables that are not those of that version.
        log.warning("%s says version %d and is not: %s", database.path.name, version, error.orig)
        return False
    log.info("%s carried over from version %d", database.path.name, version)
    return True
