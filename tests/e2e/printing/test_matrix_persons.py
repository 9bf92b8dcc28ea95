"""What a person decides after each kind of fault."""

from __future__ import annotations

import sys

import pytest

from pos_member.services.print_jobs import JobAct
from tests.e2e.printing import rows_persons as rows
from tests.e2e.printing.bench import Bench
from tests.e2e.printing.words import Window

if sys.platform == "win32":
    pytest.skip("the matrix is of POSIX systems", allow_module_level=True)


@pytest.mark.parametrize("kind", rows.KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("act", list(JobAct), ids=lambda act: act.value)
def test_a_person_decides(bench: Bench, window: Window, kind: rows.Kind, act: JobAct) -> None:
    rows.decided(bench, window, kind, act)
