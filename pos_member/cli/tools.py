"""``doctor`` and ``scan``: tools for the one who sets a shop up."""

from __future__ import annotations

import argparse

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK
from pos_member.domain.errors import PosMemberError


def doctor(parsed: argparse.Namespace, console: Console) -> int:
    """Every check, what is wrong, how to mend it."""
    from pos_member.doctor import examine

    findings = examine(parsed.data, printer=parsed.printer)
    errors = sum(finding.level == "error" for finding in findings)
    warnings = sum(finding.level == "warning" for finding in findings)
    if console.as_json:
        console.json({"findings": findings, "errors": errors, "warnings": warnings})
        return EXIT_ATTENTION if errors else EXIT_OK
    marks = {"ok": "✓", "warning": "!", "error": "✗"}
    for finding in findings:
        said, mend = (
            (finding.said_th, finding.mend_th) if console.language == "th" else (finding.said_en, finding.mend_en)
        )
        console.line(f"{marks[finding.level]} {said}" + (f"\n    → {mend}" if mend else ""))
    console.say("doctor_ill" if errors or warnings else "doctor_well", errors=errors, warnings=warnings)
    return EXIT_ATTENTION if errors else EXIT_OK


def scan(parsed: argparse.Namespace, console: Console) -> int:
    """Decode pictures: one JSON line a code, or one with the error of a file that could not be read."""
    from pos_member.hardware.scanning.decoder import scan_file

    found_all = True
    for path in parsed.files:
        try:
            codes = scan_file(path)
        except PosMemberError as error:
            console.json_line({"file": str(path), "error": error.reason.value})
            console.error(error)
            found_all = False
            continue
        for code in codes:
            console.json_line({"file": str(path), **code})
        if not codes:
            console.json_line({"file": str(path), "text": None})
            found_all = False
    return EXIT_OK if found_all else EXIT_ATTENTION
