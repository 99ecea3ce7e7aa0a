"""On what a tracker's message, or a place in any form, can travel: what runs over links and routers carries none."""

from __future__ import annotations

from iotwatch.read.stream import Stream

_BELOW = frozenset(
    {
        "igmp", "ipip", "ipv6", "gre", "esp", "none", "eigrp", "ospf", "pim", "vrrp", "l2tp",
        "arp", "rarp", "lldp", "eapol", "llc", "ipv4", "other",
    }
)  # fmt: skip
"""Protocols and frames that routers, switches and tunnels speak with each other, or that are no more than a head."""
_BROADCAST = frozenset({"ethertype-88dc"})
"""Frames that carry messages of vehicles (IEEE 1609.3)."""
_UNKNOWN = ("ip-", "ethertype-", "ppp-")


def can_carry(stream: Stream) -> bool:
    """Whether a place can stand in the payload of this stream: not in that of a routing protocol or an unknown ethertype."""
    name = stream.flow.transport if stream.flow is not None else stream.kind
    return name in _BROADCAST or not (name in _BELOW or name.startswith(_UNKNOWN))
