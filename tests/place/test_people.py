"""Other people are blanked in what a unit kept, in the forms that units keep them in; all else stays byte by byte."""

from __future__ import annotations

import json

import pytest

from iotwatch.place.people import blanked

_CALL = {"number": "+491701234567", "name": "Ottilie", "duration": 12, "date": 1716000000}
_CONTACT = {"_id": 1, "display_name": "Ottilie", "url": "https://ottilie.example/", "imei": "490154203237518"}
_PAIRED = {"id": 7, "name": "Ottilie's phone", "address": "02:11:22:33:44:55"}
_TRIP = {"lat": 48.1371, "driver": "Ottilie", "lon": 11.5754, "ts": 1716000000, "vin": "WVWZZZ1JZXW000001"}
_QUEUED = {
    "url": "https://tcu.maker.example/v1",
    "body": json.dumps({"user": 'Ottilie "O" é', "lat": 48.1, "lon": 11.5}),
}


def lines(*rows: dict[str, object]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.mark.parametrize("row", [_CALL, _CONTACT, _PAIRED])
def test_nothing_is_left_of_an_entry_about_a_person(row: dict[str, object]) -> None:
    data = lines(row, row, row)
    out, count = blanked(data)
    assert (count, len(out)) == (3, len(data))
    left = [json.loads(line) for line in out.splitlines()]
    assert {str(value).strip() for one in left for value in one.values()} <= {"", "0"}


def test_of_a_place_only_who_is_named_beside_it_goes() -> None:
    out, count = blanked(lines(_TRIP))
    assert count == 1
    assert json.loads(out) == _TRIP | {"driver": " " * 7}


def test_inside_a_text_that_holds_json_too() -> None:
    data = lines(_QUEUED)
    out, _ = blanked(data)
    row = json.loads(out)
    assert len(out) == len(data)
    assert row["url"] == _QUEUED["url"]
    assert {name: value for name, value in json.loads(row["body"]).items() if name != "user"} == {
        "lat": 48.1,
        "lon": 11.5,
    }
    assert not json.loads(row["body"])["user"].strip()


@pytest.mark.parametrize(
    ("data", "count", "left"),
    [
        (
            b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN;CHARSET=UTF-8:Ottilie\r\nPHOTO:Otti\r\n lie\r\nTEL:+4917012\r\nEND:VCARD\r\n"
            * 2,
            2,
            [b"VERSION:3.0"],
        ),
        (b"[General]\nName=Ottilie's phone\n[LinkKey]\nKey=0011223344556677\n", 1, [b"[LinkKey]"]),
        (
            b'<?xml version="1.0"?><calls><call number="+491701234567" duration="5" name="Ottilie"/></calls>',
            1,
            [b"<call "],
        ),
        (b'name;number;duration\n"Ottilie";+491701234567;12\nOttilie;+491701234568;3\n', 2, [b"name;number"]),
        (b"time,latitude,driver,longitude\n1,48.5,Ottilie,11.5\n", 1, [b"1,48.5,       ,11.5"]),
        (
            b'[\n {"displayName": "Ottilie",\n  "phones": "+4917012"},\n {"displayName": "Ottilie"}]',
            2,
            [b'"displayName"'],
        ),
    ],
)
def test_in_other_forms(data: bytes, count: int, left: list[bytes]) -> None:
    out, told = blanked(data)
    assert (told, len(out)) == (count, len(data))
    assert b"Otti" not in out
    assert b"4917012" not in out
    assert all(one in out for one in left)


@pytest.mark.parametrize(
    "data",
    [
        b'{"server": "https://tcu.maker.example", "name": "unit", "imei": "356938035643809"}\n',
        b'[{"name": "Reading", "lat": 51.4543, "lon": -0.9781}]',
        b'<service name="org.example.Telematics" id="5"/>',
        b"time,lat,lon,speed\n1,48.5,11.5,3\n",
        b'{\n "owner": "root", "server": "tcu.maker.example"\n}',
        b"key=value\nname=unit\n",
        b"",
    ],
)
def test_what_is_about_nobody_stays(data: bytes) -> None:
    assert blanked(data) == (data, 0)


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "data",
    [
        b'{"name": "' + b"\\" * 200_000,
        b'{"name":' * 50_000,
        b'{"a":"' + b'\\"' * 200_000,
        b"<a b=" * 100_000,
        b"a,name," + b"\x22" * 300_000,
        b"BEGIN:VCARD\n" + b"A:\n " * 60_000,
        b"[" + b"{" * 300_000,
        b'{"a": "' + b'\\"x' * 100_000 + b'"}',
    ],
)
def test_hostile_texts_cost_little(data: bytes) -> None:
    assert len(blanked(data)[0]) == len(data)
