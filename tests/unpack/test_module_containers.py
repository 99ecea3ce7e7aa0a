"""Packages of module makers: built by hand from their descriptions, opened, and walked back."""

from __future__ import annotations

import lzma
import random
import struct

import pytest

from tests.unpack.images import check, statuses

KERNEL = random.Random(11).randbytes(4000)
APPLICATION = b"\0AT+CGSN\0AT+QGPSLOC=2\0" * 200 + KERNEL[:1000]
SCRIPT = b"local imei = mobile.imei()\nmqtt.client():connect('fleet.test', 1883)\n"


def luadb() -> bytes:
    mark = b"\x01\x04\x5a\xa5\x5a\xa5"
    files = {b"main.lua": SCRIPT, b"user_bin.bin": b"\x1bLua" + KERNEL[:300]}
    head = mark + b"\x02\x02\x01\0" + b"\x04\x02" + struct.pack("<H", len(files)) + b"\xfe\x02\xff\xff"
    for name, content in files.items():
        head += (
            mark + bytes((2, len(name))) + name + b"\x03\x04" + struct.pack("<I", len(content)) + b"\xfe\x02\xff\xff"
        )
        head += content
    return head


def neoway() -> bytes:
    packed = bytearray(
        lzma.compress(APPLICATION, format=lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])
    )
    packed[5:13] = struct.pack("<Q", len(APPLICATION))
    return b"CSTA%06dCEND" % len(packed) + packed


def quectel() -> bytes:
    head = b"QUECTEL_FOTA_UPGRADE".ljust(0x1C, b"\0") + struct.pack("<I", len(APPLICATION))
    return head.ljust(0x50, b"\1") + APPLICATION + bytes(range(16))


def binpkg(start: int = 0x34) -> bytes:
    head = b"106\0\0\0\0\0bpkg\0\0\0\0" + struct.pack("<I", 2) + b"SHA256"
    if start != 0x34:
        head = head.ljust(0x38, b"\0") + b"pkgmode"
    out = head.ljust(start, b"\0")
    for name, content in ((b"ap_bootloader", KERNEL[:500]), (b"ap_app", APPLICATION)):
        meta = name.ljust(64, b"\0") + struct.pack("<4I", 0x800000, len(content), 0, len(content))
        out += meta.ljust(364, b"\0") + content
    return out


def balong_update(front: int) -> bytes:
    out = bytes(front)
    for code, content in ((0x20000, KERNEL[:501]), (0x50000, APPLICATION)):
        head = struct.pack("<4sII8sII", b"\x55\xaa\x5a\xa5", 98, 1, b"HW7x27\xff\xff", code, len(content))
        out += head + b"2016.01.01".ljust(16, b"\0") * 2 + b"APP".ljust(32, b"\0") + bytes(6) + content
        out += bytes(-len(out) % 4)
    return out


def balong_loader() -> bytes:
    rows = struct.pack("<4I", 1, 1000, 0x10000, 84) + struct.pack("<4I", 2, len(APPLICATION), 0x57700000, 1084)
    return (struct.pack("<I", 0x20000) + bytes(32) + rows).ljust(84, b"\0") + KERNEL[:1000] + APPLICATION


def lod() -> bytes:
    words = APPLICATION.ljust((len(APPLICATION) + 3) // 4 * 4, b"\0")
    lines = [f"{word:08x}" for (word,) in struct.iter_unpack("<I", words)]
    return "\n".join(["#$mode=flash", "@08000000", *lines, "#checksum=00000000", ""]).encode()


@pytest.mark.parametrize(
    ("image", "tree"),
    [
        (luadb(), {"main.lua": SCRIPT}),
        (neoway(), {"application": APPLICATION}),
        (quectel(), {"application": APPLICATION}),
        (binpkg(), {"ap_app": APPLICATION}),
        (binpkg(0x1D8), {"ap_app": APPLICATION}),
        (balong_update(0), {"part-50000": APPLICATION}),
        (balong_update(92), {"part-50000": APPLICATION}),
        (balong_loader(), {"loader-0x57700000": APPLICATION}),
        (lod(), {"0x8000000": APPLICATION.ljust((len(APPLICATION) + 3) // 4 * 4, b"\0")}),
    ],
    ids=["luadb", "neoway", "quectel", "binpkg", "binpkg, later", "balong", "UPDATE.APP", "balong loader", "lod"],
)
def test_a_part_has_its_bytes_and_its_place(image: bytes, tree: dict[str, bytes]) -> None:
    check(image, tree)


def test_the_table_of_a_balong_modem_is_told() -> None:
    row = b"fastboot".ljust(16, b"\0") + struct.pack("<8I", 0x40000, 0, 0x80000, 0, 0, 1, 0, 0)
    table = b"pTableHead\0\0\0\0\0\x80" + b"BOOTROM_V01.02".ljust(16, b"\0") + b"V3R3_MBB_E5".ljust(16, b"\0")
    assert statuses((table + row).ljust(2048, b"\0"))["fastboot"] == "ok"


@pytest.mark.parametrize("make", [luadb, neoway, quectel, binpkg, balong_loader, lod, lambda: balong_update(0)])
def test_what_is_cut_or_broken_ends_in_a_status(make) -> None:  # type: ignore[no-untyped-def]
    chance, image = random.Random(7), make()
    for _ in range(6):
        broken = bytearray(image[: chance.randrange(20, len(image))])
        broken[chance.randrange(len(broken))] ^= 0xFF
        statuses(bytes(broken))
