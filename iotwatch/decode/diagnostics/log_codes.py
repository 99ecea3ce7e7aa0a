"""What log packets of Qualcomm's diagnostics are called (SCAT's ``diagcmd.py``, openpilot's ``modemdiag.py``, MobileInsight)."""

from __future__ import annotations

NAMES: dict[int, str] = {
    0x1098: "UIM data", 0x11EB: "protocol services (IP packets)", 0x1272: "SIM toolkit task", 0x138E: "QMI message",
    0x1476: "GNSS position report", 0x1477: "GPS measurement report", 0x1478: "GNSS clock report",
    0x147B: "GNSS code and Doppler report", 0x147E: "GNSS hardware status", 0x1480: "GLONASS measurement report",
    0x14CE: "UIM data of two slots", 0x14CF: "QMI call flow", 0x14DE: "GNSS measurement report (OEMDRE)",
    0x14E1: "GNSS satellite polynomials (OEMDRE)", 0x1516: "GNSS configuration", 0x156E: "IMS SIP message",
    0x1756: "BeiDou measurement report", 0x1838: "GNSS power state", 0x1886: "Galileo measurement report",
    0x1D15: "key of an encrypted log", 0x4127: "WCDMA cell", 0x412F: "WCDMA RRC", 0x5065: "GSM frequency burst",
    0x506A: "GSM serving burst", 0x5071: "GSM surrounding cells", 0x507B: "GSM neighbour cells", 0x512F: "GSM RR",
    0x5134: "GSM cell", 0x5226: "GPRS MAC", 0x5230: "GPRS SM and GMM", 0x713A: "UMTS NAS",
    0xB062: "LTE MAC random access", 0xB063: "LTE MAC downlink", 0xB064: "LTE MAC uplink", 0xB0B3: "LTE PDCP",
    0xB0C0: "LTE RRC", 0xB0C1: "LTE MIB", 0xB0C2: "LTE serving cell", 0xB0CD: "LTE carrier aggregation",
    0xB0E0: "LTE ESM in, protected", 0xB0E1: "LTE ESM out, protected", 0xB0E2: "LTE ESM in", 0xB0E3: "LTE ESM out",
    0xB0E5: "LTE bearer context", 0xB0EA: "LTE EMM in, protected", 0xB0EB: "LTE EMM out, protected",
    0xB0EC: "LTE EMM in", 0xB0ED: "LTE EMM out", 0xB0EE: "LTE EMM state", 0xB17F: "LTE serving cell measurement",
    0xB180: "LTE neighbour measurement", 0xB193: "LTE measurement response", 0xB197: "LTE cell information",
    0xB800: "NR 5GSM in", 0xB801: "NR 5GSM out", 0xB808: "NR 5GSM in, protected", 0xB809: "NR 5GSM out, protected",
    0xB80A: "NR 5GMM in", 0xB80B: "NR 5GMM out", 0xB80C: "NR 5GMM state", 0xB814: "NR NAS", 0xB821: "NR RRC",
    0xB822: "NR MIB", 0xB823: "NR serving cell", 0xB97F: "NR measurement",
    **dict.fromkeys(range(0x1572, 0x157A), "network IP packet"), **dict.fromkeys(range(0x138F, 0x13AE), "QMI message"),
}  # fmt: skip
COMMANDS: dict[int, str] = {
    0x00: "version", 0x1C: "status", 0x4B: "subsystem", 0x60: "events", 0x73: "log configuration", 0x79: "messages",
    0x7C: "build id", 0x7D: "message configuration", 0x92: "messages by their number", 0x99: "messages by their number",
    0x9E: "secured log packets",
}  # fmt: skip
"""Frames that are no log packets."""


def command_named(command: int) -> str:
    """A command with its name, as far as it has one."""
    return f"{COMMANDS[command]} (command {command:#04x})" if command in COMMANDS else f"command {command:#04x}"


def named(code: int) -> str:
    """A code with its name, as far as it has one."""
    return f"{NAMES[code]} ({code:#06x})" if code in NAMES else f"{code:#06x}"
