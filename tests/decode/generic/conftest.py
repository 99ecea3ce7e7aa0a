"""Reading a payload through the generic layer alone, and through the whole of ``decode``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from iotwatch.decode.dispatcher import Dispatcher
from iotwatch.decode.generic import GENERIC
from iotwatch.decode.message import Message
from iotwatch.read.stream import Stream, from_bytes

ALONE = Dispatcher((), fallbacks=[GENERIC])


def drain(data: bytes | Stream, dispatcher: Dispatcher) -> list[Message]:
    """All messages of ``data`` and of what they carry."""
    queue = deque([(data if isinstance(data, Stream) else from_bytes(data), 0)])
    messages: list[Message] = []
    while queue and len(messages) < 10_000:
        stream, depth = queue.popleft()
        for message in dispatcher.decode(stream):
            messages.append(message)
            if message.body is not None and depth < 6:
                queue.append((message.body, depth + 1))
    return messages


@pytest.fixture(scope="session")
def read() -> Callable[[bytes | str], list[Message]]:
    """A function that gives the generic layer's messages of a payload and of what it carries."""
    return lambda payload: drain(payload.encode() if isinstance(payload, str) else payload, ALONE)


@pytest.fixture(scope="session")
def places_in(read) -> Callable[[bytes | str], list[tuple[float, float]]]:
    """A function that gives the places of a payload, rounded to a metre or so."""
    return lambda payload: [
        (round(fix.latitude, 5), round(fix.longitude, 5)) for message in read(payload) for fix in message.fixes
    ]
