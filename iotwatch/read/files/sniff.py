"""What a file is, by its first bytes: a capture, something a capture may be packed in, or nothing of ours."""

from __future__ import annotations

from iotwatch.read.files.pcap import variant_of
from iotwatch.read.files.snoop import MAGIC as SNOOP_MAGIC

_MAGICS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x0a\x0d\x0d\x0a", "pcapng"),
    (0, SNOOP_MAGIC, "snoop"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"BZh", "bzip2"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"PK\x03\x04", "zip"),
    (257, b"ustar", "tar"),
)
CAPTURES = frozenset({"pcap", "pcapng", "snoop"})
COMPRESSED = frozenset({"gzip", "zstd", "xz", "bzip2", "lz4"})


def sniff(head: bytes) -> str | None:
    """Name the format of a file's first 512 bytes: a capture's, a compression's, ``zip``, ``tar``, or ``None``."""
    if variant_of(head) is not None:
        return "pcap"
    for offset, magic, name in _MAGICS:
        if head.startswith(magic, offset):
            if name == "pcapng" and head[8:12] not in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
                continue
            return name
    return None
