"""One task for each of many items, side by side in processes; results come in the items' order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from iotwatch.batch.processes import begin_work, end_workers, in_worker, server
from iotwatch.errors import LimitReached

_AHEAD = 3
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_order(
    task: Callable[[_Item], _Result], items: Iterable[_Item | None], workers: int, needed: Sequence[str]
) -> Iterator[_Result]:
    """Yield ``task(item)`` of each item; no more than a few for each worker wait at a time.

    An item of ``None`` says that the next one takes its time: what is under way is yielded first. ``needed`` are the modules
    that workers import. Raises ``LimitReached`` when a worker was killed.
    """
    pool = ProcessPoolExecutor(workers, mp_context=server(needed), initializer=begin_work)
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            if item is not None:
                waiting.append(pool.submit(in_worker, task, item))
            while waiting and (item is None or waiting[0].done() or len(waiting) >= workers * _AHEAD):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise LimitReached("a worker process was killed, most likely for want of memory: try --jobs 1") from error
    except BaseException:
        end_workers()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
