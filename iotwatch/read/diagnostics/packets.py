"""Log packets as columns, out of HDLC frames or of a DLF file, which is the same packets without frames.

Layouts: SCAT's ``diagcmd.py`` and ``qualcommparser.py``, QCSuper's ``protocol/log_types.py`` and ``dlf_read.py``. A frame begins
with the number of its command: 10 is a log packet, 98 wraps the frame of one radio of several. Times count 1.25 ms from
1980-01-06 in their upper 48 bits, by the tools' common reading without leap seconds. A modem that no network told the time
counts from 1980 on: such stamps are mended where a told one follows, and else there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from iotwatch.files.limits import MAX_DAMAGE
from iotwatch.model import Coverage, Damage
from iotwatch.read.diagnostics.hdlc import read_frames
from iotwatch.read.layers.columns import Bools, Bytes, Int64s
from iotwatch.read.stream import NO_TIME, Stream
from iotwatch.words.measures import Measure

LOG, MULTI_RADIO = 0x10, 0x98
_LOG_HEAD = 16  # command, more, length twice, code, time
_DLF_HEAD = 12
_WRAPPER = 8
_EPOCH_US = 315_964_800_000_000  # 1980-01-06
_TICK_US = 1250
_SET_US = 946_684_800_000_000  # 2000: earlier than any network that told a modem the time in a log of this form
_END_US = 2_524_608_000_000_000  # 2050
_LARGEST = 16384
_SEEK_BYTES = 1 << 20
_CHAIN = 3


def _none() -> Int64s:
    return np.empty(0, np.int64)


class Others(NamedTuple):
    """Frames that are no log packets: the command of each, its beginning and its end."""

    commands: Int64s
    begins: Int64s
    ends: Int64s


class LogPackets(Stream, frozen=True, eq=False):
    """A stream in which log packets stand: number ``i`` is of ``codes[i]``, its body is ``data[begins[i]:ends[i]]``.

    ``stamps`` are microseconds UTC (``NO_TIME``: not known), ``radios`` the number of the radio where several are told apart
    (else 0). ``others`` are the commands of the frames that are no log packets, and where these stand. ``count`` is how many
    frames were whole; ``told`` and ``damage`` say what was not, and whose clock was not set.
    """

    codes: Int64s = msgspec.field(default_factory=_none)
    begins: Int64s = msgspec.field(default_factory=_none)
    ends: Int64s = msgspec.field(default_factory=_none)
    stamps: Int64s = msgspec.field(default_factory=_none)
    radios: Int64s = msgspec.field(default_factory=_none)
    others: Others = msgspec.field(default_factory=lambda: Others(_none(), _none(), _none()))
    count: int = 0
    damage: tuple[Damage, ...] = ()
    told: tuple[Coverage, ...] = ()

    def of(self, *codes: int) -> Int64s:
        """The numbers of the packets of these codes, in order."""
        found: Int64s = np.flatnonzero(np.isin(self.codes, codes))
        return found

    def span(self, number: int) -> tuple[int, int]:
        """Where the body of a packet stands."""
        return self.begins.item(number), self.ends.item(number)

    def body(self, number: int) -> bytes:
        """The body of a packet."""
        return self.data[self.begins.item(number) : self.ends.item(number)]

    def stamp(self, number: int) -> int | None:
        """The time of a packet; ``None`` when it is not known."""
        found = self.stamps.item(number)
        return None if found == NO_TIME else found


def without(packets: LogPackets, codes: Iterable[int]) -> Stream:
    """The bodies of all packets but those of ``codes``, and the frames that are no log packets, one behind the other."""
    left = ~np.isin(packets.codes, list(codes))
    begins = np.concatenate([packets.begins[left], packets.others.begins])
    ends = np.concatenate([packets.ends[left], packets.others.ends])
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], ends[order]
    segment = np.maximum(np.searchsorted(packets.starts, begins, "right") - 1, 0)
    view = memoryview(packets.data)
    starts = np.cumsum(ends - begins) - (ends - begins)
    return Stream(
        data=b"".join(map(view.__getitem__, map(slice, begins.tolist(), ends.tolist()))),
        starts=starts if len(starts) else np.zeros(1, np.int64),
        offsets=packets.offsets[segment] + begins - packets.starts[segment] if len(starts) else np.zeros(1, np.int64),
        frames=packets.frames[segment],
        times=packets.times[segment],
        origin=packets.origin,
        kind=packets.kind,
        path=packets.path,
        context=packets.context,
    )


class _Columns(NamedTuple):
    """What the two forms have in common: code, raw time, body and radio of each packet."""

    codes: Int64s
    ticks: Int64s
    begins: Int64s
    ends: Int64s
    radios: Int64s


def from_hdlc(stream: Stream) -> LogPackets:
    """The log packets of a run of HDLC frames."""
    frames = read_frames(stream)
    data = np.frombuffer(frames.stream.data, np.uint8)
    starts, ends, radios = _unwrapped(data, frames.starts, frames.ends)
    commands = data[starts] if len(starts) else _none()
    room = ends - starts
    is_log = (commands == LOG) & (room >= _LOG_HEAD)
    here = starts[is_log]
    stop = here + 4 + _number(data, here + 4, 2)
    whole = (stop >= here + _LOG_HEAD) & (stop <= ends[is_log])
    here, stop = here[whole], stop[whole]
    columns = _Columns(
        _number(data, here + 6, 2), _number(data, here + 10, 6), here + _LOG_HEAD, stop, radios[is_log][whole]
    )
    others = np.flatnonzero(commands != LOG)
    told = []
    if frames.broken:
        told.append(Coverage(Measure.DIAG_BROKEN, float(frames.broken), "frames whose check value is wrong"))
    odd = int((commands == LOG).sum()) - len(here)
    if odd:
        told.append(Coverage(Measure.DIAG_BROKEN, float(odd), "log packets whose length does not fit their frame"))
    return _packets(
        frames.stream,
        columns,
        others=Others(commands[others].astype(np.int64), starts[others], ends[others]),
        count=len(starts),
        damage=frames.damage,
        told=told,
        segments=frames.starts,
    )


def from_dlf(stream: Stream) -> LogPackets:
    """The log packets of a DLF file. Behind a break the chain is looked for again: several heads in a row that fit."""
    data = stream.data
    starts: list[int] = []
    damage: list[Damage] = []
    here, sought = 0, 0
    while here < len(data):
        size = dlf_size(data, here)
        if size and here + size <= len(data):
            starts.append(here)
            here += size
            continue
        found = here + 1
        while found < len(data) and sought < _SEEK_BYTES and not _chained(data, found):
            found += 1
            sought += 1
        found = found if found < len(data) and sought < _SEEK_BYTES else len(data)
        cut = found == len(data) and bool(size)
        if len(damage) < MAX_DAMAGE:
            reason = "the last packet is cut short" if cut else "a packet's head is broken"
            damage.append(Damage(here, found, reason))
        here = found
    raw = np.frombuffer(data, np.uint8)
    at = np.array(starts, np.int64)
    columns = _Columns(
        *(_number(raw, at + 2, 2), _number(raw, at + 6, 6), at + _DLF_HEAD, at + _number(raw, at, 2), np.zeros_like(at))
    )
    return _packets(stream, columns, count=len(at), damage=tuple(damage), told=[], segments=at)


def dlf_size(data: bytes, at: int) -> int:
    """The length of the packet at ``at`` with its head of length, code and time; 0 when none can stand there."""
    length = int.from_bytes(data[at : at + 2], "little")
    code = int.from_bytes(data[at + 2 : at + 4], "little")
    micros = _EPOCH_US + int.from_bytes(data[at + 6 : at + 12], "little") * _TICK_US
    # From 1980 on, as modems without a network count, or a year that a network can have told.
    dated = micros < _EPOCH_US + 100_000_000_000_000 or _SET_US <= micros < _END_US
    return length if _DLF_HEAD <= length <= _LARGEST and code >= 0x1000 and dated else 0


def _chained(data: bytes, at: int) -> bool:
    for _ in range(_CHAIN):
        size = dlf_size(data, at)
        if not size:
            return False
        at += size
        if at >= len(data):
            return at == len(data)
    return True


def _unwrapped(data: Bytes, starts: Int64s, ends: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Frames without the head that says of which radio they are: 98, version, two bytes, radio in 32 bits."""
    radios = np.zeros_like(starts)
    wrapped = (ends - starts > _WRAPPER) & (data[starts] == MULTI_RADIO) if len(starts) else np.empty(0, np.bool_)
    radios[wrapped] = _number(data, starts[wrapped] + 4, 4)
    return starts + _WRAPPER * wrapped, ends, radios


