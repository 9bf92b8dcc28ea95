"""``headoffice expire | clearing | recheck | top-spenders | draw | program | segment | coupon | quota``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.cli.office import database_url
from pos_member.cli.program import pointing
from pos_member.domain import codec
from pos_member.domain.draw_lots import DrawRecord, verify_draw
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.services.csv_text import csv_lines

if TYPE_CHECKING:
    from pos_member.headoffice.jobs import Watch
    from pos_member.headoffice.office_jobs import Office

_FIRST, _LAST = date(1970, 1, 2), date(9000, 12, 31)
#: As long as any member number, with what people write around one.
_NUMBER = re.compile(r"[0-9]{4,20}")


def _office(parsed: argparse.Namespace) -> Office:
    from pos_member.headoffice.office_jobs import Office

    return Office(database_url(parsed.database), parsed.by, parsed.why)


def watch(console: Console) -> Watch:
    """Tells a person how far it is; Ctrl+C stops between two parts, since each part is one transaction."""
    from pos_member.headoffice.jobs import Watch

    def tell(done: int) -> None:
        if not console.as_json and sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,}")
            sys.stderr.flush()

    return Watch(tell)


def expire(parsed: argparse.Namespace, console: Console) -> int:
    """Run expiry."""
    done = _office(parsed).expire(watch(console))
    console.result(
        {"members": done.members, "points": done.points, "stamps": done.stamps},
        "office_expired",
        members=done.members,
        points=done.points,
        stamps=done.stamps,
    )
    return EXIT_OK


def clearing(parsed: argparse.Namespace, console: Console) -> int:
    """Who owes whom for redeemed points, by branch and by brand."""
    first, last = parsed.first or _FIRST, parsed.last or _LAST
    found = _office(parsed).clearing(first, last, watch(console))
    levels = (("branch", found.branches, found.net_branches), ("brand", found.brands, found.net_brands))
    rows: list[tuple[str, ...]] = []
    for level, pairs, debts in levels:
        rows += [("redeemed", level, p.issuer, p.taker, str(p.points), _baht(p.satang)) for p in pairs]
        rows += [("owes", level, d.payer, d.payee, str(d.points), _baht(d.satang)) for d in debts]
    if parsed.csv:
        header = ("row", "level", "from", "to", "points", "baht")
        _write(parsed.csv, "\ufeff" + "".join(csv_lines(header, rows)))
        console.say("saved", path=parsed.csv)
    if console.as_json:
        console.json(found)
        return EXIT_OK
    none = console.text("office_no_branch")
    for level, pairs, debts in levels:
        console.say(f"office_clearing_{level}")
        for pair in pairs:
            _say(console, "office_clearing_row", none, pair.issuer, pair.taker, pair.points, pair.satang)
        for debt in debts:
            _say(console, "office_clearing_owes", none, debt.payer, debt.payee, debt.points, debt.satang)
        if not debts:
            console.line(f"  {console.text('office_clearing_none')}")
    return EXIT_OK


def _say(console: Console, key: str, none: str, giver: str, taker: str, points: int, satang: int) -> None:
    shown = console.text(key, giver=giver or none, taker=taker or none, points=f"{points:,}", baht=_baht(satang))
    console.line(f"  {shown}")


def recheck(parsed: argparse.Namespace, console: Console) -> int:
    """Compute bills again. Exit code 1 where one comes out otherwise."""
    found = _office(parsed).recheck(parsed.first or _FIRST, parsed.last or _LAST, watch(console))
    figures = {"checked": found.checked, "different": found.different, "not_checkable": found.not_checkable}
    console.result(figures, "office_rechecked", **figures)
    return EXIT_ATTENTION if found.different else EXIT_OK


def top_spenders(parsed: argparse.Namespace, console: Console) -> int:
    """Rank who spent most and give them their coupons, once."""
    found = _office(parsed).top_spenders(parsed.program, anyway=parsed.anyway)
    if console.as_json:
        ranked = [{**codec.to_wire(each), "number": found.numbers.get(each.member_id, "")} for each in found.ranked]
        figures = {"coupons": found.coupons, "held_before": found.held_before, "silent_tills": found.silent_tills}
        console.json({"ranked": ranked, **figures})
        return EXIT_OK
    for each in found.ranked:
        number = found.numbers.get(each.member_id) or each.member_id
        console.say("office_ranked", place=each.place, member=number, baht=_baht(each.net_satang))
    console.say("office_top_before" if found.held_before else "office_top_given", coupons=found.coupons)
    if found.silent_tills and not found.held_before:
        console.say("office_top_silent", tills=found.silent_tills)
    return EXIT_OK


@pointing
def draw(parsed: argparse.Namespace, console: Console) -> int:
    """Close a draw's list, hold the draw, or check a record of one."""
    if parsed.verify is not None:
        return _verify(parsed, console)
    if parsed.list_only:
        closed = _office(parsed).close_draw(parsed.program, parsed.source, anyway=parsed.anyway)
        if parsed.out:
            _write(parsed.out, codec.canonical_bytes(closed.list).decode())
        entries = sum(entry.entries for entry in closed.list.entries)
        figures: dict[str, Any] = {
            "commitment": closed.list.commitment,
            "members": len(closed.list.entries),
            "entries": entries,
            "silent_tills": closed.silent_tills,
        }
        console.result(figures, "office_draw_closed", **figures)
        if closed.silent_tills:
            console.say("office_draw_silent", tills=closed.silent_tills)
        return EXIT_OK
    if not parsed.seed.strip():
        raise Refusal(Reason.PAYLOAD_INVALID, where="--seed", want="a value")
    record = _office(parsed).draw(parsed.program, parsed.seed, parsed.prizes)
    if parsed.out:
        _write(parsed.out, codec.canonical_bytes(record).decode())
    if console.as_json:
        console.json({"commitment": record.closed.commitment, "seed": record.seed, "winners": record.winners})
        return EXIT_OK
    for winner in record.winners:
        console.say("office_winner", place=winner.place, number=winner.number or winner.member_id)
    console.say("office_draw_held", seed=record.seed, commitment=record.closed.commitment)
    return EXIT_OK


