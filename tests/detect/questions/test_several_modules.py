"""Two modules of one maker are two rows, whether files, a serial line or both tell of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.talks import run, scan, told
from tests.tars import make_tar

_LOG = b"AT+CGMI\r\nQuectel\r\n\r\nOK\r\nAT+CGMM\r\n%s\r\n\r\nOK\r\nAT+CGMR\r\n%s\r\n\r\nOK\r\n"
_EC25, _BG96 = b"EC25EFAR06A06M4G", b"BG96MAR02A07M1G"


def _image(path: Path, *revisions: bytes) -> Path:
    return make_tar(path, {f"fw/{one.decode()}.bin": b"\x00\x01" + one + b"\x00" * 40 for one in revisions})


def _log(path: Path, model: bytes, revision: bytes) -> Path:
    path.write_bytes(_LOG % (model, revision))
    return path


@pytest.mark.parametrize("told_by", ["one image", "two images", "image and log"])
def test_the_second_module_of_a_maker_is_shown(tmp_path: Path, told_by: str) -> None:
    sources = {
        "one image": lambda: [_image(tmp_path / "a.tar", _EC25, _BG96)],
        "two images": lambda: [_image(tmp_path / "a.tar", _EC25), _image(tmp_path / "b.tar", _BG96)],
        "image and log": lambda: [_image(tmp_path / "a.tar", _BG96), _log(tmp_path / "at.log", b"EC25", _EC25)],
    }[told_by]()
    scan(tmp_path / "d.db", "--asset", "car", *sources)
    rows = told(tmp_path / "d.db", "module")
    assert {row["vendor"] for row in rows} == {"Quectel"}
    assert sorted(row["model"] for row in rows) == ["BG96", "EC25"]
    listed = run(tmp_path / "d.db", "show", "module")
    assert "BG96" in listed
    assert "EC25" in listed
    run(tmp_path / "d.db", "report", "-o", str(tmp_path / "report.json"))
    (asset,) = json.loads((tmp_path / "report.json").read_text())["assets"]
    assert sorted(one["model"] for one in asset["modules"]) == ["BG96", "EC25"]


def test_one_module_told_twice_is_one_row(tmp_path: Path) -> None:
    sources = [_image(tmp_path / "a.tar", _EC25), _log(tmp_path / "at.log", b"EC25", _EC25)]
    scan(tmp_path / "d.db", "--asset", "car", *sources)
    (row,) = told(tmp_path / "d.db", "module")
    assert (row["model"], row["confidence"]) == ("EC25", "certain")


def test_a_log_in_an_image_is_one_trace(tmp_path: Path) -> None:
    """The same bytes, read by the grammar of dialogues and searched for versions, make nothing certain."""
    image = make_tar(tmp_path / "a.tar", {"var/log/at.log": _LOG % (b"EC25", _EC25), "etc/hostname": b"unit\n"})
    scan(tmp_path / "d.db", image)
    (row,) = told(tmp_path / "d.db", "module")
    assert (row["model"], row["seen_in"], row["confidence"]) == ("EC25", "at", "likely")


def test_two_modules_of_one_model_on_one_bus_are_two_rows(tmp_path: Path) -> None:
    listing = "".join(f"Bus 001 Device 00{n}: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25\n" for n in (4, 5))
    (tmp_path / "first.log").write_text(listing)
    (tmp_path / "again.log").write_text(f"root@unit:~# lsusb\n{listing}")
    scan(tmp_path / "d.db", "--asset", "car", tmp_path / "first.log", tmp_path / "again.log")
    assert [row["model"] for row in told(tmp_path / "d.db", "module")] == ["EC25", "EC25"]
