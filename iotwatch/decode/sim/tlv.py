"""Data objects of the card's toolkit: COMPREHENSION-TLV and the BER-TLV around them (ETSI TS 101 220 section 7.1)."""

from __future__ import annotations

MAX_OBJECTS = 256
"""More objects than this are in no command: an APDU holds 255 bytes."""
_THREE_BYTES = 0x7F
_COMPREHENSION = 0x80

Objects = tuple[tuple[int, bytes], ...]
"""Tag, without the bit that asks for comprehension, and value of each object."""


def objects(data: bytes) -> Objects:
    """The objects of ``data`` up to the first that does not fit."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data) and len(found) < MAX_OBJECTS:
        tag = data[at]
        at += 1
        if tag == _THREE_BYTES:
            tag = int.from_bytes(data[at : at + 2], "big") & 0x7FFF
            at += 2
        else:
            tag &= ~_COMPREHENSION
        size = _length(data, at)
        if size is None:
            break
        length, at = size
        if at + length > len(data):
            break
        found.append((tag, data[at : at + length]))
        at += length
    return tuple(found)


def inside(data: bytes, tag: int) -> bytes:
    """The value of the BER-TLV object that ``data`` begins with; empty when it has another tag or is cut."""
    size = _length(data, 1) if data[:1] == bytes((tag,)) else None
    if size is None:
        return b""
    length, at = size
    return data[at : at + length] if at + length <= len(data) else b""


def first(found: Objects, tag: int) -> bytes | None:
    """The value of the first object with this tag."""
    return next((value for one, value in found if one == tag), None)


def every(found: Objects, tag: int) -> tuple[bytes, ...]:
    """The values of all objects with this tag."""
    return tuple(value for one, value in found if one == tag)


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """The length at ``at`` and where the value begins (ISO/IEC 8825-1: one byte, or 81 and one, 82 and two)."""
    head = data[at : at + 1]
    if not head:
        return None
    if head[0] < 0x80:
        return head[0], at + 1
    count = head[0] & 0x7F
    if not 1 <= count <= 2 or at + 1 + count > len(data):
        return None
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count
