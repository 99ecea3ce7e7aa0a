"""Logs of a modem's diagnostics: files of their own, and what passed the diagnostic port of a modem on USB."""

from __future__ import annotations

from iotwatch.decode.diagnostics import READ
from iotwatch.files.magics import Form
from iotwatch.model import Coverage
from iotwatch.observe.diagnostics import ObservedPackets
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.read.diagnostics import LogPackets, from_dlf, from_hdlc, read_sdm, without
from iotwatch.read.listening import heard
from iotwatch.read.stream import NO_TIME
from iotwatch.words.measures import Measure
from iotwatch.words.vantage import Vantage

_READERS = {"qmdl": from_hdlc, "dlf": from_dlf}


class DiagnosticsFile:
    """A log of Qualcomm's diagnostics (QMDL, MobileInsight's mi2log, DLF)."""

    name = "diagnostics"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        form = _form(blob)
        return form is not None and form.name in _READERS

    def open(self, blob: Blob, kit: Kit) -> Opened:
        form = _form(blob)
        assert form is not None  # noqa: S101  it is what was claimed
        packets = _READERS[form.name](blob.stream)
        seen = ObservedPackets(packets, kit.collector)
        listened = heard(packets.stamps[packets.stamps != NO_TIME])
        facts = Facts(
            *("capture", form.name, packets.count, {}, listened.first, listened.last, packets.damage, Vantage.DIAG),
            stretches=listened.stretches,
        )

        def rest() -> Opened:
            # What was read is not searched: the same bytes would be a second witness.
            searched(without(packets, READ), kit, leaf=False)
            rows = seen.rows()
            complete = all(row.measure is not Measure.NOT_READ for row in rows)
            return Opened(coverage=(*rows, *listened.coverage), complete=complete)

        return Opened(facts, messages=seen.messages(), complete=not packets.damage, rest=rest)


class DiagnosticsInside:
    """The same packets out of something else. What passes the port of the device under test is its own."""

    name = "diagnostic-port"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind != FILE and isinstance(blob.stream, LogPackets)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        packets = blob.stream
        assert isinstance(packets, LogPackets)  # noqa: S101  it is what was claimed
        seen = ObservedPackets(packets, kit.collector)
        return Opened(messages=seen.messages(), rest=lambda: Opened(coverage=tuple(seen.rows())))


class SamsungFile:
    """A log of Samsung's diagnostics (SDM): its frames are counted, and what they say is not read."""

    name = "sdm"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        form = _form(blob)
        return form is not None and form.name == self.name

    def open(self, blob: Blob, kit: Kit) -> Opened:
        form = _form(blob)
        assert form is not None  # noqa: S101  it is what was claimed
        count, damage = read_sdm(blob.stream.data)
        facts = Facts("capture", form.name, count, damage=damage, vantage=Vantage.DIAG)
        said = f"{form.title}: its {count} frames were counted, what they say is not read"
        row = Coverage(Measure.NOT_READ, float(count), said, form.title)

        def rest() -> Opened:
            return searched(blob.stream, kit, leaf=False)

        return Opened(facts, coverage=(row,), complete=False, unread=len(blob.stream.data), rest=rest)


def _form(blob: Blob) -> Form | None:
    form = blob.chained if blob.kind == FILE else None
    return form if form is not None and blob.container in (None, "raw") else None
