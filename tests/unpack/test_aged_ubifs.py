"""UBIFS that was in use: an image of mkfs.ubifs on which a simulator of its own writes, commits, collects and loses power.

The simulator follows Linux fs/ubifs and shares no code with the reader. Every surviving file must be byte-exact, every lost one
told.
"""

from __future__ import annotations

import binascii
import random
import struct
import subprocess
import zlib
from collections.abc import Callable

import pytest

from iotwatch import unpack
from tests.unpack.images import TREE, replay, statuses, write_tree

pytestmark = pytest.mark.programs

LEB, PAGE, BLOCK = 15_872, 512, 4096
INO, DATA, DENT, TRUN, MST, REF, IDX, CS = 0, 1, 2, 4, 7, 8, 9, 10
ROOT, LOG = 1, 3
Key = tuple[int, int]


def crc(data: bytes) -> int:
    return binascii.crc32(data, 0) ^ 0xFFFFFFFF


def r5(name: bytes) -> int:
    """The hash of a name in its key (``ubifs/key.h``)."""
    value = 0
    for letter in name:
        letter = letter - 256 if letter > 127 else letter
        value = (value + (letter << 4) + (letter >> 4)) * 11 & 0xFFFFFFFF
    value &= 0x1FFFFFFF
    return value if value > 2 else value + 3


