"""Python's own ``import``, without PySide6's look at every module.

PySide6 replaces ``builtins.__import__``: for the sake of switches (``from __feature__ import …``) it reads the source
text of each module imported after it and searches it for "PySide6". That is a third of the time our own modules take
to import, on the UI thread and on the lanes alike, for switches that this project does not use.
"""

from __future__ import annotations

import builtins


def plain_imports() -> bool:
    """Put back the function PySide6 kept. False where this version of PySide6 put none in its place."""
    kept = getattr(builtins, "__orig_import__", None)
    if kept is None or getattr(builtins.__import__, "__name__", "") != "__feature_import__":
        return False
    builtins.__import__ = kept
    return True
