"""Taking evidence from its source again, and saying so when the source has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from iotwatch.errors import NotStored, ReplayError
from iotwatch.files.printable import stored_path
from iotwatch.place.replay import Replay
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import queries
from iotwatch.unpack import EVERY_STEP


@contextmanager
def open_source(path: str) -> Iterator[BinaryIO]:
    """The source file; ``ReplayError`` when it is gone."""
    try:
        with stored_path(path).open("rb") as file:
            yield file
    except OSError as error:
        raise ReplayError(f"cannot read the source {path}: {error.strerror}") from error


def evidence_bytes(reader: EvidenceReader, evidence_id: int) -> bytes:
    """The bytes that one stored evidence names, read from the source now.

    ``NotStored`` when there is no such evidence, ``ReplayError`` when the source is gone or no longer holds it.
    """
    found = reader.whole.ask(queries.evidence.one, evidence_id)
    if not found:
        raise NotStored(f"the database has no evidence {evidence_id}")
    path = found[0]["source_path"]
    with open_source(path) as file:
        data = Replay(file, EVERY_STEP).result(reader.place(found[0]["place_id"]))
    if not data.startswith(bytes.fromhex(found[0]["excerpt"])):
        raise ReplayError(f"{path} no longer holds the evidence: the file has changed since it was scanned")
    return data
