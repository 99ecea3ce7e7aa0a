"""What cards ask for and send, from the capture to the finding: recipient, way, cells and rhythm; harmless applets send nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.decode.sim.scenes import CELLS, ECIS, IMEI, Scene, cells, deliver, lai, packed, submit, swapped, tai, tlv

OUTSIDE = "+4915550123456"
SERVER = bytes((198, 51, 100, 77))


class Leak(NamedTuple):
    """A scene in which a place leaves, and what must be told of it."""

    make: Callable[[Scene], None]
    carrier: str
    recipient: str
    cells: list[dict[str, object]]
    period: float | None = None


def _by_timer(write: Callable[[bytes], bytes], *, scheme: int = 4, qualifier: int = 0) -> Callable[[Scene], None]:
    """Each five minutes the cell goes by SMS, as ``write`` codes it."""

    def make(scene: Scene) -> None:
        for area, cell in CELLS:
            scene.timer(300)
            scene.wait(300)
            scene.expired()
            scene.ask_cell(lai(area, cell))
            data = write(lai(area, cell))
            coded = packed(data.decode()) if scheme == 0 and not qualifier else data
            scene.sms(OUTSIDE, submit(OUTSIDE, coded, scheme=scheme, length=len(data)), qualifier=qualifier)

    return make


def _text(place: bytes) -> bytes:
    return f"LAC={int.from_bytes(place[3:5], 'big')};CI={int.from_bytes(place[5:7], 'big')}".encode()


def _in_two(scene: Scene) -> None:
    """A long message in two parts, the cell across both."""
    place = lai(*CELLS[0])
    scene.ask_cell(place)
    for number, part in ((1, b"#" * 100 + place[:5]), (2, place[5:] + b"#" * 20)):
        header = bytes((5, 0, 3, 7, 2, number))
        scene.sms(OUTSIDE, submit(OUTSIDE, part, header=header))


def _by_ussd(scene: Scene) -> None:
    place = lai(*CELLS[1])
    scene.ask_cell(place)
    scene.ussd(b"\x0f" + packed(f"*141*{place[3:].hex().upper()}#"))


def _by_channel(transport: int, *, pieces: bool = False) -> Callable[[Scene], None]:
    def make(scene: Scene) -> None:
        scene.event_list(0x03)
        for area, eci in ECIS:
            scene.wait(400 + eci % 90)
            scene.moved(tai(area, eci))
            scene.channel(SERVER, 9931, transport)
            data = b"LOC1" + tai(area, eci)
            if pieces:
                scene.send(data[:7], at_once=False)
                scene.send(data[7:])
            else:
                scene.send(data)
            scene.close()

    return make


def _ordered(scene: Scene) -> None:
    """A message from outside for an application of the card, as Simjacker's."""
    packet = bytes.fromhex("0019" + "0d" + "0000" + "00" + "00" + "505348" + "0000000000" + "00") + bytes(12)
    scene.envelope(
        0xD1,
        b"\x86\x02\x91\x44"
        + b"\x8b"
        + bytes((len(deliver("+447700900123", packet)),))
        + deliver("+447700900123", packet),
        b"\x83\x81",
    )
    scene.ask_cell(lai(*CELLS[2]))
    scene.sms(OUTSIDE, submit(OUTSIDE, lai(*CELLS[2])))


def _coded(place: bytes) -> bytes:
    return bytes(one ^ 0x5A for one in b"!" + place)


LEAKS: dict[str, Leak] = {
    "bytes by SMS": Leak(_by_timer(lambda place: b"\x01" + place), "sms", OUTSIDE, cells(*CELLS), 300),
    "text by SMS, packed": Leak(_by_timer(_text, scheme=0), "sms", OUTSIDE, cells(*CELLS), 300),
    "text by SMS, packed by the modem": Leak(
        _by_timer(_text, scheme=0, qualifier=1), "sms", OUTSIDE, cells(*CELLS), 300
    ),
    "hex by SMS": Leak(_by_timer(lambda place: place.hex().encode()), "sms", OUTSIDE, cells(*CELLS), 300),
    "base64 by SMS": Leak(_by_timer(base64.b64encode), "sms", OUTSIDE, cells(*CELLS), 300),
    "one key over all": Leak(_by_timer(_coded), "sms", OUTSIDE, cells(*CELLS), 300),
    "two parts": Leak(_in_two, "sms", OUTSIDE, cells(CELLS[0])),
    "USSD": Leak(_by_ussd, "ussd", "*141#", cells(CELLS[1])),
    "UDP of its own": Leak(_by_channel(1), "bip", "198.51.100.77:9931", cells(*ECIS, wide=True)),
    "TCP of its own, in pieces": Leak(
        _by_channel(2, pieces=True), "bip", "198.51.100.77:9931", cells(*ECIS, wide=True)
    ),
    "ordered from outside": Leak(_ordered, "sms", OUTSIDE, cells(CELLS[2])),
}


