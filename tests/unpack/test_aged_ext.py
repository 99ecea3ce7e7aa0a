"""ext4 whose power was cut: e2fsprogs makes the changes and writes them to the journal; what is read must be what was changed."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from iotwatch import unpack
from iotwatch.model import Cut
from tests.unpack.images import replay

pytestmark = pytest.mark.programs

REMOVED = "removed-files/"
JOURNAL_MAGIC = bytes.fromhex("c03b3998")


class Volume:
    """An image, and a copy of it on which the changes are made that the journal is to hold."""

    def __init__(self, program: Callable[[str], str], folder: Path, tree: Mapping[str, bytes], *options: str) -> None:
        self.program, self.folder = program, folder
        self.image, self.changed = folder / "image", folder / "changed"
        (folder / "tree").mkdir()
        for name, content in tree.items():
            (folder / "tree" / name).write_bytes(content)
        self.run("mke2fs", "-q", "-t", "ext4", *options, "-d", folder / "tree", self.image, "8M")
        shutil.copy(self.image, self.changed)
        found = re.search(r"Block size:\s+(\d+)", self.run("dumpe2fs", "-h", self.image))
        assert found is not None
        self.block = int(found[1])

    def run(self, name: str, *words: object) -> str:
        return subprocess.run(
            [self.program(name), *map(str, words)], check=True, capture_output=True, text=True, errors="replace"
        ).stdout

    def debug(self, image: Path, *commands: str) -> None:
        script = self.folder / "commands"
        script.write_text("\n".join(commands) + "\n")
        self.run("debugfs", "-w", "-f", script, image)

    def write(self, name: str, content: bytes) -> str:
        """The command that makes a file of the copy."""
        file = self.folder / f"content-{name}"
        file.write_bytes(content)
        return f"write {file} {name}"

    def change(self, *commands: str) -> dict[int, bytes]:
        """Make changes on the copy; block -> its new content."""
        before = self.changed.read_bytes()
        self.debug(self.changed, *commands)
        after = self.changed.read_bytes()
        return {
            at // self.block: after[at : at + self.block]
            for at in range(0, len(after), self.block)
            if after[at : at + self.block] != before[at : at + self.block]
        }

    def commit(self, *transactions: tuple[Mapping[int, bytes], Iterable[int]], check: str = "") -> None:
        """Write transactions to the image's journal, with check values or not: blocks with their content, and revoked ones."""
        commands = [f"jo {check}"]
        for index, (blocks, revoked) in enumerate(transactions):
            content = self.folder / f"transaction-{index}"
            content.write_bytes(b"".join(blocks.values()))
            if blocks:
                commands.append(f"jw -b {','.join(map(str, blocks))} {content}")
            if revoked := list(revoked):
                commands.append(f"jw -r {','.join(map(str, revoked))}")
        self.debug(self.image, *commands, "jc")

    def files(self, image: Path) -> dict[str, bytes]:
        """The files of the root folder, as e2fsck would have them and debugfs reads them."""
        mended, out = self.folder / "mended", self.folder / "dumped"
        shutil.copy(image, mended)
        subprocess.run([self.program("e2fsck"), "-fy", str(mended)], check=False, capture_output=True)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        self.debug(mended, f"rdump / {out}")
        return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def read(image: Path) -> tuple[dict[str, unpack.Member], dict[str, tuple[str, str]]]:
    """Members, each given again by its place, and status and note of each row."""
    data = image.read_bytes()
    found = unpack.unpack(data, None)
    assert all(replay(data, member.place) == member.data for member in found.members)
    return {one.path: one for one in found.members}, {one.path: (one.status, one.note) for one in found.artefacts}


def present(members: Mapping[str, unpack.Member]) -> dict[str, bytes]:
    return {path: one.data for path, one in members.items() if not path.startswith(REMOVED)}


FORMS = [
    ("-b", "1024", "-J", "size=1"),
    ("-b", "4096"),
    ("-b", "1024", "-J", "size=1", "-O", "^64bit"),
    ("-b", "1024", "-J", "size=1", "-O", "^metadata_csum"),
    ("-b", "1024", "-J", "size=1", "-O", "^extents,^64bit"),
]


@pytest.mark.parametrize("options", FORMS, ids=" ".join)
@pytest.mark.parametrize("seed", range(4))
def test_what_the_journal_holds_is_read(
    program: Callable[[str], str], tmp_path: Path, options: tuple[str, ...], seed: int
) -> None:
    chance = random.Random(seed)
    tree = {f"old-{n}": chance.randbytes(chance.randrange(1, 30_000)) for n in range(8)}
    volume = Volume(program, tmp_path, tree, *options)
    transactions = []
    for step in range(3):
        commands = [
            volume.write(f"new-{step}", chance.randbytes(chance.randrange(1, 30_000))),
            f"rm old-{chance.randrange(8)}",
        ]
        transactions.append((volume.change(*commands), ()))
    before = volume.files(volume.image)
    volume.commit(*transactions, check=("", "-c -v 2", "-c -v 3", "-c")[seed])
    truth = volume.files(volume.image)
    assert truth != before

    members, rows = read(volume.image)
    assert present(members) == truth
    gone = {path.removeprefix(REMOVED): one.data for path, one in members.items() if path.startswith(REMOVED)}
    assert gone.items() <= tree.items() - truth.items()
    # e2fsprogs makes a transaction of its own of what a descriptor block does not hold.
    status, note = rows["ext-journal"]
    assert (status, note.startswith("the power was cut: ")) == ("ok", True)


