"""Telling texts apart: what is text at all, which lines a grammar claimed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Stream

_SAMPLE = 64 << 10
_ASCII_SHARE = 3
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x1b\f\b\x07\0")


def is_text(data: bytes) -> bool:
    """Whether the bytes read as text: UTF-8 or ASCII with few control bytes (serial logs hold some noise)."""
    sample = data[:_SAMPLE]
    if not sample or b"\0\0" in sample[:4096]:
        return False
    control = len(sample) - len(sample.translate(None, _CONTROL)) + sample.count(b"\0")
    if control * 50 > len(sample):
        return False
    high = sum(1 for _ in sample.translate(None, bytes(range(128))))
    if high * 3 < len(sample):
        return True
    try:
        sample.decode("utf-8", "strict" if len(data) <= _SAMPLE else "ignore")
    except UnicodeDecodeError:
        return False
    return True


# Python, C and shell: a program that talks to modems holds a dialogue, and is none.
_SOURCE_CODE = regex(rb"\A#!\s?/|^(?:from [\w.]+ import \w|import [\w.]+\r?$|#include [<\"])", re.MULTILINE)
_CODE_HEAD = 4096


def is_source_code(data: bytes) -> bool:
    """Whether the bytes begin like a program's source text."""
    return _SOURCE_CODE.search(data[:_CODE_HEAD]) is not None


def readable(stream: Stream) -> Stream:
    """A text in UTF-16 through the step that makes UTF-8 of it; all else as it is."""
    if not stream.data.startswith(_BYTE_ORDER) or len(stream.data) % 2:
        return stream
    sample = stream.data[:_SAMPLE].decode("utf-16", "replace")
    # Logs are mostly ASCII in any language; of other bytes that begin like it hardly one character is.
    if sum(map(str.isascii, sample)) * _ASCII_SHARE < len(sample):
        return stream
    text = steps.apply("utf-16", stream.data)
    return stream.through("utf-16", text, kind=stream.kind) if is_text(text) else stream


def claimed_share(data: bytes, spans: Iterable[tuple[int, int]]) -> float:
    """Share of the non-blank lines of ``data`` that at least one span touches."""
    import numpy as np

    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [len(data)]])
    filled = stops - starts > 1
    if not filled.any():
        return 0.0
    touched = np.zeros(len(starts), bool)
    for start, end in spans:
        first = int(np.searchsorted(starts, start, "right")) - 1
        last = int(np.searchsorted(starts, max(start, end - 1), "right"))
        touched[first:last] = True
    return float((touched & filled).sum() / filled.sum())
