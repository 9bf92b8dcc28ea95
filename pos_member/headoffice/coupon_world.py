"""The coupons that some events touch: locked by their code, read, changed and written at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import Connection

from pos_member.domain import codec
from pos_member.headoffice import portable, schema, seen_marks, times
from pos_member.headoffice.acts import CouponMove
from pos_member.headoffice.coupon_records import CouponRecord, coupon_row, load_coupons, uses_per_code
from pos_member.headoffice.exceptions import Finding
from pos_member.headoffice.member_rows import move_row
from pos_member.headoffice.outgoing import Draft, Key, Origin, lock_revisions
from pos_member.headoffice.parts import CouponPart
from pos_member.headoffice.seen_marks import Position
from pos_member.services.sync_ports import FeedEntity

_COUPON = FeedEntity.COUPON.value


class Coupons:
    """The coupons of these codes."""

    def __init__(self, connection: Connection, till_id: str, codes: Sequence[str]) -> None:
        self._connection = connection
        self._till_id = till_id
        keys: list[Key] = [(code, _COUPON, code) for code in codes]
        told = lock_revisions(connection, keys)
        self._n = {key[2]: n for key, (n, _) in told.items()}
        self._seen: dict[str, dict[str, str]] = {key[2]: orjson.loads(seen) for key, (_, seen) in told.items()}
        self._records = load_coupons(connection, codes)
        self._uses_per_code = uses_per_code(connection) if codes else {}
        self._moved: list[CouponMove] = []
        self._touched: dict[str, Origin | None] = {}

    def apply(self, part: CouponPart) -> bool:
        """Everything ``part`` does to its coupon. ``False`` where all of it was known."""
        record = self._records.setdefault(part.code, CouponRecord(part.code))
        new = part.issued is not None and record.issued is None
        record.issued = record.issued or part.issued
        for move in part.moves:
            key = (move.kind.value, move.subject_id)
            if key not in record.events:
                record.events[key] = (self._till_id, move.amount_satang, times.stored(move.at))
                self._moved.append(move)
                new = True
        if record.issued is not None:
            record.uses_max = self._uses_per_code.get(record.issued.definition_id, 1)
        if new:
            told = part.told
            if not told.late:
                seen_marks.add(self._seen[part.code], self._till_id, (told.epoch, told.seq))
            origin = None if told.late else Origin(self._till_id, told.epoch, told.seq)
            self._touched.setdefault(part.code, origin)
        return new

    def flush(self, published: Mapping[str, Position]) -> list[Draft]:
        """Write them. Returns what the feed is to say."""
        portable.insert_many(
            self._connection, schema.coupon_event, [move_row(move, self._till_id) for move in self._moved]
        )
        rows, drafts, revisions = [], [], []
        for code in sorted(self._touched):
            coupon = self._records[code].now()
            if coupon is not None:
                rows.append(coupon_row(coupon))
                self._n[code] += 1
                seen_marks.prune(self._seen[code], published)
                body, seen = codec.to_wire(coupon), dict(self._seen[code])
                drafts.append(Draft(_COUPON, code, body, n=self._n[code], seen=seen, origin=self._touched[code]))
            seen_text = orjson.dumps(self._seen[code], option=orjson.OPT_SORT_KEYS).decode()
            revisions.append({"shard": code, "entity": _COUPON, "id": code, "n": self._n[code], "seen": seen_text})
        portable.upsert(self._connection, schema.coupon, rows)
        portable.upsert(self._connection, schema.revision, revisions)
        return drafts

    def findings(self) -> list[Finding]:
        """The cases that the touched coupons make, or no longer make."""
        return [finding for code in sorted(self._touched) for finding in self._records[code].findings()]
