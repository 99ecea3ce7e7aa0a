"""Every text dialect against the examples in its own file, and the engine against streams and hostile bytes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.decode.trackers import TEXT
from iotwatch.decode.trackers.engine.text import FOLDER, TextDialect, load, load_all
from iotwatch.decode.trackers.engine.text_pattern import Example
from iotwatch.errors import SignatureError
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt

DIALECTS = [dialect for dialect in TEXT if isinstance(dialect, TextDialect)]
TERMINATORS = [
    *(bytes([byte]) for byte in b"#$;!)]}|"),
    b"*00",
    b"00\r\n",
    b"\r\n##",
    b"</fox>",
    b"$AP",
    b"4F42",
    b"7D",
    b"@R#@",
]
EXAMPLES = [(dialect, example) for dialect in DIALECTS for example in dialect.file.example]


def named(value: Any) -> str:
    return value.name if isinstance(value, TextDialect) else value.carries


def one(dialect: TextDialect, data: bytes) -> Message:
    messages = list(dialect.messages(from_bytes(data)))
    assert len(messages) == 1, messages
    return messages[0]


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize("dialect", DIALECTS, ids=named)
def test_a_file_is_named_as_its_dialect_and_has_examples_and_sources(dialect: TextDialect) -> None:
    assert (FOLDER / f"{dialect.name}.toml").is_file()
    assert dialect.file.example
    assert dialect.file.sources
    assert {pattern.carries for pattern in dialect.file.pattern} <= {
        "position", "cells", "login", "heartbeat", "command", "other",
    }  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS, ids=named)
def test_every_pattern_compiles_and_is_reached_by_an_example(dialect: TextDialect) -> None:
    reached = set()
    for example in dialect.file.example:
        for index, pattern in enumerate(dialect.file.pattern):
            if pattern.compiled.expression.match(example.data):
                reached.add(index)
                break
    assert reached == set(range(len(dialect.file.pattern)))


@pytest.mark.parametrize("dialect", DIALECTS, ids=named)
def test_anchors_find_every_example_in_one_matcher_and_it_is_claimed(dialect: TextDialect) -> None:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    matcher = re2.Set.MatchSet(options)
    for anchor in dialect.anchors:
        matcher.Add(anchor)
    matcher.Compile()
    for example in dialect.file.example:
        assert matcher.Match(example.data), example
        assert matcher.Match(b"\r\n" + example.data), example
        assert dialect.claims(example.data, None)


@pytest.mark.parametrize("dialect", DIALECTS, ids=named)
def test_messages_back_to_back_and_junk_between_are_told_apart(dialect: TextDialect) -> None:
    wire = {"lines": b"\r\n"}.get("lines" if dialect.file.lines else "", b"")
    single = [example.data for example in dialect.file.example if example.latitude is not None][:2] or [
        dialect.file.example[0].data
    ]
    ends = terminator(dialect, single[0]) + wire
    data = b"\r\n".join([b"\x00\x01junk", *(message + ends for message in single), b"\x7fmore junk", b""])
    found = list(dialect.messages(from_bytes(data)))
    assert len(found) >= len(single)
    for message in found:
        start, end = message.span
        assert dialect.claims(data[start:end], None)
        for fix in message.fixes:
            assert start <= fix.span[0] < fix.span[1] <= end


def terminator(dialect: TextDialect, data: bytes) -> bytes:
    """The dialect's end when the example lacks it: payloads are often kept without their frame."""
    end = re2.compile(dialect.file.end.encode("latin-1"))
    if end.search(data):
        return b""
    return next((known for known in TERMINATORS if end.match(known)), b"\r\n\r\n")


def datagrams(*parts: bytes) -> Stream:
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])]).astype(np.int64)
    return Stream(
        data=b"".join(parts),
        starts=starts,
        offsets=starts,
        frames=np.arange(1, len(parts) + 1, dtype=np.int64),
        times=np.zeros(len(parts), np.int64),
        datagram=True,
    )


def dialect_named(name: str) -> TextDialect:
    return load(FOLDER / f"{name}.toml")


def test_a_login_names_the_device_of_later_messages_in_a_stream_but_not_in_datagrams() -> None:
    wialon = dialect_named("wialon")
    login, data = b"#L#352481963572819;NA\r\n", b"#SD#170324;094126;5356.3724;N;12942.6966;E;1;2;3;4\r\n"
    assert [message.device_ids for message in wialon.messages(from_bytes(login + data))] == [("352481963572819",)] * 2
    assert [message.device_ids for message in wialon.messages(datagrams(login, data))] == [("352481963572819",), ()]


