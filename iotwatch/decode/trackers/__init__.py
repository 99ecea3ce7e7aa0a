"""The trackers' dialects. To add one: a TOML file in ``dialects/``, or a module and its line in ``coded/registry.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iotwatch.decode.message import Dialect
from iotwatch.decode.trackers.coded import osmand
from iotwatch.decode.trackers.coded.registry import BINARY
from iotwatch.decode.trackers.engine import frame_file, json_file, text
from iotwatch.files.own import own_folders

if TYPE_CHECKING:
    from iotwatch.decode.trackers.own import OwnDialect

FRAMED: tuple[Dialect, ...] = (*BINARY, *frame_file.load_all())
"""Framed binary messages."""

NAMED: tuple[Dialect, ...] = (osmand.DIALECT, *json_file.load_all())
"""Requests and documents whose fields have names."""

TEXT: tuple[text.TextDialect, ...] = text.load_all()

_SHIPPED: tuple[Dialect, ...] = (*FRAMED, *NAMED, *TEXT)


def _own() -> tuple[OwnDialect, ...]:
    if not own_folders():
        return ()
    from iotwatch.decode.trackers.own import load_own

    return load_own({dialect.name for dialect in _SHIPPED})


OWN = _own()
"""The user's own, as ``IOTWATCH_SIGNATURES`` and the folder of settings name them when this is first imported."""

TRACKERS: tuple[Dialect, ...] = (*_SHIPPED, *OWN)

COMMANDS = {(dialect.name, word): does for dialect in TEXT for word, does in dialect.file.commands.items()}
"""Dialect and the command's own letters -> what it does."""

STRINGS = (
    *((dialect.name, string) for dialect in TEXT for string in dialect.file.strings),
    *((osmand.DIALECT.name, string) for string in osmand.DIALECT.strings),
)
"""Dialect, and an expression in YARA's syntax for its frames as programs write them."""
