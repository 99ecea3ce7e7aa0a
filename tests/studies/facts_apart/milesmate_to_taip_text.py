"""Text dialects from Milesmate to TAIP, from public descriptions of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, minutes, place, sides, when, xor


def milesmate(draw: random.Random) -> Iterator[Drawn]:
    """Keys of one letter; the word of the fix is glued to K."""
    for word in "AV":
        device, one = imei(draw), place(draw, when(draw), fix=word == "A")
        ns, ew = sides(one)
        text = (
            f"ApiString={{A:{device},B:12.{draw.randrange(10)},C:0{draw.randrange(10)}.{draw.randrange(10)},"
            f"D:{one.time:%H%M%S},E:{minutes(one.latitude, 2)}{ns},"
            f"F:{minutes(one.longitude, 3)}{ew},G:{draw.uniform(0, 99):06.2f},H:{one.time:%d%m%y},I:G,J:{draw.randrange(256):08b},"
            f"K:{draw.randrange(128):07b}{word},L:{draw.randrange(10**4):04d},M:{draw.uniform(0, 359):06.2f}}}"
        )
        yield Drawn(word, text.encode(), (one,), (device,))


def mobilogix(draw: random.Random) -> Iterator[Drawn]:
    """Three digits in one field: satellites, signal, fix."""
    serial = f"{draw.randrange(10**11, 10**12)}"
    for kind in ("T6", "T8", "T9", "T10", "T13", "T15", "T21", "T22"):
        for live in (0, 1):
            for fix in (0, 1):
                one = place(draw, when(draw), fix=bool(fix))
                mast = cell(draw)
                tail = (
                    f",1.{draw.randrange(10)},{draw.randrange(900)},{draw.randrange(9999)},4431,12.6,{mast[0]},"
                    f"{mast[1]:02d},{mast[2]:05d},{mast[3]:05d},31"
                    if kind == "T21"
                    else ""
                )
                text = (
                    f"[{one.time:%Y-%m-%d %H:%M:%S},{kind},{live},V1.3.5,{serial},{draw.randrange(256):02X},"
                    f"12.{draw.randrange(10)},"
                    f"{draw.randrange(3, 10)}{draw.randrange(10)}{fix},{one.latitude:.6f},{one.longitude:.6f},"
                    f"{draw.randrange(90)},{draw.randrange(360)}{tail}]"
                )
                yield Drawn(f"{kind} {live} {fix}", text.encode(), (one,), (serial,))
    time = when(draw)
    yield Drawn("T14", f"[{time:%Y-%m-%d %H:%M:%S},T14,1,V1.3.5,{serial},3F,12.6]".encode(), (), (serial,))
    device = imei(draw)
    login = (
        f"[{time:%Y-%m-%d %H:%M:%S},T1,1,V1.3.5,{serial},,,5511987654321,72410{draw.randrange(10**10):010d},{device}]"
    )
    yield Drawn("T1", login.encode(), (), (serial, device))


def neos(draw: random.Random) -> Iterator[Drawn]:
    """Longitude first, the hemisphere's letter before each number."""
    for fix in (1, 0):
        device, one = f"{draw.randrange(10**7, 10**8)}", place(draw, when(draw), fix=bool(fix))
        ns, ew = sides(one)
        text = (
            f">{device},{draw.randrange(10)},{fix},{one.time:%y%m%d,%H%M%S},{ew}{minutes(one.longitude, 3)},{ns}"
            f"{minutes(one.latitude, 2)},0,"
            f"{draw.uniform(0, 60):.1f},{draw.randrange(360)},{draw.randrange(31)},0,{draw.randrange(99)}"
            f"-{draw.randrange(100)},0,1,{draw.randrange(256):08b}"
        )
        yield Drawn(f"fix {fix}", f"{text}*{xor(text.encode()):02X}!".encode(), (one,), (device,))


def r12w(draw: random.Random) -> Iterator[Drawn]:
    """Only the login is described."""
    device = imei(draw)
    text = f"$HX,0001,{device},{draw.randrange(2**32):08x},46000{draw.randrange(10**10):010d},13800138000,#"
    yield Drawn("login", f"{text},{xor(text.encode()):02x},\r\n".encode(), (), (device,))


def _degrees(value: float, width: int) -> str:
    """Sign, degrees and five digits of their fraction."""
    return f"{'+' if value >= 0 else '-'}{abs(round(value * 1e5)):0{width + 5}d}"


