"""Which way a statement travels. A position that stays inside the car must never be called a transmission."""

from __future__ import annotations

from ipaddress import ip_address

from iotwatch.enrich import scope
from iotwatch.model import Direction
from iotwatch.read.stream import Stream

_ON_AIR = frozenset({"802.11", "802.15.4", "bluetooth-adv", "ethertype-88dc", "ethertype-8947"})
LOCAL_FAR_END = "far end is on the local network"
_LOCAL_SCOPES = frozenset({"private", "link-local"})


def direction(stream: Stream) -> Direction:
    """Up when it leaves the client over a network, broadcast when sent to whoever listens, local on a wire or loopback."""
    flow = stream.flow
    if flow is None:
        return Direction.BROADCAST if stream.kind in _ON_AIR else Direction.LOCAL
    if stream.context.get("bus"):
        return Direction.LOCAL
    if scope(flow.client) == "loopback" or scope(flow.server) == "loopback":
        return Direction.LOCAL
    if scope(flow.server) in ("multicast", "broadcast") or _is_subnet_broadcast(flow.server):
        return Direction.BROADCAST
    return Direction.UP if stream.up else Direction.DOWN


def _is_subnet_broadcast(address: str) -> bool:
    # Without a netmask the last byte alone tells; only private networks, where /24 is the rule.
    return address.endswith(".255") and ip_address(address).is_private


def far_end_doubts(stream: Stream) -> tuple[str, ...]:
    """The doubt about a far end that is on the local network, if it is."""
    if stream.flow is not None and scope(stream.flow.server) in _LOCAL_SCOPES:
        return (LOCAL_FAR_END,)
    return ()


def subject(stream: Stream) -> str:
    """The key of the device that a stream tells of: its own address on a network, its path in an image, else its wire."""
    if stream.flow is not None:
        return f"ip:{stream.flow.client}"
    if stream.path:
        return f"path:{stream.path}"
    return stream.context.get("device", "")
