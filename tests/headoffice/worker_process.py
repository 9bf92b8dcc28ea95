"""A worker whose clock stands, as that of the tests' tills: started by ``workers.Supervisor``."""

from __future__ import annotations

import sys

from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.worker import work
from tests.db_support import SetClock

if __name__ == "__main__":
    work(sys.stdin, sys.stdout, HeadOfficeSettings("", clock=SetClock()))
