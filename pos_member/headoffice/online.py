"""What a till may ask while its line is up: rights over members before it, points and coupons for one bill, members.

Each call is safe to repeat: the same question gets the same answer, and takes nothing twice. Every member and every
coupon is a unit of work of its own.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from pos_member.domain import codec
from pos_member.domain.clock import business_date
from pos_member.domain.codes import check_coupon_code, check_member_number
from pos_member.domain.errors import Refusal
from pos_member.domain.ids import is_id
from pos_member.domain.member import MemberStatus, normalise_phone
from pos_member.domain.rights import SpendingRight
from pos_member.domain.rotating_codes import check_rotating_code, read_rotating_code
from pos_member.domain.signed_codes import read_signed_member, shaped_like_member
from pos_member.headoffice import (
    coupon_holds,
    denials,
    identity,
    rights_aside,
    rights_ends,
    rights_grants,
    rule_books,
    schema,
    seen_marks,
)
from pos_member.headoffice.accounts import load_accounts
from pos_member.headoffice.acts import ENTRY_POINTS_MAX, ID_LENGTH_MAX
from pos_member.headoffice.denials import DeniedKind
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.rights_copied import copied_until
from pos_member.headoffice.rights_grants import Forgotten
from pos_member.headoffice.service import HeadOffice
from pos_member.services.sync_ports import FeedChange, FeedDenied, FeedEntity
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_rights import (
    RIGHTS_ITEMS_MAX,
    CouponVerdict,
    MembersAnswer,
    RedeemAnswer,
    RedeemRequest,
    RightsAnswer,
    RightsRequest,
)

log = logging.getLogger(__name__)
#: Searches of one till in a minute: enough for a queue of customers, too few to read the list of members through it.
SEARCHES_MAX = 60
_SEARCH_WINDOW = timedelta(minutes=1)
#: Members that one search may find: a phone that several share.
FOUND_MAX = 5
COUPONS_MAX = 20
_ASKED_CHARACTERS_MAX = 400


class Online:
    """The calls on ``office``. Thread-safe."""

    def __init__(self, office: HeadOffice) -> None:
        self._office = office
        self._units = office.units
        self._searches: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def rights(self, till_id: str, request: RightsRequest) -> RightsAnswer:
        """Rights over touched members; rights given back. Raises ``Problem(MALFORMED | REVOKED | EPOCH)``."""
        now = self._office.clock.now()
        if len(request.touch) + len(request.release) > RIGHTS_ITEMS_MAX:
            raise Problem(ErrorCode.MALFORMED, where="touch")
        _check_ids(request.touch, "touch")
        _check_ids((each.right_id for each in request.release), "release")
        if any(not 0 <= each.points <= ENTRY_POINTS_MAX for each in request.release):
            raise Problem(ErrorCode.MALFORMED, where="release.points")
        if not 0 <= request.earned <= len(request.touch):
            raise Problem(ErrorCode.MALFORMED, where="earned")
        self._caller(till_id, request.epoch)
        forgotten = self._forgotten(till_id, request)
        released = rights_ends.release(self._units, till_id, request.release, now)
        later = request.acked_seq > 0 and forgotten is None
        # What sales earned is not known yet: who is here for that alone is asked about again.
        touched = request.touch[: len(request.touch) - request.earned] if later else request.touch
        granted = self._touched(till_id, request.epoch, touched, now, forgotten) if touched else []
        fields = {"till": till_id, "touched": len(request.touch), "granted": len(granted), "released": len(released)}
        log.info("rights", extra={"fields": fields})
        return RightsAnswer(tuple(granted), released, now, later=later)

    def _touched(
        self, till_id: str, epoch: int, touched: Sequence[str], now: datetime, forgotten: Forgotten | None
    ) -> list[SpendingRight]:
        granted: list[SpendingRight] = []
        with self._units.pack() as pack:
            for member_ids in pack.units_of(touched):
                with pack.unit() as connection:
                    new_id = self._office.new_id
                    granted += rights_grants.touch(connection, till_id, epoch, member_ids, now, new_id, forgotten)
        return granted

    def _forgotten(self, till_id: str, request: RightsRequest) -> Forgotten | None:
        """What the till no longer holds of its own sales; ``None`` while not all that it may have spent is applied."""
        if not 0 < request.acked_seq <= request.head_seq:
            return None
        with self._office.database.read() as connection:
            held = identity.caller(connection, till_id).last_seq
            if request.head_seq > held or rights_ends.effects_wait(
                connection, till_id, request.epoch, request.head_seq
            ):
                return None
            alone = frozenset(request.touch[len(request.touch) - request.earned :])
            after = rights_grants.margin(rule_books.settings(connection))
            copied = copied_until(connection, till_id, request.epoch, after)
            return Forgotten(request.acked_seq, rights_aside.read(connection, till_id), alone, copied)

    def redeem(self, till_id: str, request: RedeemRequest) -> RedeemAnswer:
        """Points and coupons for one bill. Raises ``Problem(MALFORMED | REVOKED | EPOCH)``."""
        now = self._office.clock.now()
        _check_ids([request.bill_id], "bill_id")
        if not is_id(request.bill_id) or len(request.bill_id) + 16 > ID_LENGTH_MAX:
            raise Problem(ErrorCode.MALFORMED, where="bill_id")
        if not 0 <= request.points <= ENTRY_POINTS_MAX:
            raise Problem(ErrorCode.MALFORMED, where="points")
        if request.points and not is_id(request.member_id):
            raise Problem(ErrorCode.MALFORMED, where="member_id")
        if len(request.coupons) > COUPONS_MAX or not all(check_coupon_code(code) for code in request.coupons):
            raise Problem(ErrorCode.MALFORMED, where="coupons")
        self._caller(till_id, request.epoch)
        redeemed = rights_grants.Redeemed((), 0)
        with self._units.pack() as pack:
            if request.points:
                with pack.unit() as connection:
                    bill, points = request.bill_id, request.points
                    redeemed = rights_grants.for_bill(
                        connection, till_id, request.epoch, request.member_id, bill, points, now
                    )
            verdicts: dict[str, CouponVerdict] = {}
            for code in sorted(set(request.coupons)):
                with pack.unit() as connection:
                    verdicts[code] = self._coupon(connection, till_id, request, code, now)
        right, *more = redeemed.rights or (None,)
        enough = sum(each.points for each in redeemed.rights) >= request.points
        fields = {"till": till_id, "points": bool(request.points), "enough": enough, "coupons": len(verdicts)}
        log.info("redeem", extra={"fields": fields})
        return RedeemAnswer(
            right,
            redeemed.free,
            now,
            redeemed.elsewhere,
            redeemed.elsewhere_until,
            verdicts,
            tuple(each for each in more if each is not None),
        )

    def members(self, till_id: str, *, number: str = "", phone: str = "", code: str = "") -> MembersAnswer:
        """Members with exactly this number or phone, or the one a scanned code names, as the feed tells of them.

        Raises ``Problem(MALFORMED | REVOKED | RATE_LIMITED)``.
        """
        now = self._office.clock.now()
        asked = [(name, text) for name, text in (("number", number), ("phone", phone), ("code", code)) if text]
        if len(asked) != 1 or len(asked[0][1]) > _ASKED_CHARACTERS_MAX:
            raise Problem(ErrorCode.MALFORMED, where="number, phone or code")
        name, text = asked[0]
        self._caller(till_id, None)
        self._count_search(till_id, now)
        with self._office.database.read() as connection:
            ids = _found(connection, name, text)
            changes = tuple(change for member_id in ids for change in _told(connection, till_id, member_id))
        log.info("members", extra={"fields": {"till": till_id, "by": name, "found": len(ids)}})
        return MembersAnswer(changes, now)

    def _coupon(
        self, connection: Connection, till_id: str, request: RedeemRequest, code: str, now: datetime
    ) -> CouponVerdict:
        settings = rule_books.settings(connection)
        return coupon_holds.hold(
            connection,
            till_id,
            request.epoch,
            request.bill_id,
            code,
            minutes=settings.rights.bill_minutes,
            today=business_date(now, settings.zone),
            now=now,
        )

    def _caller(self, till_id: str, epoch: int | None) -> None:
        """The till may ask. Looked at before the units: a till's row lies on another shard than its customers'."""
        with self._office.database.read() as connection:
            caller = identity.caller(connection, till_id)
        if caller.revoked:
            raise Problem(ErrorCode.REVOKED)
        if epoch is not None and epoch != caller.epoch:
            raise Problem(ErrorCode.EPOCH, epoch=caller.epoch)

    def _count_search(self, till_id: str, now: datetime) -> None:
        with self._lock:
            times_of = self._searches.setdefault(till_id, deque())
            while times_of and times_of[0] <= now - _SEARCH_WINDOW:
                times_of.popleft()
            if len(times_of) >= SEARCHES_MAX:
                raise Problem(ErrorCode.RATE_LIMITED, retry_after_s=int(_SEARCH_WINDOW.total_seconds()))
            times_of.append(now)


def _check_ids(ids: Iterable[str], where: str) -> None:
    listed = list(ids)
    if len(set(listed)) != len(listed) or not all(0 < len(each) <= ID_LENGTH_MAX for each in listed):
        raise Problem(ErrorCode.MALFORMED, where=where)


def _found(connection: Connection, name: str, text: str) -> list[str]:
    table = schema.member
    if name == "number":
        here = table.c.number == text
    elif name == "phone":
        here = table.c.phone == _phone(text)
    else:
        member_id, number = _named(text)
        here = table.c.id == member_id if member_id else table.c.number == number
    living = table.c.status != MemberStatus.ERASED.value
    query = select(table.c.id).where(here, living).order_by(table.c.id).limit(FOUND_MAX)
    return list(connection.execute(query).scalars())


def _phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except Refusal:
        raise Problem(ErrorCode.MALFORMED, where="phone") from None


def _named(code: str) -> tuple[str, str]:
    """(member id, number) that a scanned code names; its till has checked that it is genuine, or will."""
    try:
        if shaped_like_member(code):
            return read_signed_member(code).claims.member_id, ""
        if check_rotating_code(code):
            return "", read_rotating_code(code).member_number
    except Refusal:
        raise Problem(ErrorCode.MALFORMED, where="code") from None
    if check_member_number(code):
        return "", code
    raise Problem(ErrorCode.MALFORMED, where="code")


def _told(connection: Connection, till_id: str, member_id: str) -> list[FeedChange]:
    """A member, the figures and whether denied, as the feed would tell the asking till."""
    member = schema.member
    body = connection.execute(select(member.c.body).where(member.c.id == member_id)).scalar_one()
    changes = [FeedChange(FeedEntity.MEMBER.value, member_id, False, json.loads(body))]
    seen = _included(connection, till_id, member_id)  # ahead of the figures: they may include more, never less
    account = load_accounts(connection, [member_id]).get(member_id)
    if account is not None:
        changes.append(FeedChange(FeedEntity.ACCOUNT.value, member_id, False, account.feed_body(), seen))
    if member_id in denials.denied_members(connection, [member_id]):
        entry = FeedDenied(DeniedKind.MEMBER.value, member_id)
        subject = f"{entry.kind}:{member_id}"
        changes.append(FeedChange(FeedEntity.DENIED.value, subject, False, codec.to_wire(entry)))
    return changes


def _included(connection: Connection, till_id: str, member_id: str) -> dict[str, str]:
    """The asking till's last event that these figures include: it counts only later rows of its own on top."""
    table, till = schema.applied, schema.till
    epoch = select(till.c.epoch).where(till.c.id == till_id).scalar_subquery()
    here = (table.c.member_id == member_id) & (table.c.till_id == till_id) & (table.c.epoch == epoch)
    row = connection.execute(select(func.max(table.c.epoch), func.max(table.c.seq)).where(here)).one()
    seen: dict[str, str] = {}
    # ``applied`` forgets; what it no longer knows was all applied, and so was what came before it.
    for position in (seen_marks.settled(connection, till_id), None if row[1] is None else (row[0], row[1])):
        if position is not None:
            seen_marks.add(seen, till_id, position)
    return seen
