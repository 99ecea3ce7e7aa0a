"""Logs without a file header, known by the chain of their records: modems' diagnostics and Apple's PacketLogger.

Qualcomm DIAG: QCSuper, SCAT and MobileInsight (HDLC of RFC 1662 with the frame check of its appendix C.2; DLF is the same
without it). Samsung SDM: SCAT. PacketLogger: Wireshark's ``packetlogger.c``.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Callable

from iotwatch.place.steps import unescape_hdlc

_PROOF = 2
"""Frames with good check values that are asked for: by chance that takes 2^32 pairs of frames."""
_SIZES = range(8, 16384)
_FRAMES = 64
# Answers, log packets, events, messages and the wrappers of several SIMs (SCAT's ``diagcmd.py``).
_COMMANDS = frozenset(bytes([code]) for code in b"\x10\x1c\x4b\x60\x73\x79\x7c\x7d\x92\x98\x99\x9e")
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_GOOD = 0x1D0F  # the constant of a frame with its check value, mirrored as ``crc_hqx`` counts
_CHAIN = 4
"""Records in a row that are asked for where no check value proves them."""
_SDM = 0x7F
_SECONDS = range(1_000_000_000, 2_600_000_000)
_GPS_TICKS = 1 << 16  # of 1.25 ms: DLF's time counts these from 1980-01-06 in its upper 48 bits


def is_qmdl(head: bytes) -> bool:
    """HDLC frames whose check values hold and that begin with a command of the diagnostics."""
    good = 0
    for frame in head.split(b"\x7e", _FRAMES)[:-1]:
        if len(frame) not in _SIZES or unescape_hdlc(frame[:2])[:1] not in _COMMANDS:
            continue
        good += crc_hqx(unescape_hdlc(frame).translate(_MIRRORED), 0xFFFF) == _GOOD
        if good == _PROOF:
            return True
    return False


def is_dlf(head: bytes) -> bool:
    """Log packets one behind the other: length with the 12 bytes of its header, code, time."""

    def size(at: int) -> int:
        length = int.from_bytes(head[at : at + 2], "little")
        code = int.from_bytes(head[at + 2 : at + 4], "little")
        seconds = int.from_bytes(head[at + 4 : at + 12], "little") // _GPS_TICKS // 800
        # From 1980 on, as modems without a network count, or from 2010 to 2050.
        dated = seconds < 10**8 or 94 * 10**7 <= seconds < 22 * 10**8
        return length if 12 <= length <= 16384 and code >= 0x1000 and dated else 0

    return _chained(head, size, 12)


def is_sdm(head: bytes) -> bool:
    """Frames ``7F``, length from there on, ``7E``."""

    def size(at: int) -> int:
        length = int.from_bytes(head[at + 1 : at + 3], "little")
        ends = at + 1 + length
        whole = head[ends : ends + 1] in (b"\x7e", b"")
        return length + 2 if head[at] == _SDM and length >= 8 and whole else 0

    return _chained(head, size, 4)


def is_packetlogger(head: bytes) -> bool:
    """Records of length, seconds, microseconds and the kind of packet."""

    def size(at: int) -> int:
        length, seconds, micros = (int.from_bytes(head[at + n : at + n + 4], "big") for n in (0, 4, 8))
        dated = seconds in _SECONDS and micros < 1_000_000
        return length + 4 if 9 <= length <= 65536 and dated else 0

    return _chained(head, size, 13)


def _chained(head: bytes, size: Callable[[int], int], header: int) -> bool:
    """Whether records stand one behind the other from the first byte on; the last may be cut short."""
    at = count = 0
    while count < _CHAIN:
        if at + header > len(head):
            return count > 1 and at == len(head)
        length = size(at)
        if not length:
            return False
        at += length
        count += 1
    return True
