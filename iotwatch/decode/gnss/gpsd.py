"""gpsd's JSON protocol (gpsd_json(5)): one object a line; TPV reports carry the fix."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from iotwatch.decode.message import Claim, Fix, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_LINE = regex(rb'\{"class":"(TPV|VERSION|DEVICE)"[^\r\n]*')
_LONGEST = 4096
_METRES_A_SECOND = 3.6


class Gpsd:
    """Fixes of TPV; ``gpsd.version`` and ``gpsd.device`` (path and driver of the receiver)."""

    name = "gpsd"
    anchors = (rb'(?s:.*)\{"class":"(?:TPV|VERSION|DEVICES?|SKY|WATCH)"',)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, b'{"class":"' in head)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            for found in _LINE.finditer(stream.data, start, end):
                report = _report(found[0])
                message = (_tpv if found[1] == b"TPV" else _about)(stream, found, report)
                if message:
                    yield message


def _report(line: bytes) -> dict[str, Any]:
    """The object of a line, empty when it is none; what stands behind its last brace is not ours."""
    try:
        report = json.loads(line[: line.rfind(b"}") + 1]) if len(line) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def _number(report: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = report.get(name)
        if isinstance(value, int | float) and math.isfinite(value):
            return float(value)
    return None


def _tpv(stream: Stream, found: re.Match[bytes], report: dict[str, Any]) -> Message | None:
    latitude, longitude = _number(report, "lat"), _number(report, "lon")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    speed = _number(report, "speed")
    fix = Fix(
        latitude=latitude,
        longitude=longitude,
        span=found.span(),
        time=_time(report.get("time")),
        valid=(_number(report, "mode") or 0) >= 2,
        speed=None if speed is None else speed * _METRES_A_SECOND,
        course=_number(report, "track"),
        altitude=_number(report, "altHAE", "alt"),
    )
    when = fix.time if fix.time is not None else stream.time_at(found.start())
    fields = {"class": "TPV", "device": str(report.get("device", ""))[:128]}
    return Message("gpsd", stream, found.span(), when, fields=fields, fixes=(fix,), confidence=Confidence.CERTAIN)


def _about(stream: Stream, found: re.Match[bytes], report: dict[str, Any]) -> Message | None:
    kind = found[1].decode("ascii").lower()
    value = report.get("release" if kind == "version" else "path")
    if not isinstance(value, str) or not value:
        return None
    facts: dict[str, Any] = {name: str(report[name])[:128] for name in ("driver", "subtype", "rev") if name in report}
    traits = (Trait(Kind.GPSD_VERSION if kind == "version" else Kind.GPSD_DEVICE, value[:128], found.span(), facts),)
    when = stream.time_at(found.start())
    return Message(
        "gpsd", stream, found.span(), when, fields={"class": kind.upper()}, traits=traits, confidence=Confidence.CERTAIN
    )


def _time(text: Any) -> int | None:
    try:
        return int(datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None


GPSD = Gpsd()
