"""The arguments of head office's jobs."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pos_member.cli.console import Console
from pos_member.cli.disaster_arguments import declare_office


@dataclass(frozen=True)
class Readers:
    """How commands are found and how arguments are read; ``cli.arguments`` has them."""

    later: Callable[[str, str], object]
    day: Callable[[str], object]
    count: Callable[[str], object]
    database: Callable[[str], object]


def declare_jobs(add: Callable[..., argparse.ArgumentParser], inner: object, words: Console, read: Readers) -> None:
    """Declare all below ``headoffice`` but the server's own commands."""

    def job(
        name: str, function: str, to: object = inner, *, module: str = "office_jobs", help_of: str = ""
    ) -> argparse.ArgumentParser:
        command = add(name, to=to, help_of=help_of)
        command.add_argument("--database", type=read.database, metavar="URL", help=words.text("help_database"))
        command.add_argument("--by", default=_somebody(), metavar="NAME", help=words.text("help_by"))
        command.add_argument("--why", default="", metavar="TEXT", help=words.text("help_why"))
        command.set_defaults(run=read.later(module, function))
        return command

    def days(command: argparse.ArgumentParser) -> None:
        command.add_argument("--from", dest="first", type=read.day, metavar="D", help=words.text("help_from"))
        command.add_argument("--to", dest="last", type=read.day, metavar="D", help=words.text("help_to"))

    def group(name: str) -> object:
        return add(name, to=inner).add_subparsers(dest="job", required=True, metavar="COMMAND")

    job("expire", "expire")
    days(job("days", "days", module="office_days", help_of="office_days"))
    snapshot = group("snapshot")
    job("build", "build", to=snapshot, module="office_snapshots", help_of="snapshot_build")
    job("list", "listed", to=snapshot, module="office_snapshots", help_of="snapshot_list")
    clearing = job("clearing", "clearing")
    days(clearing)
    clearing.add_argument("--csv", type=Path, metavar="FILE", help=words.text("help_csv"))
    days(job("recheck", "recheck"))
    top = job("top-spenders", "top_spenders")
    top.add_argument("--program", required=True, metavar="CODE", help=words.text("help_program_code"))
    top.add_argument("--anyway", action="store_true", help=words.text("help_anyway"))

    draw = job("draw", "draw")
    what = draw.add_mutually_exclusive_group(required=True)
    what.add_argument("--program", metavar="CODE", help=words.text("help_program_code"))
    what.add_argument("--verify", type=Path, metavar="FILE", help=words.text("help_verify_draw"))
    draw.add_argument("--list-only", action="store_true", help=words.text("help_list_only"))
    draw.add_argument("--anyway", action="store_true", help=words.text("help_anyway"))
    draw.add_argument("--source", default="", metavar="TEXT", help=words.text("help_seed_source"))
    draw.add_argument("--seed", default="", metavar="TEXT", help=words.text("help_draw_seed"))
    draw.add_argument("--prizes", type=read.count, default=1, metavar="N", help=words.text("help_prizes"))
    draw.add_argument("--commitment", metavar="HEX", help=words.text("help_commitment"))
    draw.add_argument("--out", type=Path, metavar="FILE", help=words.text("help_draw_out"))

    program = group("program")
    put = job("put", "program_put", program)
    put.add_argument("file", type=Path, metavar="FILE", help=words.text("help_programs"))
    put.add_argument("--with-settings", action="store_true", help=words.text("help_with_settings"))
    job("list", "program_list", program)
    for name in ("on", "off"):
        job(name, f"program_{name}", program).add_argument("code", metavar="CODE", help=words.text("help_program_code"))

    promptpay = job("promptpay", "promptpay")
    whom = promptpay.add_mutually_exclusive_group(required=True)
    whom.add_argument("number", nargs="?", metavar="NUMBER", help=words.text("help_promptpay_number"))
    whom.add_argument("--none", action="store_true", help=words.text("help_promptpay_none"))
    promptpay.add_argument("--branch", default="", metavar="CODE", help=words.text("help_promptpay_branch"))

    segment = job("set", "segment_set", group("segment"))
    segment.add_argument("code", metavar="CODE", help=words.text("help_segment_code"))
    segment.add_argument("file", type=Path, metavar="FILE", help=words.text("help_numbers"))

    give = job("give", "coupon_give", group("coupon"))
    give.add_argument("definition", metavar="CODE", help=words.text("help_definition"))
    give.add_argument("--members", type=Path, required=True, metavar="FILE", help=words.text("help_numbers"))
    give.add_argument("--occasion", required=True, metavar="NAME", help=words.text("help_occasion"))

    quota = job("write-off", "quota_write_off", group("quota"))
    quota.add_argument("till", metavar="TILL", help=words.text("help_till_id"))
    _declare_codes(partial(job, module="office_codes"), group, words, read)
    _declare_rights(partial(job, module="office_rights"), group, words)
    declare_office(job, words)


def _declare_codes(
    job: Callable[..., argparse.ArgumentParser], group: Callable[[str], object], words: Console, read: Readers
) -> None:
    keys = group("code-keys")
    job("list", "keys_list", keys, help_of="code_keys_list")
    rotate = job("rotate", "keys_rotate", keys, help_of="code_keys_rotate")
    rotate.add_argument("--anyway", action="store_true", help=words.text("help_code_keys_anyway"))
    retire = job("retire", "keys_retire", keys, help_of="code_keys_retire")
    for command in (rotate, retire):
        command.add_argument("kind", choices=("member", "rotating"), help=words.text("help_code_key_kind"))
    retire.add_argument("number", type=read.count, metavar="N", help=words.text("help_code_key_number"))
    job("off", "keys_off", keys, help_of="code_keys_off")

    one, every = job("member-code", "member_code"), job("member-codes", "member_codes")
    secret, badge = job("member-secret", "member_secret"), job("badge", "badge")
    for command in (one, secret):
        command.add_argument("number", metavar="NUMBER", help=words.text("help_member_number"))
    for command in (one, every):
        life = command.add_mutually_exclusive_group()
        life.add_argument("--days", type=read.count, metavar="N", help=words.text("help_code_days"))
        life.add_argument("--minutes", type=read.count, metavar="N", help=words.text("help_code_minutes"))
    every.add_argument("--csv", type=Path, required=True, metavar="FILE", help=words.text("help_member_codes_csv"))
    badge.add_argument("staff", metavar="CODE", help=words.text("help_staff_code"))
    badge.add_argument("--revoke", action="store_true", help=words.text("help_badge_revoke"))
    for command in (one, badge):
        command.add_argument("--png", type=Path, metavar="FILE", help=words.text("help_code_png"))


def _declare_rights(
    job: Callable[..., argparse.ArgumentParser], group: Callable[[str], object], words: Console
) -> None:
    deny = group("deny")
    for name, function in (("add", "deny"), ("remove", "allow")):
        command = job(name, function, deny, help_of=f"deny_{name}")
        command.add_argument("what", metavar="NUMBER", help=words.text("help_deny_what"))
        if name == "add":
            command.add_argument("reason", metavar="REASON", help=words.text("help_deny_reason"))
    job("list", "denied", deny, help_of="deny_list")
    job("exposure", "exposure")


def _somebody() -> str:
    """The name of whoever is signed in at this machine; a service may have none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "?"
