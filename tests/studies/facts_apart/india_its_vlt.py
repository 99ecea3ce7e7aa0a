"""The AIS-140 devices of India, over TCP (``$``) and over HTTP (``vltdata``), built from public descriptions.

Left out: firmware that has the cell before its area, and missing neighbours in brackets.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Drawn, Place, cell, digits, imei, motion, place, sides, when, xor
from tests.studies.facts_apart.written import FORM, post


def _letters(one: Place) -> str:
    north, east = sides(one)
    return f"{abs(one.latitude):.6f},{north},{abs(one.longitude):.6f},{east}"


def _summed(text: str, tail: str) -> bytes:
    """Only the part before the check value is counted, its last comma included."""
    if tail == "crc32":
        return f"{text}{zlib.crc32(text.encode()):08X}*\r\n".encode()
    return f"{text}{xor(text[1:].encode()):02X},*\r\n".encode() if tail == "xor" else f"{text}*\r\n".encode()


def its(draw: random.Random) -> Iterator[Drawn]:
    forms = (
        ("$NRM,ITRI,3.1.2,NR", True, "crc32", "%d%m%Y,%H%M%S"),
        ("$NRM,ITRI,2.0,EA,10", True, "xor", "%d%m%Y,%H%M%S"),
        ("$RLP,RP,1.0,IN", True, "", "%d%m%y,%H%M%S"),
        ("$NMP,VEND,1.0,TA", True, "xor", "%d%m%Y,%H%M%S"),
        ("$TEL123,VEND,1.0,NR", True, "", "%d%m%Y,%H%M%S"),
        ("$Header,VEND,1.0,BD", True, "xor", "%d%m%Y,%H%M%S"),
        ("$,03,VEND,1.0,HB", True, "", "%d%m%Y,%H%M%S"),
        ("$,C,VEND,1.0,NR", True, "", "%d,%m,%Y,%H,%M,%S"),
        ("$NRM,ITRI,3.1.2,BL", False, "crc32", "%d%m%Y,%H%M%S"),
    )
    for head, fix, tail, date in forms:
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        assert one.time is not None
        near = tuple(cell(draw)[2:] for _ in range(4))
        text = f"{head},{draw.choice('LH')},{name},{draw.choice(('KA01AB1234', ''))},{fix:d},"
        text += f"{one.time.strftime(date)},"
        text += f"{_letters(one)},{motion(draw)},{draw.randrange(4, 12)},{draw.randrange(900)},"
        text += f"1.5,0.9,airtel,1,1,12.1,4.1,0,C,{draw.randrange(31)},{here[0]},{here[1]},{here[2]:X},{here[3]:X},"
        text += ",".join(f"{draw.randrange(31)},{area:X},{number:X}" for area, number in near)
        text += f",{draw.randrange(16):04b},{draw.randrange(4):02b},{draw.randrange(10**6):06d},"
        told = (here, *((*here[:2], area, number) for area, number in near))
        yield Drawn(f"{head}, fix {fix}", _summed(text, tail), (one,), (name,), told)
    for head, fix in (("$EPB,EMR", True), ("$,EPB,EMR", True), ("$EPB,EMR", False)):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        text = f"{head},{name},{draw.choice(('NM', 'SP'))},{one.time:%d%m%Y%H%M%S},{'VA'[fix]},"
        text += f"{_letters(one)},{draw.randrange(900)},{draw.uniform(0, 120):.1f},"
        text += f"{digits(draw, 3)},G,KA01AB1234,+91{digits(draw, 10)}"
        yield Drawn(f"{head}, fix {fix}", f"{text}*{zlib.crc32(text.encode()):08X}\r\n".encode(), (one,), (name,))
        text += f",0,{here[0]},{here[1]},{here[2]:X},{here[3]:X}"
        yield Drawn(
            f"{head} with a cell, fix {fix}",
            f"{text}*{zlib.crc32(text.encode()):08X}\r\n".encode(),
            (one,),
            (name,),
            (here,),
        )
    name, one = imei(draw), place(draw)
    text = f"$LGN,KA01AB1234,{name},3.1.2,1.0.0,{_letters(one)}"
    yield Drawn("login with a place", f"{text}*\r\n".encode(), (one,), (name,))
    text = f"$HBT,VEND,1.0,{name},80,20,1,00,12.1,4.1"
    yield Drawn("health", f"{text}*\r\n".encode(), (), (name,))
    here = cell(draw)
    lost = (
        f"$NRM,ITRI,3.1.2,NR,L,{name},,0,00000000,000000,0.000000,N,0.000000,E,0.0,0.0,0,0,0,0,airtel,1,1,12.1,4.1,0,C,"
    )
    lost += f"20,{here[0]},{here[1]},{here[2]:X},{here[3]:X}" + ",0,0,0" * 4 + ",0000,00,000001,"
    yield Drawn("never had a fix", _summed(lost, "crc32"), (), (name,), (here,))


def _vlt_record(draw: random.Random, one: Place, here: tuple[int, int, int, int]) -> str:
    north, east = sides(one)
    text = f"{draw.choice(('NR', 'EA'))}{draw.choice('LH')}{one.fix:d}{one.time:%d%m%y%H%M%S}"
    text += f"{abs(one.latitude):010.6f}{north}{abs(one.longitude):010.6f}{east}"
    text += (
        f"{here[0]:03d}{here[1]:x>3}{here[2]:04X}{here[3]:09d}{draw.uniform(0, 99):06.2f}{draw.uniform(0, 359):06.2f}"
    )
    return f"{text}{draw.randrange(4, 12):02d}0922{draw.randrange(2)}{draw.randrange(2)}{draw.choice('HMS')}"


def vlt(draw: random.Random) -> Iterator[Drawn]:
    def sent(content: str) -> bytes:
        return post(f"vltdata={content}", FORM, "/vlt", "example.com")

    for fix in (True, False):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        yield Drawn(f"normal, fix {fix}", sent(f"NRM{name}{_vlt_record(draw, one, here)}"), (one,), (name,), (here,))
    places, cells = tuple(place(draw, when(draw)) for _ in range(3)), tuple(cell(draw) for _ in range(3))
    records = "".join(_vlt_record(draw, one, here) for one, here in zip(places, cells, strict=True))
    yield Drawn("batch", sent(f"BTH{name}003{records}"), places, (name,), cells)


DIALECTS = {"its": its, "vlt": vlt}
