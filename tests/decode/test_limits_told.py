"""Whoever stops before the end says so: each decoder's own limit, and what came before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from iotwatch.decode import decode
from iotwatch.decode.dispatcher import Refusal
from iotwatch.decode.generic.continuity import along
from iotwatch.decode.message import Fix, Message
from iotwatch.errors import LimitReached
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt
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
    "bytes of a dialogue": ("iotwatch.decode.at", "MAX_BYTES", 200, _SENDS * 3, "text"),
    "rows of a dialogue": ("iotwatch.decode.at.sockets", "MAX_ROWS", 3, _SENDS, "text"),
    "connections of a dialogue": ("iotwatch.decode.at.sockets", "MAX_LINKS", 1, _SENDS, "text"),
    "values of JSON": ("iotwatch.decode.generic.decoder", "MAX_TOKENS", 10, _PLACES + b"\n" + _PLACES, "text"),
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


LINE = b'\n{"latitude": 48.137154, "longitude": 11.576124}\n'


@pytest.mark.parametrize(("data", "found"), [(_PLACES, 4), (_TABLE, 4), (_PLACES + LINE, 5)])
def test_more_places_than_one_document_may_state(data: bytes, found: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not refusals(data, "text")
    for module in ("coordinates", "statements"):
        monkeypatch.setattr(import_module(f"iotwatch.decode.generic.{module}"), "MAX_PLACES", 4)
    assert len(refusals(data, "text")) == 1
    assert sum(len(message.fixes) for message in decode(from_bytes(data, kind="text"))) == found


@pytest.mark.parametrize("decoder", ["gtp", "diameter"])
def test_a_datagram_that_holds_too_much_hides_none_behind_it(
    decoder: str, datagrams: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, limit, value, many, _ = CASES[decoder]
    monkeypatch.setattr(import_module(module), limit, value)
    told: list[Refusal] = []
    one = many[: len(many) // 3]
    assert len(list(decode(datagrams(many, one), told))) == value + 1
    assert len(told) == 1


def test_what_waits_for_its_neighbours_is_told_where_a_limit_ends_the_reading() -> None:
    def cut() -> Iterator[Message]:
        stream = from_bytes(b"")
        doubts = (ReadingDoubt.BY_SHAPE(),)
        fix = Fix(48.137154, 11.576124, (0, 0))
        yield Message("text", stream, (0, 0), None, fixes=(fix,), confidence=Confidence.POSSIBLE, doubts=doubts)
        raise LimitReached("cut")

    messages = along(cut(), b"")
    assert next(messages).protocol == "text"
    with pytest.raises(LimitReached):
        next(messages)
