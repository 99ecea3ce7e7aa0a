"""Are the sources still what was scanned? Every file's hash against the stored one, and every evidence taken again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from iotwatch.errors import ReplayError, UnreadableSource
from iotwatch.files.digest import sha256_of
from iotwatch.files.printable import stored_path
from iotwatch.handoff.evidence import open_source
from iotwatch.place.replay import Replay
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import queries
from iotwatch.unpack import EVERY_STEP


class Checked(msgspec.Struct, frozen=True):
    """One source: what was stored of it, how many evidences hold, and what changed (empty: nothing)."""

    path: str
    asset: str
    sha256: str
    version: str
    signatures_version: str
    scanned: str
    evidence: int
    changes: tuple[str, ...]


def check(reader: EvidenceReader) -> Iterator[Checked]:
    """Each stored source that was read, in the order of their paths. Trouble with a file is a change, never an exception."""
    for row in reader.whole.ask(queries.sources.scanned):
        held, changes = _check_source(reader, row)
        yield Checked(
            path=row["path"],
            asset=row["asset"],
            sha256=row["sha256"],
            version=row["version"] or "",
            signatures_version=row["signatures_version"] or "",
            scanned=row["scanned"] or "",
            evidence=held,
            changes=tuple(changes),
        )


def _check_source(reader: EvidenceReader, row: dict[str, Any]) -> tuple[int, list[str]]:
    try:
        found = sha256_of(stored_path(row["path"]))
        with open_source(row["path"]) as file:
            held, changes = _replay(reader, row["id"], file)
    except (UnreadableSource, ReplayError) as error:
        return 0, [str(error)]
    if found != row["sha256"]:
        changes.insert(0, f"SHA-256 is {found}, was {row['sha256']}")
    return held, changes


def _replay(reader: EvidenceReader, source_id: int, file: BinaryIO) -> tuple[int, list[str]]:
    """How many evidences the file still holds, and a line for each finding of which it holds one no more."""
    replay = Replay(file, EVERY_STEP)
    held, lost = 0, {}
    for row in reader.whole.ask(queries.evidence.of_source, source_id):
        said = f"evidence of {row['fingerprint'][:8]} ({reader.told(row['title'])})"
        try:
            data = replay.result(reader.place(row["place_id"]))
        except ReplayError as error:
            lost[row["fingerprint"]] = f"{said}: {error}"
            continue
        if data.startswith(bytes.fromhex(row["excerpt"])):
            held += 1
        else:
            lost[row["fingerprint"]] = f"{said}: other bytes stand there"
    return held, list(lost.values())
