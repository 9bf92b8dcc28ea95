"""The virtual printer: listens like a network printer, answers like one, and lays each receipt down as a PNG.

For practice, demonstrations, tests and shops that have not bought one yet. This is the door; the printer stands in
``hardware.printing.virtual``.
"""

from __future__ import annotations

from pos_member.hardware.printing.virtual.clocks import ManualClock, RealClock
from pos_member.hardware.printing.virtual.engine import BUFFER_BYTES, Build
from pos_member.hardware.printing.virtual.faults import Do, Lasting, Step, When
from pos_member.hardware.printing.virtual.line import Language
from pos_member.hardware.printing.virtual.links import PtyLink, TcpLink
from pos_member.hardware.printing.virtual.mechanics import Pace
from pos_member.hardware.printing.virtual.server import Fault, VirtualPrinter

__all__ = [
    "BUFFER_BYTES",
    "Build",
    "Do",
    "Fault",
    "Language",
    "Lasting",
    "ManualClock",
    "Pace",
    "PtyLink",
    "RealClock",
    "Step",
    "TcpLink",
    "VirtualPrinter",
    "When",
]
