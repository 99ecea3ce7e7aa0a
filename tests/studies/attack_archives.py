"""Files that cost far more to read than to make: bombs, nests and claims. Made from the formats' own descriptions, or by the
programs that make such images; nothing of iotwatch is used."""

from __future__ import annotations

import bz2
import lzma
import random
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

MIB = 1 << 20
_BLOCK = 16 * MIB


def _deflated_zeros(blocks: int) -> tuple[bytes, int, int]:
    """Raw DEFLATE of ``blocks`` times 16 MiB of zeros, its CRC-32 and how much it gives."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = engine.compress(bytes(_BLOCK)) + engine.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(blocks):
        crc = zlib.crc32(bytes(_BLOCK), crc)
    # An empty last block of fixed codes.
    return first * blocks + b"\x03\x00", crc, blocks * _BLOCK


def _zip(entries: Iterator[tuple[str, bytes, int, int]]) -> bytes:
    """A zip (APPNOTE 4.3) of entries whose bytes are deflated already: name, packed bytes, CRC-32, size."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, packed, crc, size in entries:
        fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0, crc, len(packed), min(size, 0xFFFFFFFF))
        fields += struct.pack("<HH", len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += name.encode()
        body += b"PK\x03\x04" + fields + name.encode() + packed
        count += 1
    count = min(count, 0xFFFF)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory) + end


def _deflated(data: bytes) -> tuple[bytes, int, int]:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush(), zlib.crc32(data), len(data)


def zip_nested(path: Path) -> None:
    """Like 42.zip: five levels of sixteen zips, each of the million at the bottom with 4 GiB of zeros"""
    packed, crc, size = _deflated_zeros(255)
    data = _zip(iter([("0.dll", packed, crc, size)]))
    for level in range(5):
        packed, crc, size = _deflated(data)
        data = _zip((f"lib {level}{number:x}.zip", packed, crc, size) for number in range(16))
    path.write_bytes(data)


def zip_overlapping(path: Path) -> None:
    """A zip of 20,000 entries that share one run of packed bytes (Fifield 2019): 320 GB"""
    packed, _, size = _deflated_zeros(1)
    names = [b"%05d" % number for number in range(20_000)]
    head = 30 + 5
    step = head + 5  # a header of 35 bytes, which a stored block of the entry before it quotes
    behind = step * len(names) - 5
    body, directory = bytearray(), bytearray()
    for number, name in enumerate(names):
        start = step * number
        given = size + head * (len(names) - 1 - number)
        # The check value is left out: only a reader that looks at it after all was made would notice.
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, behind + len(packed) - start - head, given, len(name), 0)
        body += b"PK\x03\x04" + fields + name
        if number < len(names) - 1:
            body += b"\0" + struct.pack("<HH", head, head ^ 0xFFFF)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, start) + name
    body += packed
    count = len(names)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(bytes(body + directory) + end)


def zip_large(path: Path) -> None:
    """A zip of one file of 3.9 GiB of zeros"""
    path.write_bytes(_zip(iter([("image.bin", *_deflated_zeros(250))])))


def zip_many(path: Path) -> None:
    """A zip of 65,000 files of 40 bytes"""
    texts = (f"imei=49015420{number:07d} server=fleet.example\n".encode() for number in range(65_000))
    path.write_bytes(_zip((f"d/{number}.cfg", *_deflated(text)) for number, text in enumerate(texts)))


def gzip_bomb(path: Path) -> None:
    """gzip, 10 GiB of zeros"""
    packed, crc, size = _deflated_zeros(640)
    path.write_bytes(b"\x1f\x8b\x08" + bytes(6) + b"\xff" + packed + struct.pack("<II", crc, size & 0xFFFFFFFF))


def gzip_nested(path: Path) -> None:
    """2,000 gzip layers around one line"""
    data = b"AT+CGSN\r\n490154203237518\r\n"
    for _ in range(2000):
        packed, crc, size = _deflated(data)
        data = b"\x1f\x8b\x08" + bytes(6) + b"\xff" + packed + struct.pack("<II", crc, size & 0xFFFFFFFF)
    path.write_bytes(data)


