"""TOML files of the package: quick for people to write, slow to read. What they say is kept as Python keeps compiled modules.

It stands in ``__pycache__`` beside them (or where ``PYTHONPYCACHEPREFIX`` says) with the size and time of each file, is as
trusted as the code there, and is made again when a file changed. Where Python writes nothing (``PYTHONDONTWRITEBYTECODE``, a
folder that refuses) nothing is kept.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.patterns import regex

_Kind = TypeVar("_Kind")
_KEY = regex(r"\.([A-Za-z_][A-Za-z0-9_-]*)(?:\[(\d+)\])?")
_UNKNOWN = regex(r"unknown field `([^`]*)`")

# The checkout, or the folder that packages are installed in: nothing is left beside files of the user's.
_OWN = Path(__file__).parents[2]


class _Kept(msgspec.Struct, array_like=True):
    """``files``: path, bytes and time (ns) of each file, in turn; ``said``: what each says, as plain values."""

    files: list[tuple[str, int, int]]
    said: list[Any]


def parsed(at: Path, files: Sequence[Path]) -> list[Any]:
    """What each of ``files`` says, as plain values; they make up the folder ``at``, or are that one file.

    Raises ``msgspec.DecodeError`` with the file's name for what is no TOML, and ``OSError``.
    """
    stamps = [(str(file), stat.st_size, stat.st_mtime_ns) for file in files if (stat := file.stat())]
    cache = Path(cache_from_source(str(at.with_suffix(".toml")))).with_suffix(".toml")
    try:
        kept = msgspec.msgpack.decode(cache.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        kept = _Kept([], [])
    if kept.files != stamps:
        kept = _Kept(stamps, [_read(file) for file in files])
        if at.is_relative_to(_OWN) and not sys.dont_write_bytecode:
            _keep(kept, cache)
    return kept.said


def converted(file: Path, said: Any, kind: type[_Kind], made: Callable[[type, Any], Any] | None = None) -> _Kind:
    """What ``file`` said as a ``kind``; ``made`` makes values of types that msgspec does not know.

    Raises ``SignatureError`` with the file, the line and the key path of what does not fit.
    """
    try:
        return msgspec.convert(said, kind, dec_hook=made, str_keys=True)
    except msgspec.ValidationError as error:
        raise SignatureError(
            f"{file}, line {_line(file, str(error))}: {error}; docs/signatures.md names the keys"
        ) from error


def quoted(value: str) -> str:
    """A TOML basic string: JSON's, but for the one character that JSON leaves as it is (TOML 1.0.0, String)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(file: Path, error: str) -> int:
    """The line of the key that msgspec's message ends with (``at `$.match[1].confidence```); of its table where the key is
    missing, and the first where neither stands in the file as it is usually written."""
    lines = file.read_text(encoding="utf-8").splitlines()
    unknown = _UNKNOWN.search(error)
    keys = [*_KEY.findall(error.rpartition("$")[2]), *([(unknown[1], "")] if unknown else [])]
    here, table = 0, ""
    for name, number in keys:
        table = f"{table}.{name}".lstrip(".")
        if number:
            heads = [at for at, line in enumerate(lines) if at >= here and line.strip() == f"[[{table}]]"]
        else:
            heads = [at for at, line in enumerate(lines) if at >= here and _first_word(line) == name]
        here = heads[min(int(number or 0), len(heads) - 1)] if heads else here
    return here + 1


def _first_word(line: str) -> str:
    return line.partition("=")[0].strip().strip("[]\"'")


def _read(file: Path) -> Any:
    try:
        return msgspec.toml.decode(file.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"{file}: {error}") from error


def _keep(kept: _Kept, cache: Path) -> None:
    """Whole or not at all, since others may read and write it at the same time."""
    part = cache.with_suffix(f".{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.msgpack.encode(kept))
        part.replace(cache)
    except OSError:
        part.unlink(missing_ok=True)
