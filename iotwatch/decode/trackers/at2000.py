"""AT2000 trackers: TCP, blocks of 16 bytes, encrypted after the login with a key that the server learns elsewhere.

Source: reference samples. The login is ``01`` kind(1) length(1), zero bytes up to byte 17, the IMEI in ASCII(15), then a key
exchange. What follows is encrypted, so only the sender is known.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.fields import is_imei
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError

BLOCK = 16


class At2000(FrameDialect):
    """AT2000 trackers."""

    name: ClassVar[str] = "at2000"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"\x01[\x00-\x04][\s\S]\x00{14}\d{15}",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"\x01[\x00-\x04].\0{14}\d{15}", re.DOTALL)

    def measure(self, data: bytes, at: int, end: int) -> int:
        return 4 * BLOCK if end - at >= 4 * BLOCK and self.start.match(data, at) else 0

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        imei = frame[BLOCK + 1 : BLOCK + 16].decode("ascii")
        if not is_imei(imei):
            raise DecodeError("an AT2000 login without an IMEI")
        report.device(imei)
        report.fields["encrypted"] = True
        report.doubts.append("what follows the login is encrypted and was not read")


DIALECT = At2000()
