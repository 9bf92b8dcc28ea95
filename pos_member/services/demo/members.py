"""Demo members by the hundred or the million: each is a function of the seed and its place, made in order.

A member's place decides everything about them, so the first 2,000 of a million are the same as 2,000 made
alone. Phones and numbers are unique by construction, not by memory: nothing is kept between members.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pos_member.domain.codes import MEMBER_COUNTER_MAX, TILL_NUMBER_MAX, make_member_number
from pos_member.domain.consent import Consent, Purpose, notice_hash
from pos_member.domain.ids import uuid7
from pos_member.domain.ledger import earn_bucket
from pos_member.domain.member import Birthday, Member, MemberStatus
from pos_member.domain.org import Branch, Settings
from pos_member.domain.tally import Period, period_key
from pos_member.domain.tiers import Months, MonthSum
from pos_member.services.demo import names
from pos_member.services.demo.ids import DEMO_BLOCK_TILL, DEMO_EPOCH_MS, demo_id
from pos_member.services.demo.organisation import demo_cashiers

#: How many members the blocks of the demo's till numbers hold: 100 million.
DEMO_MEMBERS_MAX = (TILL_NUMBER_MAX - DEMO_BLOCK_TILL + 1) * (MEMBER_COUNTER_MAX + 1)
_DAYS_BACK = 1_095
_PREFIXES = tuple(
    f"{head}{tail}" for head, tails in (("8", "123456789"), ("6", "123456"), ("9", "0123456789")) for tail in tails
)
_PHONES = len(_PREFIXES) * 10_000_000
# A step that shares no factor with the number of phones visits each once, and neighbours look unrelated.
_PHONE_STEP = 97_003_681
_SATANG_PER_POINT = 2_500
_NOTHING = MonthSum()
_MARKETING = ((Purpose.MARKETING_SMS, 0.35), (Purpose.MARKETING_LINE, 0.45), (Purpose.MARKETING_EMAIL, 0.12))


@dataclass(frozen=True)
class DemoMember:
    """A member with what head office would know of them.

    ``buckets`` maps the last day of a lot (``None``: never) to its points, all above zero; ``months`` is what counts
    towards a tier, ``qualifying`` their points. ``last_visit`` is ``None`` for those who never came back.
    """

    member: Member
    consents: tuple[Consent, ...]
    buckets: Mapping[date | None, int]
    visits: int
    last_visit: date | None
    qualifying: int
    months: Months = field(default_factory=dict)


def demo_members(
    count: int, seed: int, settings: Settings, branches: Sequence[Branch], today: date
) -> Iterator[DemoMember]:
    """``count`` members as of ``today``, in order of their ids. Raises ``ValueError`` above ``DEMO_MEMBERS_MAX``."""
    if not 0 <= count <= DEMO_MEMBERS_MAX:
        raise ValueError(f"{count} demo members: 0 … {DEMO_MEMBERS_MAX} can be made")
    maker = _Maker(seed, settings, branches, today)
    for place in range(count):
        yield maker.make(place)


class _Maker:
    """What all members share, worked out once."""

    def __init__(self, seed: int, settings: Settings, branches: Sequence[Branch], today: date) -> None:
        self._seed = seed
        self._rng = random.Random()
        self._settings = settings
        self._today = today
        self._branch_ids = [branch.id for branch in branches]
        self._cashiers = demo_cashiers(seed, len(branches))
        self._midnight = datetime.combine(today, time(), ZoneInfo(settings.zone)).astimezone(UTC)
        self._notice = notice_hash(settings.consent_notice_th)
        self._phone_start = random.Random(f"{seed}/phones").randrange(_PHONES)
        self._lots: dict[date, date | None] = {}
        self._block = -1
        self._till_id = ""

    def make(self, place: int) -> DemoMember:
        """The member at ``place``, from 0."""
        rng = self._rng
        rng.seed(self._seed * 1_000_000_007 + place)
        block, counter = divmod(place, MEMBER_COUNTER_MAX + 1)
        if block != self._block:
            self._block = block
            self._till_id = demo_id(self._seed, "till", str(DEMO_BLOCK_TILL + block), DEMO_BLOCK_TILL + block)
        days_ago = 1 + int(rng.random() ** 1.3 * _DAYS_BACK)
        enrolled_at = self._midnight - timedelta(days=days_ago) + timedelta(seconds=36_000 + int(rng.random() * 36_000))
        branch = min(int(rng.random() ** 1.4 * len(self._branch_ids)), len(self._branch_ids) - 1)
        first, last = self._name(rng)
        member = Member(
            id=uuid7(DEMO_EPOCH_MS + place, rng.getrandbits(74)),
            number=make_member_number(self._settings.member_number_key, DEMO_BLOCK_TILL + block, counter),
            phone=self._phone(place),
            first_name=first,
            last_name=last,
            birthday=self._birthday(rng),
            status=MemberStatus.BLOCKED if rng.random() < 0.002 else MemberStatus.ACTIVE,
            tier="",
            home_branch_id=self._branch_ids[branch],
            enrolled_till_id=self._till_id,
            enrolled_at=enrolled_at,
        )
        enrolled_on = self._today - timedelta(days=days_ago)
        visits, last_visit, buckets, qualifying, each = self._history(rng, enrolled_on, days_ago)
        consents = self._consents(rng, member, self._cashiers[branch])
        months = _months(visits, enrolled_on, last_visit, each)
        return DemoMember(member, consents, buckets, visits, last_visit, qualifying, months)

    @staticmethod
    def _name(rng: random.Random) -> tuple[str, str]:
        """Some give only a phone, some only a first name; two thirds of members are women."""
        share = rng.random()
        if share < 0.06:
            return "", ""
        first = names.female_name(rng) if rng.random() < 0.66 else names.male_name(rng)
        return first, "" if share < 0.14 else names.surname(rng)

    def _phone(self, place: int) -> str:
        prefix, line = divmod((self._phone_start + place * _PHONE_STEP) % _PHONES, 10_000_000)
        return f"+66{_PREFIXES[prefix]}{line:07d}"

    def _birthday(self, rng: random.Random) -> Birthday | None:
        share = rng.random()
        if share < 0.2:
            return None
        # Ages 18 to 78, most of them around thirty.
        born = self._today - timedelta(days=int(rng.triangular(18.1, 78, 31) * 365.25))
        return Birthday(born.day, born.month, born.year if share < 0.75 else None)

    def _history(
        self, rng: random.Random, enrolled_on: date, days_ago: int
    ) -> tuple[int, date | None, dict[date | None, int], int, int]:
        """(bills, last of them, lots of points, qualifying points, points a bill): a few regulars, many passers-by."""
        visits = 1 + int(rng.random() ** 3 * 80) if rng.random() < 0.85 else 0
        visits = min(visits, 1 + days_ago * 2 // 3)
        if not visits:
            return 0, None, {}, 0, 0
        # Regulars came lately; who came once may have come whenever.
        last_visit = self._today - timedelta(days=int(rng.random() * days_ago / min(visits, 12)))
        each = 3 + int(rng.expovariate(1 / 8))
        buckets: dict[date | None, int] = {}
        span = (last_visit - enrolled_on).days
        parts = min(visits, 4)
        for part in range(parts):
            earned_on = last_visit - timedelta(days=span * part // parts)
            lot = self._last_day(earned_on)
            kept = each * (visits // parts) * int(rng.random() * 80 + 20) // 100
            if kept > 0 and (lot is None or lot >= self._today):
                buckets[lot] = buckets.get(lot, 0) + kept
        year_share = min(1_000, 365_000 // max(1, days_ago))
        return visits, last_visit, buckets, each * visits * year_share // 1_000, each

    def _last_day(self, earned_on: date) -> date | None:
        """Last day of a lot earned on a day, as the settings say."""
        if earned_on not in self._lots:
            self._lots[earned_on] = earn_bucket(self._settings, earned_on)
        return self._lots[earned_on]

    def _consents(self, rng: random.Random, member: Member, staff_id: str) -> tuple[Consent, ...]:
        """Membership by everyone, news by those who wanted it: nobody is asked to say no."""
        wanted = [Purpose.MEMBERSHIP, *(purpose for purpose, share in _MARKETING if rng.random() < share)]
        at_ms = int(member.enrolled_at.timestamp()) * 1_000
        return tuple(
            Consent(
                id=uuid7(at_ms + number, rng.getrandbits(74)),
                member_id=member.id,
                purpose=purpose,
                granted=True,
                notice_version=self._settings.consent_notice_version,
                notice_sha256=self._notice,
                notice_language="th",
                channel="till",
                staff_id=staff_id,
                till_id=member.enrolled_till_id,
                at=member.enrolled_at,
            )
            for number, purpose in enumerate(wanted)
        )


def _months(visits: int, enrolled_on: date, last_visit: date | None, each: int) -> dict[str, MonthSum]:
    """The bills spread evenly from the enrolment to the last of them, each worth ``each`` points at 25 baht."""
    found: dict[str, MonthSum] = {}
    if last_visit is None:
        return found
    span = (last_visit - enrolled_on).days
    bill = MonthSum(each, each * _SATANG_PER_POINT, 1)
    for number in range(visits):
        month = period_key(Period.MONTH, last_visit - timedelta(days=span * number // visits))
        found[month] = found.get(month, _NOTHING) + bill
    return found
