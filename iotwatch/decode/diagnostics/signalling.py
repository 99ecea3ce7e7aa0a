"""Log packets that carry radio signalling (RRC and NAS), as the GSMTAP packets that tshark dissects.

Headers of the log packets: rayhunter's ``lib/src/log_codec``, QCSuper's ``protocol/log_types.py``, SCAT's parsers, held against
SCAT's test vectors and rayhunter's own exports. GSMTAP: osmocom's ``gsmtap.h``. A header here has neither frequency nor time, so
that what is broadcast again and again is dissected once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from iotwatch.read.diagnostics import LogPackets

_GSMTAP = struct.Struct(">BBBBHbbIBBBB")
_UPLINK = 0x4000
_UM, _ABIS, _UMTS_RRC, _LTE_RRC, _LTE_NAS = 1, 2, 0x0C, 0x0D, 0x12
_DL_CCCH, _DL_DCCH, _UL_CCCH, _UL_DCCH, _BCCH_BCH, _BCCH, _PCCH, _MCCH = range(8)
_LTE_UPLINK = frozenset({_UL_CCCH, _UL_DCCH, 16, 17})
# By version of the log packet: channel numbers to subtypes of GSMTAP. NB-IoT stands behind (subtypes 14 to 22).
_OLD = {1: _BCCH_BCH, 2: _BCCH, 3: _MCCH, 4: _PCCH, 5: _DL_CCCH, 6: _DL_DCCH, 7: _UL_CCCH, 8: _UL_DCCH}
_NINE = {8: _BCCH_BCH, 9: _BCCH, 10: _MCCH, 11: _PCCH, 12: _DL_CCCH, 13: _DL_DCCH, 14: _UL_CCCH, 15: _UL_DCCH}
_PLAIN = {1: _BCCH_BCH, 2: _BCCH, 4: _MCCH, 5: _PCCH, 6: _DL_CCCH, 7: _DL_DCCH, 8: _UL_CCCH, 9: _UL_DCCH}
_NEW = {1: _BCCH_BCH, 3: _BCCH, 6: _MCCH, 7: _PCCH, 8: _DL_CCCH, 9: _DL_DCCH, 10: _UL_CCCH, 11: _UL_DCCH}
_NB = (18, 20, 21, 14, 15, 16)
_LTE_CHANNELS: dict[int, Mapping[int, int]] = {
    **dict.fromkeys((2, 3, 4, 6, 7, 8, 13, 22), _OLD),
    **dict.fromkeys((9, 12), _NINE),
    **dict.fromkeys((14, 15, 16), _PLAIN),
    **dict.fromkeys((20, 24, 25), _PLAIN | dict(zip(range(54, 60), _NB, strict=True)) | {61: 17}),
    **dict.fromkeys((19, 26, 27, 30), _NEW | dict(zip(range(45, 51), _NB, strict=True)) | {52: 17}),
}
_TAIL = 3
"""Bytes that newer versions have between a message's length and the message, at most."""
# WCDMA: channel numbers of the log packet to subtypes of GSMTAP; from 0x80 on frequency and code stand before the message.
_UMTS_CHANNELS = {0: 3, 1: 1, 2: 2, 3: 0, 4: 8, 5: 7, 6: 4}
_UMTS_UPLINK = frozenset({1, 3})
_GSM_BCCH, _GSM_CCCH = 1, 3
_GSM_SUBTYPES = {_GSM_BCCH: 1, _GSM_CCCH: 2}
_GSM_DEDICATED = frozenset({0, 5, 6, 7})


RANKS = ("NAS", "RRC with this modem", "RRC that is broadcast", "paging, which calls others")
TO_ALL = 2
"""From this rank on a message is for whoever listens."""


class Signal(NamedTuple):
    """One message of RRC or NAS as GSMTAP: the code of its log packet, where it stands, whether the modem sent it, and which of
    ``RANKS`` it is of."""

    code: int
    gsmtap: bytes
    span: tuple[int, int]
    up: bool
    rank: int


class _Told(NamedTuple):
    kind: int
    subtype: int
    up: bool
    rank: int
    start: int


def _lte_rrc(body: bytes) -> _Told | None:
    version = body[0]
    channels = _LTE_CHANNELS.get(version)
    if channels is None:
        return None
    # Release of RRC (and of NR's), bearer, cell, frequency (wide from version 8 on), frame; channel, mask of system blocks.
    at = 3 + 2 * (version >= 25) + 3 + (4 if version >= 8 else 2) + 2
    subtype = channels.get(body[at])
    at += 1 + 4 * (version >= 5)
    length = int.from_bytes(body[at : at + 2], "little")
    start = len(body) - length
    if subtype is None or not length > 0 or not at + 2 <= start <= at + 2 + _TAIL:
        return None
    rank = 3 if subtype in (_PCCH, 21) else 2 if subtype in (_BCCH_BCH, _BCCH, _MCCH, 18, 20) else 1
    return _Told(_LTE_RRC, subtype, subtype in _LTE_UPLINK, rank, start)


def _wcdma_rrc(body: bytes) -> _Told | None:
    subtype = _UMTS_CHANNELS.get(body[0] & 0x7F)
    start = 8 if body[0] & 0x80 else 4
    if subtype is None or start + int.from_bytes(body[2:4], "little") != len(body):
        return None
    rank = 3 if subtype == 4 else 2 if subtype in (7, 8) else 1
    return _Told(_UMTS_RRC, subtype, subtype in _UMTS_UPLINK, rank, start)


def _gsm_rr(body: bytes) -> _Told | None:
    channel, down = body[0] & 0x7F, bool(body[0] & 0x80)
    if 3 + body[2] != len(body):
        return None
    if channel in _GSM_SUBTYPES:
        return _Told(_UM, _GSM_SUBTYPES[channel], up=not down, rank=2, start=3)
    return _Told(_ABIS, 0, up=not down, rank=0, start=3) if channel in _GSM_DEDICATED else None


def _umts_nas(body: bytes) -> _Told | None:
    fits = len(body) > 5 and 5 + int.from_bytes(body[1:5], "little") == len(body)
    return _Told(_ABIS, 0, up=body[0] == 1, rank=0, start=5) if fits else None


def _nas(*, up: bool) -> Callable[[bytes], _Told | None]:
    """Behind its version and three more bytes the packet is the message."""
    return lambda body: _Told(_LTE_NAS, 0, up, 0, 4) if len(body) > 5 else None


READERS: dict[int, Callable[[bytes], _Told | None]] = {
    0xB0C0: _lte_rrc, 0xB0E2: _nas(up=False), 0xB0E3: _nas(up=True), 0xB0EC: _nas(up=False), 0xB0ED: _nas(up=True),
    0x412F: _wcdma_rrc, 0x512F: _gsm_rr, 0x713A: _umts_nas,
}  # fmt: skip


def signals(packets: LogPackets) -> Iterator[Signal]:
    """The signalling of the log in its order; packets whose header is of a version that is not known give none."""
    for number in packets.of(*READERS).tolist():
        code, body = packets.codes.item(number), packets.body(number)
        try:
            told = READERS[code](body)
        except IndexError:
            continue
        if told is not None:
            start, end = packets.span(number)
            head = _GSMTAP.pack(2, 4, told.kind, 0, _UPLINK if told.up else 0, 0, 0, 0, told.subtype, 0, 0, 0)
            yield Signal(code, head + body[told.start :], (start + told.start, end), told.up, told.rank)
