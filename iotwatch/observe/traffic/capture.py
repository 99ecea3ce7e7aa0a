"""A capture's columns and streams -> flow rows, contact rows and what the decoded messages say."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from iotwatch.decode import decode
from iotwatch.model import Coverage, Place
from iotwatch.observe.collector import Collector
from iotwatch.observe.messages import observe_message
from iotwatch.observe.traffic.contacts import Questions, contact_rows, flow_rows
from iotwatch.observe.traffic.names import Names
from iotwatch.observe.traffic.scope import Scope
from iotwatch.observe.traffic.signalling import Signalling
from iotwatch.observe.traffic.vantage import Tapped
from iotwatch.read import Capture
from iotwatch.read.stream import Flow, Stream
from iotwatch.store import ContactRow
from iotwatch.store.rows import FlowRow
from iotwatch.words.linktypes import WIRED_KINDS
from iotwatch.words.vantage import Vantage

Push = Callable[[Stream, int], None]
_HEAD = 64


@dataclass(frozen=True)
class Seen:
    """The rows that one capture gives beside its observations, and where it was taken by what most of it is."""

    flows: list[FlowRow]
    contacts: tuple[Collection[ContactRow], ...]
    coverage: list[Coverage]
    vantage: Vantage


def observe_capture(
    capture: Capture,
    origin: Place | None,
    path: str,
    collector: Collector,
    push: Push,
    names: Names,
    flows_before: int = 0,
    scope: Scope | None = None,
) -> Seen:
    """Decode every kept stream of ``capture`` and describe its flows; bodies go to ``push`` with depth 1.

    ``names`` learns the far ends' names; ``flows_before`` counts the flows of captures that the same source gave before, so
    that flow numbers stay apart. Of flows out of ``scope`` nothing is kept but their number.
    """
    chosen = scope.chosen(capture) if scope else np.ones(len(capture.flows), bool)
    numbers = np.cumsum(chosen) - 1 + flows_before
    questions = Questions()
    signalling, tapped = Signalling(), Tapped()
    spoke: dict[int, Flow] = {}
    for stream in capture.streams:
        tapped.note(stream)
        if stream.flow is not None:
            if not chosen[stream.flow.index]:
                continue
            spoke[stream.flow.index] = stream.flow
        # Frames without a flow are a wire's, or were sent by radio: of those each message names its sender, or is nobody's.
        judged = scope if stream.flow is None and stream.kind not in WIRED_KINDS else None
        stream = _within(stream, path, numbers)
        _observe_address(stream, collector)
        signalling.note(stream)
        for message in decode(stream, collector.refusals):
            if judged is not None and not judged.holds_device(message.stream.context.get("device", "")):
                continue
            observe_message(message, collector)
            signalling.note_message(message)
            names.learn(message)
            questions.note(message)
            if message.body is not None:
                push(message.body, 1)
    flows = {row: spoke.get(row) or capture.flows.flow(row) for row in np.flatnonzero(chosen).tolist()}
    contacts = contact_rows(capture.contacts, flows, names, origin, numbers), questions.rows(origin)
    left = int((~chosen).sum())
    coverage = signalling.finish(collector)
    if left:
        coverage.append(Coverage("flows out of scope", float(left), "counted, nothing of theirs is kept"))
    return Seen(flow_rows(capture.flows, flows, names, numbers), contacts, coverage, tapped.vantage(capture))


def _observe_address(stream: Stream, collector: Collector) -> None:
    """The client's hardware address, once: its block names who made the network part. The evidence is its first frame."""
    flow = stream.flow
    if flow is None or not flow.client_mac or not stream.up or not stream.data:
        return
    who = f"ip:{flow.client}"
    if collector.wants("oui", who, flow.client_mac):
        collector.add("oui", who, flow.client_mac, stream.evidence(0, min(len(stream.data), _HEAD)))


def _within(stream: Stream, path: str, numbers: NDArray[np.int64]) -> Stream:
    flow = stream.flow
    if flow is not None and numbers[flow.index] != flow.index:
        flow = replace(flow, index=int(numbers[flow.index]))
    if flow is stream.flow and not path:
        return stream
    return replace(stream, path=path, flow=flow)
