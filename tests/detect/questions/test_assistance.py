from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.detect import Scene
from iotwatch.detect.questions.assistance import AssistanceDetector
from iotwatch.model import Confidence, Evidence, Finding, Observation, Severity, cut
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from iotwatch.store import View


def findings(*seen: tuple[str, str]) -> list[Finding]:
    evidence = Evidence(cut(None, [(0, 4)]), b"abcd", 4)
    by_kind: dict[str, tuple[Observation, ...]] = {}
    for kind, value in seen:
        by_kind[kind] = (*by_kind.get(kind, ()), Observation(kind, "ip:10.0.0.7", value, evidence))
    view = View("car", (), by_kind, (), (), ())
    return list(AssistanceDetector().look(Scene(view, load())))


@pytest.mark.parametrize(
    ("kind", "value", "word"),
    [
        ("http.url", "xtrapath1.izatcloud.net/xtra3grc.bin", "XTRA"),
        ("http.url", "gllto.glpals.com/7day/v4/latest/lto2.dat", "LTO"),
        ("http.url", "wepodownload.mediatek.com/EPO_GPS_3_1.DAT", "EPO"),
        ("http.url", "online-live1.services.u-blox.com/GetOnlineData.ashx", "AssistNow"),
        ("http.url", "api.nrfcloud.com/v1/location/agnss", "A-GNSS"),
        ("http.agent", "NTRIP RTKLIB/2.4.3", "NTRIP"),
        ("supl.message", "START", "SUPL"),
        ("at.command", "AT+QGPSXTRA=1", "AT command"),
        ("dns.query", "xtrapath2.izatcloud.net", "XTRA"),
        ("tls.sni", "supl.google.com", "SUPL"),
    ],
)
def test_clues_are_info(kind: str, value: str, word: str) -> None:
    (finding,) = findings((kind, value))
    assert finding.severity is Severity.INFO
    assert word in finding.title
    assert finding.confidence is (Confidence.POSSIBLE if kind in ("dns.query", "tls.sni") else Confidence.LIKELY)


def test_one_finding_per_service() -> None:
    urls = [("http.url", f"xtrapath{n}.izatcloud.net/xtra3grc.bin") for n in (1, 2, 3)]
    (finding,) = findings(*urls)
    assert finding.facts["count"] == 3


@pytest.mark.parametrize("value", ["www.example/extra.bin", "example.org/repo/epoch.dat", "example.org/salto.dat.html"])
def test_other_downloads_are_not(value: str) -> None:
    assert findings(("http.url", value)) == []


def frame(kind: int, body: bytes) -> bytes:
    first = second = 0
    inner = bytes((0x13, kind)) + len(body).to_bytes(2, "little") + body
    for byte in inner:
        first = first + byte & 255
        second = second + first & 255
    return b"\xb5\x62" + inner + bytes((first, second))


def test_assistnow_is_known_by_its_frames() -> None:
    body = b"".join(frame(0x06, bytes([n]) * 48) for n in range(5))
    (message,) = decode(from_bytes(body))
    assert (message.protocol, message.traits[0].value) == ("assistnow", "u-blox AssistNow: 5 frames")
    assert list(decode(from_bytes(body[:60] + b"\0" + body[61:]))) == []
