"""Frames between flags with a check sequence behind each (RFC 1662 section 4 and appendix C.2), out of one run of bytes.

All is unescaped in one step, so that evidence stands at one cut of what the step gives. A flag ends a frame whatever was lost
before it: behind damage the next frame is whole again.
"""

from __future__ import annotations

from binascii import crc_hqx
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from iotwatch.errors import LimitReached
from iotwatch.files.limits import MAX_DAMAGE
from iotwatch.model import Damage, step
from iotwatch.place.steps import hdlc_escapes, unescape_hdlc
from iotwatch.read.layers.columns import Bools, Int64s
from iotwatch.read.stream import Stream

STEP = "unescape-hdlc"
CHECK_BYTES = 2
MAX_MARKS = 1 << 25
"""Flags and escapes together: in real logs one byte in fifty is one, so this many stand in more than a gigabyte."""
_FLAG, _ESCAPE = 0x7E, 0x7D
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_GOOD = 0x1D0F  # what a frame with its right check value leaves, mirrored as ``crc_hqx`` counts


class Frames(NamedTuple):
    """``stream`` is unescaped; frame ``i`` is ``stream.data[starts[i]:ends[i]]``, without its check value.

    ``broken`` counts what stands between flags and has a wrong check value; ``damage`` says where in the escaped bytes, and
    where the end is cut short.
    """

    stream: Stream
    starts: Int64s
    ends: Int64s
    broken: int
    damage: tuple[Damage, ...]


def sums_up(frame: bytes) -> bool:
    """Whether an unescaped frame ends with its right check value."""
    return len(frame) > CHECK_BYTES and crc_hqx(frame.translate(_MIRRORED), 0xFFFF) == _GOOD


def read_frames(stream: Stream) -> Frames:
    """The frames of a stream; its segments, which may end anywhere in a frame, keep their numbers and times.

    ``LimitReached`` when it holds more than ``MAX_MARKS``, each of which takes a hundred bytes while they are sorted out.
    """
    raw = stream.data
    if raw.count(_FLAG) + raw.count(_ESCAPE) > MAX_MARKS:
        raise LimitReached(f"more than {MAX_MARKS} flags and escapes in one log")
    escapes = hdlc_escapes(raw)
    plain = unescape_hdlc(raw)
    bounds = _between_flags(raw)
    starts, ends = (bounds - np.searchsorted(escapes, bounds)).T
    chunks = zip(starts.tolist(), ends.tolist(), strict=True)
    good = np.fromiter((sums_up(plain[start:end]) for start, end in chunks), np.bool_, len(starts))
    begins = stream.starts - np.searchsorted(escapes, stream.starts)
    origin = step(stream.place(0, len(raw)), STEP)
    unescaped = replace(stream, data=plain, starts=begins, offsets=begins, origin=origin, datagram=False, gaps=())
    cut = len(bounds) > 0 and int(bounds[-1, 1]) == len(raw)
    broken = int((~good).sum()) - int(cut and not good[-1])
    return Frames(unescaped, starts[good], ends[good] - CHECK_BYTES, broken, _damage(bounds, good, cut=cut))


def _between_flags(raw: bytes) -> Int64s:
    """Beginning and end of what stands between flags, the ends of the run being flags too."""
    flags = np.flatnonzero(np.frombuffer(raw, np.uint8) == _FLAG)
    begins = np.concatenate([[0], flags + 1])
    ends = np.concatenate([flags, [len(raw)]])
    bounds: Int64s = np.stack([begins, ends], axis=1)[ends > begins]
    return bounds


def _damage(bounds: Int64s, good: Bools, *, cut: bool) -> tuple[Damage, ...]:
    """Broken frames that follow each other are one damage."""
    broken = np.flatnonzero(~good)
    if not len(broken):
        return ()
    firsts = broken[np.append(True, np.diff(broken) > 1)]
    lasts = broken[np.append(np.diff(broken) > 1, True)]
    reasons = ["the check value of a frame is wrong"] * len(firsts)
    if cut and not good[-1]:
        reasons[-1] = "the last frame is cut short"
    spans = zip(bounds[firsts, 0].tolist(), bounds[lasts, 1].tolist(), reasons, strict=True)
    return tuple(Damage(*span) for span in list(spans)[:MAX_DAMAGE])
