"""An image in, findings out: the module's own firmware is told from software that drives modules."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

Program = Callable[[str], str]


def found(image: Path, database: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
    scan([image], database, Plan(jobs=1))
    with Store(database) as store:
        modules = Reader(store, masked=False).table("module")
        evidence = store.query(
            "SELECT findings.kind, evidence.path, evidence.offset, evidence.length, evidence.excerpt, operation FROM evidence"
            " JOIN findings ON findings.id = finding_id JOIN places ON places.id = place_id"
        )
        verdict = Reader(store, masked=False).assets()[0]["verdict"]
    return modules, evidence, verdict


@pytest.mark.corpus
@pytest.mark.programs
@pytest.mark.parametrize("compressor", ["gzip", "xz"])
def test_a_modules_own_root_file_system(corpus: Path, program: Program, tmp_path: Path, compressor: str) -> None:
    image = tmp_path / "rootfs.squashfs"
    tree = corpus / "firmware" / "quectel-rootfs"
    words = [program("mksquashfs"), tree, image, "-comp", compressor, "-all-root", "-no-progress"]
    subprocess.run(words, check=True, capture_output=True)

    modules, evidence, verdict = found(image, tmp_path / "a.db")

    assert [row["role"] for row in modules if row["vendor"] == "Quectel"] == ["module"]
    shown = [row for row in evidence if row["kind"] == "module" and row["path"].endswith("bin/quectel_daemon")]
    assert shown, evidence
    for row in shown:
        data = (tree / "bin" / "quectel_daemon").read_bytes()
        assert bytes.fromhex(row["excerpt"]) in data
        assert row["length"] > 0
    assert (
        verdict == "suspicious"
    )  # its positioning client and the upload servers in its settings: a program of grade A


# Texts that stand in ModemManager 1.20's plug-in for Quectel: names of its types, of its functions and of AT commands.
_PLUGIN = (
    "mm_plugin_create mm_plugin_get_name mm_iface_modem_location_gps_update mm_shared_quectel_enable_location_gathering"
    " MMBroadbandModemQuectel MMPluginQuectel MMSharedQuectel ID_MM_QUECTEL_SAHARA quectel +QGPS=1 +QGPSEND +QGPSXTRA=1"
)


@pytest.mark.programs
def test_a_driver_of_modules_is_never_one(program: Program, tmp_path: Path) -> None:
    keeper = _file_of_our_dump("usr/sbin/modem-keeper")
    assert b"Quectel" in keeper
    assert b"SIMCom" in keeper
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "modem-keeper").write_bytes(keeper)
    # A shared object with the plug-in's texts, in the way a linker lays them out.
    texts = b"".join(text.encode() + b"\0" for text in _PLUGIN.split())
    (tree / "libmm-plugin-quectel.so").write_bytes(keeper[:52] + bytes(64) + texts)
    packed = tmp_path / "host.squashfs"
    subprocess.run(
        [program("mksquashfs"), tree, packed, "-comp", "xz", "-no-progress"], check=True, capture_output=True
    )

    modules, _, _ = found(packed, tmp_path / "a.db")

    assert {row["role"] for row in modules} == {"host"}
    assert {row["vendor"] for row in modules} == {"freedesktop.org", "Quectel"}


def _file_of_our_dump(path: str) -> bytes:
    from iotwatch.unpack import unpack

    flash = Path(__file__).parent.parent.parent / "captures" / "firmware" / "unit-1-flash.bin"
    image = next(member for member in unpack(flash.read_bytes(), None).members if "squashfs" in member.path)
    return next(member.data for member in unpack(image.data, image.place).members if member.path == path)
