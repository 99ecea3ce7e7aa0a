"""Every layer that is read, by its code. A code that is not here is where reading stops: it is kept as a typed frame."""

from __future__ import annotations

from iotwatch.read.layer import Layer
from iotwatch.read.link import LINK_LAYERS
from iotwatch.read.link_rare import RARE_LAYERS
from iotwatch.read.link_serial import SERIAL_LAYERS
from iotwatch.read.link_wifi import WIFI_LAYERS
from iotwatch.read.network import NETWORK_LAYERS
from iotwatch.read.transport import TRANSPORT_LAYERS
from iotwatch.read.tunnels import TUNNEL_LAYERS

LAYERS: dict[int, Layer] = {
    **TRANSPORT_LAYERS,
    **TUNNEL_LAYERS,
    **NETWORK_LAYERS,
    **LINK_LAYERS,
    **SERIAL_LAYERS,
    **WIFI_LAYERS,
    **RARE_LAYERS,
}
