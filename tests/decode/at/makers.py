# ruff: noqa: E501 - rows of facts are easier to compare on one line each
"""What modules of ten makers say between power-up and report, and what is true of each."""

from __future__ import annotations

from typing import Any

# Each exchange: command, lines of the answer. Forms: reference facts (AT commands), TS 27.007; numbers are made up and valid.
DIALOGUES: dict[str, tuple[list[tuple[str, list[str]]], dict[str, Any]]] = {
    "Quectel": (
        [
            ("ATI", ["Quectel", "EG25", "Revision: EG25GGBR07A08M2G", "", "OK"]),
            ("AT+CGSN", ["869710030002905", "", "OK"]),
            ("AT+CIMI", ["460001234567890", "", "OK"]),
            ("AT+QCCID", ["+QCCID: 89860012345678901239", "", "OK"]),
            ("AT+CPIN?", ["+CPIN: READY", "", "OK"]),
            ("AT+QICSGP=1,1,\"cmiot\",\"\",\"\",1", ["OK"]),
            ("AT+QIOPEN=1,0,\"TCP\",\"track.example.com\",8841,0,1", ["OK", "", "+QIOPEN: 0,0"]),
            ("AT+QGPS=1", ["OK"]),
            ("AT+QGPSLOC=2", ["+QGPSLOC: 013832.000,54.21457,-64.53218,0.8,520.3,3,000.00,0.0,0.0,221126,09", "", "OK"]),
        ],
        {"vendor": "Quectel", "model": "EG25", "firmware": "EG25GGBR07A08M2G", "imei": "869710030002905", "imsi": "460001234567890",
         "iccid": "89860012345678901239", "apn": "cmiot", "server": "track.example.com:8841", "position": (54.21457, -64.53218)},
    ),
    "Fibocom": (
        [
            ("ATI", ["Manufacturer: Fibocom Wireless Inc.", "Model: L610-CN", "Revision: 16000.1000.00.76.01.05", "IMEI: 866477050001230", "", "OK"]),
            ("AT+CIMI", ["460011234567890", "", "OK"]),
            ("AT+CCID?", ["+CCID: 89860112345678901238", "", "OK"]),
            ("AT+CGDCONT=1,\"IP\",\"3gnet\"", ["OK"]),
            ("AT+MIPOPEN=1,0,\"gps.example.org\",7070,0", ["OK", "+MIPOPEN: 1,1"]),
            ("AT+GTGPSPOWER=1", ["OK"]),
        ],
        {"vendor": "Fibocom", "model": "L610-CN", "firmware": "16000.1000.00.76.01.05", "imei": "866477050001230", "imsi": "460011234567890",
         "iccid": "89860112345678901238", "apn": "3gnet", "server": "gps.example.org:7070", "position": None},
    ),
    "SIMCom": (
        [
            ("AT+SIMCOMATI", ["Manufacturer: SIMCOM INCORPORATED", "Model: SIMCOM_SIM7600G-H", "Revision: LE20B04SIM7600G22", "IMEI: 862636050001232", "", "OK"]),
            ("AT+CIMI", ["460021234567890", "", "OK"]),
            ("AT+CICCID", ["+ICCID: 89860212345678901237", "", "OK"]),
            ("AT+CGDCONT=1,\"IP\",\"cmnet\"", ["OK"]),
            ("AT+CIPOPEN=0,\"TCP\",\"203.0.113.7\",9000", ["OK", "", "+CIPOPEN: 0,0"]),
            ("AT+CGPS=1", ["OK"]),
            ("AT+CGPSINFO", ["+CGPSINFO: 3113.343286,N,12121.234064,E,250311,072809.3,44.1,0.0,0", "", "OK"]),
        ],
        {"vendor": "SIMCom", "model": "SIMCOM_SIM7600G-H", "firmware": "LE20B04SIM7600G22", "imei": "862636050001232", "imsi": "460021234567890",
         "iccid": "89860212345678901237", "apn": "cmnet", "server": "203.0.113.7:9000", "position": (31.2223881, 121.3539011)},
    ),
    "China Mobile IoT": (
        [
            ("AT+CGMI", ["+CGMI: \"CMIOT\"", "", "OK"]),
            ("AT+CGMM", ["+CGMM: ML307R-DC", "", "OK"]),
            ("AT+CGMR", ["+CGMR: ML307R-DC_V1.0.2_230901", "", "OK"]),
            ("AT+CGSN=1", ["+CGSN: 860302060001236", "", "OK"]),
            ("AT+CIMI", ["460041234567890", "", "OK"]),
            ("AT+MCCID", ["+MCCID: 89860412345678901235", "", "OK"]),
            ("AT+CGDCONT=1,\"IPV4V6\",\"cmiot\"", ["OK"]),
            ("AT+MQTTCONN=0,\"mqtt.example.net\",1883,\"client\",\"user\",\"secret\"", ["OK", "+MQTTURC: \"conn\",0,0"]),
        ],
        {"vendor": "China Mobile IoT", "model": "ML307R-DC", "firmware": "ML307R-DC_V1.0.2_230901", "imei": "860302060001236",
         "imsi": "460041234567890", "iccid": "89860412345678901235", "apn": "cmiot", "server": "mqtt.example.net:1883", "position": None},
    ),
    "Huawei": (
        [
            ("ATI", ["Manufacturer: Huawei Technologies Co., Ltd.", "Model: ME909s-821", "Revision: 11.617.06.00.00", "IMEI: 867223020001239", "+GCAP: +CGSM,+DS,+ES", "", "OK"]),
            ("AT+CIMI", ["460061234567890", "", "OK"]),
            ("AT^ICCID?", ["^ICCID: 89860612345678901233", "", "OK"]),
            ("AT^NDISDUP=1,1,\"uninet\"", ["OK", "", "^NDISSTAT:1,,,\"IPV4\""]),
        ],
        {"vendor": "Huawei", "model": "ME909s-821", "firmware": "11.617.06.00.00", "imei": "867223020001239", "imsi": "460061234567890",
         "iccid": "89860612345678901233", "apn": "uninet", "server": None, "position": None},
    ),
    "Telit": (
        [
            ("AT+CGMI", ["Telit", "", "OK"]),
            ("AT+CGMM", ["LE910C1-EUX", "", "OK"]),
            ("AT+CGMR", ["25.21.660", "", "OK"]),
            ("AT+CGSN", ["351620090123456", "", "OK"]),
            ("AT+CIMI", ["222011234567890", "", "OK"]),
            ("AT#CCID", ["#CCID: 8939012345678901238", "", "OK"]),
            ("AT+CGDCONT=1,\"IP\",\"ibox.example\"", ["OK"]),
            ("AT#SGACT=1,1", ["#SGACT: 10.20.30.40", "", "OK"]),
            ("AT#SD=1,0,5000,\"m2m.example.com\",0,0,1", ["OK"]),
            ("AT$GPSP=1", ["OK"]),
            ("AT$GPSACP", ["$GPSACP: 080220.479,4542.8106N,01344.2720E,2.25,338.0,3,0.0,0.02,0.01,240526,09", "", "OK"]),
        ],
        {"vendor": "Telit", "model": "LE910C1-EUX", "firmware": "25.21.660", "imei": "351620090123456", "imsi": "222011234567890",
         "iccid": "8939012345678901238", "apn": "ibox.example", "server": "m2m.example.com:5000", "position": (45.71351, 13.7378667)},
    ),
    "Sierra Wireless": (
        [
            ("ATI", ["Manufacturer: Sierra Wireless, Incorporated", "Model: EM7455", "Revision: SWI9X30C_02.33.03.00 r8209 CARMD-EV-FRMWR2 2019/08/28 20:59:30",
                     "MEID: 35907306012345", "IMEI: 359073060123456", "IMEI SV: 15", "FSN: LF62730123041", "+GCAP: +CGSM", "", "OK"]),
            ("AT+CIMI", ["310260123456789", "", "OK"]),
            ("AT!ICCID?", ["!ICCID: 89012601234567890121", "", "OK"]),
            ("AT+CGDCONT=1,\"IPV4V6\",\"fast.example.com\"", ["OK"]),
            ("AT!GPSFIX=1,60,20", ["Fix initiated", "", "OK"]),
            ("AT!GPSLOC?", ["Lat: 49 Deg 10 Min 21.49 Sec N  (0x008BDD44)", "Lon: 123 Deg 4 Min 14.76 Sec W  (0xFF50F9CF)",
                            "Time: 2026 11 24 0 18:25:53 (GPS)", "LocUncAngle: 0.0 deg  LocUncA: 8.0 m  LocUncP: 8.0 m  HEPE: 11.314 m", "3D Fix",
                            "Altitude: -2 m  LocUncVe: 16.0 m", "Heading: 0.0 deg  VelHoriz: 0.0 m/s  VelVert: 0.0 m/s", "", "OK"]),
        ],
        {"vendor": "Sierra Wireless", "model": "EM7455", "firmware": "SWI9X30C_02.33.03.00", "imei": "359073060123456", "imsi": "310260123456789",
         "iccid": "89012601234567890121", "apn": "fast.example.com", "server": None, "position": (49.172636, -123.070767)},
    ),
    "u-blox": (
        [
            ("ATI", ["SARA-R410M-02B", "", "OK"]),
            ("AT+CGMI", ["u-blox", "", "OK"]),
            ("AT+CGMM", ["SARA-R410M-02B", "", "OK"]),
            ("AT+CGMR", ["L0.0.00.00.05.12 [Nov 11 2021 16:39:41]", "", "OK"]),
            ("AT+CGSN", ["352453090123451", "", "OK"]),
            ("AT+CIMI", ["234101234567890", "", "OK"]),
            ("AT+CCID", ["+CCID: 8944012345678901238", "", "OK"]),
            ("AT+UPSD=0,1,\"iot.example.net\"", ["OK"]),
            ("AT+USOCR=6", ["+USOCR: 0", "", "OK"]),
            ("AT+USOCO=0,\"track.example.org\",7700", ["OK"]),
            ("AT+ULOC=2,3,0,120,1", ["OK", "", "+UULOC: 13/04/2026,09:54:51.000,45.6334520,13.0618620,49,1"]),
        ],
        {"vendor": "u-blox", "model": "SARA-R410M-02B", "firmware": "L0.0.00.00.05.12", "imei": "352453090123451", "imsi": "234101234567890",
         "iccid": "8944012345678901238", "apn": "iot.example.net", "server": "track.example.org:7700", "position": (45.633452, 13.061862)},
    ),
    "MeiG Smart": (
        [
            ("AT+CGMI", ["MEIGLINK", "", "OK"]),
            ("AT+CGMM", ["SLM750", "", "OK"]),
            ("AT+CGMR", ["SLM750_4.0.6_EQ101", "", "OK"]),
            ("AT+CGSN", ["865012040123456", "", "OK"]),
            ("AT+CIMI", ["460021234567890", "", "OK"]),
            ("AT+ICCID", ["+ICCID: 89860012345678901253", "", "OK"]),
            ("AT+CGDCONT=1,\"IP\",\"cmmtm\"", ["OK"]),
            ("AT+MIPOPEN=1,\"TCP\",\"203.0.113.40\",6600", ["OK", "+MIPOPEN: 1,1"]),
        ],
        {"vendor": "MeiG Smart", "model": "SLM750", "firmware": "SLM750_4.0.6_EQ101", "imei": "865012040123456", "imsi": "460021234567890",
         "iccid": "89860012345678901253", "apn": "cmmtm", "server": "203.0.113.40:6600", "position": None},
    ),
    "Neoway": (
        [
            ("AT+CGMI", ["NEOWAY CORP LTD", "", "OK"]),
            ("AT+CGMM", ["N58", "", "OK"]),
            ("AT+CGMR", ["N58-CA-003", "", "OK"]),
            ("AT+CGSN", ["867344040123451", "", "OK"]),
            ("AT+CIMI", ["460011234567891", "", "OK"]),
            ("AT+CCID", ["+CCID: 89860112345678901260", "", "OK"]),
            ("AT+CGDCONT=1,\"IP\",\"uninet\"", ["OK"]),
            ("AT$MYNETACT=0,1", ["OK"]),
            ("AT$MYNETSRV=0,0,2,0,\"192.0.2.9:6000\"", ["OK"]),
            ("AT$MYNETOPEN=0", ["$MYNETOPEN: 0,1460,1460", "", "OK"]),
        ],
        {"vendor": "Neoway", "model": "N58", "firmware": "N58-CA-003", "imei": "867344040123451", "imsi": "460011234567891",
         "iccid": "89860112345678901260", "apn": "uninet", "server": "192.0.2.9:6000", "position": None},
    ),
}  # fmt: skip
