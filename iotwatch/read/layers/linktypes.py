"""Names of LINKTYPE numbers, as ``capinfos -E`` and editcap print them (tcpdump.org/linktypes.html; Wireshark's wtap)."""

from __future__ import annotations

LINK_NAMES = {
    0: "null", 1: "ether", 6: "tr", 7: "arcnet", 8: "slip", 9: "ppp", 10: "fddi", 12: "rawip", 14: "rawip",
    50: "ppp-hdlc", 51: "pppoe", 100: "atm-rfc1483", 101: "rawip", 104: "chdlc", 105: "ieee-802-11",
    106: "linux-atm-clip", 107: "frelay", 108: "loop", 109: "enc", 113: "linux-sll", 114: "ltalk", 117: "pflog",
    119: "ieee-802-11-prism", 122: "ip-over-fc",
    123: "sunatm", 127: "ieee-802-11-radiotap", 129: "arcnet_linux", 130: "juniper-mlppp", 133: "juniper-ggsn",
    135: "juniper-atm2", 136: "juniper-svcs", 137: "juniper-atm1", 138: "ieee1394", 140: "mtp2", 141: "mtp3",
    142: "sccp", 143: "docsis", 144: "irda", 147: "user0", 148: "user1", 149: "user2", 150: "user3", 151: "user4",
    152: "user5", 153: "user6", 154: "user7", 155: "user8", 156: "user9", 157: "user10", 158: "user11", 159: "user12",
    160: "user13", 161: "user14", 162: "user15", 163: "ieee-802-11-avs", 165: "bacnet-ms-tp", 166: "ppp-pppd",
    167: "juniper-pppoe", 169: "gprs-llc", 177: "linux-lapd", 178: "juniper-ether", 179: "juniper-ppp",
    180: "juniper-frelay", 181: "juniper-chdlc", 187: "bluetooth-h4", 189: "usb-linux", 190: "can20b",
    191: "ieee802-15-4-linux", 192: "ppi", 195: "wpan", 197: "erf", 200: "juniper-vp", 201: "bluetooth-h4-linux",
    202: "ax25-kiss", 203: "lapd", 204: "ppp-with-direction", 205: "chdlc-with-direction", 206: "frelay-with-direction",
    209: "ipmb-linux", 210: "flexray", 212: "lin", 215: "wpan-nonask-phy", 216: "linux-evdev", 220: "usb-linux-mmap",
    224: "fc2", 226: "ipnet", 227: "socketcan", 228: "rawip4", 229: "rawip6", 230: "wpan-nofcs", 231: "dbus",
    235: "dvbci", 239: "nflog", 240: "netanalyzer", 242: "ip-ib", 243: "mpeg-2-ts", 245: "nfc-llcp", 248: "sctp",
    249: "usb-usbpcap", 250: "rtac-serial", 251: "bluetooth-le-ll", 253: "netlink", 254: "bluetooth-linux-monitor",
    255: "bluetooth-bredr-bb-rf", 256: "bluetooth-le-ll-rf", 258: "pktap", 259: "epon", 264: "iso14443", 265: "rds",
    266: "usb-darwin", 268: "sdlc", 272: "nordic_ble", 275: "tfp", 276: "linux-sll2", 278: "openvizsla", 279: "ebhscr",
    280: "vpp", 281: "brcm-tag", 282: "brcm-tag-prepend", 283: "wpan-tap", 284: "dsa-tag-dsa", 285: "dsa-tag-edsa",
    288: "usb-2.0", 289: "atsc-alp", 290: "etw", 0xFF04: "sysdig", 0xFF09: "systemd-journal",
}  # fmt: skip
_ETHERTYPES = {0x0806: "arp", 0x8035: "rarp", 0x88CC: "lldp", 0x888E: "eapol", 0x86DD: "ipv6", 0x0800: "ipv4"}


def link_name(number: int) -> str:
    """Name of a link type; ``linktype-N`` for numbers without one, ``unknown`` for an interface nobody declared."""
    return LINK_NAMES.get(number, f"linktype-{number}" if number >= 0 else "unknown")


def ethertype_name(number: int) -> str:
    """``arp``, ``lldp`` ..., or ``ethertype-88b5``."""
    return _ETHERTYPES.get(number, f"ethertype-{number:04x}")