def test_a_sentence_without_a_name_is_a_dialects_behind_its_login_alone() -> None:
    sentence = b"$GPRMC,094126.000,A,4715.0000,N,00830.0000,E,10.00,90.0,170324,,*0A\r\n"
    said = list(decode(from_bytes(b"$FRLIN,,352481963572819,VGZTHKT*0B\r\n" + sentence)))
    assert [(message.protocol, message.device_ids, len(message.fixes)) for message in said] == [
        ("gpsgate", ("352481963572819",), 0),
        ("gpsgate", ("352481963572819",), 1),
    ]
    assert "gpsgate" not in {message.protocol for message in decode(from_bytes(sentence))}


def test_nothing_is_read_across_a_gap() -> None:
    whole = b"*HQ,1234567890,V1,094126,A,4718.3562,N,00823.4417,E,1.0,2,170324,FFFFFBFF#"
    stream = msgspec_replace(from_bytes(whole), gaps=((40, 100),))
    assert {message.protocol for message in decode(stream)} == {"h02"}
    assert all(not message.fixes for message in decode(stream))


def msgspec_replace(stream: Stream, **changes: Any) -> Stream:
    from msgspec.structs import replace

    return replace(stream, **changes)


def test_a_good_checksum_makes_certain_and_a_bad_one_only_possible() -> None:
    laipac = dialect_named("laipac")
    good = next(example for example in laipac.file.example if example.checksum == "ok").data
    assert one(laipac, good).confidence is Confidence.CERTAIN
    bad = good[:-2] + (b"00" if good[-2:] != b"00" else b"01")
    message = one(laipac, bad)
    assert message.confidence is Confidence.POSSIBLE
    assert message.doubts == (ReadingDoubt.CHECKSUM_WRONG(),)


def test_zero_zero_is_listed_and_never_valid() -> None:
    message = one(dialect_named("h02"), b"*HQ,1234567890,V1,094126,A,0000.0000,N,00000.0000,E,0.0,0,170324,FFFFFBFF#")
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [(0.0, 0.0, False)]


def test_a_file_with_an_unknown_key_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('name = "odd"\ncolour = "blue"\n')
    with pytest.raises(SignatureError, match=r"odd\.toml"):
        load(path)


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_messages_or_nothing(data: bytes) -> None:
    for dialect in DIALECTS:
        for message in dialect.messages(from_bytes(data)):
            assert 0 <= message.span[0] < message.span[1] <= len(data)


@given(st.sampled_from(EXAMPLES), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
@settings(max_examples=300, deadline=None)
def test_damaged_examples_never_raise(case: tuple[TextDialect, Example], damage: list[tuple[int, int]]) -> None:
    dialect, example = case
    data = bytearray(example.data)
    for at, value in damage:
        data[at % len(data)] = value
    for message in dialect.messages(from_bytes(bytes(data))):
        for fix in message.fixes:
            assert abs(fix.latitude) <= 90
            assert abs(fix.longitude) <= 180


@pytest.mark.parametrize("dialect", DIALECTS, ids=named)
def test_the_beginning_of_a_message_over_and_over_costs_little(dialect: TextDialect) -> None:
    head = dialect.file.example[0].data[:24]
    data = (head * (65_536 // len(head) + 1))[:65_536]
    started = time.process_time()
    list(dialect.messages(from_bytes(data)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "dialect", [one for one in DIALECTS if "general knowledge" in str(one.file.sources)], ids=named
)
def test_a_layout_that_nothing_confirms_is_never_certain(dialect: TextDialect) -> None:
    for example in dialect.file.example:
        assert all(message.confidence < Confidence.CERTAIN for message in dialect.messages(from_bytes(example.data)))


def test_a_file_dropped_into_a_folder_is_a_dialect(tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(
        "name = 'made'\ntitle = 'Made here'\nsources = ['made here']\ntransport = 'tcp'\nanchors = ['MADE,']\n"
        "[[pattern]]\ncarries = 'position'\nregex = 'MADE,{imei},{deg}'\n"
    )
    (dialect,) = load_all(tmp_path)
    (message,) = dialect.messages(from_bytes(b"MADE,490154203237518,51.5,-3.5"))
    assert (message.protocol, message.device_ids) == ("made", ("490154203237518",))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)]


def test_messages_that_begin_otherwise_only_behind_one_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "made.toml").write_text(
        """name = "made"
title = "Made here"
sources = ["made here"]
transport = "tcp"
anchors = ["ID,"]
inside = ["AT,"]
[[pattern]]
carries = "login"
regex = "ID,(?P<id>\\\\d+)"
[[pattern]]
carries = "position"
regex = "AT,(?P<lat>[\\\\d.]+),(?P<lon>[\\\\d.]+)"
"""
    )
    dialect = load(tmp_path / "made.toml")
    _, place = dialect.messages(from_bytes(b"ID,77\r\nAT,51.5,3.5\r\n"))
    assert (place.fixes[0].latitude, place.device_ids) == (51.5, ("77",))
    assert dialect.claims(b"ID,77\r\n", None)
    assert re2.match(dialect.anchors[0].decode(), "AT,51.5,3.5") is None
