"""Processes that analyse, store and judge side by side: what they find goes into the database and never through a pipe.

SQLite lets one of them write at a time and all of them read; the reading and thinking is what takes time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from iotwatch.batch.processes import begin_work, end_workers, in_worker, server
from iotwatch.batch.writing import Fresh, Outcome, Writer, batches
from iotwatch.detect.fleet import Fleet
from iotwatch.detect.judge import Judgement, judge_beside
from iotwatch.errors import LimitReached
from iotwatch.open.pipeline import analyse
from iotwatch.signatures import load
from iotwatch.store import Store

_AHEAD = 3
_BATCH_ASSETS = 50


_Result = TypeVar("_Result")


class Crew:
    """A pool of processes on one database; ``own`` are the user's folders of signatures. Use as a context manager."""

    def __init__(self, workers: int, database: Path, own: tuple[Path, ...]) -> None:
        self._workers = workers
        self._database = database
        self._own = own
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
        for batch in batches(fresh):
            waiting.add(self._pool.submit(in_worker, _analyse, batch, run, self._database, self._own))
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
        futures = [self._pool.submit(in_worker, _judge, chunk, cars, self._database, self._own) for chunk in chunks]
        return list(_results(futures))


def _results(futures: Iterable[Future[list[_Result]]]) -> Iterator[_Result]:
    try:
        for future in futures:
            yield from future.result()
    except BrokenProcessPool as error:
        raise LimitReached(
            "a worker process was killed, most likely for want of memory; what was finished is stored: try --jobs 1"
        ) from error


def _analyse(batch: Sequence[Fresh], run: int, database: Path, own: tuple[Path, ...]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    signatures = load(*own)
    with Store(database, create=False) as store, Writer(store, run, outcomes.append) as writer:
        writer.take(analyse(job, signatures, sha256) for job, sha256 in batch)
    return outcomes


def _judge(assets: Sequence[str], cars: Fleet, database: Path, own: tuple[Path, ...]) -> list[Judgement]:
    with Store(database, create=False) as store:
        return judge_beside(store, assets, load(*own), cars)
