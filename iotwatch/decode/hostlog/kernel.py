"""The Linux kernel's words on USB devices, in any log that repeats them, stamped or wrapped.

Texts: Linux drivers/usb/core/hub.c and usb.c (New USB device found ...), drivers/usb/serial (converter now attached),
cdc_acm, cdc_mbim, qmi_wwan, GobiNet; drivers/bus/mhi and drivers/net/wwan for modules on PCI Express.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.message import Trait
from iotwatch.decode.usb.device import MODEM_DRIVERS, TEXT_KEYS, Device
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

_PORT = r"(?P<port>usb\d{1,3}|\d{1,3}-[\d.]{1,20})"
# A mail program may have broken a line at any blank, so a blank is any white space; a > may stand before the text.
_FOUND = regex(
    rf"usb\s+{_PORT}:\s+>?[Nn]ew\s+(?:USB\s+)?device\s+found,\s+idVendor=(?P<vendor>[0-9a-fA-F]{{4}}),"
    r"\s+idProduct=(?P<product>[0-9a-fA-F]{4})"
)
_STRING = regex(rf"usb\s+{_PORT}:\s+>?(?P<key>Product|Manufacturer|SerialNumber):[ \t](?P<text>[^\r\n]{{1,200}})")
_NEXT = regex(r"\s+[\w-]{2,24} \d{1,3}-[\d.]{1,20}(?::\d{1,2}\.\d{1,3})?: ")
_BOUND = regex(
    r"(?P<driver>option1?|qcserial|sierra(?:_net)?|qmi_wwan\w{0,6}|GobiNet|GobiSerial|cdc_mbim|huawei_cdc_ncm|hso|cdc_ether|cdc_ncm"
    r"|rndis_host|cdc_acm|usb-storage|usbhid|btusb|uvcvideo|cp210x|ftdi_sio|ch341(?:-uart)?|pl2303)"
    r"\s+(?P<port>\d{1,3}-[\d.]{1,20}):\d{1,2}\.\d{1,3}"
)
_ATTACHED = regex(
    rf"(?:usb\s+{_PORT}|(?P<acm>cdc_acm)\s+(?P<acm_port>\d{{1,3}}-[\d.]{{1,20}}):\d+\.\d+):\s+>?"
    r"(?:(?P<what>[\w()/ .-]{1,60}?)\s+converter\s+now\s+attached\s+to\s+)?(?P<tty>tty(?:USB|ACM)\d{1,3})"
)
_SEARCHED = regex(
    r"/(?:sys/bus/usb/devices|dev/bus/usb)/(?P<port>\d{3}/\d{3}|[\d.-]{3,24})\s+idVendor=0?x?(?P<vendor>[0-9a-fA-F]{1,4})\s+idProduct=0?x?(?P<product>[0-9a-fA-F]{1,4})"
)
_SWITCHED = regex(r"switch device (?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4}) on\s+(?P<port>\d{3}/\d{3})")
_PCI = regex(
    r"MHI PCI device found:\s+(?P<name>[\w-]{3,40})"
    r"|pci [0-9a-f:.]{7,12}: \[(?P<id>[0-9a-f]{4}:[0-9a-f]{4})\] type 00 class 0x(?:ff0000|0d4000|028000)"
)
# Stamped kernel lines, syslog of both styles, and bare lines of a driver that names its port.
_LINES = regex(
    r"(?:^[#> \t]{0,160}(?:\[[ \t]{0,5}\d{1,8}\.\d{6}\]|<\d{1,3}>\[|usb \d+-[\d.]+: "
    r"|(?:[A-Z][a-z]{2}|[a-z]{3}\.?) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [\w.-]{1,64} [\w./@ ()-]{1,64}(?:\[\d{1,10}\])?:"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} [a-z0-9]{2,8}\.[a-z]{2,7} [\w./@ ()-]{0,64}(?:\[\d{1,10}\])?:"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.:+Z-]{0,20} [\w.-]{1,64} [\w./-]{1,48}(?:\[\d{1,10}\])?:"
    r"|[\w./()-]{1,32} \d{1,3}-[\d.]{1,20}(?::\d\.\d{1,3})?[: ])[^\n]*\n?)+",
    re.MULTILINE,
)
MAX_DEVICES = 1024


class Kernel:
    """Devices by port: another vendor on the same port is another device."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at: dict[str, Device] = {}
        self.devices: list[Device] = []

    def read(self) -> None:
        """Go through all statements in their order."""
        takers = {_STRING: self._string, _BOUND: self._bound, _ATTACHED: self._attached}
        takers |= dict.fromkeys((_FOUND, _SEARCHED, _SWITCHED), self._found)
        finds = [
            (found.start(), found, take) for pattern, take in takers.items() for found in pattern.finditer(self._text)
        ]
        for _, found, take in sorted(finds, key=lambda find: find[0]):
            take(found)
        # What a mode switcher named by bus and device was mostly seen on its port already.
        ported = {device.id for device in self.devices if "/" not in device.key}
        self.devices = [device for device in self.devices if "/" not in device.key or device.id not in ported]

    def _found(self, found: re.Match[str]) -> None:
        vendor, product = int(found["vendor"], 16), int(found["product"], 16)
        device = self._at.get(found["port"])
        if device is None or (device.vendor is not None and (device.vendor, device.product) != (vendor, product)):
            device = self._new(found["port"])
        elif device.vendor is not None:
            device.seen.append(found.span())
            return
        device.vendor, device.product, device.span = vendor, product, found.span()

    def _new(self, port: str) -> Device:
        if len(self.devices) >= MAX_DEVICES:
            return Device("usb:more")
        before = sum(1 for device in self.devices if device.key.partition("~")[0] == f"usb:{port}")
        device = Device(f"usb:{port}~{before + 1}" if before else f"usb:{port}")
        self.devices.append(device)
        self._at[port] = device
        return device

    def _device(self, port: str, span: tuple[int, int]) -> Device:
        device = self._at.get(port) or self._new(port)
        if device.span == (0, 0):
            device.span = span
        device.seen.append(span)
        return device

    def _string(self, found: re.Match[str]) -> None:
        device = self._device(found["port"], found.span())
        # A copied log may hold several messages on one line: the next one ends the text.
        text = _NEXT.split(found["text"], maxsplit=1)[0].rstrip()
        if text:
            start = found.start("text")
            device.strings.setdefault(TEXT_KEYS[found["key"]], (text, (start, start + len(text))))

    def _bound(self, found: re.Match[str]) -> None:
        device = self._device(found["port"], found.span())
        device.drivers.add(found["driver"])
        if found["driver"] in MODEM_DRIVERS:
            device.signs.setdefault(f"driver {found['driver']}", found.span())

    def _attached(self, found: re.Match[str]) -> None:
        device = self._device(found["port"] or found["acm_port"], found.span())
        device.ports.add(found["tty"])
        if found["what"] and "GSM modem" in found["what"]:
            device.signs.setdefault("GSM modem converter", found.span())


def logged(text: str) -> Iterator[tuple[int, int]]:
    """Spans of runs of lines that have the form of a kernel's or system's log."""
    for found in _LINES.finditer(text):
        yield found.span()


def pci(text: str) -> Iterator[Trait]:
    """Modules on PCI Express that the kernel names or enumerates."""
    for found in _PCI.finditer(text):
        if found["id"]:
            yield Trait(Kind.PCI_ID, found["id"], found.span())
        else:
            yield Trait(Kind.MODULE_VENDOR, found["name"], found.span("name"), {"basis": "kernel driver"})
