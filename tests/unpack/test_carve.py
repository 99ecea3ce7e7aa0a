"""Raw flash dumps: the parts are found at odd offsets, programs give no false ones, and the rest is told."""

from __future__ import annotations

import random
import subprocess

import pytest

from iotwatch import unpack
from iotwatch.unpack import carve
from iotwatch.unpack.readers import READERS
from tests.unpack.images import TREE, check, make_cpio, make_tar, make_uimage, open_all, replay, write_tree

REGULAR = 0o100644


@pytest.fixture(scope="module")
def dump(program, tmp_path_factory):
    """Boot code, uImage, padding, squashfs at an odd offset, JFFS2, cpio, padding: a whole flash chip."""
    folder = tmp_path_factory.mktemp("dump")
    write_tree(folder / "tree")
    subprocess.run(
        [program("mksquashfs"), folder / "tree", folder / "sq", "-noappend"], check=True, capture_output=True
    )
    subprocess.run(
        [program("mkfs.jffs2"), "-d", folder / "tree", "-l", "-n", "-e", "128KiB", "-o", folder / "j"],
        check=True,
        capture_output=True,
    )
    noise = random.Random(5)
    return b"".join(
        (
            noise.randbytes(3001),
            make_uimage(b"kernel " * 900),
            b"\xff" * 5003,
            (folder / "sq").read_bytes(),
            b"\0" * 777,
            (folder / "j").read_bytes(),
            make_cpio([(name.encode(), REGULAR, body) for name, body in TREE.items()]),
            b"\xff" * 4096,
        )
    )


@pytest.mark.programs
@pytest.mark.parametrize("with_engine", [True, False])
def test_a_raw_dump_with_parts_at_odd_offsets(dump, monkeypatch, with_engine):
    if with_engine and not carve.engine():
        pytest.skip("binwalk's engine has no wheel here")
    members = {}
    if with_engine:
        members = check(dump)
        names = {path.split("!")[0].split("-")[1] for path in members}
        assert {"squashfs", "jffs2", "uimage", "cpio", "unknown"} <= names
    else:
        monkeypatch.setattr(carve, "engine", lambda: False)
        found = carve.parts(dump, carve.search(dump, READERS))
        assert {"uimage", "squashfs", "cpio"} <= {hit.name for hit in found}
        start = next(hit.offset for hit in found if hit.name == "squashfs")
        assert dump[start : start + 4] == b"hsqs"


@pytest.mark.programs
def test_carved_parts_keep_their_offset(dump):
    members, _ = open_all(dump)
    squashfs = next(member for path, member in members.items() if path.endswith("-squashfs"))
    assert dump[squashfs.place.file_offset :][:4] == b"hsqs"
    inner = members[f"{squashfs.path}!etc/modem.conf"]
    assert inner.place.file_offset is None
    assert replay(dump, inner.place) == TREE["etc/modem.conf"]


def test_coverage_says_how_much_is_known():
    image = random.Random(7).randbytes(50_000) + make_tar() + random.Random(8).randbytes(50_000)
    result = unpack.unpack(image, None)
    row = next(row for row in result.coverage if row.measure == "unpack.opened")
    assert 0.4 * len(image) < row.value <= len(make_tar())
    assert f"of {len(image)} bytes" in row.note
    assert "unknown" in {artefact.status for artefact in result.artefacts}


def test_noise_and_text_give_no_parts():
    noise = random.Random(9).randbytes(1 << 20)
    assert not unpack.unpack(noise, None).members
    text = b"Copyright (c) 2020 somebody\nmodule = EG25-G\n" * 2000
    assert unpack.sniff(text[:4096], text) is None
    assert unpack.unpack(text, None) == unpack.Unpacked()


@pytest.mark.corpus
def test_ordinary_programs_of_the_corpus_are_not_carved(corpus):
    for folder in ("debian-host", "quectel-rootfs", "mifi-wd670", "simcom-rootfs"):
        for path in sorted((corpus / "firmware" / folder).rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                assert not unpack.unpack(data, None).members, path.name


def test_a_program_with_an_archive_behind_it():
    machine = (2).to_bytes(2, "little") + (40).to_bytes(2, "little")
    elf = b"\x7fELF\x01\x01\x01" + bytes(9) + machine + (1).to_bytes(4, "little")
    elf = elf.ljust(52, b"\0").ljust(4096, b"c")
    image = bytearray(elf)
    image[28:32] = (52).to_bytes(4, "little")  # one program header that covers the 4096 bytes
    image[42:46] = (32).to_bytes(2, "little") + (1).to_bytes(2, "little")
    image[52:84] = b"".join(word.to_bytes(4, "little") for word in (1, 0, 0, 0, 4096, 4096, 5, 4096))
    data = bytes(image) + make_tar()
    assert carve.elf_size(data, 0) == 4096
    assert unpack.sniff(data[:4096], data) == "elf"
    check(data)
