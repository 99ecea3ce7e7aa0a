"""Temporary evidence: private folders that go with their use, and, where a process was killed, at the next start of any.

Each folder is locked while its process lives (flock(2) on the folder itself). The kernel lets go of a lock whatever ends the
process, so that a folder which nobody has locked is left over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "iotwatch-scratch-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_held: set[Path] = set()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of mode 0700 for as long as the block runs."""
    folder, lock = _make()
    _held.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _held.discard(folder)
        os.close(lock)


def remove_held() -> None:
    """Remove the folders of this process: for an end at which no block is left in order."""
    for folder in tuple(_held):
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders that killed processes of this user left behind."""
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with suppress(OSError):
            lock = os.open(folder, _FOLDER)
            try:
                status = os.fstat(lock)
                if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == 0o700:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _make() -> tuple[Path, int]:
    """A new folder and its lock; another one where a sweep came between the two."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            lock = os.open(folder, _FOLDER)
        except FileNotFoundError:
            continue
        with suppress(OSError):  # a file system without locks: nothing is swept there either
            fcntl.flock(lock, fcntl.LOCK_SH)
        if os.fstat(lock).st_nlink:
            return folder, lock
        os.close(lock)
