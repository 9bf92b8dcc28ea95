"""``printer``: find receipt printers, ask them, try them; for whoever sets a shop up or looks for a fault."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import NoReturn

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_ENVIRONMENT, EXIT_OK
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import PrinterCondition, PrinterProfile, PrinterSetup, Probe, Proof
from pos_member.wording import say


def find(parsed: argparse.Namespace, console: Console) -> int:
    """What stands at this machine: USB, serial ports, the system's queues."""
    del parsed
    from pos_member.hardware.printing import finding

    printers = finding.find(lambda: False)
    if console.as_json:
        console.json({"printers": printers})
        return EXIT_OK if printers else EXIT_ATTENTION
    for printer in printers:
        console.line(f"{printer.address}  {printer.label}" + (f"  [{printer.model}]" if printer.model else ""))
        if printer.trouble:
            console.line("    → " + say("reasons", printer.trouble, console.language, {"printer": printer.label}))
    console.say("printer_found" if printers else "printer_found_none", count=len(printers))
    return EXIT_OK if printers else EXIT_ATTENTION


def probe(parsed: argparse.Namespace, console: Console) -> int:
    """Ask one printer who and how it is; nothing is printed."""
    from pos_member.hardware.printing import probing

    found = probing.probe(parsed.address)
    troubles = probing.troubles_of(found.condition)
    if console.as_json:
        console.json({**_plain(found), "troubles": [reason.value for reason in troubles]})
    else:
        _tell(found, troubles, console)
    if not found.reachable:
        return EXIT_ENVIRONMENT
    return EXIT_ATTENTION if any(reason is not Reason.PRINTER_PAPER_LOW for reason in troubles) else EXIT_OK


def test(parsed: argparse.Namespace, console: Console) -> int:
    """Print the test page; what is known of it, and what to look for on it."""
    return _try_out(parsed, console, None)


def code_pages(parsed: argparse.Namespace, console: Console) -> int:
    """Print the page of numbered lines in the printer's own letters."""
    from pos_member.hardware.printing.codepages import pages_for
    from pos_member.hardware.printing.profile import models

    def pages_of(key: str) -> tuple[int, ...]:
        known = models().get(key)
        return parsed.pages or pages_for(known.thai_pages if known is not None else ())

    return _try_out(parsed, console, pages_of)


def models(parsed: argparse.Namespace, console: Console) -> int:
    """Every known model."""
    from pos_member.hardware.printing import profile

    wanted = parsed.filter.casefold()
    known = [
        model
        for model in profile.models().values()
        if wanted in f"{model.key} {model.profile.name} {' '.join(model.names)}".casefold()
    ]
    if console.as_json:
        console.json(
            {
                "models": [
                    {
                        "key": model.key,
                        "name": model.profile.name,
                        "dots": model.profile.dots,
                        "dpi": model.profile.dpi,
                        "columns": model.profile.letters,
                        "cut": model.profile.cut,
                        "thai_pages": model.thai_pages,
                    }
                    for model in known
                ]
            }
        )
        return EXIT_OK if known else EXIT_ATTENTION
    for model in known:
        pages = ",".join(map(str, model.thai_pages)) or "–"
        console.line(
            f"{model.key:<16} {model.profile.dots:>4} {model.profile.dpi:>4} {model.profile.letters:>3} "
            f"{model.profile.cut.value:<8} {pages:<16} {model.profile.name}"
        )
    console.say("printer_models", count=len(known))
    return EXIT_OK if known else EXIT_ATTENTION


# --- trying out -----------------------------------------------------------------------------------------------