def _verify(parsed: argparse.Namespace, console: Console) -> int:
    record = codec.from_bytes(DrawRecord, _read(parsed.verify))
    fault = verify_draw(record, parsed.commitment)
    if fault is None:
        console.result({"right": True, "commitment": record.closed.commitment}, "office_draw_right")
        return EXIT_OK
    console.result({"right": False, "fault": fault.value}, f"office_draw_fault_{fault.value}")
    return EXIT_ATTENTION


@pointing
def program_put(parsed: argparse.Namespace, console: Console) -> int:
    """Take a program file in."""
    outcome = _office(parsed).put_programs(_read(parsed.file), with_settings=parsed.with_settings)
    figures = {"new": list(outcome.new), "changed": list(outcome.changed), "same": list(outcome.same)}
    shown = {name: ", ".join(codes) or "-" for name, codes in figures.items()}
    settings = {"settings": list(outcome.settings), "settings_left": list(outcome.settings_left)}
    console.result(figures | settings, "office_programs_put", **shown)
    if outcome.settings:
        console.say("office_settings_taken", names=", ".join(outcome.settings))
    if outcome.settings_left:
        console.say("office_settings_left", names=", ".join(outcome.settings_left))
        return EXIT_ATTENTION
    return EXIT_OK


def program_list(parsed: argparse.Namespace, console: Console) -> int:
    """Every program and what it has cost until now."""
    found = _office(parsed).list_programs()
    if console.as_json:
        console.json(
            [
                {
                    "code": each.program.code,
                    "name": each.program.name_th or each.program.name_en,
                    "kind": each.program.effect.kind,
                    "active": each.program.active,
                    "version": each.program.version,
                    "cost": each.cost,
                    "spent_satang": each.spent_satang,
                    "total": each.total,
                    "budget_satang": each.budget_satang,
                }
                for each in found
            ]
        )
        return EXIT_OK
    for each in found:
        program, cost = each.program, each.cost
        names = (program.name_th, program.name_en) if console.language == "th" else (program.name_en, program.name_th)
        console.say(
            "office_program_on" if program.active else "office_program_off",
            code=program.code,
            name=names[0] or names[1],
            bills=f"{cost.bills:,}",
            baht=_baht(each.spent_satang),
            coupons=f"{cost.coupons_issued:,}",
            used=f"{cost.coupons_used:,}",
        )
        if each.total is not None:
            console.line("  " + console.text("office_program_total", used=f"{cost.times:,}", total=f"{each.total:,}"))
        if each.budget_satang is not None:
            used, budget = _baht(cost.budget_satang), _baht(each.budget_satang)
            console.line("  " + console.text("office_program_budget", used=used, budget=budget))
    return EXIT_OK


