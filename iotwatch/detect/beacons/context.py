"""What is regular by nature: the services that every device asks again and again, named so that they raise no alarm."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from iotwatch.enrich import scope
from iotwatch.files.beside import beside
from iotwatch.patterns import regex
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


class _Services(msgspec.Struct, frozen=True):
    """Port numbers, and alternatives of what hosts are called, by the member of ``Service``."""

    ports: dict[str, list[int]]
    hosts: dict[str, list[str]]


_SERVICES = beside(__file__, _Services)
_PORTS = {port: Service[name] for name, ports in _SERVICES.ports.items() for port in ports}
_HOSTS = [(Service[name], regex("|".join(hosts))) for name, hosts in _SERVICES.hosts.items()]
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
        if named := next((service for service, pattern in _HOSTS if pattern.search(name)), None):
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
