"""What ``verify`` holds against the bills: rights, what was taken out of them, what was let pass beyond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pos_member.db.repositories.reading import Borrow
from pos_member.db.repositories.rights import ROWS, held_of
from pos_member.services.rights_ports import FloorRow, RightRow


class SqlRightsEvidence:
    """``services.rights_ports.RightsEvidence``."""

    def __init__(self, borrow: Borrow) -> None:
        self._borrow = borrow

    def rights(self) -> Iterator[RightRow]:
        """Every right that is still kept, with its uses."""
        with self._borrow() as connection:
            rows = connection.exec_driver_sql(f"{ROWS} ORDER BY r.id").all()
            taken = connection.exec_driver_sql("SELECT right_id, seq, points FROM right_use ORDER BY right_id, seq")
            uses: dict[str, list[tuple[int, int]]] = {}
            for right_id, seq, points in taken:
                uses.setdefault(right_id, []).append((seq, points))
        for row in rows:
            held = held_of(row)
            yield RightRow(held.right, tuple(uses.get(row.id, ())), held.released)

    def uses_of(self, seq: int) -> Mapping[str, int]:
        """Right id → points, of event ``seq``."""
        with self._borrow() as connection:
            rows = connection.exec_driver_sql("SELECT right_id, points FROM right_use WHERE seq = ?", (seq,)).all()
        return {row[0]: row[1] for row in rows}

    def floor_rows(self) -> Iterator[FloorRow]:
        """What was let pass beyond rights, in the order of the bills."""
        with self._borrow() as connection:
            sql = "SELECT seq, kind, subject_id, points, satang FROM floor_use ORDER BY seq, kind, subject_id"
            rows = connection.exec_driver_sql(sql).all()
        yield from (FloorRow(*row) for row in rows)

    def seq_of(self, bill_id: str) -> int | None:
        """The event of a bill of this till."""
        with self._borrow() as connection:
            found: int | None = connection.exec_driver_sql("SELECT seq FROM bill WHERE id = ?", (bill_id,)).scalar()
        return found
