"""Log packets that name the serving cell in clear, without ASN.1: operator, area and cell.

Layouts, little-endian: SCAT's ``diagltelogparser.py`` (B0C2), ``diaggsmlogparser.py`` (5134), ``diagwcdmalogparser.py`` (4127) and
``diagnrlogparser.py`` (B823), held against its test vectors. A cell is where the network keeps the modem: a place can be looked
up from it, and nothing says that anybody did.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from iotwatch.decode.cellular.subscriber import network
from iotwatch.decode.message import Message, Trait
from iotwatch.read.diagnostics import LogPackets
from iotwatch.words.kinds import Kind

_Cell = tuple[int, int, int, int]
_LTE = {2: struct.Struct("<HHHBBIHIHBHB"), 3: struct.Struct("<HIIBBIHIHBHB")}
_GSM = struct.Struct("<HBBH5s")
_WCDMA = struct.Struct("<IIIHBxH3s3sII")
_NR = {4: struct.Struct("<HIIHHQHBHBIH"), 0x0003_0002: struct.Struct("<BBBHQIIHHQHBHBIH")}


def _lte(body: bytes) -> _Cell | None:
    form = _LTE.get(body[0])
    if form is None:
        return None
    *_, cell, area, _, country, _, operator, _ = form.unpack_from(body, 1)
    return country, operator, area, cell


def _gsm(body: bytes) -> _Cell | None:
    *_, cell, area = _GSM.unpack_from(body)
    plmn = network(area)
    return (*plmn, int.from_bytes(area[3:], "big"), cell) if plmn else None


def _wcdma(body: bytes) -> _Cell | None:
    _, _, cell, _, _, _, country, operator, area, _ = _WCDMA.unpack_from(body)
    digits = [one for one in (*country, *operator) if one < 10]
    if len(digits) < 5 or max(country) > 9:
        return None
    mcc, mnc = (int("".join(map(str, part))) for part in (digits[:3], digits[3:]))
    return mcc, mnc, area, cell


def _nr(body: bytes) -> _Cell | None:
    form = _NR.get(int.from_bytes(body[:4], "little"))
    if form is None:
        return None
    *_, cell, country, _, operator, _, area, _ = form.unpack_from(body, 4)
    return country, operator, area, cell


READERS: dict[int, Callable[[bytes], _Cell | None]] = {0xB0C2: _lte, 0x5134: _gsm, 0x4127: _wcdma, 0xB823: _nr}


def serving(packets: LogPackets) -> Iterator[Message]:
    """A message for each time the serving cell is another one."""
    before: dict[int, _Cell] = {}
    for number in packets.of(*READERS).tolist():
        radio = packets.radios.item(number)
        try:
            cell = READERS[packets.codes.item(number)](packets.body(number))
        except (struct.error, IndexError):
            continue
        if cell is None or not 100 <= cell[0] <= 999 or cell[1] > 999 or before.get(radio) == cell:
            continue
        before[radio] = cell
        span = packets.span(number)
        trait = Trait(Kind.CELL_SERVING, "-".join(map(str, cell)), span)
        yield Message("diag", packets, span, packets.stamp(number), traits=(trait,))
