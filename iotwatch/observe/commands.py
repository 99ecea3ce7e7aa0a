"""What a server tells a tracker to do, in one word or two: the same for all dialects, and never with the device's password."""

from __future__ import annotations

from iotwatch.decode.message import Message

LONGEST = 120
MEANINGS: dict[tuple[str, str], str] = {
    ("gps103", "B"): "locate",
    ("gps103", "C"): "set interval",
    ("gps103", "D"): "stop reporting",
    ("gps103", "J"): "cut engine",
    ("gps103", "K"): "restore engine",
    ("h02", "S20"): "cut or restore engine",
    ("h02", "S71"): "set interval",
    ("h02", "D1"): "set interval",
    ("h02", "R1"): "restart",
    ("h02", "SCF"): "arm or disarm",
    ("gl200", "RTO"): "real-time order",
    ("gl200", "OUT"): "set outputs",
    ("gl200", "FRI"): "set interval",
    ("gl200", "SRI"): "set server",
    ("gl200", "GEO"): "set fence",
    ("meitrack", "A10"): "locate",
    ("meitrack", "A11"): "set interval",
    ("meitrack", "A12"): "set interval",
    ("meitrack", "A21"): "set server",
    ("meitrack", "C01"): "set outputs",
}
"""Dialect and the command's own letters -> what it does (reference facts, section 2; the makers' protocol documents)."""


_DIALOGUE = "at"
"""A host tells its modem what to do on a wire, which is no order of a server."""

_FROM_THE_VEHICLE = frozenset(
    {"login", "realtime", "resend", "logout", "platform login", "platform logout", "heartbeat", "time"}
)
"""What GB/T 32960 calls the command unit names every message, the vehicle's own ones too."""


def command_of(message: Message) -> str:
    """The command that ``message`` is; empty for everything else. What is not in ``MEANINGS`` stands under its own letters."""
    if message.generic or message.protocol == _DIALOGUE:
        return ""
    fields = message.fields
    told = fields.get("command")
    if isinstance(told, str) and told and told not in _FROM_THE_VEHICLE:
        return told[:LONGEST]
    if fields.get("carries") == "command":
        kind = str(fields.get("kind", ""))
        meaning = MEANINGS.get((message.protocol, kind), "")
        return f"{meaning} ({kind})" if meaning and kind else meaning or kind or "command"
    if fields.get("kind") == "command":  # framed dialects; the first word only, since passwords stand behind it
        return str(fields.get("text") or fields.get("type") or "command").partition(" ")[0][:LONGEST]
    return ""
