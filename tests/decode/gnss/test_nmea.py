from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import reduce
from operator import xor

import pytest

from iotwatch.decode import decode
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt


def sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def micros(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


GGA = sentence("GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,")
RMC = sentence("GPRMC,092750.000,A,5321.6802,N,00630.3372,W,10.0,31.66,280511,,,A")
VOID = sentence("GNRMC,092751.000,V,5321.6802,N,00630.3372,W,0.02,31.66,280511,,,N")


def read(data: bytes, kind: str = "tcp", **more):
    return [message for message in decode(from_bytes(data, kind=kind, **more)) if message.protocol == "nmea"]


def test_sentences_of_one_epoch_make_one_fix():
    wire = GGA + RMC + VOID
    first, second = read(wire)
    fix = first.fixes[0]
    assert (round(fix.latitude, 6), round(fix.longitude, 6)) == (53.361337, -6.50562)
    assert (fix.valid, fix.altitude, fix.course) == (True, 61.7, 31.66)
    assert fix.speed == pytest.approx(18.52)
    assert fix.time == micros(2011, 5, 28, 9, 27, 50)
    assert wire[slice(*fix.span)] == GGA.strip()
    # The sentence behind it tells the same place a second later: two messages agree.
    assert (first.checksum, first.confidence) == ("ok", Confidence.CERTAIN)
    assert read(GGA + RMC)[0].confidence == Confidence.LIKELY
    assert first.fields["sentences"] == ["GPGGA", "GPRMC"]
    assert second.fixes[0].valid is False


def test_a_wrong_checksum_says_nothing():
    assert read(GGA.replace(b"5321", b"5322")) == []


def test_no_checksum_is_only_possible():
    (message,) = read(RMC.partition(b"*")[0] + b"\r\n")
    assert (message.checksum, message.confidence) == ("none", Confidence.POSSIBLE)
    assert read(b"$GPRMC,hello,there\r\n") == []


def test_a_clock_that_stands_still_hides_no_place():
    lines = [sentence(f"GPRMC,080000.00,A,53{n}0.0000,N,00630.0000,W,,,280511,,,A") for n in range(4)]
    assert [round(one.fixes[0].latitude, 4) for one in read(b"".join(lines))] == [53.0, 53.1667, 53.3333, 53.5]
    assert len(read(lines[0] * 3)) == 1


@pytest.mark.parametrize(
    ("number", "sure"), [("868073021573686", "likely"), ("868073021573681", "possible")], ids=["checked", "mistyped"]
)
def test_a_line_that_names_its_sender_is_that_units(number, sure):
    line = RMC.partition(b"*")[0] + b",IMEI:" + number.encode() + b"\r\n"
    (message,) = read(line)
    assert (message.device_ids, message.confidence) == ((number,), Confidence.LIKELY)
    (trait,) = message.traits
    assert (trait.kind, trait.value, trait.facts["confidence"]) == ("imei", number, sure)
    assert line[slice(*trait.span)] == number.encode()
    assert read(RMC + b"IMEI:" + number.encode())[0].device_ids == ()


def test_log_lines_carry_a_time_in_front():
    log = b"".join(b"[2024-01-02 10:00:%02d] uart1: " % i + line for i, line in enumerate((b"boot\r\n", GGA, RMC)))
    (message,) = read(log, "text")
    assert log[slice(*message.fixes[0].span)] == GGA.strip()


def test_the_date_is_carried_over_midnight():
    late = sentence("GPRMC,235959.00,A,5321.6802,N,00630.3372,W,0,0,280511,,,A")
    early = sentence("GPGGA,000000.00,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,")
    messages = read(late + early)
    assert [message.fixes[0].time for message in messages] == [micros(2011, 5, 28, 23, 59, 59), micros(2011, 5, 29)]


def test_without_a_date_the_capture_gives_it_with_a_doubt():
    (message,) = read(GGA, time=micros(2020, 3, 1, 9, 27, 58))
    assert message.fixes[0].time == micros(2020, 3, 1, 9, 27, 50)
    assert message.doubts == (ReadingDoubt.DATE_OF_CAPTURE(),)
    assert read(GGA)[0].fixes[0].time is None


def test_zda_gives_the_date():
    messages = read(sentence("GPZDA,092750.00,28,05,2011,00,00") + GGA)
    assert messages[-1].fixes[0].time == micros(2011, 5, 28, 9, 27, 50)


@pytest.mark.parametrize(
    ("body", "doubt"),
    [
        ("GPGGA,092750.000,5321.6802,N,00630.3372,W,8,8,1.03,61.7,M,55.2,M,,", ReadingDoubt.SIMULATED),
        ("GPGGA,092750.000,5321.6802,N,00630.3372,W,7,8,1.03,61.7,M,55.2,M,,", ReadingDoubt.ENTERED_BY_HAND),
        ("GPGGA,092750.000,5321.6802,N,00630.3372,W,6,8,1.03,61.7,M,55.2,M,,", ReadingDoubt.DEAD_RECKONING),
    ],
)
def test_the_receiver_s_own_doubts_are_told(body, doubt):
    assert read(sentence(body))[0].doubts == (doubt(),)


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ("GPGGA,092750.000,5321.6802,N,00630.3372,W,0,0,,,M,,M,,", False),
        ("GPGLL,5321.6802,N,00630.3372,W,092750.00,A,A", True),
        ("GPGLL,5321.6802,N,00630.3372,W,092750.00,V,N", False),
        ("GNGNS,092750.00,5321.6802,N,00630.3372,W,AN,12,0.8,60.1,55.2,,", True),
        ("GNGNS,092750.00,5321.6802,N,00630.3372,W,NN,00,99.9,60.1,55.2,,", False),
    ],
)
def test_validity_is_the_receiver_s_word(body, valid):
    assert read(sentence(body))[0].fixes[0].valid is valid


