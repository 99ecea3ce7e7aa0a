"""What may no longer be kept: it is removed with all that hangs on it, and the file is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from iotwatch.errors import StoreError
from iotwatch.store import tables
from iotwatch.store.merging import Merging
from iotwatch.store.rows import Analysis, iso


class Removing(Merging):
    """The removing half of ``Store``."""

    path: Path

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
                self._remove(source)
            assets = sum(self._forget(name) for name in {name for _, name in found})
        self.overwrite()
        return len(found), assets

    def keep_within(self, keep: Mapping[str, Callable[[Analysis], Analysis]]) -> int:
        """Keep of the sources of each asset what its function gives back; what lost something is to be judged again.

        Gives the number of sources that lost something. What was judged of them stands until then, so ``overwrite`` comes last.
        """
        self.connection.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            return sum(self._rewrite(asset, function) for asset, function in keep.items())

    def _rewrite(self, asset: str, function: Callable[[Analysis], Analysis]) -> int:
        changed = 0
        for source in self.sources(asset):
            before = self.analysis(source)
            after = function(before)
            if after is not before:
                run = self.connection.execute("SELECT run_id FROM sources WHERE id = ?", (source.id,)).fetchone()[0]
                self.write_source(after, run)
                changed += 1
        return changed

    def overwrite(self) -> None:
        """Write the file anew and empty the write-ahead log: both still hold what was removed."""
        self.connection.execute("VACUUM")
        busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError(
                f"another program has {self.path} open, so what was removed may still stand in {self.path}-wal:"
                " close it and purge again"
            )

    def sources_at(self, path: str) -> list[tuple[int, int, str]]:
        """Row id, size and SHA-256 of the sources that were read from ``path``."""
        query = "SELECT id, bytes, sha256 FROM sources WHERE path = ? AND sha256 != '' AND bytes > 0"
        return [(int(row), int(size), str(sha256)) for row, size, sha256 in self.connection.execute(query, (path,))]

    def remove_source(self, source: int) -> None:
        """Remove one source; its asset is to be judged again."""
        with self.transaction():
            query = "SELECT asset FROM sources WHERE id = ?"
            assets = [str(asset) for (asset,) in self.connection.execute(query, (source,)).fetchall()]
            self._remove(source)
            for asset in assets:
                self._forget(asset)

    def _remove(self, source: int) -> None:
        for table in tables.OF_SOURCE:
            self.connection.execute(f"DELETE FROM {table.name} WHERE source_id = ?", (source,))  # noqa: S608
        self.connection.execute("DELETE FROM sources WHERE id = ?", (source,))

    def _forget(self, asset: str) -> bool:
        """Remove the judgement of an asset that lost sources; the asset too when it has none left."""
        for table in tables.OF_FINDING:
            self.connection.execute(
                f"DELETE FROM {table.name} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in (*tables.JUDGED, tables.CHANGES):
            self.connection.execute(f"DELETE FROM {table.name} WHERE asset = ?", (asset,))  # noqa: S608
        left = self.connection.execute("SELECT 1 FROM sources WHERE asset = ?", (asset,)).fetchone()
        if left is None:
            self.connection.execute("DELETE FROM assets WHERE name = ?", (asset,))
            return True
        self.connection.execute(
            "UPDATE assets SET judged_at = NULL, verdict = NULL, verdict_reason = NULL WHERE name = ?", (asset,)
        )
        return False
