"""Text dialects from Enfora to Jido, from public descriptions of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, bssid, cell, imei, minutes_pair, place, when, xor
from tests.studies.facts_apart.written import nmea, nmea_line, packed


def enfora(draw: random.Random) -> Iterator[Drawn]:
    """Length, header bytes, blanks, the id, an event, and a sentence of NMEA 0183."""
    for fix in (True, False):
        for decimals in (2, 4):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            sentence = (
                f"GPRMC,{one.time:%H%M%S}.00,{'A' if fix else 'V'},{minutes_pair(one, decimals)},"
                f"{draw.uniform(0, 60):.1f},{draw.uniform(0, 359):.1f},{one.time:%d%m%y},,"
            )
            text = f"{' ' * 7}{device} {draw.randrange(10, 99)} {nmea(sentence)}\r\n"
            body = bytes.fromhex("00041002") + b"\x00\x00\x00\x00" + text.encode()
            yield Drawn(
                f"fix {fix} {decimals}",
                (len(body) + 2).to_bytes(2, "big") + body,
                (one,),
                (device,),
                near=1e-4 if decimals == 2 else 2e-5,
            )


def ennfu(draw: random.Random) -> Iterator[Drawn]:
    """The fields of an RMC without its word; a dollar ends the frame."""
    for fix in (True, False):
        for motion in (True, False):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            moved = f"{draw.uniform(0, 60):.1f},{draw.uniform(0, 359):.1f}" if motion else ","
            text = (
                f"Ennfu:{device},{one.time:%H%M%S}.00,{'A' if fix else 'V'},{minutes_pair(one)},{moved},"
                f"{one.time:%d%m%y},{draw.randrange(31)},4.1,98,V1.01$"
            )
            yield Drawn(f"fix {fix} motion {motion}", text.encode(), (one,), (device,))


def extremtrac(draw: random.Random) -> Iterator[Drawn]:
    """An RMC with the id before the time; the id may look like a time."""
    for fix in (True, False):
        for device in (imei(draw), f"{when(draw):%H%M%S}", str(draw.randrange(10**9, 10**10))):
            one = place(draw, when(draw), fix=fix)
            text = (
                f"GPRMC,{device},{one.time:%H%M%S}.000,{'A' if fix else 'V'},{minutes_pair(one)},"
                f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},{one.time:%d%m%y},,"
            )
            yield Drawn(f"fix {fix} {len(device)} digits", nmea_line(text), (one,), (device,))


def fifotrack(draw: random.Random) -> Iterator[Drawn]:
    """A00 and its kin hold place, then cell; A03 a cell and then a place or access points."""

    def framed(text: str) -> bytes:
        whole = f"$${len(text) + 1},{text}"
        return f"{whole}*{xor(whole.encode()):02X}\r\n".encode()

    for kind in ("A00", "A01", "A02", "A04"):
        for fix in (True, False):
            device, mast, one = imei(draw), cell(draw), place(draw, when(draw), fix=fix)
            io = draw.choice(("04,00", ",", "01,"))
            text = (
                f"{device},{draw.randrange(65536):X},{kind},{draw.choice(('', str(draw.randrange(1, 40))))},"
                f"{one.time:%y%m%d%H%M%S},{'A' if fix else 'V'},"
                f"{one.latitude:.6f},{one.longitude:.6f},{draw.randrange(120)},{draw.randrange(360)},"
                f"{draw.randrange(900)},{draw.randrange(10**6)},"
                f"{draw.randrange(10**5)},{draw.randrange(2**28):04X},{io},{mast[0]}|{mast[1]}|{mast[2]:X}|{mast[3]:X},4D2|A5|0"
                + draw.choice(("", ",", ",22D7A8,"))
            )
            yield Drawn(f"{kind} {fix}", framed(text), (one,), (device,), (mast,))
    device, mast = imei(draw), cell(draw)
    time = when(draw)
    head = (
        f"{device},{draw.randrange(65536):X},A03,{draw.choice(('', '7'))},{time:%y%m%d%H%M%S},{mast[0]}|{mast[1]}|"
        f"{mast[2]:X}|{mast[3]:X},"
        f"4.{draw.randrange(100):02d},{draw.randrange(100)},{draw.randrange(65536):04X}"
    )
    for fix in (True, False):
        one = place(draw, time, fix=fix)
        text = f"{head},0,{'A' if fix else 'V'},{draw.randrange(99)},{draw.randrange(12)},{one.latitude:.6f},{one.longitude:.6f}"
        yield Drawn(f"A03 {fix}", framed(text), (one,), (device,), (mast,))
    points = tuple(bssid(draw) for _ in range(draw.randrange(1, 5)))
    heard = "|".join(f"{point.replace(':', '').upper()}:{draw.randrange(-90, -30)}" for point in points)
    yield Drawn("A03 access points", framed(f"{head},1,{heard}"), (), (device,), (mast,), points)
    photo = place(draw, when(draw))
    text = (
        f"{device},{draw.randrange(65536):X},D05,{photo.time:%y%m%d%H%M%S},{photo.latitude:.6f},{photo.longitude:.6f}"
        f",1,{draw.randrange(10**5)}"
    )
    yield Drawn("D05", framed(text), (photo,), (device,))


def flexcomm(draw: random.Random) -> Iterator[Drawn]:
    """110 columns; the first digit of a number is its sign."""

    def number(value: float, digits: int) -> str:
        return f"{int(value < 0)}{abs(round(value * 1e6)):0{digits}d}"

    for fix in (True, False):
        device, mast, one = imei(draw), cell(draw), place(draw, when(draw), fix=fix)
        text = (
            f"7E{draw.randrange(100):02d}{device}{one.time:%Y%m%d%H%M%S}{int(fix)}{number(one.latitude, 8)}"
            f"{number(one.longitude, 9)}"
            f"0{draw.randrange(900):03d}{draw.randrange(120):03d}{draw.randrange(360):03d}{draw.randrange(20):02d}"
            f"{draw.randrange(12):02d}{draw.randrange(31):02d}"
            f"{mast[0]:03d}{mast[1]:03d}{mast[2]:06X}{mast[3]:06X}{draw.randrange(1000):03d}{draw.randrange(100):02d}050"
            f"0{draw.randrange(400):03d}098{draw.randrange(110, 140)}00000"
        )
        yield Drawn(f"fix {fix}", text.ljust(110, "0")[:110].encode(), (one,), (device,), (mast,))


def haicom(draw: random.Random) -> Iterator[Drawn]:
    """A digit of flags, 7 digits of latitude and 8 of longitude run together."""

    for fix in (True, False):
        for counts in (True, False):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            flags = fix + 2 * (one.longitude > 0) + 4 * (one.latitude > 0)
            more = ("5", "2") if counts else ("", "")
            text = (
                f"$GPRS{device},HI-602V1.0,{one.time:%y%m%d},{one.time:%H%M%S},{flags}{packed(one.latitude, 2, 3)}"
                f"{packed(one.longitude, 3, 3)},"
                f"{draw.randrange(900)},{draw.randrange(3600)},{draw.randrange(8)},{more[0]},{more[1]},"
                f"{draw.randrange(16)},1LH,#V{draw.randrange(30, 42)}*"
            )
            yield Drawn(f"fix {fix} counts {counts}", text.encode(), (one,), (device,))


def jido(draw: random.Random) -> Iterator[Drawn]:
    """Date before time; the letter of the fix may not be there."""
    for word in ("A", "V", ""):
        for full in (True, False):
            device, one = imei(draw), place(draw, when(draw), fix=word != "V")
            tail = (
                f"{draw.randrange(90)},{draw.randrange(9999)},{draw.randrange(360)},{draw.randrange(900)},"
                f"{draw.randrange(4, 12)},{draw.randrange(31)},"
                f"{draw.randrange(31)},0,{draw.randrange(100)},Y,1,12,-4,1001"
                if full
                else "OK"
            )
            text = (
                f"*{device},{draw.randrange(1, 5):02d},{word + ',' if word else ''}{one.time:%d%m%y,%H%M%S},"
                f"{minutes_pair(one)},{tail},{draw.randrange(256):02X}#"
            )
            yield Drawn(f"{word or 'no word'} {'full' if full else 'short'}", text.encode(), (one,), (device,))


DIALECTS: dict[str, Dialect] = {
    "enfora": enfora,
    "ennfu": ennfu,
    "extremtrac": extremtrac,
    "fifotrack": fifotrack,
    "flexcomm": flexcomm,
    "haicom": haicom,
    "jido": jido,
}
