"""``doctor``: a tool for the one who sets a shop up."""

from __future__ import annotations

import argparse

from pos_member.cli.console import Console
from pos_member.cli.main import EXIT_ATTENTION, EXIT_OK


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
