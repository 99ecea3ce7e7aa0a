"""USB captures: the parser against tshark's on real captures, and modules built from the facts."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch import read
from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.decode.usb import USB, mbim, qmi
from iotwatch.decode.usb.transfers import transfer
from iotwatch.open.pipeline import Job, analyse
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.words.doubts import ReadingDoubt
from tests.decode.usb.captures import MODULES, OTHERS, Capture

FORMS = ("usbmon", "usbmon-mmap", "usbpcap", "darwin")


def messages(pcap: bytes) -> Iterator[Message]:
    for stream in read.read_capture(io.BytesIO(pcap)).streams:
        yield from decode(stream)


def traits(pcap: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in messages(pcap):
        for trait in message.traits:
            found.setdefault(trait.kind, []).append(trait.value)
    return found


@pytest.mark.corpus
@pytest.mark.programs
def test_ids_equal_those_of_tshark(corpus: Path, program) -> None:
    tshark = program("tshark")
    captures = sorted((corpus / "pcap" / "usb").glob("*.pcap*"))
    assert captures
    for path in captures:
        fields = (
            "-T",
            "fields",
            "-E",
            "occurrence=f",
            "-e",
            "usb.idVendor",
            "-e",
            "usb.idProduct",
            "-Y",
            "usb.idVendor",
        )
        out = subprocess.run([tshark, "-r", path, *fields], capture_output=True, text=True, check=False).stdout
        wanted = {
            ":".join(f"{int(number, 16):04x}" for number in line.split("\t"))
            for line in out.split("\n")
            if line.strip()
        }
        assert set(traits(path.read_bytes()).get("usb.id", ())) == wanted, path.name


@pytest.mark.corpus
def test_no_real_capture_is_called_a_module(corpus: Path, tmp_path: Path) -> None:
    scan([corpus / "pcap" / "usb"], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        assert store.query("SELECT * FROM modules") == []
        assert len(store.query("SELECT DISTINCT value FROM observations WHERE kind = 'usb.id'")) > 10


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict]]:
    """Rows of ``modules`` by asset, of every built capture in every form."""
    folder = tmp_path_factory.mktemp("usb")
    for form in FORMS:
        for index, (_, _, vendor, product, maker, name, interfaces) in enumerate(MODULES):
            capture = Capture(form)
            capture.enumerate(7, vendor, product, (maker, name, "0123456789"), interfaces)
            (folder / f"module-{index:02}-{form}.pcap").write_bytes(capture.pcap())
        for index, (vendor, product, maker, name, interfaces) in enumerate(OTHERS):
            capture = Capture(form)
            capture.enumerate(5, vendor, product, (maker, name, "1"), interfaces)
            (folder / f"other-{index:02}-{form}.pcap").write_bytes(capture.pcap())
    scan([folder], folder / "case.db", Plan(jobs=1))
    found: dict[str, list[dict]] = {}
    with Store(folder / "case.db") as store:
        for row in store.query("SELECT * FROM modules"):
            found.setdefault(row["asset"], []).append(row)
    return found


def test_there_are_thirty_modules_of_all_makers() -> None:
    makers = {row[0] for row in MODULES}
    assert len(MODULES) >= 30
    assert {
        "Quectel",
        "Fibocom",
        "SIMCom",
        "Huawei",
        "ZTE",
        "MeiG Smart",
        "Telit",
        "Sierra Wireless",
        "u-blox",
    } <= makers


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("index", range(len(MODULES)))
def test_module_is_found(scanned: dict[str, list[dict]], form: str, index: int) -> None:
    maker, model, *_ = MODULES[index]
    rows = [row for row in scanned.get(f"module-{index:02}-{form}.pcap", ()) if row["role"] == "module"]
    assert [row["vendor"] for row in rows] == [maker]
    assert model in rows[0]["model"]
    assert rows[0]["seen_in"] == "usb"
    assert rows[0]["confidence"] in ("possible", "likely")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("index", range(len(OTHERS)))
def test_other_device_is_no_module(scanned: dict[str, list[dict]], form: str, index: int) -> None:
    assert f"other-{index:02}-{form}.pcap" not in scanned


@pytest.mark.parametrize("form", FORMS)
def test_dialogue_on_a_serial_interface_becomes_text(form: str) -> None:
    capture = Capture(form)
    capture.enumerate(
        4, 0x2C7C, 0x0125, ("Quectel", "EC25"), [(0xFF, 0xFF, 0x30), (0xFF, 0xFF, 0x60), (0xFF, 0xFF, 0x40)]
    )
    capture.bulk(4, 0x03, b"AT+CGSN\r")
    for piece in (b"AT+CGSN\r\r\n8697100300", b"02905\r\n\r\nOK\r\n"):
        capture.bulk(4, 0x83, piece)
    capture.bulk(4, 0x82, b"$GPRMC,013832.00,A,5412.8742,N,06431.9308,W,0.0,0.0,221126,,,A*7E\r\n")
    pcap = capture.pcap()
    bodies = [message.body for message in messages(pcap) if message.body is not None]
    said = {trait.kind: trait for body in bodies for message in decode(body) for trait in message.traits}
    assert said["imei"].value == "869710030002905"
    dialogue = next(body for body in bodies if body.data.startswith(b"AT+CGSN"))
    evidence = dialogue.evidence(*said["imei"].span)
    assert (
        b"".join(pcap[start : start + length] for start, length in evidence.place.operation.spans) == evidence.excerpt
    )
    assert len(evidence.place.frames) == 2
    assert dialogue.context["device"] == "usb:1/4"


def test_another_device_on_the_same_address_is_another_device() -> None:
    capture = Capture("usbmon-mmap")
    capture.enumerate(4, 0x12D1, 0x1446, ("HUAWEI Technology", "HUAWEI Mobile"), [(8, 6, 0x50)])
    capture.enumerate(4, 0x2C7C, 0x0125, ("Quectel", "EC25"), [(0xFF, 0xFF, 0x40)])
    devices = {
        message.stream.context["device"]: message.traits[0].value
        for message in messages(capture.pcap())
        if message.traits
    }
    assert devices == {"usb:1/4": "12d1:1446", "usb:1/4~2": "2c7c:0125"}


def test_device_keeps_its_descriptors_when_it_gets_its_address() -> None:
    capture = Capture("usbmon")
    capture.control(
        0, bytes.fromhex("8006000100001200"), bytes.fromhex("120100020000004 07c2c25011803010203 01".replace(" ", ""))
    )
    capture.control(0, bytes([0, 5, 9, 0, 0, 0, 0, 0]))
    assert [message.stream.context["device"] for message in messages(capture.pcap())] == ["usb:1/9"]


def qmux(service: int, message: int, tlvs: dict[int, bytes], *, kind: int = 2) -> bytes:
    body = b"".join(struct.pack("<BH", number, len(value)) + value for number, value in tlvs.items())
    sdu = struct.pack("<BHHH", kind, 7, message, len(body)) + body
    return struct.pack("<BHBBB", 1, 5 + len(sdu), 0x80, service, 1) + sdu


@pytest.mark.parametrize(
    ("service", "message", "tlvs", "kind", "value"),
    [
        (2, 0x25, {2: b"\0\0\0\0", 0x11: b"869710030002905"}, "imei", "869710030002905"),
        (2, 0x21, {1: b"QUALCOMM INCORPORATED"}, "module.vendor", "QUALCOMM INCORPORATED"),
        (2, 0x22, {1: b"EG25"}, "module.model", "EG25"),
        (2, 0x23, {1: b"EG25GGBR07A08M2G  1  [Mar 01 2023]"}, "module.firmware", "EG25GGBR07A08M2G"),
        (2, 0x3C, {1: b"89860012345678901239"}, "iccid", "89860012345678901239"),
        (2, 0x43, {1: b"460001234567890"}, "imsi", "460001234567890"),
        (3, 0x24, {0x12: struct.pack("<HHB", 460, 0, 4) + b"CMCC"}, "operator", "46000"),
    ],
)
def test_qmi_answer(service: int, message: int, tlvs: dict[int, bytes], kind: str, value: str) -> None:
    said = qmi.read(qmux(service, message, tlvs), 0)
    assert said is not None
    assert value in [trait.value for trait in said.traits if trait.kind == kind]


def test_qmi_position_and_access_point() -> None:
    said = qmi.read(qmux(0x10, 0x24, {0x10: struct.pack("<d", 54.2), 0x11: struct.pack("<d", -64.5)}, kind=4), 0)
    assert said is not None
    assert [(fix.latitude, fix.longitude) for fix in said.fixes] == [(54.2, -64.5)]
    started = qmi.read(qmux(1, 0x20, {0x14: b"cmiot"}, kind=0), 0)
    assert started is not None
    assert ("apn", "cmiot") in [(trait.kind, trait.value) for trait in started.traits]


def sentence(body: str) -> bytes:
    total = 0
    for letter in body.encode():
        total ^= letter
    return f"${body}*{total:02X}\r\n".encode()


def over_mbim(frame: bytes) -> bytes:
    """An indication of QMI over MBIM: message header, fragment header, service, command, size, frame."""
    body = (
        struct.pack("<II", 1, 0) + bytes.fromhex("d1a30bc2f97a6e43bf65c7e24fb0f0d3") + struct.pack("<II", 1, len(frame))
    )
    return struct.pack("<III", 0x80000007, 12 + len(body) + len(frame), 0) + body + frame


REPORTS = [
    qmux(0x10, 0x24, {0x10: struct.pack("<d", 54.2 + n / 1000), 0x11: struct.pack("<d", -64.5)}, kind=4)
    for n in range(5)
]
SENTENCES = [sentence(f"GPGGA,12000{n}.00,5412.00{n},N,06430.000,W,1,08,1.0,40.0,M,0.0,M,,") for n in range(5)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "frames",
    [
        REPORTS,
        [over_mbim(one) for one in REPORTS],
        [qmux(0x10, 0x26, {1: one}, kind=4) for one in SENTENCES],
        [qmux(0x06, 0x01, {0x10: one}, kind=4) for one in SENTENCES],
        [qmux(0x06, 0x01, {0x11: b"\x01" + one}, kind=4) for one in SENTENCES],
        [over_mbim(qmux(0x10, 0x26, {1: one}, kind=4)) for one in SENTENCES],
    ],
    ids=["LOC", "LOC in MBIM", "LOC NMEA", "PDS", "PDS extended", "LOC NMEA in MBIM"],
)
def test_places_in_control_messages_are_local_ones(tmp_path: Path, form: str, frames: list[bytes]) -> None:
    capture = Capture(form)
    for frame in frames:
        capture.control(4, bytes.fromhex("a101000000000010"), frame)
    path = tmp_path / "modem.pcap"
    path.write_bytes(capture.pcap())
    found = analyse(Job(str(path), "car"), load()).positions
    assert [round(one.longitude or 0, 6) for one in found] == [-64.5] * 5
    assert {one.direction for one in found} == {"local"}
    assert len({one.evidence.frame for one in found}) == 5


def test_a_fix_out_of_cells_is_doubted_and_says_its_time() -> None:
    tlvs = {
        0x10: struct.pack("<d", 54.2),
        0x11: struct.pack("<d", -64.5),
        0x18: struct.pack("<f", 10.0),
        0x23: struct.pack("<I", 2),
        0x25: struct.pack("<Q", 1_700_000_000_500),
    }
    said = qmi.read(qmux(0x10, 0x24, tlvs, kind=4), 0)
    assert said is not None
    (fix,) = said.fixes
    assert (fix.time, fix.speed, [one.word for one in said.doubts]) == (
        *(1_700_000_000_500_000, 36.0, [ReadingDoubt.LOOKED_UP]),
    )


@pytest.mark.parametrize(
    ("service", "message", "tlv"),
    [(0x10, 0x42, {0x12: b"supl.fleet.example:7275"}), (6, 0x2F, {0x11: b"\x17supl.fleet.example:7275"})],
)
def test_the_location_server_is_told(service: int, message: int, tlv: dict[int, bytes]) -> None:
    said = qmi.read(qmux(service, message, tlv, kind=0), 0)
    assert said is not None
    (server,) = (trait for trait in said.traits if trait.kind == "at.server")
    assert (server.value, server.facts["host"]) == ("supl.fleet.example:7275", "supl.fleet.example")


def test_the_serving_cell_is_told() -> None:
    plmn = bytes.fromhex("62f210")
    said = qmi.read(qmux(3, 0x43, {0x13: b"\x01" + plmn + struct.pack("<HIHH", 4660, 1383, 1300, 77)}), 0)
    assert said is not None
    assert ("cell.serving", "262-1-4660-1383") in [(trait.kind, trait.value) for trait in said.traits]


def mbim_done(command: int, fields: dict[int, str], size: int) -> bytes:
    buffer, texts = bytearray(size), b""
    for offset, text in fields.items():
        data = text.encode("utf-16-le")
        struct.pack_into("<II", buffer, offset, size + len(texts), len(data))
        texts += data
    body = (
        struct.pack("<II", 1, 0)
        + mbim.BASIC_CONNECT
        + struct.pack("<III", command, 0, len(buffer) + len(texts))
        + buffer
        + texts
    )
    return struct.pack("<III", 0x80000003, 12 + len(body), 5) + body


@pytest.mark.parametrize("form", FORMS)
def test_mbim_identity_in_a_capture(form: str) -> None:
    capture = Capture(form)
    capture.enumerate(4, 0x2C7C, 0x0125, ("Quectel", "EC25"), [(2, 0x0E, 0), (0x0A, 0, 2)])
    asked = bytes.fromhex("a101000000000010")
    capture.control(4, asked, mbim_done(1, {40: "869710030002905", 48: "EC25EFAR06A11M4G", 56: "QUECTEL"}, 64))
    capture.control(4, asked, mbim_done(2, {4: "460001234567890", 12: "89860012345678901239"}, 28))
    found = traits(capture.pcap())
    assert found["imei"] == ["869710030002905"]
    assert found["module.firmware"] == ["EC25EFAR06A11M4G"]
    assert found["imsi"] == ["460001234567890"]
    assert found["iccid"] == ["89860012345678901239"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.binary(max_size=120), max_size=8),
    st.sampled_from(["usb-linux", "usb-linux-mmap", "usb-usbpcap", "usb-darwin", "usb-2.0"]),
)
def test_any_frames_end(frames: list[bytes], linktype: str) -> None:
    data = b"".join(frames)
    for _ in USB.messages(from_bytes(data, kind="usb").tagged(linktype=linktype)):
        pass
    found = transfer(data, 0, len(data), linktype)
    assert found is None or 0 <= found.start <= found.end <= len(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_control_message_ends(data: bytes) -> None:
    qmi.read(data, 0)
    mbim.read(data, 0)
    qmi.read(b"\x01" + struct.pack("<H", len(data) + 2) + data, 0)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("linktype", ["usb-linux", "usb-linux-mmap"])
def test_transfer_that_the_snap_length_cut_tells_what_is_missing(order: str, linktype: str) -> None:
    """``captured`` may be more than the record holds; the byte order is told by what the other one would make of the time."""
    for size in (18, 256, 1500):
        head = struct.pack(
            order + "QBBBBHBBqiiII8s", 7, ord("C"), 3, 0x82, 5, 1, 45, 0, 1_700_000_000, 0, 0, size, size, b""
        )
        frame = head + (bytes(16) if linktype == "usb-linux-mmap" else b"") + b"x" * min(size, 40)
        event = transfer(frame, 0, len(frame), linktype)
        assert event is not None
        assert (event.bus, event.device, event.end - event.start) == (1, 5, min(size, 40))
        assert event.missing == max(0, size - 40)


def test_transfer_whose_data_could_not_be_copied_is_all_missing() -> None:
    """usbmon's data flag: D where the buffer is out of its reach; > where a transfer has no data in this direction."""
    for flag, missing in ((b"D", 512), (b">", 0)):
        head = struct.pack(
            "<QBBBBHBBqiiII8s", 7, ord("C"), 3, 0x82, 5, 1, 45, flag[0], 1_700_000_000, 0, 0, 512, 0, b""
        )
        event = transfer(head, 0, len(head), "usb-linux")
        assert event is not None
        assert (event.end - event.start, event.missing) == (0, missing)
