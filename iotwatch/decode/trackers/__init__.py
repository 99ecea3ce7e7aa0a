"""The trackers' dialects, in one explicit tuple. To add one: a TOML file in ``dialects/``, or a module and its line here."""

from __future__ import annotations

from iotwatch.decode.message import Dialect
from iotwatch.decode.trackers.coded import globalstar, osmand, sigfox
from iotwatch.decode.trackers.coded.json_trackers import JSON_TRACKERS
from iotwatch.decode.trackers.coded.registry import BINARY
from iotwatch.decode.trackers.engine.text import load_all

NAMED: tuple[Dialect, ...] = (osmand.DIALECT, globalstar.DIALECT, sigfox.DIALECT, *JSON_TRACKERS)
"""Requests and documents whose fields have names."""

TEXT: tuple[Dialect, ...] = load_all()

TRACKERS: tuple[Dialect, ...] = (*BINARY, *NAMED, *TEXT)
