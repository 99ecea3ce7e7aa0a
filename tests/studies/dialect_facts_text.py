"""Text dialects built from their published layouts."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.studies.dialect_facts import (
    BSSIDS,
    CELL,
    CID,
    IMEI,
    LAC,
    MCC,
    MNC,
    NORTH_EAST,
    SOUTH_WEST,
    UNIX,
    Case,
    degrees,
    sides,
)
from tests.studies.facts_apart.drawn import crc16, xor


def queclink() -> Iterator[Case]:
    def place(one: tuple[float, float]) -> str:
        return f"1,42.0,90,30.0,{one[1]:.6f},{one[0]:.6f},20240517102030,{MCC:04d},{MNC:04d},{LAC:04X},{CID:04X}"

    for kind in ("GTRTL", "GTGEO", "GTSPD", "GTSOS", "GTFRI"):
        text = f"+RESP:{kind},060228,{IMEI},,0,0,1,{place(SOUTH_WEST)},,92,20240517102031,11F0$"
        yield Case(kind, text.encode(), (SOUTH_WEST,), cells=(CELL,), checked=False)
    text = f"+RESP:GTFRI,060228,{IMEI},,0,0,2,{place(NORTH_EAST)},,{place(SOUTH_WEST)},,92,20240517102031,11F0$"
    yield Case("GTFRI of two", text.encode(), (NORTH_EAST, SOUTH_WEST), cells=(CELL,), checked=False)
    text = f"+BUFF:GTFRI,2C0203,{IMEI},,,10,1,{place(NORTH_EAST)},,0.0,,,,94,220000,,,,20240517102031,11F0$"
    yield Case("GTFRI of a GV, buffered", text.encode(), (NORTH_EAST,), cells=(CELL,), checked=False)


def h02() -> Iterator[Case]:
    for place in (NORTH_EAST, SOUTH_WEST):
        ns, ew = sides(place)
        where = f"{degrees(place[0], 2)},{ns},{degrees(place[1], 3)},{ew}"
        yield Case(
            f"V1 {ns}{ew}",
            f"*HQ,8600160204,V1,102030,A,{where},022.68,090,170524,FFFFFBFF,{MCC},{MNC:02d},{LAC},{CID}#".encode(),
            (place,),
            ("8600160204",),
            (CELL,),
            checked=False,
        )
        digits = f"{degrees(place[0], 2).replace('.', '')}06{degrees(place[1], 3).replace('.', '')}"
        flags = 2 | (4 if ns == "N" else 0) | (8 if ew == "E" else 0)
        binary = b"$" + bytes.fromhex(f"8600160204102030170524{digits}{flags:x}022090ffffbfff") + bytes(2)
        yield Case(f"binary {ns}{ew}", binary, (place,), ("8600160204",), checked=False)
    cells = f"{MCC},{MNC:02d},0,1,{LAC},{CID},30"
    yield Case(
        "NBR",
        f"*HQ,8600160204,NBR,102030,{cells},170524,FFFFFBFF#".encode(),
        (),
        ("8600160204",),
        (CELL,),
        checked=False,
    )
    yield Case("LINK", b"*HQ,8600160204,LINK,102030,22,100,90,0,0,170524,FFFFFBFF#", (), ("8600160204",), checked=False)


def texts() -> Iterator[Case]:
    for place in (NORTH_EAST, SOUTH_WEST):
        ns, ew = sides(place)
        where = f"{degrees(place[0], 2)},{ns},{degrees(place[1], 3)},{ew}"
        yield Case(
            f"gps103 {ns}{ew}",
            f"imei:{IMEI},tracker,2405171020,,F,102030.000,A,{where},22.68,90;".encode(),
            (place,),
            checked=False,
        )
        packed = f"240517A{degrees(place[0], 2)}{ns}{degrees(place[1], 3)}{ew}042.0102030090.00000000000L00000000"
        yield Case(
            f"tk103 {ns}{ew}", f"(013912345678BR00{packed})".encode(), (place,), ("013912345678",), checked=False
        )
        body = f",{IMEI},AAA,35,{place[0]:.6f},{place[1]:.6f},240517102030,A,9,20,42,90,1.0,30,1000,2000,"
        body += f"{MCC}|{MNC}|{LAC:04X}|{CID:04X},0000,|||0A3A|00E8|,*"
        text = f"$$A{len(body) + 4}{body}".encode()
        yield Case(f"meitrack {ns}{ew}", text + f"{sum(text) & 255:02X}\r\n".encode(), (place,), cells=(CELL,))
        rmc = f"102030.000,A,{where},22.68,90.0,170524,,*"
        inside = f"{rmc}11|1.0|30|0000|0001,0001".encode()
        frame = struct.pack(">2sH", b"$$", len(inside) + 17) + bytes.fromhex("13912345678fff") + b"\x99\x55" + inside
        yield Case(
            f"meiligao {ns}{ew}",
            frame + struct.pack(">H", crc16(frame, 0x1021, 0xFFFF, reflected=False)) + b"\r\n",
            (place,),
            ("13912345678",),
        )
        yield Case(
            f"suntech ST300 {ns}{ew}",
            f"ST300STT;205027329;14;711;20240517;10:20:30;{CID:06x};{place[0]:+010.6f};{place[1]:+011.6f};042.000;090.00;9;1;1000;12.50;000000;1;0001;000010;4.1;0\r".encode(),
            (place,),
            ("205027329",),
            checked=False,
        )
        yield Case(
            f"suntech universal {ns}{ew}",
            f"STT;0205027329;3FFFFF;95;1.0.10;1;20240517;10:20:30;{CID:08X};{MCC};{MNC};{LAC:04X};30;{place[0]:+.6f};{place[1]:+.6f};42.00;90.00;9;1;00000001;00000000;1;1;0001\r".encode(),
            (place,),
            ("0205027329",),
            (CELL,),
            checked=False,
        )
        body = f"170524;102030;{degrees(place[0], 2)};{ns};{degrees(place[1], 3)};{ew};42;90;30;9"
        yield Case(f"wialon SD {ns}{ew}", f"#L#{IMEI};NA\r\n#SD#{body}\r\n".encode(), (place,), checked=False)
        body = f"{body};1.0;1;0;;NA;x:1:1;"
        login = f"2.0;{IMEI};NA;"
        sums = [crc16(one.encode(), 0xA001, 0, reflected=True) for one in (login, body)]
        text = f"#L#{login}{sums[0]:04X}\r\n#D#{body}{sums[1]:04X}\r\n"
        yield Case(f"wialon 2.0 D {ns}{ew}", text.encode(), (place,), checked=False)


BOTH = (NORTH_EAST, SOUTH_WEST)


def _name(place: tuple[float, float]) -> str:
    return "".join(sides(place))


def suntech() -> Iterator[Case]:
    for place in BOTH:
        first = f"{CID};{MCC};{MNC};-70;{LAC};0"
        others = ";".join(["0;0;0;0;0;0"] * 6)
        text = f"ST410STT;205027329;408;01;{first};{others};4.1;0;1;1;"
        text += f"20240517;10:20:30;{place[0]:+.6f};{place[1]:+.6f};42.0;90.0;9;1\r"
        yield Case(f"ST410 {_name(place)}", text.encode(), (place,), ("205027329",), (CELL,), checked=False)
        text = f"ST910;Location;205027329;500;20240517;10:20:30;{CID:x};{place[0]:+.6f};{place[1]:+.6f};42.0;90.0;1;4.1;1;1\r"
        yield Case(f"ST910 {_name(place)}", text.encode(), (place,), ("205027329",), checked=False)
        numbers = [round(abs(one) * 1e6) | (0x80000000 if one < 0 else 0) for one in place]
        values = (
            struct.pack(">B", 0x5F)
            + bytes((1, 0, 1, 1))
            + bytes((24, 5, 17, 10, 20, 30))
            + struct.pack(">IHHHB", CID, MCC, MNC, LAC, 30)
        )
        values += struct.pack(">IIHHBB", *numbers, 4200, 9000, 9, 1)
        body = bytes.fromhex("0205027329") + b"\0\xff\xff" + values
        yield Case(
            f"binary {_name(place)}",
            b"\x81" + struct.pack(">H", len(body)) + body,
            (place,),
            ("0205027329",),
            (CELL,),
            checked=False,
        )


def rest() -> Iterator[Case]:
    for place in BOTH:
        ns, ew = sides(place)
        where = f"{degrees(place[0], 2)},{ns},{degrees(place[1], 3)},{ew}"
        name = ns + ew
        yield Case(
            f"arknav {name}",
            f"{IMEI},05*827,000,L001,A,{where},22.68,90.0,1.0,10:20:30 17-05-24,9.5A,D7,0,79,0,,,,,,,,\r".encode(),
            (place,),
            checked=False,
        )
        yield Case(
            f"aquila {name}",
            f"$$CLIENT_1,123456,1,{place[0]:.6f},{place[1]:.6f},240517102030,A,20,42,1000,{'0,' * 30}0*3A\r\n".encode(),
            (place,),
            ("123456",),
            checked=False,
        )
        rmc = f"GPRMC,102030.00,A,{where},22.68,90.0,170524,,"
        body = b"\0\x04\2\0" + b" " * 11 + IMEI.encode() + f" 13 ${rmc}*{xor(rmc.encode()):02X}\r\n".encode()
        yield Case(f"enfora {name}", struct.pack(">H", len(body) + 2) + body, (place,), checked=False)
        whole = [round(place[0] * 2**23 / 90) & 0xFFFFFF, round(place[1] * 2**23 / 180) & 0xFFFFFF]
        payload = b"\0" + b"".join(one.to_bytes(3, "big") for one in whole) + bytes(2)
        xml = '<?xml version="1.0"?><stuMessages messageID="a1">'
        xml += f"<stuMessage><esn>0-2682225</esn><unixTime>{UNIX}</unixTime><gps>N</gps>"
        xml += f'<payload length="9" source="pc" encoding="hex">0x{payload.hex().upper()}</payload></stuMessage></stuMessages>'
        yield Case(f"globalstar {name}", xml.encode(), (place,), ("0-2682225",), checked=False)
        watch = f"UD,170524,102030,A,{abs(place[0]):.6f},{ns},{abs(place[1]):.6f},{ew},22.0,90,30,9,30,80,0,0,00000008,"
        watch += f"1,1,{MCC},{MNC},{LAC},{CID},130,2,a,{BSSIDS[0]},-60,b,{BSSIDS[1]},-70,10.0"
        yield Case(
            f"watch {name}",
            f"[3G*8600160204*{len(watch):04X}*{watch}]".encode(),
            (place,),
            ("8600160204",),
            (CELL,),
            BSSIDS,
            checked=False,
        )
