"""USB descriptors (USB 2.0 specification section 9.6) as they pass on the bus, gathered device by device."""

from __future__ import annotations

import struct
from collections import Counter

import msgspec

from iotwatch.decode.usb.device import Device, Interface
from iotwatch.decode.usb.pipes import Pipe

Span = tuple[int, int]

DEVICE, CONFIGURATION, STRING, INTERFACE, ENDPOINT = 1, 2, 3, 4, 5
# CDC 1.2 section 5.2.3: a functional descriptor, and the one that says which interfaces make one function.
_CLASS_SPECIFIC, _UNION = 0x24, 0x06
# Interfaces that have their data beside them, on an interface of class 0A.
_CONTROLS = frozenset({"ACM", "ECM", "NCM", "MBIM", "RNDIS"})
GET_DESCRIPTOR, SET_ADDRESS = 6, 5
_MAX_STRINGS = 256


class Enumerated(msgspec.Struct):
    """A device on the bus: its descriptors so far, the texts by index, which interface each endpoint belongs to, and what
    its bulk endpoints carried (``pipes``)."""

    device: Device
    texts: dict[int, tuple[str, Span]] = msgspec.field(default_factory=dict)
    named: dict[str, int] = msgspec.field(default_factory=dict)
    faces: list[tuple[int, tuple[int, int, int], int]] = msgspec.field(default_factory=list)
    endpoints: dict[int, int] = msgspec.field(default_factory=dict)
    roles: dict[int, str] = msgspec.field(default_factory=dict)
    masters: dict[int, int] = msgspec.field(default_factory=dict)
    pipes: dict[int, Pipe] = msgspec.field(default_factory=dict)

    def device_descriptor(self, data: bytes, span: Span) -> None:
        start, end = span
        if end - start < 14:
            return
        vendor, product = struct.unpack_from("<HH", data, start + 8)
        self.device.vendor, self.device.product, self.device.span = vendor, product, span
        if end - start >= 18:
            self.named.update(zip(("manufacturer", "product", "serial"), data[start + 14 : start + 17], strict=True))

    def configuration(self, data: bytes, span: Span) -> None:
        """Walk the descriptors that follow a configuration descriptor."""
        here, end = span
        number = -1
        while here + 2 <= end:
            length, kind = data[here], data[here + 1]
            if length < 2:
                break
            if kind == CONFIGURATION and here + 7 <= end:
                self.named["configuration"] = data[here + 6]
            elif kind == INTERFACE and here + 9 <= end:
                number = data[here + 2]
                triple = (data[here + 5], data[here + 6], data[here + 7])
                if len(self.faces) < 64:
                    self.faces.append((number, triple, data[here + 8]))
                self.roles[number] = Interface(number, triple).role
            elif kind == ENDPOINT and here + 4 <= end and number >= 0:
                self.endpoints[data[here + 2]] = number
            elif kind == _CLASS_SPECIFIC and length >= 5 and here + length <= end and data[here + 2] == _UNION:
                self.masters.update(dict.fromkeys(data[here + 4 : here + length], data[here + 3]))
            here += length

    def role(self, interface: int) -> str:
        """What an interface is for; a data interface is for what its control interface, named or just before it, is."""
        role = self.roles.get(interface, "")
        if role != "data":
            return role
        master = self.roles.get(self.masters.get(interface, interface - 1), "")
        return master if master in _CONTROLS else role

    def string(self, index: int, data: bytes, span: Span) -> None:
        start, end = span
        text = data[start + 2 : min(end, start + data[start])].decode("utf-16-le", "replace").strip("\0 ")
        if index and text and len(self.texts) < _MAX_STRINGS:
            self.texts.setdefault(index, (text, span))

    def finished(self) -> Device:
        """The device with its texts in their places."""
        for name, index in self.named.items():
            if index in self.texts:
                self.device.strings.setdefault(name, self.texts[index])
        for number, triple, index in self.faces:
            self.device.add(Interface(number, triple, name=self.texts.get(index, ("", (0, 0)))[0]))
        return self.device


class Bus:
    """Everybody on the captured buses. Another device on a used address gets a key of its own."""

    def __init__(self) -> None:
        self.all: list[Enumerated] = []
        self._at: dict[tuple[int, int], Enumerated] = {}
        self._keys: Counter[str] = Counter()

    def at(self, bus: int, address: int) -> Enumerated:
        """The device that has this address now."""
        if (bus, address) not in self._at:
            self._new(bus, address)
        return self._at[bus, address]

    def descriptor(self, setup: bytes, bus: int, address: int, data: bytes, span: Span) -> None:
        """Take the answer to a GET_DESCRIPTOR request."""
        kind, index = setup[3], setup[2]
        start, end = span
        if end - start < 2 or data[start + 1] != kind or data[start] < 2:
            return
        known = self.at(bus, address)
        if kind == DEVICE and end - start >= 12:
            number = struct.unpack_from("<HH", data, start + 8)
            if known.device.vendor is not None and number != (known.device.vendor, known.device.product):
                known = self._new(bus, address)
            known.device_descriptor(data, span)
        elif kind == CONFIGURATION:
            known.configuration(data, span)
        elif kind == STRING:
            known.string(index, data, span)

    def moved(self, bus: int, address: int) -> None:
        """SET_ADDRESS: the device at address 0 is now at ``address``."""
        fresh = self._at.pop((bus, 0), None)
        if fresh is not None and 0 < address < 128:
            self._keys[fresh.device.key.partition("~")[0]] -= 1
            fresh.device.key = self._key(bus, address)
            self._at[bus, address] = fresh

    def _new(self, bus: int, address: int) -> Enumerated:
        fresh = Enumerated(Device(self._key(bus, address)))
        self.all.append(fresh)
        self._at[bus, address] = fresh
        return fresh

    def _key(self, bus: int, address: int) -> str:
        plain = f"usb:{bus}/{address}"
        self._keys[plain] += 1
        return f"{plain}~{self._keys[plain]}" if self._keys[plain] > 1 else plain
