"""What is regular by nature: the services that every device asks again and again, named so that they raise no alarm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from iotwatch.enrich import scope
from iotwatch.store import ContactRow
from iotwatch.words.findings import Doubt
from iotwatch.words.said import Said


class Service(StrEnum):
    """What everybody's devices ask for again and again, as a person says it."""

    DNS = "DNS resolver"
    DHCP = "DHCP"
    TIME = "NTP time"
    NETBIOS_NAMES = "NetBIOS names"
    NETBIOS_DATAGRAMS = "NetBIOS datagrams"
    DHCP_V6 = "DHCPv6"
    SSDP = "SSDP"
    WS_DISCOVERY = "WS-Discovery"
    PORT_MAPPING = "NAT port mapping"
    MDNS = "mDNS"
    LLMNR = "LLMNR"
    LAN_SYNC = "Dropbox LAN sync"
    CONNECTIVITY = "connectivity check"
    CERTIFICATES = "certificate status (OCSP, CRL)"
    UPDATES = "operating system updates"
    MAIL_LISTS = "mail block lists"
    REVERSE = "reverse look-ups"
    NEIGHBOURS = "neighbour discovery"


# IANA service names and port numbers, and the vendors' own documents for 17500.
_PORTS = {
    53: Service.DNS,
    67: Service.DHCP,
    68: Service.DHCP,
    123: Service.TIME,
    137: Service.NETBIOS_NAMES,
    138: Service.NETBIOS_DATAGRAMS,
    546: Service.DHCP_V6,
    547: Service.DHCP_V6,
    853: Service.DNS,
    1900: Service.SSDP,
    3702: Service.WS_DISCOVERY,
    5351: Service.PORT_MAPPING,
    5353: Service.MDNS,
    5355: Service.LLMNR,
    17500: Service.LAN_SYNC,
}
# Connectivity checks as the operating systems' own documents name them; captive portals answer them.
_HOSTS: tuple[tuple[Service, str], ...] = (
    (
        Service.CONNECTIVITY,
        r"connectivitycheck\.|captive\.apple\.com|msftconnecttest\.com|msftncsi\.com|detectportal\.firefox\.com"
        r"|clients[1-4]\.google\.com|nmcheck\.gnome\.org|connectivity-check\.ubuntu\.com|network-test\.debian\.org"
        r"|conncheck\.opensuse\.org|fedoraproject\.org/static/hotspot|spectrum\.s3\.amazonaws\.com",
    ),
    (
        Service.CERTIFICATES,
        r"(?:^|\.)(?:ocsp|crl|crl[0-9]|pki)[0-9]*\.|\.lencr\.org$|(?:^|\.)ocsp-|pki\.goog$|(?:^|\.)crl\.",
    ),
    (Service.TIME, r"(?:^|\.)ntp[0-9]*\.|(?:^|\.)pool\.ntp\.org$|^time[0-9-]*\."),
    (
        Service.UPDATES,
        r"windowsupdate\.com$|update\.microsoft\.com$|delivery\.mp\.microsoft\.com$|swcdn\.apple\.com$|swscan\.apple\.com$"
        r"|mesu\.apple\.com$|gdmf\.apple\.com$|(?:archive|security)\.ubuntu\.com$|deb\.debian\.org$|security\.debian\.org$"
        r"|downloads\.openwrt\.org$|fwupd\.org$|motd\.ubuntu\.com$|api\.snapcraft\.io$",
    ),
    (Service.MAIL_LISTS, r"spamhaus\.org$|dnsbl\.|barracudacentral\.org$|uribl\.com$|surbl\.org$|spamcop\.net$"),
    (Service.REVERSE, r"(?:^|\.)in-addr\.arpa$|(?:^|\.)ip6\.arpa$"),
)
_COMPILED = tuple((word, re.compile(pattern)) for word, pattern in _HOSTS)
_NEAR = {
    "private": Doubt.NEAR_LOCAL,
    "link-local": Doubt.NEAR_LOCAL,
    "multicast": Doubt.NEAR_GROUP,
    "broadcast": Doubt.NEAR_BROADCAST,
    "loopback": Doubt.NEAR_LOOPBACK,
    "": Doubt.NO_ADDRESS,
}


def context(kind: str, far_end: str, rows: Iterable[ContactRow]) -> Service | None:
    """The service that such contacts are, ``None`` when nothing everyday is known of them.

    Ports tell only where names say nothing else; a name can be anybody's, so a known one is a context and no proof.
    """
    rows = tuple(rows)
    names = {far_end.lower(), *(row.server_name.lower() for row in rows[:50] if row.server_name)}
    for name in sorted(names):
        if named := next((service for service, pattern in _COMPILED if pattern.search(name)), None):
            return named
    if kind == "icmp":
        v6 = all(":" in row.server for row in rows)
        group = all(scope(row.server) in ("multicast", "link-local") for row in rows)
        return Service.NEIGHBOURS if v6 and group else None
    if kind == "dns":
        return None
    ports = {_PORTS.get(row.server_port) for row in rows}
    return ports.pop() if len(ports) == 1 else None


def nearness(server: str) -> Said | None:
    """Why the far end is no way out of the car's own network, ``None`` when it is one."""
    reach = scope(server)
    if reach == "private" and server.endswith(".255"):
        reach = "broadcast"
    word = _NEAR.get(reach)
    return word() if word else None
