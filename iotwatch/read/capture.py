"""``read_capture``: one pass over a capture file, to flows, contacts, streams and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import BinaryIO

import msgspec
import numpy as np

from iotwatch.files.limits import ReadLimits
from iotwatch.model import Coverage, Damage, Place
from iotwatch.read.files.records import Records
from iotwatch.read.files.sniff import Reader, record_reader
from iotwatch.read.files.window import Window
from iotwatch.read.flows.batch import payloads
from iotwatch.read.flows.contacts import ContactCollector, ContactTable
from iotwatch.read.flows.ends import Devices
from iotwatch.read.flows.table import FlowTable
from iotwatch.read.layers.columns import every
from iotwatch.read.layers.dissect import dissect
from iotwatch.read.layers.fragments import Fragments
from iotwatch.read.layers.packets import CUT, DEEP, Packets
from iotwatch.read.layers.typed import FrameKeeper, Taker
from iotwatch.read.listening import Listened, Listening
from iotwatch.read.stream import Kept, NoStreams
from iotwatch.read.streams.assembled import Streams
from iotwatch.read.streams.keep import ENCRYPTED, Keeper
from iotwatch.read.streams.segments import SegmentStore
from iotwatch.words.linktypes import link_type
from iotwatch.words.measures import Measure

Secrets = tuple[tuple[int, bytes], ...]
"""Key logs that a capture itself holds, each with its offset."""


class Capture(msgspec.Struct, frozen=True, dict=True):
    """What one capture file holds. Times are microseconds UTC; ``link_types`` maps names to packets.

    ``complete`` is false when bytes were damaged or the end is cut short (``damage`` says where), or when packets were
    stored shorter than they were on the wire. ``frames`` maps kinds of frames without a flow to packets. ``listened`` is
    when packets came, by the stamps that can be believed. ``sum_up`` makes the contacts, whose ends may be turned
    (``FlowTable.settle``) for as long as nobody asked for them.
    """

    format: str
    packets: int
    bytes: int
    link_types: dict[str, int]
    listened: Listened
    complete: bool
    damage: tuple[Damage, ...]
    coverage: tuple[Coverage, ...]
    flows: FlowTable
    sum_up: Callable[[], ContactTable]
    streams: Kept
    secrets: Secrets = ()
    frames: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def first(self) -> int | None:
        return self.listened.first

    @property
    def last(self) -> int | None:
        return self.listened.last

    @cached_property
    def contacts(self) -> ContactTable:
        """Who reached whom when, by the ends as they are known when this is first asked for."""
        return self.sum_up()

    def without_streams(self) -> Capture:
        """The same without the kept payload, which takes more memory than all else."""
        contacts = self.contacts
        return msgspec.structs.replace(self, streams=NoStreams(), sum_up=lambda: contacts)


def read_capture(
    file: BinaryIO,
    *,
    origin: Place | None = None,
    limits: ReadLimits | None = None,
    progress: Callable[[int], None] | None = None,
    devices: Devices | None = None,
    takers: Mapping[str, Taker] | None = None,
) -> Capture:
    """Read a capture from its first byte to its last; ``NotEvidence`` when it is none.

    ``origin`` is the place whose bytes ``file`` gives (a decompressed file), ``progress`` is told how many were read,
    ``devices`` are the clients wherever no handshake tells another. ``takers`` read frames without a flow as they come, by
    their kind.
    """
    window = Window(file, progress=progress)
    reader = record_reader(window)
    analysis = _Analysis(limits or ReadLimits(), devices, takers)
    for records in reader:
        if getattr(reader, "secrets", ()):
            analysis.keeper.follow_encrypted()
        analysis.take(records)
        del records  # it holds the window's columns while the next batch is made
    window.release()
    broken = getattr(getattr(file, "raw", None), "broken", "")
    if broken:
        end = window.base + window.have
        reader.damage.append(Damage(end, end, f"the compressed file is broken behind this: {broken}"))
    return analysis.finish(reader, window.base + window.have, origin)


def read_packets(batches: Iterable[Records], limits: ReadLimits, size: int, origin: Place | None) -> Capture:
    """The same for packets that stand in ``size`` bytes of something else than a capture file, which ``origin`` gives."""
    analysis = _Analysis(limits)
    for records in batches:
        analysis.take(records)
    return analysis.finish(_Carrier(), size, origin)


class _Carrier:
    """Stands for the file of packets that have none: nothing was damaged or dropped on the way to them."""

    format = "carried"
    damage: tuple[Damage, ...] = ()


class _Analysis:
    """Everything that batches of records are turned into."""

    def __init__(
        self, limits: ReadLimits, devices: Devices | None = None, takers: Mapping[str, Taker] | None = None
    ) -> None:
        self.store = SegmentStore()
        self.frame_store = SegmentStore()
        self.flows = FlowTable(devices)
        self.keeper = Keeper(self.flows, self.store, limits)
        self.contacts = ContactCollector(self.flows, limits.events)
        self.frames = FrameKeeper(self.frame_store, limits.frame_bytes, takers)
        self.fragments = Fragments(limits.fragment_bytes)
        self.links: Counter[int] = Counter()
        self.packets = 0
        self.cut = 0
        self.unread: Counter[int] = Counter()
        self.listening = Listening(limits.runs)

    def take(self, records: Records) -> None:
        self.packets += len(records)
        self._note(records)
        packets = dissect(records)
        completed = self.fragments.look(packets)
        if completed is not None:
            rebuilt, splices, rows = completed
            packets = packets.merged(dissect(rebuilt), splices, rows)
        batch = self.flows.update(packets)
        if batch is not None:
            kept = payloads(packets, batch, packets.end[batch.rows])
            sent = payloads(packets, batch, packets.sent_until(batch.rows)) if self.cut else kept
            self.contacts.look(packets, sent)
            self.keeper.look(packets, kept)
        if batch is None or len(batch.rows) < len(packets):
            self._rest(packets)

    def _note(self, records: Records) -> None:
        link = int(records.link[0])
        if every(records.link == link):
            self.links[link] += len(records)
        else:
            numbers, counts = np.unique(records.link, return_counts=True)
            self.links.update(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))
        self.cut += int((records.captured < records.length).sum())
        self.listening.take(records.time)

    def _rest(self, packets: Packets) -> None:
        for code in (CUT, DEEP):
            self.unread[code] += int((packets.code == code).sum())
        self.frames.look(packets)

    def finish(self, reader: Reader | _Carrier, size: int, origin: Place | None) -> Capture:
        self.contacts.close()
        self.flows.close()
        coverage = tuple(self._coverage(reader))
        spliced = (self.keeper.spliced, self.keeper.spliced_sides)
        streams = Streams(self.flows, self.store, self.frame_store, spliced, self.frames.kinds, origin)
        return Capture(
            format=reader.format,
            packets=self.packets,
            bytes=size,
            link_types={link_type(number).name: count for number, count in self.links.items()},
            listened=self.listening.finish(),
            complete=not reader.damage and not self.cut,
            damage=tuple(reader.damage),
            coverage=coverage,
            flows=self.flows,
            sum_up=self.contacts.finish,
            streams=streams,
            secrets=tuple(getattr(reader, "secrets", ())),
            frames=dict(self._kinds()),
        )

    def _kinds(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for (kind, _), count in zip(self.frames.kinds, self.frames.counts, strict=True):
            counts[kind] += count
        return counts

    def _coverage(self, reader: Reader | _Carrier) -> Iterable[Coverage]:
        for (kind, link), count, left in zip(self.frames.kinds, self.frames.counts, self.frames.left, strict=True):
            yield Coverage(Measure.FRAMES, count, f"link type {link}", kind)
            if left:
                yield Coverage(Measure.FRAMES_LEFT, left, "over the budget for frames that are no IP", kind)
        if self.cut:
            yield Coverage(Measure.PACKETS_CUT, self.cut, "stored shorter than on the wire (snap length)")
        for code, name, note in (
            (CUT, Measure.PACKETS_UNREAD, "end inside a header"),
            (DEEP, Measure.PACKETS_DEEP, "nested beyond the limit"),
        ):
            if self.unread[code]:
                yield Coverage(name, self.unread[code], note)
        if self.fragments.incomplete:
            yield Coverage(
                Measure.FRAGMENTS_INCOMPLETE, self.fragments.incomplete, "IP datagrams of which a part is missing"
            )
        if secrets := getattr(reader, "secrets_left", 0):
            yield Coverage(Measure.TLS_LEFT, secrets, "blocks of secrets over the limit", "secrets over the limit")
        dropped = getattr(reader, "dropped", 0)
        if dropped:
            yield Coverage(Measure.PACKETS_DROPPED, dropped, "the capturing host says that it dropped them")
        yield from self._kept()

    def _kept(self) -> Iterable[Coverage]:
        keeper = self.keeper
        sides = min(len(keeper.verdict), 2 * len(self.flows))
        seen, kept, verdict = keeper.seen[:sides], keeper.kept[:sides], keeper.verdict[:sides]
        encrypted = verdict == ENCRYPTED
        yield Coverage(Measure.PAYLOAD_SEEN, int(seen.sum()), "payload bytes of all flows")
        if encrypted.any():
            told = "bytes of encrypted flows" + ("" if keeper.follows else ", heads kept")
            yield Coverage(Measure.PAYLOAD_ENCRYPTED, int(seen[encrypted].sum()), told)
        left = np.where(encrypted & (not keeper.follows), 0, seen - kept)
        if left.sum():
            cut = int((left > 0).sum())
            yield Coverage(Measure.PAYLOAD_LEFT, int(left.sum()), f"over budget, in {cut} directions of flows")
        if self.contacts.left:
            yield Coverage(Measure.CONTACTS_LEFT, self.contacts.left, "events over the limit")
