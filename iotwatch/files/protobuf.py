"""The wire format of protocol buffers, without a schema: the fields of one message (protobuf.dev, "Encoding")."""

from __future__ import annotations

import msgspec

MAX_FIELDS = 20_000


class Field(msgspec.Struct, frozen=True, gc=False):
    """One field on the wire: its number, wire type, range, range of the value, and varints as their number."""

    number: int
    wire: int
    start: int
    at: int
    end: int
    value: int = 0


def fields(data: bytes, start: int, end: int) -> list[Field] | None:
    """The fields of ``data[start:end]``, or ``None`` when it is not a whole message."""
    found: list[Field] = []
    at = start
    while at < end:
        head = at
        key, at = varint(data, at, end)
        number, wire = key >> 3, key & 7
        if at < 0 or not 1 <= number < 1 << 20 or len(found) >= MAX_FIELDS:
            return None
        value = 0
        first = at
        if wire == 0:
            value, at = varint(data, at, end)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        elif wire == 2:
            size, first = varint(data, at, end)
            at = first + size if first >= 0 else -1
        else:
            return None
        if at < 0 or at > end:
            return None
        found.append(Field(number, wire, head, first, at, value))
    return found


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, the low ones first, and where it ends; (0, -1) where it is none."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            return 0, -1
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    return 0, -1
