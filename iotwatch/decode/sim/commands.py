"""Proactive commands, the terminal's answers and its envelopes (ETSI TS 102 223 sections 6, 7 and 8, 3GPP TS 31.111)."""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.decode.sim.cells import Area, location
from iotwatch.decode.sim.files import digits_of
from iotwatch.decode.sim.tlv import Objects, every, first, inside, objects

REFRESH, POLL_INTERVAL, EVENT_LIST, GEOGRAPHICAL = 0x01, 0x03, 0x05, 0x16
SEND_SS, SEND_USSD, SEND_SMS, LAUNCH_BROWSER = 0x11, 0x12, 0x13, 0x15
LOCAL_INFORMATION, TIMER, RUN_AT = 0x26, 0x27, 0x34
OPEN_CHANNEL, CLOSE_CHANNEL, SEND_DATA = 0x40, 0x41, 0x43
"""Types of command (TS 102 223 section 9.4)."""
ASKED = {0x00: "cell", 0x01: "imei", 0x02: "measurements", 0x05: "timing advance", 0x08: "imeisv"}
"""Qualifiers of PROVIDE LOCAL INFORMATION that ask for a place or for the device (TS 102 223 section 8.6)."""
LOCATION_EVENT, PLACE = "cell changes", "place"
"""The event list with location status, and GEOGRAPHICAL LOCATION REQUEST."""
PLACES = frozenset({"cell", "measurements", "timing advance", LOCATION_EVENT, PLACE})
IDENTITIES = frozenset({"imei", "imeisv"})
_LOCATION_STATUS = 0x03
# Data objects, the bit for comprehension left out (TS 102 223 section 9.3, TS 31.111 section 9.3).
DETAILS, RESULT, ADDRESS, SS, USSD, TPDU, LOCATION = 0x01, 0x03, 0x06, 0x09, 0x0A, 0x0B, 0x13
_IMEI, EVENTS, _TIMER_ID, TIMER_VALUE, _URL, DATA = 0x14, 0x19, 0x24, 0x25, 0x31, 0x36
_TRANSPORT, _OTHER_ADDRESS, _NAME, _IMEISV, _GAD, _NMEA = 0x3C, 0x3E, 0x47, 0x62, 0x77, 0x78
_ALPHA, _AT = 0x05, 0x28
PROACTIVE, SMS_DOWNLOAD, MENU, EVENT_DOWNLOAD, TIMER_EXPIRY, REPORTING = 0xD0, 0xD1, 0xD3, 0xD6, 0xD7, 0xDD
"""BER-TLV tags of what a FETCH gives and an ENVELOPE holds."""
TRIGGERS = {SMS_DOWNLOAD: "message from outside", MENU: "menu", EVENT_DOWNLOAD: "event", TIMER_EXPIRY: "timer"}
"""What wakes an applet."""
_TRANSPORTS = {1: "udp", 2: "tcp", 3: "tcp-server", 4: "udp", 5: "tcp"}
_IPV4, _IPV6 = 0x21, 0x57


class Command(NamedTuple):
    """A proactive command: its number, type and qualifier, and its objects."""

    number: int
    kind: int
    qualifier: int
    objects: Objects

    @property
    def asks(self) -> str:
        """What of place or device it asks for; empty when nothing."""
        if self.kind == LOCAL_INFORMATION:
            return ASKED.get(self.qualifier, "")
        if self.kind == EVENT_LIST and _LOCATION_STATUS in (first(self.objects, EVENTS) or b""):
            return LOCATION_EVENT
        return PLACE if self.kind == GEOGRAPHICAL else ""

    @property
    def seconds(self) -> int | None:
        """The time of a timer that it starts: hours, minutes, seconds, half bytes swapped (TS 102 223 section 8.38)."""
        value = first(self.objects, TIMER_VALUE) if self.kind == TIMER else None
        if value is None or len(value) != 3:
            return None
        hours, minutes, seconds = ((one & 15) * 10 + (one >> 4) for one in value)
        return hours * 3600 + minutes * 60 + seconds


class Response(NamedTuple):
    """A TERMINAL RESPONSE: the command it answers, the general result, and its objects."""

    number: int
    kind: int
    qualifier: int
    result: int
    objects: Objects

    @property
    def is_done(self) -> bool:
        """Results below 10 say that the command was performed (TS 102 223 section 8.12)."""
        return self.result < 0x10


class Far(NamedTuple):
    """The far end of a channel (TS 102 223 section 6.4.27)."""

    server: str
    port: int
    transport: str
    apn: str

    @property
    def name(self) -> str:
        host = f"[{self.server}]" if ":" in self.server else self.server or self.apn
        return f"{host}:{self.port}" if self.port else host


def command(data: bytes) -> Command | None:
    """The proactive command that ``data`` is."""
    found = objects(inside(data, PROACTIVE))
    details = first(found, DETAILS)
    return Command(details[0], details[1], details[2], found) if details is not None and len(details) >= 3 else None


def response(data: bytes) -> Response | None:
    """The data of a TERMINAL RESPONSE."""
    found = objects(data)
    details, result = first(found, DETAILS), first(found, RESULT)
    if details is None or len(details) < 3 or not result:
        return None
    return Response(details[0], details[1], details[2], result[0], found)


def envelope(data: bytes) -> tuple[int, Objects] | None:
    """Tag and objects of an ENVELOPE's data."""
    return (data[0], objects(inside(data, data[0]))) if data else None


def areas(found: Objects) -> list[Area]:
    """The locations among the objects."""
    return [area for value in every(found, LOCATION) if (area := location(value)) is not None]


def place(found: Objects) -> bytes:
    """A geographical answer: NMEA sentences, or a shape of TS 23.032; empty when there is none."""
    return first(found, _NMEA) or first(found, _GAD) or b""


def equipment(found: Objects) -> str:
    """The digits of an IMEI or IMEISV among the objects; empty when there is none."""
    value = first(found, _IMEI) or first(found, _IMEISV) or b""
    digits = digits_of(value)
    return digits[1:17]  # behind the half byte of a mobile identity's type (TS 24.008 section 10.5.1.4)


def channel(found: Objects) -> Far:
    """The far end that an OPEN CHANNEL names."""
    transport = first(found, _TRANSPORT) or b""
    kind = _TRANSPORTS.get(transport[0], "") if transport else ""
    port = int.from_bytes(transport[1:3], "big")
    # The card's own address may stand first; the destination stands behind the transport.
    addresses = every(found, _OTHER_ADDRESS)
    return Far(_ip(addresses[-1]) if addresses else "", port, kind, _apn(first(found, _NAME) or b""))


def at_command(found: Objects) -> bytes:
    """What a RUN AT COMMAND has the terminal run."""
    return first(found, _AT) or b""


def url(found: Objects) -> bytes:
    """The address that a LAUNCH BROWSER opens."""
    return first(found, _URL) or b""


def _ip(value: bytes) -> str:
    import ipaddress

    kind, rest = value[:1], value[1:]
    fits = (kind == bytes((_IPV4,)) and len(rest) == 4) or (kind == bytes((_IPV6,)) and len(rest) == 16)
    return str(ipaddress.ip_address(rest)) if fits else ""


def _apn(value: bytes) -> str:
    labels = list[str]()
    at = 0
    while at < len(value) and len(labels) < 16:
        labels.append(value[at + 1 : at + 1 + value[at]].decode("latin-1"))
        at += 1 + value[at]
    name = ".".join(labels)
    return name if name.isprintable() else ""
