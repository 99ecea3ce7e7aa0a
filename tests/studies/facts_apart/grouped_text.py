"""Text in named or counted groups, with cells and access points: GoSafe, Pt60 and Wristband (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bssid, cell, crc16, imei, place, sides, when
from tests.studies.facts_apart.written import YEAR_2000, scaled, since


def letters_first(one: Place) -> str:
    north, east = sides(one)
    return f"{north}{abs(one.latitude):.6f};{east}{abs(one.longitude):.6f}"


def record(
    draw: random.Random, state: str, cells: int
) -> tuple[str, tuple[Place, ...], tuple[tuple[int, int, int, int], ...]]:
    """One record in the order that the public samples have; ``0`` is V with a zero place."""
    one = place(draw, when(draw), fix=state == "A")
    one = Place(0, 0, one.time, fix=False) if state == "0" else one
    towers = tuple(cell(draw) for _ in range(cells))
    groups = [
        f"{one.time:%H%M%S%d%m%y},{draw.choice(('', '19', '2A'))}",
        draw.choice(("", "SYS:G3S;V1.08;V1.2")),
        f"GPS:{state.replace('0', 'V')};{draw.randrange(3, 13)};{letters_first(one)};"
        f"{draw.choice(('', draw.randrange(99)))};{draw.randrange(360)};"
        f"{draw.randrange(900)};{draw.uniform(0.5, 3):.2f};{draw.uniform(0.5, 3):.2f}",
        f"GSM:0;{draw.randrange(32)}"
        + "".join(f";{a};{b};{c:X};{d:X};-{draw.randrange(51, 99)}" for a, b, c, d in towers),
        draw.choice(("", f"COT:{draw.randrange(10**6)};{draw.randrange(99)}-12-41")),
        draw.choice(("", f"ADC:{draw.uniform(11, 14):.2f};4.11")),
        draw.choice(("", "DTT:4002;E6;0;0;0;1")),
    ]
    return ",".join(group for group in groups if group), (one,), towers


def gosafe(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    for version in ("06", "16", "26", "56"):
        for state, cells in (("A", 0), ("A", 1), ("A", 7), ("V", 1), ("L", 1), ("0", 7)):
            text, places, towers = record(draw, state, cells)
            yield Drawn(
                f"GS{version} {state} {cells} cells",
                f"*GS{version},{number},{text}#".encode(),
                places,
                (number,),
                towers,
            )
    parts = [record(draw, "A", 1) for _ in range(3)]
    data = f"*GS16,{number},{'$'.join(part[0] for part in parts)}#"
    yield Drawn("records", data.encode(), sum((p[1] for p in parts), ()), (number,), sum((p[2] for p in parts), ()))
    one = place(draw)
    unset = f"*GS16,{number},000000000000,,GPS:A;5;{letters_first(one)};0;0;20;1.10;1.20,GSM:0;20#"
    yield Drawn("clock not set", unset.encode(), (one,), (number,))
    for fixed, hdop in ((True, ""), (False, ""), (False, ";1.2")):
        one = place(draw, when(draw))
        data = (
            f"*GS02,{number},GPS:{one.time:%H%M%S};{'1;' if fixed else ''}A;{letters_first(one)};{draw.randrange(99)};"
            f"{draw.randrange(360)}{hdop};{one.time:%d%m%y},STT:20;0,MGR:{draw.randrange(10**6)},ADC:0;11.2#"
        )
        yield Drawn(f"GS02{', fix digit' if fixed else ''}{', HDOP' if hdop else ''}", data.encode(), (one,), (number,))
    yield Drawn("heartbeat", f"*GS06,{number}#".encode(), (), (number,))
    for kind, mask in ((0x01, 0x7F), (0x02, 0x03), (0x41, 0x3F)):
        one = place(draw, when(draw), fix=draw.random() < 0.7)
        yield Drawn(f"binary {kind:02X} {mask:02X}", gosafe_frame(draw, one, kind, mask, number), (one,), (number,))


def gosafe_frame(draw: random.Random, one: Place, kind: int, mask: int, number: str) -> bytes:
    """``F8 ... F8``: the GPS block's fields are those of ``mask``."""
    sizes = {2: 2, 3: 2, 4: 2, 5: 2, 6: 2}
    block = struct.pack(">H", mask) + bytes([one.fix << 5 | draw.randrange(3, 12)])
    block += scaled(one, 1e6)
    block += b"".join(struct.pack(">H", draw.randrange(300)) for bit in sizes if mask >> bit & 1)
    seconds = since(one, YEAR_2000)
    body = bytes([1, kind]) + int(number).to_bytes(7, "big") + struct.pack(">I", seconds)
    body += bytes([draw.randrange(99)]) if kind == 0x41 else b""
    system = b"\x05G3S\x01\x02"
    body += struct.pack(">H", 3) + system + bytes([len(block)]) + block
    body += struct.pack(">H", crc16(body, 0x1021, 0, reflected=False))
    return b"\xf8" + body.replace(b"\x1b", b"\x1b\x00").replace(b"\xf8", b"\x1b\xe3") + b"\xf8"


