"""``program check | try | library``: programs before they are launched."""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK, EXIT_REFUSED
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.wording import keys, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pos_member.domain.coupon import CouponDefinition
    from pos_member.domain.pricing import Evaluation, Explanation
    from pos_member.domain.program_library import LibraryEntry


Command = Callable[[argparse.Namespace, Console], int]


def pointing(command: Command) -> Command:
    """A command that points at the field of a file: ``programs[2].effect.step_satang: must be 1 … 5000``."""

    @functools.wraps(command)
    def run(parsed: argparse.Namespace, console: Console) -> int:
        try:
            return command(parsed, console)
        except Refusal as refused:
            if refused.reason is not Reason.PAYLOAD_INVALID or console.as_json:
                raise
            where, want = str(refused.params["where"]), str(refused.params["want"])
            sys.stderr.write(f"{where}: {said_want(want, console.language)}\n")
            return EXIT_REFUSED

    return run


@pointing
def check(parsed: argparse.Namespace, console: Console) -> int:
    """Every problem and warning of a program file."""
    from pos_member.domain.clock import business_date
    from pos_member.domain.org import Settings
    from pos_member.domain.program_lint import examine

    found = examine(read_json(parsed.file), business_date(datetime.now(UTC), Settings().zone), alone=True)
    if console.as_json:
        console.json({"ok": not found.problems, "problems": found.problems, "warnings": found.warnings})
        return EXIT_ATTENTION if found.problems else EXIT_OK
    for problem in found.problems:
        _line(console, "problem", where=problem.where, said=said_want(problem.want, console.language))
    for warning in found.warnings:
        said = say("program", f"warn_{warning.key}", console.language, warning.params)
        _line(console, "warning", where=warning.where, said=said)
    if found.file is None:
        _line(console, "check_bad", problems=len(found.problems))
        return EXIT_ATTENTION
    counts = {"programs": len(found.file.programs), "definitions": len(found.file.definitions)}
    _line(console, "check_good", **counts, warnings=len(found.warnings))
    return EXIT_OK


def said_want(want: str, language: str) -> str:
    """What a field has to be, as a sentence: ``must be 1 … 5000``."""
    if want in keys("wants"):
        return say("wants", want, language)
    return say("program", "must_be", language, {"want": want})


@pointing
def attempt(parsed: argparse.Namespace, console: Console) -> int:
    """What would this bill give, and why."""
    from pos_member.domain.codec import to_wire
    from pos_member.domain.program_files import parse
    from pos_member.domain.program_try import tried

    member = read_json(parsed.member) if parsed.member else None
    programs = read_json(parsed.programs)
    result = tried(programs, read_json(parsed.bill), member)
    if console.as_json:
        console.json(to_wire(result))
        return EXIT_OK
    for line in told(result, console.language, parse(programs).definitions):
        console.line(line)
    return EXIT_OK


def told(result: Evaluation, language: str, definitions: Iterable[CouponDefinition]) -> list[str]:
    """An evaluation as a person reads it: the sums, then every program with its reason."""
    names = {each.id: each.name_th if language == "th" else each.name_en for each in definitions}

    def text(key: str, **params: object) -> str:
        return say("program", key, language, params)

    lines = [
        text(
            "try_to_pay",
            gross_satang=result.gross_satang,
            discount_satang=result.discount_satang,
            total_satang=result.total_satang,
        ),
        text("try_points", earned=result.points_earned, redeemed=result.points_redeemed),
    ]
    lines += [
        text("try_stamps", currency=currency, count=count) for currency, count in sorted(result.stamps_earned.items())
    ]
    lines += [text("try_coupon", coupon=names[due.definition_id], count=due.count) for due in result.coupons_to_issue]
    lines += [text("try_coupon_idle", code=code) for code in result.coupons_idle]
    if result.tier_change is not None:
        change = result.tier_change
        lines.append(text("try_tier", before=change.before or "–", after=change.after))
    for goal in result.goals:
        name = goal.name_th if language == "th" else goal.name_en
        lines.append(text("try_goal", name=name, done=goal.done, target=goal.target, unit=goal.unit))
    lines.append("")
    lines += [explained(why, language) for why in result.explanations]
    if result.nearest is not None:
        lines.append(text("try_nearest", said=sentence(result.nearest, language)))
    return lines


def explained(why: Explanation, language: str) -> str:
    """``✓ name: sentence``; a dot for what did not fire."""
    name = (why.name_th if language == "th" else why.name_en) or why.name_th or why.name_en
    return f"{'✓' if why.fired else '·'} {name}: {sentence(why, language)}"


def sentence(why: Explanation, language: str) -> str:
    """What the cashier reads of a program."""
    return say("explain", why.key, language, why.params)


@pointing
def library(parsed: argparse.Namespace, console: Console) -> int:
    """List the ready-made programs, show one, or copy its program file."""
    entries = ready_made()
    if parsed.name is None:
        if console.as_json:
            console.json([_listed(entry) for entry in entries])
            return EXIT_OK
        width = max(len(entry.name) for entry in entries)
        for entry in entries:
            _line(console, "library_line", name=entry.name.ljust(width), title=_own(entry, "name", console.language))
        return EXIT_OK
    found = next((entry for entry in entries if entry.name == parsed.name), None)
    if found is None:
        raise Refusal(Reason.PAYLOAD_INVALID, where=parsed.name[:80], want=" | ".join(entry.name for entry in entries))
    if parsed.out is not None:
        _write(parsed.out, json.dumps(found.written, ensure_ascii=False, indent=2) + "\n")
        if console.as_json:
            console.json({"name": found.name, "path": str(parsed.out)})
        else:
            _line(console, "library_saved", name=found.name, path=parsed.out)
        return EXIT_OK
    if console.as_json:
        console.json({**_listed(found), "file": found.written, "examples": found.examples})
        return EXIT_OK
    _show(found, console)
    return EXIT_OK


def ready_made() -> tuple[LibraryEntry, ...]:
    """The library that comes with the product."""
    from pos_member.config import resource
    from pos_member.domain.program_library import read_library

    folder = resource("programs", "library")
    return read_library(path.read_bytes() for path in sorted(folder.glob("*.json")))


def _show(entry: LibraryEntry, console: Console) -> None:
    language = console.language
    console.line(_own(entry, "name", language))
    console.line(_own(entry, "description", language))
    needs = ", ".join((*entry.needs()[0], *entry.needs()[1]))
    if needs:
        _line(console, "library_needs", needs=needs)
    for example in entry.examples:
        _line(console, "library_example", name=example.name_th if language == "th" else example.name_en)
        for said in example.says:
            console.line(f"  {said.th if language == 'th' else said.en}")


def _own(entry: LibraryEntry, name: str, language: str) -> str:
    return str(getattr(entry, f"{name}_{language}"))


def _listed(entry: LibraryEntry) -> dict[str, Any]:
    tiers, currencies = entry.needs()
    names = {name: getattr(entry, name) for name in ("name", "name_th", "name_en", "description_th", "description_en")}
    return {**names, "tiers": list(tiers), "currencies": list(currencies)}


def _line(console: Console, key: str, **params: object) -> None:
    console.line(say("program", key, console.language, params))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None


def read_json(path: Path) -> Any:
    """A JSON file; a byte-order mark, as Windows editors write it, is allowed.

    Raises ``EnvironmentProblem(FILE_NOT_READABLE)``, ``Refusal(PAYLOAD_INVALID)``.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise Refusal(Reason.PAYLOAD_INVALID, where=str(path), want="JSON") from error
