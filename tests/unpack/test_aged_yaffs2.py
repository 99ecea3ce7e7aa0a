"""YAFFS2 that was in use: a log of pages with tags, written, overwritten, collected and cut short, then read.

The simulator follows yaffs2's own sources (yaffs_guts.c, yaffs_packedtags2.c, utils/mkyaffs2image.c) and shares no code with the
reader. Every surviving file must be byte-exact, every lost one told.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

import pytest

from iotwatch import unpack
from iotwatch.files.limits import UnpackLimits
from tests.unpack.images import replay, statuses

PAGES = 16  # of an erase block
ROOT, UNLINKED, DELETED = 1, 3, 4
FILE, SYMLINK, FOLDER, HARDLINK = 1, 2, 3, 4


@dataclass(frozen=True)
class Form:
    """How pages are tagged: sizes, where the tags begin, byte order, and whether headers' tags repeat what headers say."""

    page: int = 2048
    spare: int = 64
    at: int = 2
    order: str = "<"
    extra: bool = True


FORMS = [
    Form(),
    Form(at=0, extra=False),
    Form(4096, 128, 2, ">"),
    Form(2048, 64, 30, "<"),
]


class Flash:
    """Erase blocks of pages; ``truth`` is what yaffs would show."""

    def __init__(self, seed: int, form: Form) -> None:
        self.random, self.form = random.Random(seed), form
        self.blocks: list[list[bytes]] = []
        self.live: list[dict[int, tuple[int, int]]] = []
        self.newest: dict[tuple[int, int], tuple[int, int]] = {}
        self.truth: dict[str, bytes] = {}
        self.objects: dict[str, int] = {}
        self.shrunk: set[int] = set()
        self.sequences: list[int] = []
        self.sequence, self.last = 0x1000, 256
        self.folder = self.header(ROOT, FOLDER, ROOT, "") and self.new(FOLDER, ROOT, "data")

    def word(self, *values: int) -> bytes:
        return struct.pack(f"{self.form.order}{len(values)}I", *values)

    def put(self, number: int, chunk: int, data: bytes, size: int, extra: tuple[int, int] | None = None) -> int:
        """Write a page at the end of the log; ``extra`` are the two words that a header's tags hold instead."""
        if not self.blocks or len(self.blocks[-1]) == PAGES:
            self.blocks.append([])
            self.live.append({})
            self.sequence += self.random.randrange(1, 3)
            self.sequences.append(self.sequence)
        form, block = self.form, len(self.blocks) - 1
        first, second = extra or (number, chunk)
        tags = self.word(self.sequences[block], first, second, size)
        ecc = self.random.randbytes(max(0, min(12, form.spare - form.at - 16)))
        spare = (b"\xff" * form.at + tags + ecc).ljust(form.spare, b"\xff")
        self.blocks[block].append(data.ljust(form.page, b"\xff") + spare)
        before = self.newest.get((number, chunk))
        if before is not None:
            self.live[before[0]].pop(before[1], None)
        at = len(self.blocks[block]) - 1
        self.newest[number, chunk] = block, at
        self.live[block][at] = (number, chunk)
        return number

    def header(
        self, number: int, kind: int, parent: int, name: str, size: int = 0, *, shrinks: bool = False, target: str = ""
    ) -> int:
        """``struct yaffs_obj_hdr``."""
        raw = self.word(kind, parent) + b"\xff\xff" + name.encode().ljust(256, b"\0") + b"\xff\xff"
        raw += self.word(0o100644, 0, 0, 0, 0, 0, size, 0) + target.encode().ljust(160, b"\0")
        raw = raw.ljust(496, b"\xff") + self.word(0xFFFFFFFF, 0xFFFFFFFF, 0, int(shrinks))
        extra = None
        if self.form.extra:
            extra = number | kind << 28, 0x80000000 | (0x40000000 if shrinks else 0) | parent
        self.put(number, 0, raw, size if self.form.extra else 0xFFFF, extra)
        if shrinks:
            self.shrunk.add(len(self.blocks) - 1)
        return number

    def new(self, kind: int, parent: int, name: str, **more: str) -> int:
        self.last += 1
        return self.header(self.last, kind, parent, name, **more)

    def write(self, path: str, content: bytes) -> None:
        """Overwrite a file, or make it: chunks, then the header; a file that becomes shorter has a header that says so."""
        name = path.removeprefix("data/")
        if path not in self.objects:
            self.last += 1
            self.objects[path] = self.last
            self.header(self.last, FILE, self.folder, name)
        number, page, before = self.objects[path], self.form.page, self.truth.get(path, b"")
        if len(content) < len(before):
            self.header(number, FILE, self.folder, name, len(content), shrinks=True)
            self.forget(number, (len(content) + page - 1) // page)
        for at in range(0, len(content), page):
            part = content[at : at + page]
            if part != before[at : at + page]:
                self.put(number, at // page + 1, part, len(part))
        self.header(number, FILE, self.folder, name, len(content))
        self.truth[path] = content

    def forget(self, number: int, kept: int) -> None:
        """Chunks behind the first ``kept`` are no part of their file any more: they are not moved."""
        for (owner, chunk), (block, at) in self.newest.items():
            if owner == number and chunk > kept:
                self.live[block].pop(at, None)

    def append_without_header(self, path: str, more: bytes) -> None:
        """What was flushed and not yet closed when the power went."""
        content = self.truth[path] + more
        page, first = self.form.page, len(self.truth[path]) // self.form.page
        for at in range(first * page, len(content), page):
            self.put(self.objects[path], at // page + 1, content[at : at + page], len(content[at : at + page]))
        self.truth[path] = content

    def rename(self, old: str, new: str) -> None:
        self.objects[new], self.truth[new] = self.objects.pop(old), self.truth.pop(old)
        self.header(self.objects[new], FILE, self.folder, new.removeprefix("data/"), len(self.truth[new]))

    def remove(self, path: str) -> None:
        number = self.objects.pop(path)
        self.header(number, FILE, self.random.choice((UNLINKED, DELETED)), "deleted", 0, shrinks=True)
        self.truth.pop(path)
        self.forget(number, 0)

    def collect(self) -> None:
        """Move what lives in the emptiest old block to the end, and erase it (``yaffs_gc_process_chunk``).

        A block with a header that made its file shorter is moved only when it is the oldest: what it cut off is gone by
        then. Such a header is moved as an ordinary one, and headers are moved with the size that the file has.
        """
        full = [block for block in range(len(self.blocks) - 1) if self.blocks[block]]
        allowed = [block for block in full if block == full[0] or block not in self.shrunk]
        if not allowed:
            return
        block = min(allowed, key=lambda one: len(self.live[one]))
        paths = {number: path for path, number in self.objects.items()}
        for at, (number, chunk) in sorted(self.live[block].items()):
            raw = self.blocks[block][at]
            size = struct.unpack_from(f"{self.form.order}I", raw, self.form.page + self.form.at + 12)[0]
            if chunk == 0 and number in paths:
                path = paths[number]
                self.header(number, FILE, self.folder, path.removeprefix("data/"), len(self.truth[path]))
            elif chunk == 0:
                kind, parent = struct.unpack_from(f"{self.form.order}II", raw)
                self.header(number, kind, parent, raw[10:266].split(b"\0")[0].decode())
            else:
                self.put(number, chunk, raw[: self.form.page], size)
        self.blocks[block] = []

    def image(self) -> bytes:
        blank = b"\xff" * (self.form.page + self.form.spare)
        order = list(range(len(self.blocks)))
        self.random.shuffle(order)
        return b"".join(b"".join(self.blocks[block] + [blank] * (PAGES - len(self.blocks[block]))) for block in order)


def aged(seed: int, form: Form) -> Flash:
    flash = Flash(seed, form)
    chance = flash.random
    for step in range(60):
        paths = sorted(flash.truth)
        action = chance.random()
        size = chance.choice((0, 1, 700, form.page, 3 * form.page, 20_000))
        content = chance.randbytes(size // 2) + b"log line\n" * (size // 18)
        if action < 0.35 or len(paths) < 3:
            flash.write(f"data/file-{step}", content)
        elif action < 0.6:
            flash.write(chance.choice(paths), content)
        elif action < 0.7:
            flash.append_without_header(chance.choice(paths), content)
        elif action < 0.8:
            flash.remove(chance.choice(paths))
        elif action < 0.9:
            flash.rename(chance.choice(paths), f"data/moved-{step}")
        else:
            flash.collect()
    return flash


def read(image: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """Path -> bytes, which each member's place gives again, and path -> status."""
    found = {member.path: member for member in unpack.unpack(image, None).members}
    assert all(replay(image, member.place) == member.data for member in found.values())
    return {path: member.data for path, member in found.items()}, statuses(image)


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("seed", range(20))
def test_every_surviving_file_is_byte_exact(seed: int, form: Form) -> None:
    flash = aged(seed, form)
    files, rows = read(flash.image())
    assert {path: data for path, data in files.items() if not path.startswith("removed-files/")} == flash.truth
    assert set(rows.values()) == {"ok"}


@pytest.mark.parametrize("at", [0, 2, 5, 30, 48])
@pytest.mark.parametrize("extra", [False, True])
@pytest.mark.parametrize("files", [0, 1, 9])
def test_the_place_of_the_tags_is_found(at: int, extra: bool, files: int) -> None:
    """From a wrong place on the tags of headers alone look right too: an object's number, moved by two bytes, is one."""
    flash = Flash(1, Form(at=at, extra=extra))
    flash.write("data/empty", b"")
    for number in range(files):
        flash.write(f"data/{number}", flash.random.randbytes(700 * number))
    files_found, rows = read(flash.image())
    assert files_found == flash.truth
    assert set(rows.values()) == {"ok"}


def test_what_was_removed_is_told_as_removed() -> None:
    flash = Flash(3, FORMS[0])
    flash.write("data/kept", b"kept")
    flash.write("data/journey.log", b"lat=52.1 lon=4.3\n" * 400)
    flash.remove("data/journey.log")
    files, _ = read(flash.image())
    assert files == {"data/kept": b"kept", "removed-files/data/journey.log": b"lat=52.1 lon=4.3\n" * 400}


def test_what_was_removed_takes_no_room_of_what_is_there() -> None:
    flash = Flash(3, FORMS[0])
    flash.write("data/old.log", flash.random.randbytes(90_000))
    flash.remove("data/old.log")
    flash.write("data/kept", flash.random.randbytes(20_000))
    found = unpack.unpack(flash.image(), None, limits=UnpackLimits(total_bytes=100_000))
    assert found.members[0].data == flash.truth["data/kept"]
    assert "limit" in [one.status for one in found.artefacts]


def test_a_lost_page_is_a_hole_that_is_told() -> None:
    flash = Flash(4, FORMS[0])
    content = flash.random.randbytes(5 * 2048)
    flash.write("data/b", bytes(20_000))
    flash.write("data/a", content)
    image = bytearray(flash.image())
    at = image.index(content[4096:6144])
    image[at + 2048 : at + 2048 + 64] = bytes(64)
    files, rows = read(bytes(image))
    assert rows == {"data/a": "damaged", "data/b": "ok", "broken-pages": "damaged"}
    assert files["data/a"] == content[:4096] + bytes(2048) + content[6144:]


def test_links_are_told_and_not_followed() -> None:
    flash = Flash(5, FORMS[0])
    flash.write("data/a", b"content")
    flash.new(SYMLINK, flash.folder, "link", target="../../etc/passwd")
    notes = {one.path: (one.type, one.note) for one in unpack.unpack(flash.image(), None).artefacts}
    assert notes["data/link"] == ("symlink", "-> ../../etc/passwd")


def test_linux_own_pages_are_no_files() -> None:
    flash = Flash(6, FORMS[0])
    flash.write("data/a", b"content")
    flash.put(0x10, 1, b"summary of a block", 18)
    image = flash.image()
    checkpoint = (b"\x15\0\0\0" * 512) + (b"\xff\xff" + flash.word(0x21, 0x20, 1, 2048)).ljust(64, b"\xff")
    files, rows = read(image + checkpoint * PAGES)
    assert files == {"data/a": b"content"}
    assert set(rows.values()) == {"ok"}


def test_in_a_dump_of_the_whole_chip() -> None:
    """Between a boot loader and another file system, all of it with spare areas."""
    flash = aged(7, FORMS[0])
    ecc = random.Random(8)

    def pages(data: bytes) -> bytes:
        return b"".join(
            data[at : at + 2048].ljust(2048, b"\xff") + b"\xff" * 40 + ecc.randbytes(24)
            for at in range(0, len(data), 2048)
        )

    loader, noise = ecc.randbytes(300_000), ecc.randbytes(500_000)
    second = Flash(9, FORMS[0])
    second.write("data/other", b"other")
    outer = unpack.unpack(pages(loader) + flash.image() + pages(noise) + second.image(), None)
    (plain, tagged, other) = outer.members
    assert plain.path == "pages-2048+64"
    assert plain.data.startswith(loader)
    for part, truth in ((tagged, flash.truth), (other, second.truth)):
        files, _ = read(part.data)
        assert {path: data for path, data in files.items() if not path.startswith("removed-files/")} == truth
