"""JFFS2 that was in use: a flash written, overwritten, collected and cut short by a simulator of its own, then read.

The simulator follows Linux fs/jffs2 and shares no code with the reader. Every surviving file must be byte-exact, every lost one
told.
"""

from __future__ import annotations

import binascii
import random
import struct
import zlib

import pytest

from iotwatch.files.limits import UnpackLimits
from iotwatch.unpack.entry import Budget, Entry
from iotwatch.unpack.filesystem import jffs2

BLOCK = 0x4000
PAGE = 1024


def crc(data: bytes) -> int:
    return (binascii.crc32(data, -1) ^ -1) & 0xFFFFFFFF


class Flash:
    """A log of nodes in erase blocks; ``truth`` is what Linux would show."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.order = self.random.choice("<>")
        self.nor = self.random.random() < 0.7
        self.blocks: list[bytearray] = []
        self.truth: dict[str, bytes] = {}
        self.inodes: dict[str, int] = {}
        self.places: dict[tuple[object, ...], tuple[int, int]] = {}
        self.version, self.last_inode = 0, 1
        self.damaged: set[str] = set()
        self.cut_short = False

    def node(self, kind: int, body: bytes) -> bytes:
        head = struct.pack(f"{self.order}HHI", 0x1985, kind, 12 + len(body))
        return head + struct.pack(f"{self.order}I", crc(head)) + body

    def put(self, key: tuple[object, ...] | None, node: bytes) -> None:
        if not self.blocks or len(self.blocks[-1]) + len(node) + 4 > BLOCK:
            if self.random.random() < 0.2:
                self.blocks.append(bytearray())
            self.blocks.append(bytearray(self.node(0x2003, b"")))
        block = self.blocks[-1]
        if key is not None:
            self.obsolete(key)
            self.places[key] = len(self.blocks) - 1, len(block)
        block += node + b"\xff" * (-len(node) % 4)

    def obsolete(self, key: tuple[object, ...]) -> None:
        """On NOR the type of a node that was replaced loses its bit 0x2000; NAND is never written twice."""
        place = self.places.pop(key, None)
        if place is None or not self.nor:
            return
        block, at = place
        kind = at + 2 + (self.order == "<")
        self.blocks[block][kind] &= ~0x20

    def name(self, path: str, inode: int) -> None:
        self.version += 1
        name = path.encode()
        fixed = struct.pack(f"{self.order}IIIIBBxx", 1, self.version, inode, 0, len(name), 8)
        node = self.node(0xE001, bytes(28) + name)
        head = node[:12] + fixed
        self.put(("name", path), head + struct.pack(f"{self.order}II", crc(head[:32]), crc(name)) + name)

    def piece(self, inode: int, size: int, offset: int, data: bytes) -> bytes:
        self.version += 1
        method = self.random.choice((0, 6))
        if data and not data.strip(b"\0"):
            method = 1
        packed = {0: data, 1: b"", 6: zlib.compress(data)}[method]
        node = self.node(0xE002, bytes(56) + packed)
        fixed = struct.pack(
            f"{self.order}IIIHHIIIIIIIBBH",
            inode, self.version, 0o100644, 0, 0, size, 0, 0, 0, offset, len(packed), len(data), method, 0, 0,
        )  # fmt: skip
        head = node[:12] + fixed
        return head + struct.pack(f"{self.order}II", crc(packed), crc(head)) + packed

    def write(self, path: str, content: bytes) -> None:
        if path not in self.inodes:
            self.last_inode += 1
            self.inodes[path] = self.last_inode
            self.name(path, self.last_inode)
        inode = self.inodes[path]
        for at in range(0, max(len(content), 1), PAGE):
            part = content[at : at + PAGE]
            self.put(("piece", inode, at), self.piece(inode, len(content), at, part))
        for at in range((max(len(content), 1) + PAGE - 1) // PAGE * PAGE, len(self.truth.get(path, b"")), PAGE):
            self.obsolete(("piece", inode, at))
        self.truth[path] = content

    def remove(self, path: str) -> None:
        self.name(path, 0)
        inode = self.inodes.pop(path)
        for at in range(0, max(len(self.truth.pop(path)), 1), PAGE):
            self.obsolete(("piece", inode, at))

    def rename(self, old: str, new: str) -> None:
        self.name(new, self.inodes[old])
        self.name(old, 0)
        self.inodes[new], self.truth[new] = self.inodes.pop(old), self.truth.pop(old)

    def cut(self) -> None:
        """A write that the power ended: the node's head promises more than was written."""
        self.cut_short = True
        node = self.piece(2, 999, 0, self.random.randbytes(500))
        keep = self.random.randrange(20, len(node) - 8)
        self.put(None, node[:keep] + b"\xff" * (len(node) - keep))

    def unfinished(self) -> set[str]:
        """The file that ``cut`` wrote to: it stays as it was before, and its node may say so."""
        return {path for path, inode in self.inodes.items() if inode == 2 and self.cut_short}

    def damage(self, path: str) -> None:
        """Turn bits inside the data of one piece that counts."""
        inode = self.inodes[path]
        block, at = self.places["piece", inode, 0]
        self.blocks[block][at + 70] ^= 0x55
        self.damaged.add(path)

    def image(self) -> bytes:
        return b"".join(bytes(block).ljust(BLOCK, b"\xff") for block in self.blocks)


