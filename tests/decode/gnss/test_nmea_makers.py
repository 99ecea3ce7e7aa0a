"""What receivers' logs tell of makers: their own sentences, texts and the comments before a log."""

from __future__ import annotations

from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode.gnss.nmea import NMEA
from iotwatch.decode.gnss.nmea_makers import MAX_TOLD
from iotwatch.decode.message import Message
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from iotwatch.signatures.tables import Receiver, read
from iotwatch.store import Store

GGA = "GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,"


def sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def told(data: bytes) -> list[tuple[str, str]]:
    messages: list[Message] = list(NMEA.messages(from_bytes(data, kind="text")))
    return [(trait.kind, trait.value) for message in messages for trait in message.traits]


def test_sentences_texts_and_comments_are_told_once() -> None:
    own, text = (
        sentence("PUBX,00,092750.00,,,,,NF,,,,,,,,,,,0,0,0"),
        sentence("GPTXT,01,01,02,u-blox ag - www.u-blox.com"),
    )
    data = b"# Name: BT-451\n# Chipset = ANTARIS\n" + (own + text + sentence(GGA)) * 3
    assert [kind for kind, _ in told(data)] == ["nmea.label", "nmea.label", "nmea.proprietary", "nmea.text"]


def test_a_text_without_a_checksum_is_told_and_a_wrong_one_is_not() -> None:
    assert told(b"$GPTXT,TELIT SW Version: SL869 v3\r\n" + sentence(GGA)) == [
        ("nmea.text", "$GPTXT,TELIT SW Version: SL869 v3")
    ]
    assert told(b"$GPTXT,01,01,02,Telit*00\r\n$PUBX,00*00\r\n" + sentence(GGA)) == []


def test_values_that_change_are_one_sentence() -> None:
    changing = b"".join(sentence(f"PASHR,09275{digit}.00,19{digit}.5,T") for digit in range(10))
    kinds = sentence("PERC,GPver,GRU 04 01") + sentence("PERC,GPsts,0") + sentence("PERC,GPsts,1")
    assert len(told(changing)) == 1
    assert len(told(kinds)) == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end(data: bytes) -> None:
    raw = b"# Name: " + data + b"\n$GPTXT," + data
    for message in NMEA.messages(from_bytes(raw, kind="text")):
        assert all(0 <= trait.span[0] < trait.span[1] <= len(raw) for trait in message.traits)


def test_what_is_told_is_limited() -> None:
    flood = b"".join(sentence(f"GPTXT,01,01,02,{number}") for number in range(MAX_TOLD + 50))
    assert len(told(flood)) == MAX_TOLD


def test_every_prefix_of_the_table_names_its_maker() -> None:
    signatures = load()
    known = {row.prefix: row for row in read(signatures.folder / "tables", Receiver)}
    assert len(known) > 40
    for prefix, row in known.items():
        found = [
            match for match in signatures.match("nmea", f"${prefix}9,1,2*00") if match.signature == f"nmea:{prefix}"
        ]
        assert [(match.vendor, match.identifies) for match in found] == [(row.vendor, row.role)], prefix
        assert found[0].confidence <= Confidence.LIKELY
        assert row.source
        assert row.mistaken_for