def _notice(scene: Scene) -> None:
    scene.ask_imei()
    scene.sms("+22122", submit("+22122", b"\x04\x08" + swapped(IMEI)))


def _steering(scene: Scene) -> None:
    for place in CELLS[:3]:
        scene.wait(600)
        scene.take("80f2000c", status="910b")
        scene.ask_cell(lai(*place))
    scene.command(0x01, 4, b"\x92\x07\x01\x3f\x00\x7f\xff\x6f\x07")
    scene.response(0x01, 4)


def _polling(scene: Scene) -> None:
    """An eSIM that was told where it is and greets its server over TLS."""
    scene.ask_cell(lai(*CELLS[0]))
    scene.channel(SERVER, 443, 2)
    scene.send(bytes.fromhex("16030100c8010000c40303") + bytes(range(60)))
    scene.close()


def _menu(scene: Scene) -> None:
    scene.command(0x25, 0, b"\x85\x04Menu\x8f\x03\x01Hi")
    scene.response(0x25)
    scene.sms("+22122", submit("+22122", b"BALANCE"))


HARMLESS: dict[str, Callable[[Scene], None]] = {
    "IMEI notice": _notice,
    "roaming steering": _steering,
    "eSIM polling": _polling,
    "a menu that asks for the balance": _menu,
}


def found(scene: Scene, folder: Path, kind: str = "sim-report") -> list[dict[str, Any]]:
    """The findings of a kind on the scene's capture, unmasked."""
    scan([scene.pcap(folder / "scene.pcap")], folder / "scene.db", Plan(jobs=1))
    with Store(folder / "scene.db") as store:
        return [row for row in Reader(store, masked=False).findings() if row["kind"] == kind]


def _scene(make: Callable[[Scene], None]) -> Scene:
    scene = Scene()
    scene.boot()
    make(scene)
    return scene


@pytest.mark.parametrize("name", LEAKS)
def test_a_place_that_leaves_is_told(name: str, tmp_path: Path) -> None:
    leak = LEAKS[name]
    (report,) = found(_scene(leak.make), tmp_path)
    facts = report["facts"]
    assert (facts["sent"], facts["carrier"], facts["recipient"]) == (True, leak.carrier, leak.recipient)
    assert facts["cells"] == leak.cells
    assert facts["period_s"] == (None if leak.period is None else pytest.approx(leak.period, rel=0.01))
    assert (report["severity"], report["confidence"]) == ("high", "certain")
    first = leak.cells[0]
    text = "-".join(str(first[key]) for key in ("lac", "tac", "ci", "eci") if key in first)
    assert any(f"26201-{text}" in reason for reason in report["reasons"])


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_card_sends_no_place(name: str, tmp_path: Path) -> None:
    scene = _scene(HARMLESS[name])
    assert [row["title"] for row in found(scene, tmp_path) if row["facts"]["sent"] or row["severity"] == "high"] == []
    with Store(tmp_path / "scene.db") as store:
        assert store.query("SELECT * FROM positions") == []


