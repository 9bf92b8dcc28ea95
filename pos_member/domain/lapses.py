"""Accounts that ended because nobody used them, and the member comes back before head office's run has been by.

The bill that brings the member back moves the last visit, so all would be alive again. Therefore that bill first takes
away what had ended (``lapse_entries``). A till knows only its own part of the facts: another that was cut off may have
done the same, or had the member in between. Head office, which gets all of them, works out in the order of time what
each of those bills should have taken and books the difference (``evened``), however often and in whatever order the
bills come in. What no till saw to have ended stays with the member.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pos_member.domain.expiry import account_end
from pos_member.domain.ledger import EntryContext, expire_entries
from pos_member.domain.org import Settings
from pos_member.domain.points import Account, PointEntry, PointKind, bucket_order, has_ended

#: When a bill was completed, and its business date.
Visit = tuple[datetime, date]
#: All that one act took: its till, its bill (none: head office's run) and its time.
_Act = tuple[str, str | None, datetime]


def lapse_entries(
    account: Account, today: date, context: EntryContext, settings: Settings | None
) -> tuple[PointEntry, ...]:
    """EXPIRE entries for all points and stamps that inactivity has ended by ``today``: ``()`` for an account in use.

    Lots that ended by a day of their own stay for head office's run: no bill brings them back.
    """
    entries: list[PointEntry] = []
    for currency in ("", *sorted(account.wallets)):
        end = account.ends(settings, currency)
        if end is None or end >= today:
            continue
        lots = {bucket: points for bucket, points in account.lots(currency).items() if not has_ended(bucket, today)}
        pending = {} if currency else account.pending
        entries.extend(expire_entries(lots, today, context, pending=pending, end=end, currency=currency))
    return tuple(entries)


def is_lapse(entry: PointEntry) -> bool:
    """Whether a till's bill took it because the account had ended."""
    return entry.kind is PointKind.EXPIRE and entry.bill_id is not None


def evened(
    entries: Iterable[PointEntry],
    visits: Iterable[Visit],
    account: Account,
    settings: Settings,
    context: EntryContext,
) -> tuple[PointEntry, ...]:
    """What is missing for every lapse to have taken exactly what had ended by then; ``()`` where all is right.

    ``entries`` and ``visits`` are all there are of one member, in any order; ``account`` is what they (and whatever was
    there before them) come to. The entries made name in ``reverses_id`` what they put right, and count the next time.
    """
    found = sorted(entries, key=lambda each: (each.at, each.kind is not PointKind.EXPIRE, each.id))
    came = sorted(visits)
    made: list[PointEntry] = []
    for currency in sorted({each.currency for each in found if is_lapse(each)}):
        own = [each for each in found if each.currency == currency]
        opening = Counter(dict(account.lots(currency)))
        for each in own:
            opening[each.bucket] -= each.points
        for anchor, bucket, points in _differences(own, came, opening, settings, currency):
            made.append(context.entry(PointKind.EXPIRE, points, bucket, currency=currency, reverses_id=anchor.id))
    return tuple(made)


def _differences(
    entries: Sequence[PointEntry],
    visits: Sequence[Visit],
    lots: Counter[date | None],
    settings: Settings,
    currency: str,
) -> Iterator[tuple[PointEntry, date | None, int]]:
    """(an entry of the act, lot, points still to book) for every act that took something by inactivity."""
    acts: dict[_Act, list[PointEntry]] = {}
    for entry in entries:
        by_inactivity = entry.kind is PointKind.EXPIRE and not has_ended(entry.bucket, entry.business_date)
        if by_inactivity and entry.reverses_id is None:
            acts.setdefault(_act(entry), []).append(entry)
    act_of = {entry.id: act for act, taken in acts.items() for entry in taken}
    booked: Counter[tuple[_Act, date | None]] = Counter()
    for entry in entries:
        act = act_of.get(entry.reverses_id or entry.id)
        if act is not None:
            booked[act, entry.bucket] += entry.points
    for entry in entries:
        if (entry.reverses_id or "") in act_of:
            continue
        if entry.id not in act_of:
            lots[entry.bucket] += entry.points
            continue
        taken = acts.pop(_act(entry), None)
        if taken is None:
            continue
        act, day = _act(entry), entry.business_date
        last = max((on for at, on in visits if at < entry.at), default=None)
        end = account_end(settings, last, currency)
        # Without an earlier bill on record nothing speaks against what the till knew.
        over = last is None or (end is not None and end < day)
        named = {bucket for bucket in lots if lots[bucket] and not has_ended(bucket, day)}
        for bucket in sorted({*(each.bucket for each in taken), *named}, key=bucket_order):
            due = -lots[bucket] if over else 0
            lots[bucket] += due
            if due != booked[act, bucket]:
                yield taken[0], bucket, due - booked[act, bucket]


def _act(entry: PointEntry) -> _Act:
    return entry.till_id, entry.bill_id, entry.at
