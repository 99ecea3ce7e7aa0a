"""The shell command that shows the bytes of an evidence: with other people's tools where that is possible."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from iotwatch.model import Cut, Operation


def command(chain: Sequence[Operation], path: str, inner_path: str, frame: int | None, ours: str) -> str:
    """``dd`` for one span of the file, ``tshark`` for the frame of a capture, else ``ours`` (arguments of ``iotwatch show``)."""
    quoted = shlex.quote(path)
    if len(chain) == 1 and isinstance(chain[0], Cut) and len(chain[0].spans) == 1:
        offset, length = chain[0].spans[0]
        return f"dd if={quoted} iflag=skip_bytes,count_bytes skip={offset} count={length} status=none | xxd"
    if frame and not inner_path:
        return f"tshark -r {quoted} -Y 'frame.number == {frame}' -x"
    return f"iotwatch show {ours} --unmask"
