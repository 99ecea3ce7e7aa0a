"""Every layer that is read, by its code. A code that is not here is where reading stops: it is kept as a typed frame."""

from __future__ import annotations

from iotwatch.read.layers.contract import Layer
from iotwatch.read.layers.link import LINK_LAYERS
from iotwatch.read.layers.link_rare import RARE_LAYERS
from iotwatch.read.layers.link_serial import SERIAL_LAYERS
from iotwatch.read.layers.link_wifi import WIFI_LAYERS
from iotwatch.read.layers.network import NETWORK_LAYERS
from iotwatch.read.layers.transport import TRANSPORT_LAYERS
from iotwatch.read.layers.tunnels import TUNNEL_LAYERS

LAYERS: dict[int, Layer] = (
    TRANSPORT_LAYERS | TUNNEL_LAYERS | NETWORK_LAYERS | LINK_LAYERS | SERIAL_LAYERS | WIFI_LAYERS | RARE_LAYERS
)
