"""``extract``: what is inside an image becomes files below one folder, whatever the image calls them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iotwatch.cli import group
from iotwatch.handoff.extraction import safe

LONG = "n" * 300
HOSTILE = {
    "../../escape": b"1", "/etc/absolute": b"2", "a/../../../b": b"3", "-rf": b"4", "~root": b"5", "CON": b"6", "tab\tname": b"7",
    LONG: b"8", f"{LONG}x": b"9", "same": b"10", "SAME": b"11", "file": b"12", "file/below": b"13", "$(id)`id`;|&": b"14",
    "manifest.jsonl": b"15", "\u202etxt.exe": b"16", "end. ": b"17", "deep/" * 400 + "x": b"18",
}  # fmt: skip


def run(image: Path, folder: Path) -> Result:
    return CliRunner().invoke(group, ["extract", str(image), "-o", str(folder)])


def manifest(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _tar(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o4755
            archive.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return path


def test_every_file_is_written_as_it_is_and_stands_in_the_manifest(tmp_path: Path) -> None:
    inner = _zip({"in/side.txt": b"inside\n", "two.bin": bytes(range(256))})
    image = _tar(
        tmp_path / "fw.tar", {"etc/unit.conf": b"server=1\n", "up/date.zip": inner}, {"etc/link": "../../etc/shadow"}
    )
    result = run(image, tmp_path / "out")
    assert result.exit_code == 0, result.output
    head, *rows = manifest(tmp_path / "out")
    assert head == {"image": str(image), "sha256": sha256(image.read_bytes()).hexdigest(), "size": image.stat().st_size}
    wanted = {
        "etc/unit.conf": b"server=1\n", "up/date.zip!in/side.txt": b"inside\n", "up/date.zip!two.bin": bytes(range(256)),
        "etc/link": b"../../etc/shadow",
    }  # fmt: skip
    written = {row["path"]: row for row in rows if row["file"]}
    assert set(written) == set(wanted)
    for path, content in wanted.items():
        file = tmp_path / "out" / written[path]["file"]
        assert file.read_bytes() == content
        assert file.stat().st_mode & 0o7777 == 0o600
    assert written["up/date.zip!two.bin"]["sha256"] == sha256(bytes(range(256))).hexdigest()
    assert [row["path"] for row in rows if not row["file"]] == ["up/date.zip"]


@pytest.mark.parametrize("form", ["tar", "zip"])
def test_no_name_leads_outside_and_none_is_lost(form: str, tmp_path: Path) -> None:
    image = tmp_path / f"fw.{form}"
    if form == "tar":
        _tar(image, HOSTILE, {"out": "/", "out/x": "y"})
    else:
        image.write_bytes(_zip(HOSTILE))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    folder = tmp_path / "deep" / "er" / "out"
    result = run(image, folder)
    assert result.exit_code in (0, 3), result.output
    assert {one.name for one in (tmp_path / "deep").rglob("*") if not one.is_relative_to(folder)} == {"er"}
    assert {one.name for one in tmp_path.iterdir()} == {image.name, "deep"}
    files = [one for one in folder.rglob("*") if one.is_file()]
    assert not any(one.is_symlink() for one in folder.rglob("*"))
    assert {one.read_bytes() for one in files if one.name != "manifest.jsonl" or one.parent != folder} >= set(
        HOSTILE.values()
    )
    lower = [str(one).lower() for one in files]
    assert len(set(lower)) == len(lower)


@pytest.mark.parametrize(
    "part", ["..", ".", "", "a/b", "\0", "a\nb", "COM1.txt", "-x", "~", "x" * 5000, "\ud800", "e\u0301"]
)
def test_a_safe_part_is_one_plain_name(part: str) -> None:
    name = safe(part)
    assert name not in ("", ".", "..")
    assert name.isascii()
    assert len(name) <= 100
    assert not set(name) & set("/\\\0\n!*?<>|\"':")
    assert name[0] not in "-~."


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    image = _tar(tmp_path / "fw.tar", {"etc/unit.conf": b"server=1\n"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    assert run(image, tmp_path / "out").exit_code == 74
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]


def test_what_holds_nothing_is_said_and_a_broken_part_is_told(tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("no image\n")
    assert run(plain, tmp_path / "a").exit_code == 4
    broken = _tar(tmp_path / "fw.tar", {"ok": b"fine\n", "bad.zip": _zip({"x": b"y" * 5000})[:60]})
    result = run(broken, tmp_path / "b")
    assert result.exit_code == 3
    assert "not be opened" in result.output
    assert any(row["status"] != "ok" for row in manifest(tmp_path / "b")[1:])
