"""The link types of captures: number, name, kind of frame, vantage. This table is the only place that knows them.

Numbers are LINKTYPEs (tcpdump.org/linktypes.html). Names are those that ``capinfos -E`` and editcap print (Wireshark's wtap);
the few that wtap does not name are called by the rest of their LINKTYPE.
"""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.words.vantage import WIRES, Vantage


class LinkType(NamedTuple):
    """``kind`` is the kind of stream that its frames are kept as, where they carry no flow."""

    name: str
    kind: str
    vantage: Vantage


def _rows(vantage: Vantage, names: dict[int, str], kind: str = "") -> dict[int, LinkType]:
    """Rows of one vantage; without ``kind`` every link type's frames are a kind of their own."""
    return {number: LinkType(name, kind or name, vantage) for number, name in names.items()}


BLUETOOTH = "bluetooth"
"""The kind of frames of Bluetooth."""
PACKETLOGGER = 0xFF0A
"""No LINKTYPE: Apple's own file has none. wtap names it."""

LINK_TYPES: dict[int, LinkType] = {
    **_rows(Vantage.WIFI, {
        105: "ieee-802-11", 119: "ieee-802-11-prism", 127: "ieee-802-11-radiotap", 163: "ieee-802-11-avs", 192: "ppi",
    }, "802.11"),
    **_rows(Vantage.BLUETOOTH, {
        161: "user14", 187: "bluetooth-h4", 201: "bluetooth-h4-linux", 251: "bluetooth-le-ll",
        254: "bluetooth-linux-monitor", 255: "bluetooth-bredr-bb-rf", 256: "bluetooth-le-ll-rf", 272: "nordic_ble",
    }, BLUETOOTH),
    **_rows(Vantage.BLUETOOTH, {PACKETLOGGER: "packetlogger"}, BLUETOOTH),
    **_rows(Vantage.USB, {
        189: "usb-linux", 220: "usb-linux-mmap", 249: "usb-usbpcap", 266: "usb-darwin",
    }, "usb"),
    **_rows(Vantage.USB, {186: "usb-freebsd", 278: "openvizsla", 288: "usb-2.0"}),
    **_rows(Vantage.CAN, {190: "can20b", 227: "socketcan"}, "can"),
    **_rows(Vantage.CAN, {210: "flexray", 212: "lin"}),
    **_rows(Vantage.UART, {250: "rtac-serial"}, "serial"),
    **_rows(Vantage.CELLULAR, {
        140: "mtp2", 141: "mtp3", 142: "sccp", 169: "gprs-llc", 217: "gsmtap-um", 218: "gsmtap-abis",
    }),
    **_rows(Vantage.RF, {
        191: "ieee802-15-4-linux", 195: "wpan", 215: "wpan-nonask-phy", 230: "wpan-nofcs", 283: "wpan-tap",
    }, "802.15.4"),
    **_rows(Vantage.RF, {
        202: "ax25-kiss", 245: "nfc-llcp", 264: "iso14443", 265: "rds", 270: "loratap", 289: "atsc-alp",
    }),
    **_rows(Vantage.LAN, {
        0: "null", 1: "ether", 6: "tr", 7: "arcnet", 8: "slip", 9: "ppp", 10: "fddi", 12: "rawip", 14: "rawip",
        50: "ppp-hdlc", 51: "pppoe", 100: "atm-rfc1483", 101: "rawip", 104: "chdlc", 106: "linux-atm-clip", 107: "frelay",
        108: "loop", 109: "enc", 113: "linux-sll", 114: "ltalk", 117: "pflog", 122: "ip-over-fc", 123: "sunatm",
        129: "arcnet_linux", 130: "juniper-mlppp", 133: "juniper-ggsn", 135: "juniper-atm2", 136: "juniper-svcs",
        137: "juniper-atm1", 138: "ieee1394", 143: "docsis", 144: "irda", 147: "user0", 148: "user1", 149: "user2",
        150: "user3", 151: "user4", 152: "user5", 153: "user6", 154: "user7", 155: "user8", 156: "user9", 157: "user10",
        158: "user11", 159: "user12", 160: "user13", 162: "user15", 165: "bacnet-ms-tp", 166: "ppp-pppd",
        167: "juniper-pppoe", 177: "linux-lapd", 178: "juniper-ether", 179: "juniper-ppp", 180: "juniper-frelay",
        181: "juniper-chdlc", 197: "erf", 200: "juniper-vp", 203: "lapd", 204: "ppp-with-direction",
        205: "chdlc-with-direction", 206: "frelay-with-direction", 209: "ipmb-linux", 216: "linux-evdev", 224: "fc2",
        226: "ipnet", 228: "rawip4", 229: "rawip6", 231: "dbus", 235: "dvbci", 239: "nflog", 240: "netanalyzer",
        241: "netanalyzer-transparent", 242: "ip-ib", 243: "mpeg-2-ts", 248: "sctp", 253: "netlink", 258: "pktap",
        259: "epon", 268: "sdlc", 274: "ether-mpacket", 275: "tfp", 276: "linux-sll2", 279: "ebhscr", 280: "vpp",
        281: "brcm-tag", 282: "brcm-tag-prepend", 284: "dsa-tag-dsa", 285: "dsa-tag-edsa", 290: "etw",
        0xFF04: "sysdig", 0xFF09: "systemd-journal",
    }),
}  # fmt: skip
WIRED_KINDS = frozenset(link.kind for link in LINK_TYPES.values() if link.vantage in WIRES)
"""Kinds of frames that pass a wire of the device under test."""
_KINDS = frozenset(link.kind for link in LINK_TYPES.values())
_VANTAGES = {link.name: link.vantage for link in LINK_TYPES.values()}


_UNNAMED, _UNDECLARED = "linktype-", "unknown"


def is_link_kind(kind: str) -> bool:
    """Whether frames are kept as ``kind`` since nobody reads further than their link type."""
    return kind in _KINDS or kind == _UNDECLARED or kind.startswith(_UNNAMED)


def link_type(number: int) -> LinkType:
    """The row of a number; one without a row is ``linktype-N``, ``unknown`` an interface that nobody declared."""
    name = f"{_UNNAMED}{number}" if number >= 0 else _UNDECLARED
    return LINK_TYPES.get(number) or LinkType(name, name, Vantage.LAN)


def vantage_of(name: str) -> Vantage:
    """The vantage of a link type by its name."""
    return _VANTAGES.get(name, Vantage.LAN)
