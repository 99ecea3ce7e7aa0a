"""UBI that was in use: an image of ubinize whose blocks are moved, copied, cut and taken as Linux leaves them."""

from __future__ import annotations

import binascii
import random
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from iotwatch import unpack
from tests.unpack.images import replay, statuses

pytestmark = pytest.mark.programs

PEB, PAGE = 128 << 10, 2048
LEB = PEB - 2 * PAGE
DYNAMIC, STATIC, OWN = 0, 1, 0x7FFFEFFF
CONTENT = {
    "rootfs": random.Random(1).randbytes(5 * LEB),
    "boot": random.Random(2).randbytes(2 * LEB + 1000),
}


def crc(data: bytes) -> bytes:
    return struct.pack(">I", binascii.crc32(data, 0) ^ 0xFFFFFFFF)


class Ubi:
    """Physical blocks of an image, each a bytearray."""

    def __init__(self, image: bytes) -> None:
        self.blocks = [bytearray(image[at : at + PEB]) for at in range(0, len(image), PEB)]

    def find(self, volume: int, number: int) -> bytearray:
        """The block that holds a logical block of a volume."""
        wanted = struct.pack(">II", volume, number)
        return next(
            one for one in self.blocks if one[PAGE : PAGE + 4] == b"UBI!" and one[PAGE + 8 : PAGE + 16] == wanted
        )

    def copy(self, volume: int, number: int, sequence: int, **header: int) -> bytearray:
        """One more block with the logical block, as it is written next to the old one."""
        made = bytearray(self.find(volume, number))
        made[PAGE + 40 : PAGE + 48] = struct.pack(">Q", sequence)
        for name, value in header.items():
            at, form = {"copied": (6, "B"), "owner": (8, ">I"), "size": (20, ">I"), "check": (32, ">I")}[name]
            struct.pack_into(form, made, PAGE + at, value)
        made[PAGE + 60 : PAGE + 64] = crc(made[PAGE : PAGE + 60])
        self.blocks.append(made)
        return made

    def record(self, volume: int, change: Callable[[bytearray], None]) -> None:
        """Change a record in both copies of the volume table."""
        for number in (0, 1):
            table, at = self.find(OWN, number), 2 * PAGE + 172 * volume
            record = table[at : at + 172]
            change(record)
            record[168:] = crc(record[:168])
            table[at : at + 172] = record

    def image(self) -> bytes:
        return b"".join(self.blocks)


@pytest.fixture
def ubi(program: Callable[[str], str], tmp_path: Path) -> Ubi:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "ubi.cfg").write_text(
        f"[a]\nmode=ubi\nimage={tmp_path / 'rootfs'}\nvol_id=0\nvol_size=2MiB\nvol_type=dynamic\nvol_name=rootfs\n"
        f"[b]\nmode=ubi\nimage={tmp_path / 'boot'}\nvol_id=1\nvol_size=1MiB\nvol_type=static\nvol_name=boot\n"
    )
    made = tmp_path / "image"
    subprocess.run(
        [program("ubinize"), "-m", str(PAGE), "-p", "128KiB", "-o", str(made), str(tmp_path / "ubi.cfg")], check=True
    )
    return Ubi(made.read_bytes())


def read(ubi: Ubi) -> dict[str, tuple[str, bytes]]:
    """Path -> status and bytes, which each member's place gives again."""
    image = ubi.image()
    found = {member.path: member for member in unpack.unpack(image, None).members}
    assert all(replay(image, member.place) == member.data for member in found.values())
    return {path: (status, found[path].data if path in found else b"") for path, status in statuses(image).items()}


WHOLE = {name: ("ok", content) for name, content in CONTENT.items()}


@pytest.mark.parametrize("seed", range(5))
def test_blocks_out_of_order_with_older_copies_and_erased_ones(ubi: Ubi, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(5):
        ubi.find(DYNAMIC, number)[PAGE + 40 : PAGE + 48] = struct.pack(">Q", 100 + number)
        block = ubi.find(DYNAMIC, number)
        block[PAGE + 60 : PAGE + 64] = crc(block[PAGE : PAGE + 60])
        old = ubi.copy(DYNAMIC, number, chance.randrange(100))
        old[2 * PAGE :] = chance.randbytes(LEB)
    erased = bytearray(ubi.blocks[0][:PAGE] + b"\xff" * (PEB - PAGE))
    ubi.blocks += [erased, bytearray(b"\xff" * PEB)]
    first, *rest = ubi.blocks
    chance.shuffle(rest)
    ubi.blocks = [first, *rest]
    assert read(ubi) == WHOLE


def test_a_copy_that_the_power_cut_short_does_not_count(ubi: Ubi) -> None:
    """Wear levelling writes the header first, with the check value of the data that follow."""
    whole = ubi.find(DYNAMIC, 2)[2 * PAGE :]
    copy = ubi.copy(DYNAMIC, 2, 500, copied=1, size=LEB, check=int.from_bytes(crc(whole), "big"))
    copy[2 * PAGE + 5000 :] = b"\xff" * (LEB - 5000)
    assert read(ubi) == WHOLE


def test_a_changed_block_that_was_written_whole_counts(ubi: Ubi) -> None:
    new = bytes(LEB)
    copy = ubi.copy(DYNAMIC, 2, 500, copied=1, size=LEB, check=int.from_bytes(crc(new), "big"))
    copy[2 * PAGE :] = new
    assert read(ubi)["rootfs"] == ("ok", CONTENT["rootfs"][: 2 * LEB] + new + CONTENT["rootfs"][3 * LEB :])


def test_the_fastmap_is_no_volume(ubi: Ubi) -> None:
    for number in (OWN + 1, OWN + 2):
        ubi.copy(DYNAMIC, 0, 900, owner=number)
    assert read(ubi) == WHOLE


def test_a_removed_volume_is_told_as_removed(ubi: Ubi) -> None:
    ubi.record(DYNAMIC, lambda record: record.__setitem__(slice(0, 168), bytes(168)))
    assert read(ubi) == {"volume-0": WHOLE["rootfs"], "boot": WHOLE["boot"]}
    notes = {one.path: one.note for one in unpack.unpack(ubi.image(), None).artefacts}
    assert notes["volume-0"] == "removed: what the flash still holds of it"


def test_an_update_that_was_cut_short_says_so(ubi: Ubi) -> None:
    ubi.record(STATIC, lambda record: record.__setitem__(13, 1))
    assert read(ubi) == WHOLE | {"boot": ("damaged", CONTENT["boot"])}


def test_a_static_volume_that_lost_a_block_says_so(ubi: Ubi) -> None:
    ubi.blocks = [one for one in ubi.blocks if one is not ubi.find(STATIC, 2)]
    assert read(ubi) == WHOLE | {"boot": ("damaged", CONTENT["boot"][: 2 * LEB])}


def test_turned_bits_in_a_static_volume_are_told(ubi: Ubi) -> None:
    ubi.find(STATIC, 1)[2 * PAGE + 77] ^= 4
    assert read(ubi)["boot"][0] == "damaged"


def test_a_table_of_which_one_copy_broke_still_names(ubi: Ubi) -> None:
    ubi.find(OWN, 0)[2 * PAGE : 2 * PAGE + 400] = bytes(400)
    assert read(ubi) == WHOLE
