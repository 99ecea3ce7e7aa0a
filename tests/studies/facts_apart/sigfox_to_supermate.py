"""Sigfox, Siwi, Snapper, Suntech and Supermate, from public descriptions.

Left out: Sigfox payloads that only the setting of a server tells apart, and its tag 01, whose scale is doubtful; Suntech's trip
report, which gives two places and one time, and its crash recording, which is in parts.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, imei, minutes, place, when
from tests.studies.facts_apart.written import clock, post, scaled, unix, unpadded


def _signed_magnitude(value: float) -> bytes:
    return struct.pack(">I", round(abs(value) * 1e6) | (1 << 31 if value < 0 else 0))


def sigfox(draw: random.Random) -> Iterator[Drawn]:
    one, name = place(draw, when(draw)), f"{draw.randrange(0x100000, 0xFFFFFF):X}"
    base: dict[str, object] = {draw.choice(("device", "deviceId")): name, "seqNumber": draw.randrange(999)}
    for form, time in (("number", unix(one)), ("text", str(unix(one)))):
        timed = base | {"time": time}
        yield Drawn(
            f"location {form}",
            post(json.dumps(timed | {"location": {"lat": one.latitude, "lng": one.longitude}})),
            (one,),
            (name,),
        )
        yield Drawn(
            f"lat lng {form}",
            post(json.dumps(timed | {"lat": str(one.latitude), "lng": str(one.longitude)})),
            (one,),
            (name,),
        )
        written = quote(json.dumps(timed | {"location": {"lat": one.latitude, "lng": one.longitude}}))
        yield Drawn(f"form {form}", post(f"{written}=", "application/x-www-form-urlencoded"), (one,), (name,))
        told = base | {"positionTime": time, "latitude": one.latitude, "longitude": one.longitude}
        yield Drawn(f"latitude {form}", post(json.dumps(told)), (one,), (name,))
        for fix in (True, False):
            where = Place(one.latitude, one.longitude, one.time, fix)
            pair = _signed_magnitude(one.latitude) + _signed_magnitude(one.longitude)
            data = (bytes((0x1F if fix else 0x0F,)) + pair + draw.randbytes(3)).hex()
            estimate = {"lat": f"{one.latitude:.0f}.0", "lng": f"{one.longitude:.0f}.0"}
            yield Drawn(
                f"sign and magnitude {fix} {form}",
                post(json.dumps(timed | {"data": data} | estimate)),
                (where,),
                (name,),
            )
        data = (b"\x10" + scaled(one, 1e7, "<ii") + bytes((90, 60, 160))).hex()
        yield Drawn(f"twelve bytes {form}", post(json.dumps(timed | {"data": data})), (one,), (name,))
        payload = (b"\x20\x02" + struct.pack(">ff", one.latitude, one.longitude) + bytes((5, 88))).hex()
        yield Drawn(f"tag 02 {form}", post(json.dumps(timed | {"payload": payload})), (one,), (name,))
    points = [bssid(draw)]  # twelve bytes hold no more
    payload = f"2206{points[0].replace(':', '')}{draw.randrange(160, 220):02x}0558"
    yield Drawn(
        "Wi-Fi", post(json.dumps(base | {"time": unix(one), "payload": payload})), (), (name,), wifi=tuple(points)
    )
    gone = base | {"latitude": "null", "longitude": "null", "positionTime": "null"}
    yield Drawn("null", post(json.dumps(gone)), ids=(name,))


def siwi(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), draw.choice((imei(draw), unpadded(draw, 6)))
        assert one.time is not None
        local = one.time + timedelta(hours=5, minutes=30)
        text = f"$SIWI,{number},{draw.randrange(9999)},{draw.choice('ERA')},{draw.choice(('', '9'))},,0,1,0,"
        text += f"{draw.uniform(10, 28):.2f},"
        text += f"{draw.randrange(10**6)},{draw.randrange(120)},{draw.randrange(4, 12)},{'A' if fix else 'V'},"
        text += f"{one.latitude:.6f},{one.longitude:.6f},"
        text += f"{draw.randrange(900)},{draw.randrange(360)},{local:%H%M%S,%d%m%y},{draw.randrange(32)},1,0,0,"
        text += "4012,15,0,0,0,0,0,1.1,2.17"
        for end in ("!", ",0!", ""):
            yield Drawn(f"{fix} '{end}'", f"{text}{end}\r\n".encode(), (one,), (number,))
    text = f"$SIWI,{number},954,E,0,,0,1,1,0,0,0,0,V,0.000000,0.000000,0,0,{when(draw):%H%M%S,%d%m%y},19,1,0,"
    text += "0,4012,15,0,0,0,0,0,1.1,2.17!\r\n"
    yield Drawn("no place", text.encode(), ids=(number,))


def _snapper_place(draw: random.Random, one: Place) -> bytes:
    flags = 0x1C | one.fix << 1 | (one.latitude > 0) << 6 | (one.longitude > 0) << 7
    told = {"f": f"{flags:02X}", "t": clock("%H%M%S", one), "d": clock("%d%m%y", one), "la": minutes(one.latitude, 2)}
    told |= {"lo": minutes(one.longitude, 3), "a": f"{draw.uniform(0, 900):.1f}", "s": f"{draw.uniform(0, 60):.1f}"}
    told |= {"c": f"{draw.uniform(0, 360):.1f}", "sv": str(draw.randrange(4, 12)), "p": "1.1"}
    return json.dumps(told, separators=(",", ":")).encode()


def _snapper_frame(draw: random.Random, number: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BBIIHIB3xH", 0x4B, 2, draw.randrange(9999), number, 0, len(data), 0, draw.randrange(65536))
    return head + struct.pack("<BH", sum(data) & 0xFF, kind) + data


def snapper(draw: random.Random) -> Iterator[Drawn]:
    number = draw.randrange(10**5, 10**8)
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"GPS {fix}", _snapper_frame(draw, number, 0x32, _snapper_place(draw, one)), (one,), (str(number),))
    ones = [place(draw, when(draw)) for _ in range(2)]
    parts = [(0x34, b'{"v":"12.1"}'), *((0x32, _snapper_place(draw, one)) for one in ones)]
    data = struct.pack("<H", len(parts)) + b"".join(struct.pack("<HH", kind, len(part)) + part for kind, part in parts)
    yield Drawn("parts", _snapper_frame(draw, number, 0x37, data), tuple(ones), (str(number),))
    yield Drawn("no data", _snapper_frame(draw, number, 0x32, b'{"f":"24"}'), ids=(str(number),))


def supermate(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        for kind in ("UP", "AL"):
            one, number = place(draw, when(draw), fix=fix), imei(draw)
            pair = (
                f"{8 if value < 0 else 0:X}{round(abs(value) * 600000):07X}" for value in (one.latitude, one.longitude)
            )
            date, time = clock("%y%m%d", one), clock("%H%M%S", one)
            hexed = ",".join("".join(f"{int(text[at : at + 2]):02X}" for at in (0, 2, 4)) for text in (date, time))
            text = f"2:{number}:1:*,{draw.randrange(10**8):08d},{kind},{'A' if fix else 'V'},{hexed},{','.join(pair)},"
            text += f"{draw.randrange(9000):04X},{draw.randrange(36000):04X},{draw.getrandbits(48):012X},{draw.randrange(32):02X},"
            text += f"{draw.randrange(99)},{draw.randrange(999):04X},{draw.randrange(10**6):06X}#"
            yield Drawn(f"{kind} {fix}", text.encode(), (one,), (number,))


def _plus(one: Place) -> str:
    return f"{one.latitude:+010.6f};{one.longitude:+011.6f}"


def _suntech_text(
    draw: random.Random, kind: str, one: Place, number: str, model: str
) -> tuple[str, tuple[int, int, int, int] | None]:
    mcc, mnc, lac, cid = cell(draw)
    named = f"{draw.randrange(99):02d};" if model in ("ST300", "ST340", "ST390", "ST500", "ST600") else ""
    where = "" if model == "ST500" else f"{draw.getrandbits(20):06x};"
    if model == "ST600":
        where = f"{cid:08x};{mcc};{mnc};{lac:x};{draw.randrange(60)};"
    text = (
        f"{model}{kind};{number};{named}{draw.randrange(999):03d};{clock('%Y%m%d;%H:%M:%S', one)};{where}{_plus(one)};"
    )
    text += f"{draw.uniform(0, 120):07.3f};{draw.uniform(0, 360):06.2f};{draw.randrange(4, 12)};{int(one.fix)};"
    text += f"{draw.randrange(10**7)};"
    text += f"{draw.uniform(11, 14):.2f};{''.join(draw.choices('01', k=6))};"
    text += {"STT": f"{draw.randrange(6)};{draw.randrange(9999):04d}", "UEX": "4;ABCD;1F"}.get(
        kind, str(draw.randrange(1, 40))
    )
    return f"{text};{draw.randrange(10**6):06d};4.1;1\r", (mcc, mnc, lac, cid) if model == "ST600" else None


def _suntech_seven(draw: random.Random, one: Place | None, number: str) -> Drawn:
    cells = [cell(draw) for _ in range(7)]
    mcc, mnc, lac, cid = cells[0]
    text = f"{cid};{mcc};{mnc};-65;{lac};1;" + "".join(f"{c};{a};{b};{d};0;0;" for a, b, d, c in cells[1:])
    tail = (
        ";;;;;;;" if one is None else f"{clock('%Y%m%d;%H:%M:%S', one)};{_plus(one)};000.074;000.00;10;{int(one.fix)}"
    )
    data = f"ST410STT;{number};408;01;{text}3.7;1;0156;1;{tail}\r".encode()
    return Drawn(f"ST410 {one and one.fix}", data, (one,) if one else (), (number,), tuple(cells))


UNIVERSAL = 0x3FFFFF
"""Fields 1 to 22 of the mask; the first is bit 0."""


def _universal_text(draw: random.Random, kind: str, one: Place, number: str, mask: int) -> Drawn:
    mcc, mnc, lac, cid = cell(draw)
    fields = [
        "82",
        "1.0.5",
        "1",
        clock("%Y%m%d", one),
        clock("%H:%M:%S", one),
        f"{cid:08X}",
        str(mcc),
        str(mnc),
        f"{lac:04X}",
        "31",
    ]
    fields += [
        f"{one.latitude:+.6f}",
        f"{one.longitude:+.6f}",
        f"{draw.uniform(0, 99):.2f}",
        f"{draw.uniform(0, 360):.2f}",
    ]
    fields += [str(draw.randrange(4, 12)), str(int(one.fix)), "00000011", "00000000", "1", "2", "1012", "30"]
    told = ";".join(field for bit, field in enumerate(fields) if mask >> bit & 1)
    cells = ((mcc, mnc, lac, cid),) if mask & 0x1E0 == 0x1E0 else ()
    data = f"{kind};{number};{mask:06X};{told}\r".encode()
    return Drawn(f"universal {kind} {mask:06X}", data, (one,), (number,), cells)


def _universal_binary(draw: random.Random, kind: int, one: Place, number: str, mask: int) -> Drawn:
    mcc, mnc, lac, cid = cell(draw)
    date, time = (bytes(int(clock(form, one)[at : at + 2]) for at in (0, 2, 4)) for form in ("%y%m%d", "%H%M%S"))
    pair = [_signed_magnitude(one.latitude), _signed_magnitude(one.longitude)]
    fields = [
        b"\x52",
        bytes((1, 0, 5)),
        b"\x01",
        date,
        time,
        struct.pack(">I", cid),
        struct.pack(">H", mcc),
        struct.pack(">H", mnc),
    ]
    fields += [
        struct.pack(">H", lac),
        b"\x1f",
        *pair,
        struct.pack(">H", draw.randrange(9000)),
        struct.pack(">H", draw.randrange(36000)),
    ]
    fields += [bytes((draw.randrange(4, 12),)), bytes((one.fix,))]
    told = (
        bcd(number, 5)
        + mask.to_bytes(3, "big")
        + b"".join(field for bit, field in enumerate(fields) if mask >> bit & 1)
    )
    cells = ((mcc, mnc, lac, cid),) if mask & 0x1E0 == 0x1E0 else ()
    return Drawn(f"binary {kind:x} {mask:06X}", struct.pack(">BH", kind, len(told)) + told, (one,), (number,), cells)


def _suntech_zip(draw: random.Random, one: Place, number: str) -> Drawn:
    def angle(value: float) -> bytes:
        whole, fraction = divmod(round(abs(value) * 1e6), 10**6)
        return bytes((whole,)) + bcd(f"{fraction:06d}", 3)

    times = clock("%y%m%d%H%M%S", one)
    data = (
        bytes((0x10,))
        + bytes.fromhex(f"{number}0")
        + b"\x29\x01\x02"
        + bytes(int(times[at : at + 2]) for at in range(0, 12, 2))
    )
    data += (
        draw.randbytes(3)
        + angle(one.latitude)
        + angle(one.longitude)
        + struct.pack(">H", draw.randrange(120))
        + bcd("50", 1)
    )
    flags = one.fix << 7 | (one.latitude < 0) << 6 | (one.longitude < 0) << 5
    data += (
        struct.pack(">H", draw.randrange(360))
        + bcd("25", 1)
        + bytes((flags,))
        + struct.pack(">I", draw.randrange(10**6))
    )
    return Drawn(f"zip {one.fix}", b"\x02" + struct.pack(">H", len(data)) + data + b"\x03", (one,), (number,))


def suntech(draw: random.Random) -> Iterator[Drawn]:
    for model in ("ST200", "SA200", "ST300", "ST340", "ST500", "ST600"):
        for kind in ("STT", "EMG", "EVT", "ALT", "UEX"):
            one, number = place(draw, when(draw), fix=draw.random() < 0.8), unpadded(draw, draw.choice((6, 9)))
            text, around = _suntech_text(draw, kind, one, number, model)
            yield Drawn(f"{model}{kind} {one.fix}", text.encode(), (one,), (number,), (around,) if around else ())
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), unpadded(draw, 9)
        yield _suntech_seven(draw, one, number)
        for kind in ("Location", "Emergency", "Alert"):
            for where in ("", f"{draw.getrandbits(40):010x};"):
                text = f"ST910;{kind};{number};500;{clock('%Y%m%d;%H:%M:%S', one)};{where}{_plus(one)};000.000;"
                text += f"000.00;{int(fix)};3.8;0;1;9159\r"
                yield Drawn(f"ST910 {kind} {fix} {bool(where)}", text.encode(), (one,), (number,))
        for kind in ("STT", "ALT", "UEX", "RES"):
            for mask in (UNIVERSAL, UNIVERSAL & ~0x3E0, 0x00FFFF & ~0x7):
                yield _universal_text(draw, kind, one, unpadded(draw, 10), mask)
        for binary in (0x81, 0x82):
            for mask in (0xFFFF, 0xFFFF & ~0x3E0):
                yield _universal_binary(draw, binary, one, unpadded(draw, 10), mask)
        yield _suntech_zip(draw, one, number)
    yield _suntech_seven(draw, None, number)
    one, number = place(draw, when(draw)), unpadded(draw, 10)
    yield Drawn(
        "BLE", f"BLE;{number};114;1.0.1;{clock('%Y%m%d;%H:%M:%S', one)};{_plus(one)};1;0\r".encode(), (one,), (number,)
    )
    text = f"BSA;{number};001FFF;82;1.0.0;1;{clock('%Y%m%d;%H:%M:%S', one)};{_plus(one)};1;-55;68:11:6A:FD:1A:A7;6AA5;1DE8\r"
    yield Drawn("BSA", text.encode(), (one,), (number,))
    yield Drawn("alive", f"ST300ALV;{number}\r".encode(), ids=(number,))


DIALECTS = {"sigfox": sigfox, "siwi": siwi, "snapper": snapper, "suntech": suntech, "supermate": supermate}
