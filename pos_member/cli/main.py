"""The argument parser and the way from errors to exit codes."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pos_member import __version__
from pos_member.cli.console import Console, default_language
from pos_member.cli.display import library_problem
from pos_member.config import default_data_folder
from pos_member.domain.errors import EnvironmentProblem, Refusal

EXIT_OK, EXIT_ATTENTION, EXIT_USAGE, EXIT_REFUSED, EXIT_ENVIRONMENT, EXIT_BUG = range(6)
EXIT_INTERRUPTED = 130

Command = Callable[[argparse.Namespace, Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code; never raises."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = _language(arguments)
    parsed = build_parser(language).parse_args(arguments)
    console = Console(language, as_json=getattr(parsed, "json", False))
    try:
        run: Command = parsed.run
        return run(parsed, console)
    except Refusal as error:
        console.error(error)
        return EXIT_REFUSED
    except EnvironmentProblem as error:
        console.error(error)
        return EXIT_ENVIRONMENT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`… | head`): not an error, and nothing may be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except Exception as error:  # the last door: said to the person, kept for the log
        # Where a package is there and the system's library it is built on is not, an administrator can mend that.
        problem = library_problem(error) if isinstance(error, ImportError) else None
        if problem is not None:
            console.error(problem)
            return EXIT_ENVIRONMENT
        logging.getLogger("pos_member.cli").exception("command failed")
        sys.stderr.write(console.text("bug") + "\n")
        return EXIT_BUG


def _language(arguments: Sequence[str]) -> str:
    """``--lang`` is needed before parsing: the help texts are in that language."""
    for i, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return "th" if argument.endswith("th") else "en"
        if argument == "--lang" and i + 1 < len(arguments):
            return "th" if arguments[i + 1] == "th" else "en"
    return default_language()


def build_parser(language: str = "en") -> argparse.ArgumentParser:
    """The whole command line. Commands import what they need when they run, so that ``--help`` is quick."""
    words = Console(language)
    parser = argparse.ArgumentParser(prog="pos-member", description=words.text("about"))
    parser.add_argument("--version", action="version", version=f"pos-member {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("th", "en"), default=language, help=words.text("help_lang"))
    common.add_argument("--json", action="store_true", help=words.text("help_json"))
    till = argparse.ArgumentParser(add_help=False)
    till.add_argument("--data", type=Path, default=default_data_folder(), metavar="DIR", help=words.text("help_data"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str, *parents: argparse.ArgumentParser, to: object = commands, help_of: str = ""
    ) -> argparse.ArgumentParser:
        text = words.text(f"help_{(help_of or name).replace('-', '_')}")
        made: argparse.ArgumentParser = to.add_parser(  # type: ignore[attr-defined]
            name, parents=[common, *parents], help=text, description=text
        )
        return made

    from pos_member.cli import arguments

    arguments.declare(add, till, words)
    return parser
