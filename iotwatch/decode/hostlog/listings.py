"""Listings of USB devices: ``lsusb``, ``lsusb -v``, ``usb-devices`` and Windows' setupapi log.

Forms: usbutils (lsusb, usb-devices), Linux Documentation/driver-api/usb (T:, P:, S:, I: lines), Microsoft setupapi.dev.log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.usb.device import TEXT_KEYS, Device, Interface
from iotwatch.patterns import regex

_BUS = regex(
    r"^[^\S\n]*(?:[\w@.:~$#\[\]-]{0,40}[$#] )?Bus (?P<bus>\d{3}) Device (?P<device>\d{3}): "
    r"ID (?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4})(?:[ \t]+(?P<name>[^\r\n]{1,200}))?",
    re.MULTILINE,
)
# The same of a listing whose first line is not there.
_HEADLESS = regex(
    r"^[ \t]{0,160}idVendor[ \t]{1,40}0x(?P<vendor>[0-9a-f]{4})[^\n]{0,200}\n"
    r"[ \t]{0,160}idProduct[ \t]{1,40}0x(?P<product>[0-9a-f]{4})(?:[ \t]+(?P<name>[^\r\n]{1,200}))?",
    re.MULTILINE,
)
_TREE = regex(
    r"^/:[ \t]{1,8}Bus (?P<bus>\d{1,3})|^[ \t]{0,160}\|__ Port \d{1,3}: Dev (?P<device>\d{1,3}), If \d{1,2}, Class=[^\n,]{0,60},"
    r" Driver=(?P<driver>[^\s,]{1,40})"
    r"|^[ \t]{1,160}ID (?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4})(?:[ \t]+(?P<name>[^\r\n]{1,200}))?",
    re.MULTILINE,
)
_FIELD = regex(
    r"^[ \t]*(?P<key>iManufacturer|iProduct|iSerial|iConfiguration|iInterface|bInterface(?:Number|Class|SubClass|Protocol))"
    r"[ \t]+(?P<number>\d{1,3})(?:[ \t]+(?P<text>[^\r\n]{1,200}))?",
    re.MULTILINE,
)
_DESCRIPTOR = regex(
    r"^[ \t]{0,160}(?:Device Descriptor:|bLength|bDescriptorType|idVendor|Negotiated speed:|Couldn't open device)",
    re.MULTILINE,
)
_BLOCK = regex(r"(?:^[ \t>|]{0,160}[TDPSCIEAB]:[^\n]*\n?(?:[ \t\r]{0,160}\n)?)+", re.MULTILINE)
_IDS = regex(r"P:\s+Vendor=(?P<vendor>[0-9a-fA-F]{4}) ProdID=(?P<product>[0-9a-fA-F]{4})")
_PLACE = regex(r"T:\s+Bus=\s*(?P<bus>\d+)[^\n]{0,80}?Dev#=\s*(?P<device>\d+)")
_TEXT = regex(r"S:\s+(?P<key>Manufacturer|Product|SerialNumber)=(?P<text>[^\r\n]{1,200})")
_FACE = regex(
    r"I:[* ]\s*If#=\s*(?P<number>0?x?[0-9a-fA-F]{1,3})[^\n]{0,80}?Cls=(?P<cls>[0-9a-f]{2})"
    r"[^\n]{0,24}?Sub=(?P<sub>[0-9a-f]{2}) Prot=(?P<prot>[0-9a-f]{2})"
    r"(?: Driver=(?P<driver>[^\s]{1,40}))?"
)
_WINDOWS = regex(
    r"USB\\VID_(?P<vendor>[0-9A-Fa-f]{4})&PID_(?P<product>[0-9A-Fa-f]{4})"
    r"(?:&(?:REV_[0-9A-Fa-f]{4}|MI_(?P<mi>[0-9A-Fa-f]{2})))*(?:\\(?P<serial>[\w&.-]{3,64}))?"
)
_DESCRIBED = regex(
    r"(?:Device Description|DeviceDesc|Driver Description|Description|Desc)\s*[-:=]\s*\"?(?P<text>[^\r\n\"]{3,120})"
)
_PROFILER = regex(r"Product ID: 0x(?P<product>[0-9a-fA-F]{4})\s+Vendor ID: 0x(?P<vendor>[0-9a-fA-F]{4})")
# As flashing tools write ids, without the words of the kernel or a path before them.
_TOOL = regex(
    r"(?<![\d,]\s)(?<![\d,]\s\s)\bidVendor=(?:0x)?(?P<vendor>[0-9a-fA-F]{4}),? {1,4}idProduct=(?:0x)?(?P<product>[0-9a-fA-F]{4})\b"
)
_UEVENT = regex(r"\bPRODUCT=(?P<vendor>[0-9a-f]{1,4})/(?P<product>[0-9a-f]{1,4})/[0-9a-f]{1,4}\b")
_BSD = regex(r"ugen(?P<bus>\d{1,2})\.(?P<device>\d{1,3}): <(?P<name>[^>\n]{2,120})> at usbus\d")
_HIDDEN = regex(r"^(?:\(error\)|<redacted>|x{4,}|\?+)$", re.IGNORECASE)
_STRING_KEYS = {
    "iManufacturer": "manufacturer", "iProduct": "product", "iSerial": "serial", "iConfiguration": "configuration",
}  # fmt: skip
_NUMBER_KEYS = ("bInterfaceNumber", "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
MAX_DEVICES = 1024


def lsusb(text: str) -> Iterator[Device]:
    """Devices of ``lsusb`` and ``lsusb -v``; the span covers a device's whole block."""
    heads = list(_BUS.finditer(text))[:MAX_DEVICES]
    if not heads:
        yield from _headless(text)
    for index, head in enumerate(heads):
        stop = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        device = Device(_key(head), span=head.span())
        _identify(device, head)
        if _DESCRIPTOR.search(text, head.end(), min(stop, head.end() + 400)):
            end = _verbose(device, text, head.end(), stop)
            device.seen.append((head.start(), end))
        yield device


