"""Keep-alives of long connections, named where the protocol shows what the contacts are."""

from __future__ import annotations

import numpy as np

from iotwatch.detect.beacons.pair import Pair
from iotwatch.store import View
from iotwatch.words.findings import Reason
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.subjects import Subject

_SHARE = 0.8
_CONNECTIONS = 3


def protocols(view: View) -> dict[tuple[str, str], str]:
    """(client, server) -> the protocol that was decoded between them, as far as it has pings."""
    found: dict[tuple[str, str], str] = {}
    for kind, word in ((Kind.MQTT_CLIENT, "mqtt"), (Kind.MQTT_TOPIC, "mqtt"), (Kind.HTTP_UPGRADE, "websocket")):
        for observation in view.of(kind):
            if client := Subject.of(observation.subject).address:
                found[client, str(observation.facts.get("server", ""))] = word
    return found


def keep_alive(pair: Pair, known: dict[tuple[str, str], str], connections: int) -> Said | None:
    """What keeps a connection alive here; ``None`` when the contacts are not bursts of one size in few connections.

    MQTT's PINGREQ is two bytes (OASIS MQTT 3.1.1 section 3.12), a client's empty WebSocket ping six (RFC 6455 section 5.5.2:
    it is masked), TCP's own keep-alive none or one (RFC 9293 section 3.8.4).
    """
    if pair.kind != "burst" or not pair.rows or pair.rows[0].transport != "tcp":
        return None
    sizes = pair.sizes()
    values, counts = np.unique(sizes, return_counts=True)
    most = int(counts.argmax())
    size = int(values[most])
    if counts[most] < _SHARE * len(sizes) or connections * _CONNECTIONS > len(sizes):
        return None
    protocol = next((known[place] for row in pair.rows if (place := (row.client, row.server)) in known), "")
    if protocol == "mqtt" and size == 2:
        return Reason.MQTT_PING()
    if protocol == "websocket" and size == 6:
        return Reason.WEBSOCKET_PING()
    if size <= 1:
        return Reason.TCP_KEEP_ALIVE()
    return Reason.SAME_SIZE(size=size)
