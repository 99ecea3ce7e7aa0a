"""The planted car of ``iotwatch demo``: our own captures, and what they lack made here from bytes.

Every value is reserved for documentation (RFC 5737, RFC 2606, RFC 7042) or a test number; the private key is made from
fixed bytes, so that it protects nothing and every run gives the same sources.
"""

from __future__ import annotations

import io
import random
import shutil
import struct
import tarfile
from pathlib import Path

from iotwatch.errors import UnreadableSource
from iotwatch.handoff import rules

ASSET = "demo-car"

_TAKEN = (
    "at-quectel/ttyUSB2-at.log",
    "dns-and-tls/dns-and-tls.pcapng",
    "firmware/unit-1-flash.bin",
    "gnss-local/ttyUSB1-nmea.log",
    "gt06-tracker/gt06-tracker.pcap",
    "modem-log/modem-log.ndjson",
    "mqtt-position/mqtt-position.pcap",
    "sim-locator/sim-locator.pcap",
    "tag-along/tag-along.pcap",
    "radio-gsm-tracker/sweep.csv.gz",
)
_MADE_AT = 1_795_311_000  # 2026-11-22, the day of the captures: an archive's times are part of its bytes
# The people's words on the car, and two logs: assistance turned on by AT command (Quectel EC2x GNSS application note:
# AT+QGPSXTRA), and a kernel log of Linux in which a receiver names its maker on USB.
_CAR = Path(__file__).with_name("car")
_LOGS = ("kernel.log", "ttyUSB3-at.log")
# A drive with two stops, noted in case.toml: from second to second, and what speaks TLS every half minute of it.
_DRIVE_AT = 1_795_255_200
_LEGS = ((0, 900), (2100, 3000), (4200, 4800))
_SETTINGS = b"server=gps.tracker-cloud.example\nport=7018\ninterval=10\n"


def build(folder: Path) -> Path:
    """Fill ``folder`` with the car's sources, ``case.toml`` and ``baseline.toml``; gives the folder of the sources.

    ``UnreadableSource`` when the project's captures are neither packaged nor in a checkout.
    """
    captures = rules.captures()
    sources = folder / "sources"
    try:
        sources.mkdir(parents=True, exist_ok=True)
        for name in _TAKEN:
            shutil.copyfile(captures / name, sources / Path(name).name)
        for name in _LOGS:
            shutil.copyfile(_CAR / name, sources / name)
        update = {"etc/tracker.conf": _SETTINGS, "etc/ssl/unit.pem": _private_key()}
        (sources / "unit-2-update.tar").write_bytes(_archive(update))
        (sources / "encrypted-reports.pcap").write_bytes(_encrypted_reports())
        for name in ("case.toml", "baseline.toml"):
            shutil.copyfile(_CAR / name, folder / name)
    except OSError as error:
        raise UnreadableSource(f"cannot build the demo car in {folder}: {error}") from error
    return sources


def _encrypted_reports() -> bytes:
    """A capture of bare IPv4: records of TLS 1.2 in one connection, whenever the car moves (RFC 5246 section 6.2)."""
    noise = random.Random(1)  # noqa: S311  no secret: every run gives the same bytes
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    times = [second for first, last in _LEGS for second in range(first + 5, last, 30)]
    for number, second in enumerate(times):
        record = struct.pack(">BHH", 0x17, 0x0303, 120) + noise.randbytes(120)
        segment = struct.pack(">HHIIBBHHH", 49152, 443, 1 + number * len(record), 1, 0x50, 0x18, 8192, 0, 0) + record
        ends = bytes((192, 0, 2, 10, 198, 51, 100, 44))
        packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0) + ends + segment
        out += struct.pack("<IIII", _DRIVE_AT + second, 0, len(packet), len(packet)) + packet
    return out


def _private_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), _MADE_AT
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()
