"""How much work an answer takes, counted in calls: gross losses of speed fail here, whatever the machine is doing."""

from __future__ import annotations

import importlib
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from iotwatch.decode import _DISPATCHER, decode
from iotwatch.decode.dispatcher import Dispatcher
from iotwatch.decode.generic.tree.node import NUMBER, OBJECT, Node
from iotwatch.decode.trackers.coded import gt06
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.open.answer import answer
from iotwatch.read.stream import from_bytes
from tests.calls import calls_while

SIZE = 16 << 10
MOST_CALLS_OF_CIPHERTEXT = 45
MOST_CALLS_A_BYTE = 12
"""The most eager kind takes 9, its forms with few values 2."""


@pytest.fixture(scope="module")
def dense() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1] / "bench")
        yield importlib.import_module("dense")


def calls_of(data: bytes) -> int:
    """How many functions an answer calls, ours and those written in C."""
    return calls_while(lambda: answer(data))


def test_ciphertext_is_told_in_few_calls_however_long_it_is() -> None:
    """Streams in which nobody has an anchor are most of what a network carries: none of them is worth a generator."""
    rng = random.Random(5)
    heads = [head for head in (rng.randbytes(30) for _ in range(400)) if not _DISPATCHER.candidates(head)]
    for size, datagram in ((900, False), (90_000, False), (900, True), (90_000, True)):
        data = b"".join(heads[:2]) + rng.randbytes(size - 60)
        stream = from_bytes(data)
        stream = replace(stream, kind="udp" if datagram else "tcp", datagram=datagram)
        if datagram:
            starts = np.arange(0, size, 30)
            stream = replace(stream, starts=starts, offsets=starts, frames=starts, times=starts)
        assert not list(decode(stream))
        assert calls_while(lambda stream=stream: list(decode(stream))) <= MOST_CALLS_OF_CIPHERTEXT, (size, datagram)


def test_payloads_that_state_something_throughout_take_bounded_work(dense: ModuleType) -> None:
    work = {}
    for name, unit in dense.UNITS.items():
        answer(dense.filled(unit, SIZE >> 3))
        work[name] = calls_of(dense.filled(unit, SIZE)) / SIZE
    assert {name: calls for name, calls in work.items() if calls > MOST_CALLS_A_BYTE} == {}


def test_work_grows_with_the_size_and_not_with_its_square(dense: ModuleType) -> None:
    for name in ("json, pairs", "json, a list", "senml", "nmea, epochs", "gpx", "cbor"):
        small, large = (calls_of(dense.filled(dense.UNITS[name], size)) for size in (SIZE >> 2, SIZE))
        assert large < 6 * small, name


def fix_frame(number: int) -> bytes:
    body = bytes([0x22, 24, 3, 17, 9, 41, number, 0xC9]) + struct.pack(">IIBH", 92_700_000, 6_300_000, 60, 0x1400 | 90)
    content = bytes([len(body) + 4]) + body + struct.pack(">H", number)
    return b"\x78\x78" + content + struct.pack(">H", crc16_x25(content)) + b"\r\n"


def test_every_frame_is_read_once() -> None:
    frames: list[bytes] = []

    def read(frame: bytes, session: Any) -> Any:
        frames.append(frame)
        return gt06.DIALECT.read(frame, session)

    dialect = FramedDialect(gt06.DIALECT.name, gt06.DIALECT.anchors, gt06.DIALECT.measure, read)
    login = bytes.fromhex("78780d01012345678901234500018cdd0d0a")
    fixes = [fix_frame(number) for number in range(12)]
    dispatcher = Dispatcher([], [dialect])
    messages = list(dispatcher.decode(from_bytes(b"".join([login, *fixes]))))
    assert frames == [login, *fixes]
    assert [len(message.fixes) for message in messages] == [0, *[1] * 12]
    assert {message.device_ids for message in messages} == {("123456789012345",)}
    # A claim that was used once is as good the second time: nothing was kept.
    claim = dialect.claims(login, None)
    for _ in range(2):
        (message,) = dialect.messages(from_bytes(login), claim)
        assert message.device_ids == ("123456789012345",)
    assert frames == [login, *fixes, login]


def test_a_large_object_is_asked_for_keys_without_going_through_it_each_time() -> None:
    compared = 0

    class Key(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    children = [Node(Key(f"k{i}"), NUMBER, i, i + 1, i) for i in range(2000)]
    node = Node("", OBJECT, 0, 2000, children=children)
    for _ in range(200):
        assert node.child("bn", "-2") is None
        found = node.child("k1999", "k3")
        assert found is not None
        assert found.value == 3
    assert compared < 20_000