def aged(seed: int) -> Flash:
    flash = Flash(seed)
    chance = flash.random

    def content() -> bytes:
        size = chance.choice((0, 1, 700, PAGE, 5000))
        return bytes(size) if chance.random() < 0.2 else chance.randbytes(size // 2) + b"log line\n" * (size // 18)

    flash.write("first", b"kept from the beginning\n" * 100)
    for step in range(60):
        paths = sorted(flash.truth)
        action = chance.random()
        if action < 0.35 or len(paths) < 3:
            flash.write(f"file-{step}", content())
        elif action < 0.7:
            flash.write(chance.choice(paths), content())
        elif action < 0.85:
            flash.remove(chance.choice(paths[1:]))
        elif action < 0.95:
            flash.rename(chance.choice(paths), f"moved-{step}")
        else:
            flash.cut()
    return flash


def read(data: bytes) -> dict[str, Entry]:
    return {entry.path: entry for entry in jffs2.entries(data, Budget(UnpackLimits(), 1 << 28))}


@pytest.mark.parametrize("seed", range(100))
def test_every_surviving_file_is_byte_exact(seed: int) -> None:
    flash = aged(seed)
    assert jffs2.claims(flash.image().lstrip(b"\xff"))
    found = read(flash.image())
    shown = {path: entry for path, entry in found.items() if entry.load and not path.startswith("removed-files/")}

    assert {path: entry.load() for path, entry in shown.items() if entry.load} == flash.truth
    assert {path for path, entry in shown.items() if entry.status != "ok"} <= flash.unfinished()


@pytest.mark.parametrize("seed", range(20))
def test_a_file_with_a_broken_node_says_so(seed: int) -> None:
    flash = aged(seed)
    whole = [path for path, content in flash.truth.items() if content.strip(b"\0")]
    flash.damage(sorted(whole)[0])
    found = read(flash.image())

    told = {path for path, one in found.items() if one.status == "damaged"} - {"broken-nodes"}
    assert flash.damaged <= told <= flash.damaged | flash.unfinished()
    for path, content in flash.truth.items():
        load = found[path].load
        assert path in flash.damaged or (load is not None and load() == content)


def test_a_missing_block_leaves_a_hole_that_is_told() -> None:
    flash = Flash(1)
    flash.write("big", random.Random(2).randbytes(3 * BLOCK))
    image = bytearray(flash.image())
    image[BLOCK : 2 * BLOCK] = b"\xff" * BLOCK

    assert read(bytes(image))["big"].status == "damaged"
    assert "hole at byte" in read(bytes(image))["big"].note


def test_what_was_removed_is_told_as_removed() -> None:
    flash = Flash(3)
    flash.write("kept", b"kept")
    flash.write("journey.log", b"lat=52.1 lon=4.3\n" * 20)
    flash.remove("journey.log")
    found = read(flash.image())

    assert set(found) == {"kept", "removed-files/journey.log"}
    removed = found["removed-files/journey.log"]
    assert removed.load is not None
    assert removed.load() == b"lat=52.1 lon=4.3\n" * 20
    assert removed.note.startswith("removed")
