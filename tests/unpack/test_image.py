"""Headers of boot and update images around parts: built by hand, opened, and walked back."""

from __future__ import annotations

import bz2
import hashlib
import lzma
import random
import struct
import subprocess
import zlib

import pytest
import zstandard

from iotwatch import unpack
from iotwatch.unpack.image import qualcomm
from tests.unpack.images import (
    MANY,
    TREE,
    check,
    make_boot,
    make_cpio,
    make_pac,
    make_tar,
    make_trx,
    make_uimage,
    make_zip,
    replay,
    statuses,
)

KERNEL = bytes(range(256)) * 20


def test_uimage_with_something_behind_it():
    members = check(make_uimage(KERNEL) + make_tar())
    assert members["kernel-test kernel"].data == KERNEL


def test_uimage_of_several_parts():
    body = struct.pack(">III", 5, 6, 0) + b"first\0\0\0" + b"second\0\0"
    result = unpack.unpack(make_uimage(body, kind=4), None)
    assert [member.data for member in result.members] == [b"first", b"second"]


def test_trx():
    members = check(make_trx([KERNEL, make_tar()]))
    assert members["part-0"].data == KERNEL


def test_android_boot():
    members = check(make_boot(KERNEL, make_tar()))
    assert members["kernel"].data == KERNEL


def test_pac():
    parts = {"kernel.img": KERNEL, "root.tar": make_tar()}
    image = make_pac(parts)
    assert unpack.sniff(image[:4096], image) == "pac"
    members = check(image)
    assert members["kernel.img"].data == KERNEL
    product = next(artefact for artefact in unpack.unpack(image, None).artefacts if artefact.path == "product")
    assert product.note == "UIX8910_MODEM, firmware 8910 MODULE"


def test_sparse_fill_and_skip():
    chunks = struct.pack("<HHII", 0xCAC1, 0, 1, 12 + 4096) + KERNEL[:4096]
    chunks += struct.pack("<HHII4s", 0xCAC2, 0, 2, 16, b"\xde\xad\xbe\xef") + struct.pack("<HHII", 0xCAC3, 0, 1, 12)
    image = struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, 4096, 4, 3, 0) + chunks
    (member,) = unpack.unpack(image, None).members
    assert member.data == KERNEL[:4096] + b"\xde\xad\xbe\xef" * 2048 + bytes(4096)
    assert replay(image, member.place) == member.data


def test_uf2() -> None:
    """Two regions, and a block that is not for the main flash; a broken block is told, and what stood before it stays."""

    def block(number: int, address: int, content: bytes, flags: int = 0) -> bytes:
        head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, flags, address, len(content), number, 6, 0)
        return head + content.ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30)

    low, high = random.Random(3).randbytes(768), random.Random(4).randbytes(300)
    parts = [(0x1000 + at, low[at : at + 256]) for at in range(0, 768, 256)] + [(0x80000, high)]
    image = b"".join(block(number, *part) for number, part in enumerate(parts)) + block(
        5, 0x80000 + 300, b"no", flags=1
    )
    members = check(image, {"0x1000": low, "0x80000": high})
    assert set(members) >= {"0x1000", "0x80000"}
    broken = image[:512] + b"x" * 512 + image[1024:]
    assert statuses(broken) == {"0x1000": "ok", "": "damaged"}


@pytest.mark.parametrize("level", [1, 6, 9])
def test_a_bare_zlib_stream_behind_a_vendors_header(level: int) -> None:
    chance = random.Random(level)
    header = b"VENDOR" + chance.randbytes(chance.randrange(20, 5000))
    image = header + zlib.compress(make_tar(), level) + chance.randbytes(9000)
    if level == 1:  # its two bytes of head are too frequent to be looked for: only at the beginning of a part
        image = image[len(header) :]
    check(image)


def test_what_begins_like_zlib_by_chance_is_none() -> None:
    chance = random.Random(5)
    image = b"".join(chance.randbytes(500) + chance.choice((b"\x78\x9c", b"\x78\xda")) for _ in range(400))
    assert {row.split("-")[-1] for row in statuses(image)} <= {"", "unknown"}


