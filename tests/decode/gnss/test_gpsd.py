from __future__ import annotations

from iotwatch.decode import decode
from iotwatch.decode.gnss.gpsd import GPSD
from iotwatch.read.stream import from_bytes

VERSION = b'{"class":"VERSION","release":"3.25","rev":"3.25","proto_major":3,"proto_minor":15}\r\n'
DEVICE = b'{"class":"DEVICE","path":"/dev/ttyUSB1","driver":"u-blox","activated":"2024-05-01T10:00:00.000Z"}\r\n'
TPV = (
    b'{"class":"TPV","device":"/dev/ttyUSB1","mode":3,"time":"2024-05-01T10:00:01.000Z",'
    b'"lat":52.100001,"lon":4.300002,"altHAE":12.5,"track":90.0,"speed":10.0}\r\n'
)


def test_reports_give_fixes_in_our_units(traits_of):
    version, device, place = decode(from_bytes(VERSION + DEVICE + TPV, kind="tcp"))
    assert [(kind, value) for kind, value, _ in traits_of([version, device])] == [
        ("gpsd.version", "3.25"),
        ("gpsd.device", "/dev/ttyUSB1"),
    ]
    fix = place.fixes[0]
    assert (fix.latitude, fix.longitude, fix.valid) == (52.100001, 4.300002, True)
    assert (fix.speed, fix.course, fix.altitude) == (36.0, 90.0, 12.5)
    assert fix.time == 1_714_557_601_000_000
    assert place.stream.data[slice(*fix.span)] == TPV.strip()


def test_no_fix_and_nonsense_say_nothing():
    for line in (b'{"class":"TPV","mode":1}', b'{"class":"TPV","lat":99,"lon":1}', b'{"class":"TPV","lat":}'):
        assert list(GPSD.messages(from_bytes(line + b"\n"))) == []
