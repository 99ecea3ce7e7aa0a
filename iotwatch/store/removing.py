"""What may no longer be kept: assets and old sources are removed with all that hangs on them, and the file is overwritten."""

from __future__ import annotations

from iotwatch.store.connected import Connected
from iotwatch.store.rows import iso

_OF_SOURCE = ("flows", "contacts", "positions", "observations", "artefacts", "places", "coverage")
_OF_FINDING = ("evidence", "finding_positions")
_OF_ASSET = ("findings", "beacons", "modules", "endpoints")


class Removing(Connected):
    """The removing half of ``Store``."""

    def purge(self, *, asset: str = "", before: int | None = None) -> tuple[int, int]:
        """Remove the sources of ``asset`` (empty: of all) that end before ``before`` (``None``: whenever).

        Gives the numbers of sources and assets removed; an asset that keeps some sources is to be judged again. A source
        without times of its own (an image, a log) counts by the run that read it. Freed pages are overwritten.
        """
        self.connection.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            found = self.connection.execute(
                "SELECT sources.id, asset FROM sources LEFT JOIN runs ON runs.id = run_id WHERE (? = '' OR asset = ?)"
                " AND (? IS NULL OR coalesce(sources.last_seen, runs.started) < ?)",
                (asset, asset, iso(before), iso(before)),
            ).fetchall()
            for source, _ in found:
                for table in _OF_SOURCE:
                    self.connection.execute(f"DELETE FROM {table} WHERE source_id = ?", (source,))  # noqa: S608
                self.connection.execute("DELETE FROM sources WHERE id = ?", (source,))
            assets = sum(self._forget(name) for name in {name for _, name in found})
        self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(found), assets

    def _forget(self, asset: str) -> bool:
        """Remove the judgement of an asset that lost sources; the asset too when it has none left."""
        for table in _OF_FINDING:
            self.connection.execute(
                f"DELETE FROM {table} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in _OF_ASSET:
            self.connection.execute(f"DELETE FROM {table} WHERE asset = ?", (asset,))  # noqa: S608
        left = self.connection.execute("SELECT 1 FROM sources WHERE asset = ?", (asset,)).fetchone()
        if left is None:
            self.connection.execute("DELETE FROM assets WHERE name = ?", (asset,))
            return True
        self.connection.execute("UPDATE assets SET judged_at = NULL, verdict = NULL WHERE name = ?", (asset,))
        return False
