"""What tshark reads for us, and what its absence costs."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.cellular import signalling
from iotwatch.decode.message import Cell
from iotwatch.observe import Collector
from iotwatch.observe.traffic.signalling import Signalling
from iotwatch.open.pipeline import Job, analyse
from iotwatch.read import tshark
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.read.tshark import SCTP, UDP, Packet, TsharkFailed, dissect
from iotwatch.signatures import load
from iotwatch.words.measures import Measure


def supl_start(imsi: str, mcc: int, mnc: int, lac: int, ci: int) -> bytes:
    """SUPL START in unaligned PER (OMA-TS-ULP 2.0 section 11): session with an IMSI, capabilities, a current GSM cell."""
    digits = imsi.ljust(16, "f")
    packed = bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, 16, 2))
    bits = "10" + f"{7:016b}" + "0" + "011" + "".join(f"{byte:08b}" for byte in packed)
    bits += "0" + f"{1:03b}" + "00"  # START, without a quality of position
    bits += "0" + "0" + "0100000" + "10" + "0" + "010"  # capabilities: autonomous GPS, no preference, RRLP
    bits += "0" + "000" + "000" + f"{mcc:010b}{mnc:010b}{lac:016b}{ci:016b}" + "001"
    bits += "0" * (-len(bits) % 8)
    body = b"\2\0\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return (len(body) + 2).to_bytes(2, "big") + body


def supl_stream() -> Stream:
    flow = Flow(0, "tcp", "10.0.0.7", 40000, "198.51.100.9", 7276)
    wire = supl_start("204046123456789", 204, 4, 1234, 56789)
    return replace(from_bytes(wire, kind="tcp", frame=4, time=1), flow=flow)


def gathered() -> tuple[Signalling, Collector]:
    signals = Signalling()
    for message in decode(supl_stream()):
        signals.note_message(message)
    return signals, Collector()


@pytest.mark.programs
def test_a_supl_start_is_a_cell_sent_up(program) -> None:
    program("tshark")
    signals, collector = gathered()
    (row,) = signals.finish(collector)
    assert (row.measure, row.value) == ("signalling dissected", 1)
    (position,) = collector.positions()
    assert (position.method, position.direction.value, position.dialect) == ("cell", "up", "supl")
    assert position.facts["cell"] == [{"mcc": 204, "mnc": 4, "lac": 1234, "cid": 56789}]
    assert position.evidence.frame == 4


@pytest.mark.programs
def test_what_tshark_cannot_read_is_empty(program) -> None:
    program("tshark")
    found = dissect([Packet(UDP, 4729, b"\x02\x04"), Packet(UDP, 7275, b"\xff" * 40)], signalling.FIELDS, 30)
    assert found == [{}, {}]


def test_without_tshark_the_coverage_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    signals, collector = gathered()
    (row,) = signals.finish(collector)
    assert row.measure == "signalling not dissected"
    assert row.note == "tshark absent: SUPL not dissected"
    assert collector.positions() == ()


def test_trouble_with_tshark_is_a_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> list[dict[str, list[str]]]:
        raise TsharkFailed("tshark took more than 60 s")

    monkeypatch.setattr(tshark, "dissect", fails)
    signals, collector = gathered()
    assert signals.finish(collector)[0].note == "tshark took more than 60 s: SUPL not dissected"


def test_nothing_to_dissect_costs_nothing() -> None:
    assert Signalling().finish(Collector()) == []


@pytest.mark.parametrize(
    ("values", "cells", "places"),
    [
        (
            {"refMCC": ["204"], "refMNC": ["4"], "refLAC": ["1234"], "refCI": ["56789"]},
            (Cell(204, 4, 1234, 56789),),
            [],
        ),
        ({"refMCC": ["0"], "refMNC": ["0"]}, (), []),
        ({"latitudeSign": ["1"], "latitude": ["4194304"], "longitude": ["-4194304"]}, (), [(-45.0, -90.0)]),
    ],
)
def test_supl_values(values: dict[str, list[str]], cells: tuple[Cell, ...], places: list[tuple[float, float]]) -> None:
    stream = from_bytes(b"x" * 20)
    found = list(signalling.messages({f"ulp_ulp_{k}": v for k, v in values.items()}, stream, (0, 20), "supl"))
    assert [message.cells for message in found] == ([cells] if cells or places else [])
    assert [(fix.latitude, fix.longitude) for message in found for fix in message.fixes] == places


def test_identities_and_cells_of_the_network() -> None:
    values = {
        "e212_e212_imsi": ["204046123456789", "2040461234567x9"],
        "e212_e212_ecgi_mcc": ["901"],
        "e212_e212_ecgi_mnc": ["70"],
        "s1ap_s1ap_tAC": ["1"],
        "s1ap_s1ap_CellIdentity": ["0x01079baf"],
    }
    (message,) = signalling.messages(values, from_bytes(b"x" * 20), (0, 20), "sctp")
    assert [(one.kind, one.value) for one in message.traits] == [
        ("imsi", "204046123456789"),
        ("cell.serving", "901-70-1-17275823"),
    ]
    assert list(signalling.messages({}, from_bytes(b"x"), (0, 1), "sctp")) == []


@pytest.mark.corpus
@pytest.mark.programs
def test_a_phone_names_itself_in_its_own_signalling(corpus: Path, program) -> None:
    program("tshark")
    file = corpus / "pcap" / "cellular" / "QCSuper__sample_2g_3g_4g_xperia.pcap"
    analysis = analyse(Job(str(file), "phone", named=True), load())
    (imsi,) = [one for one in analysis.observations if one.kind == "imsi"]
    assert (imsi.value, imsi.facts["direction"]) == ("208109876543120", "up")
    assert imsi.evidence.frame == 54
    assert any(one.measure == "signalling dissected" and "GSMTAP" in one.note for one in analysis.coverage)


def chunks(count: int) -> Packet:
    """An SCTP packet (RFC 9260 section 3) of ``count`` DATA chunks of four bytes for S1AP."""
    one = struct.pack(">BBHIHHI", 0, 3, 20, 1, 0, 0, 18) + bytes(4)
    return Packet(SCTP, 0, struct.pack(">HHII", 36412, 36412, 1, 0) + one * count)


def test_a_packet_of_a_thousand_chunks_is_told_and_not_dissected(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Packet] = []
    monkeypatch.setattr(tshark, "dissect", lambda packets, _: given.extend(packets) or [{} for _ in packets])
    signals, collector = Signalling(), Collector()
    for packet in (chunks(1000), chunks(3)):
        signals.note(from_bytes(packet.payload, kind="sctp", frame=1, time=1))
    rows = signals.finish(collector)
    assert given == [chunks(3)]
    assert [(row.measure, row.value) for row in rows] == [(Measure.SIGNALLING_DISSECTED, 1), (Measure.OVER_LIMIT, 1)]


def test_the_budget_is_counted_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Packet] = []
    monkeypatch.setattr(tshark, "dissect", lambda packets, _: given.extend(packets) or [{} for _ in packets])
    signals, collector = Signalling(), Collector()
    for number in range(100):
        signals.note(from_bytes(chunks(50).payload + bytes([number]), kind="sctp", frame=1, time=1))
    (_, over) = signals.finish(collector)
    assert len(given) == 2000 // 50
    assert over.value == 100 - len(given)
