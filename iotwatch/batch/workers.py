"""Processes that analyse, store and judge side by side: what they find goes into the database and never through a pipe.

SQLite lets one of them write at a time and all of them read; the reading and thinking is what takes time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

import msgspec

from iotwatch.batch.processes import begin_work, end_workers, in_worker, server
from iotwatch.detect.fleet import Fleet
from iotwatch.detect.judge import Judgement, judge_beside
from iotwatch.errors import LimitReached
from iotwatch.files.printable import storable
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Analysis, Store
from iotwatch.words.trouble import Trouble

# What SQLite and its adapters say of a value that no column takes.
UNSTORABLE = (ArithmeticError, ValueError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
_AHEAD = 3
_HELD_ROWS = 20_000
_HELD_SECONDS = 2.0
_BATCH_FILES = 32
_BATCH_BYTES = 8 << 20
_BATCH_ASSETS = 50


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


_Result = TypeVar("_Result")
Tell = Callable[[Outcome], None]
Fresh = tuple[Job, str]
"""A job that is to be done, with the file's hash where that had to be taken before."""


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


class Crew:
    """A pool of processes on one database; ``folder`` holds the signatures. Use as a context manager."""

    def __init__(self, workers: int, database: Path, folder: Path | None) -> None:
        self._workers = workers
        self._database = database
        self._folder = folder
        self._pool = ProcessPoolExecutor(workers, mp_context=server(), initializer=begin_work)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, trouble: type[BaseException] | None, *_: object) -> None:
        if trouble is not None:
            end_workers()
        self._pool.shutdown(cancel_futures=True)

    def analyse(self, fresh: Iterable[Fresh], run: int) -> Iterator[Outcome]:
        """Analyse and store what is fresh; a source's outcome comes when it stands in the database."""
        waiting: set[Future[list[Outcome]]] = set()
        for batch in _batches(fresh):
            waiting.add(self._pool.submit(in_worker, _analyse, batch, run, self._database, self._folder))
            if len(waiting) >= self._workers * _AHEAD:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from _results(done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from _results(done)

    def judge(self, assets: Sequence[str], cars: Fleet) -> list[Judgement]:
        """Judge assets side by side, in the order given."""
        size = max(1, min(_BATCH_ASSETS, len(assets) // (self._workers * _AHEAD)))
        chunks = [assets[start : start + size] for start in range(0, len(assets), size)]
        futures = [self._pool.submit(in_worker, _judge, chunk, cars, self._database, self._folder) for chunk in chunks]
        return list(_results(futures))


def _results(futures: Iterable[Future[list[_Result]]]) -> Iterator[_Result]:
    try:
        for future in futures:
            yield from future.result()
    except BrokenProcessPool as error:
        raise LimitReached(
            "a worker process was killed, most likely for want of memory; what was finished is stored: try --jobs 1"
        ) from error


def _batches(fresh: Iterable[Fresh]) -> Iterator[list[Fresh]]:
    """Small files together, large ones alone."""
    batch: list[Fresh] = []
    size = 0
    for job, sha256 in fresh:
        batch.append((job, sha256))
        size += Path(job.path).stat().st_size if Path(job.path).is_file() else 0
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _analyse(batch: Sequence[Fresh], run: int, database: Path, folder: Path | None) -> list[Outcome]:
    outcomes: list[Outcome] = []
    signatures = load(folder)
    with Store(database, create=False) as store, Writer(store, run, outcomes.append) as writer:
        writer.take(analyse(job, signatures, sha256) for job, sha256 in batch)
    return outcomes


def _judge(assets: Sequence[str], cars: Fleet, database: Path, folder: Path | None) -> list[Judgement]:
    with Store(database, create=False) as store:
        return judge_beside(store, assets, load(folder), cars)
