"""One transfer out of a captured USB frame, whichever system captured it.

Linux: Documentation/usb/usbmon.rst, 48-byte header (link type 189) and the 64-byte one of mmap (220), in the byte order of the
machine that captured. Windows: USBPcap, "Capture format specification" (link type 249), little-endian. macOS: the header of
Darwin's XHC20 interfaces (link type 266; Wireshark's packet-usb.c), little-endian.
"""

from __future__ import annotations

import struct

import msgspec

_USBMON = {"<": struct.Struct("<QBBBBHBBqiiII8s"), ">": struct.Struct(">QBBBBHBBqiiII8s")}
_MMAP = {"<": struct.Struct("<iiII"), ">": struct.Struct(">iiII")}
_USBPCAP = struct.Struct("<HQIHBHHBBI")
_DARWIN = struct.Struct("<HBBIIIQIBBBB")
_ISO_DESCRIPTOR = 16
_SUBMIT = ord("S")
# Data flag of usbmon: 0 when data follows; these when it passed but could not be copied (drivers/usb/mon/mon_bin.c).
_HAVE_DATA = frozenset({0, *b"DLZ"})
# Bytes of one transfer and seconds since 1970; more is the other byte order.
_LARGEST, _LATEST = 16 << 20, 1 << 34
CONTROL, INTERRUPT, BULK, ISOCHRONOUS = "control", "interrupt", "bulk", "isochronous"
_KINDS = {0: ISOCHRONOUS, 1: INTERRUPT, 2: CONTROL, 3: BULK}
"""Linux and Windows number them alike."""
_DARWIN_KINDS = {0: CONTROL, 1: ISOCHRONOUS, 2: BULK, 3: INTERRUPT}
"""macOS numbers them as endpoint descriptors do (USB 2.0 table 9-13)."""


class Transfer(msgspec.Struct, frozen=True):
    """One event: ``submit`` asks or sends, a completion answers; data stands at ``start`` to ``end`` of the stream.

    ``request`` is the same number in the two events of one transfer; ``setup`` the 8 bytes of a control request or empty;
    ``missing`` is how many of its bytes the capture left out.
    """

    request: int
    submit: bool
    kind: str
    bus: int
    device: int
    endpoint: int
    start: int
    end: int
    setup: bytes = b""
    missing: int = 0

    @property
    def into_host(self) -> bool:
        return bool(self.endpoint & 0x80)


def transfer(data: bytes, start: int, end: int, linktype: str) -> Transfer | None:
    """The transfer in the frame at ``start`` to ``end``; ``None`` when it is broken or of a form not read here."""
    if linktype == "usb-usbpcap":
        return _usbpcap(data, start, end)
    if linktype in ("usb-linux", "usb-linux-mmap"):
        return _usbmon(data, start, end, mmap=linktype == "usb-linux-mmap")
    if linktype == "usb-darwin":
        return _darwin(data, start, end)
    return None


def _usbmon(data: bytes, start: int, end: int, *, mmap: bool) -> Transfer | None:
    size = 64 if mmap else 48
    if end - start < size:
        return None
    for order in "<>":
        request, event, kind, endpoint, device, bus, *rest = _USBMON[order].unpack_from(data, start)
        no_setup, no_data, seconds, microseconds, _, length, captured, setup = rest
        timed = 0 <= seconds < _LATEST and 0 <= microseconds < 1_000_000
        if captured > _LARGEST or not timed or event not in b"SCE" or kind not in _KINDS:
            continue
        here = start + size
        if mmap:
            descriptors = _MMAP[order].unpack_from(data, start + 48)[3]
            here += _ISO_DESCRIPTOR * min(descriptors, (end - here) // _ISO_DESCRIPTOR)
        stop = min(here + captured, end) if no_data == 0 else here
        submit = event == _SUBMIT
        missing = max(0, length - (stop - here)) if no_data in _HAVE_DATA else 0
        setup = setup if submit and no_setup == 0 else b""
        return Transfer(request, submit, _KINDS[kind], bus, device, endpoint, here, max(here, stop), setup, missing)
    return None


def _usbpcap(data: bytes, start: int, end: int) -> Transfer | None:
    if end - start < _USBPCAP.size:
        return None
    size, request, _, _, info, bus, device, endpoint, kind, length = _USBPCAP.unpack_from(data, start)
    if size < _USBPCAP.size or start + size > end or kind not in _KINDS:
        return None
    here, stop = start + size, min(start + size + length, end)
    setup = b""
    submit = not info & 1
    if kind == 2 and size > _USBPCAP.size and data[start + _USBPCAP.size] == 0 and stop - here >= 8:
        setup, here, submit = data[here : here + 8], here + 8, True
    missing = max(0, start + size + length - end)
    return Transfer(request, submit, _KINDS[kind], bus, device, endpoint, here, stop, setup, missing)


def _darwin(data: bytes, start: int, end: int) -> Transfer | None:
    """A bus is the first byte of the place where a device is plugged in; a control request begins with its setup bytes."""
    if end - start < _DARWIN.size:
        return None
    fields = _DARWIN.unpack_from(data, start)
    _, size, event, length, _, _, request, location, _, device, endpoint, kind = fields
    if size < _DARWIN.size or start + size > end or event > 1 or kind not in _DARWIN_KINDS or length > _LARGEST:
        return None
    here, submit = start + size, event == 0
    setup = b""
    if kind == 0 and submit and end - here >= 8:
        setup, here = data[here : here + 8], here + 8
    carries = submit != bool(endpoint & 0x80)
    stop = min(here + length, end) if carries or not submit else here
    missing = max(0, length - (stop - here)) if carries else 0
    return Transfer(request, submit, _DARWIN_KINDS[kind], location >> 24, device, endpoint, here, stop, setup, missing)
