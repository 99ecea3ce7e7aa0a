"""Gotop, GpsGate, Gt30, Homtecs, Hoopo, Idpl and Ivt401, built from public descriptions."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bssid,
    cell,
    crc16,
    digits,
    imei,
    minutes_pair,
    motion,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import nmea_line


def gotop(draw: random.Random) -> Iterator[Drawn]:
    for kind, fix, words in (
        ("CMD-T", True, True),
        ("CMD-F", False, True),
        ("CMD-KEY", True, True),
        ("ALM-B1", True, True),
        ("ALM-B2-1", True, False),
        ("CMD-D", True, False),
    ):
        name, one, here, points = imei(draw), place(draw, when(draw), fix=fix), cell(draw), (bssid(draw), bssid(draw))
        north, east = sides(one)
        date, time, latitude, longitude = (
            ("DATE:", "TIME:", "LAT:", draw.choice(("LON:", "LOT:"))) if words else ("", "", "", "")
        )
        text = f"{name},{kind},{'VA'[fix]},{date}{one.time:%y%m%d},{time}{one.time:%H%M%S},"
        text += f"{latitude}{abs(one.latitude):.7f}{north},"
        text += f"{longitude}{abs(one.longitude):.7f}{east},Speed:{draw.uniform(0, 120):05.1f},"
        text += f"{draw.randrange(1, 100)}-{draw.randrange(31)}"
        if not words:
            yield Drawn(f"{kind}, old", f"{text}#".encode(), (one,), (name,))
            continue
        text += f",{here[0]}{here[1]:02d}-{here[2]:04X}-{here[3]:04X}"
        yield Drawn(f"{kind}, cells", f"{text}#".encode(), (one,), (name,), (here,))
        listed = ",".join(f"{point.replace(':', '-')}&-{draw.randrange(40, 90)}" for point in points)
        beacon = bssid(draw).replace(":", "-")
        text += f",WIFI:{{{listed}}},BLE:{{{beacon}&-91}}"
        yield Drawn(f"{kind}, access points", f"{text}#".encode(), (one,), (name,), (here,), points)


def gpsgate(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)
    login = nmea_line(f"FRLIN,,{name},{digits(draw, 8)}")
    yield Drawn("login", login, ids=(name,))
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        where = minutes_pair(one, 5)
        rest = f"{draw.uniform(0, 900):.1f},{motion(draw)}"
        sent = nmea_line(
            f"FRCMD,{name},_SendMessage,,{where},{rest},{one.time:%d%m%y,%H%M%S}.000,{fix:d},mileage=12.1,battery=80"
        )
        yield Drawn(f"message, fix {fix}", sent, (one,), (name,))
        rmc = nmea_line(
            f"GPRMC,{one.time:%H%M%S}.000,{'VA'[fix]},{where},{draw.uniform(0, 60):.2f},12.1,{one.time:%d%m%y},,"
        )
        yield Drawn(f"RMC after a login, fix {fix}", login + rmc, (one,), (name,))


def gt30(draw: random.Random) -> Iterator[Drawn]:
    for kind, alarm, fix in (("9955", b"", True), ("9999", b"\x01", True), ("9999", b"\x11", False)):
        name, one = digits(draw, draw.choice((11, 14))), place(draw, when(draw), fix=fix)
        tail = f"{one.time:%H%M%S}.000,{'VA'[fix]},{minutes_pair(one)},"
        tail += f"{motion(draw)},{one.time:%d%m%y},,A|{draw.uniform(0.6, 3):.1f}|{draw.randrange(900)}"
        body = f"{name:14}{kind}".encode() + alarm + tail.encode() + f"{draw.randrange(1 << 16):04X}".encode()
        yield Drawn(
            f"type {kind}, fix {fix}", b"$$" + f"{len(body) + 8:04X}".encode() + body + b"\r\n", (one,), (name,)
        )


def homtecs(draw: random.Random) -> Iterator[Drawn]:
    for fix, full in ((True, True), (True, False), (False, True)):
        name, one = f"unit{digits(draw, 2)}_R{draw.randrange(1 << 32):08x}", place(draw, when(draw), fix=fix)
        text = f"{name},{one.time:%y%m%d,%H%M%S}.{draw.randrange(100):02d},{draw.randrange(4, 12)},{minutes_pair(one)},"
        text += f"{motion(draw)},{fix:d},0.9,{draw.uniform(0, 900):.1f}" if full else f",,{fix:d},,"
        yield Drawn(f"fix {fix}, full {full}", text.encode(), (one,))


def hoopo(draw: random.Random) -> Iterator[Drawn]:
    def sent(one: Place, name: str, *, moving: bool, placed: bool) -> bytes:
        assert one.time is not None
        data = {
            "latitude": one.latitude,
            "longitude": one.longitude,
            "accuracyLevel": "High",
            "eventType": "Periodic",
            "batteryLevel": 90,
        }
        body: dict[str, object] = {"deviceId": name, "assetName": "trailer", "serverReportTime": "0001-01-01T00:00:00Z"}
        body |= {"eventData": data} if placed else {}
        body |= {"movement": {"Speed": 12.0}} if moving else {}
        received = one.time + timedelta(hours=3)
        return json.dumps({**body, "eventTime": one.time.isoformat(), "receiveTime": received.isoformat()}).encode()

    name, one, other = f"{draw.randrange(1 << 32):08X}", place(draw, when(draw)), place(draw, when(draw))
    yield Drawn("event", sent(one, name, moving=False, placed=True), (one,), (name,))
    yield Drawn("moving", sent(one, name, moving=True, placed=True), (one,), (name,))
    yield Drawn("without a place", sent(one, name, moving=False, placed=False), (), (name,))
    both = sent(one, name, moving=False, placed=True) + sent(other, name, moving=True, placed=True)
    yield Drawn("two objects", both, (one, other), (name,))


def idpl(draw: random.Random) -> Iterator[Drawn]:
    for command, fix, state in (("1", True, "L"), ("2", True, "R"), ("1", False, "L")):
        name, one = imei(draw), place(draw, when(draw), fix=fix)
        text = f"*ID{command},{name},{one.time:%d%m%y,%H%M%S},{'VA'[fix]},"
        text += f"{minutes_pair(one)},{motion(draw)},{draw.randrange(4, 12)},{draw.randrange(31)},A,"
        text += f"{draw.randrange(2)},{draw.uniform(3.4, 4.2):.2f},0,1,{draw.choice(('00', '01', '11'))},0,"
        text += f"0.10,0.00,{digits(draw, 3)},{state}"
        check = crc16(text.encode(), 0x1021, 0, reflected=False)
        yield Drawn(f"{command} {state} fix {fix}", f"{text},{check:04X}#\r\n".encode(), (one,), (name,))


def ivt401(draw: random.Random) -> Iterator[Drawn]:
    for head, long in (("TLN", False), ("TLA", True), ("TLB", True), ("TLL", False), ("none", False)):
        name, one = imei(draw), place(draw, when(draw))
        where = "+0.0,+0.0" if head == "none" else f"{one.latitude:+.6f},{one.longitude:+.6f}"
        text = f"({head.replace('none', 'TLN')},{name},{one.time:%d%m%y,%H%M%S},{where},"
        text += f"{draw.randrange(120)},{draw.randrange(360)},"
        text += f"{draw.randrange(900)},{draw.randrange(4, 12)},{3 if head == 'none' else 1},{draw.randrange(31)},"
        text += f"{digits(draw, 4)},"
        text += f"{digits(draw, 3)},0.06,12.{digits(draw, 1)},4.2,{draw.choice('+-')}25.1,{draw.choice(('0.0', 'M+25.1-3.0'))},"
        text += f"1,0.05,{draw.randrange(90)},{draw.uniform(0, 99):.2f},{draw.uniform(0, 9999):.2f},"
        text += ",".join("0" * 13) + f",1,{digits(draw, 8)},0," if long else ""
        check = xor(text.encode())
        yield Drawn(f"{head}, long {long}", f"{text}{check});".encode(), () if head == "none" else (one,), (name,))


DIALECTS = {
    "gotop": gotop,
    "gpsgate": gpsgate,
    "gt30": gt30,
    "homtecs": homtecs,
    "hoopo": hoopo,
    "idpl": idpl,
    "ivt401": ivt401,
}
