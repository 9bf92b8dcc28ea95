"""``headoffice serve | password | enrol-code``."""

from __future__ import annotations

import argparse
import errno
import socket
import sys
from collections.abc import Callable
from datetime import datetime

from pos_member.cli.console import Console
from pos_member.config import default_data_folder
from pos_member.domain.clock import business_date, format_date, format_time
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal


def database_url(named: str | None) -> str:
    """The URL named, or SQLite in the data folder."""
    from pos_member.headoffice.database import default_database_url

    return named or default_database_url(default_data_folder() / "headoffice")


def shop_times(parsed: argparse.Namespace, console: Console) -> Callable[[datetime], str]:
    """Says a time as the shop's clock and calendar show it."""
    from pos_member.headoffice.admin import shop_zone

    zone = shop_zone(database_url(parsed.database))
    return lambda at: f"{format_date(business_date(at, zone), console.language)} {format_time(at, zone)}"


def serve(parsed: argparse.Namespace, console: Console) -> int:
    """Run head office until it is stopped. Its log goes to standard error as JSON lines."""
    from pos_member.headoffice import journal
    from pos_member.headoffice.admin import first_password
    from pos_member.headoffice.app import HeadOfficeSettings
    from pos_member.headoffice.portable import is_server
    from pos_member.headoffice.serve import serve as run_server
    from pos_member.headoffice.workers import Supervisor, supervise

    journal.log_to(sys.stderr)
    url = database_url(parsed.database)
    if parsed.workers > 1 and (sys.platform == "win32" or not is_server(url)):
        raise Refusal(Reason.WORKERS_NEED_SERVER)
    password = first_password(url)

    def ready(address: str) -> None:
        console.result({"url": address, "password": password}, "serving", url=address)
        if password:
            console.say("console_password", password=password)

    try:
        if parsed.workers > 1:
            supervisor = Supervisor(url, parsed.workers, parsed.host, parsed.port, parsed.distributed)
            supervise(supervisor, ready)
        else:
            settings = HeadOfficeSettings(url, distributed=parsed.distributed)
            run_server(url, parsed.host, parsed.port, ready, settings=settings)
    except OSError as error:
        raise _listening_failed(error, parsed.host, str(parsed.port)) from error
    return 0


def _listening_failed(error: OSError, host: str, port: str) -> Exception:
    """What is said of ``error``; itself where it has nothing to do with address or port."""
    if error.errno == errno.EADDRINUSE:
        return EnvironmentProblem(Reason.PORT_TAKEN, host=host, port=port)
    if isinstance(error, socket.gaierror) or error.errno in (errno.EACCES, errno.EADDRNOTAVAIL):
        return EnvironmentProblem(Reason.CANNOT_LISTEN, host=host, port=port, detail=error.strerror or "")
    return error


def password(parsed: argparse.Namespace, console: Console) -> int:
    """Make a new console password, shown once: the one before it and every session end."""
    from pos_member.headoffice import admin

    made = admin.reset_password(database_url(parsed.database))
    console.result({"password": made}, "console_password", password=made)
    return 0


def enrol_code(parsed: argparse.Namespace, console: Console) -> int:
    """Issue a one-time code."""
    from pos_member.headoffice import admin, identity

    code = admin.enrol_code(database_url(parsed.database), parsed.branch, till_id=parsed.till)
    console.result(
        {"branch": parsed.branch, "code": code},
        "enrol_code",
        branch=parsed.branch,
        code=code,
        minutes=identity.CODE_MINUTES,
    )
    return 0
