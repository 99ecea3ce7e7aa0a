# ruff: noqa: E501 - rows of logs are easier to compare on one line each
"""Modules of every maker of the table in every form in which hosts list them: maker and model are told, whatever the module."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.signatures import load
from iotwatch.signatures.devices import CHIP_MAKERS
from iotwatch.signatures.tables import Device, read
from iotwatch.store import Store

A_MAKER = 5
_PLAIN = re.compile(r"(?=[A-Za-z]*\d)[A-Z][A-Za-z0-9]{2,11}(?:-[A-Z0-9]{1,6})?$")


def _modules() -> list[Device]:
    """Up to five modules of each maker: sure rows whose model is one plain name and whose id is not shared."""
    rows = [row for row in read(load().folder / "tables", Device) if row.bus == "usb" and len(row.id) == 9]
    shared = defaultdict(set)
    for row in rows:
        shared[row.id].add(row.vendor)
    found: dict[str, list[Device]] = defaultdict(list)
    for row in rows:
        sure = row.confidence == "likely" and not row.unverified and row.vendor not in CHIP_MAKERS
        if sure and _PLAIN.match(row.model) and len(shared[row.id]) == 1 and "GNSS" not in row.model:
            found[row.vendor].append(row)
    return [row for maker in sorted(found) for row in found[maker][:A_MAKER]]


MODULES = _modules()


def kernel(row: Device) -> str:
    vendor, product = row.id.split(":")
    return (
        f"[    4.210000] usb 1-1.4: new high-speed USB device number 5 using xhci_hcd\n"
        f"[    4.350000] usb 1-1.4: New USB device found, idVendor={vendor}, idProduct={product}, bcdDevice= 3.18\n"
        "[    4.350010] usb 1-1.4: New USB device strings: Mfr=1, Product=2, SerialNumber=3\n"
        f"[    4.350020] usb 1-1.4: Product: {row.model}\n[    4.350030] usb 1-1.4: Manufacturer: {row.vendor}\n"
        "[    4.420000] option 1-1.4:1.0: GSM modem (1-port) converter detected\n"
        "[    4.421000] usb 1-1.4: GSM modem (1-port) converter now attached to ttyUSB0\n"
        "[    4.430000] qmi_wwan 1-1.4:1.4 wwan0: register 'qmi_wwan' at usb-0000:00:14.0-1.4\n"
    )


def syslog(row: Device) -> str:
    return "".join(f"Nov 22 10:11:12 gateway kernel: {line}\n" for line in kernel(row).splitlines())


def bus_list(row: Device) -> str:
    return (
        "Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\n"
        f"Bus 001 Device 005: ID {row.id} {row.vendor} {row.model}\n"
        "Bus 001 Device 003: ID 0424:2514 Microchip Technology, Inc. (formerly SMSC) USB 2.0 Hub\n"
    )


def verbose(row: Device) -> str:
    vendor, product = row.id.split(":")
    faces = "".join(
        f"    Interface Descriptor:\n      bLength                 9\n      bInterfaceNumber        {number}\n"
        "      bInterfaceClass       255 Vendor Specific Class\n      bInterfaceSubClass      0\n"
        "      bInterfaceProtocol      0\n      iInterface              0\n"
        for number in range(4)
    )
    return (
        f"Bus 002 Device 004: ID {row.id}\nDevice Descriptor:\n  bLength                18\n  bDescriptorType         1\n"
        f"  idVendor           0x{vendor}\n  idProduct          0x{product}\n  iManufacturer           1 {row.vendor}\n"
        f"  iProduct                2 {row.model}\n  iSerial                 3 0123456789ABCDEF\n  Configuration Descriptor:\n{faces}"
    )


def usb_devices(row: Device) -> str:
    vendor, product = row.id.split(":")
    faces = "".join(
        f"I:* If#={number:2d} Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=00 Prot=00 Driver=option\n" for number in range(4)
    )
    return (
        "T:  Bus=01 Lev=02 Prnt=02 Port=03 Cnt=01 Dev#=  5 Spd=480 MxCh= 0\n"
        f"D:  Ver= 2.00 Cls=ef(misc ) Sub=02 Prot=01 MxPS=64 #Cfgs=  1\nP:  Vendor={vendor} ProdID={product} Rev= 3.18\n"
        f"S:  Manufacturer={row.vendor}\nS:  Product={row.model}\nC:* #Ifs= 4 Cfg#= 1 Atr=a0 MxPwr=500mA\n{faces}"
    )


def mmcli(row: Device) -> str:
    return (
        "  --------------------------------\n  General  |                 path: /org/freedesktop/ModemManager1/Modem/0\n"
        f"           |            device id: 5f1b8a\n  --------------------------------\n  Hardware |         manufacturer: {row.vendor}\n"
        f"           |                model: {row.model}\n           |    firmware revision: V1.0\n"
        "           |         equipment id: 869710030002905\n  --------------------------------\n"
        "  3GPP     |                 imei: 869710030002905\n"
    )


def mmcli_list(row: Device) -> str:
    return f"    /org/freedesktop/ModemManager1/Modem/0 [{row.vendor}] {row.model}\n"


def key_value(row: Device) -> str:
    return (
        "modem.dbus-path                                 : /org/freedesktop/ModemManager1/Modem/0\n"
        f"modem.generic.manufacturer                      : {row.vendor}\nmodem.generic.model                             : {row.model}\n"
        "modem.generic.equipment-identifier              : 869710030002905\n"
    )


def debug(row: Device) -> str:
    head = "ModemManager[812]: <debug> [1669080000.123456] [modem0]"
    return (
        f"{head} loaded manufacturer: {row.vendor}\n{head} loaded model: {row.model}\n{head} loaded revision: V1.0\n"
        f"{head} loaded equipment identifier: 869710030002905\n"
    )


def qmicli(row: Device) -> str:
    return (
        "[/dev/cdc-wdm0] Device manufacturer retrieved:\n"
        f"\tManufacturer: '{row.vendor}'\n[/dev/cdc-wdm0] Device model retrieved:\n\tModel: '{row.model}'\n"
        "[/dev/cdc-wdm0] Device revision retrieved:\n\tRevision: 'V1.0'\n[/dev/cdc-wdm0] Device IDs retrieved:\n\tIMEI: '869710030002905'\n"
    )


def setupapi(row: Device) -> str:
    vendor, product = row.id.upper().split(":")
    return (
        f">>>  [Device Install (Hardware initiated) - USB\\VID_{vendor}&PID_{product}&MI_02\\6&1A2B3C4D&0&0002]\n"
        ">>>  Section start 2026/11/22 10:11:12.345\n"
        f"     dvi:      Device Description  - {row.vendor} {row.model} Modem\n"
        f"     dvi:      Hardware ID         - USB\\VID_{vendor}&PID_{product}&REV_0318&MI_02\n"
        "     dvi:      Class GUID of device changed to: {4d36e96d-e325-11ce-bfc1-08002be10318}.\n<<<  Section end 2026/11/22 10:11:13.001\n"
    )


FORMS: dict[str, Callable[[Device], str]] = {
    one.__name__: one
    for one in (kernel, syslog, bus_list, verbose, usb_devices, mmcli, mmcli_list, key_value, debug, qmicli, setupapi)
}


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_there_are_modules_of_many_makers() -> None:
    assert len(MODULES) >= 30
    assert len({row.vendor for row in MODULES}) >= 10


@pytest.mark.parametrize("form", FORMS)
def test_maker_and_model_in_every_form(form: str, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number, row in enumerate(MODULES):
        (logs / f"{number:03}.log").write_text(FORMS[form](row))
    scan([logs], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        found = store.query("SELECT asset, vendor, model, role, confidence FROM modules")
    wrong = []
    for number, row in enumerate(MODULES):
        mine = [one for one in found if one["asset"].endswith(f"{number:03}.log")]
        maker = [one for one in mine if one["vendor"] == row.vendor and one["role"] == "module"]
        if not any(
            _squeezed(row.model) in _squeezed(one["model"]) or _squeezed(one["model"] or "?") in _squeezed(row.model)
            for one in maker
        ):
            wrong.append((row.vendor, row.model, row.id, [(one["vendor"], one["model"], one["role"]) for one in mine]))
    assert wrong == []
