"""Archives and compressed files, made by the standard library and by hand."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import subprocess
import tarfile
import zipfile

import lz4.frame
import pytest
import zstandard

from iotwatch import unpack
from iotwatch.model import Cut
from tests.unpack.images import TREE, check, make_cpio, make_tar, make_zip, replay, statuses


def test_tar_files_are_plain_cuts():
    image = make_tar()
    members = check(image)
    assert all(isinstance(member.place.operation, Cut) and member.place.parent is None for member in members.values())


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_long_names(form):
    name = "a" * 90 + "/" + "b" * 90
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = 5
        archive.addfile(info, io.BytesIO(b"hello"))
    check(buffer.getvalue(), {name: b"hello"})


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("gzip", gzip.compress),
        ("xz", lzma.compress),
        ("lzma", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
        ("bzip2", bz2.compress),
        ("zstd", zstandard.compress),
        ("lz4", lz4.frame.compress),
    ],
)
def test_compressed_tar(name, compress):
    image = compress(make_tar())
    assert unpack.sniff(image[:4096], image) == name
    check(image)


@pytest.mark.programs
def test_lzop(program, tmp_path):
    plain = tmp_path / "plain.tar"
    plain.write_bytes(make_tar())
    subprocess.run([program("lzop"), plain], check=True, capture_output=True)
    check((tmp_path / "plain.tar.lzo").read_bytes())


def test_gzip_keeps_the_stored_name():
    buffer = io.BytesIO()
    with gzip.GzipFile("folder/firmware.img", "wb", fileobj=buffer) as file:
        file.write(b"x" * 100)
    (member,) = unpack.unpack(buffer.getvalue(), None, path="update").members
    assert (member.path, member.data) == ("update!firmware.img", b"x" * 100)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zip(method):
    check(make_zip(method=method))


def test_zip_of_an_unknown_method_is_told():
    assert set(statuses(make_zip({"a": b"x" * 900}, zipfile.ZIP_LZMA)).values()) == {"no-reader"}


def test_zip_without_its_directory_opens_by_local_headers():
    image = make_zip()
    cut = image[: image.rindex(b"PK\x01\x02") - 200]
    result = unpack.unpack(cut, None)
    assert {"etc/modem.conf", "usr/bin/start.sh"} <= {member.path for member in result.members}
    assert result.artefacts[-1].status == "damaged"


def test_cpio_devices_and_links_are_told_and_not_members():
    image = make_cpio(
        [
            (b"etc/modem.conf", stat.S_IFREG | 0o644, TREE["etc/modem.conf"]),
            (b"dev/mem", stat.S_IFCHR | 0o600, b""),
            (b"etc/link", stat.S_IFLNK | 0o777, b"/etc/passwd"),
        ]
    )
    result = unpack.unpack(image, None)
    assert [member.path for member in result.members] == ["etc/modem.conf"]
    kinds = {artefact.path: (artefact.type, artefact.status, artefact.note) for artefact in result.artefacts}
    assert kinds["dev/mem"] == ("device", "skipped", "device")
    assert kinds["etc/link"] == ("symlink", "ok", "-> /etc/passwd")


@pytest.mark.programs
def test_deb(program, tmp_path):
    root = tmp_path / "package"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(
        "Package: reporter\nVersion: 1.2\nArchitecture: armhf\nMaintainer: a\nDescription: b\n"
    )
    (root / "etc").mkdir()
    (root / "etc" / "reporter.conf").write_text("server=reports.example\n")
    for compressor in ("xz", "gzip", "zstd"):
        target = tmp_path / f"{compressor}.deb"
        subprocess.run([program("dpkg-deb"), f"-Z{compressor}", "-b", root, target], check=True, capture_output=True)
        check(target.read_bytes(), {"etc/reporter.conf": b"server=reports.example\n"})


@pytest.mark.corpus
def test_packages_of_the_corpus_open(corpus):
    for path in sorted((corpus / "firmware" / "packages").glob("*.ipk*")):
        image = path.read_bytes()
        (member,) = unpack.unpack(image, None).members
        assert replay(image, member.place) == member.data
        inner = unpack.unpack(member.data, member.place, path=member.path)
        assert inner.members, path.name