def _number(data: Bytes, at: Int64s, size: int) -> Int64s:
    """Little-endian numbers of ``size`` bytes at each place."""
    found = np.zeros(len(at), np.int64)
    for byte in range(size):
        found |= data[at + byte].astype(np.int64) << 8 * byte
    return found


def _packets(
    stream: Stream,
    columns: _Columns,
    *,
    count: int,
    damage: tuple[Damage, ...],
    told: list[Coverage],
    segments: Int64s,
    others: Others | None = None,
) -> LogPackets:
    stamps, clocks = _times(columns.ticks)
    if not len(stream.frames) or not stream.frames.any():
        stream = _segmented(stream, segments, columns.begins, stamps)
    fields = {name: getattr(stream, name) for name in Stream.__struct_fields__}
    return LogPackets(
        **{**fields, "kind": "diagnostics"},
        codes=columns.codes,
        begins=columns.begins,
        ends=columns.ends,
        stamps=stamps,
        radios=columns.radios,
        others=others or Others(_none(), _none(), _none()),
        count=count,
        damage=damage,
        told=(*told, *clocks),
    )


def _segmented(stream: Stream, starts: Int64s, bodies: Int64s, stamps: Int64s) -> Stream:
    """A stream without times as one whose segments are the frames, each with the time of its packet."""
    if not len(starts):
        return stream
    times = np.full(len(starts), NO_TIME, np.int64)
    times[np.searchsorted(starts, bodies, "right") - 1] = stamps
    begins = starts.copy()
    begins[0] = 0
    zeros = np.zeros_like(begins)
    return replace(stream, starts=begins, offsets=begins, frames=zeros, times=times)


