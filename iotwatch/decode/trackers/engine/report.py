"""A ``Report`` gathers what a frame of many optional parts says, part by part; ``gathered`` makes a ``read`` of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iotwatch.decode.fields import bssid, on_globe
from iotwatch.decode.message import AccessPoint, Cell, Fix, Trait
from iotwatch.decode.trackers.engine.frames import Frame, Read, Session, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said


class Report:
    """Filled while a frame of ``size`` bytes is read; impossible values are left out and told in ``doubts``.

    ``confidence`` is told by a frame that says less, or proves more, than its dialect's others; a check value bounds it.
    ``time`` is the frame's own, when it is not that of its first fix.
    """

    def __init__(self, size: int = 0) -> None:
        self.span = (0, size)
        self.fields: dict[str, Any] = {}
        self.fixes: list[Fix] = []
        self.cells: list[Cell] = []
        self.access_points: list[AccessPoint] = []
        self.traits: list[Trait] = []
        self.device_ids: list[str] = []
        self.vin = ""
        self.time: int | None = None
        self.doubts: list[Said] = []
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
            self.doubts.append(ReadingDoubt.OFF_GLOBE())
            return
        self.fixes.append(
            fix_at(latitude, longitude, self.span, time, valid=valid, speed=speed, course=course, altitude=altitude)
        )

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

    def device(self, value: str, kind: Kind | None = None) -> None:
        """Add an id of the sender; ``kind`` makes it an observation too (an IMEI is known by its check digit)."""
        if not value.strip("0") or value in self.device_ids:
            return
        self.device_ids.append(value)
        self.trait(kind or Kind.IMEI, value if kind or is_imei(value) else "")

    def trait(self, kind: Kind, value: str) -> None:
        """Add what the frame says of its sender."""
        if value:
            self.traits.append(Trait(kind, value, self.span))

    def frame(self, checksum: str) -> Frame:
        """All of it, frozen."""
        return Frame(
            fields=self.fields,
            fixes=tuple(self.fixes),
            cells=tuple(self.cells),
            access_points=tuple(self.access_points),
            device=self.device_ids[0] if self.device_ids else "",
            aliases=tuple(self.device_ids[1:]),
            vin=self.vin,
            time=self.time,
            traits=tuple(self.traits),
            checksum=checksum,
            confidence=self.confidence,
            doubts=tuple(dict.fromkeys(self.doubts)),
        )


Fill = Callable[[bytes, Report], None]
Verify = Callable[[bytes], str]


def gathered(
    fill: Fill,
    verify: Verify | None = None,
    *,
    unproven: Confidence = Confidence.LIKELY,
    weak_check: bool = False,
    strict: bool = False,
) -> Read:
    """The ``read`` of a dialect whose ``fill`` puts what a frame says into a report, or raises ``DecodeError``.

    ``verify`` gives the word on the check value: ok, bad or none. ``unproven`` is the confidence of a frame without one;
    a ``weak_check`` (8 bits) proves nothing alone. A ``strict`` dialect's frame begins with next to nothing, so that one
    with a wrong check value is no frame at all. What was read before a break is kept once there is a position in it.
    """

    def read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
        checksum = verify(frame) if verify is not None else "none"
        if checksum == "bad" and strict:
            raise DecodeError("the check value is wrong")
        report = Report(len(frame))
        try:
            fill(frame, report)
        except DecodeError as error:
            if not report.fixes and (checksum != "ok" or weak_check):
                raise
            report.doubts.append(ReadingDoubt.NOT_TO_THE_END(error=str(error)))
            if checksum == "none":
                report.confidence = Confidence.POSSIBLE
        if checksum == "none" and report.confidence is None:
            report.confidence = unproven
        return report.frame(checksum)

    return read