def test_a_makers_sentence_is_told_once(traits_of):
    version = sentence("PQTMVERNO,LC79DANR11A03S,2021/06/01,11:22:33")
    messages = read(version + GGA + version)
    assert traits_of(messages) == [("nmea.proprietary", version.strip().decode(), version.strip())]


@pytest.mark.corpus
def test_the_receiver_logs_of_gpsd(corpus):
    found = timed = wanted = 0
    for line in (corpus / "positions" / "gpsd-expected.jsonl").read_text().splitlines():
        case = json.loads(line)
        log = (corpus / "positions" / case["log"]).read_bytes()
        fixes = [fix for message in read(log, "text") for fix in message.fixes]
        for tpv in case["expected"]:
            near = [f for f in fixes if abs(f.latitude - tpv["lat"]) < 2e-6 and abs(f.longitude - tpv["lon"]) < 2e-6]
            when = tpv["time"] and int(datetime.fromisoformat(tpv["time"]).timestamp() * 1e6)
            wanted += 1
            found += bool(near)
            timed += any(not when or (fix.time and abs(fix.time - when) < 1_000_000) for fix in near)
    assert found / wanted >= 0.98
    assert timed / wanted >= 0.90  # gpsd moves dates of receivers whose week counter rolled over; we keep their word


def test_a_receiver_without_a_place_is_told_once_a_silence():
    void = sentence("GPRMC,,V,,,,,,,,,,N") + sentence("GPGSV,1,1,00")
    messages = read(void * 3 + GGA + sentence("GPGSA,A,3,,,,,,,,,,,,,1,1,1") + void)
    assert [message.fields["sentences"] for message in messages] == [["GPRMC", "GPGSV"], ["GPGGA"], ["GPRMC", "GPGSV"]]
    assert [len(message.fixes) for message in messages] == [0, 1, 0]
    assert messages[0].span == (0, len(void) * 3 - 2)
