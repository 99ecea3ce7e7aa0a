"""What a sweep brings beside its taps, of the developers' corpus: recognised, told, and never taken for a memory image."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store

pytestmark = pytest.mark.corpus
KINDS = ("radio", "ble", "sim", "diag")
_BESIDE = {"MANIFEST.jsonl"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_is_recognised_and_none_is_told_clean(kind: str, corpus: Path, tmp_path: Path) -> None:
    scan([corpus / kind], tmp_path / "all.db", Plan(jobs=1))
    with Store(tmp_path / "all.db", create=False) as store:
        sources = store.query("SELECT path, kind, format, vantage, status, asset FROM sources")
        verdicts = {row["name"]: row["verdict"] for row in store.query("SELECT name, verdict FROM assets")}
    read = [one for one in sources if Path(one["path"]).name not in _BESIDE]
    assert len(read) > 10
    assert [
        one for one in read if one["kind"] not in ("capture", "log") or one["status"] not in ("ok", "partial")
    ] == []
    assert [one for one in read if not one["format"] or one["vantage"] == "other"] == []
    assert [name for name, verdict in verdicts.items() if verdict == "nothing-seen"] == []
