"""The signature file: ``signatures/<kind>/<vendor>.toml``, one signature a file, read strictly.

A file that does not fit raises ``SignatureError`` with the file, the line and the key path, as msgspec names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.files.own import ALLOWED, NOT_SIGNATURES, shown
from iotwatch.files.toml import converted, parsed
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
IDENTIFIES: tuple[str, ...] = get_args(Identifies)
FIELDS: tuple[str, ...] = (*get_args(HostField), *get_args(TextField))
HOST_FIELDS = ("host", "dns", "sni", "address")
SELF_DECLARED = frozenset(
    {"agent", "at", "at.command", "dhcp", "imei.tac", "nmea", "oui", "protocol", "usb", "usb.string"}
)
"""What a device says of itself: it can be forged, so that alone it is at most ``likely``."""


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
    """What names a maker, module, host program, chip, endpoint or operator: data that a person can read and test.

    ``file`` is where one of the user's own stands; findings name it. Empty for what is shipped.
    """

    id: str
    title: str
    vendor: str
    country: str
    identifies: Identifies
    match: tuple[Rule, ...]
    example: tuple[Example, ...] = ()
    product: str = ""
    note: str = ""
    file: str = ""


def read_signatures(folder: Path) -> tuple[Signature, ...]:
    """Read every signature below ``folder``, in the order of their paths; an unknown kind of folder is an error."""
    files = sorted(file for file in folder.glob("*/*.toml") if file.parent.name != "tables")
    for file in files:
        if file.parent.name not in KINDS:
            raise SignatureError(f"{file}: the folder is none of {', '.join(KINDS)}")
    found = _read(folder, files)
    for file, signature in zip(files, found, strict=True):
        if signature.identifies + "s" != file.parent.name:
            raise SignatureError(f"{file}: `$.identifies` is {signature.identifies!r}, its folder {file.parent.name!r}")
    return found


def read_own(folder: Path) -> tuple[Signature, ...]:
    """Read the user's own signatures: ``*.toml`` in ``folder`` and in the folders in it, whatever these are called."""
    files = sorted(
        file
        for file in (*folder.glob("*.toml"), *folder.glob("*/*.toml"))
        if file.parent.name not in NOT_SIGNATURES and file.name != ALLOWED
    )
    return tuple(
        msgspec.structs.replace(one, file=shown(file, folder), match=tuple(_allowed(rule, one) for rule in one.match))
        for file, one in zip(files, _read(folder, files), strict=True)
    )


def _allowed(rule: Rule, signature: Signature) -> Rule:
    """The rule as sure as it may be: what was never shown to anybody is ``possible``, and what can be forged ``likely``."""
    if not rule.source:
        return msgspec.structs.replace(rule, confidence="possible")
    made = all(one.origin == "made" for one in signature.example if one.matches and one.field == rule.field)
    if rule.confidence == "certain" and (made or rule.field in SELF_DECLARED):
        return msgspec.structs.replace(rule, confidence="likely")
    return rule


def _read(folder: Path, files: Sequence[Path]) -> tuple[Signature, ...]:
    try:
        said = parsed(folder, files)
    except msgspec.DecodeError as error:
        raise SignatureError(str(error)) from error
    except OSError as error:
        raise SignatureError(f"{error.filename}: cannot be read: {error.strerror}") from error
    return tuple(converted(file, one, Signature) for file, one in zip(files, said, strict=True))
