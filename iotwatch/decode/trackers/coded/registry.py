"""The dialects of framed binary messages that are code: one module and one line adds one."""

from __future__ import annotations

from iotwatch.decode.message import Dialect
from iotwatch.decode.trackers.coded import (
    arnavi,
    astra,
    at2000,
    atrack,
    calamp,
    dolphin,
    egts,
    fleetguide,
    galileo,
    gb32960,
    gt06,
    hyn600,
    jt808,
    jt809,
    mavlink2,
    maxpb,
    meiligao,
    meitrack,
    minifinder2,
    mta6,
    navis,
    naviset,
    omnicomm,
    queclink,
    ruptela,
    snapper,
    telemax,
    teltonika,
    tramigo,
    ulbotech,
)

_MODULES = (
    arnavi, astra, at2000, atrack, calamp, dolphin, egts, fleetguide, galileo, gb32960, gt06, hyn600, jt808, jt809,
    mavlink2, maxpb, meiligao, meitrack, minifinder2, mta6, navis, naviset, omnicomm, queclink, ruptela, snapper,
    telemax, teltonika, tramigo, ulbotech,
)  # fmt: skip
BINARY: tuple[Dialect, ...] = tuple(module.DIALECT for module in _MODULES)
