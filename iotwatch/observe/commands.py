"""What a server tells a tracker to do, in one word or two: the same for all dialects, and never with the device's password."""

from __future__ import annotations

from iotwatch.decode.message import Message
from iotwatch.decode.trackers import COMMANDS

LONGEST = 120
_DIALOGUE = "at"
"""A host tells its modem what to do on a wire, which is no order of a server."""

_FROM_THE_VEHICLE = frozenset(
    {"login", "realtime", "resend", "logout", "platform login", "platform logout", "heartbeat", "time"}
)
"""What GB/T 32960 calls the command unit names every message, the vehicle's own ones too."""


def command_of(message: Message) -> str:
    """The command that ``message`` is; empty for everything else. What is not in ``COMMANDS`` stands under its own letters."""
    if message.generic or message.protocol == _DIALOGUE:
        return ""
    fields = message.fields
    told = fields.get("command")
    if isinstance(told, str) and told and told not in _FROM_THE_VEHICLE:
        return told[:LONGEST]
    if fields.get("carries") == "command":
        kind = str(fields.get("kind", ""))
        meaning = COMMANDS.get((message.protocol, kind), "")
        return f"{meaning} ({kind})" if meaning and kind else meaning or kind or "command"
    if fields.get("kind") == "command":  # framed dialects; the first word only, since passwords stand behind it
        return str(fields.get("text") or fields.get("type") or "command").partition(" ")[0][:LONGEST]
    return ""