@pytest.mark.parametrize(
    ("log", "vendor", "role", "confidence"),
    [
        (sentence("PQTMVERNO,LC79DANR11A03S,2021/06/01,11:22:33"), "Quectel", "", "likely"),
        (sentence("PMTK705,AXN_3.20_3333_12071501,0001,QUECTEL-L76,1.0"), "Quectel", "", "likely"),
        (sentence("PMTK705,AXN_3.20_3333_12071501,0001,QUECTEL-L76,1.0"), "MediaTek", "chipset", "likely"),
        (sentence("PMTK001,314,3"), "MediaTek", "chipset", "likely"),
        (sentence("PAIR010,0,0,2044,368730"), "Airoha", "chipset", "likely"),
        (sentence("PSRF150,1"), "SiRF", "chipset", "likely"),
        (sentence("PSTMCPU,54.57,-1,98"), "STMicroelectronics", "chipset", "likely"),
        (sentence("PQGSA,A,3,12,,,,,,,,,,,,1.2,0.9,0.9,4"), "Qualcomm", "chipset", "possible"),
        (sentence("PCAS10,0"), "CASIC (Zhongke Microelectronics)", "chipset", "possible"),
        (sentence("PUBX,41,1,0007,0003,9600,0"), "u-blox", "", "likely"),
        (sentence("GNTXT,01,01,02,u-blox AG - www.u-blox.com"), "u-blox", "", "likely"),
        (sentence("GPTXT,TELIT SW Version: SL869 v3.1.2.1 -STD -N96"), "Telit", "", "likely"),
        (b"$GPTXT,TELIT SW Version: SL869 v3.1.2.1 -STD -N96\r\n", "Telit", "", "possible"),
        (b"# Name: Telit SE868K3\n", "Telit", "", "possible"),
        (sentence("PERC,GPver,GRU 04 01,NCD 901 65/1,R1E,E640226882.2050"), "Ericsson", "", "likely"),
        (sentence("PTNLRTP,T,33.23,3.0"), "Trimble", "", "likely"),
        (sentence("PDTINFO,UM621-02,G1B1L1E1,V1.2,R6.0.0.0Build2810"), "Unicore", "", "likely"),
    ],
)
def test_maker_of_a_receiver(tmp_path: Path, log: bytes, vendor: str, role: str, confidence: str) -> None:
    (tmp_path / "a.log").write_bytes(log + sentence(GGA) * 3)
    scan([tmp_path / "a.log"], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        rows = store.query("SELECT json_extract(facts, '$.vendor') AS vendor, confidence,"
                           " ifnull(json_extract(facts, '$.role'), '') AS role FROM findings WHERE kind = 'vendor'")  # fmt: skip
        assert store.query("SELECT * FROM modules") == []
    assert (vendor, role, confidence) in [(row["vendor"], row["role"], row["confidence"]) for row in rows]


def test_ericsson_modem_with_its_receiver(tmp_path: Path) -> None:
    said = "AT+CGMI||Ericsson||OK|AT+CGMM||F5521gw||OK|AT*E2GPSCTL=1,5,0||OK|AT*E2GPSNPD||"
    log = said.replace("|", "\r\n").encode()
    (tmp_path / "a.log").write_bytes(log + sentence(GGA) * 3)
    scan([tmp_path / "a.log"], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        rows = store.query("SELECT vendor, model, role, confidence FROM modules")
        places = store.query("SELECT latitude FROM positions")
    assert [tuple(row.values()) for row in rows] == [("Ericsson", "F5521gw", "module", "likely")]
    assert len(places) == 1


# Logs whose bytes name a maker, as gpsd's collection titles them; the rest of its logs name none.
NAMED = {
    "april6_2019": "Telit",
    "telit-he910": "Telit",
    "sl869": "Telit",
    "quectel": "Quectel",
    "quectelLC79D": "Quectel",
    "quectel-eg25-g-2": "Quectel",
    "ericsson-gru04": "Ericsson",
    "unicore-um621": "Unicore",
    "st-teseo-liv3f": "STMicroelectronics",
    "mtk-3329": "MediaTek",
    "nl402u": "u-blox",
    "bt451": "u-blox",
    "com-1289": "Fastrax",
    "garmin15x": "Garmin",
}


@pytest.mark.corpus
def test_makers_of_real_receiver_logs(corpus: Path, tmp_path: Path) -> None:
    logs = sorted((corpus / "positions" / "gpsd-logs").glob("*.log"))
    for log in logs:  # under names that say nothing
        (tmp_path / f"{logs.index(log):02}.log").write_bytes(log.read_bytes())
    scan([tmp_path], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        rows = store.query(
            "SELECT asset, json_extract(facts, '$.vendor') AS vendor FROM findings WHERE kind = 'vendor'"
        )
        assert store.query("SELECT * FROM modules") == []
    found = {(logs[int(Path(row["asset"]).stem)].stem, row["vendor"]) for row in rows}
    assert set(NAMED.items()) <= found
