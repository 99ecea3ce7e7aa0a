"""Identities of subscriber and equipment as the core network's protocols write them: packed digits, names, cells.

IMSI, MSISDN, IMEI and IMEISV: 3GPP TS 23.003 sections 2.2, 3.3 and 6.2; packed digits (TBCD): 3GPP TS 29.002 section 17.7.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from iotwatch.decode.message import Message, Trait
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.identity import is_filler, is_imsi, is_phone, with_check_digit
from iotwatch.words.kinds import Kind

Span = tuple[int, int]
Elements = list[tuple[int, int, int]]
"""Type, start and end of each information element's value."""
_ELEMENTS = 2048
_EQUIPMENT = regex(r"[0-9]{14}[0-9?]{0,3}$", re.ASCII)  # tshark writes ? for a half byte that is no digit
_LABEL = regex(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$")


def elements(data: bytes, at: int, end: int, head: Callable[[bytes, int], tuple[int, int, int]]) -> Elements:
    """The information elements that fill ``data[at:end]`` to the last byte; empty when they do not.

    ``head`` gives the type of the element at a position, the size of its head and that of its value.
    """
    found: Elements = []
    while at < end and len(found) < _ELEMENTS:
        kind, size, length = head(data, at)
        if length < 0 or at + size + length > end:
            return []
        found.append((kind, at + size, at + size + length))
        at += size + length
    return found if at == end else []


def tbcd(data: bytes) -> str:
    """Packed digits, low half byte first, filled with F at the end; empty when a half byte is no digit."""
    text = "".join(f"{byte & 15:x}{byte >> 4:x}" for byte in data)
    text = text[:-1] if text.endswith("f") else text
    return text if text.isdecimal() else ""


def imsi(digits: str, span: Span) -> Iterator[Trait]:
    """Country code of three digits first; 15 digits at most."""
    if is_imsi(digits):
        yield Trait(Kind.IMSI, digits, span)


def msisdn(digits: str, span: Span) -> Iterator[Trait]:
    """A telephone number (ITU-T E.164: 15 digits at most)."""
    if is_phone(digits):
        yield Trait(Kind.MSISDN, digits, span)


def equipment(digits: str, span: Span) -> Iterator[Trait]:
    """``imei``, and ``imeisv`` before it when two digits of the software version stand where the check digit would.

    Signalling sends 0 in place of the check digit (TS 23.003 section 6.2.1): then it is counted out of the first 14 digits.
    """
    if not _EQUIPMENT.match(digits) or is_filler(digits[:14]):
        return
    facts: dict[str, Any] = {"key": True}
    if len(digits) > 15:
        yield Trait(Kind.IMEISV, digits, span)
        facts = {"key": True, "from": "imeisv"}
    sent = len(digits) == 15 and digits[14] not in "0?"
    yield Trait(Kind.IMEI, digits if sent else with_check_digit(digits[:14]), span, facts)


def apn(data: bytes, span: Span) -> Iterator[Trait]:
    """Labels with their lengths before them (TS 23.003 section 9.1), as in DNS but never compressed."""
    labels, at = [], 0
    while at < len(data):
        label = data[at + 1 : at + 1 + data[at]].decode("latin-1").lower()
        if len(label) != data[at] or not _LABEL.match(label):
            return
        labels.append(label)
        at += 1 + len(label)
    yield from apn_text(".".join(labels), span)


def apn_text(name: str, span: Span) -> Iterator[Trait]:
    """An access point name in plain text."""
    name = name.strip().lower()
    if 0 < len(name) <= 100 and all(_LABEL.match(label) for label in name.split(".")):
        yield Trait(Kind.APN, name, span)


def plmn(data: bytes) -> tuple[str, str] | None:
    """The digits of country and network code in three bytes (3GPP TS 24.008 section 10.5.1.3); ``None`` where none is set."""
    if len(data) < 3:
        return None
    mcc = f"{data[0] & 15:x}{data[0] >> 4:x}{data[1] & 15:x}"
    mnc = f"{data[2] & 15:x}{data[2] >> 4:x}" + (f"{data[1] >> 4:x}" if data[1] >> 4 != 15 else "")
    return (mcc, mnc) if mcc.isdecimal() and mnc.isdecimal() else None


def network(data: bytes) -> tuple[int, int] | None:
    """Country and network code of three bytes as numbers."""
    digits = plmn(data)
    return (int(digits[0]), int(digits[1])) if digits else None


def message(protocol: str, stream: Stream, span: Span, traits: list[Trait], **fields: Any) -> Message:
    """A message of the core network whose elements filled it to its last byte."""
    return Message(protocol, stream, span, stream.time_at(span[0]), fields=fields, traits=tuple(traits))
