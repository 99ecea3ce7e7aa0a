"""Whatever is pasted is read without a crash, in bounded time, and never loses a message that stands alone in hex."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.decode.written import MAX_TEXT
from iotwatch.open.pasted import read_pasted, why

PIECES = (
    "78780d0108600160204000010001edde0d0a", "78 78 0d", "0x78,", "\\x78", "{78}", "{0D}", "00000000: 7878 0d01  xx..\n", "0000010 ",
    "*\n", "\n", " ", "|", "b'", "'", '"', "\\", "/*", "*/", "//", "{", "}", "[", "]", "eHgNAQhgAWAgQAABAAHt3g0K", "==", "id: ",
    "[T1] HEX: ",
    '{"id": 1, "payload_hex": "', "$GPRMC,", "imei:359587010124900,", "0000000 074170 000415\n0000004\n",
    "\ufeff", "\u00a0", "<CR>", "7",
)  # fmt: skip
MIXED = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=24).map("".join)
HOSTILE = (
    "a", "787 ", "78 ", "0x78, ", "{78}", "\\x78", "12:34:", "-1,", "{0x78,", "[1,2", "[", '{"a":', '"', "'a", '\\"', "/* ", "//",
    "QUJDRGVm", "x=[1,2];", "0000 7878\n", "0000000 7878\n*\n", "00000000 78 78\n", "x\n", "ab ", "imei:1 2 3 4\n",
    "<CR>", "\t78\t", "# ",
)  # fmt: skip
SIZE = 1 << 15
SECONDS = 20


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(MIXED)
def test_any_text_is_read(text: str) -> None:
    pasted = read_pasted(text.encode("utf-8", "surrogatepass"))
    assert pasted.messages
    for one in pasted.messages:
        assert one.error is not None or one.data or not text.strip()
        assert one.read_as
        why(one)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    assert read_pasted(data).messages


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=8, max_size=80), st.sampled_from([" ", ":", "-", ", ", ""]))
def test_hex_is_never_lost(data: bytes, between: str) -> None:
    """Whatever reading is believed, hex that stands alone gives its bytes, unless its digits speak as they are."""
    (one,) = read_pasted(between.join(f"{byte:02x}" for byte in data).encode()).messages
    assert one.data == data or one.answer.dialect


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_bounded_time(unit: str) -> None:
    """Time grows with the size of the text and not with its square: 32 KiB of it would take minutes."""
    begun = time.process_time()
    read_pasted((unit * SIZE)[:SIZE].encode())
    assert time.process_time() - begun < SECONDS


def test_what_is_over_the_limit_is_told() -> None:
    (one,) = read_pasted(b"7" * (MAX_TEXT + 1)).messages
    assert one.error is not None
    assert one.error.text == "over the limit of 1048576 bytes"
