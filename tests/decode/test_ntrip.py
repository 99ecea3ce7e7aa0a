"""A client of an NTRIP caster tells it where it is, in the connection itself or in a field of the request."""

from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.read.stream import from_bytes

GGA = b"$GPGGA,132820.60,4134.49821229,N,09345.03351845,W,2,09,1.0,278.020,M,-31.442,M,7.6,0133*7E\r\n"
OLD = b"GET /MOUNT HTTP/1.0\r\nUser-Agent: NTRIP RTKLIB/2.4.3\r\nAuthorization: Basic dTpw\r\n\r\n"
NEW = b"GET /MOUNT HTTP/1.1\r\nHost: caster.example\r\nNtrip-Version: Ntrip/2.0\r\n\r\n"
FIELD = (
    b"GET /MOUNT HTTP/1.1\r\nHost: caster.example\r\nUser-Agent: NTRIP x\r\nNtrip-GGA: "
    + GGA
    + b"Connection: close\r\n\r\n"
)


def everything(wire: bytes) -> list[Message]:
    found, todo = [], [from_bytes(wire, kind="tcp")]
    while todo:
        for message in decode(todo.pop()):
            found.append(message)
            if message.body is not None:
                todo.append(message.body)
    return found


@pytest.mark.parametrize("wire", [OLD + GGA, NEW + GGA, FIELD])
def test_the_rovers_place_is_read(wire: bytes) -> None:
    (fix,) = [fix for message in everything(wire) for fix in message.fixes]
    assert (round(fix.latitude, 5), round(fix.longitude, 5)) == (41.57497, -93.75056)


def test_an_ordinary_request_has_no_stream_behind_it() -> None:
    found = everything(b"GET /a HTTP/1.1\r\nHost: www.example\r\n\r\nGET /b HTTP/1.1\r\nHost: www.example\r\n\r\n")
    assert [message.fields["target"] for message in found] == ["/a", "/b"]