def gzip_members(path: Path) -> None:
    """300,000 gzip members of nothing, one behind the other"""
    path.write_bytes((b"\x1f\x8b\x08" + bytes(6) + b"\xff\x03\x00" + bytes(8)) * 300_000)


def xz_bomb(path: Path) -> None:
    """xz, 8 GiB of zeros"""
    path.write_bytes(lzma.compress(bytes(64 * MIB)) * 128)


def bzip2_bomb(path: Path) -> None:
    """bzip2, 8 GiB of zeros"""
    path.write_bytes(bz2.compress(bytes(64 * MIB)) * 128)


def zstd_bomb(path: Path) -> None:
    """Zstandard, 32 GiB in blocks that repeat one byte (RFC 8878, 3.1.1.2.2)"""
    block = struct.pack("<I", ((128 << 10) << 3) | (1 << 1))[:3] + b"\0"
    last = struct.pack("<I", ((128 << 10) << 3) | (1 << 1) | 1)[:3] + b"\0"
    # No single segment, no size, a window of 128 KiB.
    path.write_bytes(b"\x28\xb5\x2f\xfd\x00\x38" + block * ((1 << 18) - 1) + last)


def zstd_window(path: Path) -> None:
    """Zstandard that asks for a window of 2 GiB"""
    path.write_bytes(b"\x28\xb5\x2f\xfd\x00\xa8" + struct.pack("<I", (64 << 3) | 1)[:3] + bytes(64))


