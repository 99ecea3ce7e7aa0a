"""SHA-256 of a source: what it is known by."""

from __future__ import annotations

import hashlib
import sys
import threading
from pathlib import Path

from iotwatch.errors import UnreadableSource

_HASHED_AFTER = 1 << 20


def sha256_of(path: Path, size: int = sys.maxsize) -> str:
    """The SHA-256 of a file or of its first ``size`` bytes, read in 1 MiB pieces; ``UnreadableSource`` when it cannot be read."""
    digest = hashlib.sha256()
    buffer = bytearray(1 << 20)
    view = memoryview(buffer)
    try:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(view[:size]):
                digest.update(view[:count])
                size -= count
    except OSError as error:
        raise UnreadableSource(f"cannot read {path}: {error.strerror}") from error
    return digest.hexdigest()


class Hashing:
    """SHA-256 in a thread beside the reading: hashlib and file reads give the interpreter free.

    A small file is hashed when the result is asked for: a thread would cost more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = ""
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._beside = path.is_file() and path.stat().st_size > _HASHED_AFTER
        if self._beside:
            self._thread.start()

    def _run(self) -> None:
        try:
            self._digest = sha256_of(self._path)
        except UnreadableSource as error:
            self._trouble = str(error)

    def result(self) -> tuple[str, str]:
        """The digest, and why there is none."""
        if self._beside:
            self._thread.join()
        else:
            self._run()
        return self._digest, self._trouble
