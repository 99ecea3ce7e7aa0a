"""Which flows belong to the devices under test. Of all others nothing is kept but their number."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import numpy as np
from numpy.typing import NDArray

from iotwatch.decode import decode
from iotwatch.errors import OptionError
from iotwatch.patterns import regex
from iotwatch.read import Capture, Devices, Flow

_MAC = regex(r"(?:[0-9a-f]{2}:){2,5}[0-9a-f]{2}")
_WHOLE = len("00:00:00:00:00:00")
_IMEI = regex(r"[0-9]{14,16}")


class Scope:
    """Devices by MAC address, OUI (the first three bytes of one), address or network, or IMEI."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self.macs: list[str] = []
        self.imeis: set[str] = set()
        self.networks: list[IPv4Network | IPv6Network] = []
        for entry in entries:
            text = entry.strip().lower().replace("-", ":")
            if _MAC.fullmatch(text):
                self.macs.append(text)
            elif _IMEI.fullmatch(text):
                self.imeis.add(text)
            else:
                self._network(entry, text)

    def _network(self, entry: str, text: str) -> None:
        try:
            self.networks.append(ip_network(text, strict=False))
        except ValueError as error:
            raise OptionError(f"the scope {entry!r} is no MAC, OUI, address, network or IMEI") from error

    def devices(self) -> Devices:
        """Those that the packets of a capture name: whoever has an IMEI says it in its messages."""
        macs = tuple(bytes.fromhex(mac.replace(":", "")) for mac in self.macs if len(mac) == _WHOLE)
        return Devices(tuple(self.networks), macs)

    def holds(self, flow: Flow) -> bool:
        """Whether one end of the flow is a device under test, by its addresses."""
        return self.holds_ends((flow.client, flow.server), (flow.client_mac, flow.server_mac))

    def holds_ends(self, addresses: Iterable[str], macs: Iterable[str]) -> bool:
        """Whether one of these ends is a device under test."""
        if any(mac.startswith(prefix) for prefix in self.macs for mac in macs):
            return True
        if not self.networks:
            return False
        ends = [ip_address(end) for end in addresses]
        return any(end in network for network in self.networks for end in ends)

    def holds_device(self, key: str) -> bool:
        """Whether a device key (``mac:aa:bb:..``) names a device under test."""
        kind, _, address = key.partition(":")
        return kind == "mac" and any(address.startswith(prefix) for prefix in self.macs)

    def chosen(self, capture: Capture) -> NDArray[np.bool_]:
        """Which flows of ``capture`` are in scope, by row of its flow table."""
        rows = np.fromiter((self.holds(capture.flows.flow(row)) for row in range(len(capture.flows))), bool)
        if self.imeis:
            for stream in capture.streams:
                if stream.flow is None or rows[stream.flow.index]:
                    continue
                if any(self.imeis.intersection(message.device_ids) for message in decode(stream)):
                    rows[stream.flow.index] = True
        return rows
