"""A USB device as descriptors tell it, whoever read them: a bus capture, ``lsusb``, the kernel's log.

Classes: USB-IF class codes; CDC 1.2 table 4 (02/02 ACM, 02/06 ECM, 02/0c EEM, 02/0d NCM, 02/0e MBIM). Meanings of vendor-specific
interfaces of modems: comments of the Linux drivers option, qcserial and qmi_wwan (ff/ff/30 DIAG, 40 AT, 50 QMI, 60 NMEA).
"""

from __future__ import annotations

import msgspec

from iotwatch.decode.message import Trait
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

Span = tuple[int, int]

_ROLES = {
    (0x02, 0x02): "ACM", (0x02, 0x06): "ECM", (0x02, 0x0C): "EEM", (0x02, 0x0D): "NCM", (0x02, 0x0E): "MBIM",
    (0xEF, 0x04): "RNDIS", (0xFF, 0x42): "ADB",
}  # fmt: skip
_CLASSES = {
    0x01: "audio", 0x03: "HID", 0x07: "printer", 0x08: "storage", 0x09: "hub", 0x0A: "data", 0x0B: "smart card",
    0x0E: "video",
}  # fmt: skip
_PLAIN = frozenset({"HID", "hub", "audio", "video", "Bluetooth", "printer", "smart card", "wireless"})
_NETWORK = frozenset({"ECM", "NCM", "RNDIS"})
_QUALCOMM = {0x30: "DIAG", 0x40: "AT", 0x50: "QMI", 0x60: "NMEA", 0x70: "DPL", 0x80: "QDSS"}

TEXT_KEYS = {"Manufacturer": "manufacturer", "Product": "product", "SerialNumber": "serial"}
"""What the kernel and ``usb-devices`` call a device's strings."""
_STRINGS = {
    "manufacturer": Kind.USB_STRING, "product": Kind.USB_STRING, "name": Kind.USB_NAME,
    "configuration": Kind.USB_CONFIGURATION,
}  # fmt: skip
MODEM_DRIVERS = frozenset({
    "option", "option1", "qcserial", "sierra", "sierra_net", "qmi_wwan", "qmi_wwan_q", "qmi_wwan_f", "qmi_wwan_s",
    "GobiNet", "GobiSerial", "cdc_mbim", "huawei_cdc_ncm", "hso", "ipw", "simcom_wwan", "mtk_t7xx", "cdc-wdm",
})  # fmt: skip
"""Linux drivers that are bound to cellular modems alone (their own device tables say so)."""


class Interface(msgspec.Struct, frozen=True):
    """One alternate setting: class, subclass and protocol, and what the host bound to it."""

    number: int
    triple: tuple[int, int, int]
    driver: str = ""
    name: str = ""

    @property
    def role(self) -> str:
        """What the interface is for, in the field's words; empty when the numbers do not tell."""
        kind, sub, protocol = self.triple
        if kind == 0xE0:
            return {(1, 1): "Bluetooth", (1, 3): "RNDIS"}.get((sub, protocol), "wireless")
        if kind == 0xFF and sub == 0xFF:
            return _QUALCOMM.get(protocol, "vendor")
        return _ROLES.get((kind, sub)) or _CLASSES.get(kind) or ("vendor" if kind == 0xFF else "")

    def __str__(self) -> str:
        kind, sub, protocol = self.triple
        words = (f"{self.number}: {kind:02x}/{sub:02x}/{protocol:02x}", self.role, self.driver, self.name)
        return " ".join(word for word in words if word)


class Device(msgspec.Struct):
    """What is known of one device; ``key`` names it within its source (bus and device, or port)."""

    key: str
    vendor: int | None = None
    product: int | None = None
    span: Span = (0, 0)
    strings: dict[str, tuple[str, Span]] = msgspec.field(default_factory=dict)
    interfaces: dict[tuple[int, tuple[int, int, int]], Interface] = msgspec.field(default_factory=dict)
    drivers: set[str] = msgspec.field(default_factory=set)
    ports: set[str] = msgspec.field(default_factory=set)
    signs: dict[str, Span] = msgspec.field(default_factory=dict)
    seen: list[Span] = msgspec.field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}" if self.vendor is not None and self.product is not None else ""

    def add(self, interface: Interface) -> None:
        if len(self.interfaces) < 64:
            self.interfaces[interface.number, interface.triple] = interface

    def cellular(self) -> str:
        """Why this is a cellular modem by its interfaces or drivers; empty when they do not show it."""
        drivers = self.drivers | {face.driver for face in self.interfaces.values()}
        if bound := sorted(drivers & MODEM_DRIVERS):
            return f"driver {bound[0]}"
        roles = [interface.role for interface in self.interfaces.values()]
        if told := next((role for role in ("MBIM", "QMI", "DIAG") if role in roles), ""):
            return f"{told} interface"
        serial = roles.count("vendor") >= 2 or roles.count("ACM") >= 2
        return "network interface beside serial ports" if serial and not _NETWORK.isdisjoint(roles) else ""

    def plain(self) -> bool:
        """Whether the interfaces are known and none of them could be a modem's: keyboards, hubs, Bluetooth, sound."""
        roles = {interface.role for interface in self.interfaces.values()}
        return bool(roles) and roles <= _PLAIN

    def traits(self) -> list[Trait]:
        """What the descriptors say, one statement each."""
        traits: list[Trait] = []
        cellular = self.cellular()
        if self.id:
            facts: dict[str, object] = {name: text for name, (text, _) in self.strings.items()}
            facts["interfaces"] = [str(interface) for interface in self.interfaces.values()][:32]
            facts["device"] = self.key
            if cellular:
                facts["cellular"] = cellular
            if self.plain():
                facts["plain"] = True
            traits.append(Trait(Kind.USB_ID, self.id, self.span, facts))
        for name, kind in _STRINGS.items():
            if name in self.strings:
                text, span = self.strings[name]
                traits.append(Trait(kind, text, span, {"which": name, "id": self.id}))
        traits += [Trait(Kind.USB_INTERFACE, str(interface), self.span) for interface in self.interfaces.values()]
        if "serial" in self.strings:
            traits += _serial(*self.strings["serial"])
        if cellular or self.signs:
            sign, span = next(iter(self.signs.items()), (cellular, self.span))
            traits.append(Trait(Kind.MODEM_CELLULAR, cellular or sign, span))
        traits += [Trait(Kind.USB_PORT, port, self.span) for port in sorted(self.ports)]
        return traits


def _serial(text: str, span: Span) -> list[Trait]:
    """A serial number; many modems give their IMEI there (reference facts: serial corpus)."""
    traits = [Trait(Kind.USB_SERIAL, text, span)]
    if is_imei(text):
        traits.append(Trait(Kind.IMEI, text, span, {"seen_in": "usb", "basis": "USB serial number"}))
    return traits
