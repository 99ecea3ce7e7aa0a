"""The progress bar of long work: on a terminal only, and only when it takes more than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from iotwatch.cli.saying import say
from iotwatch.files.printable import stored_path

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from iotwatch.batch.writing import Outcome

_PATIENCE = 2.0


class Progress:
    """Bytes, rate and time left on stderr; silent when stderr is no terminal."""

    def __init__(self, paths: Iterable[Path], *, shown: bool, verbose: int) -> None:
        self._paths = tuple(paths)
        self._shown = shown and sys.stderr.isatty()
        self._verbose = verbose
        self._started = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._done = 0
        self._current = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def bytes_read(self, count: int) -> None:
        """``count`` bytes of the present source are read so far."""
        self._current = count
        self._update()

    def source_ended(self, outcome: Outcome) -> None:
        """A source ended; with -v its outcome is told."""
        path = stored_path(outcome.path)
        self._done += path.stat().st_size if path.is_file() else 0
        self._current = 0
        if self._verbose:
            say(f"{outcome.status}: {outcome.path}", err=True)
        self._update()

    def _update(self) -> None:
        if not self._shown or time.monotonic() - self._started < _PATIENCE:
            return
        if self._bar is None:
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done + self._current)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("scan", total=sum(_size(path) for path in self._paths))
        self._bar.start()


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(child.stat().st_size for child in path.rglob("*") if child.is_file() and not child.is_symlink())
    return path.stat().st_size if path.is_file() else 0
