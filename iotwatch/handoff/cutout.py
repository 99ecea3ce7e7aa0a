"""The cut-out of a finding: its packets with their own times, each with a comment that names the file and frame it is from.

Taken are the packets of the evidence, all packets between the two ends that the evidence speaks of, the DNS answers that named
the far end, the rest of a TCP conversation, and on USB all transfers of the device: a scan of the cut-out gives the same finding
again.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

from iotwatch.errors import NotStored
from iotwatch.files.printable import stored_path
from iotwatch.handoff.conversations import Conversations
from iotwatch.handoff.evidence import open_source
from iotwatch.handoff.pcapng import PcapngWriter
from iotwatch.model import Place, Step
from iotwatch.place.replay import Replay
from iotwatch.read import open_capture
from iotwatch.read.files.sniff import record_reader
from iotwatch.read.files.window import Window
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import queries
from iotwatch.unpack import EVERY_STEP
from iotwatch.version import __version__

_CAPTURE_STEPS = frozenset({"gzip", "xz", "bzip2", "zstd", "lz4"})


def cut_out(reader: EvidenceReader, finding: int, out: BinaryIO) -> int:
    """Write the packets of a finding (row id) as pcapng; gives their number. ``NotStored`` when none is in a capture."""
    wanted = _wanted(reader.whole, finding)
    writer = PcapngWriter(out, f"iotwatch {__version__}")
    count = 0
    for (path, place), (frames, ends) in sorted(wanted.items(), key=lambda item: item[0][0]):
        with open_source(path) as file:
            conversations = Conversations(record_reader(Window(_inner(file, path, place))), frames)
        with open_source(path) as file:
            for frame, data, length, time, link in _packets(_inner(file, path, place)):
                between = any(one in data and other in data for one, other in ends)
                if frame in frames or between or conversations.has(data, link):
                    writer.packet(data, length, time, link, f"from {Path(path).name}, frame {frame}")
                    count += 1
    if not count:
        raise NotStored("no evidence of this finding is in a capture, so there are no packets to cut out")
    return count


_Wanted = dict[tuple[str, Place | None], tuple[set[int], set[tuple[bytes, bytes]]]]


def _wanted(reader: Reader, finding: int) -> _Wanted:
    """Per capture (source and what leads to it inside the source): frames, and pairs of packed addresses."""
    facts = reader.ask(queries.named.row, "finding", finding)["facts"]
    ends = _ends(facts)
    wanted: _Wanted = defaultdict(lambda: (set(), set()))
    for row in reader.ask(queries.evidence.places, finding):
        place = reader.place(row["place_id"])
        if not place.frames:
            continue
        frames, pairs = wanted[row["path"], _outer(place)]
        frames.update(place.frames)
        pairs.update(ends)
        frames.update(_naming_frames(reader, row["source_id"], str(facts.get("server", ""))))
    return wanted


def _ends(facts: dict[str, object]) -> set[tuple[bytes, bytes]]:
    try:
        client = ip_address(str(facts.get("client", "")))
        server = ip_address(str(facts.get("server") or facts.get("resolver", "")))
    except ValueError:
        return set()
    return {(client.packed, server.packed)}


def _naming_frames(reader: Reader, source_id: int, server: str) -> set[int]:
    """Frames of the DNS answers that gave ``server``, and of nothing else."""
    rows = reader.ask(queries.observations.answers, source_id, f'%"{server}"%')
    return {row["frame"] for row in rows if server and row["frame"]}


def _outer(place: Place) -> Place | None:
    """The place of the capture itself inside its source: the part of the chain before the cut that has the frames."""
    here: Place | None = place
    outer: Place | None = None
    while here is not None:
        if not isinstance(here.operation, Step) and here.operation.frames:
            outer = here.parent
        here = here.parent
    return outer


def _inner(file: BinaryIO, path: str, place: Place | None) -> BinaryIO:
    if place is None:
        return file
    if all(isinstance(one, Step) and one.name in _CAPTURE_STEPS for one in place.chain()):
        return open_capture(stored_path(path))[0]
    return io.BytesIO(Replay(file, EVERY_STEP).result(place))


def _packets(file: BinaryIO) -> Iterator[tuple[int, bytes, int, int, int]]:
    """Frame number, bytes, length on the wire, time and link type of every packet."""
    for records in record_reader(Window(file)):
        columns = (records.frame, records.start, records.captured, records.length, records.time, records.link)
        for frame, start, captured, length, time, link in zip(*(column.tolist() for column in columns), strict=True):
            yield frame, records.data[start : start + captured].tobytes(), length, time, link
