"""What came wrong once, from the capture to the sentence: a decided transmission, a stranger's capture beside a wire, counts
that are another's, and numbers or drivers that say more or less than they seem to."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from iotwatch.cli import group
from tests.talks import datagram, finding, report, run, scan, talk, told, write
from tests.tars import make_tar

NAMED, OTHER = "490154203237518", "353451047760580"


def reports(folder: Path, name: str, *senders: tuple[str, str, int]) -> Path:
    """A capture in which each (id, address, times) reports its place a minute apart, an empty id in a form without one."""
    frames = []
    for device, client, times in senders:
        for number in range(times):
            latitude, longitude, at = 52.52 + number / 1000, 13.40 + number / 1000, number * 60.0
            if device:
                data = report(device, latitude, longitude, at)
            else:
                body = b'{"latitude": %.5f, "longitude": %.5f}' % (latitude, longitude)
                head = "POST /p HTTP/1.1\r\nHost: track.example.net\r\nContent-Type: application/json\r\n"
                data = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
            frames += talk(at, client, "198.51.100.7", 80, data, sport=40000 + number)
    return write(folder / name, frames)


def code(database: Path, *words: str | Path) -> int:
    result = CliRunner().invoke(group, [*map(str, words), "--db", str(database)])
    return result.exit_code


def test_a_decided_transmission_is_told_as_explained_and_never_denied(tmp_path: Path) -> None:
    database, capture = tmp_path / "a.db", reports(tmp_path, "a.pcap", (NAMED, "192.168.1.20", 16))
    words = ("scan", capture, "--asset", "car", "--scope", "192.168.1.20", "--jobs", "1")
    assert code(database, *words) == 1
    for kind in ("location", "beacon", "identity"):
        run(database, "decide", "add", f"kind={kind}", "--word", "explained", "--author", "K", "--reason", "box")
    assert code(database, *words) == 0
    printed = " ".join(run(database, *words).split())
    assert "car: explained" in printed
    assert "its position was sent 16 times to track.example.net" in printed
    assert "; explained by K: box." in printed
    assert "not seen" not in printed
    assert "nobody saw it send" not in printed
    assert "explained" in " ".join(run(database, "show", "finding").split())


def test_a_strangers_capture_does_not_lower_what_the_cars_own_wire_shows(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    wire = reports(tmp_path, "wire.pcap", (NAMED, "192.168.1.20", 8))
    phone = write(tmp_path / "phone.pcap", talk(0, "192.168.7.3", "203.0.113.9", 443, b"\x16\x03\x01\x00\x05hello"))
    assert "car: reports-location" in scan(database, wire, "--asset", "car", "--vantage", "usb")
    printed = scan(database, phone, "--asset", "car", "--vantage", "wifi")
    assert "car: reports-location" in printed
    assert "its position was sent 8 times" in printed
    # The other way round too, and a place on the air alone stays in doubt.
    assert "other: suspicious" in scan(database, wire, "--asset", "other", "--vantage", "wifi")
    assert "other: reports-location" in scan(database, wire, "--asset", "other", "--vantage", "usb", "--force")


def test_positions_of_a_sender_without_a_name_are_not_counted_for_a_named_one(tmp_path: Path) -> None:
    capture = reports(tmp_path, "a.pcap", (NAMED, "192.168.1.20", 10), ("", "192.168.1.21", 31))
    printed = scan(tmp_path / "a.db", capture, "--asset", "car", "--unmask")
    assert "a position was sent 41 times to track.example.net, by 2 senders:" in printed
    assert "31 times by a device without a name at 192.168.1.21" in printed
    assert f"10 times by a device that goes by {NAMED}" in printed


def test_two_senders_that_look_alike_once_masked_stay_two(tmp_path: Path) -> None:
    twin = NAMED[:8] + "0000009"
    capture = reports(tmp_path, "a.pcap", (NAMED, "192.168.1.20", 4), (twin, "192.168.1.21", 3))
    database = tmp_path / "a.db"
    printed = scan(database, capture, "--asset", "car")
    assert NAMED not in printed
    shown = " ".join(run(database, "show", "asset", "car").split())
    for text in (printed, shown):
        assert "by 2 senders: 4 times by a device that goes by" in text


def test_three_continents_in_five_minutes_cannot_be_one_car(tmp_path: Path) -> None:
    frames = []
    for number, (latitude, longitude) in enumerate([(52.52, 13.40), (40.71, -74.00), (-33.86, 151.20)]):
        sent = report(f"4901542032375{number}8", latitude, longitude, number * 60.0)
        frames += talk(number * 60.0, f"192.168.1.{20 + number}", "198.51.100.7", 80, sent, sport=41000 + number)
    database = tmp_path / "a.db"
    printed = scan(database, write(tmp_path / "a.pcap", frames), "--asset", "car")
    assert "These places cannot all be this car's" in printed
    found = [row for row in told(database, "finding") if row["kind"] == "location"]
    assert len(found) == 3
    assert all(any("cannot all be" in doubt for doubt in row["doubts"]) for row in found)


def test_a_doubtful_finding_without_a_place_makes_nothing_capable(tmp_path: Path) -> None:
    """A program that names a maker's modules is no modem."""
    image = make_tar(
        tmp_path / "image.tar", {"usr/lib/plugins/libplugin-quectel.so": b"\x7fELF" + b"quectel plugin\0" * 40}
    )
    assert "car: nothing-seen" in scan(tmp_path / "a.db", image, "--asset", "car")


def test_numbers_of_a_device_with_a_sim_make_capable_and_a_cars_own_number_does_not(tmp_path: Path) -> None:
    status = tmp_path / "lte.txt"
    status.write_text(f"LTE status\nIMEI: {NAMED}\nIMSI: 001010123456789\nstate: connected\n")
    printed = scan(tmp_path / "a.db", status, "--asset", "car")
    assert "car: capable" in printed
    assert "a number was seen that only devices with a SIM card have" in printed
    page = tmp_path / "vin.txt"
    page.write_text("vehicle status\nVIN: WVWZZZ1JZXW000001\nstate: parked\n")
    assert "van: capable" not in scan(tmp_path / "a.db", page, "--asset", "van")


def test_advice_on_an_image_speaks_of_no_drive(tmp_path: Path) -> None:
    program = b"\x7fELF" + b"\0ofono_modem_register\0ofono_sim_read\0org.ofono.Manager\0" * 3
    printed = scan(tmp_path / "a.db", make_tar(tmp_path / "image.tar", {"usr/sbin/ofonod": program}), "--asset", "unit")
    assert "unit: capable" in printed
    next_step = re.search(r"Next: [^.]*\.", printed)
    assert next_step
    assert "record" not in next_step[0]
    assert "driving" not in next_step[0]


def test_what_went_to_the_cars_own_network_is_said_to_have_stayed_there(tmp_path: Path) -> None:
    frames = [
        datagram(n * 30.0, "192.168.1.20", "192.168.1.9", 5055, report(NAMED, 52.5 + n / 1000, 13.4, n * 30.0))
        for n in range(5)
    ]
    database = tmp_path / "a.db"
    printed = scan(database, write(tmp_path / "a.pcap", frames), "--asset", "car", "--scope", "192.168.1.20")
    assert "car: reports-location" in printed
    location = finding(database, "location")
    assert location["severity"] == "medium"
    assert "far end is on the local network" in location["doubts"]
