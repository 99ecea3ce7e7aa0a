"""Folders of the user's own knowledge, which add to what is shipped: signatures, tables, dialects and expected far ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from iotwatch.errors import OptionError

VARIABLE = "IOTWATCH_SIGNATURES"
"""Names own folders, as ``PATH`` names its own; ``--signatures`` sets it, so that worker processes hear of them too."""

ALLOWED = "allow.toml"
"""The file of an own folder that lists the far ends which are expected."""

NOT_SIGNATURES = frozenset({"dialects", "tables"})
"""Folders in an own folder whose files are no signatures."""


def own_folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the user's folder of settings, where it is there, and those that the environment names, each once.

    Raises ``OptionError`` for a named folder that is not there.
    """
    return tuple(dict.fromkeys(folder.resolve() for folder in _named(environment)))


def settings(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's folder of settings, there or not. A path that is not absolute is no answer (XDG Base Directory 0.8)."""
    told = Path(environment.get("XDG_CONFIG_HOME", ""))
    return (told if told.is_absolute() else Path("~/.config").expanduser()) / "iotwatch"


def _named(environment: Mapping[str, str]) -> Iterator[Path]:
    if (folder := settings(environment)).is_dir():
        yield folder
    for name in filter(None, environment.get(VARIABLE, "").split(os.pathsep)):
        if not Path(name).is_dir():
            raise OptionError(f"{VARIABLE} names {name}: there is no such folder")
        yield Path(name)


def shown(file: Path, folder: Path) -> str:
    """The file as findings name it: from its own folder on, so that they are the same on every machine."""
    return f"{folder.name}/{file.relative_to(folder).as_posix()}"
