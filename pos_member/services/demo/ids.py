"""Ids that are the same on every machine: UUIDv7 from a fixed moment and a hash of what they stand for."""

from __future__ import annotations

import hashlib

from pos_member.domain.ids import uuid7

#: 1 January 2024, 00:00 UTC, in milliseconds: before anything in the demo happened.
DEMO_EPOCH_MS = 1_704_067_200_000
DEMO_SEED = 2569
#: The till numbers whose blocks of member numbers the demo members fill; no demo till sells under one of them.
DEMO_BLOCK_TILL = 9_000


def demo_id(seed: int, kind: str, key: str, place: int = 0) -> str:
    """The id of a demo thing: ``place`` orders the things of a kind as their ids."""
    digest = hashlib.sha256(f"{seed}/{kind}/{key}".encode()).digest()
    return uuid7(DEMO_EPOCH_MS + place, int.from_bytes(digest[:10], "big") >> 6)
