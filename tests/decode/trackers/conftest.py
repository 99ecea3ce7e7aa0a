"""What a framed or coded dialect reads with proof in its own tests is that dialect's for the full dispatcher too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from iotwatch.decode.message import Claim, Dialect, Message, Proof
from iotwatch.decode.trackers.coded.osmand import OsmAnd
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.json_file import JsonDialect
from iotwatch.open.answer import answer
from iotwatch.read.stream import Stream


@pytest.fixture(autouse=True)
def the_dispatcher_gives_each_its_own(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Whole messages of known layout that a test hands to its dialect alone are handed to all decoders afterwards.

    Bytes that are nobody's by design (hypothesis, false starts, cuts) are left out.
    """
    alone: dict[bytes, str] = {}

    def watched(kind: Any) -> Any:
        messages = kind.messages

        def watching(self: Dialect, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
            said = list(messages(self, stream, claim))
            if said and said[0].span[0] == 0 and all(message.proof >= Proof.EXACT for message in said):
                alone[stream.data] = self.name
            yield from said

        return watching

    with monkeypatch.context() as patch:
        for kind in (FramedDialect, JsonDialect, OsmAnd):
            patch.setattr(kind, "messages", watched(kind))
        yield
    if request.path.parent.name in ("coded", "frame", "json") and request.node.get_closest_marker("hypothesis") is None:
        got: dict[str, Any] = {data.hex(): answer(data).dialect for data in alone}
        assert got == {data.hex(): name for data, name in alone.items()}