def test_a_block_that_begins_like_the_journal_is_a_step(program: Callable[[str], str], tmp_path: Path) -> None:
    volume = Volume(program, tmp_path, {"a": b"a"}, *FORMS[0])
    content = JOURNAL_MAGIC + b"not the journal's" * 100
    volume.commit((volume.change(volume.write("odd", content), volume.write("plain", b"plain" * 700)), ()))
    members, _ = read(volume.image)
    assert members["odd"].data == content
    assert members["plain"].data == b"plain" * 700
    assert isinstance(members["plain"].place.operation, Cut)
    assert not isinstance(members["odd"].place.operation, Cut)


def test_a_revoked_block_is_not_written(program: Callable[[str], str], tmp_path: Path) -> None:
    """A folder's old block that is a file's now must not come back: the file would hold the folder."""
    volume = Volume(program, tmp_path, {"kept": b"kept" * 1000}, *FORMS[0])
    at = volume.image.read_bytes().index(b"kept" * 256) // volume.block
    volume.commit(({at: b"old!" * 256}, ()), ({}, [at]))
    assert volume.files(volume.image) == {"kept": b"kept" * 1000}
    members, _ = read(volume.image)
    assert members["kept"].data == b"kept" * 1000


def test_a_transaction_without_its_commit_does_not_count(program: Callable[[str], str], tmp_path: Path) -> None:
    volume = Volume(program, tmp_path, {"kept": b"kept" * 1000}, *FORMS[0])
    first = volume.change(volume.write("first", b"first"))
    second = volume.change("rm kept", volume.write("second", b"second"))
    volume.commit((first, ()), (second, ()))
    image = bytearray(volume.image.read_bytes())
    commits = [
        at for at in range(0, len(image), volume.block) if image[at : at + 8] == JOURNAL_MAGIC + bytes(3) + b"\2"
    ]
    image[commits[-1] : commits[-1] + 8] = bytes(8)
    volume.image.write_bytes(image)
    members, _ = read(volume.image)
    assert present(members) == volume.files(volume.image)
    assert set(present(members)) == {"kept", "first"}


def test_a_journal_that_broke_is_told(program: Callable[[str], str], tmp_path: Path) -> None:
    volume = Volume(program, tmp_path, {"kept": b"kept"}, *FORMS[0])
    volume.commit((volume.change(volume.write("first", b"first")), ()))
    image = bytearray(volume.image.read_bytes())
    at = next(at for at in range(0, len(image), volume.block) if image[at : at + 8] == JOURNAL_MAGIC + bytes(3) + b"\4")
    image[at : at + 4] = bytes(4)
    volume.image.write_bytes(image)
    members, rows = read(volume.image)
    assert set(members) == {"kept"}
    assert rows["ext-journal"][0] == "damaged"
    assert "not replayed" in rows["ext-journal"][1]


def removed_as_linux_does(volume: Volume, name: str) -> dict[int, bytes]:
    """The blocks of a removal: the inode loses its size and extents, the folder's entry its inode and name."""
    number = int(re.findall(r"Inode: (\d+)", volume.run("debugfs", "-R", f"stat {name}", volume.changed))[0])
    where = volume.run("debugfs", "-R", f"imap <{number}>", volume.changed)
    block, offset = re.findall(r"located at block (\d+), offset (\w+)", where)[0]
    blocks, at = volume.change(f"rm {name}"), int(offset, 16)
    inode = bytearray(blocks[int(block)])
    inode[at + 4 : at + 8] = bytes(4)
    inode[at + 40 : at + 100] = bytes(60)
    blocks[int(block)] = bytes(inode)
    entry = bytes((len(name), 1)) + name.encode()
    (folder,) = [block for block, content in blocks.items() if entry in content]
    start = blocks[folder].index(entry) - 6
    wiped = blocks[folder][:start] + bytes(6) + bytes(len(entry)) + blocks[folder][start + 6 + len(entry) :]
    return blocks | {folder: wiped}


PLAIN = ("-b", "1024", "-J", "size=1", "-O", "^metadata_csum")


@pytest.mark.parametrize("size", [10, 5000, 300_000])
def test_a_removed_file_is_told_as_removed(program: Callable[[str], str], tmp_path: Path, size: int) -> None:
    journey = (b"lat=52.1 lon=4.3\n" * (size // 17 + 1))[:size]
    volume = Volume(program, tmp_path, {"kept": b"kept"}, *PLAIN)
    written = volume.change(volume.write("journey.log", journey))
    volume.commit((written, ()), (removed_as_linux_does(volume, "journey.log"), ()))
    members, rows = read(volume.image)
    assert {path: one.data for path, one in members.items()} == {"kept": b"kept", "removed-files/journey.log": journey}
    assert rows["removed-files/journey.log"][1].startswith("removed: its blocks are free")


def test_a_removed_file_whose_blocks_are_anothers_is_not_told(program: Callable[[str], str], tmp_path: Path) -> None:
    volume = Volume(program, tmp_path, {"kept": b"kept"}, *PLAIN)
    written = volume.change(volume.write("journey.log", b"lat=52.1 lon=4.3\n" * 300))
    gone = removed_as_linux_does(volume, "journey.log")
    volume.commit((written, ()), (gone, ()), (volume.change(volume.write("other", b"other" * 900)), ()))
    members, _ = read(volume.image)
    assert {path: one.data for path, one in members.items()} == {"kept": b"kept", "other": b"other" * 900}
