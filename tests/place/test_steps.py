"""The pure steps: each against a slow reading of its specification."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iotwatch.place import steps


def _unescaped(data: bytes) -> bytes:
    """RFC 1662 section 4.2, byte by byte; ``7D 7E`` aborts a frame and is no escape."""
    out, here = bytearray(), 0
    while here < len(data):
        escape = data[here] == 0x7D and here + 1 < len(data) and data[here + 1] != 0x7E
        out.append(data[here + 1] ^ 0x20 if escape else data[here])
        here += 2 if escape else 1
    return bytes(out)


@given(st.lists(st.sampled_from([0x7D, 0x7E, 0x5D, 0x5E, 0x31]), max_size=40).map(bytes))
def test_hdlc_escapes_are_undone(data: bytes) -> None:
    assert steps.apply("unescape-hdlc", data) == _unescaped(data)
    places = steps.hdlc_escapes(data).tolist()
    assert len(data) - len(places) == len(_unescaped(data))
    assert all(data[place] == 0x7D and data[place + 1] != 0x7E for place in places)


def test_hdlc_example_of_the_specification() -> None:
    assert steps.apply("unescape-hdlc", bytes.fromhex("7d5e7d5d7d3141")) == bytes.fromhex("7e7d1141")
