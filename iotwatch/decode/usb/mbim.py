"""MBIM control messages: identity, SIM, access point and operator.

Source: USB-IF Mobile Broadband Interface Model 1.0 errata 1, section 9 (message headers), 10.5 (basic connect service:
device caps, subscriber ready status, register state, connect). Offsets in an information buffer count from its start. QMI over
MBIM: libqmi's ``qmi-device.c`` and libmbim's ``mbim-service-qmi.json``: the information buffer of its one command is a whole
QMUX frame.
"""

from __future__ import annotations

import struct

from iotwatch.decode.message import Trait
from iotwatch.decode.usb import qmi
from iotwatch.decode.usb.qmi import Said
from iotwatch.words.identity import is_stated
from iotwatch.words.kinds import Kind

_COMMAND, _DONE, _INDICATION = 0x00000003, 0x80000003, 0x80000007
_KNOWN = frozenset({1, 2, 3, 4, 5, 0x80000001, 0x80000002, 0x80000003, 0x80000004, 0x80000005, 0x80000007})
BASIC_CONNECT = bytes.fromhex("a289cc33bcbb8b4fb6b0133ec2aae6df")
QMI_OVER_MBIM = bytes.fromhex("d1a30bc2f97a6e43bf65c7e24fb0f0d3")
_QMI_MESSAGE = 1
_DEVICE_CAPS, _SUBSCRIBER, _REGISTER, _CONNECT = 1, 2, 9, 12
# Command -> where offset and size of each text stand in the information buffer.
_Layout = dict[int, tuple[tuple[int, Kind], ...]]
_ANSWERS: _Layout = {
    _DEVICE_CAPS: ((40, Kind.IMEI), (48, Kind.MODULE_FIRMWARE), (56, Kind.MODULE_MODEL)),
    _SUBSCRIBER: ((4, Kind.IMSI), (12, Kind.ICCID)),
    _REGISTER: ((20, Kind.OPERATOR),),
}
_REQUESTS: _Layout = {_CONNECT: ((8, Kind.APN),)}


def read(data: bytes, at: int) -> Said | None:
    """Read the MBIM message in ``data``, which stands at ``at`` of the stream; ``None`` when it is none."""
    if len(data) < 12:
        return None
    kind, length, _ = struct.unpack_from("<III", data)
    if kind not in _KNOWN or length != len(data):
        return None
    said = Said([Trait(Kind.MODEM_CELLULAR, "MBIM", (at, at + len(data)))])
    if kind not in (_COMMAND, _DONE, _INDICATION) or len(data) < 44:
        return said
    service, command = data[20:36], struct.unpack_from("<I", data, 36)[0]
    start = 44 if kind == _INDICATION else 48
    if service == QMI_OVER_MBIM and command == _QMI_MESSAGE:
        inside = qmi.read(data[start:], at + start)
        if inside is not None:
            inside.traits[:0] = said.traits
            return inside
    if service != BASIC_CONNECT:
        return said
    layout = (_REQUESTS if kind == _COMMAND else _ANSWERS).get(command, ())
    for offset, name in layout:
        said.traits += _text(name, data, start, offset, at)
    return said


def _text(name: Kind, data: bytes, start: int, offset: int, at: int) -> list[Trait]:
    if start + offset + 8 > len(data):
        return []
    where, size = struct.unpack_from("<II", data, start + offset)
    first, last = start + where, start + where + size
    if not size or size > 512 or where < 8 or last > len(data):
        return []
    text = data[first:last].decode("utf-16-le", "replace").strip("\0 ")
    if not text or not text.isprintable() or not is_stated(name, text.upper().rstrip("F")):
        return []
    if name is Kind.MODULE_FIRMWARE:
        text = text.split()[0]
    return [Trait(name, text[:120], (at + first, at + last), {"seen_in": "usb", "command": "MBIM"})]
