"""Any bytes that a tap may have heard are read or left, and cost little."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.sim import apdu, commands, files, sms, tlv
from iotwatch.decode.sim.card import Card
from iotwatch.decode.sim.disclosed import Payload
from iotwatch.read.stream import from_bytes
from tests.decode.sim.scenes import CELLS, Scene, lai, submit


@given(st.binary(max_size=300))
def test_any_exchange(data: bytes) -> None:
    card = Card(from_bytes(data or b"\0"))
    one = apdu.whole(data, (0, len(data)))
    if one is not None:
        list(card.take(one))
    for read in (card.command, card.response, card.envelope):
        list(read(data, (0, len(data))))
    list(card.finish())


@given(st.binary(max_size=300))
def test_any_value(data: bytes) -> None:
    assert len(tlv.objects(data)) <= tlv.MAX_OBJECTS
    sms.tpdu(data)
    sms.stored(data)
    for file in files.NAMED.values():
        list(file.read(data))
    found = tlv.objects(data)
    commands.areas(found)
    commands.channel(found)
    commands.equipment(found)
    payload = Payload(data)
    payload.cells(commands.areas(((0x13, lai(*CELLS[0])),)))
    assert not payload.holds_number("860000000000041") or len(data) >= 7
    payload.holds_place(data[:20])


@settings(max_examples=50)
@given(st.integers(0, 60), st.integers(0, 255), st.data())
def test_a_scene_with_a_wrong_byte(where: int, value: int, data: st.DataObject) -> None:
    scene = Scene()
    scene.boot()
    scene.ask_cell(lai(*CELLS[0]))
    scene.sms("+49155", submit("+49155", lai(*CELLS[0])))
    number = data.draw(st.integers(0, len(scene.passed) - 1))
    card = Card(from_bytes(b"x"))
    for index, (_, passed, kind) in enumerate(scene.passed):
        changed = bytearray(passed)
        if index == number:
            changed[where % len(changed)] = value
        one = apdu.whole(bytes(changed), (0, 1)) if not kind else None
        if one is not None:
            list(card.take(one))
    list(card.finish())


def test_a_long_payload_of_packed_characters_costs_what_its_bytes_cost() -> None:
    """Eight characters in seven bytes, the first in the lower bits (TS 23.038 section 6.1.2.1.1)."""
    eight = bytes.fromhex("c8329bfd065ddf")
    assert (sms.unpacked(eight, 8), sms.unpacked(eight, 5, 2)) == (b"Hello Wo", b"llo")
    begun = time.process_time()
    assert sms.unpacked(eight * 150_000, 1_200_000) == b"Hello Wo" * 150_000
    assert time.process_time() - begun < 20, "minutes, when each character is cut out of all bytes"
