"""What binary dialects share: walking frames in streams and datagrams, and gathering what a frame says.

A dialect says how long the frame at a byte is (``measure``), whether its check value holds (``verify``) and what it
means (``read``); ``FrameDialect`` makes the ``Decoder`` of that: resync after junk, several frames in a segment,
frames split over segments, one broken frame that does not lose the rest, and a bounded cost on hostile bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from iotwatch.decode.message import AccessPoint, Cell, Fix, Message, Trait
from iotwatch.decode.trackers.fields import bssid, is_imei, on_globe
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream

LONGEST_FRAME = 1 << 16
HEAD_ENOUGH = 512
_FACTOR = 2  # work on refused frames, in bytes, is at most this many times the stream


class Session:
    """What one stream has said so far: the device that logged in, and which way the bytes go."""

    __slots__ = ("device", "up")

    def __init__(self, *, up: bool = True) -> None:
        self.up = up
        self.device = ""


class Report:
    """Gathers what one frame says; impossible values are left out and told in ``doubts``.

    ``confidence`` is told by a frame that says less, or proves more, than its dialect's others; a check value bounds it.
    """

    def __init__(self, span: tuple[int, int] = (0, 0)) -> None:
        self.span = span
        self.fields: dict[str, Any] = {}
        self.fixes: list[Fix] = []
        self.cells: list[Cell] = []
        self.access_points: list[AccessPoint] = []
        self.traits: list[Trait] = []
        self.device_ids: list[str] = []
        self.vin = ""
        self.doubts: list[str] = []
        self.confidence: Confidence | None = None

    def fix(
        self,
        latitude: float,
        longitude: float,
        *,
        time: int | None = None,
        valid: bool | None = None,
        speed: float | None = None,
        course: float | None = None,
        altitude: float | None = None,
    ) -> None:
        """Add a position: degrees, UTC microseconds, km/h, degrees from north, metres. 0/0 is never a valid fix."""
        if not on_globe(latitude, longitude):
            self.doubts.append("the coordinates are off the globe")
            return
        if latitude == 0 and longitude == 0:
            valid = False
        self.fixes.append(Fix(latitude, longitude, self.span, time, valid, speed, course, altitude))

    def cell(self, mcc: int, mnc: int, lac: int, cid: int) -> None:
        """Add a radio cell unless its country code or its identity is a filler (ITU-T E.212: 200 to 799)."""
        if 200 <= mcc <= 799 and mnc <= 999 and 0 < cid < 1 << 36 and lac >= 0:
            found = Cell(mcc, mnc, lac, cid)
            if found not in self.cells:
                self.cells.append(found)

    def access_point(self, mac: bytes, signal: int | None = None, ssid: str = "") -> None:
        """Add a Wi-Fi access point unless its address is a filler; ``signal`` is in dBm."""
        if mac not in (bytes(6), b"\xff" * 6):
            self.access_points.append(AccessPoint(bssid(mac), signal, ssid))

    def device(self, value: str, kind: str = "") -> None:
        """Add an id of the sender; ``kind`` makes it an observation too (an IMEI is known by its check digit)."""
        if not value.strip("0") or value in self.device_ids:
            return
        self.device_ids.append(value)
        if not kind and is_imei(value):
            kind = "imei"
        if kind:
            self.trait(kind, value)

    def trait(self, kind: str, value: str) -> None:
        """Add what the frame says of its sender."""
        if value:
            self.traits.append(Trait(kind, value, self.span))


class FrameDialect:
    """A ``Decoder`` of framed binary messages. ``start`` finds where a frame may begin, for the resync.

    ``unproven`` is the confidence of a frame without a check value; a ``weak_check`` (8 bits) proves no claim alone.
    A ``strict`` dialect's frame begins with next to nothing, so that one with a wrong check value is no frame at all.
    """

    name: ClassVar[str]
    anchors: ClassVar[tuple[bytes, ...]]
    start: ClassVar[re.Pattern[bytes]]
    unproven: ClassVar[Confidence] = Confidence.LIKELY
    weak_check: ClassVar[bool] = False
    strict: ClassVar[bool] = False

    def measure(self, data: bytes, at: int, end: int) -> int:
        """Length of the frame at ``at``; 0 when none begins there. It may reach past ``end``: a frame cut short."""
        raise NotImplementedError

    def verify(self, frame: bytes) -> str:
        """The word on the frame's check value: ``ok``, ``bad`` or ``none``."""
        raise NotImplementedError

    def read(self, frame: bytes, report: Report, session: Session) -> None:
        """Put what the frame says into ``report``; ``DecodeError`` when it is broken."""
        raise NotImplementedError

    def claims(self, head: bytes, flow: Flow | None) -> bool:  # noqa: ARG002
        """Whether ``head`` begins with a whole frame that is proven or can be read."""
        size = self.measure(head, 0, len(head)) if head else 0
        if not size:
            return False
        if size > len(head):
            return len(head) >= HEAD_ENOUGH and not self.strict
        frame = head[:size]
        checksum = self.verify(frame)
        if checksum == "bad" and self.strict:
            return False
        if checksum == "ok" and not self.weak_check:
            return True
        try:
            self.read(frame, Report(), Session())
        except DecodeError:
            return False
        return True

    def messages(self, stream: Stream) -> Iterator[Message]:
        """Yield every frame that says something; ``DecodeError`` when frames were there and none could be read."""
        session = Session(up=stream.up)
        ranges = stream.segments() if stream.datagram else iter(((0, len(stream.data)),))
        budget = _FACTOR * len(stream.data) + LONGEST_FRAME
        broken: DecodeError | None = None
        told = False
        for first, end in ranges:
            at = first
            while at < end and budget > 0:
                size = self.measure(stream.data, at, end)
                step = 0
                if 0 < size <= end - at:
                    checksum = self.verify(stream.data[at : at + size])
                    step = size if checksum == "ok" else 0
                    try:
                        message = self._message(stream, (at, at + size), checksum, session)
                    except DecodeError as error:
                        broken = broken or error
                    else:
                        step = size
                        told = True
                        yield message
                if not step:
                    budget -= max(size, 64)
                    following = self.start.search(stream.data, at + 1, end)
                    step = (following.start() if following else end) - at
                at += step
        if broken is not None and not told:
            raise broken

    def _message(self, stream: Stream, span: tuple[int, int], checksum: str, session: Session) -> Message:
        report = Report(span)
        if checksum == "bad" and self.strict:
            raise DecodeError(f"a frame of {self.name} with a wrong checksum")
        try:
            self.read(stream.data[span[0] : span[1]], report, session)
        except DecodeError as error:
            if not report.fixes:
                raise
            report.doubts.append(f"not read to the end: {error}")
        if checksum == "bad":
            report.doubts.append("the checksum is wrong")
        if report.device_ids:
            session.device = report.device_ids[0]
        elif session.device:
            report.device_ids.append(session.device)
        return Message(
            protocol=self.name,
            stream=stream,
            span=span,
            time=stream.time_at(span[0]),
            fields=report.fields,
            fixes=tuple(report.fixes),
            cells=tuple(report.cells),
            access_points=tuple(report.access_points),
            traits=tuple(report.traits),
            device_ids=tuple(report.device_ids),
            vin=report.vin,
            checksum=checksum,
            confidence=self._confidence(checksum, report.confidence),
            doubts=tuple(dict.fromkeys(report.doubts)),
        )

    def _confidence(self, checksum: str, told: Confidence | None) -> Confidence:
        proven = {"ok": Confidence.CERTAIN, "bad": Confidence.POSSIBLE}.get(checksum, Confidence.LIKELY)
        if told is not None:
            return min(proven, told)
        return proven if checksum != "none" else self.unproven
