"""What is added to what is shipped: folders of the user's own knowledge (signatures, tables, dialects, expected far ends), and
the decoders, openers and detectors of other packages.

Packages name theirs by entry points of the groups ``iotwatch.decoders``, ``iotwatch.openers`` and ``iotwatch.detectors``;
``tests/outside/`` is a worked example.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

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
    # A user without a home (a container's, a service's) has no such folder, which is no error.
    return (told if told.is_absolute() else Path(os.path.expanduser("~/.config"))) / "iotwatch"  # noqa: PTH111


def _named(environment: Mapping[str, str]) -> Iterator[Path]:
    # Not Path.is_dir: it raises where the folder above refuses (ProtectHome of systemd).
    if os.path.isdir(folder := settings(environment)):  # noqa: PTH112
        yield folder
    for name in filter(None, environment.get(VARIABLE, "").split(os.pathsep)):
        if not Path(name).is_dir():
            raise OptionError(f"{VARIABLE} names {name}: there is no such folder")
        yield Path(name)


def shown(file: Path, folder: Path) -> str:
    """The file as findings name it: from its own folder on, so that they are the same on every machine."""
    return f"{folder.name}/{file.relative_to(folder).as_posix()}"


def outside(kind: str) -> tuple[Any, ...]:
    """What installed packages give as ``kind`` (decoders, openers, detectors), by name; ``OptionError`` for what does not load."""
    return _loaded(f"iotwatch.{kind}") if _is_any() else ()


@cache
def _is_any() -> bool:
    """Whether an installed package has entry points for us: the library that reads them takes longer to load than this look."""
    files = (file for folder in dict.fromkeys(sys.path) for file in Path(folder).glob("*.dist-info/entry_points.txt"))
    return any(b"[iotwatch." in file.read_bytes() for file in files)


def _loaded(group: str) -> tuple[Any, ...]:
    from importlib.metadata import entry_points

    found = []
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            found.append(point.load())
        except (ImportError, AttributeError) as error:
            raise OptionError(
                f"the entry point {point.name} ({point.value}) of {group} cannot be loaded: {error}"
            ) from error
    return tuple(found)
