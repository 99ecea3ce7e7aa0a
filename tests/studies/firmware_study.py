"""Packs one tree in every format that can be made here and asks of each: was everything found that stands in it?

``python -m tests.studies.firmware_study`` prints the table of ``docs/firmware.md``; ``tests/test_firmware_formats.py``
asserts it. The
tree holds facts planted here (names under ``.example`` and ``.invalid`` only) and, where the development corpus is at hand,
programs of real modules with what its manifest says of them.
"""

from __future__ import annotations

import gzip
import lzma
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.corpus import FOLDER
from tests.unpack.images import make_cpio, make_tar, make_trx, make_uimage, make_zip

Build = Callable[[Path, Path], None]
"""Makes the image (second) of the folder (first) with a program of the system."""

ELF = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(40)
KEY = ec.derive_private_key(808, ec.SECP256R1()).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
PLANTED_TREE: dict[str, bytes] = {
    "etc/modem.conf": b"vendor=Quectel\nrevision=EC25EUGAR06A07M4G_20.200.20.200\napn=m2m.operator.example\n",
    "etc/report.conf": b"URL=http://telemetry.fleet.example:8080/v1/fix\nBROKER=mqtt.maker.invalid\n#OLD=http://gone.maker.invalid/\n"
    b"mqtt_password=Tr4ck3r-0815\n",
    "etc/init.d/S90report": b"#!/bin/sh\n. /etc/report.conf\nprintf 'AT+QGPSLOC=2\\r' >/dev/ttyUSB2\nimei=$(cat /run/imei)\n"
    b'wget -q --post-data "imei=$imei" "$URL"\nmosquitto_pub -h "$BROKER" -t unit/position -m "$fix"\n',
    "etc/gps.conf": b"SUPL_HOST=supl.maker.invalid\nSUPL_PORT=7275\n#XTRA_SERVER_1=http://xtra.maker.invalid/xtra2.bin\n",
    "etc/ssl/unit.key": KEY,
    "data/unit.txt": b"imei=860000000000017\n",
    "usr/bin/agent": ELF + b"\0*HQ,%s,V1,%02d%02d%02d,A,%s,N,%s,E,%s#\0ingest.fleet.example:7700\0" + bytes(200),
    "var/lib/dpkg/status": b"Package: gpsd\nStatus: install ok installed\nArchitecture: armhf\nVersion: 3.22-4.1\n",
}
PLANTED: frozenset[str] = frozenset(
    {
        "module: module Quectel EC25EUGAR06A07M4G_20.200.20.200",
        "apn: m2m.operator.example",
        "text.url: http://telemetry.fleet.example:8080/v1/fix",
        "file.host: mqtt.maker.invalid",
        "file.host: supl.maker.invalid",
        "file.host: ingest.fleet.example:7700",
        "inactive: http://gone.maker.invalid/",
        "inactive: http://xtra.maker.invalid/xtra2.bin",
        "file.topic: unit/position",
        "imei: 860000000000017",
        "dialect.constant: h02",
        "component: gpsd 3.22-4.1",
        "program: B etc/init.d/S90report",
        "secret: Private key in etc/ssl/unit.key (EC 256)",
        "secret: Password in clear in etc/report.conf",
    }
)
# Files of the corpus, and what its manifest says stands in them.
REAL_FILES = (
    "mifi-wd670/app/bin/device_tracking",
    "mifi-wd670/app/bin/brctl",
    "quectel-rootfs/bin/quectel_daemon",
    "simcom-rootfs/usr/bin/atfwd_daemon",
    "debian-host/mosquitto_pub",
    "debian-host/gpsd",
)
REAL: frozenset[str] = frozenset(
    {
        "module: module Quectel EG25GGBR07A08M2G_01.002.07",
        "module: module SIMCom ",
        "program: A bin/device_tracking",
        "program: C gpsd",
        "text.url: https://infolayanan.smartfren.com/device/track.php",
    }
)


