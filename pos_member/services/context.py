"""What all use cases share: the ports they were given, and the shop's rules kept ready between bills."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from pos_member.domain.bill import QuotaLeft
from pos_member.domain.clock import Clock, business_date
from pos_member.domain.compiled import CompiledRules, compile_rules
from pos_member.domain.coupon import CouponDefinition
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.events import AuditRecord, EventKind
from pos_member.domain.ids import NewId
from pos_member.domain.org import Branch, Brand, Category, Organisation, Settings, Staff, TillIdentity
from pos_member.domain.permission import Permission, Session, require
from pos_member.domain.pricing import RuleBook
from pos_member.domain.printers import PrinterRole, PrinterSetup
from pos_member.domain.program import EffectKind, Program
from pos_member.domain.signed_codes import definition_tag
from pos_member.domain.tally import TallyKind, count_key
from pos_member.services.code_ports import NoSignatures, Signatures
from pos_member.services.issuers import Issuers
from pos_member.services.ports import PinHasher, TillStore, TillTransaction
from pos_member.services.template_ports import NoLibrary, TemplateLibrary

#: The ends of "all business dates": far enough, and safe to turn into moments in any zone.
FIRST_DAY = date(1970, 1, 2)
LAST_DAY = date(9000, 12, 31)
#: (table, key, language, parameters) → the sentence.
Say = Callable[[str, str, str, Mapping[str, object]], str]


@dataclass(frozen=True)
class TillContext:
    """The outside as the use cases see it. ``random_below`` must be ``secrets.randbelow`` outside of tests."""

    store: TillStore
    clock: Clock
    new_id: NewId
    random_below: Callable[[int], int]
    hasher: PinHasher
    say: Say
    practice: bool = False
    #: The till's printers as they are set up now; asked anew for every act.
    printers: Callable[[], Sequence[PrinterSetup]] = tuple
    templates: TemplateLibrary = field(default_factory=NoLibrary)
    signatures: Signatures = field(default_factory=NoSignatures)
    #: Whether there is a head office that what happens here goes to.
    joined: Callable[[], bool] = lambda: False

    def has_drawer(self) -> bool:
        """Whether a cash drawer hangs on one of the printers. Never in practice: what is opened there would stand in no
        record that counts."""
        return not self.practice and any(setup.drawer for setup in self.printers())

    def paper_roles(self) -> frozenset[PrinterRole]:
        """What there are printers for."""
        return frozenset(role for setup in self.printers() for role in setup.roles)


@dataclass(frozen=True)
class Book:
    """The shop at one version of the catalogue: who we are, what is sold by which rules. Immutable."""

    version: int
    identity: TillIdentity
    organisation: Organisation
    branch: Branch
    branches: Mapping[str, Branch]
    brand: Brand
    staff: Mapping[str, Staff]
    categories: tuple[Category, ...]
    programs: tuple[Program, ...]
    definitions: Mapping[str, CouponDefinition]
    rules: CompiledRules
    #: What this till may give in all its life, by id of program or coupon definition.
    quotas: Mapping[str, QuotaLeft] = field(default_factory=dict)

    @functools.cached_property
    def counted(self) -> frozenset[str]:
        """Ids of all that can count anything: programs and coupon definitions."""
        return frozenset({*(program.id for program in self.programs), *self.definitions})

    @functools.cached_property
    def counted_by_birthday(self) -> frozenset[str]:
        """Ids of programs whose year is that of the birthday they stand for."""
        return frozenset(program.id for program in self.programs if program.audience.birthday_window is not None)

    @functools.cached_property
    def tagged_definitions(self) -> dict[int, tuple[CouponDefinition, ...]]:
        """Coupon definitions by the tag that signed coupons name them by."""
        found: dict[int, tuple[CouponDefinition, ...]] = {}
        for each in self.definitions.values():
            tag = definition_tag(each.id)
            found[tag] = (*found.get(tag, ()), each)
        return found

    @functools.cached_property
    def rationed(self) -> tuple[str, ...]:
        """Ids of programs and coupon definitions that run on this till's quota only."""
        programs = (program.id for program in self.programs if program.limits.needs_quota)
        definitions = (each.id for each in self.definitions.values() if each.total is not None)
        return (*programs, *definitions)

    def quotas_left(self, given: Mapping[str, int]) -> dict[str, QuotaLeft]:
        """What this till may still give; ``given`` as ``ports.Facts.given``. Without a grant there is no entry."""
        return {
            key: QuotaLeft(
                times=_left(grant.times, given.get(count_key(TallyKind.TOTAL, key, ""), 0)),
                satang=_left(grant.satang, given.get(count_key(TallyKind.BUDGET, key, ""), 0)),
            )
            for key in self.rationed
            if (grant := self.quotas.get(key)) is not None
        }

    @property
    def settings(self) -> Settings:
        """The organisation's choices."""
        return self.organisation.settings

    def day(self, at: datetime) -> date:
        """The shop's calendar day at ``at``."""
        return business_date(at, self.settings.zone)

    def worth_satang(self, points: int) -> int:
        """What ``points`` buy through the best reward that is on now; 0 where there is none."""
        worths = [
            points // program.effect.points * program.effect.amount_satang
            for program in self.programs
            if program.active
            and program.effect.kind == EffectKind.REWARD_DISCOUNT
            and program.effect.points > 0
            and not program.effect.currency
        ]
        return max(worths, default=0)