def _headless(text: str) -> Iterator[Device]:
    heads = list(_HEADLESS.finditer(text))[:MAX_DEVICES]
    for index, head in enumerate(heads):
        stop = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        device = Device(f"usb:descriptor {index + 1}", span=head.span())
        _identify(device, head)
        device.seen.append((head.start(), max(head.end(), _verbose(device, text, head.end(), stop))))
        yield device


def lsusb_tree(text: str) -> Iterator[Device]:
    """Devices of ``lsusb -t``, which tells their drivers, and their ids with ``-v``."""
    devices: dict[str, Device] = {}
    device: Device | None = None
    bus = 0
    for found in _TREE.finditer(text):
        if found["bus"]:
            bus, device = int(found["bus"]), None
            continue
        if found["vendor"]:
            if device is not None:
                _identify(device, found)
            continue
        key = f"usb:{bus}/{int(found['device'])}"
        if key not in devices and len(devices) >= MAX_DEVICES:
            break
        device = devices.setdefault(key, Device(key, span=found.span()))
        device.drivers.add(found["driver"])
        device.seen.append(found.span())
    yield from (device for device in devices.values() if device.id or device.cellular())


def _identify(device: Device, found: re.Match[str]) -> None:
    """Give a device the ids of a line, and what usb.ids calls them."""
    device.vendor, device.product = int(found["vendor"], 16), int(found["product"], 16)
    name = (found["name"] or "").strip()
    if name:
        device.strings.setdefault("name", (name, found.span("name")))
    device.seen.append(found.span())


def _key(found: re.Match[str]) -> str:
    return f"usb:{int(found['bus'])}/{int(found['device'])}"


def _verbose(device: Device, text: str, start: int, stop: int) -> int:
    """Read the descriptors of one block; returns where its last known field ends."""
    numbers: dict[str, int] = {}
    end = start
    for found in _FIELD.finditer(text, start, stop):
        end = found.end()
        key, words = found["key"], (found["text"] or "").strip()
        if key in _STRING_KEYS:
            if words and not _HIDDEN.match(words):
                device.strings.setdefault(_STRING_KEYS[key], (words, found.span("text")))
        elif key == "iInterface":
            triple = tuple(numbers.get(one, 0) for one in _NUMBER_KEYS[1:])
            named = "" if _HIDDEN.match(words) else words
            device.add(Interface(numbers.get("bInterfaceNumber", 0), triple, name=named))  # type: ignore[arg-type]
            numbers = {}
        else:
            numbers[key] = int(found["number"])
    return end


