"""What every framed dialect keeps: bounded on any bytes, strict on others' bytes, measured on the corpus."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Decoder, Fix, Message
from iotwatch.decode.trackers import FRAMED
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream, from_bytes
from tests.decode.trackers.unread_places import says_none

CLOSE = 0.0005  # degrees

ALIASES = {"blackkite": "galileo"}  # another maker's trackers with the same protocol


def read(decoder: Decoder, stream: Stream) -> list[Message]:
    return list(decoder.messages(stream))


def datagrams(*parts: bytes) -> Stream:
    sizes = [len(part) for part in parts]
    starts = np.cumsum([0, *sizes[:-1]])
    zeros = np.zeros(len(parts), np.int64)
    return Stream(b"".join(parts), starts, starts, zeros, zeros, datagram=True)


@lru_cache(maxsize=1)
def _rows(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "positions" / "traccar.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def rows_of(folder: Path, name: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    for row in _rows(folder):
        if row["protocol"] == name and row["kind"] != "text":
            yield bytes.fromhex(row["payload_hex"]), row


def is_at(fix: Fix, expected: dict[str, Any]) -> bool:
    return abs(fix.latitude - expected["lat"]) < CLOSE and abs(fix.longitude - expected["lon"]) < CLOSE


by_name = pytest.mark.parametrize("decoder", FRAMED, ids=lambda decoder: decoder.name)


@by_name
@given(data=st.data())
@settings(max_examples=60, deadline=2000)
def test_any_bytes_give_messages_or_the_typed_error(decoder: Decoder, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from([re_start(anchor) for anchor in decoder.anchors]))
    content = start + data.draw(st.binary(max_size=300))
    decoder.claims(content, None)
    for stream in (from_bytes(content), datagrams(content, content[3:])):
        for message in read(decoder, stream):
            assert message.protocol == decoder.name
            assert 0 <= message.span[0] < message.span[1] <= len(stream.data)
            for fix in message.fixes:
                assert abs(fix.latitude) <= 90
                assert abs(fix.longitude) <= 180


def re_start(anchor: bytes) -> bytes:
    """The literal bytes that an anchor begins with."""
    literal = bytearray()
    index = 0
    while index < len(anchor):
        if anchor[index : index + 2] == b"\\x":
            literal.append(int(anchor[index + 2 : index + 4], 16))
            index += 4
        elif anchor[index] in b"[(\\.^?*+{|":
            break
        else:
            literal.append(anchor[index])
            index += 1
    return bytes(literal)


@by_name
def test_a_long_run_of_false_starts_is_bounded(decoder: Decoder) -> None:
    noise = random.Random(4)
    for anchor in decoder.anchors:
        start = re_start(anchor)
        for filler in (b"", b"\xff\xff", b"\0\x10", noise.randbytes(3)):
            piece = start + filler or b"\0"
            hostile = (piece * (65536 // len(piece) + 1))[:65536]
            begun = time.process_time()
            read(decoder, from_bytes(hostile))
            assert time.process_time() - begun < 0.5


@by_name
def test_random_bytes_and_ordinary_text_are_not_claimed(decoder: Decoder) -> None:
    noise = random.Random(11)
    texts = [
        b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b'{"a": 1, "b": [1, 2, 3]}',
        b"hello world " * 40,
        bytes(600),
    ]
    starts = [re_start(anchor) for anchor in decoder.anchors]
    for index in range(3000):
        content = noise.choice(starts) + noise.randbytes(noise.randrange(400)) if index % 2 else noise.randbytes(300)
        for message in read(decoder, from_bytes(content)) if decoder.claims(content, None) else ():
            assert message.confidence is Confidence.POSSIBLE
    for text in texts:
        assert not decoder.claims(text, None)


@by_name
def test_anchors_compile_and_names_are_unique(decoder: Decoder) -> None:
    for anchor in decoder.anchors:
        re2.compile(anchor.decode("latin-1"))
    assert [other.name for other in FRAMED].count(decoder.name) == 1


@pytest.mark.corpus
@by_name
def test_the_corpus_positions_are_read(decoder: Decoder, corpus: Path) -> None:
    names = {decoder.name, *(name for name, other in ALIASES.items() if other == decoder.name)}
    anchors = [re2.compile(anchor.decode("latin-1")) for anchor in decoder.anchors]
    wanted = found = false = 0
    for data, row in (pair for name in names for pair in rows_of(corpus, name)):
        fixes = [fix for message in read(decoder, from_bytes(data)) for fix in message.fixes]
        if row.get("expected"):
            claimed = (
                any(anchor.match(data.decode("latin-1")) for anchor in anchors)
                and decoder.claims(data, None) is not None
            )
            wanted += 1
            found += claimed and any(is_at(fix, row["expected"]) for fix in fixes)
        elif says_none(row, data):
            false += any(fix.valid is not False for fix in fixes)
    assert found >= min(0.9 * wanted, wanted - 1), f"{found} of {wanted}"
    assert false == 0


@pytest.mark.corpus
def test_no_dialect_claims_positions_in_others_messages(corpus: Path) -> None:
    """Proven messages of other protocols are nobody's here; ``topin`` and GT06 share a frame, Galileosky goes by Iridium, and the
    newer frames among Queclink's are those of its GL601."""
    shared = {"gt06": {"topin"}, "topin": {"gt06"}, "iridium": {"galileo"}, "gl601": {"gl200"}}
    wrong = []
    for row in _rows(corpus):
        data = bytes.fromhex(row["payload_hex"])
        for decoder in FRAMED:
            if (
                row["protocol"] in (decoder.name, *shared.get(decoder.name, ()))
                or ALIASES.get(row["protocol"]) == decoder.name
            ):
                continue
            if decoder.claims(data, None):
                claims = [message for message in read(decoder, from_bytes(data)) if message.fixes]
                if any(message.confidence > Confidence.POSSIBLE for message in claims):
                    wrong.append((decoder.name, row["protocol"], row["line"]))
    assert wrong == []


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["jt808", "gb32960"])
def test_the_vectors_with_a_good_checksum_are_all_read(name: str, corpus: Path) -> None:
    decoder = next(decoder for decoder in FRAMED if decoder.name == name)
    for line in (corpus / "positions" / f"{name}-vectors.jsonl").read_text().splitlines():
        row = json.loads(line)
        fixes = [
            fix for message in read(decoder, from_bytes(bytes.fromhex(row["payload_hex"]))) for fix in message.fixes
        ]
        if row.get("expected") and row.get("checksum_ok", True):
            assert any(is_at(fix, row["expected"]) for fix in fixes), row["payload_hex"]
        elif row["carries_position"] is False:
            assert not any(fix.valid is not False for fix in fixes), row["payload_hex"]
