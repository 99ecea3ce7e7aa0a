"""H02 (text and binary) and gps103 (Coban TK103), built from public descriptions.

Left out: the validity ``B`` (nobody tells what it means), broken number forms of H02, its ``X`` form and ``VP1``, and
the decimal form of gps103, which are not fully described.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bcd,
    cell,
    digits,
    hexes,
    imei,
    minutes_pair,
    motion,
    place,
    when,
)


def _packed(draw: random.Random, name: str, one: Place, width: int, total: int) -> bytes:
    """``$`` and BCD: the status word and what fills the frame follow the speed and the course."""
    north, east = round(abs(one.latitude) * 600_000), round(abs(one.longitude) * 600_000)
    flags = one.fix << 1 | (one.latitude > 0) << 2 | (one.longitude > 0) << 3
    text = f"{one.time:%H%M%S%d%m%y}{north // 600_000:02d}{north % 600_000:06d}06{east // 600_000:03d}{east % 600_000:06d}{flags:x}"
    text += f"{draw.randrange(120):03d}{draw.randrange(360):03d}"
    data = b"$" + bcd(name, width) + bytes.fromhex(text) + b"\xff\xff\xfb\xff"
    return data + bytes(total - len(data))


def h02(draw: random.Random) -> Iterator[Drawn]:
    for kind, maker in (("V1", "HQ"), ("V2", "HQ"), ("V6", "TH"), ("V8", "HQ"), ("V1", "YG")):
        for letter in "AV":
            name, one, here = (
                draw.choice((imei(draw), digits(draw, 10))),
                place(draw, when(draw), fix=letter == "A"),
                cell(draw),
            )
            text = f"*{maker},{name},{kind},{one.time:%H%M%S},{letter},{minutes_pair(one)},{motion(draw)},"
            text += f"{one.time:%d%m%y},FFFF{hexes(draw, 4)}"
            yield Drawn(f"{maker} {kind} {letter}", f"{text}#".encode(), (one,), (name,))
            text += "," + ",".join(map(str, here))
            yield Drawn(f"{maker} {kind} {letter} with a cell", f"{text}#".encode(), (one,), (name,), (here,))
    name, here, time = digits(draw, 10), cell(draw), when(draw)
    near = (*here[:2], *cell(draw)[2:])
    text = f"*HQ,{name},NBR,{time:%H%M%S},{here[0]},{here[1]:02d},255,2,{here[2]},{here[3]},46,"
    text += f"{near[2]},{near[3]},30,{time:%d%m%y},FFFFFBFF,5#"
    yield Drawn("cells", text.encode(), (), (name,), (here, near))
    yield Drawn("link", f"*HQ,{name},LINK,{time:%H%M%S},22,9,80,0,0,{time:%d%m%y},FFFFFBFF#".encode(), (), (name,))
    yield Drawn("heartbeat", f"*HQ,{name},HTBT,80#".encode(), (), (name,))
    several = tuple(place(draw, when(draw)) for _ in range(3))
    texts = (
        f"*HQ,{name},V1,{one.time:%H%M%S},A,{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},FFFFFBFF#"
        for one in several
    )
    yield Drawn("several", "".join(texts).encode(), several, (name,))
    for fix in (True, False):
        one, name = place(draw, when(draw), fix=fix), f"4{digits(draw, 9)}"
        yield Drawn(f"binary of 32, fix {fix}", _packed(draw, name, one, 5, 32), (one,), (name,))
        yield Drawn(f"binary of 45, fix {fix}", _packed(draw, name, one, 5, 45), (one,), (name,))
        name = imei(draw)
        yield Drawn(f"binary with a long id, fix {fix}", _packed(draw, name + "0", one, 8, 45), (one,), (name,))


def gps103(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)
    yield Drawn("login", f"##,imei:{name},A;".encode(), (), (name,))
    yield Drawn("heartbeat", f"{name};".encode())
    for event, letter, hours, phone in (
        ("tracker", "A", 0, ""),
        ("tracker", "A", 8, "+8613800000000"),
        ("help me", "A", -5, ""),
        ("low battery", "V", 0, ""),
        ("move", "A", 2, "0101010101"),
    ):
        one = place(draw, when(draw), fix=letter == "A")
        assert one.time is not None
        local = one.time + timedelta(hours=hours)
        text = f"imei:{name},{event},{local:%y%m%d%H%M},{phone},F,"
        text += f"{one.time:%H%M%S}.000,{letter},{minutes_pair(one)},{motion(draw)};"
        yield Drawn(f"{event} {letter} {hours}", text.encode(), (one,), (name,))
    one, here = place(draw, when(draw)), cell(draw)
    session = f"##,imei:{name},A;imei:{name},tracker,{one.time:%y%m%d%H%M},,F,"
    session += f"{one.time:%H%M%S}.000,A,{minutes_pair(one)},{motion(draw)};"
    yield Drawn("login and report", session.encode(), (one,), (name,))
    text = f"imei:{name},tracker,{when(draw):%y%m%d%H%M},,L,,,{here[2]:04x},,{here[3]:04x},,,;"
    yield Drawn("cells", text.encode(), (), (name,), ((0, 0, *here[2:]),))
    text = f"imei:{name},OBD,{when(draw):%y%m%d%H%M%S},{digits(draw, 5)},12.1,0,0,25.0%,85,20.1%,1200,P0123,,;"
    yield Drawn("OBD", text.encode(), (), (name,))


DIALECTS = {"h02": h02, "gps103": gps103}
