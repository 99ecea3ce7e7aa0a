"""The files of dialects: one TOML file is one dialect, and all in a folder of ``dialects/`` are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said, unpacked

DIALECTS = Path(__file__).parents[1] / "dialects"

_File = TypeVar("_File")


class Doubts(tuple[Said, ...]):
    """What speaks against a dialect's messages: its file names words that take no values."""


def _made(kind: type, value: Any) -> Doubts:
    if kind is not Doubts or not isinstance(value, list):
        raise TypeError(f"{value!r:.80} is no {kind.__name__}")
    return Doubts(unpacked(ReadingDoubt, [name, {}]) for name in value)


def read(path: Path, kind: type[_File]) -> _File:
    """What a file says, and what it does not say itself that of the name it is ``like``; ``SignatureError`` names a wrong one."""
    try:
        said = msgspec.toml.decode(path.read_bytes())
        if "like" in said:
            said = msgspec.toml.decode((path.parent / f"{said.pop('like')}.toml").read_bytes()) | said
        return msgspec.convert(said, kind, dec_hook=_made)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureError(f"{path.name}: {error}") from error


def listed(folder: Path) -> list[Path]:
    """The files of a folder, by name."""
    return sorted(folder.glob("*.toml"))
