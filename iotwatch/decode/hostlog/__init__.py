"""Logs of a host that sees a module: kernel messages, listings of USB devices, ModemManager, diallers, Windows' setupapi."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec
import re2

from iotwatch.decode.hostlog import kernel, listings, modem, status
from iotwatch.decode.log_prefixes import best, unprefixed
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.usb.device import Device
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

LOOK_BYTES = 16 << 20
MAX_BYTES = 64 << 20
_OF_MODEMS = frozenset({Kind.IMEI, Kind.MODULE_FIRMWARE, Kind.IMSI, Kind.ICCID})
# Words without which none of the forms below stands in a text, on the fast engine.
_SIGN = re2.compile(
    rb"idVendor|ID [0-9a-f]{4}:[0-9a-f]{4}|ProdID=|[Mm]odem-?[Mm]anager|GSM modem|VID_[0-9A-Fa-f]{4}&PID_|MHI PCI device"
    rb"|GobiNet|_wwan|option1? \d|sierra \d|qcserial|cdc_mbim|_cdc_ncm|cdc_acm \d|requestBaseBandVersion|FirmwareInfo:"
    rb"|SubscriberId:|SimIccId:|DeviceId:|requestGet|equipment|switch device|Vendor ID: 0x|PRODUCT=[0-9a-f]|ugen\d|info: '"
    rb"|Revision: '|IMEI: '|Model: '|firmware revision|modem\.(?:generic|3gpp)|claimed port|by plugin|type 00 class 0x"
    rb"|now attached to tty|[Ll]oaded (?:model|rev|IM)|Cellular class +:|registration-status:|current-(?:operator|cellid):"
    rb"|access-technology:|Modem Firmware Version|Mobile Equipment Identity|\"manuf_id\":|SubscriberIdentity = |\[ /\w+_\d+ \]"
    rb"|Driver=(?:option|qmi_wwan|cdc_mbim)|idVendor +0x|\[plugin/|with plugin '|\"manuf\"|\"mctl_info\"|ubus call gsm|gsmctl -"
    rb"|--get-im[es]i|--get-iccid|deviceid: |fwinfo: |original firmware"
)


class HostLog:
    """Devices with their ids, strings and interfaces; what host software was told by the modem."""

    name = "host-log"
    anchors = (
        rb"(?s:.*)(?:idVendor[= ]|ID [0-9a-f]{4}:[0-9a-f]{4}|P:\s+Vendor=[0-9a-fA-F]{4} )",
        rb"(?s:.*)(?:ModemManager|modem-manager|GSM modem|USB\\+VID_[0-9A-Fa-f]{4}&PID_|MHI PCI device)",
        rb"(?s:.*)(?:requestBaseBandVersion|FirmwareInfo:|equipment id|Vendor ID: 0x|PRODUCT=[0-9a-f]{1,4}/|ugen\d+\.\d+: <)",
        rb"(?s:.*)(?:Cellular class|current-operator|access-technology|Modem Firmware Version|Mobile Equipment Identity|manuf_id)",
        rb"(?s:.*)(?:\[plugin/|\"manuf\"|mctl_info|ubus call gsm|gsmctl -|--get-im[es]i|deviceid: |fwinfo: |original firmware)",
        rb"(?s:.*)(?:SubscriberIdentity|\[ /\w+_\d+ \]|Driver=(?:option|qmi_wwan|cdc_mbim))",
        rb"(?s:.*)(?:Firmware info: '|Revision: '|option \d|GobiNet|qmi_wwan|cdc_mbim|equipment-identifier)",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow is not None or not _SIGN.search(head):
            return None
        return by_head(self, any(_says(text) for text in unprefixed(head[:LOOK_BYTES].decode("latin-1"))))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        logged = stream.data[:MAX_BYTES].decode("latin-1")
        text = best(logged, _told)
        found = False
        for device in _devices(text):
            found = True
            traits = device.traits()
            owner = stream.tagged(device=device.key)
            yield _message(owner, device.span, traits)
            for span in device.seen:
                yield _message(owner, span, [])
        said = [*modem.statements(text), *status.statements(text), *kernel.pci(text)]
        for trait in said:
            yield _message(stream, trait.span, [trait])
        if any(trait.kind in _OF_MODEMS or trait.facts.get("command") for trait in said):
            first = said[0]
            yield _message(stream, first.span, [Trait(Kind.MODEM_CELLULAR, "modem software", first.span)])
        if found or said:
            forms = unprefixed(logged)
            for span in sorted(
                {span for form in forms for span in (*kernel.logged(form), *modem.covered(form), *status.covered(form))}
            ):
                yield _message(stream, span, [])
        if len(stream.data) > MAX_BYTES:
            raise LimitReached(f"of a host's log the first {MAX_BYTES} bytes were read")


def _says(text: str) -> bool:
    return any(True for _ in chain(_devices(text), modem.statements(text), status.statements(text), kernel.pci(text)))


def _told(text: str) -> int:
    """How much a form of a log tells of devices."""
    devices = sum(len(device.traits()) + len(device.interfaces) + len(device.ports) for device in _devices(text))
    return devices + sum(1 for _ in chain(modem.statements(text), status.statements(text), kernel.pci(text)))


def _devices(text: str) -> Iterator[Device]:
    """All devices of a text, however it lists them."""
    reader = kernel.Kernel(text)
    reader.read()
    yield from reader.devices
    yield from listings.lsusb(text)
    yield from listings.lsusb_tree(text)
    yield from listings.usb_devices(text)
    yield from listings.windows(text)
    yield from listings.others(text)


def _message(stream: Stream, span: tuple[int, int], traits: list[Trait]) -> Message:
    start, end = span
    when, shown = stream.time_at(start), tuple(map(_readable, traits))
    return Message("host-log", stream, (start, max(end, start + 1)), when, traits=shown)


def _readable(trait: Trait) -> Trait:
    """The value as UTF-8 where it is: the patterns read one character a byte."""
    if trait.value.isascii():
        return trait
    return msgspec.structs.replace(trait, value=trait.value.encode("latin-1", "replace").decode("utf-8", "replace"))


HOST_LOG = HostLog()
