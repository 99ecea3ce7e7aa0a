"""What may no longer be kept: it is removed with all that hangs on it, and the file is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iotwatch.errors import StoreError
from iotwatch.model import iso
from iotwatch.store.database import Store
from iotwatch.store.merging import analysis
from iotwatch.store.rows import Analysis


def purge(store: Store, *, asset: str = "", before: int | None = None) -> tuple[int, int]:
    """Remove the sources of ``asset`` (empty: of all) that end before ``before`` (``None``: whenever).

    Gives the numbers of sources and assets removed; an asset that keeps some sources is to be judged again. A source
    without times of its own (an image, a log) counts by the run that read it. Freed pages are overwritten.
    """
    store.connection.execute("PRAGMA secure_delete = ON")
    with store.transaction():
        found = store.connection.execute(
            "SELECT sources.id, asset FROM sources LEFT JOIN runs ON runs.id = run_id WHERE (? = '' OR asset = ?)"
            " AND (? IS NULL OR coalesce(sources.last_seen, runs.started) < ?)",
            (asset, asset, iso(before), iso(before)),
        ).fetchall()
        for source, _ in found:
            store.sources.remove_rows(source)
        assets = sum(_forget(store, name) for name in {name for _, name in found})
    overwrite(store)
    return len(found), assets


def keep_within(store: Store, keep: Mapping[str, Callable[[Analysis], Analysis]]) -> int:
    """Keep of the sources of each asset what its function gives back; what lost something is to be judged again.

    Gives the number of sources that lost something. What was judged of them stands until then, so ``overwrite`` comes last.
    """
    store.connection.execute("PRAGMA secure_delete = ON")
    with store.transaction():
        return sum(_rewrite(store, asset, function) for asset, function in keep.items())


def _rewrite(store: Store, asset: str, function: Callable[[Analysis], Analysis]) -> int:
    changed = 0
    for source in store.sources.of(asset):
        before = analysis(store, source)
        after = function(before)
        if after is not before:
            run = store.connection.execute("SELECT run_id FROM sources WHERE id = ?", (source.id,)).fetchone()[0]
            store.sources.write(after, run)
            changed += 1
    return changed


def overwrite(store: Store) -> None:
    """Write the file anew and empty the write-ahead log: both still hold what was removed."""
    store.connection.execute("VACUUM")
    busy, *_ = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(
            f"another program has {store.path} open, so what was removed may still stand in {store.path}-wal:"
            " close it and purge again"
        )


def remove_source(store: Store, source: int) -> None:
    """Remove one source; its asset is to be judged again."""
    with store.transaction():
        query = "SELECT asset FROM sources WHERE id = ?"
        assets = [str(asset) for (asset,) in store.connection.execute(query, (source,)).fetchall()]
        store.sources.remove_rows(source)
        for asset in assets:
            _forget(store, asset)


def _forget(store: Store, asset: str) -> bool:
    """Remove the judgement of an asset that lost sources; the asset too when it has none left."""
    store.judgements.remove(asset)
    store.connection.execute("DELETE FROM changes WHERE asset = ?", (asset,))
    left = store.connection.execute("SELECT 1 FROM sources WHERE asset = ?", (asset,)).fetchone()
    if left is None:
        store.connection.execute("DELETE FROM assets WHERE name = ?", (asset,))
        return True
    store.connection.execute(
        "UPDATE assets SET judged_at = NULL, verdict = NULL, verdict_reason = NULL, verdict_ground = NULL,"
        " verdict_findings = NULL WHERE name = ?",
        (asset,),
    )
    return False
