"""The study of ``docs/sim.md``: every row of the corpus is right, and the search for keys finds those that are planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decode.sim import files
from tests.decode.sim.scenes import Scene
from tests.studies.sim_study import _keys, score


@pytest.mark.corpus
def test_every_answer_is_right(corpus: Path, tmp_path: Path) -> None:
    rows = score(corpus / "sim", tmp_path)
    assert [row for row in rows if not row[2]] == []
    assert len(rows) > 50


def test_planted_keys_are_found(tmp_path: Path) -> None:
    scene = Scene()
    scene.boot()
    scene.take("0020000a", bytes.fromhex("3132333435363738"))
    made = {
        "tap.pcap": scene.pcap(tmp_path / "tap.pcap").read_bytes(),
        "dump.json": files.fsdump(),
        "a.script": files.export_script(),
    }
    found = {}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
        found[name] = _keys(tmp_path / name)
    assert found["tap.pcap"] == {b"12345678"}
    assert bytes.fromhex("21" + files.KI + files.OPC) in found["dump.json"] & found["a.script"]
