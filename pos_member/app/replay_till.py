"""Past bills of one till, from its data folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from heapq import merge

from pos_member.app.composition import Till
from pos_member.domain.bill import Bill, BillReturn
from pos_member.domain.claiming import as_claimed
from pos_member.domain.member import mask_number
from pos_member.domain.pricing import RuleBook
from pos_member.domain.replay import Past
from pos_member.services.past_bills import Fact, profile_of


class TillSource:
    """``past_bills.Source`` of an open till."""

    def __init__(self, till: Till) -> None:
        self._store = till.folder.store

    def past(self) -> Past:
        """Definitions and brands as head office last sent them."""
        catalogue = self._store.catalogue
        definitions = {definition.id: definition for definition in catalogue.definitions()}
        return Past(definitions, {branch.id: branch.brand_id for branch in catalogue.branches()})

    def book(self) -> RuleBook:
        """What runs now."""
        catalogue = self._store.catalogue
        organisation = catalogue.organisation()
        return RuleBook(
            programs=catalogue.programs(),
            definitions={definition.id: definition for definition in catalogue.definitions()},
            category_parents={category.id: category.parent_id for category in catalogue.categories()},
            settings=organisation.settings,
            vat_rate_bp=organisation.settings.vat_rate_bp if organisation.vat_registered else 0,
        )

    def count(self, first: date, last: date) -> int | None:
        """Not known without reading them."""
        return None

    def returned(self, first: date, last: date) -> frozenset[str]:
        """Bills with a return in the period."""
        return frozenset(document.bill_id for document in self._store.facts.returns_between(first, last))

    def facts(self, first: date, last: date) -> Iterator[Fact]:
        """In the order in which they were completed, with who claimed them; where clocks went back, of recording."""
        facts = self._store.facts
        met: set[str] = set()
        both = merge(
            _in_order(facts.bills_between(first, last)),
            _in_order(facts.returns_between(first, last)),
            key=lambda pair: pair[0],
        )
        for _, fact in both:
            if isinstance(fact, BillReturn):
                yield Fact(fact.member_id or fact.bill_id, document=fact)
                continue
            claim = facts.claim_of(fact.id) if fact.member_id is None else None
            bill = fact if claim is None else as_claimed(fact, claim)
            profile = None
            if bill.member_id is not None and bill.member_id not in met:
                met.add(bill.member_id)
                profile = profile_of(self._store.members.by_id(bill.member_id))
            yield Fact(bill.member_id or bill.id, bill=bill, profile=profile)

    def number(self, member_id: str) -> str:
        """Masked; a dash for a member that is no longer known."""
        member = self._store.members.by_id(member_id)
        return "–" if member is None else mask_number(member.number)


def _in_order(facts: Iterator[Bill] | Iterator[BillReturn]) -> Iterator[tuple[datetime, Bill | BillReturn]]:
    """With a time that never goes back."""
    latest: datetime | None = None
    for fact in facts:
        latest = fact.completed_at if latest is None else max(latest, fact.completed_at)
        yield latest, fact
