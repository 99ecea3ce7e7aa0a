"""What is regular by nature: the services that every device asks again and again, named so that they raise no alarm."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iotwatch.enrich import scope
from iotwatch.store import ContactRow

# IANA service names and port numbers, and the vendors' own documents for 17500.
DNS = "DNS resolver"
_PORTS = {
    53: DNS,
    67: "DHCP",
    68: "DHCP",
    123: "NTP time",
    137: "NetBIOS names",
    138: "NetBIOS datagrams",
    546: "DHCPv6",
    547: "DHCPv6",
    853: DNS,
    1900: "SSDP",
    3702: "WS-Discovery",
    5351: "NAT port mapping",
    5353: "mDNS",
    5355: "LLMNR",
    17500: "Dropbox LAN sync",
}
# Connectivity checks as the operating systems' own documents name them; captive portals answer them.
_HOSTS: tuple[tuple[str, str], ...] = (
    (
        "connectivity check",
        r"connectivitycheck\.|captive\.apple\.com|msftconnecttest\.com|msftncsi\.com|detectportal\.firefox\.com"
        r"|clients[1-4]\.google\.com|nmcheck\.gnome\.org|connectivity-check\.ubuntu\.com|network-test\.debian\.org"
        r"|conncheck\.opensuse\.org|fedoraproject\.org/static/hotspot|spectrum\.s3\.amazonaws\.com",
    ),
    (
        "certificate status (OCSP, CRL)",
        r"(?:^|\.)(?:ocsp|crl|crl[0-9]|pki)[0-9]*\.|\.lencr\.org$|(?:^|\.)ocsp-|pki\.goog$|(?:^|\.)crl\.",
    ),
    ("NTP time", r"(?:^|\.)ntp[0-9]*\.|(?:^|\.)pool\.ntp\.org$|^time[0-9-]*\."),
    (
        "operating system updates",
        r"windowsupdate\.com$|update\.microsoft\.com$|delivery\.mp\.microsoft\.com$|swcdn\.apple\.com$|swscan\.apple\.com$"
        r"|mesu\.apple\.com$|gdmf\.apple\.com$|(?:archive|security)\.ubuntu\.com$|deb\.debian\.org$|security\.debian\.org$"
        r"|downloads\.openwrt\.org$|fwupd\.org$|motd\.ubuntu\.com$|api\.snapcraft\.io$",
    ),
    ("mail block lists", r"spamhaus\.org$|dnsbl\.|barracudacentral\.org$|uribl\.com$|surbl\.org$|spamcop\.net$"),
    ("reverse look-ups", r"(?:^|\.)in-addr\.arpa$|(?:^|\.)ip6\.arpa$"),
)
_COMPILED = tuple((word, re.compile(pattern)) for word, pattern in _HOSTS)
_NEAR = {
    "private": "far end is on the local network",
    "link-local": "far end is on the local network",
    "multicast": "sent to a group of the local network",
    "broadcast": "broadcast on the local network",
    "loopback": "stays inside the device",
    "": "far end is no network address",
}


def context(kind: str, far_end: str, rows: Iterable[ContactRow]) -> str:
    """The service that such contacts are, empty when nothing everyday is known of them.

    Ports tell only where names say nothing else; a name can be anybody's, so a known one is a context and no proof.
    """
    rows = tuple(rows)
    names = {far_end.lower(), *(row.server_name.lower() for row in rows[:50] if row.server_name)}
    named = [next((word for word, pattern in _COMPILED if pattern.search(name)), "") for name in sorted(names)]
    if any(named):
        return next(word for word in named if word)
    if kind == "icmp":
        v6 = all(":" in row.server for row in rows)
        group = all(scope(row.server) in ("multicast", "link-local") for row in rows)
        return "neighbour discovery" if v6 and group else ""
    if kind == "dns":
        return ""
    ports = {_PORTS.get(row.server_port, "") for row in rows}
    return ports.pop() if len(ports) == 1 else ""


def nearness(server: str) -> str:
    """Why the far end is no way out of the car's own network, empty when it is one."""
    reach = scope(server)
    if reach == "private" and server.endswith(".255"):
        return _NEAR["broadcast"]
    return _NEAR.get(reach, "")