def test_a_position_that_a_card_asks_for_is_read(tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    sentence = b"$GPGGA,101010.00,5231.2000,N,01324.3000,E,1,08,1.0,40.0,M,0.0,M,,*60\r\n"
    scene.command(0x16, 0, b"\xf6\x06\x7f\x7f\0\0\x02\x3c")
    scene.response(0x16)
    scene.envelope(0xDD, b"\x78" + bytes((len(sentence),)) + sentence)
    scene.sms(OUTSIDE, submit(OUTSIDE, sentence))
    (report,) = found(scene, tmp_path)
    assert report["facts"]["places"] == [{"latitude": pytest.approx(52.52), "longitude": pytest.approx(13.405)}]
    assert (report["facts"]["sent"], report["facts"]["recipient"]) == (True, OUTSIDE)


def test_what_ordered_it_is_told(tmp_path: Path) -> None:
    (report,) = found(_scene(_ordered), tmp_path)
    assert report["facts"]["ordered"]["tar"] == "505348"
    assert report["facts"]["ordered"]["from"] == "+447700900123"
    assert any("somebody outside asked" in reason for reason in report["reasons"])


@pytest.mark.parametrize(("times", "sure"), [(1, "possible"), (3, "likely")])
def test_what_nobody_can_read_is_less_sure(times: int, sure: str, tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    for place in CELLS[:times]:
        scene.ask_cell(lai(*place))
        scene.sms(OUTSIDE, submit(OUTSIDE, bytes.fromhex("9ae17733c04d51b8d2")))
    (report,) = found(scene, tmp_path)
    assert (report["facts"]["sent"], report["facts"]["proven"], report["confidence"]) == (True, False, sure)
    assert report["facts"]["cells"] == cells(*CELLS[:times])


def test_a_send_that_fails_is_no_report(tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    scene.ask_cell(lai(*CELLS[0]))
    scene.sms(OUTSIDE, submit(OUTSIDE, lai(*CELLS[0])), result=0x35)
    (report,) = found(scene, tmp_path)
    assert (report["facts"]["sent"], report["severity"]) == (False, "medium")


def test_a_send_whose_answer_is_missing_is_likely(tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    scene.ask_cell(lai(*CELLS[0]))
    scene.sms(OUTSIDE, submit(OUTSIDE, lai(*CELLS[0])), result=None)
    (report,) = found(scene, tmp_path)
    assert (report["facts"]["sent"], report["confidence"]) == (True, "likely")


def test_a_shape_is_a_position(tmp_path: Path) -> None:
    """GEOGRAPHICAL LOCATION REPORTING as an ellipsoid point with a circle (TS 23.032 section 7.3.2)."""
    scene = _scene(lambda _: None)
    shape = (
        b"\x10"
        + round(52.52 * (1 << 23) / 90).to_bytes(3, "big")
        + round(13.405 * (1 << 24) / 360).to_bytes(3, "big")
        + b"\x12"
    )
    scene.command(0x16, 0, b"\xf6\x06\x7f\x7f\0\0\x02\x3c")
    scene.response(0x16)
    scene.envelope(0xDD, b"\x77" + bytes((len(shape),)) + shape)
    scene.sms(OUTSIDE, submit(OUTSIDE, b"P" + shape))
    (report,) = found(scene, tmp_path)
    assert report["facts"]["places"] == [
        {"latitude": pytest.approx(52.52, abs=1e-5), "longitude": pytest.approx(13.405, abs=1e-4)}
    ]


def test_a_text_that_says_no_place_is_no_report(tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    scene.ask_cell(lai(*CELLS[0]))
    scene.sms(OUTSIDE, submit(OUTSIDE, b"QQ7h-wrtz-plmv"))
    (report,) = found(scene, tmp_path)
    assert (report["facts"]["sent"], report["severity"], report["confidence"]) == (False, "medium", "possible")
    assert any("may be coded" in doubt for doubt in report["doubts"])


def test_coverage_says_what_of_the_card_was_heard_and_what_came_enciphered(tmp_path: Path) -> None:
    scene = _scene(lambda _: None)
    order = deliver(
        "+447700900123",
        bytes.fromhex("001d" + "0d" + "0400" + "15" + "15" + "b00010" + "0000000000" + "00") + bytes(16),
    )
    scene.envelope(0xD1, tlv(0x8B, order), b"\x83\x81")
    found(scene, tmp_path)
    with Store(tmp_path / "scene.db") as store:
        rows = {row["measure"]: row for row in store.query("SELECT * FROM coverage")}
    assert rows["sim.exchanges"]["value"] == len(scene.passed)
    assert rows["bodies not opened"]["subject"] == "encrypted"


def test_a_notice_hides_no_steering(tmp_path: Path) -> None:
    scene = _scene(_notice)
    _steering(scene)
    told = {row["severity"]: row["facts"]["asked"] for row in found(scene, tmp_path)}
    assert told == {"info": ["imei"], "low": ["cell"]}
