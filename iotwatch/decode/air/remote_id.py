"""What aircraft tell whoever listens, in 802.11 and Bluetooth frames: ASTM F3411 Remote ID, DJI DroneID, the French beacon.

Sources: ASTM F3411-22a (vendor element FA:0B:BC type 0D, Wi-Fi NAN service "org.opendroneid.remoteid", Bluetooth service data
FFFA with application code 0D); Kismet's kaitai description of DJI's element 26:37:12; the French order of 27 December 2019
(element 6A:5C:35). Reference facts: protocols, section 3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import msgspec

from iotwatch.decode.air.crc24 import crc24
from iotwatch.decode.fields import on_globe
from iotwatch.decode.generic.layouts import broadcast
from iotwatch.decode.message import Claim, Fix, Message, Trait
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

_BEACON, _PROBE_RESPONSE, _ACTION, _ACTION_NO_ACK = 0x80, 0x50, 0xD0, 0xE0
_FIXED = {_BEACON: 12, _PROBE_RESPONSE: 12}
_VENDOR = 221
_ASTM, _FRENCH = b"\xfa\x0b\xbc\x0d", b"\x6a\x5c\x35\x01"
_DJI = {b"\x26\x37\x12": (), b"\x26\x32\x12": (ReadingDoubt.EARLY_VENDOR_CODE(),)}
_NAN_SERVICE = b"\x88\x69\x19\x9d\x92\x09"  # first six bytes of SHA-256 of "org.opendroneid.remoteid"
_BLUETOOTH = b"\x16\xfa\xff\x0d"
_ADVERTISING = b"\xd6\xbe\x89\x8e"
_LEGACY, _EXTENDED = frozenset({0, 2, 4, 6}), 7
_REPORT, _EXTENDED_REPORT = 0x02, 0x0D
_RADIANS = 174_533.0
"""DJI's unit: 1e-7 radians, as parts of a degree."""
_PACK_HEAD, _MESSAGE_BYTES = 3, 25
_ELEMENTS = 64


class RemoteId:
    """Places of the aircraft, of its operator and of its home point; serial numbers and operator ids."""

    name = "remote-id"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        find = _bluetooth if stream.kind == "bluetooth" else _wifi
        for start, end in units(stream):
            yield from find(stream, start, end)


