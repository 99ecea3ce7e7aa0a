"""Images made to do harm, and damaged ones: each is a status within the budget, and nothing is written."""

from __future__ import annotations

import gzip
import io
import lzma
import random
import stat
import struct
import subprocess
import tarfile
import time
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch import unpack
from iotwatch.files.limits import UnpackLimits
from iotwatch.unpack.entry import safe_path
from tests.unpack.images import (
    TREE,
    make_boot,
    make_cpio,
    make_pac,
    make_tar,
    make_trx,
    make_uimage,
    make_zip,
    open_all,
    replay,
    statuses,
    write_tree,
)

STATUSES = {"ok", "encrypted", "unknown", "damaged", "no-reader", "limit", "skipped"}


def check_paths(result: unpack.Unpacked) -> None:
    for row in result.artefacts:
        assert row.status in STATUSES
        assert row.path.isprintable()
        assert not row.path.startswith("/")
        assert ".." not in row.path.split("/")


@pytest.mark.parametrize("name", ["../../outside", "/etc/cron.d/job", "a/../../b", "new\nline\x1b[31m", "x" * 5000])
def test_names_are_neutral_and_told(name):
    for image in (make_tar({name: b"content"}), make_zip({name: b"content"})):
        result = unpack.unpack(image, None)
        check_paths(result)
        assert [member.data for member in result.members] == [b"content"]
    if name.startswith(("/", "..")):
        assert result.artefacts[0].note in ("absolute name", "name with parent folders")


def test_links_out_and_devices_in_tar_are_rows_without_bytes():
    def add(archive):
        for kind, name, target in (
            (tarfile.SYMTYPE, "way", "/etc"),
            (tarfile.LNKTYPE, "hard", "/etc/shadow"),
            (tarfile.BLKTYPE, "dev/sda", ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        info = tarfile.TarInfo("way/passwd")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"root"))

    result = unpack.unpack(make_tar({}, add), None)
    assert [(row.path, row.type, row.status) for row in result.artefacts] == [
        ("way", "symlink", "ok"),
        ("hard", "hardlink", "ok"),
        ("dev/sda", "device", "skipped"),
        ("way/passwd", "text", "ok"),
    ]
    assert [member.path for member in result.members] == ["way/passwd"]


def test_two_entries_of_one_name_keep_both():
    image = make_cpio([(b"a", stat.S_IFREG, b"first"), (b"a", stat.S_IFREG, b"second")])
    members = unpack.unpack(image, None).members
    assert [(member.path, member.data) for member in members] == [("a", b"first"), ("a~2", b"second")]


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_bombs_end_at_the_budget(compress):
    bomb = compress(bytes(300 << 20)) if compress is gzip.compress else lzma.compress(bytes(150 << 20), preset=0)
    started = time.monotonic()
    result = unpack.unpack(bomb, None)
    assert time.monotonic() - started < 20
    (member,) = result.members
    assert member.data == bytes(UnpackLimits().ratio_floor)
    assert replay(bomb, member.place) == member.data
    assert {row.status for row in result.artefacts} == {"limit"}


def test_a_zip_bomb_keeps_what_came_before_it():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("before", b"found")
        archive.writestr("bomb", bytes(200 << 20))
        archive.writestr("after", b"found")
    result = unpack.unpack(buffer.getvalue(), None)
    sizes = {member.path: len(member.data) for member in result.members}
    assert (sizes["before"], sizes["after"]) == (5, 5)
    assert 0 < sizes["bomb"] < UnpackLimits().ratio_floor
    assert "limit" in {row.status for row in result.artefacts}


def test_overlapping_zip_entries_cost_no_more_than_the_budget():
    """Many names for one compressed block, as in quoted-overlap bombs: the directory names the same bytes each time."""
    image = make_zip({"a": bytes(1 << 20)})
    directory = image[image.index(b"PK\x01\x02") : image.index(b"PK\x05\x06")]
    body = image[: image.index(b"PK\x01\x02")]
    count = 2000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory) * count, len(body), 0)
    result = unpack.unpack(body + directory * count + end, None)
    assert sum(len(member.data) for member in result.members) == 1 << 20
    assert {row.status for row in result.artefacts[-5:]} == {"damaged"}


def test_nested_archives_stop_at_the_callers_depth():
    data = b"the core"
    for level in range(12):
        data = gzip.compress(data) if level % 2 else make_tar({"x": data})
    members, results = open_all(data, depth=5)
    assert len(members) == 6
    for result in results:
        check_paths(result)


def test_too_many_entries():
    image = make_tar({f"file-{index}": b"" for index in range(300)})
    result = unpack.unpack(image, None, limits=UnpackLimits(files=100))
    assert len(result.members) == 100
    assert result.artefacts[-1].status == "limit"


def test_encrypted_zip_entries_are_told():
    image = bytearray(make_zip({"secret": b"hidden"}))
    image[6] |= 1
    image[image.index(b"PK\x01\x02") + 8] |= 1
    assert statuses(bytes(image)) == {"secret": "encrypted"}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Salted__", "encrypted"),
        (b"LUKS\xba\xbe", "encrypted"),
        (b"7z\xbc\xaf\x27\x1c", "no-reader"),
        (b"Rar!\x1a\x07", "no-reader"),
        (b"sqsh", "no-reader"),
    ],
)
def test_known_but_closed(head, status):
    (row,) = unpack.unpack(head + random.Random(1).randbytes(5000), None).artefacts
    assert row.status == status
    assert "entropy 7.9" in row.note