def _squashfs(compressor: str) -> Build:
    def build(tree: Path, image: Path) -> None:
        _run("mksquashfs", tree, image, "-comp", compressor, "-all-root", "-noappend", "-no-progress", "-quiet")

    return build


def _ubi(tree: Path, image: Path) -> None:
    volume, setup = image.with_suffix(".ubifs"), image.with_suffix(".ini")
    _run("mkfs.ubifs", "-r", tree, "-m", "2048", "-e", "126976", "-c", "200", "-o", volume)
    setup.write_text(f"[v]\nmode=ubi\nimage={volume}\nvol_id=0\nvol_type=dynamic\nvol_name=rootfs\nvol_size=8MiB\n")
    _run("ubinize", "-o", image, "-p", "128KiB", "-m", "2048", setup)


def _jffs2(tree: Path, image: Path) -> None:
    _run("mkfs.jffs2", "-r", tree, "-o", image, "-e", "128KiB", "-l", "-n")


def _ext4(tree: Path, image: Path) -> None:
    _run("mke2fs", "-q", "-t", "ext4", "-d", tree, image, "16M")


def _sparse(tree: Path, image: Path) -> None:
    _ext4(tree, image.with_suffix(".ext4"))
    _run("img2simg", image.with_suffix(".ext4"), image)


def _cramfs(tree: Path, image: Path) -> None:
    _run("mkfs.cramfs", tree, image)


def _romfs(tree: Path, image: Path) -> None:
    _run("genromfs", "-d", tree, "-f", image)


def _erofs(tree: Path, image: Path) -> None:
    _run("mkfs.erofs", "--quiet", image, tree)


def _erofs_lz4(tree: Path, image: Path) -> None:
    _run("mkfs.erofs", "--quiet", "-zlz4", image, tree)


def _fat(tree: Path, image: Path) -> None:
    _run("mkfs.vfat", "-C", image, "16384")
    for entry in sorted(tree.iterdir()):
        _run("mcopy", "-s", "-i", image, entry, "::/")


def _7z(tree: Path, image: Path) -> None:
    _run("7z", "a", "-bso0", "-bsp0", image, f"{tree}/.")


def _fit(tree: Path, image: Path) -> None:
    inner = image.with_suffix(".sqfs")
    _squashfs("xz")(tree, inner)
    source = image.with_suffix(".its")
    source.write_text(
        '/dts-v1/; / { description = "unit"; images { rootfs { description = "rootfs"; data = /incbin/("'
        + str(inner)
        + '");'
        ' type = "filesystem"; arch = "arm"; compression = "none"; }; };'
        ' configurations { default = "unit"; unit { description = "unit"; firmware = "rootfs"; }; }; };\n'
    )
    _run("mkimage", "-f", source, image)


def _packed(make: Callable[[bytes], bytes]) -> Build:
    """Something around a squashfs."""

    def build(tree: Path, image: Path) -> None:
        inner = image.with_suffix(".sqfs")
        _squashfs("xz")(tree, inner)
        image.write_bytes(make(inner.read_bytes()))

    return build


def _archive(make: Callable[[Mapping[str, bytes]], bytes]) -> Build:
    def build(tree: Path, image: Path) -> None:
        files = {str(file.relative_to(tree)): file.read_bytes() for file in sorted(tree.rglob("*")) if file.is_file()}
        image.write_bytes(make(files))

    return build


def _cpio_gz(files: Mapping[str, bytes]) -> bytes:
    return gzip.compress(make_cpio([(name.encode(), 0o100755, content) for name, content in files.items()]))


def _raw_dump(squashfs: bytes) -> bytes:
    noise = random.Random(808)
    return noise.randbytes(0x4000) + make_uimage(b"kernel" * 400).ljust(0x3133, b"\xff") + squashfs + b"\xff" * 0x2000


