"""Frames and log packets of a modem's diagnostics: escapes, check values, wrappers, damage, clocks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.place.replay import Replay
from iotwatch.read.diagnostics import LogPackets, from_dlf, from_hdlc, read_sdm
from iotwatch.read.stream import from_bytes
from iotwatch.words.measures import Measure
from tests import modem_logs
from tests.modem_logs import NOON, framed, packet, qmdl, record, since_1980

START = since_1980(NOON)


def bodies(packets: LogPackets) -> list[bytes]:
    return [packets.body(number) for number in range(len(packets.codes))]


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=12))
def test_any_bodies_come_out_as_they_went_in(contents: list[bytes]) -> None:
    log = qmdl(packet(0x1000 + n, body, START + n) for n, body in enumerate(contents))
    found = from_hdlc(from_bytes(log, kind="file"))
    assert bodies(found) == contents
    assert found.codes.tolist() == [0x1000 + n for n in range(len(contents))]
    assert [found.stamp(n) for n in range(len(contents))] == [(NOON + n) * 1_000_000 for n in range(len(contents))]
    assert (found.count, found.damage) == (len(contents), ())


def test_evidence_of_an_escaped_body_replays(tmp_path) -> None:
    log = qmdl(packet(0x1476, bytes((0x7E, 0x7D, n, 0x7E)), START) for n in range(4))
    path = tmp_path / "log.qmdl"
    path.write_bytes(log)
    found = from_hdlc(from_bytes(log, kind="file"))
    with path.open("rb") as file:
        replay = Replay(file)
        for number in range(4):
            evidence = found.evidence(*found.span(number))
            assert replay.result(evidence.place) == evidence.excerpt == bytes((0x7E, 0x7D, number, 0x7E))


def test_wrapped_frames_tell_their_radio() -> None:
    found = from_hdlc(from_bytes(qmdl(packet(0xB0C0, b"abc", START, radio=n) for n in (1, 2, 1))))
    assert (bodies(found), found.radios.tolist(), found.count) == ([b"abc"] * 3, [1, 2, 1], 3)


def test_other_frames_are_counted_and_kept_apart() -> None:
    log = framed(modem_logs.build_id("RM500QGLABR11A06M4G")) + qmdl([packet(0x1476, b"x", START)])
    found = from_hdlc(from_bytes(log))
    assert (found.count, found.others.commands.tolist(), bodies(found)) == (2, [0x7C], [b"x"])


@pytest.mark.parametrize("seed", range(20))
def test_behind_damage_frames_are_whole_again_and_the_damage_is_told(seed: int) -> None:
    draw = random.Random(seed)
    frames = [framed(packet(0x1476, draw.randbytes(30), START + n)) for n in range(9)]
    hurt = draw.randrange(1, 8)
    at = draw.randrange(len(frames[hurt]) - 1)
    kind = seed % 3
    broken = frames[hurt][:at] + (b"", bytes((frames[hurt][at] ^ 1,)), b"\x7e")[kind] + frames[hurt][at + 1 :]
    found = from_hdlc(from_bytes(b"".join((*frames[:hurt], broken, *frames[hurt + 1 :]))))
    assert found.count == 8
    start = sum(map(len, frames[:hurt]))
    assert found.damage[0].start == start
    assert found.damage[-1].end <= start + len(broken)
    assert [row.measure for row in found.told] == [Measure.DIAG_BROKEN]


def test_the_end_cut_short_is_told_as_such() -> None:
    frames = [framed(packet(0x1476, b"body", START + n)) for n in range(3)]
    found = from_hdlc(from_bytes(b"".join(frames) + frames[0][:15]))
    assert found.count == 3
    assert [(one.start, one.reason) for one in found.damage] == [(sum(map(len, frames)), "the last frame is cut short")]


def test_a_length_that_does_not_fit_its_frame_is_told() -> None:
    long = bytearray(packet(0x1476, b"body", START))
    long[4] += 1
    found = from_hdlc(from_bytes(qmdl([bytes(long), packet(0x1476, b"body", START)])))
    assert (found.count, bodies(found)) == (2, [b"body"])
    assert [(row.measure, row.value) for row in found.told] == [(Measure.DIAG_BROKEN, 1.0)]


def test_dlf_says_what_the_frames_say() -> None:
    contents = [(0xB0C0 + n, bytes((n,)) * n, START + n / 10) for n in range(30)]
    one = from_hdlc(from_bytes(qmdl(packet(*each) for each in contents)))
    other = from_dlf(from_bytes(b"".join(record(*each) for each in contents)))
    assert (bodies(one), one.codes.tolist(), one.stamps.tolist()) == (
        *(bodies(other), other.codes.tolist(), other.stamps.tolist()),
    )


def test_dlf_is_found_again_behind_a_break() -> None:
    records = [record(0x1476, b"body%d" % n, START + n) for n in range(10)]
    found = from_dlf(from_bytes(b"".join((*records[:3], b"\xff" * 21, *records[3:], records[0][:9]))))
    assert len(bodies(found)) == 10
    broken, cut = found.damage
    assert (broken.end - broken.start, cut.end - cut.start) == (21, 9)


def test_breaks_without_number_are_not_all_kept() -> None:
    chain = b"".join(record(0x1476, b"", START + n) for n in range(4))
    found = from_dlf(from_bytes((chain + b"\xff") * 1500))
    assert (len(bodies(found)), len(found.damage)) == (6000, 1000)


def test_a_clock_that_no_network_set_gives_no_time() -> None:
    found = from_hdlc(from_bytes(qmdl(packet(0x1476, b"x", 100 + n) for n in range(3))))
    assert [found.stamp(n) for n in range(3)] == [None] * 3
    assert [(row.measure, row.value) for row in found.told] == [(Measure.STAMPS_UNSET, 3.0)]


def test_stamps_before_the_network_told_the_time_are_moved_to_it() -> None:
    seconds = [10.0, 12.0, 15.0, START, START + 5]
    found = from_hdlc(from_bytes(qmdl(packet(0x1476, b"x", one) for one in seconds)))
    told = [((found.stamp(n) or 0) - NOON * 1_000_000) / 1e6 for n in range(5)]
    assert told == [-5.0, -3.0, 0.0, 0.0, 5.0]
    assert [(row.measure, row.value) for row in found.told] == [(Measure.STAMPS_MENDED, 3.0)]


@given(st.binary(max_size=400))
def test_any_bytes_end(data: bytes) -> None:
    for reader in (from_hdlc, from_dlf):
        found = reader(from_bytes(data))
        assert all(0 <= begin <= end <= len(found.data) for begin, end in map(found.span, range(len(found.codes))))
    read_sdm(data)


def test_samsungs_frames_are_counted_and_their_damage_told() -> None:
    one = b"\x7f" + (20).to_bytes(2, "little") + bytes(18) + b"\x7e"
    assert read_sdm(one * 5) == (5, ())
    count, damage = read_sdm(one * 2 + b"\x00\x00" + one * 3 + one[:9])
    assert (count, [(at.start, at.end) for at in damage]) == (5, [(44, 46), (112, 121)])
