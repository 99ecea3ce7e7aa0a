"""With any one dialect dropped, the generic layer still finds the position in at least half of its text messages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

import pytest

from iotwatch.decode import CARRIERS, LOOSE, PROTOCOLS, TRACKERS
from iotwatch.decode.dispatcher import Dispatcher
from iotwatch.decode.generic import GENERIC
from iotwatch.decode.message import Claim, Dialect, Message
from iotwatch.read.stream import Flow, Stream, from_bytes

TOLERANCE = 0.0005
EACH = 4
Texts = dict[str, list[tuple[bytes, tuple[float, float]]]]


class Droppable:
    """A dialect that can be switched off, so that the matcher is compiled once for all drops."""

    def __init__(self, decoder: Dialect) -> None:
        self.decoder = decoder
        self.name, self.anchors = decoder.name, decoder.anchors
        self.rank, self.samples = decoder.rank, decoder.samples
        self.dropped = False

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        claim = None if self.dropped else self.decoder.claims(head, flow)
        return claim and Claim(self, claim.proof)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        return self.decoder.messages(stream)


def _found(dispatcher: Dispatcher, data: bytes, place: tuple[float, float]) -> bool:
    queue = [from_bytes(data)]
    for stream in queue:
        for message in dispatcher.decode(stream):
            for fix in message.fixes:
                if abs(fix.latitude - place[0]) < TOLERANCE and abs(fix.longitude - place[1]) < TOLERANCE:
                    return True
            if message.body is not None and len(queue) < 16:
                queue.append(message.body)
    return False


@pytest.fixture(scope="module")
def texts(corpus) -> Texts:
    """A few text messages with their place, by the dialect they are of."""
    found: Texts = defaultdict(list)
    with (corpus / "positions" / "traccar.jsonl").open() as file:
        for line in file:
            row = json.loads(line)
            expected = row["expected"]
            if row["kind"] == "text" and row["carries_position"] and expected and len(found[row["protocol"]]) < EACH:
                found[row["protocol"]].append((bytes.fromhex(row["payload_hex"]), (expected["lat"], expected["lon"])))
    return {name: messages for name, messages in found.items() if messages}


@pytest.mark.corpus
def test_the_generic_layer_stands_in_for_any_dialect(texts):
    dialects = tuple(Droppable(decoder) for decoder in TRACKERS)
    dispatcher = Dispatcher(PROTOCOLS, dialects, LOOSE, CARRIERS, fallbacks=[GENERIC])
    results = []
    for dialect in dialects:
        if dialect.name in texts:
            dialect.dropped = True
            results += [_found(dispatcher, data, place) for data, place in texts[dialect.name]]
            dialect.dropped = False
    assert len(results) > 150
    assert sum(results) / len(results) >= 0.5


@pytest.mark.corpus
def test_it_stands_in_without_any_dialect_and_any_nmea_reader(texts):
    dispatcher = Dispatcher((), fallbacks=[GENERIC])
    results = [_found(dispatcher, data, place) for those in texts.values() for data, place in those]
    assert sum(results) / len(results) >= 0.5