def _taip(draw: random.Random, text: str, device: str, marked: bool = True) -> bytes:
    keyed = f">{text};ID={device}"
    if draw.random() < 0.3:
        keyed += f";#{draw.randrange(65536):04X}"
    if not marked:
        return f"{keyed}<".encode()
    data = f"{keyed};*".encode()
    return data + f"{xor(data if draw.random() < 0.5 else data[:-1]):02X}<\r\n".encode()


def taip(draw: random.Random) -> Iterator[Drawn]:
    """Degrees without a point, decimal; PV has a second of the day, EV a week, the others a date."""
    device = draw.choice((f"{draw.randrange(1, 9999):04d}", imei(draw), "AB123CD"))
    for marked in (True, False):
        one = place(draw)
        pair = f"{_degrees(one.latitude, 2)}{_degrees(one.longitude, 3)}"
        motion = f"{draw.randrange(90):03d}{draw.randrange(360):03d}"
        yield Drawn(
            f"RPV {marked}",
            _taip(draw, f"RPV{draw.randrange(86400):05d}{pair}{motion}12", device, marked),
            (one,),
            (device,),
        )
        time = when(draw)
        one = place(draw, time)
        pair = f"{_degrees(one.latitude, 2)}{_degrees(one.longitude, 3)}"
        days = (time - datetime(1980, 1, 6, tzinfo=UTC)).days
        stamp = (
            f"{draw.randrange(100):02d}{days // 7:04d}{days % 7}{(time.hour * 60 + time.minute) * 60 + time.second:05d}"
        )
        yield Drawn(f"REV {marked}", _taip(draw, f"REV{stamp}{pair}{motion}12", device, marked), (one,), (device,))
        for word in ("RGP", "RCQ12", "RCV12", "RBR01"):
            time = when(draw)
            one = place(draw, time)
            text = (
                f"{word}{time:%d%m%y%H%M%S}{_degrees(one.latitude, 2)}{_degrees(one.longitude, 3)}{motion}"
                f"3{draw.randrange(256):02X}FF"
            )
            yield Drawn(f"{word} {marked}", _taip(draw, text, device, marked), (one,), (device,))
    lost = place(draw, when(draw), fix=False)
    text = f"RGP{lost.time:%d%m%y%H%M%S}{_degrees(lost.latitude, 2)}{_degrees(lost.longitude, 3)}0000000FFFF"
    yield Drawn("RGP no fix", _taip(draw, text, device), (lost,), (device,))
    for mode in (1, 3, 7, 9):
        akroz = place(draw, when(draw), fix=2 <= mode <= 7)
        text = (
            f"RUV0{draw.randrange(1000, 9999)},NT003,{akroz.time:%d%m%y%H%M%S}"
            f"{_degrees(akroz.latitude, 2)}{_degrees(akroz.longitude, 3)}"
            f"045090{mode}{draw.randrange(256):02X}FDE0006,384,0,0"
        )
        yield Drawn(f"RUV {mode}", _taip(draw, text, device), (akroz,), (device,))
    pointed = place(draw, when(draw))
    north, east = ("+" if value >= 0 else "-" for value in (pointed.latitude, pointed.longitude))
    pair = f"{north}{minutes(pointed.latitude, 2)}{east}{minutes(pointed.longitude, 3)}"
    yield Drawn(
        "degrees and minutes",
        _taip(draw, f"RGP{pointed.time:%d%m%y%H%M%S}{pair}0450903FFFF", device),
        (pointed,),
        (device,),
    )
    yield from _unread_by_servers(draw, device)


def _unread_by_servers(draw: random.Random, device: str) -> Iterator[Drawn]:
    """RLN and RCP hold a place too."""
    one = Place(place(draw).latitude, place(draw).longitude)
    north, east = ("+" if value >= 0 else "-" for value in (one.latitude, one.longitude))
    text = (
        f"RLN{draw.randrange(86400):05d}{draw.randrange(1000):03d}{north}{abs(round(one.latitude * 1e7)):09d}{east}"
        f"{abs(round(one.longitude * 1e7)):010d}+00012300050090"
    )
    yield Drawn("RLN", _taip(draw, text, device), (one,), (device,))
    text = f"RCP{draw.randrange(86400):05d}{north}{abs(round(one.latitude * 1e4)):06d}{east}{abs(round(one.longitude * 1e4)):07d}12"
    yield Drawn("RCP", _taip(draw, text, device), (one,), (device,), near=1e-4)
    # RTT counts a trip; whether its place is that of now is not described.


DIALECTS: dict[str, Dialect] = {
    "milesmate": milesmate,
    "mobilogix": mobilogix,
    "neos": neos,
    "r12w": r12w,
    "taip": taip,
}
