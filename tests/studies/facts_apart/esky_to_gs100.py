"""Esky, Fox, Freematics, FutureWay, Gl100, Globalstar, GpsMarker and Gs100, from public descriptions.

The fix digit of Gl100 is doubtful and always drawn as 0; AtlasTrax payloads of Globalstar cannot be told from the others.
A Freematics record without a date takes the date of whoever receives it and is left out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bssid,
    cell,
    hexes,
    imei,
    minutes,
    minutes_pair,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import clock, packed, post, unix, unpadded, vin


def esky(draw: random.Random) -> Iterator[Drawn]:
    for name, between in (("plus", "+"), ("mixed", "+;"), ("semicolon", ";")):
        for long in (True, False):
            one, number = place(draw, when(draw)), imei(draw)
            parts = [
                str(draw.randrange(4, 12)),
                clock("%y%m%d%H%M%S", one),
                f"{one.latitude:.5f}",
                f"{one.longitude:.5f}",
            ]
            parts += [f"{draw.uniform(0, 40):.2f}", str(draw.randrange(360))]
            parts += [f"0x{draw.randrange(16):X}", str(draw.randrange(9)), str(draw.randrange(10**6))] if long else []
            parts += ["0", str(draw.randrange(1100, 1500))]
            text = f"E{draw.choice('TO')};{draw.randrange(9)};{number};R;{parts[0]}"
            text += "".join(draw.choice(between) + part for part in parts[1:]) + draw.choice(
                ("", f"+{draw.randrange(999)}")
            )
            yield Drawn(f"{name} {long}", text.encode(), (one,), (number,))


def fox(draw: random.Random) -> Iterator[Drawn]:
    for short in (True, False):
        one, number = place(draw, when(draw)), unpadded(draw, draw.choice((2, 8, 15)))
        motion = "," if short else f"{draw.randrange(120)},{draw.randrange(360)}"
        text = f"0,A,{clock('%d%m%y,%H%M%S', one)},{minutes_pair(one)},{motion},,"
        text += f"00000001 {draw.randrange(110, 145)} 21 0 0 0 0 00000000 {draw.randrange(10**5)},INFO"
        yield Drawn(
            f"without motion {short}", f'<fox><gps id="{number}" data="{text}"/></fox>'.encode(), (one,), (number,)
        )
    text = f"0,V,{when(draw):%d%m%y,%H%M%S},0000.0000,N,00000.0000,E,0,0,,00000000 120 21 0 0 0 0 00000000 0,INFO"
    yield Drawn("no fix", f'<fox><gps id="{number}" data="{text}"/></fox>'.encode(), ids=(number,))


def _freematics(number: str, text: str) -> bytes:
    told = f"{number}#{text}"
    return f"{told}*{sum(told.encode()) & 0xFF:02X}".encode()


def _freematics_record(draw: random.Random, one: Place, sign: str) -> str:
    date, time = (
        clock("%d%m%y", one).lstrip("0"),
        (clock("%H%M%S", one) + f"{draw.randrange(100):02d}").lstrip("0") or "0",
    )
    pairs = [
        ("0", str(draw.randrange(10**6))),
        ("11", date),
        ("10", time),
        ("A", f"{one.latitude:.6f}"),
        ("B", f"{one.longitude:.6f}"),
    ]
    pairs += [("C", str(draw.randrange(900))), ("D", f"{draw.uniform(0, 99):.1f}"), ("E", str(draw.randrange(360)))]
    pairs += draw.sample(
        [("F", "9"), ("12", "1"), ("20", "0;-1;97"), ("24", "412"), ("10C", "1800"), ("10D", "50"), ("82", "300")], 3
    )
    return ",".join(f"{key}{sign}{value}" for key, value in pairs)


def freematics(draw: random.Random) -> Iterator[Drawn]:
    number, chassis = hexes(draw, 8), vin(draw)
    event = f"EV=1,TS={draw.randrange(10**6)},ID={number},VIN={chassis}"
    yield Drawn("event", _freematics(number, event), ids=(number,), vin=chassis)
    for sign in "=:":
        one = place(draw, when(draw))
        yield Drawn(f"one {sign}", _freematics(number, _freematics_record(draw, one, sign)), (one,), (number,))
        ones = [place(draw, when(draw)) for _ in range(draw.randrange(2, 5))]
        text = ",".join(_freematics_record(draw, one, sign) for one in ones)
        yield Drawn(f"several {sign}", _freematics(number, text), tuple(ones), (number,))
    yield Drawn(
        "OBD alone", _freematics(number, f"0={draw.randrange(10**6)},20=0;-1;97,10C=900,10D=0,24=410"), ids=(number,)
    )


def _futureway(draw: random.Random, kind: str, text: str) -> bytes:
    head = f"{len(text):08X}{kind}{draw.randrange(65536):04X}"
    return f"41{head}{text}{xor(bytes.fromhex('41' + head) + text.encode()):02X}42".encode()


def futureway(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = _futureway(
        draw, "20", f"1,IMEI:{number},battery level:{draw.randrange(100)},network type:7,CSQ:{draw.randrange(32)}"
    )
    yield Drawn("login", login, ids=(number,))
    mcc, mnc, lac, cid = cell(draw)
    points = [bssid(draw) for _ in range(3)]
    wifi = "&".join(
        f"net{step}|{point.replace(':', '-').upper()}|{-draw.randrange(40, 95)}" for step, point in enumerate(points)
    )
    around = f"WIFI:{len(points)},{wifi}\r\nLBS:{mcc},{mnc},{lac},{cid}\r\n"
    rest = f"battery level:{draw.randrange(100)}\r\nSteps:0\r\n"
    for form in ("minutes", "degrees"):
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            north, east = sides(one)
            pair = minutes(one.latitude, 2, 6), minutes(one.longitude, 3, 6)
            if form == "degrees":
                pair = f"{abs(one.latitude):.6f}", f"{abs(one.longitude):.6f}"
            gps = f"GPS:{'A' if fix else 'V'},{clock('%y%m%d%H%M%S', one)},{pair[0]}{north},{pair[1]}{east},"
            gps += f"{draw.uniform(0, 50):.1f},{draw.randrange(360)}\r\n"
            data = _futureway(draw, "A0", f"IMEI:{number}\r\n{gps}{around}{rest}")
            yield Drawn(f"{form} {fix}", data, (one,), (number,), ((mcc, mnc, lac, cid),), tuple(points))
    data = login + _futureway(draw, "A0", f"IMEI:{number}\r\n{around}{rest}")
    yield Drawn("no GPS line", data, (), (number,), ((mcc, mnc, lac, cid),), tuple(points))
    wide = draw.randrange(70000, 2**28)
    data = _futureway(draw, "A0", f"IMEI:{number}\r\nLBS:{mcc},{mnc},{wide},{lac}\r\n{rest}")
    yield Drawn("cell before area", data, (), (number,), ((mcc, mnc, lac, wide),))


def gl100(draw: random.Random) -> Iterator[Drawn]:
    for kind in ("RTL", "TRI", "SOS", "EST", "LBC"):
        for count in (1, 2) if kind == "TRI" else (1,):
            number, ones, cells, groups = imei(draw), [], [], []
            for _ in range(count):
                one, (mcc, mnc, lac, cid) = place(draw, when(draw)), cell(draw)
                ones.append(one)
                cells.append((mcc, mnc, lac, cid))
                told = f"0,{draw.uniform(0, 99):.1f},{draw.randrange(360)},{draw.uniform(0, 900):.1f},"
                told += f"{draw.choice(('', '1', '12'))},"
                told += f"{one.longitude:.6f},{one.latitude:.6f},{clock('%Y%m%d%H%M%S', one)},"
                groups.append(f"{told}{mcc:04d},{mnc:04d},{lac:04X},{cid:04X},00")
            head = (
                f"+{unpadded(draw, 11)}"
                if kind == "LBC"
                else f"{count},{draw.randrange(5)},{draw.choice(('0', '1', '87'))}"
            )
            text = f"+RESP:GT{kind},{number},{head},{','.join(groups)},{draw.randrange(65536):04X},0102120204\0"
            yield Drawn(f"{kind} {count}", text.encode(), tuple(ones), (number,), tuple(cells))
    yield Drawn("heartbeat", f"AT+GTHBD=HeartBeat,{imei(draw)},{when(draw):%Y%m%d%H%M%S},11F0\0".encode())


def _globalstar_payload(draw: random.Random, one: Place) -> str:
    flags = draw.choice((0, 4)) | (0 if one.fix else 8)
    latitude, longitude = round(one.latitude * 2**23 / 90) & 0xFFFFFF, round(one.longitude * 2**23 / 180) & 0xFFFFFF
    return f"0x{flags:02X}{latitude:06X}{longitude:06X}{draw.getrandbits(16):04X}"


def globalstar(draw: random.Random) -> Iterator[Drawn]:
    for count in (1, 3):
        told, ones, ids = "", [], []
        for _ in range(count):
            one, number = place(draw, when(draw), fix=draw.random() < 0.7), f"0-{unpadded(draw, 7)}"
            ones.append(one)
            ids.append(number)
            payload = f'<payload length="9" source="pc" encoding="hex">{_globalstar_payload(draw, one)}</payload>'
            told += f"<stuMessage><esn>{number}</esn><unixTime>{unix(one)}</unixTime><gps>N</gps>{payload}</stuMessage>"
        head = '<?xml version="1.0" encoding="UTF-8"?><stuMessages timeStamp="01/01/2021 00:00:00 GMT" '
        body = f'{head}messageID="{draw.getrandbits(64):032x}">{told}</stuMessages>'
        yield Drawn(f"XML of {count}", post(body, "text/xml"), tuple(ones), tuple(ids), near=4e-5)
    for fix in (True, False):
        one, number = place(draw, when(draw)), f"0-{unpadded(draw, 7)}"
        where = (
            {"latitude": f"{one.latitude:.5f}", "longitude": f"{one.longitude:.5f}"}
            if fix
            else {"latitude": "", "longitude": ""}
        )
        device = {"deviceIdentify": {"esn": number, "unixTime": unix(one)}, "gpsCoordinate": where}
        body = json.dumps(
            {"entry": {"devices": [device | {"deviceInfo": {"gpsDataValid": "Valid" if fix else "Invalid"}}]}}
        )
        yield Drawn(f"JSON {fix}", post(body), (one,) if fix else (), (number,))


def gpsmarker(draw: random.Random) -> Iterator[Drawn]:
    for index in ("", f"{draw.randrange(256):02X}"):
        for seconds in (True, False):
            time, number = when(draw), imei(draw)
            one = place(draw, time if seconds else time.replace(second=0))
            north, east = sides(one)
            text = f"$GM{draw.choice('0123')}{index}{number}T{clock('%d%m%y%H%M%S' if seconds else '%d%m%y%H%M', one)}"
            text += f"{north}{packed(one.latitude, 2)}{east}{packed(one.longitude, 3)}{draw.randrange(120):03d}"
            text += f"{draw.randrange(360):03d}"
            text += f"{draw.randrange(3, 16):X}{draw.randrange(100):02d}{draw.randrange(2)}{draw.randrange(2)}"
            text += f"{draw.randrange(60):03d}\r"
            yield Drawn(f"index '{bool(index)}', seconds {seconds}", text.encode(), (one,), (number,))


def _gs100_record(draw: random.Random, one: Place | None) -> bytes:
    status = draw.getrandbits(16) | (0x800000 if one else 0)
    data = status.to_bytes(3, "big")
    if one:
        flag = (8 if one.longitude > 0 else 0) | (4 if one.latitude > 0 else 0)
        pair = f"{packed(one.longitude, 3)}{flag:X}{packed(one.latitude, 2)}"
        data += bytes.fromhex(
            clock("%H%M%S%d%m%y", one) + pair + f"{draw.randrange(12000):05d}{draw.randrange(360):03d}"
        )
    return bytes((len(data),)) + data


def gs100(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = b"GL" + bytes((draw.randrange(1, 9), 15)) + number.encode()
    yield Drawn("login", login, ids=(number,))
    for count in (1, 3):
        ones = [place(draw, when(draw)) for _ in range(count)]
        data = draw.randbytes(2) + bytes((count,)) + b"".join(_gs100_record(draw, one) for one in ones)
        yield Drawn(f"login and {count}", login + data, tuple(ones), (number,))
    one = place(draw, when(draw))
    data = draw.randbytes(2) + b"\x02" + _gs100_record(draw, None) + _gs100_record(draw, one)
    yield Drawn("a record without a place", login + data, (one,), (number,))


DIALECTS = {
    "esky": esky,
    "fox": fox,
    "freematics": freematics,
    "futureway": futureway,
    "gl100": gl100,
    "globalstar": globalstar,
    "gpsmarker": gpsmarker,
    "gs100": gs100,
}
