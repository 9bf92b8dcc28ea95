"""``pos-member``: the one entry point. Each command is a module of this package.

Exit codes: 0 done · 1 done, and something needs attention (``verify``, ``doctor``, ``scan`` without a code) · 2 wrong
usage · 3 a rule says no · 4 the machine, the line or a file is in the way · 5 a bug (see the log) · 130 interrupted.
"""

from pos_member.cli.main import main

__all__ = ["main"]
