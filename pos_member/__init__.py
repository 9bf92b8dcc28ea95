"""POS Member: an offline-first membership till and its head office."""

import os

__version__ = "0.1.0"

# PySide6 makes a class when it is first used, and two threads that do so at once end the process. All of them are made
# as it is imported: docs/decisions/0310-qt-classes-are-made-at-the-start.md
os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
