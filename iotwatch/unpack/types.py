"""A short type name for an artefact, from its first bytes: what it is, not what it is called.

Magics as the formats' own documents give them; none of these needs a reader of ours.
"""

from __future__ import annotations

from iotwatch.files.magics import DOCUMENTS, ELF_MACHINES, TYPES, UNOPENED
from iotwatch.patterns import regex

_SAMPLE = 4096
_MAGICS = tuple(magic for magic, _ in TYPES)
_FIRST = tuple(magic for _, offset, magic, *_ in UNOPENED if not offset)
_LATER = tuple(row for row in UNOPENED if row[1])
# Images that may hold parts of other formats: worth a search.
SEARCHABLE = frozenset({"data", "pe", "asr-tim", "mediatek-image", "mediatek-partition"})
_PRIVATE_KEY = regex(rb"-----BEGIN (?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY-----")
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
_DER = (b"\x30\x82", b"\x30\x81")


def identify(data: bytes) -> str:
    """A short name such as ``elf-arm``, ``script``, ``text``, ``png``, ``certificate``; ``data`` for anything else."""
    if not data:
        return "empty"
    if data[:4] == b"\x7fELF":
        return f"elf-{elf_machine(data)}"
    if data.startswith(_MAGICS):
        return next(name for magic, name in TYPES if data.startswith(magic))
    head = data[:_SAMPLE]
    if head.startswith(b"#!"):
        return "script"
    if head[:2] in _DER and _der_certificate(head, len(data)):
        return "certificate"
    if is_text(data):
        return _text(head)
    if data[4:8] == b"HMIT":  # Marvell and ASR trusted images: TIMH as a little-endian number
        return "asr-tim"
    if data[:1] == data[-1:] and data.count(data[:1]) == len(data):
        return "padding"
    return "data"


def unopened(data: bytes) -> tuple[str, str, str] | None:
    """``(form, status, note)`` of bytes that cannot be opened, by their magic; ``None`` when none is known."""
    for name, offset, magic, status, note in UNOPENED if data.startswith(_FIRST) else _LATER:
        if data.startswith(magic, offset):
            return name, status, note
    return None


def is_document(data: bytes) -> bool:
    """Whether the bytes begin like a picture, a document or a compiled Python file."""
    return data.startswith(DOCUMENTS)


def elf_machine(data: bytes) -> str:
    """The processor that an ELF header names, ``unknown`` where the header is cut or the number is not in the list."""
    order = "big" if data[5:6] == b"\x02" else "little"
    return ELF_MACHINES.get(int.from_bytes(data[18:20], order), "unknown") if len(data) >= 20 else "unknown"  # type: ignore[arg-type]


def is_text(data: bytes) -> bool:
    """Whether the first and the last 4 KiB are UTF-8, ASCII or UTF-16 text without control characters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return b"\0\0" not in data[2:_SAMPLE]
    for sample in (data[:_SAMPLE], data[-_SAMPLE:]):
        if sample.translate(None, _CONTROL) != sample:
            return False
    return _utf8(data[:_SAMPLE])


def _utf8(sample: bytes) -> bool:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut by the sample's end is no error; Latin-1 text has few bytes above ASCII.
        high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
        return error.start >= len(sample) - 3 or high * 20 < len(sample)
    return True


def _text(head: bytes) -> str:
    if _PRIVATE_KEY.search(head):
        return "private-key"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"-----BEGIN CERTIFICATE-----" in head:
        return "certificate"
    if start.startswith((b"<?xml", b"<!DOCTYPE")):
        return "xqcn" if b"NV_" in head and b"Storage" in head else "xml"
    if start.lower().startswith((b"<html", b"<!doctype html")):
        return "html"
    if start[:1] in (b"{", b"[") and start.rstrip()[-1:] in (b"}", b"]"):
        return "json"
    return "text"


def _der_certificate(head: bytes, size: int) -> bool:
    """A DER sequence of the file's own length that begins with a sequence holding ``[0] 2`` (X.509 version 3)."""
    if head[:2] != b"\x30\x82":
        return False
    return int.from_bytes(head[2:4], "big") + 4 == size and b"\xa0\x03\x02\x01\x02" in head[:16]
