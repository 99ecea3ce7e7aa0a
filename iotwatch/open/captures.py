"""Captures: files of packets, and network frames that stand inside something else."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from iotwatch.decode import FRAMES
from iotwatch.errors import DamagedSource, NotEvidence
from iotwatch.files.magics import COMPRESSED
from iotwatch.model import Coverage, Place
from iotwatch.observe.traffic.capture import ObservedCapture
from iotwatch.observe.traffic.scope import Scope
from iotwatch.observe.traffic.tags import Tags
from iotwatch.open.blob import FILE, Blob, Source
from iotwatch.open.opened import Facts, Kit, Opened
from iotwatch.read import Framed, read_framed
from iotwatch.read.capture import Capture, read_capture
from iotwatch.read.files.sniff import READERS
from iotwatch.read.files.zeek import zeek_log
from iotwatch.read.sweeps.forms import sweep_form
from iotwatch.words.linktypes import BLUETOOTH, is_link_kind
from iotwatch.words.measures import Measure

# Bytes of a serial line are what any decoder may know, and SCTP is given to tshark.
_READ = frozenset({*FRAMES, "serial", "sctp"})


class CaptureFile(msgspec.Struct, frozen=True):
    """A file of packets in one format; it is read front to back and never held in memory."""

    name: str
    kind: str = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.form == self.name

    def open(self, blob: Blob, kit: Kit) -> Opened:
        return read_blob(blob, kit)


def read_blob(blob: Blob, kit: Kit, form: str = "") -> Opened:
    """Read a file of packets; ``form`` names what it was made of, where a step made it."""
    progress = None if blob.depth else kit.progress
    tags = Tags(blob.place, blob.path)
    with blob.reading() as file:
        try:
            devices = kit.scope.devices() if kit.scope else None
            takers = {BLUETOOTH: tags.take}
            capture = read_capture(
                file, origin=blob.place, limits=kit.read_limits(), progress=progress, devices=devices, takers=takers
            )
        except NotEvidence as error:
            # Its first bytes said that it is one: what is missing is damage, not another kind of file.
            raise DamagedSource(str(error)) from error
    facts = Facts(
        *("capture", form or capture.format, capture.packets, dict(capture.link_types)),
        *(capture.first, capture.last, tuple(capture.damage)),
        stretches=capture.listened.stretches,
    )
    return _observed(capture, blob.place, blob.path, kit, kit.scope, facts, tags)


class FramesInside:
    """Network frames inside something else. What passes the wire of the device under test is its own: no scope."""

    name = "frames"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind != FILE and isinstance(blob.stream, Framed)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        framed = blob.stream
        assert isinstance(framed, Framed)  # noqa: S101  it is what was claimed
        return _observed(read_framed(framed, kit.read_limits()), framed.origin, framed.path, kit, None)


def _observed(
    capture: Capture,
    origin: Place | None,
    path: str,
    kit: Kit,
    scope: Scope | None,
    facts: Facts | None = None,
    tags: Tags | None = None,
) -> Opened:
    flows = len(kit.flows)
    lookers = kit.look_at, kit.unexplained
    seen = ObservedCapture(capture, origin, path, kit.collector, kit.names, flows, scope, *lookers, kit.keylogs)

    def rest() -> Opened:
        rows = seen.rows()
        told = replace(facts, vantage=rows.vantage) if facts is not None else None
        heard = tags.finish(kit.collector, scope) if tags is not None else []
        return Opened(told, flows=rows.flows, contacts=rows.contacts, coverage=(*rows.coverage, *heard))

    foreign = tuple(_foreign(capture, path))
    complete = capture.complete and not foreign
    coverage = (*capture.coverage, *foreign)
    if facts is not None:
        coverage += capture.listened.coverage
    return Opened(facts, messages=seen.messages(), coverage=coverage, complete=complete, rest=rest)


def _foreign(capture: Capture, path: str) -> Iterator[Coverage]:
    """Frames of link types that have no reader: counted, and told by name."""
    for kind, count in capture.frames.items():
        if is_link_kind(kind) and kind not in _READ:
            frames = f"frames of link type {kind}, which is not read"
            yield Coverage(Measure.NOT_READ, float(count), f"{path}: {frames}" if path else frames)


class Compressed:
    """A compressed capture or Zeek log: read through its compression as it comes. What else is compressed is unpacked."""

    name = "compressed"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        if not isinstance(blob, Source) or blob.form not in COMPRESSED:
            return False
        inside = blob.expanded()
        if inside.form in READERS or inside.named or zeek_log(inside.head) or sweep_form(inside.head):
            return True
        return inside.form is None and inside.chained is not None

    def open(self, blob: Blob, kit: Kit) -> Opened:  # noqa: ARG002
        return Opened(blobs=(blob.expanded(),) if isinstance(blob, Source) else ())
