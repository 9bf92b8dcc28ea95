"""What a thousand seeds have to have met, each so often at least: a story that never happens proves nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

#: Of a thousand seeds; about half of what they came to when this was written.
MINIMUM: Mapping[str, int] = {}


def short_of(met: Mapping[str, int], seeds: int) -> dict[str, str]:
    """What was met too seldom in so many seeds: what → how often, and how often it should have been."""
    wanted = {what: times * seeds // 1000 for what, times in MINIMUM.items()}
    return {what: f"{met.get(what, 0)} of {least}" for what, least in wanted.items() if met.get(what, 0) < least}


def collected(place: Path, part: int, parts: int, met: Mapping[str, int]) -> Counter[str] | None:
    """Lay down what a part met. Whoever is the last gets the sum of all, the others ``None``.

    Parts run in processes that know nothing of one another; ``place`` is a folder they share.
    """
    place.mkdir(exist_ok=True)
    written = place / f"{part}.writing"
    written.write_text(json.dumps(met))
    written.rename(place / f"{part}.json")
    found = sorted(place.glob("*.json"))
    if len(found) < parts:
        return None
    try:
        # Two may see the last part come: one of them sums up.
        os.close(os.open(place / "summed", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return None
    whole: Counter[str] = Counter()
    for each in found:
        whole.update(json.loads(each.read_text()))
    return whole
