"""The files of dialects: one TOML file is one dialect, and all in a folder of ``dialects/`` are read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from iotwatch.errors import SignatureError

DIALECTS = Path(__file__).parents[1] / "dialects"

_File = TypeVar("_File")


def read(path: Path, kind: type[_File]) -> _File:
    """What a file says, and what it does not say itself that of the name it is ``like``; ``SignatureError`` names a wrong one."""
    try:
        said = msgspec.toml.decode(path.read_bytes())
        if "like" in said:
            said = msgspec.toml.decode((path.parent / f"{said.pop('like')}.toml").read_bytes()) | said
        return msgspec.convert(said, kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureError(f"{path.name}: {error}") from error


def listed(folder: Path) -> list[Path]:
    """The files of a folder, by name."""
    return sorted(folder.glob("*.toml"))
