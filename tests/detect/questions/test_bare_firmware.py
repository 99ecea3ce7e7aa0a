"""Bare firmware of many makers, in the packages they ship: whose it is, and that code which reads and sends is told."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.detect.images import of, scanned
from tests.unpack.images import make_pac
from tests.unpack.test_module_containers import lod, luadb

FILL = bytes(range(256)) * 16
STM32 = bytes.fromhex("00000220cd010008d1010008d3010008")


def strings(*texts: str) -> bytes:
    return FILL + b"\0" + b"\0".join(text.encode() for text in texts) + b"\0" + FILL


def opensdk(*names: str) -> bytes:
    """An application for SIMCom's A7680C: the numbers of its calls, as ``api_map.c`` of the kit makes them."""
    numbers = [(~zlib.crc32(name.encode()) + len(name)) % (1 << 32) for name in names]
    return FILL + b"".join(struct.pack("<II", number, 0x7E000000) for number in numbers) + FILL


def java() -> bytes:
    constants = ("com/cinterion/io/ATCommand", "javax/microedition/io/Connector", "AT^SGPSC=", "socket://fleet.test:80")
    body = b"\xca\xfe\xba\xbe\0\0\0\x2f" + b"".join(
        b"\x01" + struct.pack(">H", len(text)) + text.encode() for text in constants
    )
    with zipfile.ZipFile(stream := io.BytesIO(), "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "MIDlet-1: tracker\n")
        archive.writestr("Tracker.class", body + FILL)
    return stream.getvalue()


def intel_hex(data: bytes) -> bytes:
    lines = []
    for at in range(0, len(data), 16):
        raw = bytes([len(data[at : at + 16]), at >> 8 & 255, at & 255, 0]) + data[at : at + 16]
        lines.append(":" + (raw + bytes([-sum(raw) & 255])).hex().upper())
    return "\n".join([*lines, ":00000001FF", ""]).encode()


NEOWAY = strings("nwy_sim_get_imei", "nwy_loc_start", "nwy_mqtt_publish", "nwy_gpio_open")
CALLS = ("sAPI_GnssInfoGet", "sAPI_SysGetImei", "sAPI_TcpipSend")


@pytest.mark.parametrize(
    ("data", "makers", "grades"),
    [
        (NEOWAY, {("module", "Neoway")}, set()),
        (NEOWAY + strings("Get IMEI", "Connecting to AWS MQTT"), {("module", "Neoway")}, {"C"}),
        (opensdk(*CALLS), {("module", "SIMCom")}, {"C"}),
        (opensdk(*CALLS[:2]), set(), set()),
        (opensdk(*CALLS) + strings("tcp://collect.fleet-unit.com:9000"), {("module", "SIMCom")}, {"A"}),
        (strings("Ql_GSM_GetIMEI", "Ql_SIM_GetIMSI", "Ql_SOC_Send"), {("module", "Quectel")}, set()),
        (strings("Luat!8910#", "OPENAT_socket_send"), {("module", "OpenLuat")}, set()),
        (luadb(), {("module", "OpenLuat")}, {"C"}),
        (java(), {("module", "Cinterion/Thales")}, {"A"}),
        (
            strings("LB_E5330Bs-6_21.180.99.14.00", "BSP BALONGV700R110"),
            {("module", "Huawei"), ("chipset", "HiSilicon")},
            set(),
        ),
        (make_pac({"app.img": strings("AT+CGSN", "AT+CIPSEND=")}), {("chipset", "Unisoc")}, {"C"}),
        (
            intel_hex(strings("OVMS Firmware version: 2.9", "+CGNSPWR: ", "AT+CGNSINF", "AT+CIPSEND=")),
            {("host", "SIMCom")},
            {"C"},
        ),
        (
            STM32 + strings("at_device_ec20_init", "AT+CGSN", "AT+QISEND=", "https://tcugateway.example.invalid/v1"),
            {("host", "Quectel")},
            {"A"},
        ),
        (strings("IMEI:%s", "https://tcugateway.maker-telematics.com/v1"), set(), {"C"}),
        (strings("bl_fota_init", "Zephyr"), set(), set()),
        (lod(), {("host", "Quectel")}, {"C"}),
    ],
    ids=lambda value: "",
)
def test_whose_it_is_and_what_it_does(
    data: bytes, makers: set[tuple[str, str]], grades: set[str], tmp_path: Path
) -> None:
    (tmp_path / "unit.bin").write_bytes(data)
    found, _ = scanned([tmp_path / "unit.bin"], tmp_path)

    assert {(row["facts"]["role"], row["facts"]["vendor"]) for row in of(found, "module")} == makers
    assert {row["facts"]["grade"] for row in of(found, "program")} == grades
