# ruff: noqa: E501 - rows of logs are easier to compare on one line each
"""Which traces are one module, whose it is, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

AT = (
    "ATI\r\nQuectel\r\nEC25\r\nRevision: EC25EFAR06A06M4G\r\n\r\nOK\r\nAT+CGSN\r\n869710030002905\r\n\r\nOK\r\n"
    "AT+QCCID\r\n+QCCID: 89860012345678901239\r\n\r\nOK\r\n"
)
KERNEL = (
    "[    3.100000] usb 1-1.3: New USB device found, idVendor=2c7c, idProduct=0125, bcdDevice= 3.18\n"
    "[    3.100001] usb 1-1.3: Product: EC25-AF\n[    3.100002] usb 1-1.3: Manufacturer: Quectel\n"
    "[    3.100003] option 1-1.3:1.2: GSM modem (1-port) converter detected\n"
    "[    3.100004] usb 1-1.3: GSM modem (1-port) converter now attached to ttyUSB2\n"
)


def modules(folder: Path, *, together: bool = False, **logs: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of ``modules`` and findings of logs, each an asset of its own or all of one."""
    for name, text in logs.items():
        (folder / f"{name}.log").write_bytes(text.encode())
    paths = [folder / f"{name}.log" for name in logs]
    scan(paths, folder / "case.db", Plan(jobs=1, asset="car" if together else ""))
    with Store(folder / "case.db") as store:
        found = [row for row in Reader(store, masked=False).findings() if row["kind"] == "module"]
        return store.query("SELECT * FROM modules ORDER BY id"), found


def test_dialogue_alone_is_likely(tmp_path: Path) -> None:
    found, findings = modules(tmp_path, a=AT)
    row = found[0]
    assert len(found) == 1
    assert (row["vendor"], row["model"], row["firmware_version"], row["role"]) == (
        "Quectel",
        "EC25",
        "EC25EFAR06A06M4G",
        "module",
    )
    assert (row["imei"], row["iccid"], row["confidence"], row["seen_in"]) == (
        "869710030002905",
        "89860012345678901239",
        "likely",
        "at",
    )
    assert findings[0]["title"] == "Quectel EC25, firmware EC25EFAR06A06M4G: cellular module"
    assert any("forged" in doubt for doubt in findings[0]["doubts"])


def test_bus_and_dialogue_that_agree_are_certain(tmp_path: Path) -> None:
    found, findings = modules(tmp_path, a=KERNEL + AT)
    assert [(row["vendor"], row["confidence"], row["seen_in"]) for row in found] == [("Quectel", "certain", "at,usb")]
    assert any("tied" in reason for reason in findings[0]["reasons"])


def test_two_logs_of_one_car_are_one_module(tmp_path: Path) -> None:
    found, _ = modules(tmp_path, together=True, a=KERNEL, b=AT)
    assert [(row["vendor"], row["imei"], row["confidence"]) for row in found] == [
        ("Quectel", "869710030002905", "certain")
    ]


def test_two_numbers_are_two_modules(tmp_path: Path) -> None:
    found, findings = modules(tmp_path, together=True, a=AT, b=AT.replace("869710030002905", "866477050001230"))
    assert sorted(row["imei"] for row in found) == ["866477050001230", "869710030002905"]
    assert len({finding["fingerprint"] for finding in findings}) == 2


def test_two_makers_are_two_modules(tmp_path: Path) -> None:
    other = "ATI\r\nManufacturer: SIMCOM INCORPORATED\r\nModel: SIMCOM_SIM7600E-H\r\nRevision: SIM7600M22_V1.1\r\n\r\nOK\r\n"
    found, _ = modules(tmp_path, together=True, a=KERNEL, b=other)
    assert sorted((row["vendor"], row["confidence"]) for row in found) == [("Quectel", "likely"), ("SIMCom", "likely")]


def test_log_ties_a_port_to_one_of_two_modems(tmp_path: Path) -> None:
    second = (
        KERNEL.replace("1-1.3", "1-2")
        .replace("0125", "0125")
        .replace("ttyUSB2", "ttyUSB7")
        .replace("EC25-AF", "EC25-E")
    )
    debug = "ModemManager[9]: <debug> [modem0/ttyUSB7/at] --> 'AT+CGSN<CR>'\nModemManager[9]: <debug> [modem0/ttyUSB7/at] <-- '<CR><LF>869710030002905<CR><LF><CR><LF>OK<CR><LF>'\n"
    found, _ = modules(tmp_path, a=KERNEL + second + debug)
    assert {row["model"]: row["imei"] for row in found} == {"EC25-AF": "", "EC25-E": "869710030002905"}