def _try_out(parsed: argparse.Namespace, console: Console, pages_of: Callable[[str], tuple[int, ...]] | None) -> int:
    """Ask the printer first, then print by what it said: the code pages of its model, or without them the test page."""
    from pos_member.app.printer_admin import TillPrinterAdmin
    from pos_member.hardware.printing import probing
    from pos_member.hardware.printing.fonts import ensure_gui
    from pos_member.hardware.printing.profile import models as known_models

    if parsed.model and parsed.model not in known_models():
        raise Refusal(Reason.PRINTER_MODEL_UNKNOWN, model=parsed.model[:60])
    found = probing.probe(parsed.address, hint=parsed.model)
    troubles = probing.troubles_of(found.condition)
    if found.suggested is None or any(reason is not Reason.PRINTER_PAPER_LOW for reason in troubles):
        # Nothing is sent to a printer that cannot print: it would come out later, by itself.
        if console.as_json:
            console.json({**_plain(found), "printed": False, "troubles": [reason.value for reason in troubles]})
        else:
            _tell(found, troubles, console)
        return EXIT_ENVIRONMENT
    profile = _profile(found.suggested, parsed)
    model = parsed.model or found.suggested_model
    pages = pages_of(model) if pages_of is not None else ()
    setup = PrinterSetup("trial", found.model or profile.name, parsed.address, profile, model)
    admin = TillPrinterAdmin(tuple, lambda _: None, lambda _: None, _no_till, _no_till)
    ensure_gui()
    proof = admin.print_code_pages(setup, pages) if pages else admin.print_test_page(setup, console.language)
    if console.as_json:
        console.json(
            {
                "printed": True,
                "proof": proof,
                "model": model,
                "dots": profile.dots,
                "pages": pages,
            }
        )
        return EXIT_OK
    console.say(f"proof_{proof.value}", printer=setup.name)
    console.say("printer_code_pages_look" if pages else "printer_test_look")
    return EXIT_OK


def _no_till() -> NoReturn:
    raise RuntimeError("no till is open")


def _profile(suggested: PrinterProfile, parsed: argparse.Namespace) -> PrinterProfile:
    """What the printer said, with what was asked for laid over it."""
    from pos_member.hardware.printing.profile import known_profiles

    profile = suggested
    if parsed.model:
        profile = replace(
            known_profiles()[parsed.model],
            answers=suggested.answers,
            automatic_status=suggested.automatic_status,
            process_id=suggested.process_id,
        )
    return replace(profile, dots=parsed.width) if parsed.width else profile


# --- telling --------------------------------------------------------------------------------------------------


def _plain(found: Probe) -> dict[str, object]:
    return {**asdict(found), "identity": found.identity}


def _tell(found: Probe, troubles: tuple[Reason, ...], console: Console) -> None:
    if not found.reachable:
        console.line(say("cli", "printer_unreached", console.language, {"address": found.address}))
        reason = Reason(found.reason)
        # The sentence of the spool speaks of a saved bill; here there is none.
        unreached = reason is Reason.PRINTER_UNREACHABLE
        console.line(
            "    → " + (console.text("printer_unreached_look") if unreached else _said(reason, found, console))
        )
        return
    if not found.condition.answered:
        console.say("printer_mute", address=found.address)
    elif found.model or found.maker:
        console.say(
            "printer_is",
            name=f"{found.maker} {found.model}".strip(),
            firmware=found.firmware or "–",
            serial=found.serial_number or "–",
            milliseconds=found.answer_ms,
        )
    else:
        console.say("printer_nameless", milliseconds=found.answer_ms)
    for reason in troubles:
        console.line("! " + _said(reason, found, console))
    if found.condition.answered and not troubles:
        console.say("printer_ready")
    if found.suggested is not None:
        console.say(
            "printer_suggested",
            model=found.suggested_model or found.suggested.name,
            dots=found.suggested.dots,
            proof=console.text(f"printer_proof_{_best_proof(found.condition, found.suggested).value}"),
        )


def _best_proof(condition: PrinterCondition, profile: PrinterProfile) -> Proof:
    """The best that can be known of a paper printed there."""
    if not condition.answered:
        return Proof.NONE
    return Proof.PROCESS_ID if profile.process_id else Proof.IN_ORDER


def _said(reason: Reason, found: Probe, console: Console) -> str:
    return say("reasons", reason.value, console.language, {"printer": found.address, **found.params})
