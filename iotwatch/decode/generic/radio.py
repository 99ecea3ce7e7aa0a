"""Cells and access points: a place for whoever looks them up, without any coordinate (reference facts: payloads, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from iotwatch.decode.generic.tree.node import ARRAY, NUMBER, TEXT, Node, Scalar
from iotwatch.decode.generic.vocabulary import VOCABULARY
from iotwatch.decode.message import AccessPoint, Cell
from iotwatch.patterns import regex

_SQUEEZE = regex(r"[^a-z0-9]")
_WORDS = VOCABULARY.radio
_TELLING = _WORDS.cell | _WORDS.bssid | _WORDS.mac | _WORDS.listed_points | _WORDS.listed_cells
"""Without one of these names a group tells no cell and no access point."""
_WIFI = regex(r"wi-?fi|wlan|access_?points?|^aps?$|bssid|hotspot|^macs$|ap_?list|scan", re.IGNORECASE)
_NOT_WIFI = regex(r"blue|beacon|ble|bt", re.IGNORECASE)
_WIFI_QUERY = regex(r"/(?:[^?]{0,64}/)?(?:wi-?fi|wlan|ap|bssid)(?:/|\.[a-z]{2,5})?(?:\?|$)", re.IGNORECASE)
_FLAT = regex(r"(?:lte|nr|eutra|5g|eci|nci|eutrancid|nrcellid)$", re.IGNORECASE)
_ADDRESS = regex(r"[0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2}){5}$")
_BARE_ADDRESS = regex(r"[0-9A-Fa-f]{12}$")
_LISTED = regex(r"(?<![0-9A-Fa-f:])([0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5})(?:,(-?\d{1,3}))?(?:,([^|,;]{0,32}))?")
_CELL_TEXT = regex(r"(\d{3})[,\-:](\d{1,3})[,\-:](\d{1,5})[,\-:](\d{1,10})(?![\d.])")
MAX_RADIO = 512
_PLACEHOLDERS = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "02:00:00:00:00:00"})


class Radio(msgspec.Struct, frozen=True, gc=False):
    """Cells and access points in the payload's order, each once, with the range that holds them all."""

    cells: tuple[Cell, ...]
    points: tuple[AccessPoint, ...]
    span: tuple[int, int]

    def __bool__(self) -> bool:
        return bool(self.cells or self.points)


SILENCE = Radio((), (), (0, 0))


