"""QMI (Qualcomm MSM Interface) control messages as USB modems carry them: QMUX frame, service message, TLVs.

Layout and numbers: libqmi data files (qmi-service-dms, -nas, -wds, -uim, -loc JSON), oFono drivers/qmimodem/qmi.h;
reference facts: protocols section 6 (service ids). QMUX: 01, length (2), flags, service, client; then control flags,
transaction (1 byte for CTL, 2 for others), message id (2), length (2), TLVs of type (1), length (2), value.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from iotwatch.decode.message import Fix, Trait
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
_LOC_START, _LOC_REPORT = 0x0022, 0x0024
MAX_TLVS = 256


@dataclass(slots=True)
class Said:
    """What one control message says."""

    traits: list[Trait] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)


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
    if service in (LOC, PDS) and message == _LOC_START:
        said.traits.append(Trait(Kind.AT_COMMAND, f"QMI {_NAMES[service]} start", (at, at + len(data))))
    tlvs = _tlvs(data, start + 4, min(start + 4 + length, len(data)))
    answer = bool(kind & (_RESPONSE | 0x04)) or (service, message) in _REQUESTED
    for number, (first, last) in tlvs.items():
        name = _TEXTS.get((service, message, number))
        if name is not None and answer:
            said.traits += _text(name, data[first:last], at + first)
    if service == LOC and message == _LOC_REPORT:
        said.fixes += _position(data, tlvs, at)
    if service == NAS and message == 0x0024 and 0x12 in tlvs:
        said.traits += _operator(data, tlvs[0x12], at)
    return said


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


def _position(data: bytes, tlvs: dict[int, tuple[int, int]], at: int) -> list[Fix]:
    """LOC position report: latitude and longitude are doubles in degrees (TLV 0x10, 0x11)."""
    values = []
    for number in (0x10, 0x11):
        first, last = tlvs.get(number, (0, 0))
        if last - first != 8:
            return []
        values.append(struct.unpack_from("<d", data, first)[0])
    latitude, longitude = values
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return []
    return [Fix(latitude, longitude, (at + tlvs[0x10][0], at + tlvs[0x11][1]))]
