"""Words, tones and icons for ways, widths, roles and conditions of printers."""

from __future__ import annotations

from collections.abc import Sequence

from pos_member.domain.errors import PosMemberError
from pos_member.domain.printers import (
    Answers,
    Cut,
    Drawer,
    Paper,
    PrinterCondition,
    PrinterRole,
    PrinterSetup,
    Proof,
    Way,
)
from pos_member.ui.i18n import language, mark, tr, tr_marked
from pos_member.ui.ports import PrinterLight, PrinterView
from pos_member.ui.printer_faults import fault, sentence
from pos_member.wording import say_error

WAYS = {
    Way.TCP: mark("Network"),
    Way.USB: mark("USB"),
    Way.SERIAL: mark("Serial port"),
    Way.WINDOWS: mark("Windows printer"),
    Way.CUPS: mark("System queue"),
    Way.FILE: mark("File"),
}
ROLES = {
    PrinterRole.RECEIPT: mark("Receipts"),
    PrinterRole.COUPON: mark("Coupons"),
    PrinterRole.KITCHEN: mark("Kitchen slips"),
}
CUTS = {
    Cut.PARTIAL: mark("Partial cut"),
    Cut.FULL: mark("Full cut"),
    Cut.NONE: mark("Torn off by hand"),
}
ANSWERS = {
    Answers.UNKNOWN: mark("Try it each time"),
    Answers.YES: mark("It answers"),
    Answers.NO: mark("Never ask"),
}
#: Dots of a line → the width of the roll in words.
WIDTHS = {384: mark("58 mm"), 512: mark("80 mm, 512 dots"), 576: mark("80 mm"), 640: mark("80 mm, 640 dots")}
#: Printers that take over one after the other and are named; of the others, how many.
_CHAIN_MAX = 2
_LIGHTS = {
    PrinterLight.NONE: (mark("Not in use"), "neutral", "print_off"),
    PrinterLight.READY: (mark("Ready"), "good", "good"),
    PrinterLight.BUSY: (mark("Printing"), "info", "print"),
    PrinterLight.TROUBLE: (mark("Cannot print"), "warn", "warn"),
}
_PROOFS = {
    Proof.PROCESS_ID: mark("The printer says: it is on paper."),
    Proof.IN_ORDER: mark("The printer says: it has done everything."),
    Proof.FILE: mark("The file is complete."),
    Proof.SPOOLER: mark("The system has passed it on to the printer."),
    Proof.PERSON: mark("Somebody looked at the paper."),
    Proof.NONE: mark("Everything was sent. This printer cannot say more: look at the paper."),
}
#: Their usual sentences speak of papers that are printed by themselves later; what is tried is not.
_TRIALS = {
    "printer_unreachable": mark("Nothing answers at this address. Is the printer on, the cable in, the address right?"),
    "printer_cover_open": mark("The printer's cover is open. Close it, then try again."),
    "printer_paper_out": mark("The printer has no paper. Put in a roll, then try again."),
    "printer_offline": mark("The printer is off line. Press its button until it is ready, then try again."),
    "printer_overheated": mark("The print head is too hot. Wait a minute, then try again."),
    "printer_held": mark("Another program holds this printer. Close it, then try again."),
    "printer_gone": mark("The printer was unplugged. Plug it in, then try again."),
}


def reason_words(reason: str) -> str:
    """The sentence of a ``Reason`` value; nothing for an empty one."""
    return sentence(reason)


def trial_words(reason: str) -> str:
    """The same where nothing waits to be printed: what is tried goes on when a person tries again."""
    return tr_marked(_TRIALS[reason]) if reason in _TRIALS else reason_words(reason)


def trial_why(error: PosMemberError) -> str:
    """The sentence of an error of something that was tried."""
    reason = error.reason.value
    return tr_marked(_TRIALS[reason]) if reason in _TRIALS else say_error(error, language())


def way_of(address: str) -> Way:
    """How a printer is reached, read off its address as people and machines write them."""
    scheme, colon, _ = address.partition("://")
    if colon:
        return next((way for way in Way if way.value == scheme.casefold()), Way.FILE)
    return Way.FILE if "/" in address or "\\" in address else Way.TCP


def place_words(address: str) -> str:
    """``Network · 192.168.1.50:9100``: the way, and what comes after it."""
    if not address:
        return ""
    rest = address.partition("://")[2] or address
    return f"{tr_marked(WAYS[way_of(address)])} · {rest}"


def role_words(roles: Sequence[PrinterRole]) -> str:
    """``Receipts, Coupons``."""
    return ", ".join(tr_marked(ROLES[role]) for role in ROLES if role in roles) or tr("Nothing by itself")


def proof_words(proof: Proof) -> str:
    """What is known of a page that went out."""
    return tr_marked(_PROOFS[proof])


def light_words(view: PrinterView | None) -> tuple[str, str, str]:
    """(word, tone, icon) of a printer as it stands; ``None``: nothing was heard of it yet."""
    if view is None:
        word, tone, icon = _LIGHTS[PrinterLight.NONE]
        return tr_marked(word), tone, icon
    word, tone, icon = _LIGHTS[view.light]
    if view.light is PrinterLight.READY and view.paper_low:
        return tr("Ready, paper runs low"), "warn", "warn"
    return tr_marked(word), tone, icon


def state_words(view: PrinterView | None) -> str:
    """A printer's state in a list: what is wrong rather than that something is."""
    if view is not None and view.light is PrinterLight.TROUBLE and view.reason:
        return fault(view.reason)
    return light_words(view)[0]


def fallback_words(setup: PrinterSetup, setups: Sequence[PrinterSetup]) -> str:
    """``Bar → Kitchen``: who takes over, and who after that."""
    known = {each.key: each for each in setups}
    chain: list[str] = []
    seen = {setup.key}
    following = known.get(setup.fallback)
    while following is not None and following.key not in seen:
        chain.append(following.name)
        seen.add(following.key)
        following = known.get(following.fallback)
    if len(chain) > _CHAIN_MAX:
        more = tr("{count} more printers", count=len(chain) - _CHAIN_MAX)
        chain = [*chain[:_CHAIN_MAX], more]
    return " → ".join(chain) or tr("Nobody: it waits")


def paper_words(paper: Paper) -> tuple[str, str]:
    """(words, tone) of the roll."""
    match paper:
        case Paper.OK:
            return tr("There is paper"), "good"
        case Paper.NEAR_END:
            return tr("Nearly used up"), "warn"
        case Paper.OUT:
            return tr("None left: put in a new roll"), "bad"
        case _:
            return tr("It does not say"), "none"


def cover_words(condition: PrinterCondition) -> tuple[str, str]:
    """(words, tone) of the cover."""
    if condition.cover_open is None:
        return tr("It does not say"), "none"
    return (tr("Open: close it"), "bad") if condition.cover_open else (tr("Closed"), "good")


def trouble_words(condition: PrinterCondition) -> str:
    """The faults a printer reports, each with what to do; nothing where it reports none."""
    found = [
        reason
        for stands, reason in (
            (condition.unrecoverable, "printer_broken"),
            (condition.cutter_error, "printer_cutter"),
            (condition.overheated, "printer_overheated"),
        )
        if stands
    ]
    return "\n".join(reason_words(reason) for reason in found)


def drawer_words(drawer: Drawer) -> str:
    """The drawer's state."""
    return {Drawer.OPEN: tr("open"), Drawer.CLOSED: tr("closed")}.get(drawer, tr("It does not say"))
