"""Texts in UTF-16, as shells of Windows redirect output: read as text, and every byte of evidence replays."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from iotwatch.observe.texts import readable
from iotwatch.open.pipeline import Job, analyse
from iotwatch.place.replay import Replay
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from iotwatch.unpack import EVERY_STEP

LOG = "ATI\r\nQuectel\r\nEC25\r\nRevision: EC25EFAR06A06M4G\r\n\r\nOK\r\nAT+CGSN\r\n869710030002905\r\n\r\nOK\r\n"


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_a_log_in_utf_16_says_what_it_says(form: str, tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(("\ufeff" + LOG).encode(form))
    found = analyse(Job(str(file), "car"), load())
    assert ("imei", "869710030002905") in [(one.kind, one.value) for one in found.observations]
    assert (found.source.kind, found.source.format, found.source.status) == ("log", "at", "ok")
    with file.open("rb") as raw:
        replay = Replay(raw, EVERY_STEP)
        for one in found.observations:
            excerpt = one.evidence.excerpt
            assert replay.result(one.evidence.place)[: len(excerpt)] == excerpt


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"\xff\xfea", b"plain text\n", b"\xff\xfe" + random.Random(4).randbytes(4000)]
)
def test_other_bytes_stay_as_they_are(data: bytes) -> None:
    stream = from_bytes(data, kind="file")
    assert readable(stream) is stream