def _wifi(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Management frames of IEEE 802.11 section 9.3.3: beacons and probe responses carry elements, NAN stands in action frames."""
    data = stream.data
    kind = data[start]
    at = start + 24 + (4 if data[start + 1 : start + 2] >= b"\x80" else 0)
    if kind in (_ACTION, _ACTION_NO_ACK):
        yield from _nan(_sent_by(stream, start), at, end)
        return
    if kind not in _FIXED or at + 16 > end:
        return
    sender: Stream | None = None
    at += _FIXED[kind]
    for _ in range(_ELEMENTS):
        if at + 2 > end:
            return
        size, body = data[at + 1], at + 2
        at = body + size
        if at > end:
            return
        if data[body - 2] == _VENDOR and size > 5:
            reader = _reader(data[body : body + 4])
            if reader is not None:
                sender = sender or _sent_by(stream, start)
                yield from reader(sender, body, at)


def _reader(code: bytes) -> Callable[[Stream, int, int], Iterator[Message]] | None:
    if code == _ASTM:
        return _astm
    if code == _FRENCH:
        return _french
    return _dji if code[:3] in _DJI else None


def _sent_by(stream: Stream, start: int) -> Stream:
    address = stream.data[start + 10 : start + 16]
    return stream.tagged(device="mac:" + address.hex(":")) if len(address) == 6 else stream


def _astm(stream: Stream, body: int, end: int) -> Iterator[Message]:
    """Behind vendor code and type: a counter, then one message or a pack of them."""
    yield from _f3411(stream, body + 5, end)


def _nan(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Wi-Fi Aware section 9.5.4: behind the service's hash stand instance, requestor, control, length and the information."""
    data = stream.data
    if data[start : start + 6] != b"\x04\x09\x50\x6f\x9a\x13":
        return
    at = data.find(_NAN_SERVICE, start, end)
    if at < 0 or at + 11 >= end or not data[at + 8] & 0x10:
        return
    first = at + 10
    yield from _f3411(stream, first + 1, min(end, first + data[at + 9]))


def _bluetooth(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Service data of an advertisement (Core Specification Supplement, part A section 1.11)."""
    at = stream.data.find(_BLUETOOTH, start, end)
    if at < 0 or at + 5 + _MESSAGE_BYTES > end:
        return
    checksum = _checked(stream.data, start, at, end)
    sender = _advertiser(stream.data, start, at)
    tagged = stream.tagged(device="mac:" + sender[::-1].hex(":")) if len(sender) == 6 else stream
    for message in _f3411(tagged, at + 5, end):
        if checksum == "bad":
            doubts = (*message.doubts, ReadingDoubt.DAMAGED_ON_AIR())
            message = msgspec.structs.replace(message, confidence=Confidence.POSSIBLE, doubts=doubts)
        yield msgspec.structs.replace(message, checksum=checksum)


def _advertiser(data: bytes, start: int, at: int) -> bytes:
    """The advertiser's address, last byte first, as it travels; empty when the capture's layer does not hold it.

    On the air it stands behind the packet's header, or in the extended one (Core Specification vol. 6, part B, 2.3); between
    host and controller in the report of the event 3E (vol. 4, part E, 7.7.65.2 and 7.7.65.13).
    """
    address = data.find(_ADVERTISING, start, at)
    for packet in (address + 4, address + 5) if address >= 0 else ():
        kind, size = data[packet] & 0x0F, data[packet + 1]
        if not at < packet + 2 + size <= len(data) - 3:
            continue
        if kind in _LEGACY:
            return data[packet + 2 : packet + 8]
        if kind == _EXTENDED and data[packet + 2] & 0x3F > 6 and data[packet + 3] & 1:
            return data[packet + 4 : packet + 10]
    event = data.find(b"\x3e", start, at) if address < 0 else -1
    if event < 0:
        return b""
    first = {_REPORT: event + 6, _EXTENDED_REPORT: event + 7}.get(data[event + 2], at)
    return data[first : first + 6] if first + 6 < at else b""


def _checked(data: bytes, start: int, at: int, end: int) -> str:
    """The link layer's CRC (Core Specification vol. 6, part B, section 3.1.1), where the capture holds the access address.

    On the coded PHY sniffers put a coding indicator between the address and the packet.
    """
    address = data.find(_ADVERTISING, start, at)
    if address < 0:
        return "none"
    for packet in (address + 4, address + 5):
        stop = packet + 2 + data[packet + 1]
        if at < stop <= end - 3:
            return "ok" if crc24(data[packet:stop]) == int.from_bytes(data[stop : stop + 3], "little") else "bad"
    return "bad"


def _f3411(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """One message of 25 bytes, or a pack; places are read where the layout of F3411 stands, identities here."""
    data = stream.data
    if start >= end:
        return
    if data[start] >> 4 == 15:
        first = start + _PACK_HEAD
        count = data[start + 2] if first <= end else 0
        if not 0 < count <= 9 or data[start + 1] != _MESSAGE_BYTES:
            return
        # Some senders count one message more than their element holds: those that are whole are read.
        stop = first + min(count, (end - first) // _MESSAGE_BYTES) * _MESSAGE_BYTES
    else:
        first, stop = start, start + _MESSAGE_BYTES
    if stop > end or stop <= first:
        return
    traits = tuple(_names(data, first, stop))
    said = next(broadcast.remote_id(stream, start, stop), None)
    fixes = tuple(_judged(fix) for fix in said.fixes) if said is not None else ()
    if fixes or traits:
        yield _message(stream, "remote-id", (start, stop), fixes, traits)


def _judged(fix: Fix) -> Fix:
    """A coordinate of exactly zero is the layout's "unknown" (F3411-22a table 6), even when the other one holds noise."""
    return fix if fix.latitude and fix.longitude else msgspec.structs.replace(fix, valid=False)


def _names(data: bytes, first: int, stop: int) -> Iterator[Trait]:
    """Basic ID (type 0) names the aircraft, Operator ID (type 5) who flies it."""
    for at in range(first, stop, _MESSAGE_BYTES):
        kind = {0: Kind.DEVICE_ID, 5: Kind.REMOTE_ID_OPERATOR}.get(data[at] >> 4)
        raw = data[at + 2 : at + 22].rstrip(b"\0 ")
        if kind and len(raw) >= 4 and raw.isascii() and raw.decode("ascii").isprintable():
            yield Trait(kind, raw.decode("ascii"), (at + 2, at + 2 + len(raw)))


def _dji(stream: Stream, body: int, end: int) -> Iterator[Message]:
    """Flight telemetry (subcommand 10): version, counter, state, serial number, place, and by version the pilot's and home's."""
    data = stream.data
    if end - body < 52 or data[body + 6] != 0x10:
        return
    version, serial = data[body + 7], data[body + 12 : body + 28].rstrip(b"\0")
    if version not in (1, 2) or not serial.isalnum():
        return
    at = body + 28
    pairs = [(at + 4, at, "")]
    if version == 1:
        pairs.append((at + 28, at + 24, "home point"))
    else:
        pairs += [(at + 28, at + 32, "operator"), (at + 40, at + 36, "home point")]
    fixes = tuple(fix for north, east, whose in pairs if (fix := _radians(data, north, east, end, whose)) is not None)
    number = serial.decode("latin-1")
    maker = Trait(Kind.VENDOR_PROTOCOL, "dji-droneid", (body - 2, end))
    trait = Trait(Kind.DEVICE_ID, number, (body + 12, body + 12 + len(serial)))
    message = _message(stream, "dji-droneid", (body, end), fixes, (trait, maker))
    yield msgspec.structs.replace(message, doubts=(*message.doubts, *_DJI[data[body : body + 3]]))


def _radians(data: bytes, north: int, east: int, end: int, whose: str) -> Fix | None:
    if max(north, east) + 4 > end:
        return None
    latitude, longitude = (struct.unpack_from("<i", data, at)[0] / _RADIANS for at in (north, east))
    if not on_globe(latitude, longitude) or (whose and not latitude and not longitude):
        return None
    return Fix(latitude, longitude, (min(north, east), max(north, east) + 4), whose=whose)


def _french(stream: Stream, body: int, end: int) -> Iterator[Message]:
    """Type, length and value: 2 and 3 identifiers, 4 and 5 the place, 8 and 9 where it took off (1e-5 degrees)."""
    data = stream.data
    values: dict[int, tuple[int, int]] = {}
    at = body + 4
    while at + 2 <= end and at + 2 + data[at + 1] <= end:
        values[data[at]] = (at + 2, at + 2 + data[at + 1])
        at += 2 + data[at + 1]
    fixes = []
    for north, east, whose in ((4, 5, ""), (8, 9, "home point")):
        if north in values and east in values and values[north][1] - values[north][0] == 4:
            first, last = values[north][0], values[east][1]
            latitude, longitude = (struct.unpack_from(">i", data, values[one][0])[0] / 1e5 for one in (north, east))
            if last - values[east][0] == 4 and on_globe(latitude, longitude):
                fixes.append(Fix(latitude, longitude, (min(first, last - 4), max(first + 4, last)), whose=whose))
    names = tuple(
        Trait(Kind.DEVICE_ID, data[slice(*values[one])].decode("ascii", "replace").rstrip("\0"), values[one])
        for one in (2, 3)
        if one in values and values[one][1] - values[one][0] >= 4
    )
    if fixes:
        yield _message(stream, "french-remote-id", (body, end), tuple(fixes), names)


def _message(
    stream: Stream, name: str, span: tuple[int, int], fixes: tuple[Fix, ...], traits: tuple[Trait, ...]
) -> Message:
    serials = tuple(trait.value for trait in traits if trait.kind is Kind.DEVICE_ID)
    return Message(
        name,
        stream,
        span,
        stream.time_at(span[0]),
        fixes=fixes,
        traits=traits,
        device_ids=serials,
        doubts=(ReadingDoubt.VENDOR_CODE_ALONE(),),
    )


REMOTE_ID = RemoteId()
