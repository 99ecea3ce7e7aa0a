"""What the package's TOML files say is kept as Python keeps compiled modules, and is what they say."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from iotwatch.files import toml
from iotwatch.files.toml import parsed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(toml, "_OWN", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "a.toml").write_text("x = 1\n")
    return folder


def kept(folder: Path) -> list[Path]:
    return sorted(folder.parent.rglob("__pycache__/*"))


def test_what_is_kept_is_what_the_files_say() -> None:
    """Of every file that the package has: each kind of value comes back as it was."""
    files = sorted((*ROOT.glob("iotwatch/**/*.toml"), *ROOT.glob("signatures/**/*.toml")))
    assert len(files) > 250
    for file in files:
        said = tomllib.loads(file.read_text())
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(said)) == said, file


def test_a_file_is_read_once_and_again_when_it_changed(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr(toml, "_read", lambda file: read.append(file) or tomllib.loads(file.read_text()))
    first, second = own / "a.toml", own / "b.toml"
    for _ in range(3):
        assert parsed(own, [first]) == [{"x": 1}]
    assert read == [first]
    first.write_text("x = 2\n")
    os.utime(first, ns=(0, 0))
    assert parsed(own, [first]) == [{"x": 2}]
    second.write_text("y = 1.5\n")
    assert parsed(own, [first, second]) == parsed(own, [first, second]) == [{"x": 2}, {"y": 1.5}]
    assert read == [first, first, first, second]
    assert len(kept(own)) == 1


@pytest.mark.parametrize("left", [b"", b"\x92\x90", b"\xff" * 9, b"\x92\x91\x93\xa6a.toml\x06\x01\x90"])
def test_a_damaged_one_is_made_again(own: Path, left: bytes) -> None:
    parsed(own, [own / "a.toml"])
    (file,) = kept(own)
    good = file.read_bytes()
    file.write_bytes(left)
    assert parsed(own, [own / "a.toml"]) == [{"x": 1}]
    assert file.read_bytes() == good


def test_nothing_is_written_where_python_writes_nothing(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert parsed(own, [own / "a.toml"]) == [{"x": 1}]
    assert kept(own) == []


def test_nothing_is_left_beside_files_of_the_user(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml, "_OWN", own / "elsewhere")
    assert parsed(own, [own / "a.toml"]) == [{"x": 1}]
    assert kept(own) == []


def test_a_broken_file_is_named(own: Path) -> None:
    (own / "b.toml").write_bytes(b"x = \xff")
    (own / "c.toml").write_text("x = ")
    for name in ("b", "c"):
        with pytest.raises(msgspec.DecodeError, match=f"{name}.toml"):
            parsed(own, [own / "a.toml", own / f"{name}.toml"])
    assert kept(own) == []


def test_a_second_start_reads_no_toml(tmp_path: Path) -> None:
    """The reader of TOML is not even loaded by what needs the dialects, the makers of modems and the signatures."""
    code = "import sys, iotwatch.decode, iotwatch.signatures as s; s.load(); print('tomllib' in sys.modules)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
        ).stdout
        for _ in range(2)
    ]
    assert told == ["True\n", "False\n"]
