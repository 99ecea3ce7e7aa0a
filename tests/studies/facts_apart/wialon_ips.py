"""Wialon IPS 1.1 and 2.0, over TCP and UDP, from its public description."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, crc16, imei, minutes_pair, place, when


def _where(one: Place) -> str:
    return f"{one.time:%d%m%y;%H%M%S};{minutes_pair(one, letter=';', then=';')}"


def _short(draw: random.Random, one: Place) -> str:
    """A record of SD: three satellites or more are a fix."""
    satellites = str(draw.randrange(3, 20) if one.fix else draw.randrange(3))
    motion = draw.choice((f"{draw.randrange(120)};{draw.randrange(360)};{draw.randrange(900)}", "NA;NA;NA", ";;"))
    return f"{_where(one)};{motion};{satellites}"


def _parameters(mast: tuple[int, int, int, int] | None) -> str:
    if mast is None:
        return "odo:2:12345.6,pwr_ext:2:12.6,text:3:on"
    return f"pwr_ext:2:12.6,mcc1:1:{mast[0]},mnc1:1:{mast[1]},lac1:1:{mast[2]},cell_id1:1:{mast[3]}"


def _full(draw: random.Random, one: Place, mast: tuple[int, int, int, int] | None = None) -> str:
    tail = draw.choice(("1.0;0;0;;NA;", "NA;NA;NA;14.77,0.02,3.6;NA;", "0.9;4;0;1.2;4F3A0B;"))
    return f"{_short(draw, one)};{tail}{_parameters(mast)}"


def _framed(kind: str, data: str, version: int) -> bytes:
    """Version 2.0 ends with a check value over the data and its last semicolon."""
    if version == 2:
        data += ";"
        data += f"{crc16(data.encode(), 0xA001, 0, reflected=True):04X}"
    return f"#{kind}#{data}\r\n".encode()


def _login(device: str, version: int) -> bytes:
    return _framed("L", f"2.0;{device};NA" if version == 2 else f"{device};NA", version)


def wialon(draw: random.Random) -> Iterator[Drawn]:
    """The login alone has the id; over UDP it stands before every message."""
    for version in (1, 2):
        device = imei(draw)
        yield Drawn(f"login {version}", _login(device, version), (), (device,))
        yield Drawn(f"login and ping {version}", _login(device, version) + b"#P#\r\n", (), (device,))
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            yield Drawn(f"SD {version} {fix}", _framed("SD", _short(draw, one), version), (one,))
            for mast in (None, cell(draw)):
                one = place(draw, when(draw), fix=fix)
                data = _framed("D", _full(draw, one, mast), version)
                masts = (mast,) if mast else ()
                yield Drawn(f"D {version} {fix} {bool(mast)}", data, (one,), (), masts)
                yield Drawn(
                    f"session {version} {fix} {bool(mast)}", _login(device, version) + data, (one,), (device,), masts
                )
                head = f"2.0;{device}" if version == 2 else device
                yield Drawn(f"UDP {version} {fix} {bool(mast)}", head.encode() + data, (one,), (device,), masts)
        yield from _batches(draw, version, device)
        yield from _placeless(draw, version, device)
    yield _many_cells(draw)


def _batches(draw: random.Random, version: int, device: str) -> Iterator[Drawn]:
    for name, form in (("D", _full), ("SD", _short)):
        places = tuple(place(draw, when(draw)) for _ in range(draw.randrange(2, 6)))
        data = _framed("B", "|".join(form(draw, one) for one in places), version)
        yield Drawn(f"B of {name} {version}", _login(device, version) + data, places, (device,))
    mixed = tuple(place(draw, when(draw), fix=number != 1) for number in range(3))
    yield Drawn(f"B without a fix {version}", _framed("B", "|".join(_full(draw, one) for one in mixed), version), mixed)


def _placeless(draw: random.Random, version: int, device: str) -> Iterator[Drawn]:
    """Coordinates that are not there: a cell may stand for them."""
    time, mast = when(draw), cell(draw)
    for name, absent in (("NA", "NA;NA;NA;NA"), ("empty", ";;;")):
        text = f"{time:%d%m%y;%H%M%S};{absent};NA;NA;NA;NA;NA;NA;NA;;NA;{_parameters(mast)}"
        yield Drawn(
            f"D {name} {version}", _login(device, version) + _framed("D", text, version), (), (device,), (mast,)
        )
    text = f"{time:%d%m%y;%H%M%S};NA;NA;NA;NA;NA;NA;NA;NA"
    yield Drawn(f"SD NA {version}", _login(device, version) + _framed("SD", text, version), (), (device,))


def _many_cells(draw: random.Random) -> Drawn:
    masts = tuple(cell(draw) for _ in range(9))
    one = place(draw, when(draw))
    listed = ",".join(
        f"mcc{n}:1:{a},mnc{n}:1:{b},lac{n}:1:{c},cell_id{n}:1:{d}" for n, (a, b, c, d) in enumerate(masts, 1)
    )
    return Drawn("nine cells", _framed("D", f"{_short(draw, one)};1.0;0;0;;NA;{listed}", 1), (one,), (), masts)


DIALECTS: dict[str, Dialect] = {"wialon": wialon}
