"""Whoever stops before the end says so: each decoder's own limit, and what came before it."""

from __future__ import annotations

from importlib import import_module

import pytest

from iotwatch.decode import decode
from iotwatch.decode.dispatcher import Refusal
from iotwatch.read.stream import from_bytes
from tests.decode.cellular.test_diameter import avp, request
from tests.decode.cellular.test_gtp import CREATE_SESSION
from tests.decode.cellular.test_supl import start

_SUBSCRIBER = request(avp(1, b"001010123456789"))
_SENDS = b'AT+QIOPEN=1,0,"TCP","198.51.100.7",5000\r\nOK\r\n+QIOPEN: 0,0\r\nAT+QISEND=0,3\r\n> abc\r\nSEND OK\r\n'
_TABLE = b"latitude,longitude\r\n" + b"".join(b"52.5%d037,13.4%d015\r\n" % (n, n) for n in range(9))
_PLACES = b"[" + b",".join(b'{"latitude": 52.5%d037, "longitude": 13.4%d015}' % (n, n) for n in range(9)) + b"]"
_USB = b"usb 1-1: New USB device found, idVendor=2c7c, idProduct=0125, bcdDevice= 3.18\n" * 40
CASES = {
    "gtp": ("iotwatch.decode.cellular.gtp", "MESSAGES", 2, CREATE_SESSION * 3, "udp"),
    "diameter": ("iotwatch.decode.cellular.diameter", "MESSAGES", 2, _SUBSCRIBER * 3, "tcp"),
    "supl": ("iotwatch.decode.cellular.supl", "MESSAGES", 2, start("001010123456789") * 3, "tcp"),
    "host log": ("iotwatch.decode.hostlog", "MAX_BYTES", 200, _USB, "text"),
    "rows of a dialogue": ("iotwatch.decode.at.sockets", "MAX_ROWS", 3, _SENDS, "text"),
    "connections of a dialogue": ("iotwatch.decode.at.sockets", "MAX_LINKS", 1, _SENDS, "text"),
    "table": ("iotwatch.decode.generic.texts", "MAX_ROWS", 4, _TABLE, "text"),
}


def refusals(data: bytes, kind: str) -> list[Refusal]:
    told: list[Refusal] = []
    assert list(decode(from_bytes(data, kind=kind), told))
    return [one for one in told if one.limit]


@pytest.mark.parametrize("name", CASES)
def test_a_limit_is_told_and_what_came_before_is_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, limit, value, data, kind = CASES[name]
    assert not refusals(data, kind)
    monkeypatch.setattr(import_module(module), limit, value)
    assert len(refusals(data, kind)) == 1


def test_more_places_than_one_document_may_state(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not refusals(_PLACES, "text")
    for module in ("coordinates", "statements"):
        monkeypatch.setattr(import_module(f"iotwatch.decode.generic.{module}"), "MAX_PLACES", 4)
    assert len(refusals(_PLACES, "text")) == 1
