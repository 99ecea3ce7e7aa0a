"""QMI (Qualcomm MSM Interface) control messages as USB modems carry them: QMUX frame, service message, TLVs.

Layout and numbers: libqmi data files (qmi-service-dms, -nas, -wds, -uim, -loc, -pds JSON), oFono drivers/qmimodem/qmi.h;
reference facts: protocols section 6 (service ids). QMUX: 01, length (2), flags, service, client; then control flags,
transaction (1 byte for CTL, 2 for others), message id (2), length (2), TLVs of type (1), length (2), value.
"""

from __future__ import annotations

import re
import struct

import msgspec

from iotwatch.decode.cellular.subscriber import network
from iotwatch.decode.fields import on_globe, unix_time
from iotwatch.decode.message import Fix, Trait
from iotwatch.patterns import regex
from iotwatch.words import said as words
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_stated
from iotwatch.words.kinds import Kind

DMS, NAS, WDS, UIM, LOC, PDS = 0x02, 0x03, 0x01, 0x0B, 0x10, 0x06
_NAMES = {DMS: "DMS", NAS: "NAS", WDS: "WDS", UIM: "UIM", LOC: "LOC", PDS: "PDS"}
_RESPONSE = 0x02
# (service, message, TLV) of answers that hold a text: DMS Get Manufacturer, Model, Revision, IDs, MSISDN, ICCID, IMSI.
_TEXTS = {
    (DMS, 0x0021, 0x01): Kind.MODULE_VENDOR, (DMS, 0x0022, 0x01): Kind.MODULE_MODEL,
    (DMS, 0x0023, 0x01): Kind.MODULE_FIRMWARE, (DMS, 0x0025, 0x11): Kind.IMEI, (DMS, 0x0024, 0x01): Kind.MSISDN,
    (DMS, 0x0024, 0x11): Kind.IMSI, (DMS, 0x003C, 0x01): Kind.ICCID, (DMS, 0x0043, 0x01): Kind.IMSI,
    (WDS, 0x0020, 0x14): Kind.APN, (WDS, 0x002B, 0x14): Kind.APN,
}  # fmt: skip
_REQUESTED = frozenset({(WDS, 0x0020)})
_LOC_REPORT = 0x0024
# LOC Start, PDS Set GPS Service State and Set Auto Tracking State.
_STARTS = frozenset({(LOC, 0x0022), (PDS, 0x0021), (PDS, 0x0031)})
# TLVs that hold NMEA sentences, and where in them: LOC NMEA, PDS Event Report (the extended form has a mode in front).
_SENTENCES = {(LOC, 0x0026): ((0x01, 0),), (PDS, 0x0001): ((0x10, 0), (0x11, 1))}
_SATELLITES, _CELLS_OR_WIFI, _GIVEN = 0x01, 0x06, 0x30
"""Bits of the technology (TLV 0x23) of a LOC position report."""
# TLVs that hold the URL of a location server: LOC Set Server, PDS Set AGPS Config (some with a length in front).
_SERVERS = {(LOC, 0x0042): 0x12, (PDS, 0x002F): 0x11}
_URL = regex(rb"(?:[a-z]+://)?((?:[a-zA-Z0-9_-]{1,63}\.){1,8}[a-zA-Z]{2,24})(?::([0-9]{1,5}))?")
# NAS Get Cell Location Info: serving cell of GSM, UMTS, LTE and 5G, and how it stands behind the bytes named first.
_CELL_INFO = 0x0043
_CELL_FORMS = {
    0x10: struct.Struct("<I3sH"), 0x11: struct.Struct("<H3sH"), 0x13: struct.Struct("<B3sHI"), 0x2F: struct.Struct("<3s3sQ"),
}  # fmt: skip
MAX_TLVS = 256


class Said(msgspec.Struct):
    """What one control message says; ``sentences`` are the ranges of the stream that hold NMEA."""

    traits: list[Trait] = msgspec.field(default_factory=list)
    fixes: list[Fix] = msgspec.field(default_factory=list)
    doubts: list[words.Said] = msgspec.field(default_factory=list)
    sentences: list[tuple[int, int]] = msgspec.field(default_factory=list)


def read(data: bytes, at: int) -> Said | None:
    """Read the QMUX frame in ``data``, which stands at ``at`` of the stream; ``None`` when it is none."""
    whole = len(data) >= 12 and data[0] == 1 and int.from_bytes(data[1:3], "little") + 1 == len(data)
    if not whole or data[3] not in (0, 0x80):
        return None
    service, kind = data[4], data[6]
    start = 8 if service == 0 else 9
    if len(data) < start + 4:
        return None
    message, length = struct.unpack_from("<HH", data, start)
    said = Said()
    if service not in _NAMES:
        return said
    said.traits.append(Trait(Kind.MODEM_CELLULAR, f"QMI {_NAMES[service]}", (at, at + len(data))))
    if (service, message) in _STARTS:
        said.traits.append(Trait(Kind.AT_COMMAND, f"QMI {_NAMES[service]} start", (at, at + len(data))))
    tlvs = _tlvs(data, start + 4, min(start + 4 + length, len(data)))
    answer = bool(kind & (_RESPONSE | 0x04)) or (service, message) in _REQUESTED
    for number, (first, last) in tlvs.items():
        name = _TEXTS.get((service, message, number))
        if name is not None and answer:
            said.traits += _text(name, data[first:last], at + first)
    if service in (LOC, PDS):
        _locate(said, (service, message), data, tlvs, at)
    if service == NAS and message == _CELL_INFO:
        said.traits += _serving(data, tlvs, at)
    if service == NAS and message == 0x0024 and 0x12 in tlvs:
        said.traits += _operator(data, tlvs[0x12], at)
    return said


