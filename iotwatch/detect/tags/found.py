"""Tags -> findings: which form says what of the owner, what its going along is worth, and what speaks against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from iotwatch.detect.severity import Behaviour
from iotwatch.detect.tags.devices import Device, devices
from iotwatch.detect.tags.following import Going, Listening
from iotwatch.model import Confidence, Finding, Observation, iso
from iotwatch.store import View
from iotwatch.words.amounts import duration, length
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.tags import NAMES, STAYED_US, Form, Linked, Moved, Network, OwnerState

_EVIDENCE_KEPT = 8
_ADDRESSES_KEPT = 64
_FEW = 3
_PHONES_KEEP_S = 1200.0
"""Phones that are offline turn their address every 15 minutes (not verified by a document): what keeps it longer is none."""
_PHONES_TURN_S, _TURNS = 780.0, 2
"""And what turns it so many times in a row after less than 13 minutes is none either."""
_BRIEF_S = 600.0
_LINKED = {
    Linked.COUNTER: "its counter goes on by one each time",
    Linked.CLOCK: "one begins where the other ends",
    Linked.SERIES: "they relieve each other at an even pace",
}
_AWAY = {
    Form.OFFLINE: "offline for more than 15 minutes",
    Form.OVERMATURE: "offline for more than a day",
    Form.PREMATURE: "offline for less than 15 minutes",
}


def findings(detector: str, view: View) -> Iterator[Finding]:
    """Return the findings of ``detector``, one per tag that stayed."""
    listening = Listening(view)
    last: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in view.of(Kind.TAG_LAST):
        last[one.value, one.subject].append(one)
    for device in devices(view.of(Kind.TAG), listening.borders):
        going = listening.going(device)
        if going.follows or _stayed(going):
            yield _finding(detector, device, going, _latest(device, last))


def _finding(detector: str, device: Device, going: Going, latest: Observation | None) -> Finding:
    addresses = [one.address for one in device.sightings]
    state, why = _state(device)
    behaviour = _behaviour(state, going, phone=_is_phone(device, state))
    count = sum(one.count for one in device.sightings)
    facts: dict[str, Any] = {
        "network": device.network.value,
        "state": state.value,
        "addresses": addresses[:_ADDRESSES_KEPT],
        "follows": going.follows,
        "moved": going.moved.value,
        "phases": list(going.phases),
        "advertisements": count,
        "heard_s": round(going.heard_s, 1),
        "listened_s": round(going.listened_s, 1),
        "first_heard": iso(device.sightings[0].first),
        "last_heard": iso(max(one.last for one in device.sightings)),
    }
    if forms := sorted(one.value for one in device.forms):
        facts["form"] = forms[0] if len(forms) == 1 else forms
    if ids := sorted({one.facts["network_id"] for one in device.observations if "network_id" in one.facts}):
        facts["network_id"] = ids[0] if len(ids) == 1 else ids
    if going.metres:
        facts |= {"apart_m": round(going.metres), "at_sites": list(going.sites)}
    if len(addresses) > 1:
        facts |= {"rotations": len(addresses) - 1, "linked_by": sorted(one.value for one in device.linked)}
    if counters := [one.counter for one in device.sightings if one.counter]:
        facts["counter"] = [min(one[0] for one in counters), max(one[1] for one in counters)]
    evidence = [one.evidence for one in device.observations]
    step = max(1, len(evidence) // _EVIDENCE_KEPT)
    shown = [*evidence[::step][:_EVIDENCE_KEPT], *([latest.evidence] if latest is not None else [])]
    return Finding(
        detector=detector,
        kind=FindingKind.TAG,
        subject=f"mac:{addresses[0]}",
        key=keyed("tag", device.network.value, addresses[0]),
        title=_title(device, state, going),
        severity=behaviour.severity,
        confidence=Confidence.POSSIBLE if count < _FEW else Confidence.LIKELY,
        reasons=tuple(_reasons(device, going, count, why)),
        doubts=tuple(_doubts(device, going, state, count)),
        evidence=tuple(shown),
        facts=facts,
        former_keys=tuple(keyed("tag", device.network.value, one) for one in addresses[1:_ADDRESSES_KEPT]),
    )


def _latest(device: Device, last: Mapping[tuple[str, str], Sequence[Observation]]) -> Observation | None:
    """The advertisement of the device that was heard last; ``last`` are those of each network and address."""
    own = [seen for one in device.sightings for seen in last.get((one.network, f"mac:{one.address}"), ())]
    return max(own, key=lambda one: (one.time or 0, one.evidence.source), default=None)


def _stayed(going: Going) -> bool:
    """Whether it was near for longer than in passing; a brief recording is measured by itself."""
    if going.heard_s * 1e6 >= STAYED_US:
        return True
    return going.listened_s <= _BRIEF_S and 0 < going.heard_s >= going.listened_s / 2


def _is_phone(device: Device, state: OwnerState) -> bool:
    return state is OwnerState.UNKNOWN and Form.PHONE in device.forms


def _state(device: Device) -> tuple[OwnerState, Said]:
    """The state, and what tells it. What calls itself a phone and does not turn its address like one is a beacon."""
    state = device.state
    if state is OwnerState.UNKNOWN and device.forms == {Form.PHONE} and device.network is Network.FIND_MY:
        # Of the first and the last address nobody knows how long they were kept.
        whole = [one.life / 1e6 for one in device.sightings[1:-1]]
        if len(whole) >= _TURNS and median(whole) < _PHONES_TURN_S:
            return OwnerState.SEPARATED, Reason.TAG_EVADES(interval=duration(median(whole)))
        kept = max(one.life for one in device.sightings) / 1e6
        if kept > _PHONES_KEEP_S:
            return OwnerState.SEPARATED, Reason.TAG_KEEPS(duration=duration(kept))
    if state is OwnerState.SEPARATED:
        forms = [form for form in _AWAY if form in device.forms and form is not Form.PREMATURE]
        return state, Reason.TAG_AWAY(form=_AWAY[forms[-1]] if forms else "the form that tags have then")
    if state is OwnerState.NEAR:
        return state, Reason.TAG_NEAR()
    return state, Reason.TAG_PHONE() if Form.PHONE in device.forms else Reason.TAG_SILENT()


def _behaviour(state: OwnerState, going: Going, *, phone: bool) -> Behaviour:
    if state is OwnerState.SEPARATED:
        return Behaviour.TAG_FOLLOWS if going.follows else Behaviour.TAG_AWAY
    silent = state is OwnerState.UNKNOWN and not phone
    return Behaviour.TAG_SILENT_FOLLOWS if silent and going.follows else Behaviour.TAG


def _title(device: Device, state: OwnerState, going: Going) -> str:
    name = NAMES[device.network]
    if _is_phone(device, state):
        return f"{name} or phone without a network near the car"
    whose = {OwnerState.SEPARATED: " away from its owner", OwnerState.NEAR: " near its owner", OwnerState.UNKNOWN: ""}
    if not going.follows:
        return f"{name}{whose[state]} near the car for {duration(going.heard_s)}"
    if going.moved is Moved.NOT_NOTED:
        heard, listened = duration(going.heard_s), duration(going.listened_s)
        return f"{name}{whose[state]} stayed with the car for {heard} of {listened}"
    return f"{name}{whose[state]} went along with the car"


def _reasons(device: Device, going: Going, count: int, why: Said) -> Iterator[Said]:
    heard, listened = duration(going.heard_s), duration(going.listened_s)
    yield Reason.TAG_HEARD(n=count, heard=heard, listened=listened)
    yield why
    if going.moved is Moved.PLACES:
        yield Reason.TAG_ALONG_PLACES(distance=length(going.metres))
    elif going.follows:
        yield Reason.TAG_ALONG_DRIVE() if going.moved is Moved.DRIVE else Reason.TAG_STAYED()
    else:
        yield Reason.TAG_PARKED()
    if going.sites:
        yield Reason.TAG_AT_SITES(sites=", ".join(going.sites))
    if len(device.sightings) > 1:
        how = "; ".join(_LINKED[one] for one in sorted(device.linked))
        yield Reason.TAG_ADDRESSES(n=len(device.sightings), how=how)
    levels = [one.facts["level"] for one in device.observations if "level" in one.facts]
    if levels:
        least, middle, most = zip(*levels, strict=True)
        yield Reason.TAG_LEVEL(level=round(sum(middle) / len(middle)), least=min(least), most=max(most))
    yield Reason.TAG_REPORTED_BY()


def _doubts(device: Device, going: Going, state: OwnerState, count: int) -> Iterator[Said]:
    yield Doubt.TAG_FORGED()
    if Form.PHONE in device.forms:
        yield Doubt.TAG_LOOKS_ALIKE()
    if state is not OwnerState.NEAR:
        yield Doubt.TAG_SOMEBODYS()
    if state is OwnerState.UNKNOWN and Form.PHONE not in device.forms:
        yield Doubt.TAG_DRIVERS()
    if state is OwnerState.NEAR and device.network is Network.FIND_HUB:
        yield Doubt.TAG_NORMAL_MODE()
    if not going.follows:
        yield Doubt.TAG_NEIGHBOUR()
    elif going.moved is Moved.NOT_NOTED:
        yield Doubt.TAG_NOT_NOTED()
    if device.linked - {Linked.COUNTER}:
        yield Doubt.TAG_LINK_GUESSED()
    if count < _FEW:
        yield Doubt.TAG_FEW(n=count)