def test_shared_id_names_the_chip_and_only_guesses_the_maker(tmp_path: Path) -> None:
    listing = "T:  Bus=01 Lev=01 Prnt=01 Port=00 Cnt=01 Dev#=  2 Spd=480\nP:  Vendor=1782 ProdID=4d11 Rev= 0.00\nS:  Manufacturer=Unisoc\n"
    listing += "".join(
        f"I:* If#= {number} Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=00 Prot=00 Driver=option\n" for number in range(4)
    )
    found, findings = modules(tmp_path, a=listing)
    assert {row["confidence"] for row in found if row["role"] == "module"} <= {"possible"}
    assert [row["vendor"] for row in found if row["role"] == "chipset"] == ["Unisoc"]
    assert any(
        "other makers" in doubt or "ship modules" in doubt for finding in findings for doubt in finding["doubts"]
    )


def test_commands_alone_only_hint_at_a_maker(tmp_path: Path) -> None:
    found, _ = modules(tmp_path, a="AT+GTRNDIS?\r\n+GTRNDIS: 0\r\nOK\r\nAT+CSQ\r\n+CSQ: 20,99\r\nOK\r\n")
    assert [(row["vendor"], row["confidence"]) for row in found] in ([("Fibocom", "possible")], [("", "likely")])


def test_borrowed_command_does_not_outweigh_what_the_modem_says(tmp_path: Path) -> None:
    log = 'AT+CGMI\r\nSIMCOM INCORPORATED\r\nOK\r\nAT+QENG="servingcell"\r\n+QENG: "servingcell","SEARCH"\r\nOK\r\n'
    assert [row["vendor"] for row in modules(tmp_path, a=log)[0]] == ["SIMCom"]


def test_maker_that_no_signature_knows_is_taken_at_its_word(tmp_path: Path) -> None:
    log = "AT+CGMI\r\nWistomatic Co., Ltd.\r\nOK\r\nAT+CGMM\r\nWX-77\r\nOK\r\nAT+CGSN\r\n869710030002905\r\nOK\r\n"
    row = modules(tmp_path, a=log)[0][0]
    assert (row["vendor"], row["model"], row["imei"], row["confidence"]) == (
        "Wistomatic",
        "WX-77",
        "869710030002905",
        "likely",
    )


def test_modem_without_a_maker_is_told_as_such(tmp_path: Path) -> None:
    found, findings = modules(
        tmp_path, a='AT+CPIN?\r\n+CPIN: READY\r\nOK\r\nAT+COPS?\r\n+COPS: 0,2,"46000",7\r\nOK\r\n'
    )
    assert [(row["vendor"], row["role"]) for row in found] == [("", "module")]
    assert findings[0]["title"].startswith("unnamed maker")


@pytest.mark.parametrize(
    "log",
    [
        'AT+CIFSR\r\n+CIFSR:STAIP,"192.168.1.2"\r\nOK\r\nAT+CIPSTART="TCP","192.168.1.9",80\r\nCONNECT\r\nOK\r\n',
        "usb 3-1: New USB device found, idVendor=1546, idProduct=01a8\nusb 3-1: Product: u-blox GNSS receiver\ncdc_acm 3-1:1.0: ttyACM0: USB ACM device\n",
        "usb 3-1: New USB device found, idVendor=0e8d, idProduct=201c\nusb 3-1: Product: Android\n",
        "usb 3-1: New USB device found, idVendor=05c6, idProduct=9008\nusb 3-1: Product: QUSB__BULK\n",
        "usb 3-1: New USB device found, idVendor=413c, idProduct=2113\nusb 3-1: Manufacturer: Dell\n",
        "usb 3-1: New USB device found, idVendor=0403, idProduct=6011\nftdi_sio 3-1:1.0: FTDI USB Serial Device converter detected\n",
    ],
    ids=["wifi", "gnss", "phone", "download mode", "keyboard", "serial adapter"],
)
def test_what_is_no_module(tmp_path: Path, log: str) -> None:
    assert [row for row in modules(tmp_path, a=log)[0] if row["role"] == "module"] == []
