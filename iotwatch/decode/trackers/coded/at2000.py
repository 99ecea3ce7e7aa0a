"""AT2000 trackers: TCP, blocks of 16 bytes, encrypted after the login with a key that the server learns elsewhere.

Source: reference samples. The login is ``01`` kind(1) length(1), zero bytes up to byte 17, the IMEI in ASCII(15), then a key
exchange. What follows is encrypted, so only the sender is known.
"""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

BLOCK = 16


def _measure(window: bytes) -> int:  # noqa: ARG001 - the anchors say it all
    return 4 * BLOCK


def _fill(frame: bytes, report: Report) -> None:
    imei = frame[BLOCK + 1 : BLOCK + 16].decode("ascii")
    if not is_imei(imei):
        raise DecodeError("an AT2000 login without an IMEI")
    report.device(imei)
    report.fields["encrypted"] = True
    report.doubts.append("what follows the login is encrypted and was not read")


DIALECT = FramedDialect(
    name="at2000",
    anchors=(rb"\x01[\x00-\x04][\s\S]\x00{14}\d{15}",),
    measure=_measure,
    read=gathered(_fill),
)
