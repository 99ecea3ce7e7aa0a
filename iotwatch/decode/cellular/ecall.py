"""The minimum set of data of an emergency call: where a car crashed, and which car.

Source: EN 15722 annex A (versions 1 and 2), unaligned PER (ITU-T X.691); RFC 8147 puts it into SIP bodies. Read up to the
direction: version(8), extension and option of the message, extension and options of the structure(4), call(8), control(3 bits and
the type of vehicle), VIN (17 characters of 6 bits), kinds of propulsion, time(32), latitude and longitude(32 each,
milliarcseconds), direction(8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from iotwatch.decode.fields import on_globe, unix_time
from iotwatch.decode.message import Claim, Fix, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"  # ISO 3779: no I, O, Q
_LEAST, _MOST = 31, 140
"""Bytes up to the direction, and the most that the modem in the car may send (EN 15722 section 6)."""
_VEHICLES = 13
_MILLIARCSECONDS = 3_600_000


class Crash(NamedTuple):
    """What a set of data says."""

    vin: str
    automatic: bool
    test: bool
    fix: Fix


class Ecall:
    """One message for each datagram, body or short stream that is a whole set of data."""

    name = "ecall-msd"
    anchors = (rb"[\x01\x02]",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, read(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if (said := read(stream.data[start : min(end, start + _MOST + 1)])) is None:
                continue
            span = (start, end)
            at = said.fix.span
            yield Message(
                self.name,
                stream,
                span,
                said.fix.time if said.fix.time is not None else stream.time_at(start),
                fields={"automatic": said.automatic, "test": said.test},
                fixes=(msgspec.structs.replace(said.fix, span=(start + at[0], start + at[1])),),
                traits=(Trait(Kind.VIN, said.vin, span),),
                device_ids=(said.vin,),
                vin=said.vin,
            )


def read(data: bytes) -> Crash | None:
    """The set of data that ``data`` is as a whole; ``None`` when it is none."""
    if not _LEAST <= len(data) <= _MOST or data[0] not in (1, 2):
        return None
    bits, size = int.from_bytes(data, "big"), len(data) * 8
    at = 8

    def take(count: int) -> int:
        nonlocal at
        at += count
        return bits >> max(size - at, 0) & ((1 << count) - 1)

    extended, _, more, _ = take(1), take(1), take(1), take(3)
    take(8)
    automatic, test, trusted = take(1), take(1), take(1)
    unknown, vehicle = take(1), take(4)
    letters = [take(6) for _ in range(17)]
    if extended or more or unknown or vehicle >= _VEHICLES or max(letters) >= len(_VIN):
        return None
    if len(set(letters)) == 1:  # bytes of zeros
        return None
    take(1)
    take(take(6).bit_count())
    time = take(32)
    first = at
    latitude, longitude = ((take(32) - (1 << 31)) / _MILLIARCSECONDS for _ in range(2))
    if at + 8 > size or not on_globe(latitude, longitude):
        return None
    span = (first // 8, (at + 7) // 8)
    fix = Fix(latitude, longitude, span, unix_time(time), bool(trusted), course=take(8) * 2.0)
    return Crash("".join(_VIN[letter] for letter in letters), bool(automatic), bool(test), fix)


ECALL = Ecall()
