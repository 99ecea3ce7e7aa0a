"""A short message as hex: what an SMS-SUBMIT or SMS-DELIVER says of its other end and its text (3GPP TS 23.040 section 9.2.2)."""

from __future__ import annotations

from typing import NamedTuple

_SUBMIT = 1
_HEADER = 0x40


class Text(NamedTuple):
    """The other end's number, the octets of the user data behind its header, and the steps that read them."""

    number: str
    start: int
    end: int
    steps: tuple[tuple[str, str], ...]


def read(pdu: bytes) -> Text | None:
    """Read a TPDU behind its service centre's address; ``None`` when it is none or cut short."""
    try:
        return _read(pdu)
    except IndexError:
        return None


def _read(pdu: bytes) -> Text | None:
    at = 1 + pdu[0]
    first = pdu[at]
    submit = first & 3 == _SUBMIT
    if first & 3 > _SUBMIT:
        return None
    at += 2 if submit else 1
    digits = pdu[at]
    if digits > 20:
        return None
    octets = pdu[at + 2 : at + 2 + (digits + 1) // 2]
    number = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in octets)[:digits]
    international = pdu[at + 1] & 0x70 == 0x10
    at += 2 + (digits + 1) // 2
    coding = pdu[at + 1]
    at += 2 + (_validity(first) if submit else 7)
    length = pdu[at]
    start = at + 1
    header = pdu[start] + 1 if first & _HEADER else 0
    alphabet = coding & 0x0C if coding < 0xF0 else (0x04 if coding & 4 else 0)
    size = length if alphabet else (length * 7 + 7) // 8
    if header > size or start + size > len(pdu) or not number.isdigit():
        return None
    steps: tuple[tuple[str, str], ...] = (("utf-16-be", ""),) if alphabet == 0x08 else ()
    if not alphabet:
        fill = -header * 8 % 7
        steps = (("gsm-7bit", f"{length - (header * 8 + fill) // 7},{fill}"),)
    return Text(f"+{number}" if international else number, start + header, start + size, steps)


def _validity(first: int) -> int:
    """Octets of the validity period by bits 4 and 3 of the first octet."""
    return {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