def pt60(draw: random.Random) -> Iterator[Drawn]:
    """After the place of the bar form stand two decimals more."""
    number, subscriber = imei(draw), f"26201{draw.randrange(10**10):010d}"
    one = place(draw, when(draw))
    data = f"@G#@,V01,6,{number},{subscriber},{one.time:%Y%m%d%H%M%S},{one.latitude:.6f};{one.longitude:.6f},@R#@"
    yield Drawn("G 6", data.encode(), (one,), (number,))
    towers, points = tuple(cell(draw) for _ in range(3)), tuple(bssid(draw) for _ in range(4))
    near = "|".join(f"{a};{b};{c};{d};-{draw.randrange(51, 99)}" for a, b, c, d in towers)
    seen = "|".join(f"{point};{'home'.encode('utf-16-be').hex()};-{draw.randrange(40, 90)}" for point in points)
    data = f"@G#@,V01,43,{number},{subscriber},{when(draw):%Y%m%d%H%M%S},{len(towers)},{near},{len(points)},{seen},@R#@"
    yield Drawn("G 43", data.encode(), (), (number,), towers, points)
    for kind in (13, 14):
        data = f"@G#@,V01,{kind},{number},{subscriber},{when(draw):%Y%m%d%H%M%S},{draw.randrange(40, 9000)},@R#@"
        yield Drawn(f"G {kind}", data.encode(), (), (number,))
    one = place(draw, when(draw))
    head = f"@B#@|01|001|{number}|{subscriber}|{draw.randrange(9)}|{draw.randrange(100)}"
    more = f"{draw.uniform(0, 150):.6f}|{draw.uniform(0, 80):.6f}"
    data = f"{head}|{one.time:%Y%m%d%H%M%S}|{one.latitude:.6f}|{one.longitude:.6f}|{more}|1|@E#@"
    yield Drawn("B 001 place", data.encode(), (one,), (number,))
    for count in (1, 3):
        towers = tuple(cell(draw) for _ in range(count))
        listed = "|".join(f"{d},{c},{b},{a},{draw.randrange(10, 60)}" for a, b, c, d in towers)
        yield Drawn(
            f"B 001 {count} cells", f"{head}|{when(draw):%Y%m%d%H%M%S}|{listed}|2|@E#@".encode(), (), (number,), towers
        )


def wristband(draw: random.Random) -> Iterator[Drawn]:
    """The order of the cells' numbers is as described; the one public sample may be test data. Minutes, no seconds."""
    number = imei(draw)

    def frame(message: str) -> bytes:
        text = f"YX{number}|V1.0|A6|{{{message}}}\r\n".encode()
        return b"\x00\x01\x02" + struct.pack(">H", len(text)) + text + b"\xff\xfe\xfc"

    for count in (1, 3):
        places = tuple(place(draw, when(draw).replace(second=0)) for _ in range(count))
        points = "|".join(
            f"{one.longitude:.6f},{one.latitude:.6f},{one.time:%Y%m%d%H%M},{draw.randrange(20)}" for one in places
        )
        yield Drawn(f"F02 {count}", frame(f"F02#{points}"), places, (number,))
    points = tuple(bssid(draw) for _ in range(3))
    near = "_".join(f"{point},-{draw.randrange(40, 90)}" for point in points)
    towers = tuple(cell(draw) for _ in range(2))
    listed = ":".join(f"{c},{b},{a},{d},{draw.randrange(10, 60)}" for a, b, c, d in towers)
    yield Drawn("F03", frame(f"F03#{near}|{listed}"), (), (number,), towers, points)
    yield Drawn("F04", frame(f"F04#{listed}"), (), (number,), towers)
    yield Drawn("F01", frame(f"F01#{draw.randrange(100)},1,0"), (), (number,))


DIALECTS: dict[str, Dialect] = {"gosafe": gosafe, "pt60": pt60, "wristband": wristband}
