"""Where a source was taken: on Wi-Fi, a USB wire, a serial line ..."""

from __future__ import annotations

from iotwatch.model import Vantage


def default_vantage(kind: str, link_types: dict[str, int]) -> str:
    """Where a source was taken, as far as its form tells."""
    if kind == "log":
        return Vantage.GATEWAY.value if any(name.startswith("zeek") for name in link_types) else Vantage.UART.value
    if kind != "capture":
        return Vantage.OTHER.value
    most = max(link_types, key=lambda name: link_types[name], default="").lower()
    for word, vantage in (
        ("802.11", "wifi"),
        ("usb", "usb"),
        ("can", "can"),
        ("gsmtap", "cellular"),
        ("bluetooth", "rf"),
    ):
        if word in most:
            return vantage
    return Vantage.LAN.value
