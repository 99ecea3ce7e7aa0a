"""The head that HTTP/1, RTSP, SIP and SSDP share: a start line and fields (RFC 9112 sections 2 to 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.patterns import regex

HEAD_BYTES = 64 << 10
FIELDS = 128

START = regex(
    rb"(?P<method>[A-Z][A-Z_-]{1,23}) (?P<target>[!-\xff]{1,16000})"
    rb"(?: (?P<version>(?:HTTP|RTSP|SIP)/\d\.\d))?\r?\n"
    rb"|(?P<protocol>HTTP|RTSP|SIP|ICY)(?:/\d\.\d)? (?P<status>\d{3})(?: [^\r\n]{0,512})?\r?\n"
)
RESTART = regex(
    rb"(?:[A-Z][A-Z-]{1,23} [!-\xff]{1,4096} )?(?:HTTP/1\.[01]|RTSP/1\.0|SIP/2\.0)(?: \d{3}[^\r\n]{0,512})?\r\n"
)


class Field(NamedTuple):
    """A field's value and where it stands in the stream."""

    value: str
    start: int
    end: int


class Head(NamedTuple):
    """Start line and fields; ``fields`` has lower-case names, the first of each. ``end`` is where a body begins.

    Either ``method`` and ``target`` are there or ``status`` is not 0. ``complete`` is false when the bytes end first.
    """

    protocol: str
    method: str
    target: Field
    status: int
    fields: dict[str, Field]
    start: int
    end: int
    complete: bool

    def get(self, name: str) -> str:
        """The value of a field, empty when it is not there."""
        field = self.fields.get(name)
        return field.value if field else ""


def read_head(data: bytes, start: int, end: int) -> Head | None:
    """The head at ``start``, or ``None`` when no start line is there."""
    first = START.match(data, start, min(end, start + HEAD_BYTES))
    if not first:
        return None
    stop = min(end, start + HEAD_BYTES)
    blank, size = data.find(b"\r\n\r\n", first.end() - 2, stop), 4
    if blank < 0:
        blank, size = data.find(b"\n\n", first.end() - 1, stop), 2
    complete = blank >= 0
    body = blank + size if complete else stop
    fields: dict[str, Field] = {}
    for name, value_start, value_end in _lines(data, first.end(), body):
        fields.setdefault(name, Field(_text(data[value_start:value_end]), value_start, value_end))
    version = first["version"] or first["protocol"] or b"HTTP"
    target_start, target_end = first.span("target")
    return Head(
        protocol=version.partition(b"/")[0].decode("ascii").partition("-")[0].lower(),
        method=_text(first["method"] or b""),
        target=Field(_text(first["target"] or b""), target_start, target_end),
        status=int(first["status"] or 0),
        fields=fields,
        start=start,
        end=body,
        complete=complete,
    )


def _lines(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield ``(lower-case name, value start, value end)`` of each field line; other lines are passed over."""
    for _ in range(FIELDS):
        if start >= end:
            return
        stop = data.find(b"\n", start, end)
        stop = end if stop < 0 else stop
        colon = data.find(b":", start, stop)
        if colon > start:
            raw = data[colon + 1 : stop]
            left = colon + 1 + len(raw) - len(raw.lstrip(b" \t"))
            yield _text(data[start:colon]).strip().lower(), left, max(left, colon + 1 + len(raw.rstrip(b" \t\r")))
        start = stop + 1


def _text(raw: bytes) -> str:
    """UTF-8 where it is that, else Latin-1, in which every byte is a letter (RFC 9110 section 5.5)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
