"""One file for each opener: what makes it the first that claims the file, or something inside."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import dpkt

from tests import advertised, air, modem_logs
from tests.decode.sim.files import cap_bytes
from tests.decode.test_frames import location, ubx
from tests.decode.usb.captures import Capture
from tests.decode.usb.modem import WAYS, captured, conversation
from tests.open import binary_logs
from tests.read.files.test_snoop import btsnoop, snoop

CAPTURES = Path(__file__).parents[2] / "captures"
GT06 = CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"
NMEA = CAPTURES / "gnss-local" / "ttyUSB1-nmea.log"


def gt06_snoop() -> bytes:
    """The capture of the GT06 tracker, its packets unchanged, as Solaris' snoop writes it."""
    reader = dpkt.pcap.Reader(io.BytesIO(GT06.read_bytes()))
    return snoop([frame for _, frame in reader], link=4)


def advertisement() -> bytes:
    """An event of a Bluetooth controller: an aircraft's Remote ID advertisement, heard at 47.37, 8.53."""
    data = b"\x1e\x16\xfa\xff\x0d\x01" + location(47.37, 8.53)
    address = bytes.fromhex("665544332211")
    size = bytes((len(data) + 12,))
    return b"\x04\x3e" + size + b"\x02\x01\x03\x01" + address + bytes((len(data),)) + data + b"\xc4"


def diagnostics() -> bytes:
    """A log of a modem that knows where it is."""
    reports = (modem_logs.position(50.1109 + n / 1000, 8.6821, 1_451_300_000 + n) for n in range(3))
    return modem_logs.qmdl(modem_logs.packet(0x1476, one, 1_451_300_000 + n) for n, one in enumerate(reports))


def diagnostic_port() -> bytes:
    """The same log on the diagnostic port of a modem on USB."""
    capture = Capture("usbmon-mmap")
    log = diagnostics()
    for at in range(0, len(log), 200):
        capture.bulk(7, 0x83, log[at : at + 200])
    return capture.pcap()


def sdm() -> bytes:
    """Five frames of Samsung's diagnostics."""
    return (b"\x7f" + (20).to_bytes(2, "little") + bytes(18) + b"\x7e") * 5


def receiver() -> bytes:
    """Three position frames of a u-blox receiver between other bytes."""
    fixes = (struct.pack("<Iiiiii", n, -688066651, 447654405 + n, 0, 0, 0) + bytes(4) for n in range(3))
    return b"\0\0\0".join(ubx(b"\x01\x02", fix) for fix in fixes)


def tar() -> bytes:
    """An archive with a log in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("var/log/gps.log")
        entry.size = NMEA.stat().st_size
        archive.addfile(entry, io.BytesIO(NMEA.read_bytes()))
    return out.getvalue()


def zeek() -> bytes:
    """A Zeek log of one connection."""
    head = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n"
    return (head + "1700000000.25\t192.168.1.20\t4000\t198.51.100.7\t443\ttcp\n").encode()


def at_sockets() -> bytes:
    """A module's dialogue in which it sends a report by its own socket."""
    return b"\r\n".join(
        (
            *(
                b"ATI",
                b"SIM800 R14.18",
                b"",
                b"OK",
                b'AT+CIPSTART="TCP","203.0.113.20",9000',
                b"OK",
                b"",
                b"CONNECT OK",
            ),
            *(b"AT+CIPSEND=29", b"> lat=47.497913&lon=19.0402364", b"SEND OK", b""),
        )
    )


def record() -> bytes:
    """A track inside an archive."""
    times = [f"2026-01-05T08:00:{n:02d}Z" for n in range(9)]
    points = "".join(
        f'<trkpt lat="{48.1 + n / 1000}" lon="11.5"><time>{time}</time></trkpt>' for n, time in enumerate(times)
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("tracks/a.gpx", f'<?xml version="1.0"?><gpx><trk><trkseg>{points}</trkseg></trk></gpx>')
    return held.getvalue()


def people() -> bytes:
    """A track inside an archive that names the driver beside each place."""
    rows = (f"2026-01-05T08:00:{n:02d}Z,{48.1 + n / 1000},Ottilie,11.5\n" for n in range(9))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("tracks/a.csv", "time,latitude,driver,longitude\n" + "".join(rows))
    return held.getvalue()


def sweep() -> bytes:
    """Two minutes of a sweep in which one device reports every twelve seconds."""
    return air.rtl_power(air.Air(120, [air.tracker(842e6, 12, 120)]), 832e6, 862e6)


FILES: dict[str, Callable[[], bytes]] = {
    "pcap": GT06.read_bytes,
    "pcapng": (CAPTURES / "jt808-tracker" / "jt808-tracker.pcapng").read_bytes,
    "snoop": gt06_snoop,
    "btsnoop": lambda: btsnoop([advertisement()]),
    "packetlogger": lambda: advertised.packetlogger(advertised.scene()),
    "kismet": lambda: advertised.kismet(advertised.scene()),
    "bug-report": lambda: advertised.bug_report(advertised.scene()),
    "compressed": lambda: gzip.compress(GT06.read_bytes(), mtime=0),
    "sweep": sweep,
    "samples": lambda: air.samples([(0.4, 0.7)], 256e3, 1.0, 40e3, "cf32_le"),
    "sigmf-meta": lambda: (
        b'{"global": {"core:datatype": "ci16_le", "core:sample_rate": 1e6}, "captures": [{"core:frequency": 9e8}]}'
    ),
    "unread": lambda: b"LOGG\x90\0\0\0" + bytes(136),
    "diagnostics": diagnostics,
    "diagnostic-port": diagnostic_port,
    "sdm": sdm,
    "rayhunter": lambda: modem_logs.analysis(("NAS IMSI identity request detected", "Informational")),
    "rayhunter-place": lambda: b'{"latest_packet_timestamp": null, "system_time": "x", "lat": 50.1, "lon": 8.6}',
    "utf-16": lambda: NMEA.read_bytes().decode("ascii").encode("utf-16"),
    "zeek": zeek,
    "text": NMEA.read_bytes,
    "document": lambda: b"\x89PNG\r\n\x1a\n" + bytes(600),
    "receiver": receiver,
    "card-file": cap_bytes,
    "image": tar,
    "record": record,
    "people": people,
    "blob-table": lambda: binary_logs.tarred("events.db", binary_logs.blobs(binary_logs.DRIVE)),
    "binary-log": lambda: binary_logs.delimited(binary_logs.DRIVE),
    "module-sockets": at_sockets,
    "payload": (CAPTURES / "http-gzip-batch" / "http-gzip-batch.pcap").read_bytes,
    "frames": lambda: captured("usbmon-mmap", next(iter(WAYS)), conversation(), descriptors=True, buffer=1 << 20),
}
# Where the name of a file tells what it is.
NAMES = {"samples": "gqrx_20260301_090000_897400000_256000_fc.raw"}
