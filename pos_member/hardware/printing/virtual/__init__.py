"""The virtual printer: a receipt printer as a program. ``hardware.printing.simulator`` is the door to it."""
