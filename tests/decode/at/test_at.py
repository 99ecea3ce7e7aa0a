"""AT dialogues of five makers in every style of log, and each grammar by itself."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch import read
from iotwatch.decode import decode
from iotwatch.decode.at import AT, grammar, network, position
from iotwatch.decode.at.dumps import SERIAL_DUMP
from iotwatch.decode.at.lines import lines
from iotwatch.decode.message import Message
from iotwatch.errors import DecodeError
from iotwatch.place.replay import Replay
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt
from tests.decode.at.dialogues import DIALOGUES, REPORTS, STYLES, events

MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = {
    "model": "module.model",
    "firmware": "module.firmware",
    "imei": "imei",
    "imsi": "imsi",
    "iccid": "iccid",
    "apn": "apn",
    "server": "at.server",
}


def said(data: bytes) -> tuple[dict[str, list[str]], list[tuple[float, float]], list[Message]]:
    """Traits by kind, positions and messages of a log and of what its dumps hold."""
    queue = [from_bytes(data, kind="text")]
    traits: dict[str, list[str]] = {}
    fixes: list[tuple[float, float]] = []
    messages: list[Message] = []
    while queue:
        for message in decode(queue.pop()):
            messages.append(message)
            fixes += [(fix.latitude, fix.longitude) for fix in message.fixes]
            for trait in message.traits:
                traits.setdefault(trait.kind, []).append(trait.value)
            if message.body is not None and message.body.kind == "text":
                queue.append(message.body)
    return traits, fixes, messages


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("echo", [False, True], ids=["no echo", "echo"])
@pytest.mark.parametrize("maker", DIALOGUES)
def test_dialogue(maker: str, echo: bool, style: str) -> None:
    data = STYLES[style](events(maker, echo=echo))
    truth: dict[str, Any] = DIALOGUES[maker][1]
    traits, fixes, messages = said(data)
    for key, kind in KINDS.items():
        if truth[key]:
            assert truth[key] in traits.get(kind, ()), key
    assert traits["module.vendor"]
    assert traits["modem.cellular"]
    if truth["position"]:
        assert fixes == [pytest.approx(truth["position"], abs=1e-6)]
    assert all(
        0 <= item.span[0] < item.span[1] <= len(one.stream.data) for one in messages for item in (one, *one.traits)
    )


@pytest.mark.parametrize(
    "style", ["brackets", "ModemManager", "xxd", "logic analyser, hex", "logic analyser, characters"]
)
def test_evidence_replays_over_the_log(style: str) -> None:
    data = STYLES[style](events("SIMCom", echo=True))
    for message in said(data)[2]:
        for trait in message.traits:
            evidence = message.stream.evidence(*trait.span)
            assert Replay(io.BytesIO(data)).result(evidence.place)[: len(evidence.excerpt)] == evidence.excerpt
            if trait.kind in ("imei", "iccid", "imsi"):
                assert evidence.excerpt.decode() == trait.value


@pytest.mark.parametrize("maker", DIALOGUES)
def test_reports_between_the_lines_of_an_answer_change_nothing(maker: str) -> None:
    mixed = []
    for index, (way, line) in enumerate(events(maker, echo=True)):
        mixed += [(way, line), ("<", REPORTS[index % len(REPORTS)])]
    truth = DIALOGUES[maker][1]
    traits, _, _ = said(STYLES["brackets"](mixed))
    for key in ("model", "firmware", "imei", "imsi", "iccid"):
        assert truth[key] in traits[KINDS[key]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("AT", [""]),
        ("ATI", ["I"]),
        ("ATE0I", ["I"]),
        ("AT&F", [""]),
        ("ATQ0 V1 E1 S0=0", [""]),
        ("ATD*99***1#", ["D*99***1#"]),
        ("ATD+491755550123;", [""]),
        ("at+cgsn", ["+CGSN"]),
        ("AT+CGSN=1", ["+CGSN"]),
        ("AT^SYSINFOEX", ["^SYSINFOEX"]),
        ("AT!GSTATUS?", ["!GSTATUS"]),
        ("AT$GPSACP", ["$GPSACP"]),
        ("AT+COPS=3,0;+COPS?;+CSQ", ["+COPS", "+COPS", "+CSQ"]),
        ('AT+CMGS="a;b"', ["+CMGS"]),
        ("ATTENTION", []),
        ("AT version:1.7.5.0", []),
        ("ATLAS", []),
        ("At the end", []),
        ("attach failed", []),
    ],
)
def test_what_is_a_command(text: str, wanted: list[str]) -> None:
    assert [command.name for command in grammar.commands(text)] == wanted


@pytest.mark.parametrize(
    ("command", "server"),
    [
        ('AT+QIOPEN=1,0,"TCP","220.180.239.212",8009,0,1', "220.180.239.212:8009"),
        ('AT+QMTOPEN=0,"broker.example.com",1883', "broker.example.com:1883"),
        ('AT+CIPSTART="TCP","tracker.example.cn","5023"', "tracker.example.cn:5023"),
        ('AT+CIPOPEN=0,"TCP","203.0.113.7",9000', "203.0.113.7:9000"),
        ('AT+CAOPEN=0,"x.azure-devices.net",8883', "x.azure-devices.net:8883"),
        ('AT+MIPOPEN=1,"TCP","iot.example.cn",80', "iot.example.cn:80"),
        ('AT+HTTPPARA="URL","http://api.example.com:8080/up?imei=1"', "api.example.com:8080"),
        ('AT+CMQTTCONNECT=0,"tcp://a.example.net:8883",60,1', "a.example.net:8883"),
        ('AT$MYNETSRV=0,0,2,0,"192.0.2.9:6000"', "192.0.2.9:6000"),
        ("AT+TCPSETUP=0,192.0.2.9,6000", "192.0.2.9:6000"),
        ('AT#SD=1,0,5000,"m2m.example.com"', "m2m.example.com:5000"),
        ('AT^SISS=0,"address","socktcp://192.0.2.1:7000"', "192.0.2.1:7000"),
        ('AT+USOCO=0,"192.0.2.4",4040', "192.0.2.4:4040"),
        ('AT+QGPSSUPLURL="supl.example.com:7276"', "supl.example.com:7276"),
        ('AT+CGDCONT=1,"IP","vb.onlinedirect.co.za"', None),
        ('AT+CFSWFILE=3,"sim.crt",0,1322,5000', None),
        ('AT+CSSLCFG="sslversion",0,3', None),
    ],
)
def test_server(command: str, server: str | None) -> None:
    found = [trait.value for one in grammar.commands(command) for trait in network.servers(one, (0, 1))]
    assert found == ([server] if server else [])


@pytest.mark.parametrize(
    ("name", "values", "kilometres_an_hour"),
    [
        ("+CGPSINFO", "3113.343286,N,12121.234064,E,250311,072809.3,44.1,10.0,0", 18.52),  # knots
        ("+QGPSLOC", "061951.000,3150.7223N,11711.9293E,0.7,62.2,2,0.00,10.0,5.4,110513,09", 10.0),
    ],
)
def test_speed(name: str, values: str, kilometres_an_hour: float) -> None:
    found = position.fix(name, values, (0, 1))
    assert found is not None
    assert found.speed == pytest.approx(kilometres_an_hour)


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("+QGPSLOC", "061951.000,3150.7223N,11711.9293E,0.7,62.2,2,0.00,0.0,0.0,110513,09", (31.8453717, 117.1988217)),
        (
            "+QGPSLOC",
            "061951.000,3150.722300,N,11711.929300,E,0.7,62.2,2,0.00,0.0,0.0,110513,09",
            (31.8453717, 117.1988217),
        ),
        ("+QGPSLOC", "061951.000,-31.84536,-117.19882,0.7,62.2,2,0.00,0.0,0.0,110513,09", (-31.84536, -117.19882)),
        (
            "+CGNSINF",
            "1,1,20221021130421.000,41.674884,24.289787,592.877,,,1,,3.5,3.6,1.0,,3,,11864.6,143.4",
            (41.674884, 24.289787),
        ),
        ("+CGPSINFO", "3113.343286,N,12121.234064,E,250311,072809.3,44.1,0.0,0", (31.2223881, 121.3539011)),
        ("+CGPSINFO", ",,,,,,,,", None),
        (
            "+CGNSSINFO",
            "2,09,05,00,3113.330650,N,12121.262554,E,131117,091918.0,32.9,0.0,255.0,1.1,0.8,0.7",
            (31.2221775, 121.3543759),
        ),
        (
            "+CGNSSINFO",
            "3,05,,02,02,22.5412345,N,114.0512345,E,221122,091918.00,32.9,0.0,,1.1,0.8,0.7",
            (22.5412345, 114.0512345),
        ),
        ("$GPSACP", "080220.479,4542.8106N,01344.2720E,2.25,338.0,3,0.0,0.02,0.01,240504,09", (45.7135100, 13.7378667)),
        ("+UULOC", "13/04/2011,09:54:51.000,45.6334520,13.0618620,49,1", (45.633452, 13.061862)),
        ("+CIPGSMLOC", "0,121.354848,31.221402,2014/03/03,02:54:47", (31.221402, 121.354848)),
        ("+CLBS", "0,31.228525,121.380295,500", (31.228525, 121.380295)),
        ("+QCELLLOC", "117.215470,31.821530", (31.82153, 117.21547)),
        ("+QLBS", "0,31.821530,117.215470", (31.82153, 117.21547)),
        ("+UULOC", "1,2,13/04/2011,09:54:51.000,45.6334520,13.0618620,49,0", (45.633452, 13.061862)),
        ("+CIPGSMLOC", "0,031.2214020,121.3548480,2014/03/03,02:54:47", (31.221402, 121.354848)),
        ("+CGPSINF", "0,12121.290880,3113.284120,47.9,20140303025447.000,0,12,0.0,0.0", (31.2214020, 121.3548480)),
        ("+CGPSINF", "32,025447.000,A,3113.2841,N,12121.2909,E,0.0,0.0,030314,,,A", (31.2214017, 121.3548483)),
        ("#XGNSS", '45.71513,13.75022,49.1,22.1,0.4,0.0,"2021-06-02 05:21:31"', (45.71513, 13.75022)),
        ("#AGPSRING", "200,45.713643,13.738291,53.0", (45.713643, 13.738291)),
        ("+QLBS", "10010", None),
        ("+QGPSLOC", "999999,99,9", None),
    ],
)
def test_position(name: str, values: str, wanted: tuple[float, float] | None) -> None:
    found = position.fix(name, values, (0, 1))
    assert (None if found is None else (found.latitude, found.longitude)) == (
        wanted and pytest.approx(wanted, abs=1e-6)
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("+CIPGSMLOC", "0,121.354848,31.221402,2014/03/03,02:54:47"), ("+CLBS", "0,31.22,121.35,550,2014/03/03,02:54:47")],
)
def test_time_of_a_look_up(name: str, values: str) -> None:
    found = position.fix(name, values, (0, 1))
    assert found is not None
    assert found.time == 1_393_815_287_000_000


def test_the_order_of_a_look_up_is_doubted_where_either_could_be_the_latitude() -> None:
    """SIM7000 gives the longitude first and A7670 the latitude, under one name (public logs)."""
    for values, guessed in (("0,18.48,73.89,550", True), ("0,31.22,121.35,550", False)):
        doubts = [doubt for one in said(f"AT+CLBS=1\r\n+CLBS: {values}\r\nOK\r\n".encode())[2] for doubt in one.doubts]
        assert (ReadingDoubt.ORDER_GUESSED() in doubts) == guessed


@pytest.mark.parametrize("hidden", ["10.x.x.x", "100.xx.yy.12", "100.121.**.**", "10.23.a.b", "10.12.###.7"])
def test_an_address_half_hidden_is_no_access_point(hidden: str) -> None:
    log = f'AT+CNACT?\r\n+CNACT: 1,"{hidden}"\r\nOK\r\nAT+CGDCONT?\r\n+CGDCONT: 1,"IP","","{hidden}",0,0\r\nOK\r\n'
    assert "apn" not in said(log.encode())[0]


def test_time_of_a_position_is_its_own() -> None:
    found = position.fix("+QGPSLOC", "013832.000,54.21457,-64.53218,0.8,520.3,3,000.00,0.0,0.0,221126,09", (0, 1))
    assert found is not None
    assert found.time == 1_795_311_512_000_000
    assert found.valid is True


@pytest.mark.parametrize(
    ("answer", "cell"),
    [
        ('+CEREG: 2,1,"D509","80D413D",7', "--D509-80D413D"),
        ("+CPSI: LTE,Online,460-11,0x7764,117148181,127,EUTRAN-BAND1,100,5,5,8,53,60,-4", "460-11-7764-6FB8A15"),
        (
            '+QENG: "servingcell","NOCONN","LTE","FDD",460,00,1A2D003,187,1300,3,5,5,550A,-96,-9,-68,12,-',
            "460-00-550A-1A2D003",
        ),
        (
            '+QENG: "servingcell","CONNECT","NR5G-SA","TDD",460,00,170C23000,901,46550B,504990,41,-,-52',
            "460-00-46550B-170C23000",
        ),
    ],
)
def test_cell(answer: str, cell: str) -> None:
    name, values, _ = grammar.named_answer(answer) or ("", "", 0)
    assert [trait.value for trait in network.cells(name, values, (0, 1))] == [cell]


def test_password_and_pin_are_not_kept() -> None:
    log = b'AT+CPIN="4711"\r\nOK\r\nAT+QMTCONN=0,"dev","user","pass"\r\nOK\r\nAT+CGAUTH=1,1,"a","b"\r\nOK\r\n'
    traits, _, _ = said(log)
    assert traits["at.command"] == ["AT+CPIN=", "AT+QMTCONN=", "AT+CGAUTH="]


def test_a_url_sent_as_data_is_a_far_end() -> None:
    log = b"AT+QHTTPURL=40,80\r\nCONNECT\r\nhttp://fleet.example.org:8081/gps\r\nOK\r\nAT+CSQ\r\n+CSQ: 20,99\r\nOK\r\n"
    assert said(log)[0]["at.server"] == ["fleet.example.org:8081"]


def test_what_is_sent_through_a_socket_is_a_body() -> None:
    log = b'AT+CIPSEND=0,24\r\n>\r\n{"lat":48.1,"lon":11.5}\r\nOK\r\n'
    bodies = [message.body for message in AT.messages(from_bytes(log, kind="text")) if message.body is not None]
    assert [body.data for body in bodies] == [b'{"lat":48.1,"lon":11.5}']
    assert bodies[0].kind == "payload"


@pytest.mark.parametrize(
    "text",
    [
        b"# A shell script\nset -e\necho done\nexit 0\n",
        b"Meet me AT+noon. OK\nThen go home.\n",
        b"Model: T\nnothing else\n",
        b'{"a": 1}\n',
        b"AT&T is a company\nand OK is a word\n",
    ],
)
def test_other_texts_are_not_claimed(text: bytes) -> None:
    assert not AT.claims(text, None)
    assert not SERIAL_DUMP.claims(text, None)


@pytest.mark.parametrize(
    ("log", "cellular"),
    [
        ("ATD*99#\r\nCONNECT 150000000\r\n", True),
        (
            "".join(
                f"Nov 22 10:11:12 gw chat[123]: {one}\n"
                for one in ("send (ATD*99***1#^M)", "expect (CONNECT)", "CONNECT")
            ),
            True,
        ),
        ("ATD*99#\r\nNO CARRIER\r\n", False),
        ("ATDT5550100\r\nCONNECT 33600\r\n", False),
    ],
)
def test_a_call_of_the_packet_service_that_connects_shows_a_cellular_modem(log: str, cellular: bool) -> None:
    assert ("modem.cellular" in said(log.encode())[0]) == cellular


def test_esp8266_is_no_cellular_modem() -> None:
    log = b'AT+CIFSR\r\n+CIFSR:STAIP,"192.168.10.108"\r\nOK\r\nAT+GMR\r\nAT version:1.7.5.0(Oct 20 2021 19:14:04)\r\nOK\r\n'
    traits, _, _ = said(log)
    assert "modem.cellular" not in traits


@MANY
@given(st.binary(max_size=600))
def test_any_bytes_end(raw: bytes) -> None:
    for line in lines(raw):
        assert 0 <= line.start < line.end <= len(raw)
    for decoder in (AT, SERIAL_DUMP):
        decoder.claims(raw, None)
        try:
            for message in decoder.messages(from_bytes(raw, kind="text")):
                assert 0 <= message.span[0] <= message.span[1] <= len(raw)
        except DecodeError:
            continue


_WORDS = st.sampled_from(
    [
        "AT+CGSN",
        "ATI",
        "OK",
        "ERROR",
        "+CGSN: 1",
        "869710030002905",
        "\r\n",
        "\n",
        "<CR><LF>",
        "--> '",
        "'",
        "[1:2] ",
        "> ",
        "Revision: X1",
    ]
)


@MANY
@given(st.lists(_WORDS, max_size=60))
def test_any_dialogue_gives_spans_within_it(words: list[str]) -> None:
    raw = "".join(words).encode()
    for message in AT.messages(from_bytes(raw, kind="text")):
        for item in (message, *message.traits, *message.fixes):
            assert 0 <= item.span[0] < item.span[1] <= len(raw)


@pytest.mark.corpus
def test_chat_of_a_real_ppp_record(corpus: Path) -> None:
    for path in sorted((corpus / "pcap" / "cellular").glob("*_PPP_*.pcap")):
        data = path.read_bytes()
        capture = read.read_capture(io.BytesIO(data))
        bodies = [
            message.body for stream in capture.streams for message in decode(stream) if message.protocol == "ppp-chat"
        ]
        commands = [
            trait.value
            for body in bodies
            if body
            for one in decode(body)
            for trait in one.traits
            if trait.kind == "at.command"
        ]
        assert "AT+CGACT=1,3" in commands, path.name
        for body in bodies:
            assert body is not None
            assert Replay(io.BytesIO(data)).result(body.evidence().place) == body.data


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ATIQuectel", ("ATI", "Quectel")),
        ("AT+QGPS=1OK", ("AT+QGPS=1", "OK")),
        ("at+CREG?ERROR", ("at+CREG?", "ERROR")),
        ("ATI", None),
        ("AT+QGPS=1", None),
        ("OK", None),
    ],
)
def test_an_echo_without_a_line_end_is_told_from_its_answer(text: str, parts: tuple[str, str] | None) -> None:
    assert grammar.glued(text) == parts


def test_the_serial_lte_modem_states_its_fix_and_a_status_is_none() -> None:
    log = b"AT#XGPS=1,0\r\n#XGPS: 1,1\r\nOK\r\n"
    log += b'#XGPS: 35.457576,139.625090,121.5,22.2,0.5,0.0,"2026-11-12 10:18:48"\r\n#XGPS: 1,4\r\n'
    fixes = [fix for message in AT.messages(from_bytes(log, kind="text")) for fix in message.fixes]
    assert [(fix.latitude, fix.longitude, fix.time) for fix in fixes] == [(35.457576, 139.62509, 1794478728000000)]
