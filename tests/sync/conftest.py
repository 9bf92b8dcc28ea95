"""Head office stands on SQLite, then on PostgreSQL."""

from tests.both_databases import office_databases_dropped, office_kind

__all__ = ["office_databases_dropped", "office_kind"]