def _locate(said: Said, kind: tuple[int, int], data: bytes, tlvs: dict[int, tuple[int, int]], at: int) -> None:
    """Add what a message of the services for places says: a place, sentences, or a server."""
    if kind == (LOC, _LOC_REPORT):
        said.fixes += _position(data, tlvs, at)
        said.doubts += _technology(data, tlvs)
    for number, skip in _SENTENCES.get(kind, ()):
        first, last = tlvs.get(number, (0, 0))
        if last - first > skip:
            said.sentences.append((at + first + skip, at + last))
    first, last = tlvs.get(_SERVERS.get(kind, -1), (0, 0))
    if found := _URL.search(data, first, last):
        said.traits.append(_server(found, f"QMI {_NAMES[kind[0]]}", at))


def _tlvs(data: bytes, here: int, end: int) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    while here + 3 <= end and len(found) < MAX_TLVS:
        number, length = struct.unpack_from("<BH", data, here)
        stop = here + 3 + length
        if stop > end:
            break
        found[number] = (here + 3, stop)
        here = stop
    return found


def _text(name: Kind, value: bytes, at: int) -> list[Trait]:
    text = value.decode("utf-8", "replace").strip("\0 ")
    if not text or not text.isprintable() or not is_stated(name, text):
        return []
    facts = {"seen_in": "usb", "command": "QMI"} if name is not Kind.APN else {}
    value_only = text.split()[0] if name is Kind.MODULE_FIRMWARE else text
    return [Trait(name, value_only[:120], (at, at + len(value)), facts)]


def _operator(data: bytes, span: tuple[int, int], at: int) -> list[Trait]:
    """NAS Get Serving System, current PLMN: MCC (2), MNC (2), length and description."""
    first, last = span
    if last - first < 5:
        return []
    country, network = struct.unpack_from("<HH", data, first)
    plmn = f"{country:03d}{network:02d}"
    return [Trait(Kind.OPERATOR, plmn, (at + first, at + last), {"plmn": plmn})]


def _server(found: re.Match[bytes], command: str, at: int) -> Trait:
    """The location server that the host names."""
    host, port = found[1].decode("ascii"), (found[2] or b"").decode("ascii")
    facts = {"host": host.lower(), "command": command, **({"port": port} if port else {})}
    return Trait(Kind.AT_SERVER, f"{host}:{port}" if port else host, (at + found.start(), at + found.end()), facts)


def _position(data: bytes, tlvs: dict[int, tuple[int, int]], at: int) -> list[Fix]:
    """LOC position report: latitude and longitude are doubles in degrees, the time UTC in milliseconds, speed in m/s."""
    latitude, longitude = _number("<d", 0x10, data, tlvs), _number("<d", 0x11, data, tlvs)
    if latitude is None or longitude is None or not on_globe(latitude, longitude):
        return []
    milliseconds, speed = _number("<Q", 0x25, data, tlvs), _number("<f", 0x18, data, tlvs)
    altitude, heading = _number("<f", 0x1B, data, tlvs), _number("<f", 0x20, data, tlvs)
    return [
        Fix(
            latitude,
            longitude,
            (at + tlvs[0x10][0], at + tlvs[0x11][1]),
            unix_time(milliseconds / 1000) if milliseconds is not None else None,
            speed=round(speed * 3.6, 2) if speed is not None and 0 <= speed < 1000 else None,
            course=round(heading, 1) if heading is not None and 0 <= heading <= 360 else None,
            altitude=round(altitude, 1) if altitude is not None and abs(altitude) < 20_000 else None,
        )
    ]


def _number(form: str, number: int, data: bytes, tlvs: dict[int, tuple[int, int]]) -> float | None:
    """The value of a TLV that holds one number; ``None`` when it is not there."""
    first, last = tlvs.get(number, (0, 0))
    value: float | None = struct.unpack_from(form, data, first)[0] if last - first == struct.calcsize(form) else None
    return value


def _technology(data: bytes, tlvs: dict[int, tuple[int, int]]) -> list[words.Said]:
    """What speaks against a fix by what it was made of: cells and Wi-Fi, or a place that the receiver was given."""
    told = int(_number("<I", 0x23, data, tlvs) or 0)
    if not told or told & _SATELLITES:
        return []
    if told & _CELLS_OR_WIFI:
        return [ReadingDoubt.LOOKED_UP()]
    return [ReadingDoubt.GIVEN_TO_RECEIVER()] if told & _GIVEN else []


def _serving(data: bytes, tlvs: dict[int, tuple[int, int]], at: int) -> list[Trait]:
    """The serving cell, as operator, area and cell."""
    traits = []
    for number, form in _CELL_FORMS.items():
        first, last = tlvs.get(number, (0, 0))
        if last - first < form.size:
            continue
        values = form.unpack_from(data, first)
        if number == 0x13:
            _, plmn, area, cell = values
        elif number == 0x2F:
            plmn, area, cell = values[0], int.from_bytes(values[1], "big"), values[2]
        else:
            cell, plmn, area = values
        operator = network(plmn)
        if operator is not None and area and cell:
            told = "-".join(map(str, (*operator, area, cell)))
            traits.append(Trait(Kind.CELL_SERVING, told, (at + first, at + first + form.size)))
    return traits
