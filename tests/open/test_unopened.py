"""What is not opened is never told clean: from files that real programs made to verdict, sentence and exit code, twice."""

from __future__ import annotations

import gzip
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, exit_code, scan
from iotwatch.model import Confidence, Severity
from iotwatch.report.document.first_page import first_page
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from iotwatch.words.measures import CUTS
from tests.open.cases import sdm
from tests.unpack.images import make_tar, make_zip

NOISE = random.Random(13).randbytes(200_000)
PLAIN = {
    "etc/hostname": b"unit-7\n",
    "usr/share/manual.txt": b"Turn the key and wait for the lamp.\n" * 2000,
    "lib/table.bin": b"".join(bytes((n & 0x7F, 0, n >> 8 & 0x0F, 0)) for n in range(4000)),
}
Program = Callable[[str], str]
Make = Callable[[Path, Program], bytes]


class Told(NamedTuple):
    """What is said of one file: exit codes of two runs, and of its row, page and coverage what counts here."""

    codes: tuple[int, int]
    status: str
    complete: bool
    verdict: str
    reason: str
    sentence: str
    rows: dict[str, str]
    opened: tuple[int, int]


def told(path: Path, folder: Path) -> Told:
    """Scan ``path`` as its user would, named, twice into one database."""
    database, plan = folder / "told.db", Plan(jobs=1)
    codes = tuple(exit_code(scan([path], database, plan), Severity.HIGH, Confidence.LIKELY) for _ in range(2))
    with Store(database) as store:
        (source,) = store.query("SELECT status, complete, bytes FROM sources")
        rows = store.query("SELECT measure, subject, value FROM coverage")
        (asset,) = store.query("SELECT verdict, verdict_reason FROM assets")
        reader = Reader(store, masked=False)
        page = first_page(reader, reader.assets([path.name])[0])
    opened = next((int(row["value"]) for row in rows if row["measure"] == "bytes opened"), source["bytes"])
    return Told(
        (codes[0], codes[1]),
        source["status"],
        bool(source["complete"]),
        asset["verdict"],
        asset["verdict_reason"],
        page.sentence,
        {row["measure"]: row["subject"] for row in rows if row["measure"] in CUTS},
        (opened, source["bytes"]),
    )


def tree(folder: Path, files: dict[str, bytes] = PLAIN) -> Path:
    root = folder / "tree"
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def ran(folder: Path, *words: str | Path) -> None:
    subprocess.run([*map(str, words)], cwd=folder, check=True, capture_output=True, timeout=60)


def squashfs(folder: Path, program: Program, files: dict[str, bytes] = PLAIN) -> bytes:
    root = tree(folder, files)
    ran(folder, program("mksquashfs"), root, "image.bin", "-noappend", "-quiet", "-no-progress")
    return (folder / "image.bin").read_bytes()


def tar(folder: Path, program: Program, how: str = "", files: dict[str, bytes] = PLAIN) -> bytes:
    ran(folder, program("tar"), f"-c{how}f", "image.bin", "-C", tree(folder, files), ".")
    return (folder / "image.bin").read_bytes()


def compressed(name: str, files: dict[str, bytes] = PLAIN) -> Make:
    def make(folder: Path, program: Program) -> bytes:
        (folder / "plain.bin").write_bytes(tar(folder, program, files=files))
        given = subprocess.run([program(name), "-c", folder / "plain.bin"], check=True, capture_output=True, timeout=60)
        return given.stdout

    return make


def zipped(folder: Path, program: Program, *how: str) -> bytes:
    root = tree(folder)
    ran(root, program("zip"), "-qr", *how, folder / "image.zip", ".")
    return (folder / "image.zip").read_bytes()


def seven(folder: Path, program: Program) -> bytes:
    ran(tree(folder), program("7z"), "a", folder / "image.7z", ".")
    return (folder / "image.7z").read_bytes()


def jffs2(folder: Path, program: Program) -> bytes:
    ran(folder, program("mkfs.jffs2"), "-r", tree(folder), "-o", "image.bin", "-e", "0x10000", "-l", "-p")
    return (folder / "image.bin").read_bytes()


def ext4(folder: Path, program: Program) -> bytes:
    root = tree(folder)
    ran(folder, program("mkfs.ext4"), "-q", "-F", "-O", "^has_journal", "-d", root, "image.bin", "2m")
    return (folder / "image.bin").read_bytes()


