"""Addresses and names: how far an address reaches, and which part of a name somebody registered."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

Scope = Literal["public", "private", "loopback", "link-local", "multicast", "broadcast", "documentation", ""]

CACHE = 1 << 16

_DOCUMENTATION = tuple(
    ipaddress.ip_network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")
# Addresses of one /24 or /64 have one scope, but where a registry gave out single ones (RFC 6890, RFC 7723, RFC 8155).
_REST_BITS = {4: 8, 6: 64}
_PARTED = frozenset({(4, 0xC00000), (4, 0xFFFFFF), (6, 0), (6, 0x2001_0001_0000_0000)})


@lru_cache(maxsize=CACHE)
def scope(address: str) -> Scope:
    """Tell how far an IP address reaches; empty for what is no address.

    The documentation ranges (RFC 5737, RFC 3849) never route; made captures use them for public far ends, so
    whoever judges takes ``documentation`` as ``public`` (see ``leaves_network``). Carrier NAT (RFC 6598) is private.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    block = int(ip) >> _REST_BITS[ip.version]
    return _scope_of_block(ip.version, block) if (ip.version, block) not in _PARTED else _scope(ip)


@lru_cache(maxsize=CACHE)
def _scope_of_block(version: int, block: int) -> Scope:
    """The scope of all addresses of a block that no registered range parts."""
    number = block << _REST_BITS[version]
    return _scope(ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number))


def _scope(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Scope:
    if any(ip in block for block in _DOCUMENTATION if block.version == ip.version):
        return "documentation"
    if ip == ipaddress.IPv4Address("255.255.255.255"):
        return "broadcast"
    answers: tuple[tuple[bool, Scope], ...] = (
        (ip.is_multicast, "multicast"),
        (ip.is_loopback, "loopback"),
        (ip.is_link_local, "link-local"),
        (ip.is_private or (ip.version == 4 and ip in _SHARED), "private"),
    )
    return next((name for holds, name in answers if holds), "public")


def leaves_network(address: str) -> bool:
    """Tell whether traffic to the address leaves the local network; documentation ranges count as public."""
    return scope(address) in ("public", "documentation")


@cache
def _list() -> str:
    """The registries' part of the list."""
    from publicsuffixlist import PSLFILE

    return Path(PSLFILE).read_text(encoding="utf-8").partition("// ===END ICANN DOMAINS===")[0]


@lru_cache(maxsize=1024)
def _suffixes(top: str) -> PublicSuffixList:
    """The list as far as it speaks of names below ``top``: to take in all of it is work for as long as a small capture."""
    from publicsuffixlist import PublicSuffixList

    lines, rules = _list(), []
    end = lines.find(f"{top}\n")
    while end >= 0:
        end += len(top)
        rules.append(lines[lines.rfind("\n", 0, end) + 1 : end])
        end = lines.find(f"{top}\n", end + 1)
    return PublicSuffixList([rule for rule in rules if rule.rpartition(".")[2] == top])


def _top(host: str) -> str:
    """The last label as the list writes it (RFC 5891 section 4.4 undone)."""
    top = host.rpartition(".")[2]
    try:
        return top.encode().decode("idna") if top.startswith("xn--") else top
    except UnicodeError:
        return top


@lru_cache(maxsize=CACHE)
def registered_domain(name: str) -> str:
    """Return the domain that somebody registered (``b.co.uk`` of ``a.b.co.uk``); addresses and suffixes stay.

    Only suffixes of registries count: what stands under a hosting company's suffix belongs to that company here.
    """
    host = name.strip().lower().rstrip(".")
    if not host or len(host) > 255 or scope(host):
        return host
    return _suffixes(_top(host)).privatesuffix(host) or host
