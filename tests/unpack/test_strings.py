"""Strings with offsets, against a slow and obvious definition."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from iotwatch.unpack import strings


@given(st.binary(max_size=400).map(lambda raw: raw + b"AT+QGPS \0\x01server.example\xff"), st.integers(1, 8))
def test_ascii_is_what_a_regular_expression_finds(data, minimum):
    expected = [(m.start(), m.group()) for m in re.finditer(rb"[\t -~]{%d,}" % minimum, data)]
    found = [(at, raw) for at, raw in strings.find(data, minimum) if b"\0" not in raw]
    assert found == expected


@given(st.binary(max_size=31), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40))
def test_utf16_at_any_alignment(before, text):
    data = before + b"\xff\xff" + text.encode("utf-16-le") + b"\xff\xff"
    found = {(at, strings.text(raw)) for at, raw in strings.find(data)}
    assert (len(before) + 2, text) in found


@given(st.binary(max_size=600))
def test_every_string_stands_where_it_says(data):
    for at, raw in strings.find(data, 3):
        assert data[at : at + len(raw)] == raw


def test_bounds():
    data = b"abcdef\0" * 1000
    assert len(strings.find(data, most=10)) == 10
    assert strings.find(data, most=10)[-1][0] == 63
    assert len(strings.find(b"x" * 200_000)[0][1]) == strings.LONGEST
    assert strings.find(b"") == []


def test_ten_megabytes_take_less_than_two_seconds():
    data = (b"\x00\x01\x02 some text here " + bytes(40)) * (10 << 14)
    started = time.process_time()
    assert len(strings.find(data)) == 10 << 14
    assert time.process_time() - started < 2
