"""Whose a position is, where its own message names nobody: by what it stands in, else by what the conversation says.

The one place where an id that is not in a message is given to its positions; each such position tells where the id stands. An
id of the conversation is given only where the conversation names one device: a gateway's holds the ids of many.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from iotwatch.decode.generic.device_ids import kind_named
from iotwatch.decode.message import Message
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import could_be_imei
from iotwatch.words.kinds import Kind
from iotwatch.words.namings import NamedBy
from iotwatch.words.said import Said

_FLOWS = 1 << 16
_NAMES = 4
"""Names kept of a conversation: two are too many already."""
_LONGEST = 1024
_NAME = regex(r"[A-Za-z0-9][\w.:\-]{2,63}")
_HARDWARE = regex(
    r"(?=[0-9A-Fa-f:-]*\d)(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{24}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})"
)
"""EUI-48, EUI-64, and the 24 hex digits of a Particle device."""
_BEFORE_AN_ID = frozenset((
    "asset", "assets", "boat", "boats", "car", "cars", "dev", "device", "devices", "imei", "node", "nodes", "terminal",
    "terminals", "thing", "things", "tracker", "trackers", "truck", "trucks", "unit", "units", "vehicle", "vehicles",
))  # fmt: skip
_NO_ID = frozenset((
    "all", "attributes", "cmd", "command", "data", "down", "event", "events", "gps", "info", "location", "locations", "log",
    "me", "messages", "position", "positions", "report", "reports", "shadow", "state", "status", "telemetry", "track", "up",
    "update", "updates", "upload",
))  # fmt: skip
_STRONG = frozenset({Kind.IMEI, Kind.DEVICE_ID})


class Named(NamedTuple):
    """A device's id and where it stands."""

    value: str
    by: NamedBy

    @property
    def doubt(self) -> Said:
        return ReadingDoubt.NAMED_BY(how=self.by.one)


def of_envelope(context: Mapping[str, str]) -> Named | None:
    """The id in what carried a message: the document around it, the head of a request, a topic, an address."""
    if _NAME.fullmatch(context.get("device_id", "")):
        return Named(context["device_id"], NamedBy.__members__.get(context.get("named_by", ""), NamedBy.AROUND))
    return _of_path(context.get("topic", "")[:_LONGEST], context.get("target", "")[:_LONGEST])


@lru_cache(1024)
def _of_path(topic: str, target: str) -> Named | None:
    """The id in a topic or an address, which thousands of messages have in common."""
    if (found := _in_path(topic, hardware=True)) is not None:
        return Named(found, NamedBy.TOPIC)
    path, _, query = target.partition("?")
    found = _in_query(query)
    found = found if found is not None else _in_path(path, hardware=False)
    return Named(found, NamedBy.TARGET) if found is not None else None


def _in_query(query: str) -> str | None:
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        value = unquote(value)
        if (key.lower() == "id" or kind_named(key) in _STRONG) and _NAME.fullmatch(value):
            return value
    return None


def _in_path(path: str, *, hardware: bool) -> str | None:
    """A part that stands where an id does, or has the form of one; of a topic that may be any number of hardware."""
    parts = [unquote(part) for part in path[:_LONGEST].split("/") if part]
    for index, (before, part) in enumerate(pairwise(parts), 2):
        fits = _NAME.fullmatch(part) and part.lower() not in _NO_ID
        if before.lower() in _BEFORE_AN_ID and fits and (index < len(parts) or any(map(str.isdigit, part))):
            return part
    return next((part for part in parts if could_be_imei(part) or (hardware and _HARDWARE.fullmatch(part))), None)


class Senders:
    """Learns from every message who a conversation is of."""

    def __init__(self) -> None:
        self._named: dict[int, dict[Named, str]] = {}

    def note(self, message: Message) -> None:
        """Remember whom ``message`` names as its sender, for the others of its conversation."""
        flow = message.stream.flow
        if flow is None or flow.index < 0 or not message.stream.up:
            return
        for named in _names(message):
            known = self._named.setdefault(flow.index, {}) if len(self._named) < _FLOWS else self._named.get(flow.index)
            if known is not None and len(known) < _NAMES:
                known.setdefault(named, message.protocol)

    def of(self, flow: int, dialect: str) -> Named | None:
        """Who the conversation is of: the one device that logged in to this dialect, else the one that is named at all."""
        known = self._named.get(flow, {})
        logins = [one for one, protocol in known.items() if one.by is NamedBy.LOGIN and protocol == dialect]
        for those in (logins, sorted(known, key=lambda one: one.by.value)):
            if len({one.value for one in those}) == 1:
                return those[0]
        return None


def _names(message: Message) -> list[Named]:
    if message.protocol == "lwm2m":
        names = [trait.value for trait in message.traits if trait.kind is Kind.LWM2M_ENDPOINT]
        return [Named(one, NamedBy.ENDPOINT) for one in message.device_ids[:1] or names[:1]]
    if message.protocol == "mqtt":
        clients = [trait.value for trait in message.traits if trait.kind is Kind.MQTT_CLIENT]
        found = (_in_path(client, hardware=True) for client in clients)
        return [Named(one, NamedBy.CLIENT) for one in found if one is not None]
    ids = [one for one in message.device_ids[:1] if not message.generic or could_be_imei(one)]
    return [Named(one, NamedBy.LOGIN) for one in ids]
