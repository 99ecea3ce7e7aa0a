"""The dialogue before a PPP connection: pppd records its chat script as frames, whose first byte reads as a protocol.

A line that begins ``AT`` has the compressed protocol number 0x41 (RFC 1661 section 6.5), one that begins with CR 0x0D. The byte
stands just before the frame's data, so the line is whole again with a cut that begins one byte earlier.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from iotwatch.decode.message import Claim, Message
from iotwatch.read.stream import Stream

_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t"
LEADS = {f"ppp-{byte:04x}": bytes([byte]) for byte in b"A+\r\n"}


class PppChat:
    """The chat as text, when all of it reads as such."""

    name = "ppp-chat"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        lead = LEADS.get(stream.kind)
        if lead is None or not stream.data or stream.data.translate(None, _PRINTABLE) or stream.offsets.min() < 1:
            return
        parts = [lead + stream.data[start:end] for start, end in stream.segments()]
        lengths = np.array([len(part) for part in parts], np.int64)
        body = replace(
            stream,
            data=b"".join(parts),
            starts=np.cumsum(lengths) - lengths,
            offsets=stream.offsets - 1,
            kind="text",
            datagram=False,
        )
        yield Message("ppp-chat", stream, (0, len(stream.data)), stream.time_at(0), body=body)


PPP_CHAT = PppChat()
