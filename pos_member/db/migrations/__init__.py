"""Migrations of ``till.db``. Each is self-contained: plain SQL, no import of the tables as they are today."""
