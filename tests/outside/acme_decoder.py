"""A worked example of another package, part one: a decoder. It imports from ``decode.message``, as ``decode`` is being loaded."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Claim, Fix, Message
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream


class Acme:
    """``ACME1 <latitude> <longitude>``, a line a message."""

    name = "acme"
    anchors = (rb"ACME1 ",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return Claim(self) if head.startswith(b"ACME1 ") else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        at = 0
        for line in stream.data.splitlines(keepends=True):
            span, at = (at, at + len(line)), at + len(line)
            words = line.split()
            if len(words) == 3 and words[0] == b"ACME1":
                try:
                    fix = Fix(float(words[1]), float(words[2]), span=span)
                except ValueError:
                    continue
                yield Message(protocol=self.name, stream=stream, span=span, fixes=(fix,), confidence=Confidence.LIKELY)


ACME = Acme()
