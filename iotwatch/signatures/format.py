"""The signature file: ``signatures/<kind>/<vendor>.toml``, one signature a file, read strictly.

A file that does not fit raises ``SignatureError`` with the file and the key path, as msgspec names them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.files.toml import parsed
from iotwatch.model import Confidence

KINDS = ("modules", "hosts", "boards", "chipsets", "vendors", "endpoints", "operators")

Identifies = Literal["module", "host", "board", "chipset", "vendor", "endpoint", "operator"]

# Host fields take host patterns (see ``hosts``), every other field a google-re2 pattern that is searched for in the
# value. ``host`` stands for all host fields: asked in DNS, named in TLS or HTTP, or written as an address.
HostField = Literal["host", "dns", "sni", "address"]
TextField = Literal[
    "agent", "apn", "at", "at.command", "dhcp", "iccid", "imei.tac", "imsi", "ja4", "mqtt.client", "mqtt.topic", "mqtt.user",
    "nmea", "oui", "path", "payload", "protocol", "realm", "server", "text", "url", "usb", "usb.string",
]  # fmt: skip
HOST_FIELDS = ("host", "dns", "sni", "address")


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fact is from: ``title`` names the document, file or capture, ``says`` what it says."""

    title: str
    says: str


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[match]]``: any of them suffices for the signature, each with its own confidence.

    The groups ``(?P<product>...)`` and ``(?P<version>...)`` of a pattern fill those of the match. A ``weak`` rule
    also hits in software that only drives such a device: a host's own mark in the same bytes makes its match a host's.
    An ``inside`` rule hits only in software that runs on the module or its chip: weak words beside it are borrowed.
    A rule of field ``text`` whose words are generic one by one says how many different ones it takes: ``least``.
    """

    field: HostField | TextField
    pattern: str
    confidence: Literal["possible", "likely", "certain"]
    because: str
    mistaken_for: str
    source: tuple[Origin, ...]
    product: str = ""
    weak: bool = False
    inside: bool = False
    least: int = 1
    purpose: str = ""
    sends_location: bool = False

    @property
    def level(self) -> Confidence:
        return Confidence[self.confidence.upper()]


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value (or the hex of bytes) that must match, or must not. ``real`` was seen in the field, ``manual`` is printed
    in a vendor's document, ``made`` was made up for the test."""

    field: HostField | TextField
    origin: Literal["real", "manual", "made"]
    matches: bool
    value: str = ""
    hex: str = ""

    @property
    def data(self) -> bytes:
        return bytes.fromhex(self.hex) if self.hex else self.value.encode()


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What names a maker, module, host program, chip, endpoint or operator: data that a person can read and test."""

    id: str
    title: str
    vendor: str
    country: str
    identifies: Identifies
    match: tuple[Rule, ...]
    example: tuple[Example, ...] = ()
    product: str = ""
    note: str = ""


def read_signatures(folder: Path) -> tuple[Signature, ...]:
    """Read every signature below ``folder``, in the order of their paths; an unknown kind of folder is an error."""
    files = sorted(file for file in folder.glob("*/*.toml") if file.parent.name != "tables")
    for file in files:
        if file.parent.name not in KINDS:
            raise SignatureError(f"{file}: the folder is none of {', '.join(KINDS)}")
    try:
        said = parsed(folder, files)
    except msgspec.DecodeError as error:
        raise SignatureError(str(error)) from error
    except OSError as error:
        raise SignatureError(f"{error.filename}: cannot be read: {error.strerror}") from error
    found: list[Signature] = []
    for file, one in zip(files, said, strict=True):
        try:
            signature = msgspec.convert(one, Signature, str_keys=True)
        except msgspec.ValidationError as error:
            raise SignatureError(f"{file}: {error}") from error
        if signature.identifies + "s" != file.parent.name:
            raise SignatureError(f"{file}: `$.identifies` is {signature.identifies!r}, its folder {file.parent.name!r}")
        found.append(signature)
    return tuple(found)
