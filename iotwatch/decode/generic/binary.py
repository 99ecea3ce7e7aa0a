"""Binary payloads without a dialect: receivers' frames, broadcasts, LoRaWAN items, LwM2M TLV, and trees that carry names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.generic.layouts import broadcast, lorawan, protobuf, receivers
from iotwatch.decode.generic.tree.binary_trees import read_cbor, read_msgpack
from iotwatch.decode.generic.tree.node import ARRAY, OBJECT, Node
from iotwatch.decode.iot import lwm2m
from iotwatch.decode.iot.lwm2m_content import path_of
from iotwatch.decode.message import Message
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

_TLV = regex(rb"(?:\x08[\x00-\xff][\x00-\xff])?(?:\xc8[\x00\x01]\x08|\xc4[\x00\x01])", re.DOTALL)
LONGEST_DATAGRAM = 9000


def messages(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """What fixed layouts state: the first that says something speaks."""
    data = stream.data
    if receivers.SYNC.search(data, start, end) is not None:
        yield from receivers.read(stream, start, end)
        return
    if end - start > LONGEST_DATAGRAM and not data.startswith(b"\x0a", start):
        return
    for reader in (_broadcast, _tlv):
        if said := list(reader(stream, start, end)):
            yield from said
            return
    if (message := lorawan.read(stream, start, end) or protobuf.read(stream, start, end)) is not None:
        yield message


def _broadcast(stream: Stream, start: int, end: int) -> Iterator[Message]:
    if stream.flow is not None and stream.flow.transport == "tcp":
        return
    if broadcast.is_remote_id(stream.data, start, end):
        yield from broadcast.remote_id(stream, start, end)
    elif stream.data[start : start + 2] in (b"\x00\x14", b"\x00\x20", b"\x03\x80", b"\x03\x81"):
        yield from broadcast.j2735(stream, start, end)


def _tlv(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """LwM2M's TLV without the CoAP message around it; one that has a path was read by it."""
    if not _TLV.match(stream.data, start, end) or path_of(stream.context.get("target", "")) is not None:
        return
    said = lwm2m.read(lwm2m.Exchange(2, "", (), lwm2m.TLV), stream.data[start:end])
    fixes = tuple(fix for fix in (one.fix() for one in said.moved(start)) if fix is not None)
    if fixes:
        when = fixes[0].time if fixes[0].time is not None else stream.time_at(start)
        yield Message(
            "lwm2m",
            stream,
            (start, end),
            when,
            fixes=fixes,
            generic=True,
            doubts=(ReadingDoubt.LIKE_LOCATION_OBJECT(),),
        )


def tree(data: bytes, start: int, end: int) -> tuple[str, Node | None]:
    """The format's name and the tree of a payload that is one CBOR or MessagePack item (or several in a row)."""
    for name, read in (("cbor", read_cbor), ("msgpack", read_msgpack)):
        roots: list[Node] = []
        at = start
        try:
            while at < end and len(roots) < 4096:
                node, at = read(data, at, end)
                if node.kind not in (OBJECT, ARRAY) or not node.children:
                    roots.clear()
                    break
                roots.append(node)
        except DecodeError:
            if not roots or at < end - (end - start) // 8:
                continue
        if roots:
            return name, roots[0] if len(roots) == 1 else Node("", ARRAY, start, at, children=roots)
    return "", None