def _times(ticks: Int64s) -> tuple[Int64s, list[Coverage]]:
    """Microseconds of raw times. Stamps of a clock that was not set are moved to end where the first told one begins."""
    # Times beyond the year 2600 would not fit; they are no times.
    micros = _EPOCH_US + np.minimum(ticks, 1 << 44) * _TICK_US
    is_set: Bools = (micros >= _SET_US) & (micros < _END_US)
    unset = np.flatnonzero(~is_set)
    if not len(unset):
        return micros, []
    stamps = np.where(is_set, micros, NO_TIME)
    known = np.flatnonzero(is_set)
    follows = np.searchsorted(known, unset)
    mended = 0
    for run in np.split(unset, np.flatnonzero(np.diff(unset) > 1) + 1) if (follows < len(known)).any() else ():
        after = run[-1] + 1
        if after < len(micros) and (np.diff(micros[run]) >= 0).all():
            stamps[run] = micros[run] + micros[after] - micros[run[-1]]
            mended += len(run)
    rows = []
    if mended:
        note = "counted from 1980; moved to end where the first time that the network told begins"
        rows.append(Coverage(Measure.STAMPS_MENDED, float(mended), note))
    if left := len(unset) - mended:
        note = "counted from 1980: a clock that no network set"
        rows.append(Coverage(Measure.STAMPS_UNSET, float(left), note))
    return stamps, rows


def by_code(codes: Int64s) -> Counter[int]:
    """How many there are of each code, or of each command."""
    values, counts = np.unique(codes, return_counts=True)
    return Counter(dict(zip(values.tolist(), counts.tolist(), strict=True)))
