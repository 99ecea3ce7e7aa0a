"""Trv, TtnHttp, Ulbotech, Upro, Vnet, Vt200 and Xrb28, from public descriptions.

The check value of Vnet is not known and drawn at random.
"""

from __future__ import annotations

import base64
import json
import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, crc16, imei, minutes_pair, place, when, xor
from tests.studies.facts_apart.written import YEAR_2000, clock, packed, post, scaled, since, unpadded, vin


def _access(draw: random.Random, points: list[str]) -> str:
    return "&".join(
        f"net{at}|{point.replace(':', '-').upper()}|{-draw.randrange(40, 95)}" for at, point in enumerate(points)
    )


def _trv_place(draw: random.Random, one: Place, cells: str, tail: str) -> str:
    text = f"{clock('%y%m%d', one)}{'A' if one.fix else 'V'}{minutes_pair(one, letter='', then='')}"
    text += f"{draw.uniform(0, 120):05.1f}{clock('%H%M%S', one)}{draw.uniform(0, 360):06.2f}"
    text += f"{draw.randrange(100):03d}{draw.randrange(12):03d}{draw.randrange(100):03d}10001{draw.choice(('', '010', '00108'))}"
    return f"{text},{cells}{tail}#"


def trv(draw: random.Random) -> Iterator[Drawn]:
    for prefix in ("TRV", "IW"):
        number, card, subscriber = imei(draw), "893" + unpadded(draw, 16), "26201" + unpadded(draw, 10)
        more = f",{card},{subscriber}" if prefix == "IW" and draw.random() < 0.5 else ""
        login = f"{prefix}AP00{number}{more}#"
        yield Drawn(f"login {prefix}", login.encode(), ids=(number,))
        for kind in ("AP01", "AP10", "YP03", "YP14"):
            for fix in (True, False):
                one, around = place(draw, when(draw), fix=fix), cell(draw)
                points = (
                    [bssid(draw) for _ in range(draw.randrange(3))] if kind == "AP10" or draw.random() < 0.5 else []
                )
                tail = (",01" if kind == "AP10" else "") + (f",{_access(draw, points)}" if points else "")
                text = f"{prefix}{kind}{_trv_place(draw, one, ','.join(map(str, around)), tail)}"
                yield Drawn(f"{prefix}{kind} {fix}", text.encode(), (one,), (), (around,), tuple(points))
                yield Drawn(
                    f"{prefix}{kind} {fix}, login",
                    f"{login}{text}".encode(),
                    (one,),
                    (number,),
                    (around,),
                    tuple(points),
                )
        mcc, mnc, _, _ = cell(draw)
        pairs, points = (
            [cell(draw)[2:] for _ in range(draw.randrange(1, 7))],
            [bssid(draw) for _ in range(draw.randrange(1, 4))],
        )
        told = ",".join(f"{lac}|{cid}|{-draw.randrange(60, 99)}" for lac, cid in pairs)
        text = f"{prefix}AP02,zh_cn,0,{len(pairs)},{mcc},{mnc},{told},{len(points)},{_access(draw, points)}#"
        yield Drawn(
            f"{prefix}AP02", text.encode(), cells=tuple((mcc, mnc, *pair) for pair in pairs), wifi=tuple(points)
        )
        yield Drawn(f"{prefix}AP03", f"{prefix}AP03,06000908000102,5555,30#".encode())
        yield Drawn(f"{prefix}AP49", f"{prefix}AP49,68#".encode())


def ttnhttp(draw: random.Random) -> Iterator[Drawn]:
    one, name, points = place(draw, when(draw)), f"car-{draw.randrange(99)}", [bssid(draw) for _ in range(2)]
    one = Place(round(one.latitude, 4), round(one.longitude, 4), one.time)
    ids = {"device_id": name, "application_ids": {"application_id": "cars"}}
    time, pair = (
        clock("%Y-%m-%dT%H:%M:%SZ", one),
        {"latitude": one.latitude, "longitude": one.longitude, "altitude": 42},
    )
    triple = (round(one.latitude * 1e4), round(one.longitude * 1e4), 4200)
    raw = base64.b64encode(b"\x01\x88" + b"".join(value.to_bytes(3, "big", signed=True) for value in triple)).decode()
    whole: dict[str, object] = pair | {"accuracy": 5, "sats": 8, "speed": 12.5, "heading": 90, "time": time}
    bodies: dict[str, dict[str, object]] = {
        "payload": {"decoded_payload": whole},
        "time of the gateway": {
            "decoded_payload": pair,
            "rx_metadata": [{"gateway_ids": {"gateway_id": "roof"}, "time": time}],
        },
        "time received": {"decoded_payload": pair, "received_at": time},
        "gps_1": {"decoded_payload": {"gps_1": pair}, "received_at": time},
        "raw": {"frm_payload": raw, "f_port": 1, "received_at": time},
        "three copies": {
            "frm_payload": raw,
            "decoded_payload": {"gps_1": pair},
            "received_at": time,
            "locations": {"frm-payload": pair | {"source": "SOURCE_GPS"}},
        },
        "Wi-Fi too": {
            "decoded_payload": whole | {"wifi": {point.upper(): {"rssi": -60, "channel": 6} for point in points}}
        },
    }
    for title, uplink in bodies.items():
        data = post(json.dumps({"end_device_ids": ids, "uplink_message": uplink}))
        yield Drawn(title, data, (one,), (name,), wifi=tuple(points) if title == "Wi-Fi too" else (), near=6e-5)


