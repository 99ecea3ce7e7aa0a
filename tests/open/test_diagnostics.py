"""Logs of a modem's diagnostics, begun at a file and ended at positions, identities, cells and the verdict."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from pathlib import Path

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.decode.diagnostics import rayhunter
from iotwatch.decode.diagnostics.signalling import signals
from iotwatch.observe.traffic import signalling
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.place.replay import Replay
from iotwatch.read import tshark
from iotwatch.read.diagnostics import from_hdlc, hdlc
from iotwatch.read.stream import from_bytes
from iotwatch.report.reader import Reader
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.rows import Analysis
from iotwatch.unpack import EVERY_STEP
from iotwatch.words.measures import Measure
from tests import modem_logs
from tests.decode.usb.modem import udp
from tests.modem_logs import NOON, framed, ip_pieces, packet, position, qmdl, record, since_1980

START = since_1980(NOON)
MODEM, SERVER, IMEI = "10.64.3.9", "198.51.100.7", "868073021573686"
TRACK = [(50.1109 + n * 2e-4, 8.6821 + n * 3e-4) for n in range(12)]
needs_tshark = pytest.mark.skipif(not tshark.available(), reason="tshark is not installed")


def reports() -> list[tuple[int, bytes, float]]:
    """The modem knows its place once a second; GPS is 18 s ahead of UTC."""
    return [(0x1476, position(*place, START + 18 + n), START + n) for n, place in enumerate(TRACK)]


def sent(size: int) -> list[tuple[int, bytes, float]]:
    """A place and the IMEI in an NMEA line every ten seconds, in pieces of ``size`` bytes."""
    rows = []
    for n, (latitude, longitude) in enumerate(TRACK):
        text = (
            f"$GPRMC,1200{n:02d}.00,A,{degrees(latitude, 2)},N,{degrees(longitude, 3)},E,,,010126,,,A,IMEI:{IMEI}\r\n"
        )
        whole = udp(MODEM, SERVER, 40000, 7700, text.encode())
        rows += [(0x11EB, piece, START + 10 * n) for piece in ip_pieces(whole, n, size=size)]
    return rows


def degrees(value: float, width: int) -> str:
    return f"{int(value):0{width}d}{value % 1 * 60:07.4f}"


def analysed(folder: Path, data: bytes, name: str = "modem.qmdl") -> Analysis:
    path = folder / name
    path.write_bytes(data)
    found = analyse(Job(str(path), "car"), load())
    with path.open("rb") as file:
        replay = Replay(file, EVERY_STEP)
        for evidence in (
            *(one.evidence for one in found.positions),
            *(one.evidence for one in found.observations),
        ):
            assert replay.result(evidence.place)[: len(evidence.excerpt)] == evidence.excerpt
    return found


def verdict(folder: Path, data: bytes, *scope: str) -> str:
    path = folder / "sweep" / "modem.qmdl"
    path.parent.mkdir()
    path.write_bytes(data)
    scan([path], folder / "found.db", Plan(jobs=1, options=Options(scope=scope)))
    (row,) = Store(folder / "found.db").query("SELECT verdict FROM assets")
    return str(row["verdict"])


@pytest.mark.parametrize("form", ["qmdl", "dlf", "two radios", "gzip", "zip"])
def test_places_that_the_modem_knows_are_local_ones(tmp_path: Path, form: str) -> None:
    rows = reports()
    log = {
        "dlf": b"".join(record(*row) for row in rows),
        "two radios": qmdl(packet(*row, radio=1 + n % 2) for n, row in enumerate(rows)),
    }.get(form, qmdl(packet(*row) for row in rows))
    if form == "gzip":
        log = gzip.compress(log)
    if form == "zip":
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("sweep/modem.qmdl", log)
        log = held.getvalue()
    found = analysed(tmp_path, log)
    assert [(one.latitude, one.longitude) for one in found.positions] == [
        pytest.approx(place, abs=1e-9) for place in TRACK
    ]
    assert {(one.direction, one.dialect) for one in found.positions} == {("local", "diag")}
    assert [one.time for one in found.positions] == [(NOON + n) * 1_000_000 for n in range(len(TRACK))]
    assert (found.source.kind, found.source.vantage, found.source.status) == ("capture", "diag", "ok")


def test_a_report_without_a_fix_or_of_another_layout_is_no_place_and_is_told(tmp_path: Path) -> None:
    rows = [position(50, 8, START, source=0), position(50, 8, START, version=2), position(50, 8, START, source=3)]
    found = analysed(tmp_path, qmdl(packet(0x1476, row, START) for row in rows))
    (given,) = found.positions
    assert [doubt.word.name for doubt in given.doubts] == ["NO_SAMPLE", "GIVEN_TO_RECEIVER"]
    (told,) = (row for row in found.coverage if row.measure is Measure.BROKEN)
    assert told.note == "1 GNSS position reports (0x1476) are of another layout: version 2"


def test_a_report_of_another_layout_costs_nothing_else(tmp_path: Path) -> None:
    """The card is selected (3F00, 2FE2) and its ICCID read: a tag before each byte, 10 to the card and 80 from it."""

    def tagged(*ways: tuple[int, str]) -> bytes:
        return b"".join(bytes((way, byte)) for way, text in ways for byte in bytes.fromhex(text))

    card = [
        tagged((0x10, "00a40000023f00"), (0x80, "9000")),
        tagged((0x10, "00a40000022fe2"), (0x80, "9000")),
        tagged((0x10, "00b000000a"), (0x80, "98101032547698103254" + "9000")),
    ]
    rows = [packet(0x1476, position(50, 8, START, version=2), START), *(packet(0x1098, one, START) for one in card)]
    found = analysed(tmp_path, qmdl(rows))
    assert [one.value for one in found.observations if one.kind == "iccid"] == ["89010123456789012345"]
    assert [row.note for row in found.coverage if row.measure is Measure.BROKEN] == [
        "1 GNSS position reports (0x1476) are of another layout: version 2"
    ]


@pytest.mark.parametrize("size", [1 << 16, 40], ids=["whole", "in pieces"])
def test_what_the_modem_sent_is_read_like_a_capture(tmp_path: Path, size: int) -> None:
    found = analysed(tmp_path, qmdl(packet(*row) for row in sent(size)))
    assert [(one.latitude, one.longitude) for one in found.positions] == [
        pytest.approx(place, abs=2e-6) for place in TRACK
    ]
    assert {(one.direction, one.server, one.server_port, one.reported_id) for one in found.positions} == {
        ("up", SERVER, 7700, IMEI)
    }
    assert IMEI in [one.value for one in found.observations if one.kind == "imei"]
    (flow,) = found.flows
    assert (flow.client, flow.server, flow.packets_up, flow.packets_down) == (MODEM, SERVER, len(TRACK), 0)


def test_what_comes_to_the_modem_is_not_sent_by_it(tmp_path: Path) -> None:
    text = b"$GPRMC,120000.00,A,5006.6540,N,00840.9260,E,,,010126,,,A\r\n"
    whole = udp(SERVER, MODEM, 7700, 40000, text)
    rows = [(0x11EB, piece, START + n) for n in range(3) for piece in ip_pieces(whole, n, sent=False)]
    found = analysed(tmp_path, qmdl(packet(*row) for row in rows))
    assert {one.direction for one in found.positions} == {"down"}


def test_whose_modem_it_was_nobody_said(tmp_path: Path) -> None:
    log = qmdl(packet(*row) for row in sent(1 << 16))
    assert verdict(tmp_path, log) == "suspicious"
    (tmp_path / "scoped").mkdir()
    assert verdict(tmp_path / "scoped", log, IMEI) == "reports-location"


def test_a_broken_frame_costs_itself_alone_and_is_told(tmp_path: Path) -> None:
    frames = [framed(packet(*row)) for row in reports()]
    frames[3] = frames[3][:100] + b"\xff" + frames[3][101:]
    found = analysed(tmp_path, b"".join(frames)[:-7])
    assert len(found.positions) == len(TRACK) - 2
    assert (found.source.status, len(found.source.damage)) == ("partial", 2)


def test_pieces_that_are_not_whole_are_told(tmp_path: Path) -> None:
    rows = sent(40)
    del rows[1]
    found = analysed(tmp_path, qmdl(packet(*row) for row in rows))
    assert len(found.positions) == len(TRACK) - 1
    assert [row.note for row in found.coverage if row.measure is Measure.DIAG_LEFT] == [
        "parts of IP packets (0x11eb) that are not whole or not IP"
    ]


@needs_tshark
@pytest.mark.parametrize("radio", [0, 2])
def test_an_identity_in_signalling_is_sent_in_clear(tmp_path: Path, radio: int) -> None:
    """3GPP TS 24.301 section 8.2.19: an identity response with the IMSI 001 01 0123456789."""
    response = bytes.fromhex("0756080910101032547698")
    found = analysed(tmp_path, qmdl([packet(0xB0ED, modem_logs.nas(response), START, radio)] * 2))
    (imsi,) = (one for one in found.observations if one.kind == "imsi")
    assert (imsi.value, imsi.facts["direction"]) == ("001010123456789", "up")
    assert imsi.evidence.excerpt == response
    assert [row.value for row in found.coverage if row.measure is Measure.SIGNALLING_DISSECTED] == [1.0]


@needs_tshark
@pytest.mark.parametrize(("channel", "status"), [(5, "ok"), (8, "partial")], ids=["paging", "with this modem"])
def test_paging_takes_no_room_of_what_is_the_modems_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: int, status: str
) -> None:
    monkeypatch.setattr(signalling, "SIGNALLING_PACKETS", 3)
    many = [packet(0xB0C0, modem_logs.rrc(15, channel, b"\x50\x12\x34\x56\x78" + bytes((n,))), START) for n in range(9)]
    response = packet(0xB0ED, modem_logs.nas(bytes.fromhex("0756080910101032547698")), START)
    found = analysed(tmp_path, qmdl([*many, response]))
    assert [one.value for one in found.observations if one.kind == "imsi"] == ["001010123456789"]
    assert found.source.status == status
    measure = Measure.SIGNALLING_LEFT if status == "ok" else Measure.OVER_LIMIT
    assert [row.value for row in found.coverage if row.measure is measure] == [6.0]


@needs_tshark
def test_an_identity_inside_rrc_is_found_too(tmp_path: Path) -> None:
    """ULInformationTransfer on UL-DCCH in unaligned PER (TS 36.331 section 6.2.2) around an identity response."""
    response = bytes.fromhex("0756080910101032547698")
    bits = "0" + "1001" + "0" + "00" + "0" + "00" + f"{len(response):08b}" + "".join(f"{byte:08b}" for byte in response)
    message = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    found = analysed(tmp_path, qmdl([packet(0xB0C0, modem_logs.rrc(15, 9, message), START)] * 2))
    assert [(one.value, one.facts["direction"]) for one in found.observations if one.kind == "imsi"] == [
        ("001010123456789", "up")
    ]


@needs_tshark
@pytest.mark.parametrize(
    ("version", "channel"), [(4, 7), (7, 7), (9, 14), (13, 7), (15, 8), (19, 10), (20, 8), (25, 8), (26, 10), (30, 10)]
)
def test_rrc_headers_of_every_version(tmp_path: Path, version: int, channel: int) -> None:
    """An RRCConnectionRequest on UL-CCCH (TS 36.331 section 6.2.2), six bytes, whatever the header is."""
    request = bytes.fromhex("501234567896")
    found = analysed(tmp_path, qmdl([packet(0xB0C0, modem_logs.rrc(version, channel, request), START)] * 2))
    assert [row.value for row in found.coverage if row.measure is Measure.SIGNALLING_DISSECTED] == [1.0]


def test_signalling_with_a_header_of_another_version_is_not_counted_as_read(tmp_path: Path) -> None:
    known, other = (modem_logs.rrc(version, 8, bytes.fromhex("501234567896")) for version in (15, 99))
    found = analysed(tmp_path, qmdl([packet(0xB0C0, one, START + n) for n, one in enumerate((known, other, other))]))
    assert [row.note for row in found.coverage if row.measure is Measure.DIAG_READ] == ["1 LTE RRC (0xb0c0)"]
    assert [row.note for row in found.coverage if row.measure is Measure.DIAG_LEFT] == [
        "signalling whose header is of another version: 2 LTE RRC (0xb0c0)"
    ]


def test_the_serving_cell_is_read_without_any_program(tmp_path: Path) -> None:
    rows = [packet(0xB0C2, modem_logs.lte_cell(262, 1, 4660, cell), START + n) for n, cell in enumerate((77, 77, 88))]
    found = analysed(tmp_path, qmdl(rows))
    cells = [one.value for one in found.observations if one.kind == "cell.serving"]
    assert cells == ["262-1-4660-77", "262-1-4660-88"]


def test_the_build_names_the_module(tmp_path: Path) -> None:
    log = framed(modem_logs.build_id("RM500QGLABR11A06M4G")) + qmdl(packet(*row) for row in reports())
    found = analysed(tmp_path, log)
    assert "RM500QGLABR11A06M4G" in [one.value for one in found.observations if one.kind == "module.firmware"]


def test_frames_that_are_no_log_packets_are_counted_by_name(tmp_path: Path) -> None:
    found = analysed(tmp_path, qmdl([b"\x60" + bytes(20), b"\x79" + bytes(20), *(packet(*row) for row in reports())]))
    assert [row.note for row in found.coverage if row.measure is Measure.DIAG_LEFT] == [
        "1 events (command 0x60), 1 messages (command 0x79)"
    ]
    assert (found.source.packets, len(found.positions)) == (len(TRACK) + 2, len(TRACK))


def test_more_flags_than_are_read_is_a_limit_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdlc, "MAX_MARKS", 1000)
    path = tmp_path / "flags.qmdl"
    path.write_bytes(qmdl(packet(*row) for row in reports()) + b"\x7e" * 2000)
    source = analyse(Job(str(path), "car"), load()).source
    assert (source.status, source.reason) == ("partial", "more than 1000 flags and escapes in one log")


def test_what_was_read_is_no_second_witness(tmp_path: Path) -> None:
    """The IMEI stands once, in what was sent; where it stands in another packet too, a text of it is found there."""
    found = analysed(tmp_path, qmdl(packet(*row) for row in sent(1 << 16)))
    assert {one.facts["protocol"] for one in found.observations if one.kind == "imei"} == {"nmea"}
    text = b"IMEI: 352353773718421 registered"
    found = analysed(tmp_path, qmdl([*(packet(*row) for row in reports()), b"\x79" + text]))
    assert [one.value for one in found.observations if one.kind == "imei"] == ["352353773718421"]


def test_encrypted_log_packets_are_told(tmp_path: Path) -> None:
    log = qmdl([packet(0x1D15, bytes(40), START), *(packet(*row) for row in reports())])
    found = analysed(tmp_path, log)
    assert (found.source.status, len(found.positions)) == ("partial", len(TRACK))
    assert "encrypted for its maker" in found.source.reason


def test_the_same_recording_in_two_forms_makes_no_second_witness(tmp_path: Path) -> None:
    """Rayhunter keeps its log and an export of it side by side: a number in both was said once."""
    if not tshark.available():
        pytest.skip("tshark is not installed")
    response = bytes.fromhex("0756080910101032547698")
    head = struct.pack(">BBBBHbbIBBBB", 2, 4, 0x12, 0, 0x4000, 0, 0, 0, 0, 0, 0, 0)
    whole = udp("127.0.0.1", "127.0.0.1", 4729, 4729, head + response)
    with (tmp_path / "1.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file, linktype=228)
        writer.writepkt(whole, ts=NOON)
    (tmp_path / "1.qmdl").write_bytes(qmdl([packet(0xB0ED, modem_logs.nas(response), START)] * 2))
    scan([tmp_path / "1.pcap", tmp_path / "1.qmdl"], tmp_path / "found.db", Plan(jobs=1, asset="car"))
    with Store(tmp_path / "found.db") as store:
        (finding,) = (row for row in Reader(store, masked=False).findings() if row["kind"] == "identity")
        assert store.query("SELECT * FROM contacts") == []
    assert (finding["title"], finding["confidence"]) == ("IMSI sent in clear", "likely")


CODES = (0x1476, 0x11EB, 0xB0C0, 0xB0C2, 0xB823, 0x5134, 0x4127, 0x412F, 0x512F, 0x713A, 0xB0ED, 0x1098, 0x14CE)


@given(st.lists(st.tuples(st.sampled_from(CODES), st.binary(max_size=120)), max_size=6))
def test_any_bodies_end(rows: list[tuple[int, bytes]]) -> None:
    log = from_hdlc(from_bytes(qmdl(packet(code, body, START) for code, body in rows)))
    for message in decode(log):
        for span in (message.span, *(fix.span for fix in message.fixes), *(trait.span for trait in message.traits)):
            assert 0 <= span[0] <= span[1] <= len(message.stream.data)
    for signal in signals(log):
        assert len(signal.gsmtap) >= 16


LEVELS = [
    ("Informational", "informational"),
    ({"type": "QualitativeWarning", "severity": "High"}, "high"),
    ({"QualitativeWarning": {"severity": "Low"}}, "low"),
]


@pytest.mark.parametrize(("kind", "level"), LEVELS, ids=[level for _, level in LEVELS])
def test_what_rayhunter_says_is_quoted_and_not_judged(tmp_path: Path, kind: object, level: str) -> None:
    path = tmp_path / "1741896393.ndjson"
    path.write_bytes(modem_logs.analysis(*[("NAS IMSI identity request detected", kind)] * 3))
    scan([tmp_path / path.name], tmp_path / "found.db", Plan(jobs=1))
    with Store(tmp_path / "found.db") as store:
        (finding,) = Reader(store, masked=False).findings()
        (asset,) = Reader(store, masked=False).assets()
    assert (finding["kind"], finding["severity"], finding["facts"]["level"]) == ("analysis", "info", level)
    assert (finding["title"], finding["facts"]["count"]) == ("Rayhunter: NAS IMSI identity request detected", 3)
    assert asset["verdict"] == "not-enough-data"


def test_half_a_character_in_a_line_of_rayhunter_costs_that_line_alone(tmp_path: Path) -> None:
    """JSON can write half of a surrogate pair, which is no text: neither UTF-8 nor a database takes it."""
    head, good = modem_logs.analysis(("seen", "Informational")).splitlines(keepends=True)
    found = analysed(tmp_path, head + good.replace(b"seen", b"\\ud800") + good, "1.ndjson")
    assert [(one.kind, one.value) for one in found.observations] == [("analysis", "seen")]


def test_more_lines_of_rayhunter_than_are_read_is_a_limit_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rayhunter, "_MOST_ROWS", 3)
    found = analysed(tmp_path, modem_logs.analysis(*[("seen", "Informational")] * 5), "1.ndjson")
    assert [one.count for one in found.observations] == [2]
    assert (found.source.status, [row.note for row in found.coverage if row.measure is Measure.OVER_LIMIT]) == (
        *("partial", ["more than 3 lines of one analysis"]),
    )


def test_an_older_report_of_rayhunter_is_read_too(tmp_path: Path) -> None:
    rows = [
        {"analyzers": [{"name": "x", "description": ""}], "rayhunter": {"rayhunter_version": "0.2.0"}},
        {
            "timestamp": "2025-01-01T00:00:00Z",
            "skipped_message_reasons": [],
            "analysis": [
                {
                    "timestamp": "2025-01-01T00:00:01Z",
                    "events": [None, {"event_type": "Informational", "message": "seen"}],
                }
            ],
        },
    ]
    found = analysed(tmp_path, "\n".join(map(json.dumps, rows)).encode(), "old.ndjson")
    assert [(one.kind, one.value) for one in found.observations] == [("analysis", "seen")]


def test_where_rayhunter_stood_is_no_place_of_the_car(tmp_path: Path) -> None:
    place = {"latest_packet_timestamp": None, "system_time": "2026-01-01T12:00:00Z", "lat": 50.1109, "lon": 8.6821}
    found = analysed(tmp_path, json.dumps(place).encode(), "1741896393.gps.json")
    assert (found.source.status, found.positions, found.source.reason) == (
        *("skipped", (), "not evidence: where the listeners' own Rayhunter stood"),
    )


def test_what_is_not_read_is_counted_by_name(tmp_path: Path) -> None:
    found = analysed(tmp_path, qmdl(packet(0xB0C1, b"\x02\0\0", START + n) for n in range(3)))
    assert [row.note for row in found.coverage if row.measure is Measure.DIAG_LEFT] == ["3 LTE MIB (0xb0c1)"]