FORMATS: dict[str, Build] = {
    **{f"squashfs, {name}": _squashfs(name) for name in ("gzip", "lzma", "lzo", "xz", "lz4", "zstd")},
    "UBIFS in UBI": _ubi,
    "JFFS2": _jffs2,
    "ext4": _ext4,
    "Android sparse of ext4": _sparse,
    "cramfs": _cramfs,
    "romfs": _romfs,
    "erofs": _erofs,
    "erofs, LZ4": _erofs_lz4,
    "FAT16": _fat,
    "7-Zip": _7z,
    "FIT with a squashfs": _fit,
    "TRX with a squashfs": _packed(lambda inner: make_trx([lzma.compress(b"kernel" * 400, lzma.FORMAT_ALONE), inner])),
    "raw dump, squashfs at 0x7133": _packed(_raw_dump),
    "cpio.gz": _archive(_cpio_gz),
    "tar.lzma": _archive(lambda files: lzma.compress(make_tar(files), lzma.FORMAT_ALONE)),
    "tar.gz": _archive(lambda files: gzip.compress(make_tar(files))),
    "zip": _archive(make_zip),
}


class ProgramMissing(Exception):
    """The program that makes a format is not installed here; its text is the program's name."""


def _run(program: str, *words: object) -> None:
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise ProgramMissing(program)
    subprocess.run([found, *map(str, words)], check=True, capture_output=True, timeout=120)


def write(tree: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in tree.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755)
    return folder


def facts(image: Path, database: Path) -> set[str]:
    """Everything that a scan of the image says, in the words of ``PLANTED`` and ``REAL``."""
    scan([image], database, Plan(jobs=1))
    with Store(database) as store:
        said = set()
        for row in store.query("SELECT kind, value, json_extract(facts, '$.inactive') AS inactive FROM observations"):
            said.add(f"{'inactive' if row['inactive'] else row['kind']}: {row['value']}")
        for row in store.query("SELECT title, kind, subject, json_extract(facts, '$.grade') AS grade FROM findings"):
            graded = f"{row['grade']} {row['subject']}" if row["kind"] == "program" else row["title"]
            said.add(f"{row['kind']}: {graded}")
        for row in store.query("SELECT role, vendor, firmware_version FROM modules"):
            said.add(f"module: {row['role']} {row['vendor']} {row['firmware_version']}")
    return said


def real_tree(corpus: Path) -> dict[str, bytes]:
    return {f"bin/{Path(name).name}": (corpus / "firmware" / name).read_bytes() for name in REAL_FILES}


def missing(name: str, tree: Mapping[str, bytes], wanted: frozenset[str], folder: Path) -> set[str]:
    """What was not found of ``wanted`` in the tree packed as the named format; ``ProgramMissing`` when it cannot be made."""
    image = folder / "unit.bin"
    FORMATS[name](write(tree, folder / "tree"), image)
    return set(wanted - facts(image, folder / "unit.db"))


def _row(name: str, corpus: Path) -> str:
    cells = []
    started = time.process_time()
    trees = [(PLANTED_TREE, PLANTED)] + ([(real_tree(corpus), REAL)] if corpus.is_dir() else [])
    for tree, wanted in trees:
        with tempfile.TemporaryDirectory() as folder:
            try:
                lost = missing(name, tree, wanted, Path(folder))
            except ProgramMissing as error:
                return f"| {name} | not tried: {error} is not installed | |"
        told = "" if not lost else " (not opened)" if lost == wanted else f" (not: {', '.join(sorted(lost))})"
        cells.append(f"{len(wanted) - len(lost)} of {len(wanted)}{told}")
    print(f"{name}: {time.process_time() - started:.1f} s", file=sys.stderr)
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    print("| format | planted facts found | facts of real programs found |\n|---|---|---|")
    for name in FORMATS:
        print(_row(name, FOLDER))


if __name__ == "__main__":
    main()
