"""Globalstar simplex messages (SmartOne, SPOT Trace) as the back office hands them on: XML ``stuMessages``.

The payload of a location message is nine bytes: a type whose low two bits are 0, latitude and longitude as signed
24-bit fractions of 90 and 180 degrees (x 2^23). Source: Globalstar simplex data format, confirmed on a sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.fields import unix_time
from iotwatch.decode.message import UNRANKED, Claim, Fix, Message, Trait, by_head
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_MESSAGE = re.compile(
    rb"<stuMessage>\s*<esn>([0-9-]{4,20})</esn>\s*<unixTime>(\d{9,10})</unixTime>"
    rb"[^\0]{0,64}?<payload[^>]{0,128}>0x([0-9A-Fa-f]{18})</payload>"
)
_FULL = 1 << 23


class Globalstar:
    """The ESN names the device; the time is the network's."""

    name = "globalstar"
    rank = UNRANKED
    anchors = (rb"[\x00-\x20]{0,8}(?:<\?xml[^>]*>\s*)?<stuMessages",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, b"<stuMessage" in head)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for match in _MESSAGE.finditer(stream.data):
            raw = bytes.fromhex(match[3].decode("ascii"))
            time = unix_time(int(match[2]))
            esn = match[1].decode("ascii")
            fixes: tuple[Fix, ...] = ()
            if raw[0] & 0x03 == 0:
                latitude = int.from_bytes(raw[1:4], "big", signed=True) * 90 / _FULL
                longitude = int.from_bytes(raw[4:7], "big", signed=True) * 180 / _FULL
                valid = False if latitude == 0 == longitude else None
                fixes = (Fix(latitude, longitude, match.span(3), time, valid),)
            yield Message(
                protocol=self.name,
                stream=stream,
                span=match.span(),
                time=time,
                fixes=fixes,
                traits=(Trait(Kind.DEVICE_ID, esn, match.span(1)),),
                device_ids=(esn,),
                confidence=Confidence.LIKELY,
            )


DIALECT = Globalstar()