@pytest.mark.programs
@pytest.mark.parametrize("size", [100_000, 8 << 20, 20_000_000])
def test_a_kernel_in_lz4_and_its_first_file_system(program, tmp_path, size):
    """As Linux packs it: ``lz4 -l`` in the middle of the loader, the size behind it, and inside a cpio archive packed alike."""
    chance = random.Random(size)

    def packed(content: bytes) -> bytes:
        (tmp_path / "plain").write_bytes(content)
        subprocess.run([program("lz4"), "-q", "-f", "-l", tmp_path / "plain", tmp_path / "packed"], check=True)
        return (tmp_path / "packed").read_bytes()

    first = packed(make_cpio([(name.encode(), 0o100644, body) for name, body in TREE.items()]))
    kernel = KERNEL + first + b"\0" * 4096
    kernel += (b"more code %d " % size) * ((size - len(kernel)) // 16)
    kernel = kernel.ljust(size, b"\1")
    image = chance.randbytes(20_000) + packed(kernel) + len(kernel).to_bytes(4, "little") + chance.randbytes(5000)
    members = check(image)
    assert kernel in [member.data for member in members.values()]


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def proto(**fields: int | bytes | list[bytes]) -> bytes:
    """A protocol buffer of fields ``f1`` and so on: numbers as varints, bytes and lists of messages with their lengths."""
    out = b""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            number = int(name[1:]) << 3
            out += varint(number) + varint(one) if isinstance(one, int) else varint(number | 2) + varint(len(one)) + one
    return out


def make_payload(partitions: dict[str, tuple[bytes, list[tuple[int, bytes, list[tuple[int, int]]]]]]) -> bytes:
    """A payload of version 2 (``update_metadata.proto``): name -> the whole, and pieces of type, packed bytes and extents."""
    blobs, updates = b"", []
    for name, (whole, pieces) in partitions.items():
        operations = []
        for kind, packed, extents in pieces:
            target = [proto(f1=first, f2=count) for first, count in extents]
            operations.append(proto(f1=kind, f2=len(blobs), f3=len(packed), f6=target))
            blobs += packed
        info = proto(f1=len(whole), f2=hashlib.sha256(whole).digest())
        updates.append(proto(f1=name.encode(), f7=info, f8=operations))
    manifest = proto(f3=4096, f12=0, f13=updates)
    signature = b"metadata signature"
    return b"CrAU" + struct.pack(">QQI", 2, len(manifest), len(signature)) + manifest + signature + blobs


def test_an_android_update_payload() -> None:
    """Pieces of every packing, out of order and over two extents; what is never filled is zeros."""
    chance = random.Random(1)
    a, b, c, d = (chance.randbytes(4096) + bytes(4096) for _ in range(4))
    whole = a + b[:4096] + c + b[4096:] + d + bytes(8192) + b"end of it"
    packed = zstandard.ZstdCompressor().compress(b)
    pieces = [
        (8, lzma.compress(c), [(3, 2)]),
        (14, packed, [(2, 1), (5, 1)]),
        (0, a, [(0, 2)]),
        (1, bz2.compress(d), [(6, 2)]),
        (6, b"", [(8, 2)]),
        (0, b"end of it".ljust(4096, b"\0"), [(10, 1)]),
    ]
    image = make_payload({"modem": (whole, pieces), "system": (bytes(4096), [(5, b"a difference", [(0, 1)])])})
    members = check(image, {"modem": whole})
    assert members["modem"].kind == "partition"
    assert statuses(image) == {"modem": "ok", "system": "no-reader"}


def test_a_piece_shorter_than_its_blocks_moves_nothing() -> None:
    first, second = random.Random(3).randbytes(3000), random.Random(4).randbytes(4096)
    whole = first.ljust(4096, b"\0") + second
    pieces = [(0, second, [(1, 1)]), (1, bz2.compress(first), [(0, 1)])]
    check(make_payload({"modem": (whole, pieces)}), {"modem": whole})


def test_an_android_update_payload_whose_bytes_changed_says_so() -> None:
    whole = random.Random(2).randbytes(8192)
    image = bytearray(make_payload({"modem": (whole, [(0, whole, [(0, 2)])])}))
    image[-5] ^= 1
    assert statuses(bytes(image)) == {"modem": "damaged"}
    assert statuses(bytes(image[:-100])) == {"modem": "damaged"}


@pytest.mark.programs
@pytest.mark.parametrize(("kind", "target"), [("intel-hex", "ihex"), ("s-record", "srec")])
def test_hex_files(program, tmp_path, kind, target):
    plain, image = tmp_path / "plain", tmp_path / "image"
    plain.write_bytes(make_zip())
    subprocess.run([program("objcopy"), "-I", "binary", "-O", target, plain, image], check=True)
    data = image.read_bytes()
    assert unpack.sniff(data[:4096], data) == kind
    check(data)


def test_intel_hex_regions_and_extended_addresses():
    text = b":020000040800F2\n:0400000001020304F2\n:0400080005060708DA\n:00000001FF\n"
    members = {member.path: member.data for member in unpack.unpack(text, None).members}
    assert members == {"0x8000000": b"\1\2\3\4", "0x8000008": b"\5\6\7\10"}
    assert MANY["intel-hex"](text, "0x8000008") == b"\5\6\7\10"


def test_esp32_image_and_flash():
    segment = struct.pack("<II", 0x3F400020, len(KERNEL)) + KERNEL
    image = bytes([0xE9, 1, 2, 0x20]) + struct.pack("<I", 0x40080000) + bytes(16) + segment + bytes(16)
    (member,) = unpack.unpack(image, None).members
    assert (member.path, member.data) == ("segment-0-0x3f400020", KERNEL)
    row = b"\xaa\x50" + struct.pack("<BBII16sI", 0, 0x10, 0x10000, 0x2000, b"ota_0", 0)
    row += b"\xaa\x50" + struct.pack("<BBII16sI", 1, 2, 0x9000, 0x1000, b"nvs", 0)
    flash = bytearray(b"\xff" * 0x12000)
    flash[0x8000 : 0x8000 + len(row)] = row
    flash[0x10000 : 0x10000 + len(image)] = image
    members = {member.path: member for member in unpack.unpack(bytes(flash), None).members}
    assert members["ota_0"].data[: len(image)] == image
    assert members["nvs"].place.file_offset == 0x9000


def test_mbr_and_gpt_partitions():
    part = make_tar({"etc/modem.conf": TREE["etc/modem.conf"]})
    sectors = len(part) // 512
    mbr = bytearray(2048 * 512)
    mbr[446:462] = struct.pack("<BBHBBHII", 0x80, 0, 0, 0x83, 0, 0, 2048, sectors)
    mbr[510:512] = b"\x55\xaa"
    check(bytes(mbr) + part, {"etc/modem.conf": TREE["etc/modem.conf"]})
    gpt = bytearray(64 * 512)
    gpt[512:520] = b"EFI PART"
    struct.pack_into("<QII", gpt, 512 + 72, 2, 4, 128)
    gpt[1024:1152] = (
        b"\1" * 16
        + b"\2" * 16
        + struct.pack("<QQQ", 64, 63 + sectors, 0)
        + "modem".encode("utf-16-le").ljust(72, b"\0")
    )
    members = check(bytes(gpt) + part, {"etc/modem.conf": TREE["etc/modem.conf"]})
    assert members["modem"].kind == "partition"


@pytest.mark.corpus
def test_qualcomm_parts_of_the_corpus(corpus):
    (folder,) = (corpus / "firmware" / "quectel-eg25g").iterdir()
    names = list(statuses((folder / "partition.mbn").read_bytes()))
    assert names[:5] == ["SBL", "MIBIB", "EFS2", "sys_rev", "RAWDATA"]
    assert len(names) == 18  # the count in its header, and 520 bytes = 16 + 18 * 28
    sbl1 = (folder / "sbl1.mbn").read_bytes()
    (member,) = unpack.unpack(sbl1, None).members
    assert member.place.file_offset == 10240
    assert member.data == sbl1[10240:]
    ubi = unpack.unpack((folder / "usrdata.ubi").read_bytes(), None)
    assert "usrdata" in {artefact.path for artefact in ubi.artefacts}


@pytest.mark.parametrize(
    ("changed", "claimed"),
    [
        ({}, True),
        ({"image": 64}, False),
        ({"version": 2}, False),
        ({"size": 801}, False),
        ({"size": 0, "code": 0, "signature": 0, "chain": 0}, False),
        ({"behind": 4095}, True),
        ({"behind": 4096}, False),
    ],
    ids=str,
)
def test_an_mbn_image_adds_up(changed: dict[str, int], claimed: bool) -> None:
    """Image id, version, and code, signature and certificates that fill the image and nearly all of the file."""
    said = {"image": 5, "version": 3, "size": 800, "code": 500, "signature": 256, "chain": 44, "behind": 0} | changed
    head = (said["image"], said["version"], 0, 0, said["size"], said["code"], 0, said["signature"], 0, said["chain"])
    data = struct.pack("<10I", *head) + bytes(800 + said["behind"])
    assert qualcomm.mbn_claims(data) is claimed
    assert not qualcomm.mbn_claims(data[:511])
