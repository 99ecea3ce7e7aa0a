"""What is cut out and scanned again gives the same finding: on the wire, on USB, and inside what USB carries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import StoreError
from iotwatch.handoff import cut_out
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store
from tests.decode.usb.captures import MODULES, Capture
from tests.decode.usb.modem import WAYS, captured, conversation, ethernet, mqtt, names, talk

CAPTURES = Path(__file__).parent.parent.parent / "captures"
FORMS = ("usbmon", "usbmon-mmap", "usbpcap")
BY_NAME = {way.name: way for way in WAYS}
KINDS = ("location", "module", "endpoint", "identity")


def packets(path: Path) -> list[tuple[int, bytes]]:
    """Time in microseconds and bytes of every packet."""
    with path.open("rb") as file:
        kind = dpkt.pcapng.Reader if path.suffix == ".pcapng" else dpkt.pcap.Reader
        return [(round(time * 1_000_000), bytes(data)) for time, data in kind(file)]


def comments(path: Path) -> list[str]:
    """The comment of every packet of a pcapng, by its blocks."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        kind, size = int.from_bytes(data[at : at + 4], "little"), int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == 6:
            captured_length = int.from_bytes(data[at + 20 : at + 24], "little")
            option = at + 28 + captured_length + (-captured_length % 4)
            length = int.from_bytes(data[option + 2 : option + 4], "little")
            found.append(data[option + 4 : option + 4 + length].decode())
        at += size
    return found


def found(database: Path) -> Iterator[dict[str, object]]:
    with Store(database) as store:
        yield from (row for row in Reader(store, masked=False).findings() if row["kind"] in KINDS)


def round_trip(source: Path, folder: Path) -> list[str]:
    """Cut out every finding of a source that its packets hold, scan each cut-out; gives the kinds that came back."""
    scan([source], folder / "first.db", Plan(asset="car", jobs=1))
    original = packets(source)
    kinds = []
    for before in found(folder / "first.db"):
        cut = folder / f"{before['fingerprint']}.pcapng"
        with Store(folder / "first.db") as store, cut.open("wb") as file:
            try:
                count = cut_out(EvidenceReader(store, masked=False), int(str(before["id"])), file)
            except StoreError:
                continue  # a finding whose evidence is no packet
        scan([cut], folder / f"{before['fingerprint']}.db", Plan(asset="car", jobs=1))
        after = {str(row["fingerprint"]): row for row in found(folder / f"{before['fingerprint']}.db")}
        assert before["fingerprint"] in after, (before["title"], [row["title"] for row in after.values()])
        told = comments(cut)
        assert len(told) == count <= len(original)
        for (time, data), comment in zip(packets(cut), told, strict=True):
            name, _, frame = comment.removeprefix("from ").rpartition(", frame ")
            assert name == source.name
            was, bytes_then = original[int(frame) - 1]
            # dpkt gives seconds as floats, which lose a part of a microsecond.
            assert abs(time - was) <= 1
            assert data == bytes_then
        kinds.append(str(before["kind"]))
    return kinds


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("index", range(0, len(MODULES), 6))
def test_a_module_on_the_bus(index: int, form: str, tmp_path: Path) -> None:
    _, _, vendor, product, maker, name, interfaces = MODULES[index]
    capture = Capture(form)
    capture.enumerate(3, 0x413C, 0x2113, ("Dell", "KB216 Wired Keyboard", "1"), [(3, 1, 1)])
    capture.enumerate(7, vendor, product, (maker, name, "0123456789"), interfaces)
    (tmp_path / "bus.pcap").write_bytes(capture.pcap())
    assert "module" in round_trip(tmp_path / "bus.pcap", tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_a_module_that_speaks_of_itself(form: str, tmp_path: Path) -> None:
    capture = Capture(form)
    capture.enumerate(4, 0x2C7C, 0x0125, ("Quectel", "EC25"), [(0xFF, 0xFF, 0x30), (0xFF, 0, 0), (0xFF, 0, 0)])
    for asked, answer in ((b"ATI", b"Quectel\r\nEC25\r\nRevision: EC25EFAR06A06M4G"), (b"AT+CGSN", b"869710030002905")):
        capture.bulk(4, 0x03, asked + b"\r")
        capture.bulk(4, 0x83, asked + b"\r\r\n" + answer + b"\r\n\r\nOK\r\n")
    (tmp_path / "bus.pcap").write_bytes(capture.pcap())
    assert "module" in round_trip(tmp_path / "bus.pcap", tmp_path)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_a_position_inside_what_the_bus_carries(name: str, tmp_path: Path) -> None:
    (tmp_path / "bus.pcap").write_bytes(captured("usbmon", BY_NAME[name], conversation()))
    assert "location" in round_trip(tmp_path / "bus.pcap", tmp_path)


@pytest.mark.parametrize("case", ["gt06-tracker", "jt808-tracker", "mqtt-position", "http-gzip-batch", "nmea-uplink"])
def test_a_position_on_the_wire(case: str, tmp_path: Path) -> None:
    source = next((CAPTURES / case).glob("*.pcap*"))
    assert "location" in round_trip(source, tmp_path)


def test_a_known_far_end_named_in_a_session(tmp_path: Path) -> None:
    assert round_trip(CAPTURES / "dns-and-tls" / "dns-and-tls.pcapng", tmp_path) == ["endpoint"]


@pytest.mark.corpus
def test_what_stands_in_the_middle_of_a_session(corpus: Path, tmp_path: Path) -> None:
    (source,) = corpus.glob("pcap/**/nfstream__iphone.pcap")
    assert "endpoint" in round_trip(source, tmp_path)


def test_no_packet_no_cut_out(tmp_path: Path) -> None:
    scan([CAPTURES / "at-quectel" / "ttyUSB2-at.log"], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        for row in Reader(store, masked=False).findings():
            with pytest.raises(StoreError, match="no packets to cut out"):
                cut_out(EvidenceReader(store, masked=False), row["id"], io.BytesIO())


def test_a_module_that_names_itself_on_the_wire(tmp_path: Path) -> None:
    request = b"GET /fw HTTP/1.1\r\nHost: fota.fleet.example\r\nUser-Agent: QUECTEL_MODULE\r\n\r\n"
    with (tmp_path / "wire.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        talked = talk("203.0.113.44", 80, 41010, [request], [b"HTTP/1.1 204 No Content\r\n\r\n"])
        for number, (up, packet) in enumerate([*names(), *talked, *mqtt()]):
            writer.writepkt(ethernet(packet, up=up), ts=1_795_311_000 + number)
    assert {"location", "module"} <= set(round_trip(tmp_path / "wire.pcap", tmp_path))