def _tar_header(name: str, size: int, kind: bytes = b"0", link: str = "") -> bytes:
    head = bytearray(512)
    head[:100] = name.encode().ljust(100, b"\0")[:100]
    head[100:124] = b"0000644\0" + b"0000000\0" + b"0000000\0"
    head[124:136] = b"\x80" + size.to_bytes(11, "big") if size >= 8**11 else b"%011o\0" % size
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = kind
    head[157:257] = link.encode().ljust(100, b"\0")[:100]
    head[257:265] = b"ustar\00000"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def tar_many(path: Path) -> None:
    """A compressed tar of 300,000 empty files"""
    engine = zlib.compressobj(1, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        for number in range(300_000):
            file.write(engine.compress(_tar_header(f"d/{number}", 0)))
        file.write(engine.compress(bytes(1024)) + engine.flush())


def tar_nested(path: Path) -> None:
    """400 tars in each other"""
    data = b"AT+CGSN\r\n490154203237518\r\n"
    for number in range(400):
        data = _tar_header(f"{number}.tar", len(data)) + data + bytes(-len(data) % 512) + bytes(1024)
    path.write_bytes(data)


def tar_claims(path: Path) -> None:
    """A tar of 10,000 files that claim 2^80 bytes each, and links in a circle"""
    parts = [_tar_header(f"{number}", 1 << 80) for number in range(10_000)]
    parts += [_tar_header(f"l{number}", 0, b"2", f"l{(number + 1) % 100}") for number in range(100)]
    path.write_bytes(b"".join(parts) + bytes(1024))


def _cpio_entry(name: str, size: int) -> bytes:
    fields = (1, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4)


def cpio_bomb(path: Path) -> None:
    """A compressed cpio archive (newc) of 64 files of 64 MiB of zeros and 50,000 empty ones"""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(MIB)
    with path.open("wb") as file:
        for number in range(64):
            file.write(engine.compress(_cpio_entry(f"z{number}", 64 * MIB)))
            for _ in range(64):
                file.write(engine.compress(zeros))
        for number in range(50_000):
            file.write(engine.compress(_cpio_entry(f"e{number}", 0)))
        file.write(engine.compress(_cpio_entry("TRAILER!!!", 0)) + engine.flush())


def squashfs_bomb(path: Path) -> None:
    """squashfs of 40 files of 256 MiB of zeros and one of 8 GiB"""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for number in range(40):
            with (Path(folder) / f"{number}.bin").open("wb") as file:
                file.truncate(256 * MIB + number)
        with (Path(folder) / "large.bin").open("wb") as file:
            file.truncate(8 << 30)
        _run("mksquashfs", folder, str(path), "-noappend", "-quiet", "-no-sparse", "-processors", "1", "-b", "1M")


def squashfs_data(path: Path) -> None:
    """squashfs of 30 files of 64 MiB that compress to a thousandth and are no zeros"""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for number in range(30):
            piece = random.Random(number).randbytes(1024) * 1024
            with (Path(folder) / f"{number}.bin").open("wb") as file:
                for _ in range(64):
                    file.write(piece)
        _run("mksquashfs", folder, str(path), "-noappend", "-quiet", "-processors", "1", "-b", "1M")


def ext4_bomb(path: Path) -> None:
    """ext4 of 64 MiB whose sparse files claim 1 TiB, with 20,000 small ones"""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for number in range(16):
            with (Path(folder) / f"{number}.bin").open("wb") as file:
                file.truncate(64 << 30)
                file.seek(40 << 30)
                file.write(b"AT+CGSN")
        for number in range(20_000):
            (Path(folder) / f"s{number}").write_bytes(b"")
        with path.open("wb") as file:
            file.truncate(64 * MIB)
        _run("mke2fs", "-q", "-t", "ext4", "-N", "24000", "-d", folder, str(path))


def jffs2_bomb(path: Path) -> None:
    """JFFS2 of 48 MiB in whose nodes zeros are packed, 200 files"""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for number in range(200):
            with (Path(folder) / f"{number}.bin").open("wb") as file:
                file.truncate(16 * MIB)
        _run("mkfs.jffs2", "-r", folder, "-o", str(path), "-e", "0x20000")


def _run(*command: str) -> None:
    program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise FileNotFoundError(command[0])
    subprocess.run([program, *command[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def encrypted_dump(path: Path) -> None:
    """A dump of 300 MB of what looks encrypted"""
    draw = random.Random(18)
    with path.open("wb") as file:
        for _ in range(300):
            file.write(draw.randbytes(10**6))


def elf_claims(path: Path) -> None:
    """An ELF file whose 65,000 section headers each claim 4 GiB of strings"""
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, 64, 0, 64, 56, 0, 64, 65_000, 1)
    section = struct.pack("<IIQQQQIIQQ", 1, 3, 0, 0, 64, 1 << 32, 1, 0, 1, 0)
    path.write_bytes(head + section * 65_000)


def json_nested(path: Path) -> None:
    """10 MB of opening brackets as JSON"""
    path.write_bytes(b'{"lat":' + b"[" * 10**7)


def text_of_one_line(path: Path) -> None:
    """A log whose second line has 60 MB of digits, commas and letters"""
    draw = random.Random(3)
    piece = "".join(draw.choice("0123456789,.ABCDEF:") for _ in range(10**6)).encode()
    path.write_bytes(b"AT+CGSN\r\n490154203237518\r\nOK\r\n" + piece * 60)


def base64_nested(path: Path) -> None:
    """Base64 in base64, 30 times, in a log of AT commands"""
    import base64

    data = b'{"imei":"490154203237518"}'
    for _ in range(30):
        data = base64.b64encode(data)
    path.write_bytes(b"AT+QHTTPPOST=1\r\n" + data + b"\r\nOK\r\n")


FILES = (
    zip_nested,
    zip_overlapping,
    zip_large,
    zip_many,
    gzip_bomb,
    gzip_nested,
    gzip_members,
    xz_bomb,
    bzip2_bomb,
    zstd_bomb,
    zstd_window,
    tar_many,
    tar_nested,
    tar_claims,
    cpio_bomb,
    squashfs_bomb,
    squashfs_data,
    ext4_bomb,
    jffs2_bomb,
    encrypted_dump,
    elf_claims,
    json_nested,
    text_of_one_line,
    base64_nested,
)
