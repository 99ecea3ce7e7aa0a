"""Look-up requests in XML: Skyhook's LocationRQ and Yandex Locator's ya_lbs_request, also inside a form field.

Sources: Skyhook "Hybrid Positioning System API" 2.x (access-point, mac as 12 hex digits, signal-strength; gsm-tower);
Yandex Locator API 1.1 (gsm_cells, wifi_networks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.generic.radio import MAX_RADIO, bssid_of, cell_is_real
from iotwatch.decode.message import AccessPoint, Cell, Claim, Message, by_head
from iotwatch.decode.units import units
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream

_HEAD = rb"(?:xml=)?\s{0,16}(?:<\?xml[^>]{0,128}>)?\s{0,16}<(LocationRQ|ya_lbs_request)\b"
_START = regex(_HEAD)
_POINT = regex(rb"<(access-point|network)\b[^>]{0,256}>(.{0,384}?)</\1>", re.DOTALL)
_CELL = regex(rb"<(gsm-tower|umts-tower|lte-tower|cell)\b[^>]{0,256}>(.{0,384}?)</\1>", re.DOTALL)
_VALUE = regex(rb"<([a-z-_]{1,32})>\s{0,8}([0-9A-Fa-f:.-]{1,32})\s{0,8}</\1>")
_LONGEST = 1 << 18
_NAMES = {b"LocationRQ": "skyhook", b"ya_lbs_request": "yandex-locator"}
_MCC, _MNC = ("mcc", "countrycode"), ("mnc", "operatorid")
_AREA, _NUMBER = ("lac", "tac", "tracking-area-code"), ("ci", "cellid", "cell-id", "eucid")


class LookupXml:
    """Access points and cells of a request; an answer has none and says nothing."""

    name = "lookup-xml"
    anchors = (_HEAD,)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, _START.match(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            found = _START.match(stream.data, start, end)
            if found is None:
                continue
            end = min(end, start + _LONGEST)
            points, cells = _points(stream.data, start, end), _cells(stream.data, start, end)
            if points or cells:
                fields = {"purpose": "lookup", "form": "xml"}
                when = stream.time_at(start)
                yield Message(
                    _NAMES[found[1]], stream, (start, end), when, fields=fields, cells=cells, access_points=points
                )


def _values(body: bytes) -> dict[str, str]:
    return {found[1].decode("ascii"): found[2].decode("ascii") for found in _VALUE.finditer(body)}


def _points(data: bytes, start: int, end: int) -> tuple[AccessPoint, ...]:
    points: dict[str, AccessPoint] = {}
    for found in _POINT.finditer(data, start, end):
        values = _values(found[2])
        address = bssid_of(values.get("mac", ""))
        if address is not None and len(points) < MAX_RADIO:
            signal = values.get("signal-strength", values.get("signal_strength", ""))
            points.setdefault(address, AccessPoint(address, int(signal) if re.fullmatch(r"-\d{1,3}", signal) else None))
    return tuple(points.values())


def _cells(data: bytes, start: int, end: int) -> tuple[Cell, ...]:
    cells: dict[Cell, None] = {}
    for found in _CELL.finditer(data, start, end):
        values = _values(found[2])
        numbers = [_first(values, names) for names in (_MCC, _MNC, _AREA, _NUMBER)]
        if None not in numbers and len(cells) < MAX_RADIO:
            mcc, mnc, area, number = (int(one or 0) for one in numbers)
            if cell_is_real(mcc, mnc, area, number):
                cells.setdefault(Cell(mcc, mnc, area, number))
    return tuple(cells)


def _first(values: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((values[name] for name in names if values.get(name, "").isdecimal()), None)


LOOKUP_XML = LookupXml()
