"""Teltonika DualCam: TCP, pictures and films that a Teltonika tracker sends beside its positions.

Source: Teltonika's wiki, "DualCam"; reference samples. Command(2) length(2) content. ``00 00`` opens with protocol(2)
IMEI(8, an integer) settings(4); ``00 0D`` names a file. What passes between is media: it holds no position.
"""

from __future__ import annotations

import re

from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

OPEN, NAME = b"\x00\x00", b"\x00\x0d"
_PATH = re.compile(rb"[!-~]{5,200}")


def _measure(window: bytes) -> int:
    return 4 + int.from_bytes(window[2:4], "big")


def _fill(frame: bytes, report: Report) -> None:
    if frame[:2] == OPEN:
        imei = str(int.from_bytes(frame[6:14], "big"))
        if not is_imei(imei):
            raise DecodeError("a DualCam opening without an IMEI")
        report.device(imei)
        report.fields["type"] = "open"
        return
    path = _PATH.match(frame, 4)
    if path is None or b"/" not in path.group() or path.end() < len(frame) - 1:
        raise DecodeError("a DualCam file without a name")
    report.fields.update(type="file", path=path.group().decode("ascii"))


DIALECT = FramedDialect(
    name="dualcam",
    rank=70,
    anchors=(rb"\x00\x00\x00[\x0e\x10]\x00", rb"\x00\x0d\x00[\x05-\xf0][!-~]{5}"),
    measure=_measure,
    read=gathered(_fill),
)
