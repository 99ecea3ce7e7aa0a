"""File systems made by the usual programs: every file comes out with its bytes, and every place gives them again."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from iotwatch import unpack
from iotwatch.files.limits import UnpackLimits
from iotwatch.model import Cut
from tests.unpack.images import TREE, check, open_all, replay, write_tree

pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def run(program):
    def execute(name: str, *arguments: object, cwd: Path | None = None) -> None:
        subprocess.run([program(name), *map(str, arguments)], check=True, capture_output=True, cwd=cwd)

    return execute


@pytest.mark.parametrize("compressor", ["gzip", "xz", "lzo", "lz4", "zstd", "lzma"])
def test_squashfs(run, tree, tmp_path, compressor):
    image = tmp_path / "image"
    run("mksquashfs", tree, image, "-comp", compressor, "-noappend", "-all-root", "-b", "16384")
    data = image.read_bytes()
    assert unpack.sniff(data[:4096], data) == "squashfs"
    check(data)
    link = next(a for a in unpack.unpack(data, None).artefacts if a.type == "symlink")
    assert (link.path, link.note) == ("etc/outside", "-> ../../../../etc/passwd")


@pytest.mark.corpus
@pytest.mark.parametrize("compressor", ["gzip", "xz"])
def test_the_files_of_a_module_packed_as_squashfs(run, corpus, tmp_path, compressor):
    folder = corpus / "firmware" / "quectel-rootfs"
    tree = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run("mksquashfs", folder, tmp_path / "image", "-comp", compressor, "-noappend", "-all-root")
    assert len(tree) == 7
    check((tmp_path / "image").read_bytes(), tree)


@pytest.mark.parametrize("endian", ["-l", "-b"])
@pytest.mark.parametrize("compressor", ["zlib", "lzo", "rtime"])
def test_jffs2(run, tree, tmp_path, endian, compressor):
    others = [name for name in ("zlib", "lzo", "rtime") if name != compressor]
    image = tmp_path / "image"
    off = [argument for name in others for argument in ("-x", name)]
    run("mkfs.jffs2", "-d", tree, endian, "-n", "-e", "128KiB", *off, "-o", image)
    check(image.read_bytes())


@pytest.mark.parametrize("compressor", ["lzo", "zlib", "zstd", "none"])
def test_ubifs_in_ubi_with_two_volumes(run, tree, tmp_path, compressor):
    volume, image, config = tmp_path / "rootfs.ubifs", tmp_path / "image.ubi", tmp_path / "ubi.cfg"
    run("mkfs.ubifs", "-m", 2048, "-e", 126976, "-c", 200, "-x", compressor, "-d", tree, "-o", volume)
    config.write_text(
        f"[a]\nmode=ubi\nimage={volume}\nvol_id=0\nvol_size=8MiB\nvol_type=dynamic\nvol_name=rootfs\n"
        "[b]\nmode=ubi\nvol_id=1\nvol_size=1MiB\nvol_type=dynamic\nvol_name=usrfs\n"
    )
    run("ubinize", "-m", 2048, "-p", "128KiB", "-o", image, config)
    data = image.read_bytes()
    members = check(data)
    assert members["rootfs"].kind == "partition"
    assert isinstance(members["rootfs"].place.operation, Cut)
    assert ("usrfs", "empty") in {(a.path, a.note) for a in unpack.unpack(data, None).artefacts}


def test_a_ubi_volume_with_an_unmapped_block_is_a_step(run, tmp_path):
    content = b"".join(bytes([number]) * 1000 for number in range(1, 255)) * 2
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "ubi.cfg").write_text(
        f"[a]\nmode=ubi\nimage={tmp_path / 'content'}\nvol_id=0\nvol_size=1MiB\nvol_type=dynamic\nvol_name=data\n"
    )
    run("ubinize", "-m", 2048, "-p", "128KiB", "-o", tmp_path / "image", tmp_path / "ubi.cfg")
    image = bytearray((tmp_path / "image").read_bytes())
    block = next(
        at
        for at in range(0, len(image), 128 << 10)
        if image[at + 2048 :][:4] == b"UBI!"
        and image[at + 2048 + 15] == 1
        and image[at + 2048 + 8 : at + 2048 + 12] == bytes(4)
    )
    image[block + 2048 : block + 2048 + 64] = b"\xff" * 64
    (member,) = unpack.unpack(bytes(image), None).members
    assert member.data[126976 : 2 * 126976] == b"\xff" * 126976
    assert member.data[:126976] == content[:126976]
    assert member.data[2 * 126976 :][:1000] == content[2 * 126976 :][:1000]
    assert replay(bytes(image), member.place) == member.data


def test_a_nand_dump_with_spare_areas(run, tree, tmp_path):
    run("mkfs.ubifs", "-m", 2048, "-e", 126976, "-c", 200, "-d", tree, "-o", tmp_path / "rootfs")
    (tmp_path / "ubi.cfg").write_text(
        f"[a]\nmode=ubi\nimage={tmp_path / 'rootfs'}\nvol_id=0\nvol_size=4MiB\nvol_type=dynamic\nvol_name=rootfs\n"
    )
    run("ubinize", "-m", 2048, "-p", "128KiB", "-o", tmp_path / "image", tmp_path / "ubi.cfg")
    plain = b"\xff" * (128 << 10) + (tmp_path / "image").read_bytes()
    dump = b"".join(plain[at : at + 2048] + b"\x5a" * 64 for at in range(0, len(plain), 2048))
    members = check(dump)
    assert members["pages-2048+64"].data == plain


@pytest.mark.parametrize(("page", "spare"), [(2048, 64), (4096, 224), (512, 16)])
def test_a_nand_dump_around_what_has_no_page_of_its_own(run, tree, tmp_path, page, spare):
    """The marks of good blocks prove the shape: blank pages and a block that is marked as bad among them."""
    run("mksquashfs", tree, tmp_path / "root", "-noappend", "-all-root")
    run("mkfs.jffs2", "-d", tree, "-n", "-e", "128KiB", "-o", tmp_path / "data")
    chance = random.Random(page)
    parts = (chance.randbytes(300_000), (tmp_path / "root").read_bytes(), (tmp_path / "data").read_bytes())
    plain = b"".join(part.ljust(-(-len(part) // 0x20000) * 0x20000, b"\xff") for part in parts)
    mark = 5 if page == 512 else 0
    pages = []
    for at in range(0, len(plain), page):
        code = b"\xff" * (6 if page == 512 else 40) + chance.randbytes(spare - (6 if page == 512 else 40))
        pages.append(plain[at : at + page] + (b"\xff" * spare if plain[at] == 0xFF else code))
    pages[7] = pages[7][: page + mark] + bytes(2) + pages[7][page + mark + 2 :]
    members = check(b"".join(pages))
    assert members[f"pages-{page}+{spare}"].data == plain
    (row,) = unpack.unpack(b"".join(pages), None).artefacts
    assert row.note == "spare areas left out, not corrected, 1 pages marked as bad"


@pytest.mark.parametrize("page", [2048, 512])
def test_records_of_a_pages_length_are_no_nand_dump(page):
    """Rows as long as a page with its spare area, some with 0xff in places: no mark stands behind all of them alone."""
    unit = page + page // 32
    rows = [bytes(random.Random(n).randbytes(unit // 2)).ljust(unit, b"\xff") for n in range(600)]
    assert unpack.sniff(b"".join(rows)[:4096], b"".join(rows)) != "nand"


@pytest.mark.parametrize("kind", ["ext2", "ext3", "ext4"])
@pytest.mark.parametrize("block", [1024, 4096])
def test_ext(run, tree, tmp_path, kind, block):
    image = tmp_path / "image"
    run("mke2fs", "-q", "-t", kind, "-b", block, "-d", tree, image, "8M")
    members = check(image.read_bytes())
    assert isinstance(members["etc/modem.conf"].place.operation, Cut)
    assert members["etc/modem.conf"].place.file_offset is not None


def test_ext4_with_inline_data_and_a_hole(run, tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "small").write_bytes(b"inline")
    with (folder / "holes").open("wb") as file:
        file.seek(3_000_000)
        file.write(b"after the hole")
    image = tmp_path / "image"
    run("mke2fs", "-q", "-t", "ext4", "-O", "inline_data", "-I", 256, "-d", folder, image, "8M")
    check(image.read_bytes(), {"small": b"inline", "holes": bytes(3_000_000) + b"after the hole"})


def test_cramfs(run, tree, tmp_path):
    image = tmp_path / "image"
    run("mkfs.cramfs", tree, image)
    check(image.read_bytes())


def test_romfs(run, tree, tmp_path):
    image = tmp_path / "image"
    run("genromfs", "-d", tree, "-f", image)
    check(image.read_bytes())


def test_erofs_plain(run, tree, tmp_path):
    image = tmp_path / "image"
    run("mkfs.erofs", image, tree)
    check(image.read_bytes())


@pytest.mark.parametrize("options", [["-zlz4"], ["-zlz4hc"], ["-zlz4hc,12", "-T0"]], ids=" ".join)
def test_erofs_in_lz4(run, tree, tmp_path, options):
    text = b"".join(b"%d positions were sent to reports.example\n" % number for number in range(20_000))
    (tmp_path / "more").mkdir()
    write_tree(tmp_path / "more", TREE | {"log/long": text})
    run("mkfs.erofs", *options, tmp_path / "image", tmp_path / "more")
    check((tmp_path / "image").read_bytes(), TREE | {"log/long": text})


@pytest.mark.parametrize(("option", "reason"), [("-C65536", "large clusters"), ("-Elegacy-compress", "full indexes")])
def test_erofs_that_is_not_read_says_so(run, tree, tmp_path, option, reason):
    image = tmp_path / "image"
    run("mkfs.erofs", "-zlz4", option, image, tree)
    _, results = open_all(image.read_bytes())
    missing = {artefact.path: artefact.note for artefact in results[0].artefacts if artefact.status == "no-reader"}
    assert missing["usr/share/long name with spaces.txt"] == f"27000 bytes compressed: {reason}"


@pytest.mark.parametrize(("bits", "size"), [(12, "1M"), (16, "32M"), (32, "64M")])
def test_fat(run, tree, tmp_path, bits, size):
    image = tmp_path / "image"
    run("truncate", "-s", size, image)
    run("mkfs.vfat", "-F", bits, "-s", 1, image)
    run("mcopy", "-i", image, "-s", tree / "usr", tree / "data", "::")
    check(image.read_bytes(), {name: body for name, body in TREE.items() if not name.startswith("etc/")})


@pytest.mark.parametrize(("bits", "size"), [(12, "2M"), (16, "16M"), (32, "64M")])
def test_removed_files_of_fat(run, tmp_path, bits, size):
    """As mtools removes them; not where another file has one of the clusters now."""
    chance, image = random.Random(bits), tmp_path / "image"
    tree = {
        name: chance.randbytes(9000) for name in ("JOURNEY.LOG", "a long name of a journey.csv", "kept.txt", "reused")
    }
    run("truncate", "-s", size, image)
    run("mkfs.vfat", "-F", bits, "-s", 1, image)
    for name, content in tree.items():
        (tmp_path / name).write_bytes(content)
        run("mcopy", "-i", image, tmp_path / name, "::")
    run("mdel", "-i", image, *(f"::{name}" for name in tree if name != "kept.txt"))
    found = {member.path: member.data for member in unpack.unpack(image.read_bytes(), None).members}
    removed = {
        "removed-files/_OURNEY.LOG": tree["JOURNEY.LOG"],
        "removed-files/a long name of a journey.csv": tree["a long name of a journey.csv"],
        "removed-files/_eused": tree["reused"],
    }
    assert found == {"kept.txt": tree["kept.txt"]} | removed
    (tmp_path / "other").write_bytes(b"other" * 2000)
    run("mcopy", "-i", image, tmp_path / "other", "::")
    after = {member.path: member.data for member in unpack.unpack(image.read_bytes(), None).members}
    present = {"kept.txt": tree["kept.txt"], "other": b"other" * 2000}
    # Its entry or its clusters may be the new file's: what is still told is what it was.
    assert present.items() <= after.items() <= (present | removed).items()
    assert len(after) < len(found) + 1


def test_what_was_removed_takes_no_room_of_what_is_there(run, tmp_path):
    chance, image = random.Random(1), tmp_path / "image"
    tree = {"old.log": chance.randbytes(90_000), "kept.txt": chance.randbytes(20_000)}
    run("truncate", "-s", "2M", image)
    run("mkfs.vfat", "-F", 12, image)
    for name, content in tree.items():
        (tmp_path / name).write_bytes(content)
        run("mcopy", "-i", image, tmp_path / name, "::")
    run("mdel", "-i", image, "::old.log")
    found = unpack.unpack(image.read_bytes(), None, limits=UnpackLimits(total_bytes=100_000))
    assert found.members[0].data == tree["kept.txt"]
    assert "limit" in [one.status for one in found.artefacts]


def test_android_sparse_over_ext4(run, tree, tmp_path):
    plain, image = tmp_path / "plain", tmp_path / "image"
    run("mke2fs", "-q", "-t", "ext4", "-b", 4096, "-d", tree, plain, "8M")
    run("img2simg", plain, image)
    members = check(image.read_bytes())
    assert members["unsparsed"].data == plain.read_bytes()


def test_fit_with_a_kernel_and_a_squashfs(run, program, tree, tmp_path):
    program("dtc")  # mkimage compiles the tree with it
    run("mksquashfs", tree, tmp_path / "root", "-noappend")
    (tmp_path / "kernel").write_bytes(b"\x7fELF" + bytes(100))
    (tmp_path / "image.its").write_text(
        """/dts-v1/; / { description = "t"; #address-cells = <1>; images {
        kernel { data = /incbin/("kernel"); type = "kernel"; arch = "arm"; os = "linux"; compression = "none";
                 load = <0>; entry = <0>; };
        rootfs { data = /incbin/("root"); type = "filesystem"; arch = "arm"; compression = "none"; };
        }; configurations { default = "c"; c { kernel = "kernel"; loadables = "rootfs"; }; }; };"""
    )
    for extra in ((), ("-E",)):  # data inside the tree, and behind it
        run("mkimage", *extra, "-f", "image.its", "image.itb", cwd=tmp_path)
        members = check((tmp_path / "image.itb").read_bytes())
        assert members["kernel"].data == b"\x7fELF" + bytes(100)