def radio(root: Node, target: str = "") -> Radio:
    """All cells and access points of a tree; ``target`` is what an HTTP request asked for, whose path may speak of Wi-Fi."""
    cells: dict[Cell, None] = {}
    points: dict[str, AccessPoint] = {}
    spans: list[tuple[int, int]] = []
    for node, above in root.walk():
        if node.kind == ARRAY:
            found: list[Cell | AccessPoint] = list(_bare_list(node, above))
        else:
            leaves = _by_name(reversed(node.leaves()))
            found = []
            if not _TELLING.isdisjoint(leaves):
                found = [*_cells(leaves, above, node), *_points(leaves, node, above), *_texts(leaves)]
            if not above and not found and _WIFI_QUERY.match(target):
                found = list(_asked(leaves))
        for one in found:
            if isinstance(one, Cell):
                cells.setdefault(one)
            else:
                points.setdefault(one.bssid, one)
        if found:
            spans.append((node.start, node.end))
        if len(cells) + len(points) >= MAX_RADIO:
            break
    span = (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (0, 0)
    return Radio(tuple(cells), tuple(points.values()), span)


def _by_name(leaves: Iterable[Node]) -> dict[str, Node]:
    return {_squeezed(leaf.key): leaf for leaf in leaves}


@lru_cache(maxsize=4096)
def _squeezed(key: str) -> str:
    return _SQUEEZE.sub("", key.lower())


def _first(leaves: dict[str, Node], names: frozenset[str]) -> Node | None:
    return next((leaves[name] for name in leaves if name in names), None)


def _whole(value: Scalar, *, hexadecimal: bool = False) -> int | None:
    if isinstance(value, bool) or value is None or isinstance(value, bytes):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else None
    if isinstance(value, int):
        return value
    text = value.strip()
    if text.isdecimal() and len(text) <= 16 and not hexadecimal:
        return int(text)
    if re.match(r"(?:0x)?[0-9A-Fa-f]{1,10}$", text) and (hexadecimal or text[:2] == "0x" or len(text) >= 4):
        return int(text, 16)
    return None


def _asked(leaves: dict[str, Node]) -> Iterator[AccessPoint]:
    """The one access point that a request to a service of access points asks for."""
    leaf = _first(leaves, _WORDS.mac)
    address = bssid_of(leaf.value) if leaf is not None and isinstance(leaf.value, str) else None
    if address is not None:
        yield AccessPoint(address)


def _cells(leaves: dict[str, Node], above: Sequence[Node], node: Node) -> Iterator[Cell]:
    """The cell of an object. LTE and NR number their cells network-wide (3GPP TS 23.003, 19.6): there the area may be unsaid."""
    area, cell = _first(leaves, _WORDS.area), _first(leaves, _WORDS.cell)
    if cell is None:
        return
    mcc, mnc = _network(leaves, above)
    flag = leaves.get("flag")
    hexadecimal = flag is not None and _whole(flag.value) == 16
    lac = _whole(area.value, hexadecimal=hexadecimal) if area is not None else None
    cid = _whole(cell.value, hexadecimal=hexadecimal)
    if area is None and (_FLAT.search(cell.key) or any(_FLAT.match(one.key) for one in (*above[-2:], node))):
        lac = 0
    if cid is None or mcc is None or mnc is None or lac is None:
        return
    if cell_is_real(mcc, mnc, lac, cid):
        yield Cell(mcc, mnc, lac, cid)


def cell_is_real(mcc: int, mnc: int, lac: int, cid: int) -> bool:
    """Whether the numbers can name a cell (3GPP TS 23.003: MCC 200 to 799 in use, 36 bits of NR cell identity)."""
    return 200 <= mcc <= 799 and 0 <= mnc <= 999 and 0 <= lac <= 0xFFFFFF and 0 < cid < 1 << 36


def _network(leaves: dict[str, Node], above: Sequence[Node]) -> tuple[int | None, int | None]:
    """Country and network code of the group itself or of what is around it."""
    around = [leaves]
    around += [_by_name(node.leaves()) for node in above[:-4:-1]]
    for those in around:
        mcc, mnc = _first(those, _WORDS.mcc), _first(those, _WORDS.mnc)
        if mcc is not None and mnc is not None:
            return _whole(mcc.value), _whole(mnc.value)
        plmn = _first(those, _WORDS.plmn)
        if plmn is not None:
            digits = re.sub(r"\D", "", str(plmn.value))
            if len(digits) in (5, 6):
                return int(digits[:3]), int(digits[3:])
    return None, None


def bssid_of(text: str) -> str | None:
    """``aa:bb:cc:dd:ee:ff`` of an address with colons, dashes or nothing between; ``None`` when it is none or a placeholder."""
    text = text.strip()
    if _ADDRESS.match(text):
        address = ":".join(part.zfill(2) for part in re.split("[:-]", text.lower()))
    elif _BARE_ADDRESS.match(text) and not text.isdigit():
        address = ":".join(text.lower()[at : at + 2] for at in range(0, 12, 2))
    else:
        return None
    return None if address in _PLACEHOLDERS else address


def _points(leaves: dict[str, Node], node: Node, above: Sequence[Node]) -> Iterator[AccessPoint]:
    path = [one.key for one in (*above, node) if one.key]
    named = _first(leaves, _WORDS.bssid)
    signal = _first(leaves, _WORDS.signal)
    listed = any(_WIFI.search(key) for key in path) and not any(_NOT_WIFI.search(key) for key in path[-2:])
    leaf = named
    if leaf is None and listed:
        leaf = _first(leaves, _WORDS.mac)
        in_list = bool(above) and any(one.kind == ARRAY for one in (*above[-2:], node))
        if leaf is not None and signal is None and not in_list:
            return
    if leaf is None or not isinstance(leaf.value, str):
        return
    address = bssid_of(leaf.value)
    if address is None:
        return
    ssid = _first(leaves, _WORDS.ssid)
    strength = _whole(signal.value) if signal is not None else None
    yield AccessPoint(address, strength, str(ssid.value) if ssid is not None and isinstance(ssid.value, str) else "")


def _texts(leaves: dict[str, Node]) -> Iterator[Cell | AccessPoint]:
    """Lists in one text: ``bts=460,0,6338,62755,-66``, ``macs=aa:bb:...,-50,name|...`` (Amap)."""
    for key, leaf in leaves.items():
        if not isinstance(leaf.value, str):
            continue
        if key in _WORDS.listed_cells:
            for match in _CELL_TEXT.finditer(leaf.value[:8192]):
                numbers = [int(part) for part in match.groups()]
                if cell_is_real(*numbers):
                    yield Cell(*numbers)
        elif key in _WORDS.listed_points:
            for match in _LISTED.finditer(leaf.value[:8192]):
                address = bssid_of(match[1])
                if address is not None:
                    yield AccessPoint(address, int(match[2]) if match[2] else None, match[3] or "")


def _bare_list(node: Node, above: Sequence[Node]) -> Iterator[AccessPoint]:
    """A list of addresses alone, or of ``[address, signal]``, under a key that speaks of Wi-Fi."""
    keyed = next((one.key for one in (node, *reversed(above)) if one.key), "")
    if not _WIFI.search(keyed) or _NOT_WIFI.search(keyed):
        return
    for index, child in enumerate(node.children[:MAX_RADIO]):
        if child.kind == TEXT and (address := bssid_of(str(child.value))) is not None:
            after = node.children[index + 1] if index + 1 < len(node.children) else None
            signal = after.value if after is not None and after.kind == NUMBER else None
            yield AccessPoint(address, signal if isinstance(signal, int) else None)


def purpose(root: Node, found: Radio, target: str) -> str:
    """Which look-up the payload is for, by the shapes that are known; empty when it is none of them."""
    keys = {child.key for node, _ in root.walk() for child in node.children[:64]}
    app = next((str(child.value) for child in root.children if child.key == "appId"), "")
    if app in ("AGNSS", "AGPS", "PGPS"):
        return "assistance"
    known = keys & {
        *("cellTowers", "wifiAccessPoints", "considerIp", "WiFiAccessPoints", "CellTowers", "accesstype", "nearbts"),
        *("bts", "mmac", "macs", "homeMobileCountryCode", "accessPoints"),
    }
    asked = app in ("CELL_POS", "SCELL", "MCELL", "WIFI", "GROUND_FIX") or re.search(
        r"geolocat|/position|locat|wloc|process\.php|triangulat|position_estimate", target.lower()
    )
    if not found or not (known or asked):
        return ""
    if found.cells and found.points:
        return "cell-and-wifi-lookup"
    return "cell-lookup" if found.cells else "wifi-lookup"
