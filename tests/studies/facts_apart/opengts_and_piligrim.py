"""OpenGTS and Piligrim: sentences of NMEA 0183 in requests, and bytes in their bodies, from public descriptions of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, minutes_pair, place, when
from tests.studies.facts_apart.written import nmea, post


def opengts(draw: random.Random) -> Iterator[Drawn]:
    """An RMC in a query, quoted or not."""
    for fix in (True, False):
        for quoted in (True, False):
            device, one = draw.choice((imei(draw), "van7")), place(draw, when(draw), fix=fix)
            text = (
                f"GPRMC,{one.time:%H%M%S}{draw.choice(('', '.00'))},{'A' if fix else 'V'},{minutes_pair(one)},"
                f"{draw.uniform(0, 60):.1f},{draw.choice(('', '93.2'))},{one.time:%d%m%y},,"
            )
            sentence = nmea(text)
            parts = [f"id={device}", "acct=me", "batt=0", "code=0xF020", f"alt={draw.randrange(900)}"]
            parts.append(f"gprmc={quote(sentence) if quoted else sentence}")
            draw.shuffle(parts)
            query = "&".join(parts)
            request = f"GET /{draw.choice(('', 'gprmc/Data'))}?{query} HTTP/1.1\r\nHost: server\r\n\r\n"
            yield Drawn(f"fix {fix} quoted {quoted}", request.encode(), (one,), (device,))


def piligrim(draw: random.Random) -> Iterator[Drawn]:
    """A text message in a form, and records of minutes in base 100."""
    one, mast, phone = place(draw, when(draw)), cell(draw), f"+7916{draw.randrange(10**7):07d}"
    text = (
        f"GPRMC,{one.time:%H%M%S}.000,A,{minutes_pair(one)},"
        f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},"
        f"{one.time:%d%m%y},,"
    )
    area = f"GSM: {mast[0]}-{mast[1]:02d} {mast[2]:04x}-{mast[3]:04x},1c30,3e96"
    body = f"&phoneNumber={phone}&message=ALARM KEY; {nmea(text)}; {area}; S; Batt: {draw.randrange(300, 420)},M"
    yield Drawn("push.do", post(body, "text/plain", "/push.do", "server"), (one,), (), (mast,))
    device = imei(draw)
    for kind in (0xF1, 0xF2):
        places = tuple(place(draw, when(draw), fix=draw.random() < 0.7) for _ in range(draw.randrange(1, 4)))
        data = b"".join(_base_100(draw, one, kind) for one in places)
        yield Drawn(
            f"bingps {kind:x}",
            post(data, "application/octet-stream", f"/bingps?imei={device}", "server"),
            places,
            (device,),
        )


def _base_100(draw: random.Random, one: Place, kind: int) -> bytes:
    def angle(value: float) -> bytes:
        units = round(abs(value) * 600000)
        whole, part = divmod(units, 10000)
        return bytes((whole // 60, whole % 60, part // 100, part % 100))

    assert one.time is not None
    date = bytes(
        (one.time.day, one.time.year - 2010 << 4 | one.time.month, one.time.hour, one.time.minute, one.time.second)
    )
    flags = (one.latitude < 0) | (one.longitude < 0) << 1
    satellites = draw.randrange(3, 12) if one.fix else draw.randrange(3)
    data = (
        date
        + angle(one.latitude)
        + angle(one.longitude)
        + bytes((flags, satellites, draw.randrange(60), draw.randrange(180), draw.randrange(100)))
    )
    data += draw.randbytes(10) if kind == 0xF2 else b""
    return bytes((0xFF, kind, len(data))) + data


DIALECTS: dict[str, Dialect] = {"opengts": opengts, "piligrim": piligrim}
