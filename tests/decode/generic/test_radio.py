"""Cells and access points in the shapes that look-up services take."""

from __future__ import annotations

import json

import pytest

from iotwatch.decode.generic.radio import bssid_of
from iotwatch.decode.message import Cell

CELL = Cell(310, 260, 333, 21858829)
ADDRESS = "fd:70:40:b9:58:dc"


@pytest.mark.parametrize(
    ("value", "purpose"),
    [
        (
            {
                "cellTowers": [
                    {"mobileCountryCode": 310, "mobileNetworkCode": 260, "locationAreaCode": 333, "cellId": 21858829}
                ]
            },
            "cell-lookup",
        ),
        (
            {"appId": "CELL_POS", "data": {"lte": [{"mcc": 310, "mnc": 260, "tac": 333, "eci": 21858829}]}},
            "cell-lookup",
        ),
        ({"token": "x", "mcc": 310, "mnc": 260, "cells": [{"lac": 333, "cid": 21858829}]}, ""),
        ({"networkInfo": {"areaCode": 333, "mccmnc": "310260", "cellID": 21858829}}, ""),
        ({"CellTowers": {"Lte": [{"Mcc": 310, "Mnc": 260, "Tac": 333, "EutranCid": 21858829}]}}, "cell-lookup"),
    ],
)
def test_cells(read, value, purpose):
    (message,) = read(json.dumps(value))
    assert message.cells == (CELL,)
    assert message.fields.get("purpose", "") == purpose
    assert message.fixes == ()


@pytest.mark.parametrize(
    "value",
    [
        {"wifiAccessPoints": [{"macAddress": ADDRESS, "signalStrength": -51}]},
        {"WiFiAccessPoints": [{"MacAddress": "FD:70:40:B9:58:DC", "Rss": -51}]},
        {"wifi": [{"bssid": ADDRESS, "ssid": "a", "rssi": -51}]},
        {"data": {"wifi": {"accessPoints": [{"macAddress": ADDRESS}]}}},
        {"bssid": "fd-70-40-b9-58-dc"},
        {"wlan": {"aps": [[ADDRESS, -51]]}},
    ],
)
def test_access_points(read, value):
    (message,) = read(json.dumps(value))
    assert [point.bssid for point in message.access_points] == [ADDRESS]


@pytest.mark.parametrize(
    "value",
    [
        {"lte": [{"mcc": 262, "mnc": 2, "cid": 14126859, "rsrp": -103}]},
        {"lte": {"mcc": 262, "mnc": 2, "cid": 14126859}},
        {"cell": [{"mcc": 262, "mnc": 2, "eci": 14126859}]},
    ],
)
def test_a_cell_of_lte_needs_no_area(read, value):
    (message,) = read(json.dumps(value))
    assert message.cells == (Cell(262, 2, 0, 14126859),)


def test_an_older_cell_without_its_area_is_none(read):
    assert all(message.cells == () for message in read(json.dumps({"gsm": [{"mcc": 262, "mnc": 2, "cid": 21532}]})))


def test_a_bluetooth_beacon_is_no_access_point(read):
    assert read(json.dumps({"bluetoothBeacons": [{"macAddress": ADDRESS, "signalStrength": -110}]})) == []


def test_lists_in_one_text(read):
    (message,) = read(
        "accesstype=0&bts=460,0,6338,62755,-66&macs=fd:70:40:b9:58:dc,-50,one|aa:bb:cc:00:11:22,-60,two&key=0"
    )
    assert message.cells == (Cell(460, 0, 6338, 62755),)
    assert [(point.bssid, point.signal, point.ssid) for point in message.access_points] == [
        (ADDRESS, -50, "one"),
        ("aa:bb:cc:00:11:22", -60, "two"),
    ]
    assert message.fields["purpose"] == "cell-and-wifi-lookup"


def test_hexadecimal_numbers_where_the_flag_says_so(read):
    (message,) = read(json.dumps([{"mcc": 460, "mnc": 0, "lac": "18c2", "cid": "f523", "flag": 16}]))
    assert message.cells == (Cell(460, 0, 0x18C2, 0xF523),)


def test_addresses():
    assert bssid_of("0:c:41:82:d8:8c") == "00:0c:41:82:d8:8c"
    assert bssid_of("FD7040B958DC") == ADDRESS
    assert bssid_of("02:00:00:00:00:00") is None
    assert bssid_of("123456789012") is None
