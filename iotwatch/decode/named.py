"""Protocols that are only named: their content is encrypted, or says nothing of the device. One line adds one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from iotwatch.decode.message import Claim, Decoder, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_ONE_QUESTION = bytes((0, 1, 0, 0, 0, 0, 0, 0))  # RFC 1035 section 4.1.1


def _ntp(head: bytes) -> bool:
    """RFC 5905 section 7.3: 48 bytes, then fields of four; stratum, poll and precision as clocks have them.

    Root delay and dispersion are seconds in 16.16 fixed point: a clock that is minutes away keeps no time. A delay of just one
    second without dispersion is what the counts of a DNS question read as.
    """
    precise = head[3] == 0 or head[3] >= 0xD0
    near = not head[4] and not head[8] and head[4:12] != _ONE_QUESTION
    return head[1] <= 16 and head[2] <= 17 and precise and near and len(head) in (48, 52, 68, 72)


def _stun(head: bytes) -> bool:
    """RFC 8489 section 5: the length does not count the header of 20 bytes."""
    return int.from_bytes(head[2:4], "big") + 20 <= max(len(head), 1400)


def _quic(head: bytes) -> bool:
    """RFC 9000 section 17.2: connection ids of 20 bytes at most, the source's after the destination's."""
    at = 6 + head[5]
    return head[5] <= 20 and at < len(head) and head[at] <= 20 and len(head) >= 100


def _wireguard(head: bytes) -> bool:
    """WireGuard paper, section 5.4: initiation, response and cookie reply have these sizes."""
    return len(head) == {1: 148, 2: 92, 3: 64}.get(head[0])


class Named(msgspec.Struct, frozen=True):
    """A decoder that says little more than the protocol's name, once a stream; a first line may be told as a trait."""

    name: str
    anchors: tuple[bytes, ...]
    check: Callable[[bytes], bool]
    least: int
    transport: str = ""
    trait: Kind | None = None
    told: Callable[[bytes], dict[str, Any]] = lambda _: {}

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and self.transport and flow.transport in ("tcp", "udp") and flow.transport != self.transport:
            return None
        return by_head(self, self._is(head))

    def _is(self, head: bytes) -> bool:
        anchored = any(re.match(anchor, head) for anchor in self.anchors)
        return anchored and len(head) >= self.least and self.check(head)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            head = stream.data[start : min(end, start + 2048)]
            if not self._is(head):
                continue
            traits: tuple[Trait, ...] = ()
            if self.trait:
                line = head[:255].partition(b"\n")[0].rstrip(b"\r")
                end = start + len(line)
                traits = (Trait(self.trait, line.decode("latin-1"), (start, end)),)
            when = stream.time_at(start)
            yield Message(self.name, stream, (start, end), when, fields=self.told(head), traits=traits)
            return


def _sure(head: bytes) -> bool:  # noqa: ARG001 - the anchor alone is proof
    return True


NAMED: tuple[Decoder, ...] = (
    Named("stun", (rb"(?s:[\x00-\x03]..[\x00\x04\x08\x0c\x10-\xfc]\x21\x12\xa4\x42)",), _stun, 20),
    Named(
        "quic",
        (
            rb"(?s:[\xc0-\xff](?:\x00\x00\x00\x01|\x6b\x33\x43\xcf|\xff\x00\x00[\x10-\x22]|\xfa\xce\xb0.|[QT]0[45][0-9])"
            rb"[\x00-\x14])",
        ),
        _quic,
        7,
        "udp",
    ),
    Named("wireguard", (rb"[\x01-\x03]\x00\x00\x00",), _wireguard, 64, "udp"),
    Named(
        "ntp",
        (rb"(?s:[\x09-\x0d\x11-\x15\x19-\x1d\x21-\x25\xc9-\xcd\xd1-\xd5\xd9-\xdd\xe1-\xe5][\x00-\x10]..)",),
        _ntp,
        48,
        "udp",
        told=lambda head: {"mode": head[0] & 7},
    ),
    Named("http2", (rb"PRI \* HTTP/2\.0\r\n\r\nSM\r\n\r\n",), _sure, 24, "tcp"),  # RFC 9113 section 3.4
    Named("ssh", (rb"SSH-(?:1\.\d+|2\.0)-[!-~]",), _sure, 8, "tcp", Kind.SSH_BANNER),  # RFC 4253 section 4.2
)
