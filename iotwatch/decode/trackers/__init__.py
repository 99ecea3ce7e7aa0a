"""The trackers' dialects, in one explicit tuple. To add one: a TOML file in ``dialects/``, or a module and its line here."""

from __future__ import annotations

from iotwatch.decode.message import Decoder
from iotwatch.decode.trackers import globalstar, h02, meitrack, osmand, queclink, suntech
from iotwatch.decode.trackers.binary_a import BINARY_A
from iotwatch.decode.trackers.binary_b import BINARY_B
from iotwatch.decode.trackers.json_trackers import JSON_TRACKERS
from iotwatch.decode.trackers.text import load_all

PACKED: tuple[Decoder, ...] = (meitrack.DIALECT, queclink.DIALECT, h02.DIALECT, suntech.DIALECT)
"""The binary forms of text dialects, under the same names."""

NAMED: tuple[Decoder, ...] = (osmand.DIALECT, globalstar.DIALECT, *JSON_TRACKERS)
"""Requests and documents whose fields have names."""

TEXT: tuple[Decoder, ...] = load_all()

TRACKERS: tuple[Decoder, ...] = (*BINARY_A, *BINARY_B, *PACKED, *NAMED, *TEXT)
