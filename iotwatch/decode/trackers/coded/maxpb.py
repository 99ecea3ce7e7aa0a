"""MaxPb units: reports in protobuf behind a head with a CRC, TCP.

Source: public descriptions; a sample without a place agrees with the head and its CRC. ``55 AA 55 AA`` length(2 LE, from the CRC's
end on and the CRC) CRC-16/XMODEM(2 LE) type(2 LE) format(2 LE, 0) message. Message of type 1: 3 who (1 the IMEI), 4 the new
report, 5 old ones. Report: 3 Unix time, 4 place (3 latitude and 4 longitude as sfixed32 of 1e-7 degrees, 7 course), 5 receiver
(2 state: from 2 on a fix).
"""

from __future__ import annotations

from iotwatch.decode.fields import unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frames import FramedDialect, checked
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.files.protobuf import Field, fields

HEAD = 12
REPORTS = 1
_VARINT, _BYTES, _FIXED32 = 0, 2, 5


def _measure(window: bytes) -> int | None:
    size = int.from_bytes(window[4:6], "little") + 6
    return size if HEAD <= size <= 8192 else None


def _verify(frame: bytes) -> str:
    return checked(good=crc16_xmodem(frame[8:]) == int.from_bytes(frame[6:8], "little"))


def _fill(frame: bytes, report: Report) -> None:
    kind, form = int.from_bytes(frame[8:10], "little"), int.from_bytes(frame[10:12], "little")
    report.fields["type"] = "report" if kind == REPORTS else f"type {kind}"
    if kind != REPORTS or form:
        return
    for field in _inside(frame, HEAD, len(frame)):
        if field.number == 3 and field.wire == _BYTES:
            for one in _inside(frame, field.at, field.end):
                if one.number == 1 and one.wire == _BYTES:
                    report.device(frame[one.at : one.end].decode("ascii", "replace"))
        elif field.number in {4, 5} and field.wire == _BYTES:
            _report(frame, field, report)


def _inside(frame: bytes, at: int, end: int) -> list[Field]:
    found = fields(frame, at, end)
    if found is None:
        raise DecodeError("a message of protobuf is broken")
    return found


def _report(frame: bytes, outer: Field, report: Report) -> None:
    time: int | None = None
    valid = True
    place: dict[int, float] = {}
    for field in _inside(frame, outer.at, outer.end):
        if field.number == 3 and field.wire == _VARINT:
            time = unix_time(field.value)
        elif field.number == 4 and field.wire == _BYTES:
            place = {one.number: _value(frame, one) for one in _inside(frame, field.at, field.end)}
        elif field.number == 5 and field.wire == _BYTES:
            valid = all(one.value >= 2 for one in _inside(frame, field.at, field.end) if one.number == 2)
    if 3 in place and 4 in place:
        report.fix(place[3] / 1e7, place[4] / 1e7, time=time, valid=valid, course=place.get(7))


def _value(frame: bytes, field: Field) -> float:
    if field.wire == _FIXED32:
        return int.from_bytes(frame[field.at : field.end], "little", signed=True)
    return field.value


DIALECT = FramedDialect(
    name="maxpb",
    rank=10,
    samples=1,
    anchors=(rb"\x55\xaa\x55\xaa",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    limit=8192,
)