def _left(grant: int | None, given: int) -> int | None:
    return None if grant is None else max(0, grant - given)


def vat_rate_of(organisation: Organisation) -> int:
    """The VAT inside prices, in hundredths of a percent: none for a seller who is not registered."""
    return organisation.settings.vat_rate_bp if organisation.vat_registered else 0


class _HasShop(Protocol):
    _shop: Shop


_Self = TypeVar("_Self", bound=_HasShop)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def one_book(method: Callable[Concatenate[_Self, _P], _R]) -> Callable[Concatenate[_Self, _P], _R]:
    """A use case that sees one state of the shop from its beginning to its end, and asks for it once."""

    @functools.wraps(method)
    def run(self: _Self, /, *args: _P.args, **named: _P.kwargs) -> _R:
        with self._shop.holding_book():
            return method(self, *args, **named)

    return run


class Shop:
    """The context with the ``Book``: previews follow every scan, so it is rebuilt only when ``catalogue.version()``
    changes, or who this till is (enrolled again, or in a new epoch)."""

    def __init__(self, context: TillContext) -> None:
        self.context = context
        self.store = context.store
        self.issuers = Issuers(context.store.code_keys, context.signatures)
        self._lock = threading.Lock()
        self._book: Book | None = None
        self._held = threading.local()

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        return self.context.clock.now()

    def today(self) -> date:
        """The shop's calendar day."""
        return self.book().day(self.now())

    def book(self) -> Book:
        """The shop as of now, or as of the start of the use case that runs (``one_book``).

        Raises ``EnvironmentProblem``: TILL_NOT_ENROLLED, or SHOP_NOT_LOADED before head office's data has come.
        """
        held: Book | None = getattr(self._held, "book", None)
        if held is not None:
            return held
        version, identity = self.store.catalogue.version(), self.store.facts.identity()
        with self._lock:
            if self._book is None or (self._book.version, self._book.identity) != (version, identity):
                self._book = self._read(version, identity)
            return self._book

    @contextmanager
    def holding_book(self) -> Iterator[Book]:
        """Hold on to the book in this thread: what head office sends meanwhile counts from the next use case on."""
        before = getattr(self._held, "book", None)
        self._held.book = book = self.book()
        try:
            yield book
        finally:
            self._held.book = before

    def _read(self, version: int, identity: TillIdentity | None) -> Book:
        if identity is None:
            raise EnvironmentProblem(Reason.TILL_NOT_ENROLLED)
        catalogue = self.store.catalogue
        organisation = catalogue.organisation()
        branches = {branch.id: branch for branch in catalogue.branches()}
        brands = {brand.id: brand for brand in catalogue.brands()}
        branch = branches.get(identity.branch_id)
        brand = brands.get(branch.brand_id) if branch is not None else None
        if branch is None or brand is None:
            raise EnvironmentProblem(Reason.SHOP_NOT_LOADED)
        categories = catalogue.categories()
        programs = catalogue.programs()
        definitions = {definition.id: definition for definition in catalogue.definitions()}
        parents = {category.id: category.parent_id for category in categories}
        return Book(
            version=version,
            identity=identity,
            organisation=organisation,
            branch=branch,
            branches=branches,
            brand=brand,
            staff={person.id: person for person in catalogue.staff()},
            categories=categories,
            programs=programs,
            definitions=definitions,
            rules=compile_rules(
                RuleBook(programs, definitions, parents, organisation.settings, vat_rate_bp=vat_rate_of(organisation))
            ),
            quotas=catalogue.quotas(),
        )

    def require(self, session: Session, permission: Permission, approver: Session | None = None) -> Staff:
        """The person who answers for the act, by what head office says of them now, not at sign-in.

        Raises ``Refusal(NOT_PERMITTED | OVERRIDE_SELF)``, and ``NOT_SIGNED_IN`` for somebody who is off the list now,
        or works at another branch.
        """
        return require(self._present(session), permission, None if approver is None else self._present(approver))

    def _present(self, session: Session) -> Session:
        book = self.book()
        person = book.staff.get(session.staff.id)
        if person is None or not person.active or person.branch_id != book.branch.id:
            raise Refusal(Reason.NOT_SIGNED_IN)
        return replace(session, staff=person)

    def say(self, key: str, language: str, **params: object) -> str:
        """A text of the ``services`` table."""
        return self.context.say("services", key, language, params)

    def audit(
        self,
        tx: TillTransaction,
        act: str,
        *,
        staff_id: str,
        subject_id: str = "",
        approved_by: str = "",
        detail: str = "",
        at: datetime | None = None,
    ) -> None:
        """Append a sensitive act to the till's chain. ``detail``: ids and figures, never personal data."""
        record = AuditRecord(
            id=self.context.new_id(),
            act=act,
            staff_id=staff_id,
            approved_by=approved_by,
            till_id=self.book().identity.id,
            at=at or self.now(),
            subject_id=subject_id,
            detail=detail,
        )
        tx.add_audit(record, tx.announce(EventKind.AUDIT, record.id, record))
