"""Which traces are one device? Observations of one asset tied together, each tie with its reason.

A trace belongs to what it was seen on: a port in a log, a device on a USB bus, an address. Two of these become one device
when they share a number that is theirs alone, when the log itself ties a serial port to a USB device, or when the asset
holds only one modem of that maker and nothing contradicts. They stay two when identities or makers differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from iotwatch.detect.detector import Scene
from iotwatch.detect.traces import Trace
from iotwatch.model import Confidence, Observation
from iotwatch.words.findings import Reason
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.subjects import Subject, SubjectKind

MAX_NODES = 400
"""Things seen that are compared with each other; a bus or network has far fewer modems."""

_UNIQUE = (Kind.IMEI, Kind.ICCID, Kind.IMSI, Kind.EID)
_SAID = (
    Kind.MODULE_VENDOR, Kind.MODULE_MODEL, Kind.MODULE_FIRMWARE, Kind.MODEM_CELLULAR, Kind.USB_ID, Kind.USB_STRING,
    Kind.USB_NAME, Kind.USB_PORT, Kind.USB_SERIAL, Kind.APN, Kind.OPERATOR, Kind.MSISDN, *_UNIQUE,
)  # fmt: skip
_MODEM_SIGNS = frozenset({Kind.MODEM_CELLULAR, Kind.MODULE_VENDOR, Kind.MODULE_MODEL, Kind.MODULE_FIRMWARE})
_ROLES = frozenset({"module", "chipset"})


class Place(NamedTuple):
    """What a trace was seen on: something that one source (by row id) has a key for."""

    source: int
    subject: Subject


Rule = Callable[["Device", "Device", list["Device"]], Said | None]
"""Two devices and all of them -> the reason why the two are one, if they are."""


class Device(msgspec.Struct):
    """One device of an asset: what was observed of it, what signatures know of that, and why its traces are one."""

    places: list[Place]
    said: dict[str, list[Observation]] = msgspec.field(default_factory=lambda: defaultdict(list))
    traces: list[Trace] = msgspec.field(default_factory=list)
    ties: list[Said] = msgspec.field(default_factory=list)
    # Every device is compared with every other: what is compared is worked out once.
    _known: dict[str, frozenset[str]] = msgspec.field(default_factory=dict)

    def values(self, kind: str) -> list[str]:
        """The distinct values of one kind, in the order seen."""
        return list(dict.fromkeys(observation.value for observation in self.said.get(kind, ())))

    def has(self, kind: str) -> frozenset[str]:
        """The values of one kind, to compare."""
        if kind not in self._known:
            self._known[kind] = frozenset(observation.value for observation in self.said.get(kind, ()))
        return self._known[kind]

    @property
    def listing(self) -> str:
        """Source and way of naming of where it was seen first: what one listing holds twice is two devices."""
        return _style_of(*self.places[0])

    @property
    def cellular(self) -> Observation | None:
        """What shows that it is a cellular modem, whoever made it."""
        signs = self.said.get(Kind.MODEM_CELLULAR)
        return signs[0] if signs else None

    @property
    def vendors(self) -> frozenset[str]:
        """Makers that its traces name well enough to contradict another maker."""
        if "vendors" not in self._known:
            self._known["vendors"] = frozenset(
                trace.match.vendor
                for trace in self.traces
                if trace.match.identifies == "module"
                and trace.match.confidence >= Confidence.LIKELY
                and not hint(trace)
            )
        return self._known["vendors"]

    def take(self, other: Device, reason: Said) -> None:
        """Make the other device's traces its own."""
        self._known.clear()
        self.places += other.places
        for kind, observations in other.said.items():
            self.said[kind] += observations
        self.traces += other.traces
        self.ties += [reason, *other.ties]


def hint(trace: Trace) -> bool:
    """Whether a trace only hints at a maker: a borrowed command, a plug-in that the host chose, an allocation list."""
    return trace.match.weak or "basis" in trace.observation.facts or trace.seen_in == "identity"


def devices(scene: Scene, found: Iterable[Trace]) -> list[Device]:
    """The devices of one asset that could be modems, in the order in which they were first seen."""
    nodes = _nodes(scene, found)
    candidates = [node for node in nodes.values() if _could_be_modem(node)][:MAX_NODES]
    for rule in (_same_number, _same_port, _same_usb_device, _same_log, _same_asset):
        candidates = list(_tied(candidates, rule))
    return candidates


def _nodes(scene: Scene, found: Iterable[Trace]) -> dict[Place, Device]:
    nodes: dict[Place, Device] = {}

    def node(observation: Observation) -> Device:
        place = Place(observation.evidence.source, Subject.of(observation.subject))
        if place not in nodes:
            nodes[place] = Device([place])
        return nodes[place]

    for kind in _SAID:
        for observation in scene.view.of(kind):
            node(observation).said[kind].append(observation)
    for trace in found:
        if trace.seen_in != "firmware" and trace.observation.kind != Kind.AT_SERVER:
            node(trace.observation).traces.append(trace)
    return nodes


