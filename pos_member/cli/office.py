"""``headoffice serve`` and ``headoffice enrol-code``."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_member.cli.console import Console
from pos_member.config import default_data_folder


def database_url(named: str | None) -> str:
    """The URL named, or SQLite in the data folder."""
    if named:
        return named
    folder: Path = default_data_folder() / "headoffice"
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'headoffice.db'}"


def serve(parsed: argparse.Namespace, console: Console) -> int:
    """Run head office until it is stopped."""
    from pos_member.headoffice.server import serve as run_server

    def ready(url: str, password: str | None) -> None:
        console.result({"url": url, "password": password}, "serving", url=url)
        if password:
            console.say("console_password", password=password)

    run_server(database_url(parsed.database), parsed.host, parsed.port, ready)
    return 0


def enrol_code(parsed: argparse.Namespace, console: Console) -> int:
    """Issue a one-time code."""
    from pos_member.headoffice import admin

    code = admin.enrol_code(database_url(parsed.database), parsed.branch)
    console.result(
        {"branch": parsed.branch, "code": code},
        "enrol_code",
        branch=parsed.branch,
        code=code,
        minutes=admin.ENROL_CODE_MINUTES,
    )
    return 0
