"""What a thousand seeds have to have met, each so often at least: a story that never happens proves nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

#: Of a thousand seeds; a third to a half of what they come to: a story that fades away is told long before it is gone,
#: and one that is told a little differently is not.
MINIMUM: Mapping[str, int] = {
    # A till's copy is a prefix of the feed, also out of a snapshot, and its own facts come once on top.
    "a replica is a prefix": 4_000,
    "a swapped replica is a prefix": 20,
    "own facts on top of the feed": 150,
    "own facts seen before others": 80,
    "replica lost": 20,
    "snapshot made": 35,
    # What a till hears while it waits for news.
    "news taken in": 150,
    "news made a round": 12,
    # The order in which tills come online.
    "drained in two orders": 35,
    "cases of two orders": 8,
    # What is asked at the counter, and answers that are lost.
    "asked online": 110,
    "granted online": 12,
    "coupon online good": 3,
    "answer lost of /v1/hello": 200,
    "answer lost of /v1/push": 130,
    "answer lost of /v1/pull": 70,
    "answer lost of /v1/rights": 40,
    "answer lost of /v1/redeem": 3,
    # Days and their certificates.
    "day certified": 170,
    "day complete": 180,
    "day complete on the way": 50,
    # Sticks, carried in once, again and late.
    "stick written": 60,
    "stick carried in": 110,
    "stick brought something": 10,
    "stick carried in again or late": 35,
    "answer imported": 130,
    "answer brought changes": 40,
    # Long absences and wrong clocks.
    "forty days without a line": 25,
    "events let go of after 35 days": 8,
    "a clock wrong by years": 25,
    "a clock set right after years": 5,
    # Disasters.
    "office restored": 20,
    "cloned": 30,
    "restored till.db alone": 5,
    "restored both databases": 4,
    "restored the folder": 4,
    "restored the whole disk": 4,
    "till died": 50,
    "office died": 25,
    "a revoked till uploads": 6,
    # Members who leave.
    "member blocked": 8,
    "member erased": 20,
    # Two workers on one database.
    "something between two commits of a worker": 2_000,
    "served beside another worker": 700,
    # What it is all about.
    "coupon used": 200,
    "coupon used twice": 3,
    "points redeemed": 600,
    "points out of rights": 12_000,
    "returned": 300,
    # A till by itself.
    "act by itself": 4_000,
    "act with the line down": 40,
    # Effects after the answer, whole segments, commands in parts.
    "step woken": 200,
    "office died owing effects": 30,
    "settled beside a call": 3,
    "segment told": 200,
    "segment out of a cache": 200,
    "command coupons done": 40,
    "command segment done": 60,
    "command died": 30,
    "command again": 40,
    # What each check looked at that could have been otherwise.
    "held after_round": 6_000,
    "held all_is_applied": 200,
    "held claims_are_told": 35,
    "held commands_are_whole": 200,
    "held complete_days_are": 20,
    "held coupons_are_told": 230,
    "held days_are_told": 110,
    "held each_event_once": 6_000,
    "held effects_once": 6_000,
    "held nothing_promised_twice": 800,
    "held only_poison_aside": 4,
    "held queues_are_empty": 4,
    "held rights_hold": 400,
    "held tills_tell_the_same": 7_500,
    "held tills_verify": 210,
}


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
