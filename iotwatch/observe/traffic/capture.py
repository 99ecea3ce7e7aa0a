"""A capture's columns and streams -> flow rows, contact rows and what the decoded messages say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.files.limits import MAX_FLOWS
from iotwatch.model import Coverage, Evidence, Place
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.contacts import Questions, contact_rows, flow_rows, link_addresses
from iotwatch.observe.traffic.default_vantage import Tapped
from iotwatch.observe.traffic.names import Names
from iotwatch.observe.traffic.roles import settle
from iotwatch.observe.traffic.scope import Scope
from iotwatch.observe.traffic.signalling import Signalling
from iotwatch.read import Capture
from iotwatch.read.capture import Secrets
from iotwatch.read.flows.contacts import foremost
from iotwatch.read.stream import Flow, Stream, paired
from iotwatch.store import ContactRow
from iotwatch.store.rows import FlowRow
from iotwatch.words.kinds import Kind
from iotwatch.words.linktypes import WIRED_KINDS
from iotwatch.words.measures import Measure
from iotwatch.words.vantage import Vantage

if TYPE_CHECKING:
    from iotwatch.files.keylog import KeyLog
    from iotwatch.observe.traffic.decrypted import Decrypting

_HEAD = 64


class Seen(msgspec.Struct, frozen=True):
    """The rows that one capture gives beside its observations, and where it was taken by what most of it is."""

    flows: list[FlowRow]
    contacts: tuple[Collection[ContactRow], ...]
    coverage: list[Coverage]
    vantage: Vantage


class ObservedCapture:
    """Decodes every kept stream of a capture, then describes its flows; to be taken in that order.

    ``names`` learns the far ends' names; ``flows_before`` counts the flows of captures that the same source gave before, so
    that flow numbers stay apart. ``look_at`` sees the streams of flows, ``unexplained`` those
    of them whose form no decoder knows.
    ``keylogs`` open connections of TLS. Of flows out of ``scope`` nothing is kept but their number.
    """

    def __init__(
        self,
        capture: Capture,
        origin: Place | None,
        path: str,
        collector: Collector,
        names: Names,
        flows_before: int = 0,
        scope: Scope | None = None,
        look_at: Callable[[Stream], None] | None = None,
        unexplained: Callable[[Stream], None] | None = None,
        keylogs: Sequence[KeyLog] = (),
    ) -> None:
        self._capture = capture
        self._origin = origin
        self._path = path
        self._collector = collector
        self._names = names
        self._scope = scope
        inside = scope.chosen(capture) if scope else np.ones(len(capture.flows), bool)
        self._chosen = foremost(capture.flows, inside, MAX_FLOWS)
        self._over = int(inside.sum() - self._chosen.sum())
        self._numbers = np.cumsum(self._chosen) - 1 + flows_before
        self._look_at = look_at
        self._unexplained = unexplained
        self._questions = Questions()
        self._decrypting = _decrypting(keylogs, capture.secrets, origin) if keylogs or capture.secrets else None
        self._signalling, self._tapped = Signalling(), Tapped()
        self._spoke: dict[int, Flow] = {}
        self._addresses: dict[tuple[str, str], Evidence] = {}

    def messages(self) -> Iterator[Message]:
        """What the streams say."""
        settle(self._capture, self._chosen)
        self._addresses = link_addresses(self._capture, self._chosen, self._origin, self._path)
        for stream in self._streams():
            self._tapped.note(stream)
            if stream.flow is not None:
                if not self._chosen[stream.flow.index]:
                    continue
                self._spoke[stream.flow.index] = stream.flow
            # Frames without a flow are a wire's, or were sent by radio: of those each message names its sender, or is nobody's.
            judged = self._scope if stream.flow is None and stream.kind not in WIRED_KINDS else None
            stream = _within(stream, self._path, self._numbers)
            self._observe_address(stream)
            if self._look_at is not None and stream.flow is not None:
                self._look_at(stream)
            self._signalling.note(stream)
            explained = False
            for message in decode(stream, self._collector.refusals):
                explained = explained or message.explains
                if judged is not None and not judged.holds_device(message.stream.context.get("device", "")):
                    continue
                self._signalling.note_message(message)
                self._names.learn(message)
                self._questions.note(message)
                yield message
            if self._unexplained is not None and not explained:
                self._unexplained(stream)
        self._capture = self._capture.without_streams()

    def _streams(self) -> Iterator[Stream]:
        """What was kept, and what stood in TLS in clear, where its secrets are known."""
        for stream in paired(self._capture.streams.among(self._chosen)):
            yield stream
            if self._decrypting is not None and stream.flow is not None and self._chosen[stream.flow.index]:
                yield from self._decrypting.note(stream)
        if self._decrypting is not None:
            yield from self._decrypting.finish()

    def rows(self) -> Seen:
        """The rows of the flows, once the messages were taken."""
        chosen, flows = self._chosen, self._capture.flows
        known = {row: self._spoke.get(row) or flows.flow(row) for row in np.flatnonzero(chosen).tolist()}
        carried = self._tapped.flows
        ends = {row: flow for row, flow in known.items() if row not in carried} if carried else known
        contacts = contact_rows(self._capture.contacts, ends, self._names, self._origin, self._numbers)
        left = int((~chosen).sum()) - self._over
        coverage = self._signalling.finish(self._collector)
        if self._decrypting is not None:
            coverage += self._decrypting.coverage()
        if left:
            coverage.append(Coverage(Measure.FLOWS_OUT_OF_SCOPE, float(left), "counted, nothing of theirs is kept"))
        if self._over:
            coverage.append(Coverage(Measure.OVER_LIMIT, float(self._over), "counted, not kept", "flows"))
        rows = flow_rows(flows, known, self._names, self._numbers, self._capture.listened)
        vantage = self._tapped.vantage(self._capture)
        return Seen(rows, (contacts, self._questions.rows(self._origin)), coverage, vantage)

    def _observe_address(self, stream: Stream) -> None:
        """A client's hardware address, once: its block names who made the network part.

        The evidence is the address in a link header; where none was kept, what the client said first.
        """
        flow = stream.flow
        if flow is None or not flow.client_mac or not stream.up or not stream.data:
            return
        who, address = f"ip:{flow.client}", flow.client_mac
        if self._collector.wants(Kind.OUI, who, address):
            said = self._addresses.get((flow.client, address)) or stream.evidence(0, min(len(stream.data), _HEAD))
            self._collector.add(Kind.OUI, who, address, said)


def _decrypting(keylogs: Sequence[KeyLog], secrets: Secrets, origin: Place | None) -> Decrypting:
    from iotwatch.observe.traffic.decrypted import Decrypting  # of use only where there are secrets

    return Decrypting(keylogs, secrets, origin)


def _within(stream: Stream, path: str, numbers: NDArray[np.int64]) -> Stream:
    flow = stream.flow
    if flow is not None and numbers[flow.index] != flow.index:
        flow = replace(flow, index=int(numbers[flow.index]))
    if flow is stream.flow and not path:
        return stream
    return replace(stream, path=path, flow=flow)
