"""A modem's log of its card's bytes says what a tap between them says: the same scenes, a tag before each byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.decode.sim.scenes import START, Scene
from tests.decode.sim.test_scenes import LEAKS
from tests.modem_logs import GPS_EPOCH, packet, qmdl

_TAKING = (0xA4, 0xD6, 0xDC, 0x10, 0x14, 0xC2, 0x20, 0x88)


def _tagged(passed: bytes, *, acknowledged: bool) -> bytes:
    """T=0: five bytes to the card, its instruction where ``acknowledged``, the data either way, the status from it."""
    head, rest = passed[:5], passed[5:]
    gives = rest[: head[4]] if head[1] in _TAKING else b""
    ack = b"\x60" + head[1:2] if acknowledged else b""
    ways = ((0x10, head), (0x80, ack), (0x10, gives), (0x80, rest[len(gives) :]))
    return b"\x01" + bytes(8) + b"".join(bytes((way, byte)) for way, data in ways for byte in data)


def _packets(scene: Scene, code: int, *, acknowledged: bool, pieces: bool) -> Iterator[bytes]:
    slot = b"\0" if code == 0x14CE else b""
    for seconds, passed, kind in scene.passed:
        body = _tagged(passed, acknowledged=acknowledged) if not kind else b""
        cut = 9 + (len(body) - 9) // 4 * 2 if pieces else len(body)
        for part in (body[:cut], body[cut:]):
            if part:
                yield packet(code, slot + part, START - GPS_EPOCH + seconds)


@pytest.mark.parametrize("name", ["bytes by SMS", "UDP of its own", "ordered from outside"])
@pytest.mark.parametrize(
    ("code", "acknowledged", "pieces"), [(0x1098, False, False), (0x1098, True, True), (0x14CE, True, False)]
)
def test_a_report_in_a_modem_log(name: str, code: int, tmp_path: Path, *, acknowledged: bool, pieces: bool) -> None:
    leak, scene = LEAKS[name], Scene()
    scene.boot()
    leak.make(scene)
    path = tmp_path / "modem.qmdl"
    path.write_bytes(qmdl(_packets(scene, code, acknowledged=acknowledged, pieces=pieces)))
    scan([path], tmp_path / "modem.db", Plan(jobs=1))
    with Store(tmp_path / "modem.db") as store:
        (report,) = [row for row in Reader(store, masked=False).findings() if row["kind"] == "sim-report"]
    facts = report["facts"]
    assert (facts["sent"], facts["carrier"], facts["recipient"]) == (True, leak.carrier, leak.recipient)
    assert facts["cells"] == leak.cells
    assert facts["period_s"] == (None if leak.period is None else pytest.approx(leak.period, rel=0.01))