class Flash:
    """Logical blocks; ``truth`` is what Linux would show of the files that were made here, beside those of mkfs.ubifs."""

    def __init__(self, image: bytes, seed: int) -> None:
        self.random = random.Random(seed)
        self.lebs = [bytearray(image[at : at + LEB].ljust(LEB, b"\xff")) for at in range(0, len(image), LEB)]
        self.lebs += [bytearray(b"\xff" * LEB) for _ in range(120)]
        self.logs = struct.unpack_from("<I", self.lebs[0], 56)[0]
        self.master = bytes(self.lebs[1][:512])
        self.sequence = 1 << 20
        self.commit_number, self.log, self.log_at = struct.unpack_from("<Q", self.master, 32)[0], LOG, PAGE
        self.leaves: dict[Key, tuple[int, int, int]] = {}
        self.load(*struct.unpack_from("<II", self.master, 48))
        self.bud, self.at = -1, LEB
        self.used: set[int] = set()
        self.buds: set[int] = set()
        self.truth: dict[str, bytes] = {}
        self.inodes: dict[str, int] = {}
        self.last, self.masters = 5000, 1

    def load(self, leb: int, at: int) -> None:
        """The leaves of the index that mkfs.ubifs made."""
        count, level = struct.unpack_from("<HH", self.lebs[leb], at + 24)
        for index in range(count):
            place = struct.unpack_from("<IIIII", self.lebs[leb], at + 28 + 20 * index)
            if level:
                self.load(place[0], place[1])
            else:
                self.leaves[place[3], place[4]] = place[:3]

    def node(self, kind: int, body: bytes, sequence: int = 0) -> bytes:
        self.sequence += 1
        rest = struct.pack("<QIBB2x", sequence or self.sequence, 24 + len(body), kind, 0) + body
        return b"\x31\x18\x10\x06" + struct.pack("<I", crc(rest)) + rest

    def free(self) -> int:
        blank = [leb for leb in range(LOG + self.logs, len(self.lebs)) if self.lebs[leb] == b"\xff" * LEB]
        return next(leb for leb in blank if leb not in self.used)

    def begin(self) -> None:
        """A new bud, told in the log first."""
        self.bud, self.at = self.free(), 0
        self.used.add(self.bud)
        self.buds.add(self.bud)
        self.to_log(self.node(REF, struct.pack("<III28x", self.bud, 0, 1)))

    def to_log(self, node: bytes) -> None:
        if self.log_at + PAGE > LEB:
            self.log, self.log_at = LOG + (self.log - LOG + 1) % self.logs, 0
        self.lebs[self.log][self.log_at : self.log_at + len(node)] = node
        self.log_at += PAGE

    def put(self, node: bytes, key: Key | None) -> None:
        if self.at + len(node) > LEB:
            self.begin()
        self.lebs[self.bud][self.at : self.at + len(node)] = node
        if key is not None:
            self.leaves[key] = (self.bud, self.at, len(node))
        self.at += (len(node) + 7) // 8 * 8

    def inode(self, number: int, size: int, links: int = 1) -> None:
        body = struct.pack("<II8x", number, 0) + struct.pack("<QQ", 1, size) + bytes(24 + 12)
        body += struct.pack("<IIIII", links, 0, 0, 0o100644, 0) + bytes(160 - 24 - len(body) - 20)
        self.put(self.node(INO, body), (number, INO << 29) if links else None)
        if not links:
            for key in [key for key in self.leaves if key[0] == number]:
                del self.leaves[key]

    def name(self, name: str, number: int) -> None:
        raw = name.encode()
        key = (ROOT, DENT << 29 | r5(raw))
        body = struct.pack("<II8xQBBHI", *key, number, 0, 0, len(raw), 0) + raw + b"\0"
        self.put(self.node(DENT, body), key if number else None)
        if not number:
            del self.leaves[key]

    def block(self, number: int, block: int, data: bytes) -> None:
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(data) + packer.flush()
        method, stored = (2, packed) if len(packed) < len(data) else (0, data)
        key = (number, DATA << 29 | block)
        self.put(self.node(DATA, struct.pack("<II8xIHH", *key, len(data), method, 0) + stored), key)

    def write(self, name: str, content: bytes, *, flushed: bool = True) -> None:
        """Make a file or write all of it anew; not ``flushed``: the power goes before its inode is written."""
        number = self.inodes.get(name)
        if number is None:
            self.last += 1
            number = self.inodes[name] = self.last
            self.name(name, number)
            self.inode(number, 0)
        if len(content) < len(self.truth.get(name, b"")):
            self.truncate(name, len(content))
        for at in range(0, len(content), BLOCK):
            if content[at : at + BLOCK] != self.truth.get(name, b"")[at : at + BLOCK]:
                self.block(number, at // BLOCK, content[at : at + BLOCK])
        if flushed:
            self.inode(number, len(content))
        self.truth[name] = content

    def truncate(self, name: str, size: int) -> None:
        number, content = self.inodes[name], self.truth[name]
        body = struct.pack("<I12xQQ", number, len(content), size)
        self.put(self.node(TRUN, body), None)
        for key in [key for key in self.leaves if key[0] == number and key[1] >> 29 == DATA]:
            if (key[1] & 0x1FFFFFFF) * BLOCK >= size:
                del self.leaves[key]
        if size % BLOCK:
            self.block(number, size // BLOCK, content[size // BLOCK * BLOCK : size])
        self.inode(number, size)
        self.truth[name] = content[:size]

    def remove(self, name: str) -> None:
        self.name(name, 0)
        self.inode(self.inodes.pop(name), 0, links=0)
        del self.truth[name]

    def commit(self) -> None:
        """Write the index anew, a commit start into a fresh log, and both masters."""
        level, branches = 0, [(key, place) for key, place in sorted(self.leaves.items())]
        leb, at = self.free(), 0
        self.used.add(leb)
        while level == 0 or len(branches) > 1:
            above = []
            for first in range(0, len(branches), 8):
                some = branches[first : first + 8]
                node = self.node(
                    IDX,
                    struct.pack("<HH", len(some), level)
                    + b"".join(struct.pack("<5I", *place, *key) for key, place in some),
                )
                if at + len(node) > LEB:
                    leb, at = self.free(), 0
                    self.used.add(leb)
                self.lebs[leb][at : at + len(node)] = node
                above.append((some[0][0], (leb, at, len(node))))
                at += (len(node) + 7) // 8 * 8
            branches, level = above, level + 1
        self.commit_number += 1
        self.log, self.log_at = LOG + (self.log - LOG + 1) % self.logs, 0
        self.lebs[self.log][:] = b"\xff" * LEB
        self.to_log(self.node(CS, struct.pack("<Q", self.commit_number)))
        body = bytearray(self.master[24:])
        struct.pack_into("<QIIIII", body, 8, self.commit_number, 1, self.log, *branches[0][1])
        master = self.node(MST, bytes(body))
        for copy in (1, 2):
            start = self.masters * PAGE
            self.lebs[copy][start : start + len(master)] = master
        self.masters += 1
        self.bud, self.at = -1, LEB
        self.buds.clear()

    def collect(self) -> None:
        """Move what lives in a block of the last commit to a bud, with the numbers it has, and erase the block."""
        live = {place[0] for place in self.leaves.values()}
        old = sorted(live & self.used - self.buds)
        if not old:
            return
        leb = self.random.choice(old)
        self.begin()
        for key, (where, at, length) in sorted(self.leaves.items()):
            if where == leb:
                self.put(bytes(self.lebs[leb][at : at + length]), key)
        self.lebs[leb][:] = b"\xff" * LEB

    def cut(self) -> None:
        """The power goes while a node is written."""
        node = self.node(DATA, struct.pack("<II8xIHH", 5001, DATA << 29, 400, 0, 0) + self.random.randbytes(400))
        keep = self.random.randrange(1, len(node))
        self.put(node[:keep], None)

    def image(self) -> bytes:
        return b"".join(self.lebs)


@pytest.fixture(scope="module")
def fresh(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("ubifs")
    tree = write_tree(folder / "tree")
    made = folder / "image"
    words = ("-m", PAGE, "-e", LEB, "-c", 400, "-x", "zlib", "-d", tree, "-o", made)
    subprocess.run([program("mkfs.ubifs"), *map(str, words)], check=True, capture_output=True)
    return made.read_bytes()


def aged(fresh: bytes, seed: int) -> Flash:
    flash = Flash(fresh, seed)
    chance = flash.random
    for step in range(60):
        names = sorted(flash.truth)
        action = chance.random()
        size = chance.choice((0, 1, 700, BLOCK, 3 * BLOCK, 10_000))
        content = chance.randbytes(size // 2) + b"log line\n" * (size // 18)
        if action < 0.3 or len(names) < 3:
            flash.write(f"file-{step}", content)
        elif action < 0.5:
            flash.write(chance.choice(names), content)
        elif action < 0.6:
            name = chance.choice(names)
            flash.truncate(name, chance.randrange(len(flash.truth[name]) + 1))
        elif action < 0.75:
            flash.remove(chance.choice(names))
        elif action < 0.85:
            flash.commit()
        elif flash.commit_number > 1:
            flash.collect()
    if seed % 2:
        name = chance.choice(sorted(flash.truth))
        flash.write(name, flash.truth[name] + chance.randbytes(9000), flushed=False)
        flash.cut()
    return flash


def read(image: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """Path -> bytes, which each member's place gives again, and path -> status."""
    found = {member.path: member for member in unpack.unpack(image, None).members}
    assert all(replay(image, member.place) == member.data for member in found.values())
    return {path: member.data for path, member in found.items()}, statuses(image)


def present(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if not path.startswith("removed-files/")}


@pytest.mark.parametrize("seed", range(60))
def test_every_surviving_file_is_byte_exact(fresh: bytes, seed: int) -> None:
    flash = aged(fresh, seed)
    files, rows = read(flash.image())
    assert present(files) == TREE | flash.truth
    assert set(rows.values()) == {"ok"}


def test_what_was_removed_before_the_last_commit_is_told_as_removed(fresh: bytes) -> None:
    flash = Flash(fresh, 1)
    flash.write("journey.log", b"lat=52.1 lon=4.3\n" * 900)
    flash.commit()
    flash.remove("journey.log")
    flash.commit()
    files, rows = read(flash.image())
    assert present(files) == TREE
    assert files["removed-files/journey.log"] == b"lat=52.1 lon=4.3\n" * 900
    assert set(rows.values()) == {"ok"}


def test_a_node_that_the_index_names_and_that_broke_is_told(fresh: bytes) -> None:
    flash = Flash(fresh, 2)
    content = flash.random.randbytes(3 * BLOCK)
    flash.write("a", content)
    flash.commit()
    leb, at, _ = flash.leaves[flash.inodes["a"], DATA << 29 | 1]
    flash.lebs[leb][at + 100] ^= 1
    files, rows = read(flash.image())
    assert files["a"] == content[:BLOCK] + bytes(BLOCK) + content[2 * BLOCK :]
    assert {path for path, status in rows.items() if status != "ok"} == {"a"}


def test_a_name_that_broke_is_told(fresh: bytes) -> None:
    flash = Flash(fresh, 2)
    flash.write("a", b"content")
    flash.commit()
    leb, at, _ = flash.leaves[ROOT, DENT << 29 | r5(b"a")]
    flash.lebs[leb][at + 30] ^= 1
    files, rows = read(flash.image())
    assert present(files) == TREE
    assert {path for path, status in rows.items() if status != "ok"} == {"broken-names"}


def test_without_its_index_it_is_read_by_its_nodes_and_says_so(fresh: bytes) -> None:
    flash = Flash(fresh, 3)
    flash.write("a", b"content")
    flash.lebs[1][:] = flash.lebs[2][:] = bytes(LEB)
    files, rows = read(flash.image())
    assert present(files) == TREE | {"a": b"content"}
    assert {path for path, status in rows.items() if status != "ok"} == {"ubifs-index"}
