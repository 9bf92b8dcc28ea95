"""A printer while it is being set up: nothing of it is the till's before it is saved."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pos_member.domain.documents import TEST_CODE, TestPageDocument
from pos_member.domain.permission import Session
from pos_member.domain.printers import (
    DrawerSensor,
    PrinterProfile,
    PrinterRole,
    PrinterSetup,
    Probe,
    Proof,
    TextMode,
)
from pos_member.ui.i18n import language

_KEY_BYTES = 4


@dataclass
class Draft:
    """What is known so far. ``others``: the till's other printers as saved, in their order."""

    setup: PrinterSetup
    others: tuple[PrinterSetup, ...]
    #: Where it stands in the list; the end for a new one.
    position: int
    is_new: bool = True
    probe: Probe | None = None
    #: A model or a width was chosen by a person: a later answer of the device does not overwrite it.
    chosen: bool = False
    #: The test page came out, and what it rests on.
    printed: Proof | None = None
    #: Sizes of the test page's codes (dots of a module) that a reader has read.
    read_sizes: set[int] = field(default_factory=set)
    #: What of the page a person found right: ``ruler``, ``density``, ``marks``.
    right: set[str] = field(default_factory=set)
    #: Who stands behind the work, where whoever is signed in may not do it alone.
    approver: Session | None = None
    #: Pages that stand on the printed page of code pages: only those can be picked.
    pages_printed: tuple[int, ...] = ()

    @property
    def profile(self) -> PrinterProfile:
        """What it can do, as set so far."""
        return self.setup.profile

    def change(
        self,
        *,
        name: str | None = None,
        address: str | None = None,
        model: str | None = None,
        identity: str | None = None,
        fallback: str | None = None,
        roles: tuple[PrinterRole, ...] | None = None,
        drawer: bool | None = None,
    ) -> None:
        """Other words of the set-up; what is left out stays."""
        now = self.setup
        self.setup = replace(
            now,
            name=now.name if name is None else name,
            address=now.address if address is None else address,
            model=now.model if model is None else model,
            identity=now.identity if identity is None else identity,
            fallback=now.fallback if fallback is None else fallback,
            roles=now.roles if roles is None else roles,
            drawer=now.drawer if drawer is None else drawer,
        )

    def use_profile(self, profile: PrinterProfile) -> None:
        """Another profile. A page that was printed with other dots or letters proves nothing for it."""
        now = self.setup.profile
        self.setup = replace(self.setup, profile=profile)
        if (now.dots, now.dpi, now.band_rows, now.band_delay_ms, now.text) != (
            profile.dots,
            profile.dpi,
            profile.band_rows,
            profile.band_delay_ms,
            profile.text,
        ):
            self.forget_page()

    def forget_page(self) -> None:
        """No page has come out of it as it is set up now."""
        self.printed = None
        self.read_sizes.clear()
        self.right.clear()

    def use_model(self, key: str, profile: PrinterProfile) -> None:
        """A model from the list; how the drawer hangs on it stays as it was set."""
        now = self.profile
        self.change(model=key)
        self.use_profile(
            replace(
                profile,
                drawer_pin=now.drawer_pin,
                drawer_sensor=now.drawer_sensor,
                drawer_on_ms=now.drawer_on_ms,
                drawer_off_ms=now.drawer_off_ms,
                text=None,
            )
        )

    def use_address(self, address: str) -> None:
        """Another place to find it at: what the device before had said is forgotten."""
        if address != self.setup.address:
            self.change(address=address, identity="")
            self.probe = None
            self.pages_printed = ()
            self.forget_page()

    def learn(self, probe: Probe) -> None:
        """What the device said; a name and a model where nobody has chosen any."""
        self.probe = probe
        if probe.reachable:
            self.change(identity=probe.identity)
        if self.chosen or not self.is_new:
            return
        if probe.suggested is not None:
            self.use_model(probe.suggested_model, probe.suggested)
        if not self.setup.name:
            self.change(name=device_words(probe) or self.profile.name)

    def use_text(self, text: TextMode | None) -> None:
        """Letters of the printer's own from a page that was printed and picked, or pictures again."""
        if text is None or text.page in self.pages_printed or text == self.profile.text:
            self.use_profile(replace(self.profile, text=text))

    def use_drawer(self, hangs: bool) -> None:
        """A drawer hangs on it, or does not (its sensor is then nothing to go by)."""
        self.change(drawer=hangs)
        if not hangs:
            self.use_profile(replace(self.profile, drawer_sensor=DrawerSensor.NONE))

    def saved(self) -> tuple[PrinterSetup, ...]:
        """The till's printers with this one among them. There is one drawer: the others let go of theirs."""
        others = [replace(each, drawer=False) if self.setup.drawer else each for each in self.others]
        others.insert(self.position, self.setup)
        return tuple(others)

    def possible_fallbacks(self) -> tuple[PrinterSetup, ...]:
        """Those that can take over without sending a paper in a circle."""
        known = {each.key: each for each in self.others}
        return tuple(each for each in self.others if not _leads_to(each, self.setup.key, known))


def device_words(probe: Probe) -> str:
    """Maker and model, the maker once; empty where it says neither."""
    if probe.model.casefold().startswith(probe.maker.casefold()):
        return probe.model
    return " ".join(part for part in (probe.maker, probe.model) if part)


def begin_draft(others: Sequence[PrinterSetup], general: tuple[str, PrinterProfile]) -> Draft:
    """A new printer. ``general``: the key and profile that suit most. The first one prints everything for the counter;
    a further one begins without a role."""
    model, profile = general
    roles = () if any(PrinterRole.RECEIPT in each.roles for each in others) else PrinterSetup.roles
    key = secrets.token_hex(_KEY_BYTES)
    return Draft(PrinterSetup(key, "", "", profile, model, roles), tuple(others), len(others))


def edit_draft(setups: Sequence[PrinterSetup], key: str) -> Draft:
    """A printer of the till, to be changed. Raises ``StopIteration`` for a key that is not there."""
    at, setup = next((at, each) for at, each in enumerate(setups) if each.key == key)
    others = tuple(each for each in setups if each.key != key)
    return Draft(setup, others, at, is_new=False, chosen=True)


def page_of(setup: PrinterSetup) -> TestPageDocument:
    """The test page of a printer, in the window's language."""
    return TestPageDocument(language(), setup.name or setup.profile.name, TEST_CODE)


def _leads_to(setup: PrinterSetup, key: str, known: dict[str, PrinterSetup]) -> bool:
    seen: set[str] = set()
    at: PrinterSetup | None = setup
    while at is not None and at.key not in seen:
        if at.fallback == key:
            return True
        seen.add(at.key)
        at = known.get(at.fallback)
    return False