def _could_be_modem(node: Device) -> bool:
    if any(sign in node.said for sign in _MODEM_SIGNS):
        return True
    wire = node.places[0].subject.wired
    roles = {
        trace.match.identifies for trace in node.traces if trace.seen_in in ("usb", "at", "traffic") and not hint(trace)
    }
    return (
        bool(roles & _ROLES)
        or (wire and any(kind in node.said for kind in _UNIQUE))
        or (bool(node.values("imei")) and not wire)
    )


def _tied(candidates: list[Device], rule: Rule) -> Iterator[Device]:
    """Take each device into the first earlier one that the rule ties it to."""
    kept: list[Device] = []
    for device in candidates:
        for earlier in kept:
            reason = rule(earlier, device, candidates)
            if reason and not _contradict(earlier, device):
                earlier.take(device, reason)
                break
        else:
            kept.append(device)
    yield from kept


def _contradict(first: Device, second: Device) -> bool:
    for kind in ("imei", "eid"):
        mine, other = first.has(kind), second.has(kind)
        if mine and other and not mine & other:
            return True
    mine, other = first.vendors, second.vendors
    return bool(mine and other and not mine & other)


def _same_number(first: Device, second: Device, everyone: list[Device]) -> Said | None:  # noqa: ARG001
    for kind in _UNIQUE:
        if not first.has(kind).isdisjoint(second.has(kind)):
            return Reason.SAME_NUMBER(number=kind.upper())
    return None


def _same_port(first: Device, second: Device, everyone: list[Device]) -> Said | None:  # noqa: ARG001
    for one, other in ((first, second), (second, first)):
        for port in sorted(one.has(Kind.USB_PORT)):
            subject = Subject(SubjectKind.PORT, port)
            if any((source, subject) in other.places for source, _ in one.places):
                return Reason.SAME_PORT(port=port)
    return None


def _same_usb_device(first: Device, second: Device, everyone: list[Device]) -> Said | None:
    """Two listings of one bus: the same ids, and only one such device in each."""
    mine, other = first.has(Kind.USB_ID), second.has(Kind.USB_ID)
    if not mine & other or _styles(first) & _styles(second):
        return None
    alike = [device for device in everyone if mine & device.has(Kind.USB_ID)]
    apart = len(alike) <= len({_style(one) for one in alike})
    return Reason.SAME_USB_ID(usb_id=min(mine & other)) if apart else None


def _style(device: Device) -> str:
    return ",".join(sorted(_styles(device)))


def _styles(device: Device) -> set[str]:
    """Source and way of naming: a bus listing (1/3) and a kernel log (1-1.3) name the same device differently."""
    return {_style_of(source, one) for source, one in device.places if one.kind is SubjectKind.USB}


def _style_of(source: int, subject: Subject) -> str:
    return f"{source} {'/' in subject.name}"


def _same_log(first: Device, second: Device, everyone: list[Device]) -> Said | None:
    """One log, one modem: a dialogue belongs to the only modem on the bus, and several ports to one modem."""
    if not (_on_wire(first) and _on_wire(second)):
        return None
    shared = {source for source, _ in first.places} & {source for source, _ in second.places}
    if not shared:
        return None
    if not (_is_usb(first) or _is_usb(second)):
        return Reason.PORTS_OF_ONE_LOG()
    if _is_usb(first) and _is_usb(second):
        return None
    modems = [device for device in everyone if _is_usb(device) and shared & {source for source, _ in device.places}]
    dialogue = second if _is_usb(first) else first
    agreeing = [device for device in modems if device.vendors & dialogue.vendors] or modems
    only = len(agreeing) == 1 and (first in agreeing or second in agreeing)
    return Reason.ONLY_MODEM_IN_LOG() if only else None


def _same_asset(first: Device, second: Device, everyone: list[Device]) -> Said | None:  # noqa: ARG001
    """Different logs of one car: the same maker, and no model or number says that they are two."""
    if not first.vendors & second.vendors:
        return None
    if {source for source, _ in first.places} & {source for source, _ in second.places}:
        return None
    mine, other = first.has(Kind.USB_ID), second.has(Kind.USB_ID)
    if mine and other and not mine & other:
        return None
    return Reason.SAME_MAKER()


def _on_wire(device: Device) -> bool:
    return all(place.subject.wired for place in device.places)


def _is_usb(device: Device) -> bool:
    return any(place.subject.kind is SubjectKind.USB for place in device.places)