def _ulbotech(draw: random.Random, number: str, time: int, items: bytes) -> bytes:
    data = bytes((1, 1)) + bcd(number, 8) + struct.pack(">I", time | draw.choice((0, 1 << 31))) + items
    data += struct.pack(">H", crc16(data, 0x1021, 0, reflected=False))
    return b"\xf8" + data.replace(b"\xf7", b"\xf7\x00").replace(b"\xf8", b"\xf7\x0f") + b"\xf8"


def _item(kind: int, data: bytes) -> bytes:
    return bytes((kind, len(data))) + data


def ulbotech(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number, chassis, (mcc, mnc, lac, cid) = place(draw, when(draw), fix=fix), imei(draw), vin(draw), cell(draw)
        time, hdop = since(one, YEAR_2000), draw.randrange(60, 400) if fix else 9999
        gps = _item(1, scaled(one, 1e6) + struct.pack(">HHH", draw.randrange(120), draw.randrange(360), hdop))
        state = (
            _item(3, draw.randbytes(4))
            + _item(4, struct.pack(">I", draw.randrange(10**6)))
            + b"\x0b\x00\x03\x01\x02\x03"
        )
        short = _item(2, struct.pack(">HHHHB", mcc, mnc, lac, cid, 70))
        wide = draw.randrange(70000, 2**28)
        long = _item(2, struct.pack(">HHHIB", mcc, mnc, lac, wide, 70))
        yield Drawn(f"GPS {fix}", _ulbotech(draw, number, time, gps + state), (one,), (number,))
        yield Drawn(
            f"GPS, cell {fix}", _ulbotech(draw, number, time, gps + short), (one,), (number,), ((mcc, mnc, lac, cid),)
        )
        yield Drawn(
            f"GPS, wide cell {fix}",
            _ulbotech(draw, number, time, gps + long),
            (one,),
            (number,),
            ((mcc, mnc, lac, wide),),
        )
        data = _ulbotech(draw, number, time, gps + state + _item(0x0D, chassis.encode()))
        yield Drawn(f"VIN {fix}", data, (one,), (number,), vin=chassis)
    yield Drawn("cell alone", _ulbotech(draw, number, time, short + state), (), (number,), ((mcc, mnc, lac, cid),))
    yield Drawn("no cell", _ulbotech(draw, number, time, _item(2, b"\xff" * 9) + gps), (one,), (number,))
    yield Drawn("text", f"*TS01,{number},UTC:0#".encode(), ids=(number,))


def _upro_place(draw: random.Random, one: Place) -> str:
    flag = (0 if one.fix else 1) | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
    text = f"&A{clock('%H%M%S', one)}{packed(one.latitude, 2)}{packed(one.longitude, 3)}{flag}"
    return f"{text}{draw.randrange(60):02d}{draw.randrange(36):02d}{clock('%d%m%y', one)}"


def upro(draw: random.Random) -> Iterator[Drawn]:
    for maker in ("HQ", "VK", "MG", "AI"):
        for fix in (True, False):
            number, one, cells = (
                draw.choice((imei(draw), unpadded(draw, 10))),
                place(draw, when(draw), fix=fix),
                [cell(draw) for _ in range(2)],
            )
            mcc, mnc = cells[0][:2]
            cells = [(mcc, mnc, lac, cid) for _, _, lac, cid in cells]
            head = f"*{maker}20{draw.choice('01')}{number},{draw.choice(('AH', 'BA', 'AB', 'CC'))}"
            rest = f"&B{draw.randrange(10**8):010d}&N{draw.randrange(32):02d}&T{draw.randrange(10**4):04d}"
            rest += f"&O{draw.randrange(1, 12):02d}"
            yield Drawn(f"{maker} {fix}", f"{head}{_upro_place(draw, one)}{rest}#".encode(), (one,), (number,))
            groups = {
                "I": f"&I2{mcc}{mnc:02d}"
                + "".join(f"{lac:04X}{cid:04X}{draw.randrange(10, 32)}" for _, _, lac, cid in cells),
                "X": f"&X{mcc},{mnc},{cells[0][2]},{cells[0][3]},23;{cells[1][2]},{cells[1][3]},17",
            }
            for name, told in groups.items():
                data = f"{head}{_upro_place(draw, one)}{told}{rest}#".encode()
                yield Drawn(f"{maker} {name} {fix}", data, (one,), (number,), tuple(cells))
                yield Drawn(f"{maker} {name} alone", f"{head}{rest}{told}#".encode(), (), (number,), tuple(cells))
            wide = draw.randrange(2**20, 2**28)
            data = f"{head}{_upro_place(draw, one)}&Y1{mcc}{mnc:02d}{cells[0][2]:04X}{wide:08X}{draw.randrange(32):02X}#".encode()
            yield Drawn(f"{maker} Y {fix}", data, (one,), (number,), ((mcc, mnc, cells[0][2], wide),))
            data = (
                f"{head}{_upro_place(draw, one)}&P{mcc:04d}{mnc:04d}{cells[0][2]:04X}{cells[0][3]:04X}{rest}#".encode()
            )
            yield Drawn(f"{maker} P {fix}", data, (one,), (number,), (cells[0],))
    long = f"&I1310260{cells[0][2]:04X}{cells[0][3]:04X}20"
    yield Drawn(
        "I, mnc of three",
        f"{head}{_upro_place(draw, one)}{long}#".encode(),
        (one,),
        (number,),
        ((310, 260, *cells[0][2:]),),
    )


def _vnet(draw: random.Random, kind: int, one: Place, body: bytes) -> bytes:
    head = struct.pack("<HH", kind, len(body)) + bytes.fromhex(clock("%d%m%y%H%M%S", one))
    return b"$$" + head + body + struct.pack("<H", draw.randrange(65536)) + draw.randbytes(2) + b"##"


def vnet(draw: random.Random) -> Iterator[Drawn]:
    number, ones = imei(draw), [place(draw, when(draw), fix=fix) for fix in (True, False)]
    login = _vnet(draw, 0, ones[0], bytes.fromhex(f"{number}0") + draw.randbytes(10))
    yield Drawn("login", login, ids=(number,))
    for one in ones:
        flags = one.fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
        body = bytes.fromhex(packed(one.latitude, 2) + packed(one.longitude, 3, 5)) + bytes(
            (flags, draw.randrange(4, 12))
        )
        body += struct.pack("<BIB", draw.randrange(120), draw.randrange(10**6), draw.randrange(180))
        frame = _vnet(draw, 0x33, one, body)
        yield Drawn(f"GPS {one.fix}", frame, (one,))
        yield Drawn(f"login and GPS {one.fix}", login + frame, (one,), (number,))


def _vt200(number: str, kind: int, body: bytes) -> bytes:
    inner = bcd(number, 6) + struct.pack(">HH", kind, len(body)) + body
    inner += bytes((xor(inner),))
    escaped = b"".join(bytes((0x3D, byte ^ 0x3D)) if byte in (0x28, 0x29, 0x3D) else bytes((byte,)) for byte in inner)
    return b"(" + escaped + b")"


def _vt200_place(one: Place) -> bytes:
    flags = one.fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
    return bytes.fromhex(clock("%d%m%y%H%M%S", one) + packed(one.latitude, 2) + packed(one.longitude, 3) + f"{flags:X}")


def vt200(draw: random.Random) -> Iterator[Drawn]:
    number = unpadded(draw, 12)
    for kind in (0x2082, 0x2084, 0x2086):
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            tail = struct.pack(
                ">BBBBII", draw.randrange(120), draw.randrange(180), 9, 20, draw.randrange(10**6), 0
            ) + draw.randbytes(6)
            yield Drawn(
                f"{kind:x} {fix}", _vt200(number, kind, b"\x01\x00\x07" + _vt200_place(one) + tail), (one,), (number,)
            )
    one = place(draw, when(draw))
    yield Drawn("ignition", _vt200(number, 0x3089, b"\x01\x00\x07" + _vt200_place(one)), (one,), (number,))
    yield Drawn("ignition, no place", _vt200(number, 0x3089, b"\x01\x00\x07" + _vt200_place(one)[:6]), ids=(number,))
    trip = bcd(imei(draw), 8) + bcd("26201" + unpadded(draw, 10), 8) + _vt200_place(one)[:6] * 2
    yield Drawn("trip", _vt200(number, 0x3088, trip), ids=(number,))


def xrb28(draw: random.Random) -> Iterator[Drawn]:
    for head in ("SCOR", "HBCR"):
        for fix in (True, False):
            one, number = place(draw, when(draw), fix=fix), imei(draw)
            start = f"*{head},OM,{number},{draw.choice(('', f'{when(draw):%y%m%d%H%M%S},'))}"
            for kind in ("D0", "D1"):
                text = f"{start}{kind},0,{clock('%H%M%S', one)}.00,{'A' if fix else 'V'},{minutes_pair(one)},"
                text += f"{draw.randrange(4, 12)},1.10,{clock('%d%m%y', one)},"
                text += f"{draw.randrange(900)},M,A#\n"
                yield Drawn(f"{head} {kind} {fix}", text.encode(), (one,), (number,))
            yield Drawn(f"{head} heartbeat", f"{start}H0,0,412,28,80,0#\n".encode(), ids=(number,))
    yield Drawn("D0 without fix", f"{start}D0,0,,V,,,,,,,,,,N#\n".encode(), ids=(number,))


DIALECTS = {
    "trv": trv,
    "ttnhttp": ttnhttp,
    "ulbotech": ulbotech,
    "upro": upro,
    "vnet": vnet,
    "vt200": vt200,
    "xrb28": xrb28,
}
