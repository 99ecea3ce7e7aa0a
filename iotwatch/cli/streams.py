"""stdout and stderr as the exit codes need them: data that cannot be written is an error of its own, a message is let go.

Left to themselves click and rich take a closed pipe for exit 1, which means "found" here, and the interpreter takes it for 120.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

from iotwatch.errors import OutputError


class _Data(io.FileIO):
    """A file whose first write that fails raises ``OutputError``; what comes after it is dropped."""

    _lost = False

    def write(self, data: Any, /) -> int:
        if self._lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            self._lost = True
            # The reader left (| head): it wants to hear nothing of it.
            why = "" if error.errno == errno.EPIPE else f"cannot write to standard output: {error.strerror}"
            raise OutputError(why) from error


class _Messages(io.FileIO):
    """A file that loses what cannot be written: nobody is there to be told."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def install() -> None:
    """Put them in the place of ``sys.stdout`` and ``sys.stderr``; characters that their encoding lacks are escaped."""
    # A stream that was closed must not give its number to the database: stdout then refuses, as a closed one does.
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)
    sys.stdout = _text(_Data(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Messages(2, "w", closefd=False), sys.stderr)


def _text(raw: io.FileIO, before: object) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", None) or "utf-8"
    live = raw.isatty() or raw.fileno() == 2
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=live)