def program_on(parsed: argparse.Namespace, console: Console) -> int:
    """Switch a program on."""
    return _switch(parsed, console, active=True)


def program_off(parsed: argparse.Namespace, console: Console) -> int:
    """Switch a program off."""
    return _switch(parsed, console, active=False)


def _switch(parsed: argparse.Namespace, console: Console, *, active: bool) -> int:
    changed = _office(parsed).switch_program(parsed.code, active=active)
    key = ("office_switched_on" if active else "office_switched_off") if changed else "office_switched_before"
    console.result({"code": parsed.code, "active": active, "changed": changed}, key, code=parsed.code)
    return EXIT_OK


def promptpay(parsed: argparse.Namespace, console: Console) -> int:
    """Whom the tills' PromptPay codes pay."""
    number = "" if parsed.none else parsed.number
    changed = _office(parsed).set_promptpay(number, parsed.branch)
    figures = {"promptpay": number, "branch": parsed.branch, "changed": changed}
    console.result(figures, "office_promptpay" if number else "office_promptpay_none", number=number)
    return EXIT_OK


def segment_set(parsed: argparse.Namespace, console: Console) -> int:
    """Make a segment hold the members of a list."""
    done = _office(parsed).set_segment(parsed.code, _numbers(parsed.file), watch(console))
    figures = {"members": done.members, "added": done.added, "removed": done.removed, "unknown": done.unknown}
    console.result({"segment": parsed.code, **figures}, "office_segment", code=parsed.code, **figures)
    return EXIT_ATTENTION if done.unknown else EXIT_OK


def coupon_give(parsed: argparse.Namespace, console: Console) -> int:
    """Give the members of a list a coupon each, once per occasion."""
    done = _office(parsed).give_coupons(parsed.definition, parsed.occasion, _numbers(parsed.members), watch(console))
    figures = {"coupons": done.coupons, "already": done.already, "unknown": done.unknown}
    console.result({"occasion": parsed.occasion, **figures}, "office_given", **figures)
    return EXIT_ATTENTION if done.unknown else EXIT_OK


def quota_write_off(parsed: argparse.Namespace, console: Console) -> int:
    """Free what a revoked till did not use of its quotas."""
    freed = _office(parsed).write_off_quota(parsed.till)
    console.result({"till": parsed.till, "freed": freed}, "office_freed" if freed else "office_freed_none", n=freed)
    return EXIT_OK if freed else EXIT_ATTENTION


def _numbers(path: Path) -> Iterable[str]:
    """Member numbers of a file: one a line, or the first column of a CSV; blanks and dashes inside do not matter."""
    text = _read(path).decode("utf-8-sig", errors="replace")
    for line in text.splitlines():
        cell = re.split(r"[,;\t]", line, maxsplit=1)[0].strip().strip("\"'")
        number = re.sub(r"[\s-]", "", cell)
        if number:
            yield number if _NUMBER.fullmatch(number) else cell[:40]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_READABLE, path=str(path)) from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError:
        raise EnvironmentProblem(Reason.FILE_NOT_WRITABLE, path=str(path)) from None


def _baht(satang: int) -> str:
    sign = "-" if satang < 0 else ""
    return f"{sign}{abs(satang) // 100:,}.{abs(satang) % 100:02d}"
