"""Does what the card sends hold what the terminal told it? A cell, a place or a number, in the forms that applets write.

A cell is its bytes as they were told, area and cell alone, or both as numbers of a text; one key over all bytes (XOR) is tried,
digits may be spelled as hex or base64. What is found proves that it was sent; what is not found may be enciphered.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from itertools import islice, pairwise

from iotwatch.decode.sim.cells import Area
from iotwatch.decode.sim.sms import unpacked
from iotwatch.patterns import regex

_LEAST = 4
"""Bytes of area and cell: fewer stand anywhere by chance."""
_XORED = 7
"""Bytes that one key may hide: in fewer, one of 255 keys fits anything."""
_HEX = regex(rb"(?:[0-9A-Fa-f]{2}){4,512}")
_BASE64 = regex(rb"[0-9A-Za-z+/_-]{8,700}={0,2}")
_NUMBERS = regex(rb"[0-9]{1,12}")
_WORDS = regex(rb"(?i)[0-9a-f]{1,12}")
_MOST = 64
_TLS = (b"\x16\x03", b"\x17\x03", b"\x14\x03", b"\x15\x03")
_NUMBER_DIGITS = 14
_SENTENCE = regex(rb"\$G[A-Z]{4},[^$\r\n]{10,100}")


def forms(payload: bytes) -> tuple[bytes, ...]:
    """The payload, what it holds when it is packed text, and what its hex digits and base64 letters stand for."""
    found = [payload, unpacked(payload, len(payload) * 8 // 7)]
    for text in tuple(found):
        found += [bytes.fromhex(one[0].decode()) for one in islice(_HEX.finditer(text), _MOST)]
        found += [data for one in islice(_BASE64.finditer(text), _MOST) if (data := _decoded(one[0]))]
    return tuple(dict.fromkeys(found))


def _decoded(text: bytes) -> bytes:
    body = text.rstrip(b"=")
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4), b"-_" if {45, 95} & set(body) else None)
    except (binascii.Error, ValueError):
        return b""


def holds_cell(payload: bytes, area: Area) -> bool:
    """Whether area and cell stand in the payload in any form."""
    if area.cell is None:
        return area.raw in payload
    bare = area.raw[3:]
    return any(bare in one or _spelled(one, area) for one in forms(payload)) or _xored(payload, area.raw)


def _spelled(text: bytes, area: Area) -> bool:
    """Both numbers in a text, each a word of its own: in decimal, or as hex of the usual width."""
    cell = area.cell or 0
    decimals = {int(one[0]) for one in islice(_NUMBERS.finditer(text), _MOST)}
    if {area.area, cell} <= decimals and area.area > 9 and cell > 9:
        return True
    words = {one[0].lower().lstrip(b"0") for one in islice(_WORDS.finditer(text), _MOST)}
    return {f"{area.area:x}".encode(), f"{cell:x}".encode()} <= words and area.area > 255 and cell > 255


def _xored(payload: bytes, raw: bytes) -> bool:
    """Whether the bytes stand there under one key: then the differences of neighbours are the same."""
    if len(raw) < _XORED:
        return False
    return _differences(raw) in _differences(payload)


def _differences(data: bytes) -> bytes:
    return bytes(one ^ two for one, two in pairwise(data))


def holds_place(payload: bytes, told: bytes) -> bool:
    """Whether the payload holds what the terminal answered a request for its place with: a sentence, or a shape's bytes."""
    if not told:
        return False
    sentence = _SENTENCE.search(told)
    parts = [told.strip(), *([sentence[0]] if sentence else [])]
    if sentence is not None:
        fields = sentence[0].split(b",")
        degrees = [one for one in fields if len(one) >= 7 and b"." in one]
        if len(degrees) >= 2 and all(any(one in form for form in forms(payload)) for one in degrees[:2]):
            return True
    return any(len(part) >= _LEAST and any(part in form for form in forms(payload)) for part in parts)


def holds_number(payload: bytes, digits: str) -> bool:
    """Whether at least 14 digits of a number stand in the payload: as text, or two to a byte in either order."""
    wanted = digits[:_NUMBER_DIGITS]
    if len(wanted) < _NUMBER_DIGITS:
        return False
    swapped = "".join(f"{one & 15:x}{one >> 4:x}" for one in payload)
    return any(wanted.encode() in one for one in forms(payload)) or wanted in swapped or wanted in payload.hex()


def is_readable(payload: bytes) -> bool:
    """Whether a person could read it: then what is not found in it was not sent."""
    return bool(payload) and all(32 <= one < 127 or one in (9, 10, 13) for one in payload)


def is_tls(payload: bytes) -> bool:
    """A record of TLS (RFC 8446 section 5.1) or DTLS: what it says nobody on the way sees."""
    return payload.startswith((*_TLS, b"\x16\xfe", b"\x17\xfe"))


def cells_in(payload: bytes, told: Sequence[Area]) -> tuple[Area, ...]:
    """Which of the cells that the card was told stand in what it sends, in their order and each once."""
    return tuple(dict.fromkeys(one for one in told if holds_cell(payload, one)))
