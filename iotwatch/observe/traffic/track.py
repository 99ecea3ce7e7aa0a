"""Where the sweeper was while a receiver logged: Kismet writes the place of its own GPS beside every packet."""

from __future__ import annotations

from typing import Any

import msgspec

from iotwatch.decode.fields import on_globe
from iotwatch.decode.geodesy import distance
from iotwatch.observe.collector import Collector
from iotwatch.read.stream import Stream
from iotwatch.words.kinds import Kind

_STEP_M = 100.0
_MOST = 2000


class _Row(msgspec.Struct):
    ts_sec: int = 0
    ts_usec: int = 0
    lat: float | None = None
    lon: float | None = None


_ROW = msgspec.json.Decoder(_Row)


def observe_track(table: Stream, collector: Collector) -> None:
    """Store the places in JSON lines of Kismet's table ``packets`` that lie apart; a latitude and longitude of zero is none."""
    track: list[dict[str, Any]] = []
    step, first, last = _STEP_M, 0, 0
    at = 0
    for line in table.data.splitlines(keepends=True):
        begin, at = at, at + len(line)
        try:
            row = _ROW.decode(line)
        except msgspec.DecodeError:
            continue
        if not row.lat or not row.lon or not on_globe(row.lat, row.lon):
            continue
        here = {"time": row.ts_sec * 1_000_000 + row.ts_usec, "latitude": row.lat, "longitude": row.lon}
        if track and distance(track[-1]["latitude"], track[-1]["longitude"], row.lat, row.lon) < step:
            continue
        if not track:
            first, last = begin, at
        track.append(here)
        if len(track) >= _MOST:
            track, step = track[::2], 2 * step
    if track:
        evidence = table.evidence(first, last)
        collector.add(Kind.SWEEP_TRACK, "", f"{len(track)} places", evidence, {"track": track})
