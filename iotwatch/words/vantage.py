"""Where a source was taken. It decides what the source can and cannot show, and whose devices may be in it."""

from __future__ import annotations

from enum import StrEnum


class Vantage(StrEnum):
    """The places of listening."""

    WIFI = "wifi"
    BLUETOOTH = "bluetooth"
    LAN = "lan"
    USB = "usb"
    UART = "uart"
    OBD = "obd"
    CAN = "can"
    CELLULAR = "cellular"
    SIM = "sim"
    DIAG = "diag"
    GATEWAY = "gateway"
    RF = "rf"
    OTHER = "other"


SHARED = frozenset({Vantage.WIFI, Vantage.BLUETOOTH, Vantage.RF, Vantage.LAN, Vantage.GATEWAY})
"""Air and networks that bystanders' devices use too. A test cell or an operator records chosen subscribers."""
WIRES = frozenset({Vantage.USB, Vantage.UART, Vantage.OBD, Vantage.CAN, Vantage.SIM, Vantage.DIAG})
"""Wires that end at the device under test: what passes them is its own."""
UNNAMED = SHARED | {Vantage.DIAG}
"""Where nothing says that what was recorded is the car's: a modem's log does not tell whose modem it was, and the listeners' own
hotspots write such logs too."""
