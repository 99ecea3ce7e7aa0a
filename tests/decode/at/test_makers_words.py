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
    "Quectel, a block whose command the log does not show": (
        "Quectel\nEC200U\nRevision: EC200UCNAAR03A11M08\n\nOK\n", "Quectel", "EC200U", "EC200UCNAAR03A11M08"),
    "Quectel, its name with a line below": ("ATI\nQuectel_Ltd\nQuectel_M95\nRevision: M95FAR02A08\n\nOK\n",
                                            "Quectel", "Quectel_M95", "M95FAR02A08"),
    "Quectel, a version a part": (
        "AT+CGMI\nQuectel\nOK\nAT+CGMM\nBC95HB-02-STD_850\nOK\nAT+CGMR\nSECURITY,V100R100C10B657SP3\n"
        "PROTOCOL,V100R100C10B657SP3\nRADIO,BC95HB-02-STD_850\n\nOK\n",
        "Quectel", "BC95HB-02-STD_850", "V100R100C10B657SP3"),
    "OpenLuat, the model with its family": ("ATI\nAirM2M_Air724UG_V401\n\nOK\n",
                                            "OpenLuat", "Air724UG", "AirM2M_Air724UG_V401"),
    "Sequans, versions before the names": (
        "ATI1\nUE6.0.0.0\nLR6.0.0.0-41019\n\nOK\nAT+CGMI\nSEQUANS Communications\n\nOK\nAT+CGMM\nVZM20Q\nOK\n",
        "Sequans", "VZM20Q", "UE6.0.0.0"),
    "Gemalto": ("ATI1\nGemalto\nPLS62-W\nREVISION 02.000\nA-REVISION 01.000.05\n\nOK\n",
                "Cinterion/Thales", "PLS62-W", "02.000"),
    "Siemens": ("AT+CGMI\nSIEMENS\nOK\nAT+CGMM\nTC35i\nOK\nAT+CGMR\nREVISION 03.01\nOK\n",
                "Cinterion/Thales", "TC35i", "03.01"),
    "Telit, named answers": ("AT#CGMI\n#CGMI: Telit\nOK\nAT#CGMM\n#CGMM: ME310G1-WW\nOK\nAT#CGMR\n#CGMR: 37.00.213\nOK\n",
                             "Telit", "ME310G1-WW", "37.00.213"),
    "u-blox, ATI9 that begins like a stamp": ("ATI\nLISA-U200-62S-03\n\nOK\nATI9\n23.60,A02.02\nOK\n",
                                              "u-blox", "LISA-U200-62S-03", "23.60,A02.02"),
    "Huawei, ^VERSION": (
        "AT^VERSION?\n^VERSION:BDT:Jan 10 2014, 15:16:01\n^VERSION:EXTS:21.180.01.00.00\n^VERSION:INTS:\n"
        "^VERSION:EXTH:CL2E3372HM Ver.A\n^VERSION:EXTU:E3372\n^VERSION:CFG:1004\nOK\nAT+CGMI\nhuawei\nOK\n",
        "Huawei", "E3372", "21.180.01.00.00"),
    "Neoway, a short version": ("ATI\nNEOWAY\nN58\nV001\n\nOK\n", "Neoway", "N58", "V001"),
    "Nordic, %SHORTSWVER": (
        "AT%SHORTSWVER\n%SHORTSWVER: nrf9160_1.2.3\nOK\nAT+CGMI\nNordic Semiconductor ASA\nOK\nAT+CGMM\nnRF9160-SICA\nOK\n",
        "Nordic Semiconductor", "nRF9160-SICA", "nrf9160_1.2.3"),
    "Ai-Thinker": ("ATI\nAi_Thinker_Co.LTD\nA9\nV02.02.20180911R\n\nOK\n",
                   "Ai_Thinker_Co", "A9", "V02.02.20180911R"),
    "what TinyGSM's examples print": (
        "Initializing modem...\nModem Name: SIMCOM SIM7600G-H\nModem Info: SIM7600G R14.18\nCCID: 89490200001234567894\n",
        "SIMCom", "SIMCOM SIM7600G-H", ""),
    "in logread of OpenWrt": (
        "".join(f"Mon Nov 23 10:11:12 2026 daemon.info chat[2345]: {line}\n" for line in (
            "AT+CGMI", "Fibocom", "OK", "AT+CGMM", "L610-EU", "OK", "AT+CGMR", "16121.1000.00.01.01.06", "OK")),
        "Fibocom", "L610-EU", "16121.1000.00.01.01.06"),
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
