"""Rows to frozen values and back, one module per kind of thing. Nothing else of a row leaves ``db``."""
