"""The database: public tables, migrations, one transaction per source, readers for judging and reports."""

from iotwatch.store.database import Store
from iotwatch.store.rows import Analysis, ContactRow, PositionRow, SourceRow, View

__all__ = ["Analysis", "ContactRow", "PositionRow", "SourceRow", "Store", "View"]
