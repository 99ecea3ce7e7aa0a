"""Makers, models and versions as modems print them, from the bytes of a serial log to the table of modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store

IMEI = "AT+CGSN\r\n356832081234573\r\n\r\nOK\r\n"
SAID = {
    # name: what the log says; maker, model, firmware
    "Cinterion, ATI1": ("ATI1\nCinterion\nEHS6\nREVISION 03.001\nA-REVISION 00.000.51\n\nOK\n",
                        "Cinterion/Thales", "EHS6", "03.001"),
    "Cinterion, +CGMR": ("AT+CGMI\nCinterion\nOK\nAT+CGMM\nPLS8-E\nOK\nAT+CGMR\nREVISION 02.011\nOK\n",
                         "Cinterion/Thales", "PLS8-E", "02.011"),
    "Fibocom, +GTPKGVER": ('AT+CGMI?\n+CGMI: "Fibocom Wireless Inc."\nOK\nAT+CGMM?\n+CGMM: "FM350-GL"\nOK\n'
                           'AT+GTPKGVER?\n+GTPKGVER: "81600.0000.00.29.21.24_5001.0000.040.000.040_C38"\n\nOK\n',
                           "Fibocom", "FM350-GL", "81600.0000.00.29.21.24_5001.0000.040.000.040_C38"),
    "u-blox, ATI9 after its name": ("AT+CGMI\nu-blox\nOK\nAT+CGMM\nSARA-R410M-02B\nOK\nATI9\n"
                                    "L0.0.00.00.05.06,A.02.00\n\nOK\n",
                                    "u-blox", "SARA-R410M-02B", "L0.0.00.00.05.06,A.02.00"),
    "u-blox, a bare model": ("ATI\nSARA-U201-03S-00\n\nOK\n", "u-blox", "SARA-U201-03S-00", ""),
    "OpenLuat, ATI": ("ATI\n\nAirM2M_780E_V1161_LTE_AT\n\nOK\n", "OpenLuat", "780E", "AirM2M_780E_V1161_LTE_AT"),
    "OpenLuat, ATI without OK": ("ATI\nAirM2M_720U_V401_LTE_AT\n", "OpenLuat", "720U", "AirM2M_720U_V401_LTE_AT"),
    "SIMCom, a maker cut to its legal form": ("AT+CGMI\nINCORPORATED\nOK\nAT+CGMM\nSIMCOM_SIM7600E-H\nOK\n",
                                              "SIMCom", "SIMCOM_SIM7600E-H", ""),
    "Quectel, ATI without OK": ("ATI\nQuectel\nBG96\nRevision: BG96MAR02A07M1G\n\n",
                                "Quectel", "BG96", "BG96MAR02A07M1G"),
    "Sequans": ("AT+CGMI\nSEQUANS Communications\nOK\nAT+CGMM\nGM02S\nOK\nAT+CGMR\nUE8.2.1.0\nOK\n",
                "Sequans", "GM02S", "UE8.2.1.0"),
    "Sierra Wireless, by mmcli": ("  Hardware |   manufacturer: 'Sierra'\n           |          model: 'MBIM [1199:A001]'\n"
                                  "           |       revision: 'FIH7160_V1.2_WW_01.1415.07'\n"
                                  "           |   equipment id: '01****************'\n",
                                  "Sierra Wireless", "MBIM [1199:A001]", "FIH7160_V1.2_WW_01.1415.07"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_maker_model_and_version(name: str, tmp_path: Path) -> None:
    said, *wanted = SAID[name]
    log = tmp_path / "modem.log"
    log.write_bytes((said + ("" if "|" in said else IMEI)).replace("\r\n", "\n").replace("\n", "\r\n").encode())
    scan([log], tmp_path / "m.db", Plan(jobs=1))
    with Store(tmp_path / "m.db") as store:
        modules = store.query("SELECT vendor, model, firmware_version FROM modules WHERE role = 'module'")
    assert [list(one.values()) for one in modules] == [wanted]


def test_a_fix_that_a_sequans_modem_reports(tmp_path: Path) -> None:
    log = tmp_path / "modem.log"
    report = (
        '+LPGNSSFIXREADY: 0,"2024-05-14T09:10:11.000000",35210,"42.5","51.9871230","4.3654320","12.1","0.1","0.2","0.0"'
    )
    log.write_bytes(f'AT+LPGNSSFIXPROG="single"\r\n\r\nOK\r\n\r\n{report}\r\n'.encode())
    scan([log], tmp_path / "m.db", Plan(jobs=1))
    with Store(tmp_path / "m.db") as store:
        (fix,) = store.query("SELECT latitude, longitude, time, direction FROM positions")
    assert (fix["latitude"], fix["longitude"], fix["direction"]) == (51.987123, 4.365432, "local")
    assert fix["time"].startswith("2024-05-14T09:10:11")
