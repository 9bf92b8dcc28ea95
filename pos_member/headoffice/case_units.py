"""Cases found by a run over many tills and members: each is written where it belongs."""

from __future__ import annotations

from collections.abc import Iterable

from pos_member.headoffice import exceptions
from pos_member.headoffice.exceptions import Finding
from pos_member.headoffice.units import Units


def record_apart(units: Units, findings: Iterable[Finding], at: str) -> None:
    """As ``exceptions.record``, a unit of work for each shard. ``at``: stored time."""
    listed = list(findings)
    if not listed:
        return
    with units.pack() as pack:
        for part in pack.units_of(listed, lambda finding: finding.key[0]):
            with pack.unit() as connection:
                exceptions.record(connection, part, at)
