"""What became of sources, and how they are stored as they come."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from iotwatch.files.printable import storable
from iotwatch.open.pipeline import Job
from iotwatch.store import Analysis, SourceRow, Store
from iotwatch.version import __version__
from iotwatch.words.trouble import Trouble

# What SQLite and its adapters say of a value that no column takes.
UNSTORABLE = (ArithmeticError, ValueError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
_HELD_ROWS = 20_000
_HELD_SECONDS = 2.0
_BATCH_FILES, _BATCH_BYTES = 32, 8 << 20


class Outcome(msgspec.Struct, frozen=True):
    """What became of one source: its path, status (ok, partial, unreadable, skipped) and the reason in words.

    One that is ``known`` was analysed by an earlier run and has the status that it was stored with.
    """

    path: str
    asset: str
    status: str
    reason: str = ""
    packets: int = 0
    flows: int = 0
    positions: int = 0
    known: bool = False


Tell = Callable[[Outcome], None]
Fresh = tuple[Job, str]
"""A job that is to be done, with the file's hash where that had to be taken before."""


def batches(fresh: Iterable[Fresh]) -> Iterator[list[Fresh]]:
    """Small files together, large ones alone: what one worker takes at a time."""
    batch: list[Fresh] = []
    size = 0
    for job, sha256 in fresh:
        batch.append((job, sha256))
        with suppress(OSError):
            size += Path(job.path).stat().st_size
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def unreadable(path: str, asset: str, reason: str) -> Analysis:
    """What stands in the database of a source that nothing could be read of, and why."""
    return Analysis(
        source=SourceRow(
            sha256="",
            path=storable(path),
            asset=asset,
            vantage="other",
            kind="unknown",
            format="unknown",
            bytes=0,
            status="unreadable",
            complete=False,
            reason=reason,
            trouble=Trouble.UNREADABLE,
            version=__version__,
        )
    )


class Writer:
    """Stores analyses as they come. Small ones share a transaction, since a commit costs more than a small source.

    What is held back is stored when the block ends, however it ends: an interrupted scan keeps what it finished.
    """

    def __init__(self, store: Store, run: int, heard: Tell) -> None:
        self._store = store
        self._run = run
        self._heard = heard
        self._held: list[Analysis] = []
        self._rows = 0
        self._since = time.monotonic()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *trouble: object) -> None:
        self._write()

    def take(self, analyses: Iterable[Analysis]) -> None:
        """Store analyses as they come, each at the latest with the next one that comes after ``_HELD_SECONDS``."""
        for analysis in analyses:
            self._held.append(analysis)
            self._rows += sum(map(len, analysis.contacts)) + len(analysis.positions) + len(analysis.observations)
            if self._rows >= _HELD_ROWS or time.monotonic() - self._since >= _HELD_SECONDS:
                self._write()

    def _write(self) -> None:
        if self._held:
            with self._store.transaction():
                stored = [self._write_one(analysis) for analysis in self._held]
            # Not before: what an interrupt rolls back is stored when the block ends.
            self._held, self._rows = [], 0
            for analysis in stored:
                self._heard(_outcome(analysis))
        self._since = time.monotonic()

    def _write_one(self, analysis: Analysis) -> Analysis:
        """Store one source, or, where its values cannot be stored, that this is so: the others are not lost with it."""
        try:
            with self._store.part():
                self._store.sources.write(analysis, self._run)
        except UNSTORABLE as error:
            told = storable(f"internal error: cannot be stored: {type(error).__name__}: {error}")
            source = msgspec.structs.replace(
                analysis.source, status="partial", complete=False, reason=told, trouble=Trouble.INTERNAL
            )
            analysis = Analysis(source=source)
            self._store.sources.write(analysis, self._run)
        return analysis


def _outcome(analysis: Analysis) -> Outcome:
    source = analysis.source
    return Outcome(
        path=source.path,
        asset=source.asset,
        status=source.status,
        reason=source.reason,
        packets=source.packets,
        flows=len(analysis.flows) if isinstance(analysis.flows, list | tuple) else 0,
        positions=len(analysis.positions),
    )
