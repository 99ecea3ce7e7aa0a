"""Transfers that are cut, lost, forged or random: told, never glued, and no reader falls over them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch import read
from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.decode.usb.network.packings import EVERY
from iotwatch.decode.usb.network.ppp import read_ppp
from iotwatch.decode.usb.network.unit import Tally
from iotwatch.decode.usb.pipes import Pipe, Run
from iotwatch.decode.usb.text import is_text
from iotwatch.place.replay import Replay
from iotwatch.read.stream import from_bytes
from iotwatch.store import Store
from tests.decode.usb.captures import Capture
from tests.decode.usb.modem import (
    BROKER,
    BY_NAME,
    DEVICE,
    FORMS,
    WAYS,
    captured,
    conversation,
    framed,
    packets,
    talk,
    transfers,
)


@pytest.mark.parametrize("form", FORMS)
def test_cut_transfers_leave_gaps_and_are_told(form: str, tmp_path: Path) -> None:
    """40 bytes of headers and 14 of Ethernet; of each payload 50 bytes are kept."""
    sent = talk(BROKER, 9000, 41002, [b"a" * 200, b"b" * 80], [])
    path = tmp_path / "cut.pcap"
    path.write_bytes(captured(form, BY_NAME["ecm"], sent, keep=104))
    (body,) = framed(path.read_bytes())
    (stream,) = read.read_framed(body).streams
    assert stream.data == b"a" * 50 + b"b" * 50
    assert stream.gaps == ((50, 150),)
    scan([path], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        (source,) = store.query("SELECT * FROM sources")
        assert (source["status"], source["complete"]) == ("partial", 0)
        told = {row["measure"]: row["value"] for row in store.query("SELECT * FROM coverage")}
    assert told["usb.network.cut"] == told["packets.cut"] == 2


@pytest.mark.parametrize("name", ["ncm16", "ncm32", "mbim", "rndis", "qmap", "ppp"])
def test_cut_blocks_give_whole_packets_or_cut_ones_and_are_told(name: str) -> None:
    whole = [packet for _, packet in conversation()]
    longest = max(len(data) for _, data in transfers(BY_NAME[name], conversation()))
    for keep in range(1, 420, 13):
        for body in framed(captured("usbmon", BY_NAME[name], conversation(), keep=keep)):
            for (_, data), length in zip(packets(body), body.lengths.tolist(), strict=True):
                skip = {"ncm16": 14, "ncm32": 14, "rndis": 14, "ppp": 4}.get(name, 0)
                known = any(packet.startswith(data[skip:]) for packet in whole)
                assert known or data[:4] == b"\xff\x03\xc0\x21"
                assert len(data) <= length
            if keep < longest:
                assert not body.complete
                assert any(row.measure == "usb.network.cut" for row in body.told)


@pytest.mark.parametrize("name", ["ecm", "ncm16", "rndis", "qmap", "raw-ip", "ppp"])
def test_transfer_of_which_nothing_was_kept_is_a_hole(name: str) -> None:
    """The capturing host ran out of room for one transfer: what follows is read, nothing is joined over it."""
    way = BY_NAME[name]
    capture = Capture("usbmon")
    capture.enumerate(DEVICE, 0x2C7C, 0x0125, ("Quectel", "EC25"), way.interfaces)
    for number, (up, data) in enumerate(transfers(way, conversation())):
        capture.bulk(DEVICE, way.endpoint if up else 0x80 | way.endpoint, data, keep=0 if number == 8 else None)
    (body,) = framed(_kept_as_data(capture).pcap())
    assert not body.complete
    assert 0 < len(body.begins) < len(conversation()) + len(way.before)


def _kept_as_data(capture: Capture) -> Capture:
    """Say of an emptied transfer that its data is there, none of it."""
    for index, frame in enumerate(capture.frames):
        length, kept = struct.unpack_from("<II", frame, 32)
        if length and not kept:
            capture.frames[index] = frame[:15] + b"\0" + frame[16:]
    return capture


def test_forged_pointer_table_asks_for_no_more_than_its_block() -> None:
    pointers = struct.pack("<HH", 12, 60000) * 8000
    table = struct.pack("<4sHH", b"NCM0", 8 + len(pointers), 12) + pointers
    block = struct.pack("<4sHHHH", b"NCMH", 12, 1, 65535, 12) + table
    block = block.ljust(65535, b"\0")
    run = Run(block, [0], [len(block)], [0], outbound=True)
    assert sum(unit.end - unit.start for unit in EVERY[0].walk(run, Tally())) <= len(block)


ROLES = [way.interfaces for way in WAYS] + [[], [(8, 6, 0x50)]]


_PIECES = st.one_of(st.binary(max_size=200), st.integers(0, 10**6).map(lambda seed: _damaged(seed)))


def _damaged(seed: int) -> bytes:
    """A packed block with a few bytes changed, or a part of it."""
    rng = np.random.default_rng(seed)
    way = WAYS[int(rng.integers(len(WAYS)))]
    chosen = [packet for _, packet in conversation()][: int(rng.integers(1, 5))]
    data = bytearray(way.pack(chosen, up=bool(rng.integers(2))))
    for _ in range(int(rng.integers(3))):
        data[int(rng.integers(len(data)))] = int(rng.integers(256))
    first, last = sorted(rng.integers(0, len(data) + 1, 2).tolist()) if rng.integers(2) else (0, len(data))
    return bytes(data[first:last])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.sampled_from(ROLES),
    st.lists(st.tuples(st.booleans(), _PIECES), max_size=12),
    st.none() | st.integers(0, 200),
)
def test_any_transfers_end_and_all_that_is_found_replays(
    form: str, interfaces: list, sent: list[tuple[bool, bytes]], keep: int | None
) -> None:
    capture = Capture(form)
    if interfaces:
        capture.enumerate(DEVICE, 0x2C7C, 0x0125, ("Quectel", "EC25"), interfaces)
    endpoint = max(1, len(interfaces))
    for up, data in sent:
        capture.bulk(DEVICE, endpoint if up else 0x80 | endpoint, data, keep=keep)
    pcap = capture.pcap()
    replay = Replay(io.BytesIO(pcap))
    for body in framed(pcap):
        inner = read.read_framed(body)
        for stream in inner.streams:
            evidence = stream.evidence()
            assert replay.result(evidence.place)[:256] == evidence.excerpt
            assert evidence.frame in evidence.place.frames
            for _ in decode(stream):
                pass


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=80), st.integers(0, 3)), max_size=8), st.booleans())
def test_any_bytes_in_a_pipe_end(pieces: list[tuple[bytes, int]], outbound: bool) -> None:
    stream = from_bytes(b"".join(data for data, _ in pieces), kind="usb")
    pipe, here = Pipe(1 if outbound else 0x81), 0
    for data, missing in pieces:
        if data:
            pipe.starts.append(here)
            pipe.ends.append(here + len(data))
            pipe.missing.append(missing)
        here += len(data)
    run = Run(stream.data, list(pipe.starts), list(pipe.ends), pipe.missing, outbound=outbound)
    for packing in EVERY:
        for unit in packing.walk(run, Tally()):
            assert 0 <= unit.start <= unit.end <= len(stream.data)
    if pipe.starts:
        read_ppp(stream, [pipe], is_text)