def usb_devices(text: str) -> Iterator[Device]:
    """Devices of ``usb-devices`` and ``/sys/kernel/debug/usb/devices``."""
    number = 0
    for block in _BLOCK.finditer(text):
        starts = [found.start() for found in re.finditer(r"T:\s+Bus=", block[0])]
        starts = starts or [found.start() for found in _IDS.finditer(block[0])] or [0]
        for index, start in enumerate(starts):
            stop = starts[index + 1] if index + 1 < len(starts) else len(block[0])
            device = _device_lines(text, block.start() + start, block.start() + stop, number)
            if device is not None and number < MAX_DEVICES:
                number += 1
                yield device


def _device_lines(text: str, start: int, stop: int, number: int) -> Device | None:
    ids = _IDS.search(text, start, stop)
    if ids is None:
        return None
    place = _PLACE.search(text, start, stop)
    device = Device(
        _key(place) if place else f"usb:#{number}", int(ids["vendor"], 16), int(ids["product"], 16), ids.span()
    )
    device.seen.append((start, stop))
    for found in _TEXT.finditer(text, start, stop):
        words = found["text"].strip()
        if words and not _HIDDEN.match(words):
            device.strings.setdefault(TEXT_KEYS[found["key"]], (words, found.span("text")))
    for found in _FACE.finditer(text, start, stop):
        triple = (int(found["cls"], 16), int(found["sub"], 16), int(found["prot"], 16))
        driver = (found["driver"] or "").strip("()")
        number = int(found["number"], 16 if "x" in found["number"] else 10)
        device.add(Interface(number, triple, "" if driver == "none" else driver))
    return device


def windows(text: str) -> Iterator[Device]:
    """Devices of setupapi logs and other Windows listings of hardware ids, one a vendor and product."""
    known: dict[str, Device] = {}
    for found in _WINDOWS.finditer(text):
        name = f"{found['vendor']}:{found['product']}".lower()
        device = known.get(name)
        if device is None:
            if len(known) >= MAX_DEVICES:
                break
            ids = int(found["vendor"], 16), int(found["product"], 16)
            device = known[name] = Device(f"usb:{name}", *ids, found.span())
        line_end = text.find("\n", found.end())
        device.seen.append((found.start(), found.end() if line_end < 0 else line_end))
        serial = found["serial"]
        if serial and "&" not in serial and not found["mi"]:
            device.strings.setdefault("serial", (serial, found.span("serial")))
        described = _DESCRIBED.search(text, found.end(), found.end() + 600)
        if described is not None and "product" not in device.strings:
            device.strings["product"] = (described["text"].strip(), described.span("text"))
    yield from known.values()


def others(text: str) -> Iterator[Device]:
    """Ids in macOS' system profiler, in uevents and in logs of flashing tools; names of FreeBSD's ``ugen``."""
    for index, found in enumerate(_PROFILER.finditer(text)):
        yield Device(
            f"usb:#{index}", int(found["vendor"], 16), int(found["product"], 16), found.span(), seen=[found.span()]
        )
    named = sorted((*_UEVENT.finditer(text), *_TOOL.finditer(text)), key=lambda found: found.start(), reverse=True)
    events = {(found["vendor"].lower(), found["product"].lower()): found.span() for found in named}
    for (vendor, product), span in list(events.items())[:MAX_DEVICES]:
        yield Device(f"usb:{vendor:0>4}:{product:0>4}", int(vendor, 16), int(product, 16), span, seen=[span])
    for found in _BSD.finditer(text):
        device = Device(f"usb:{found['bus']}/{found['device']}", span=found.span(), seen=[found.span()])
        device.strings["name"] = (found["name"], found.span("name"))
        yield device
