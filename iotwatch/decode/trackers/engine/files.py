"""The files of dialects: one TOML file is one dialect, and all in a folder of ``dialects/`` are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.files.toml import converted, parsed
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
    """What the file says, as one of its folder."""
    return read_all(path.parent, kind)[path.stem]


def read_all(folder: Path, kind: type[_File]) -> dict[str, _File]:
    """What each file of a folder says, by its name; ``SignatureError`` names a wrong one.

    What a file does not say itself, that of the name it is ``like`` says.
    """
    files = sorted(folder.glob("*.toml"))
    try:
        said = {file.stem: one for file, one in zip(files, parsed(folder, files), strict=True)}
    except msgspec.DecodeError as error:
        raise SignatureError(str(error)) from error
    return {
        file.stem: _converted(file, said.get(said[file.stem].get("like", ""), {}) | said[file.stem], kind)
        for file in files
    }


def _converted(file: Path, said: dict[str, Any], kind: type[_File]) -> _File:
    said.pop("like", None)
    return converted(file, said, kind, _made)