def cpio(folder: Path, program: Program) -> bytes:
    root = tree(folder)
    names = "\n".join(sorted(PLAIN)).encode()
    given = subprocess.run(
        [program("cpio"), "-o", "-H", "newc"], cwd=root, input=names, check=True, capture_output=True
    )
    return given.stdout


def openssl(folder: Path, program: Program, *how: str) -> bytes:
    (folder / "plain.bin").write_bytes(tar(folder, program))
    words = ("enc", "-aes-256-cbc", "-pbkdf2", "-k", "secret", *how, "-in", "plain.bin", "-out", "image.enc")
    ran(folder, program("openssl"), *words)
    return (folder / "image.enc").read_bytes()


def cut(make: Make, share: float) -> Make:
    """The first ``share`` of what ``make`` gives."""

    def made(folder: Path, program: Program) -> bytes:
        data = make(folder, program)
        return data[: int(len(data) * share)]

    return made


def torn(make: Make, share: float, size: int = 64) -> Make:
    """What ``make`` gives with ``size`` other bytes at ``share`` of it."""

    def made(folder: Path, program: Program) -> bytes:
        data = make(folder, program)
        at = int(len(data) * share)
        return data[:at] + NOISE[:size] + data[at + size :]

    return made


def whole_blocks(data: bytes, size: int = 512) -> bytes:
    return data.ljust(-(-len(data) // size) * size, b"\0")


def followed(make: Make, more: bytes = NOISE) -> Make:
    return lambda folder, program: make(folder, program) + more


def holding(make: Callable[..., bytes], name: str, content: bytes) -> Make:
    return lambda folder, program: make(folder, program, files={**PLAIN, name: content})


UNOPENED: dict[str, tuple[Make, str]] = {
    "random": (lambda *_: NOISE, "encrypted or compressed"),
    "random, short": (lambda *_: NOISE[:300], "no known form"),
    "openssl": (openssl, "openssl"),
    "openssl, no salt": (lambda *how: openssl(*how, "-nosalt"), "encrypted or compressed"),
    "luks": (lambda *_: b"LUKS\xba\xbe\0\x01".ljust(4096, b"\0") + NOISE, "LUKS"),
    "zip, password": (lambda *how: zipped(*how, "-P", "secret"), "zip"),
    "7z": (seven, "7-Zip"),
    "rar": (lambda *_: b"Rar!\x1a\x07\x01\0" + NOISE, "RAR"),
    "unknown form": (lambda *_: b"VNDR\x01\0\0\x07" + PLAIN["lib/table.bin"], "no known form"),
    "squashfs, torn": (torn(squashfs, 0.3), "squashfs"),
    "squashfs, short": (cut(squashfs, 0.6), "squashfs"),
    "squashfs, old": (lambda *how: b"sqsh" + squashfs(*how)[4:], "squashfs"),
    "jffs2, torn": (torn(jffs2, 0.02), "JFFS2"),
    "jffs2, short": (cut(jffs2, 0.03), "JFFS2"),
    "ext4, short": (cut(ext4, 0.2), "ext"),
    "tar, short": (cut(tar, 0.5), "tar"),
    "tar, between files": (lambda *how: whole_blocks(tar(*how).rstrip(b"\0")), "tar"),
    "cpio, short": (cut(cpio, 0.7), "cpio"),
    "zip, short": (cut(zipped, 0.7), "zip"),
    "gzip, short": (cut(compressed("gzip"), 0.7), "gzip"),
    "gzip, torn": (torn(compressed("gzip"), 0.5), "gzip"),
    "xz, short": (cut(compressed("xz"), 0.7), "xz"),
    "bzip2, short": (cut(compressed("bzip2"), 0.7), "bzip2"),
    "zstd, short": (cut(compressed("zstd"), 0.7), "zstd"),
    "lz4, short": (cut(compressed("lz4"), 0.7), "LZ4"),
    "behind a tar": (followed(tar), "encrypted or compressed"),
    "behind a squashfs": (followed(squashfs), "encrypted or compressed"),
    "behind a gzip": (followed(compressed("gzip")), "encrypted or compressed"),
    "behind a zip": (followed(zipped), "zip"),
    "behind a zip, short": (followed(zipped, NOISE[:9000]), "encrypted or compressed"),
    "behind an ext4": (followed(ext4), "encrypted or compressed"),
    "in a squashfs": (holding(squashfs, "data/vault.bin", NOISE), "encrypted or compressed"),
    "in a squashfs, luks": (holding(squashfs, "data/vault.img", b"LUKS\xba\xbe\0\x01" + bytes(9000)), "LUKS"),
    "in a tar.gz, rar": (compressed("gzip", {**PLAIN, "x.rar": b"Rar!\x1a\x07\x01\0" + NOISE}), "RAR"),
}
RECORDINGS: dict[str, tuple[bytes, str]] = {
    "blf": (b"LOGG\x90\0\0\0" + bytes(136), "BLF"),
    "sdm": (sdm(), "SDM"),
    "netmon": (b"GMBU\x00\x02" + bytes(200), "Network Monitor"),
    "saleae": (b"<SALEAE>" + bytes(200), "logic analyser"),
}
OPENED: dict[str, Make] = {
    "squashfs": squashfs,
    "jffs2": jffs2,
    "ext4": ext4,
    "cpio": cpio,
    "tar": tar,
    "zip": zipped,
    **{name: compressed(name) for name in ("gzip", "xz", "bzip2", "zstd", "lz4")},
    "flash": lambda *how: b"\xff" * 65_536 + squashfs(*how).ljust(131_072, b"\xff") + bytes(65_536),
    "erased": lambda *_: b"\xff" * 100_000,
    "zeros and ones": lambda *_: (b"\xff" * 4096 + bytes(4096)) * 9,
    "unknown file in a squashfs": holding(squashfs, "lib/other.bin", PLAIN["lib/table.bin"] * 3),
}


@pytest.mark.programs
@pytest.mark.parametrize("case", UNOPENED)
def test_what_is_not_opened_is_told(case: str, tmp_path: Path, program: Program) -> None:
    make, name = UNOPENED[case]
    path = tmp_path / "unit.img"
    path.write_bytes(make(tmp_path, program))
    page = told(path, tmp_path)

    assert (page.status, page.complete, page.verdict, page.codes) == ("partial", False, "not-enough-data", (3, 3)), page
    assert page.rows, "no row of coverage tells it"
    assert name in page.sentence, page.sentence
    assert "keys" in page.sentence
    assert "parked" not in page.sentence
    assert f"{page.opened[0]} of {page.opened[1]} bytes opened" in page.reason
    assert 0 <= page.opened[0] <= page.opened[1]


@pytest.mark.parametrize("case", RECORDINGS)
def test_a_recording_that_is_not_read_is_told(case: str, tmp_path: Path) -> None:
    data, name = RECORDINGS[case]
    path = tmp_path / "drive.log"
    path.write_bytes(data)
    page = told(path, tmp_path)

    assert (page.status, page.complete, page.verdict, page.codes) == ("partial", False, "not-enough-data", (3, 3)), page
    assert name in page.sentence
    assert "which is not read" in page.sentence
    assert "saved again" in page.sentence
    assert page.opened[0] == 0


@pytest.mark.programs
@pytest.mark.parametrize("case", OPENED)
def test_what_is_opened_whole_is_nothing_seen(case: str, tmp_path: Path, program: Program) -> None:
    path = tmp_path / "unit.img"
    path.write_bytes(OPENED[case](tmp_path, program))
    page = told(path, tmp_path)

    assert (page.status, page.complete, page.verdict, page.codes) == ("ok", True, "nothing-seen", (0, 0)), page
    assert not page.rows
    assert page.opened[0] == page.opened[1]


PARTS = {
    "tar": make_tar(PLAIN),
    "gzip": gzip.compress(make_tar(PLAIN)),
    "zip": make_zip(PLAIN),
    "noise": NOISE[:9000],
    "padding": b"\xff" * 5000,
    "text": PLAIN["usr/share/manual.txt"][:9000],
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=4), st.sampled_from([0, 1, 700]))
@example(["text", "noise", "padding"], 0)
def test_nothing_seen_means_every_byte(names: list[str], lost: int) -> None:
    """Whatever is put together and cut: what was not read is in coverage, and nothing is said of absence but of all bytes."""
    data = b"".join(PARTS[name] for name in names)
    with TemporaryDirectory() as folder:
        path = Path(folder, "unit.img")
        path.write_bytes(data[: len(data) - lost])
        page = told(path, Path(folder))

    whole = page.verdict == "nothing-seen"
    assert whole == page.complete == (page.status == "ok") == (not page.rows)
    assert page.codes == ((0, 0) if whole else (3, 3))
    if whole:
        assert page.opened[0] == page.opened[1]
        assert "noise" not in names
