"""Short messages as a card sends, receives and keeps them (3GPP TS 23.040 section 9.2; alphabets of TS 23.038).

Also the head of a packet for the card's applications (TS 31.115 section 4): who is meant, by its TAR.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from iotwatch.decode.cellular.subscriber import tbcd

_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""TS 23.038 section 6.2.1, without the extension table."""
_INTERNATIONAL = 1
_ALPHANUMERIC = 5
SEVEN, EIGHT, WIDE = "7bit", "8bit", "ucs2"
_DIGITS = str.maketrans("abc", "*#a")
_JOINED = {0x00: (0, 3), 0x08: (0, 4)}
"""Information elements of joined messages: length before and of reference, parts and number (TS 23.040 section 9.2.3.24)."""
_PACKET = frozenset({0x70, 0x71})
_CUT_TEXT = 160
_CIPHERED = 0x04


class Part(NamedTuple):
    """A message that is one of several: their common reference, how many they are, and which this is, from 1."""

    reference: int
    parts: int
    number: int


class Short(NamedTuple):
    """What one TPDU says. ``other`` is who gets it, or who sent it; ``data`` is the user's part without its header."""

    other: str
    data: bytes
    coding: str
    submit: bool
    part: Part | None = None
    tar: str = ""
    time: str = ""
    sealed: bool = False
    """Whether it is a packet for an application that came enciphered (TS 31.115 section 4.2: SPI)."""

    @property
    def text(self) -> str:
        """What a person would read; empty for data."""
        return as_text(self.data, self.coding)


def address(data: bytes) -> str:
    """An address value: type of number and plan, then packed digits (TS 31.111 section 8.1, TS 24.008 section 10.5.4.7)."""
    if len(data) < 2:
        return ""
    return _number(data[0], data[1:])


def unpacked(data: bytes, septets: int, skip: int = 0) -> bytes:
    """The septets of packed ``data`` as bytes, from septet ``skip`` on (TS 23.038 section 6.1.2.1)."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    rows = bits[: len(bits) // 7 * 7].reshape(-1, 7)[skip : max(septets, 0)]
    return np.packbits(rows, axis=1, bitorder="little").tobytes()


def as_text(data: bytes, coding: str) -> str:
    """User data as text; empty when its coding says that it is none, or when it does not decode to printable characters."""
    if coding == SEVEN:
        text = "".join(_ALPHABET[one] if one < len(_ALPHABET) else "?" for one in data)
    elif coding == WIDE:
        text = data.decode("utf-16-be", "replace")
    else:
        text = data.decode("latin-1")
        return text if data and all(32 <= one < 127 or one in (10, 13) for one in data) else ""
    return text if all(one.isprintable() or one in "\r\n" for one in text) else ""


def tpdu(data: bytes, *, packing: bool = False) -> Short | None:
    """SMS-SUBMIT or SMS-DELIVER; ``None`` for what is neither or cut.

    ``packing``: the terminal is asked to pack the text, so that it stands there with one byte a character.
    """
    if len(data) < 4 or data[0] & 3 > 1:
        return None
    submit, headed = data[0] & 3 == 1, bool(data[0] & 0x40)
    at = 2 if submit else 1
    digits, kind = data[at], data[at + 1]
    size = (digits + 1) // 2
    other = _number(kind, data[at + 2 : at + 2 + size], digits)
    at += 2 + size
    validity = {0: 0, 2: 1}.get(data[0] >> 3 & 3, 7) if submit else 7
    if at + 2 + validity >= len(data):
        return None
    coding = _coding(data[at + 1])
    time = "" if submit else _stamp(data[at + 2 : at + 9])
    at += 2 + validity
    return _user(
        data[at], data[at + 1 :], coding, Short(other, b"", coding, submit, time=time), headed=headed, packing=packing
    )


def stored(record: bytes) -> tuple[int, Short] | None:
    """A record of EF_SMS: status, then the service centre and the message (TS 31.102 section 4.2.25)."""
    if len(record) < 12 or record[1] > 12:
        return None
    body = record[2 + record[1] :]
    found = tpdu(body) if body.strip(b"\xff") else None
    return (record[0], found) if found is not None and (found.other or found.data) else None


def told(short: Short) -> dict[str, Any]:
    """What facts tell of a message, the data apart."""
    facts = {"to" if short.submit else "from": short.other, "text": short.text[:_CUT_TEXT], "tar": short.tar}
    return {name: value for name, value in (*facts.items(), ("sent_at", short.time)) if value}


def _user(length: int, rest: bytes, coding: str, short: Short, *, headed: bool, packing: bool) -> Short:
    """The user's part: its header, if there is one, and the data behind it."""
    head = rest[: rest[0] + 1] if headed and rest else b""
    part, tar = _header(head), ""
    if coding == SEVEN and not packing:
        data = unpacked(rest, length, (len(head) * 8 + 6) // 7)
    else:
        data = rest[len(head) : length if length <= len(rest) else None]
    if _PACKET & set(_identifiers(head)) or (not short.submit and coding == EIGHT and _is_packet(data)):
        tar = _tar(data)
    return short._replace(data=data, part=part, tar=tar, sealed=bool(tar) and bool(data[3] & _CIPHERED))


def _identifiers(head: bytes) -> list[int]:
    found, at = [], 1
    while at + 1 < len(head):
        found.append(head[at])
        at += 2 + head[at + 1]
    return found


def _header(head: bytes) -> Part | None:
    at = 1
    while at + 1 < len(head):
        kind, size = head[at], head[at + 1]
        value = head[at + 2 : at + 2 + size]
        if kind in _JOINED and size == _JOINED[kind][1] and len(value) == size:
            return Part(int.from_bytes(value[:-2], "big"), value[-2], value[-1])
        at += 2 + size
    return None


def _is_packet(data: bytes) -> bool:
    """A command packet without the header that names it: its length is that of what follows."""
    return len(data) > 16 and int.from_bytes(data[:2], "big") + 2 <= len(data) and 13 <= data[2] <= 40


def _tar(data: bytes) -> str:
    """CPL (2), CHL, SPI (2), KIc, KID, TAR (3): TS 31.115 section 4.2."""
    return data[7:10].hex() if len(data) >= 10 else ""


def _number(kind: int, data: bytes, digits: int | None = None) -> str:
    if kind >> 4 & 7 == _ALPHANUMERIC and digits is not None:
        return as_text(unpacked(data, digits * 4 // 7), SEVEN)
    text = "".join(f"{one & 15:x}{one >> 4:x}" for one in data)
    text = text[:digits].rstrip("f").translate(_DIGITS)
    return f"+{text}" if text and kind >> 4 & 7 == _INTERNATIONAL else text


def _coding(scheme: int) -> str:
    """TS 23.038 section 4: general groups and the group of message classes."""
    if scheme >> 6 in (0, 1):
        return {0: SEVEN, 1: EIGHT, 2: WIDE}.get(scheme >> 2 & 3, EIGHT)
    if scheme >> 4 == 15:
        return EIGHT if scheme & 4 else SEVEN
    return WIDE if scheme >> 4 == 14 else SEVEN


def _stamp(data: bytes) -> str:
    """The service centre's time: year, month, day, hour, minute, second and zone, half bytes swapped."""
    digits = tbcd(data[:6])
    if len(digits) != 12:
        return ""
    year, month, day, hour, minute, second = (digits[at : at + 2] for at in range(0, 12, 2))
    return f"20{year}-{month}-{day}T{hour}:{minute}:{second}"
