"""Builds test images: from small trees with the system's programs, and by hand where no program is usual."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from iotwatch import unpack
from iotwatch.model import Cut, Place

MANY = dict(unpack.EVERY_STEP)
# Content that compresses, that does not, that is empty, and that ends inside a block of every size in use.
TREE: dict[str, bytes] = {
    "etc/modem.conf": b"server=reports.example:7700\nmodule=EG25-G\n",
    "etc/empty": b"",
    "usr/bin/start.sh": b"#!/bin/sh\nexec /usr/bin/reporter --to reports.example\n",
    "usr/share/long name with spaces.txt": b"position " * 3000,
    "data/noise.bin": bytes((i * i * 7919 + i // 3) & 0xFF for i in range(70_001)),
    "data/zeros.bin": bytes(10_000) + b"end",
}


def write_tree(folder: Path, tree: Mapping[str, bytes] = TREE) -> Path:
    """The tree as files, with a link out of it."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "etc" / "outside").symlink_to("../../../../etc/passwd")
    return folder


def replay(data: bytes, place: Place | None) -> bytes:
    """What a place gives over the outer file's bytes."""
    for operation in place.chain() if place else ():
        if isinstance(operation, Cut):
            data = b"".join(data[offset : offset + length] for offset, length in operation.spans)
        else:
            data = MANY[operation.name](data, operation.argument)
    return data


def open_all(data: bytes, depth: int = 6) -> tuple[dict[str, unpack.Member], list[unpack.Unpacked]]:
    """Every member of every level by path, and what each blob gave: what the pipeline's worklist does."""
    members: dict[str, unpack.Member] = {}
    results = []
    work = [(data, None, "", 0)]
    while work:
        blob, place, path, level = work.pop()
        result = unpack.unpack(blob, place, path=path)
        results.append(result)
        for member in result.members:
            members[member.path] = member
            if level < depth:
                work.append((member.data, member.place, member.path, level + 1))
    return members, results


def check(image: bytes, tree: Mapping[str, bytes] = TREE) -> dict[str, unpack.Member]:
    """Every file of the tree is found with its bytes, and each member's place gives them again."""
    members, _ = open_all(image)
    for name, content in tree.items():
        found = [member for path, member in members.items() if path.split("!")[-1].removeprefix("./") == name]
        assert found, f"{name} is not among {sorted(members)}"
        assert found[0].data == content, name
    for path, member in members.items():
        assert replay(image, member.place) == member.data, path
    return members


def statuses(data: bytes) -> dict[str, str]:
    """Artefact path to status, of one level."""
    return {artefact.path: artefact.status for artefact in unpack.unpack(data, None).artefacts}


def make_tar(tree: Mapping[str, bytes] = TREE, change: Callable[[tarfile.TarFile], None] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in tree.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if change is not None:
            change(archive)
    return buffer.getvalue()


def make_zip(tree: Mapping[str, bytes] = TREE, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in tree.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_cpio(files: list[tuple[bytes, int, bytes]]) -> bytes:
    """newc, from (name, mode, content)."""
    out = bytearray()
    for index, (name, mode, content) in enumerate([*files, (b"TRAILER!!!", 0, b"")]):
        fields = (index, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name + b"\0"
        out += bytes(-len(out) % 4) + content
        out += bytes(-len(out) % 4)
    return bytes(out)


def make_uimage(body: bytes, kind: int = 2) -> bytes:
    head = struct.pack(
        ">IIIIIIIBBBB32s", 0x27051956, 0, 0, len(body), 0, 0, zlib.crc32(body), 5, 2, kind, 0, b"test kernel"
    )
    return head[:4] + struct.pack(">I", zlib.crc32(head)) + head[8:] + body


def make_trx(parts: list[bytes]) -> bytes:
    starts, at = [], 28
    for part in parts:
        starts.append(at)
        at += len(part)
    starts += [0] * (3 - len(starts))
    body = b"".join(parts)
    tail = struct.pack("<HHIII", 0, 1, *starts) + body
    return b"HDR0" + struct.pack("<II", at, zlib.crc32(tail) ^ 0xFFFFFFFF) + tail


def make_boot(kernel: bytes, ramdisk: bytes, page: int = 2048) -> bytes:
    head = b"ANDROID!" + struct.pack("<10I", len(kernel), 0, len(ramdisk), 0, 0, 0, 0, page, 0, 0)
    return b"".join(part + bytes(-len(part) % page) for part in (head, kernel, ramdisk))


def make_pac(parts: Mapping[str, bytes]) -> bytes:
    def wide(text: str, size: int) -> bytes:
        return text.encode("utf-16-le").ljust(size, b"\0")

    head = bytearray(2124)
    head[:48] = wide("BP_R1.0.0", 48)
    head[52:564] = wide("UIX8910_MODEM", 512)
    head[564:1076] = wide("8910 MODULE", 512)
    struct.pack_into("<II", head, 1076, len(parts), 2124)
    head[2116:2120] = b"\xfa\xff\xfa\xff"
    at, table, body = 2124 + 2580 * len(parts), b"", b""
    for name, content in parts.items():
        entry = bytearray(2580)
        struct.pack_into("<I", entry, 0, 2580)
        entry[4:516], entry[516:1028] = wide(name.split(".")[0], 512), wide(name, 512)
        struct.pack_into("<III", entry, 1540, len(content), 1, at)
        table, body, at = table + bytes(entry), body + content, at + len(content)
    return bytes(head) + table + body
