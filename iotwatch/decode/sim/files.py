"""Files of a card that tell whose it is and where it was (3GPP TS 31.102 sections 4.2 and 4.4, TS 51.011 section 10).

Files with keys have no reader here, and what stands in them goes no further than the bytes of the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from iotwatch.decode.cellular.subscriber import plmn
from iotwatch.decode.sim import sms
from iotwatch.decode.sim.cells import area
from iotwatch.words.identity import is_iccid, is_imsi, is_phone
from iotwatch.words.kinds import Kind

MASTER, ROOT_5GS = 0x3F00, 0x5FC0
_STATES = ("updated", "not updated", "network not allowed", "area not allowed")
_DELETED, _RECEIVED, _UNREAD, _SENT, _WAITS = 0, 1, 3, 5, 7
_KEPT = {_DELETED: "deleted", _RECEIVED: "received", _UNREAD: "received, unread", _SENT: "sent", _WAITS: "to be sent"}


class Stored(msgspec.Struct, frozen=True):
    """One statement of a file: a number (``kind`` says which) or a place of ``Kind.SIM_PLACE`` with its facts."""

    kind: Kind
    value: str
    facts: dict[str, Any] = {}


def _of_place(file: str, at: int, size: int = 2) -> Callable[[bytes], Iterator[Stored]]:
    """A file with the area of the last registration at byte ``at``, and whether that held in its last byte."""

    def read(data: bytes) -> Iterator[Stored]:
        found = area(data[at:], size=size)
        if found is None or len(data) <= at + 3 + size:
            return
        status = data[-1] & 7
        facts = {"file": file, "plmn": found.plmn, "mcc": found.mcc, "mnc": found.mnc, "area": found.area, "cell": None}
        if status < len(_STATES):
            facts["status"] = _STATES[status]
        yield Stored(Kind.SIM_PLACE, f"{file} {found.text}", facts)

    return read


def _forbidden(data: bytes) -> Iterator[Stored]:
    """EF_FPLMN: networks that refused the card, so that it was where they are."""
    networks = [plmn(data[at : at + 3]) for at in range(0, min(len(data), 300) - 2, 3)]
    digits = list(dict.fromkeys("".join(one) for one in networks if one))
    if digits:
        facts = {"file": "FPLMN", "plmn": digits[-1], "plmns": digits, "area": None, "cell": None}
        yield Stored(Kind.SIM_PLACE, f"FPLMN {' '.join(digits)}", facts)


def _message(data: bytes) -> Iterator[Stored]:
    """A record of EF_SMS: who wrote when; deleted ones keep all but their status."""
    found = sms.stored(data)
    if found is None:
        return
    status, short = found
    facts = {"file": "SMS", "plmn": "", "area": None, "cell": None, "state": _KEPT.get(status & 7, "")}
    yield Stored(Kind.SIM_PLACE, f"SMS {short.other} {short.time} {short.text[:40]}".strip(), facts | sms.told(short))


def _iccid(data: bytes) -> Iterator[Stored]:
    digits = digits_of(data)
    if is_iccid(digits):
        yield Stored(Kind.ICCID, digits)


def _imsi(data: bytes) -> Iterator[Stored]:
    """Length, then digits behind a half byte of parity (TS 31.102 section 4.2.2)."""
    digits = digits_of(data[1 : 1 + data[0]])[1:] if data else ""
    if is_imsi(digits):
        yield Stored(Kind.IMSI, digits)


def _msisdn(data: bytes) -> Iterator[Stored]:
    """A name of any length, then 14 bytes: length, number, what goes with it (TS 31.102 section 4.2.26)."""
    tail = data[-14:] if len(data) >= 14 else b""
    number = sms.address(tail[1 : 1 + tail[0]]) if tail and 2 <= tail[0] <= 11 else ""
    if is_phone(number):
        yield Stored(Kind.MSISDN, number)


def digits_of(data: bytes) -> str:
    """Packed digits up to the filler."""
    text = "".join(f"{one & 15:x}{one >> 4:x}" for one in data).upper()
    return text.rstrip("F")


class File(NamedTuple):
    """An elementary file: its name without ``EF_``, the reader of its body or of one record, and whether it has records."""

    name: str
    read: Callable[[bytes], Iterator[Stored]]
    records: bool = False


_LOCI = File("LOCI", _of_place("LOCI", 4))
_FPLMN = File("FPLMN", _forbidden)
FILES: dict[int, File] = {
    0x2FE2: File("ICCID", _iccid),
    0x6F07: File("IMSI", _imsi),
    0x6F40: File("MSISDN", _msisdn, records=True),
    0x6F7E: _LOCI,
    0x6F53: File("LOCIGPRS", _of_place("LOCIGPRS", 7)),
    0x6F73: File("PSLOCI", _of_place("PSLOCI", 7)),
    0x6FE3: File("EPSLOCI", _of_place("EPSLOCI", 12)),
    0x6F7B: _FPLMN,
    0x6F3C: File("SMS", _message, records=True),
}
"""By the file's identifier; those of DF.5GS are used by other folders too."""
FILES_5GS: dict[int, File] = {
    0x4F01: File("5GS3GPPLOCI", _of_place("5GS3GPPLOCI", 13, 3)),
    0x4F02: File("5GSN3GPPLOCI", _of_place("5GSN3GPPLOCI", 13, 3)),
}
SHORT: dict[int, int] = {0x07: 0x6F07, 0x0B: 0x6F7E, 0x0C: 0x6F73, 0x0D: 0x6F7B, 0x1E: 0x6FE3}
"""Short identifiers inside ADF.USIM (TS 31.102 annex H)."""
SHORT_5GS: dict[int, int] = {0x01: 0x4F01, 0x02: 0x4F02}
SHORT_MASTER: dict[int, int] = {0x02: 0x2FE2}
NAMED: dict[str, File] = {one.name: one for one in (*FILES.values(), *FILES_5GS.values())}


def file_of(folder: int | None, identifier: int) -> File | None:
    """The file that an identifier names inside a folder; ``None`` for one that nobody reads here."""
    return (FILES_5GS if folder == ROOT_5GS else FILES).get(identifier)
