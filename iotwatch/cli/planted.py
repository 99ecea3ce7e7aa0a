"""The planted car of ``iotwatch demo``: our own captures, and what they lack made here from bytes.

Every value is reserved for documentation (RFC 5737, RFC 2606, RFC 7042) or a test number; the private key is made from
fixed bytes, so that it protects nothing and every run gives the same sources.
"""

from __future__ import annotations

import io
import shutil
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
    "mqtt-position/mqtt-position.pcap",
)
_FAR_END = "gps.tracker-cloud.example"
_MADE_AT = 1_795_311_000  # 2026-11-22, the day of the captures: an archive's times are part of its bytes

_CASE = f"""\
# The planted car of `iotwatch demo`. All devices and numbers are made up.
operator = "A. Example, example fleet security"
asset = "{ASSET}"
place = "bench"
legal_basis = "own vehicle, owner's written order"
scope = ["192.0.2.10", "2001:db8:1::10", "00:00:5e:00:53:10"]
notes = "Six captures of the project, and three small sources made by the demo."

[[phases]]
name = "parked"
from = 2026-11-22T01:38:30Z
to = 2026-11-22T01:39:30Z

[[phases]]
name = "driving"
from = 2026-11-22T01:39:30Z
to = 2026-11-22T01:40:30Z
"""
_BASELINE = """\
author = "A. Example"
reason = "the maker's telematics unit of this model runs ModemManager (made up for the demo)"

[[expected]]
kind = "module"
vendor = "freedesktop.org"
"""
# Assistance turned on by AT command (Quectel EC2x GNSS application note: AT+QGPSXTRA).
_ASSISTANCE = b"AT+QGPSXTRA=1\r\nOK\r\nAT+QGPSXTRA?\r\n+QGPSXTRA: 1\r\nOK\r\n"
# A kernel log of Linux: a receiver that names its maker on USB.
_KERNEL = b"""\
[    4.201871] usb 1-1.3: new full-speed USB device number 5 using xhci_hcd
[    4.309120] usb 1-1.3: New USB device found, idVendor=1546, idProduct=01a7, bcdDevice= 1.00
[    4.309127] usb 1-1.3: New USB device strings: Mfr=1, Product=2, SerialNumber=0
[    4.309131] usb 1-1.3: Product: u-blox 7 - GPS/GNSS Receiver
[    4.309134] usb 1-1.3: Manufacturer: u-blox AG - www.u-blox.com
[    4.330662] cdc_acm 1-1.3:1.0: ttyACM0: USB ACM device
"""


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
        for name, data in _made().items():
            (sources / name).write_bytes(data)
        (folder / "case.toml").write_text(_CASE, encoding="utf-8")
        (folder / "baseline.toml").write_text(_BASELINE, encoding="utf-8")
    except OSError as error:
        raise UnreadableSource(f"cannot build the demo car in {folder}: {error}") from error
    return sources


def _made() -> dict[str, bytes]:
    files = {
        "etc/tracker.conf": f"server={_FAR_END}\nport=7018\ninterval=10\n".encode(),
        "etc/ssl/unit.pem": _private_key(),
    }
    return {"unit-2-update.tar": _archive(files), "ttyUSB3-at.log": _ASSISTANCE, "kernel.log": _KERNEL}


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
