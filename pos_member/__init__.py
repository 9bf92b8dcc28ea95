"""POS Member: an offline-first membership till and its head office."""

__version__ = "0.1.0"
