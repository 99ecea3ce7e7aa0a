"""Logs without a file header, known by the chain of their records: modems' diagnostics and Apple's PacketLogger.

Qualcomm DIAG: QCSuper, SCAT and MobileInsight (HDLC of RFC 1662 with the frame check of its appendix C.2; DLF is the same
without it). Samsung SDM: SCAT. PacketLogger: Wireshark's ``packetlogger.c``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from iotwatch.place.steps import unescape_hdlc
from iotwatch.read.diagnostics.hdlc import sums_up
from iotwatch.read.diagnostics.packets import dlf_size
from iotwatch.read.diagnostics.sdm import sdm_size

_PROOF = 2
"""Frames with good check values that are asked for: by chance that takes 2^32 pairs of frames."""
_SIZES = range(8, 16384)
_FRAMES = 64
# Answers, log packets, events, messages and the wrappers of several SIMs (SCAT's ``diagcmd.py``).
_COMMANDS = frozenset(bytes([code]) for code in b"\x10\x1c\x4b\x60\x73\x79\x7c\x7d\x92\x98\x99\x9e")
_CHAIN = 4
"""Records in a row that are asked for where no check value proves them."""
_SECONDS = range(1_000_000_000, 2_600_000_000)


def is_qmdl(head: bytes) -> bool:
    """HDLC frames whose check values hold and that begin with a command of the diagnostics."""
    good = 0
    for frame in head.split(b"\x7e", _FRAMES)[:-1]:
        if len(frame) not in _SIZES or unescape_hdlc(frame[:2])[:1] not in _COMMANDS:
            continue
        good += sums_up(unescape_hdlc(frame))
        if good == _PROOF:
            return True
    return False


def is_dlf(head: bytes) -> bool:
    """Log packets one behind the other: length with the 12 bytes of its header, code, time."""
    return _chained(head, lambda at: dlf_size(head, at), 12)


def is_sdm(head: bytes) -> bool:
    """Frames ``7F``, length from there on, ``7E``."""
    return _chained(head, lambda at: sdm_size(head, at), 4)


def packetlogger_order(head: bytes) -> Literal["big", "little"] | None:
    """The order of bytes in which records of length, seconds, microseconds and the kind of packet stand; ``None``: in neither."""

    def size(at: int, order: Literal["big", "little"]) -> int:
        length, seconds, micros = (int.from_bytes(head[at + n : at + n + 4], order) for n in (0, 4, 8))
        dated = seconds in _SECONDS and micros < 1_000_000
        return length + 4 if 9 <= length <= 65536 and dated else 0

    # Asked of every file: of what else there is hardly any begins with a length below 65537.
    if len(head) < 13 or (not (head[0] == 0 and head[1] < 2) and not (head[3] == 0 and head[2] < 2)):
        return None
    orders: tuple[Literal["big", "little"], ...] = ("big", "little")
    return next((order for order in orders if _chained(head, partial(size, order=order), 13)), None)


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
