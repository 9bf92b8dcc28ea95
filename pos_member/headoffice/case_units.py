"""Cases found by a run over many tills and members: each is written where it belongs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pos_member.headoffice import exceptions
from pos_member.headoffice.exceptions import Finding
from pos_member.headoffice.units import Units


def record_apart(units: Units, findings: Iterable[Finding], at: str) -> None:
    """As ``exceptions.record``, a unit of work for each shard. ``at``: stored time."""
    listed = list(findings)
    if not listed:
        return
    by_shard: dict[str, list[Finding]] = defaultdict(list)
    with units.pack() as pack:
        for finding in listed:
            by_shard["" if pack.shared else finding.key[0]].append(finding)
        for shard in sorted(by_shard):
            with pack.unit() as connection:
                exceptions.record(connection, by_shard[shard], at)
