"""What a file of an image is for: a program, a setting, or something else. Its bytes decide first, then its name."""

from __future__ import annotations

import msgspec

from iotwatch.files.beside import beside
from iotwatch.patterns import regex
from iotwatch.unpack import types

PROGRAM, SCRIPT, SETTINGS, TEXT, RAW, OTHER = "program", "script", "settings", "text", "raw", "other"


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scripts: frozenset[str]
    settings: frozenset[str]
    papers: frozenset[str]
    programs: frozenset[str]


_NAMES = beside(__file__, _Names)
_SETTING_FOLDERS = regex(r"(?:^|[/!])(?:etc|config|conf|cfg|persist|nvram|init\.d|chatscripts|opkg|dpkg)/")
# Where packages put what they bring along; programs write their logs elsewhere.
_SHIPPED = regex(r"(?:^|[/!])(?:usr/(?:share|lib|libexec|include)|lib/systemd)/")
_LOG = regex(r"(?i)\.(?:log|nmea|trace|out|txt)(?:\.[0-9]+)?$|(?:^|[/!])(?:log|logs)/")


def kind_of(path: str, data: bytes) -> str:
    """``program`` (compiled), ``script``, ``settings``, ``text``, ``raw`` (bytes of no known format) or ``other``."""
    name = types.identify(data)
    if name.startswith("elf-") or name in _NAMES.programs:
        return PROGRAM
    if name == "script":
        return SCRIPT
    if name in ("text", "json", "xml", "html", "xqcn"):
        return _text(path)
    return RAW if name in types.SEARCHABLE else OTHER


def _text(path: str) -> str:
    ending = extension(path)
    if ending in _NAMES.scripts or "/init.d/" in path:
        return SCRIPT
    if ending in _NAMES.papers:
        return TEXT
    # A text that was given by itself has no path here: whether it holds settings, its lines tell.
    return SETTINGS if not path or ending in _NAMES.settings or _SETTING_FOLDERS.search(path) else TEXT


def is_shipped(path: str) -> bool:
    """Whether a file stands where packages put what they bring along."""
    return _SHIPPED.search(path) is not None


def could_be_log(path: str, data: bytes) -> bool:
    """Whether a text inside an image is worth the log grammars: programs, settings and documents are not."""
    if is_shipped(path):
        return False
    if _LOG.search(path):
        return True
    return not (data.startswith(b"#!") or extension(path) in _NAMES.papers or _text(path) in (SCRIPT, SETTINGS))


def extension(path: str) -> str:
    """The last part of the file's name, in lower case; empty without one."""
    name = path.rpartition("/")[2].rpartition("!")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
