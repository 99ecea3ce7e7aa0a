"""A bus on which somebody does the same again and again costs what its bytes cost, not their square."""

from __future__ import annotations

import struct
import time

from iotwatch.decode.usb import smart_card
from iotwatch.decode.usb.descriptors import Bus
from iotwatch.decode.usb.pipes import Pipe
from iotwatch.decode.usb.transfers import BULK, Transfer
from iotwatch.read.stream import from_bytes

ENOUGH_S = 20
"""Each of these took minutes when every step looked at all before it, and takes about a second."""


def test_an_address_on_which_the_device_is_another_one_each_time() -> None:
    bus, begun = Bus(), time.process_time()
    for number in range(20_000):
        data = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 0, 0, 0, 64, number, 1, 0, 0, 0, 0, 1)
        bus.descriptor(bytes((0x80, 6, 0, 1, 0, 0, 18, 0)), 1, 5, data, (0, 18))
    assert time.process_time() - begun < ENOUGH_S
    assert [one.device.key for one in bus.all[:3]] == ["usb:1/5", "usb:1/5~2", "usb:1/5~3"]
    assert len({one.device.key for one in bus.all}) == 20_000


def test_a_device_that_moves_from_address_0_leaves_its_name_there() -> None:
    bus = Bus()
    for _ in range(2):
        bus.at(1, 0)
        bus.moved(1, 5)
    assert [one.device.key for one in bus.all] == ["usb:1/5", "usb:1/5~2"]
    assert bus.at(1, 0).device.key == "usb:1/0"


def test_a_command_of_a_card_whose_blocks_never_end() -> None:
    """T=1 (ISO/IEC 7816-3 section 11.3): NAD, PCB with the bit for more, length, one byte, the sum of all."""
    block = bytes((0, 0x20, 1, 0x55, 0x74))
    once = struct.pack("<BIBBBH", 0x6F, len(block), 0, 0, 0, 0) + block
    back = struct.pack("<BIBBBB", 0x80, len(block), 0, 0, 0, 0) + b"\0" + block
    count, size = 150_000, len(once)
    out, into = Pipe(0x02), Pipe(0x81)
    for at in range(0, 2 * count * size, 2 * size):
        out.add(Transfer(0, True, BULK, 1, 5, 0x02, at, at + size))
        into.add(Transfer(0, False, BULK, 1, 5, 0x81, at + size, at + 2 * size))
    begun = time.process_time()
    assert list(smart_card.messages(from_bytes((once + back) * count), [out, into])) == []
    assert time.process_time() - begun < ENOUGH_S
