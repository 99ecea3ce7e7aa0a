"""The trackers' dialects. To add one: a TOML file in ``dialects/``, or a module and its line in ``coded/registry.py``."""

from __future__ import annotations

from iotwatch.decode.message import Dialect
from iotwatch.decode.trackers.coded import osmand
from iotwatch.decode.trackers.coded.registry import BINARY
from iotwatch.decode.trackers.engine import frame_file, json_file, text

FRAMED: tuple[Dialect, ...] = (*BINARY, *frame_file.load_all())
"""Framed binary messages."""

NAMED: tuple[Dialect, ...] = (osmand.DIALECT, *json_file.load_all())
"""Requests and documents whose fields have names."""

TEXT: tuple[text.TextDialect, ...] = text.load_all()

TRACKERS: tuple[Dialect, ...] = (*FRAMED, *NAMED, *TEXT)

COMMANDS = {(dialect.name, word): does for dialect in TEXT for word, does in dialect.file.commands.items()}
"""Dialect and the command's own letters -> what it does."""

STRINGS = (
    *((dialect.name, string) for dialect in TEXT for string in dialect.file.strings),
    *((osmand.DIALECT.name, string) for string in osmand.DIALECT.strings),
)
"""Dialect, and an expression in YARA's syntax for its frames as programs write them."""