def test_noise_is_unknown_with_its_entropy():
    (row,) = unpack.unpack(random.Random(2).randbytes(100_000), None).artefacts
    assert row.status == "unknown"
    assert "encrypted or compressed" in row.note


def test_a_sparse_bomb():
    image = struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, 1 << 30, 1 << 20, 1, 0) + bytes(100)
    assert "limit" in statuses(image).values()


def test_a_cpio_and_a_romfs_that_never_end():
    loop = struct.pack(">IIII", 32 | 2, 0, 0, 0) + b"a".ljust(16, b"\0")
    romfs = b"-rom1fs-" + struct.pack(">II", 4096, 0) + b"x".ljust(16, b"\0") + loop
    check_paths(unpack.unpack(romfs.ljust(4096, b"\0"), None))
    check_paths(unpack.unpack(b"070701" + b"0" * 104 + b"a\0", None))


@pytest.mark.programs
@pytest.mark.parametrize("compressor", ["gzip", "xz"])
def test_a_squashfs_that_names_its_own_folder_ends(program, tmp_path, compressor):
    """Every 16-bit word of the directory table is tried as another folder's: no pointer makes the walk endless."""
    write_tree(tmp_path / "tree", {"a/b/c": b"1", "a/d": b"2", "etc/e": b"3"})
    subprocess.run(
        [program("mksquashfs"), tmp_path / "tree", tmp_path / "image", "-noappend", "-noI", "-comp", compressor],
        check=True,
        capture_output=True,
    )
    data = (tmp_path / "image").read_bytes()
    (table,) = struct.unpack_from("<Q", data, 72)
    for at in range(table, min(table + 120, len(data) - 2), 4):
        changed = data[:at] + b"\0\0" + data[at + 2 :]
        check_paths(unpack.unpack(changed, None, limits=UnpackLimits(seconds=10)))


SMALL = {name: body[:3000] for name, body in TREE.items()}
IMAGES = [
    make_tar(SMALL),
    make_zip(SMALL),
    make_cpio([(name.encode(), stat.S_IFREG, body) for name, body in SMALL.items()]),
    gzip.compress(make_tar(SMALL), mtime=0),
    lzma.compress(make_tar(SMALL)),
    make_uimage(make_tar(SMALL)),
    make_trx([b"kernel" * 50, make_tar(SMALL)]),
    make_boot(b"kernel" * 50, make_tar(SMALL)),
    make_pac({"a": b"kernel" * 50, "b": make_tar(SMALL)}),
    b":0400000001020304F2\n:0400080005060708DA\n:00000001FF\n",
    zlib.compress(b"a" * 5000),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(IMAGES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    st.floats(0.05, 1),
)
def test_mutated_images_give_a_status(image, changes, share):
    data = bytearray(image)
    for where, value in changes:
        data[int(where * (len(data) - 1))] = value
    blob = bytes(data[: int(len(data) * share)])
    result = unpack.unpack(blob, None, limits=UnpackLimits(seconds=20))
    check_paths(result)
    for member in result.members[:5]:
        assert replay(blob, member.place) == member.data


@pytest.fixture(scope="module")
def flash_images(program, tmp_path_factory):
    """One small image of each file system, made by its own program."""
    folder = tmp_path_factory.mktemp("flash")
    write_tree(folder / "t")
    for command in (
        ["mksquashfs", "t", "squashfs", "-noappend", "-b", "16384"],
        ["mkfs.jffs2", "-d", "t", "-l", "-n", "-e", "128KiB", "-o", "jffs2"],
        ["mkfs.ubifs", "-m", "2048", "-e", "126976", "-c", "100", "-d", "t", "-o", "ubifs"],
        ["mke2fs", "-q", "-t", "ext4", "-b", "1024", "-d", "t", "ext4", "1M"],
        ["mke2fs", "-q", "-t", "ext2", "-b", "1024", "-d", "t", "ext2", "1M"],
        ["mkfs.cramfs", "t", "cramfs"],
        ["genromfs", "-d", "t", "-f", "romfs"],
        ["mkfs.erofs", "-zlz4", "erofs", "t"],
    ):
        subprocess.run([program(command[0]), *command[1:]], check=True, capture_output=True, cwd=folder)
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]


@pytest.mark.programs
def test_a_thousand_mutated_file_systems(flash_images):
    """Mostly in superblocks and tables. No mutation may end the child, which would be a crash or a hang."""
    chance = random.Random(20_261)
    for _ in range(1000):
        data = bytearray(chance.choice(flash_images))
        for _ in range(chance.randint(1, 10)):
            at = chance.randrange(min(len(data), chance.choice((200, 4096, len(data)))))
            width = chance.choice((1, 1, 2, 4))
            data[at : at + width] = chance.choice((chance.randbytes(width), b"\xff" * width, bytes(width)))
        result = unpack.unpack(bytes(data), None, limits=UnpackLimits(seconds=20))
        check_paths(result)
        assert not any("died" in row.note or "stopped" in row.note for row in result.artefacts)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([reader.name for reader in unpack.READERS]))
def test_any_bytes_given_to_any_reader_end_in_a_status(data, name):
    from iotwatch.unpack import sandbox

    assert sandbox.read(name, data, UnpackLimits(seconds=20)).status in STATUSES


@given(st.one_of(st.text(), st.binary()))
def test_paths_are_always_printable_and_inside(raw):
    path = safe_path(raw)
    assert path
    assert path.isprintable()
    assert not path.startswith("/")
    assert not {"..", ".", ""} & set(path.split("/"))
    assert safe_path(path) == path
