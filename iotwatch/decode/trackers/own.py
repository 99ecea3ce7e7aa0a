"""The user's own dialects: ``dialects/{text,frame,json}/*.toml`` in each of his folders, asked after the shipped ones.

They are written like the shipped files of their kind (``engine``). Each message of theirs carries the doubt that names its file,
and an own dialect counts as held against as many messages as it gives examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import re2

from iotwatch.decode.expression import Expression
from iotwatch.decode.message import Claim, Dialect, Message
from iotwatch.decode.trackers.engine import files, frame_file, json_file, text
from iotwatch.decode.trackers.engine.text_pattern import DialectFile, Example
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.files.own import own_folders, shown
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt


class _Engine(NamedTuple):
    """What the files of one folder are, and what makes a dialect of one."""

    file: type[Any]
    made: Callable[[Any], Dialect]


_ENGINES = {
    "text": _Engine(DialectFile, text.TextDialect),
    "frame": _Engine(frame_file.FrameFile, frame_file.dialect),
    "json": _Engine(json_file.JsonDialect, lambda file: file),
}


class OwnDialect:
    """A ``Dialect`` of the user's own around the one that its ``file`` describes; ``origin`` names the file in findings."""

    def __init__(self, dialect: Dialect, file: Any, origin: str) -> None:
        self.file, self.origin = file, origin
        self.name, self.anchors, self.rank = dialect.name, dialect.anchors, dialect.rank
        self.samples = min(dialect.samples, len(file.example))
        self._dialect = dialect
        self._doubt = ReadingDoubt.OWN_DIALECT(file=origin)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        claim = self._dialect.claims(head, flow)
        return msgspec.structs.replace(claim, decoder=self) if claim is not None else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for message in self._dialect.messages(stream, claim):
            yield msgspec.structs.replace(message, doubts=(*message.doubts, self._doubt))

    def wrong(self) -> Iterator[str]:
        """What the file's examples say that its dialect does not read in them."""
        if not self.file.example:
            yield "there is no example"
        for example in self.file.example:
            if missing := list(self.missing(example)):
                yield f"the example {(example.text or example.hex)[:60]!r}: {', '.join(missing)} not read"

    def missing(self, example: Example) -> Iterator[str]:
        """What an example says that the dialect does not read in it."""
        return _missing(example, self._read(example))

    def _read(self, example: Example) -> list[Message]:
        try:
            return list(self._dialect.messages(from_bytes(example.data)))
        except DecodeError:
            return []


def _missing(example: Example, messages: Sequence[Message]) -> Iterator[str]:
    fixes = [fix for message in messages for fix in message.fixes]
    if not messages:
        yield "anything"
    if example.latitude is not None and not any(
        abs(fix.latitude - example.latitude) < _SAME and abs(fix.longitude - (example.longitude or 0.0)) < _SAME
        for fix in fixes
    ):
        yield "its place"
    if set(example.ids) - {one for message in messages for one in message.device_ids}:
        yield "its ids"


_SAME = 1e-5
"""Degrees: a metre."""


def load_own(taken: Collection[str]) -> tuple[OwnDialect, ...]:
    """The dialects of all own folders. Raises ``SignatureError`` for a wrong file, and for a name that is ``taken``."""
    found: dict[str, OwnDialect] = {}
    for folder in own_folders():
        for dialect in load_folder(folder):
            if dialect.name in found or dialect.name in taken:
                named = f"there is a dialect {dialect.name!r} already: give it another name"
                raise SignatureError(f"{folder.parent / dialect.origin}: {named}")
            found[dialect.name] = dialect
    return tuple(found.values())


def load_folder(folder: Path) -> Iterator[OwnDialect]:
    """The dialects of one own folder. Raises ``SignatureError`` for a wrong file."""
    if lost := sorted((folder / "dialects").glob("*.toml")):
        raise SignatureError(f"{lost[0]}: a dialect stands in dialects/text, dialects/frame or dialects/json")
    for kind, engine in _ENGINES.items():
        for name, file in files.read_all(folder / "dialects" / kind, engine.file).items():
            path = folder / "dialects" / kind / f"{name}.toml"
            yield _made(path, file, engine, shown(path, folder))


def _made(path: Path, file: Any, engine: _Engine, origin: str) -> OwnDialect:
    """The dialect, tried on its examples: expressions and layouts are compiled when they are first asked."""
    try:
        dialect = OwnDialect(engine.made(file), file, origin)
        for anchor in dialect.anchors:
            Expression(anchor)
        for _ in dialect.wrong():
            pass
    except (SignatureError, ValueError, LookupError, TypeError, re.error, re2.error) as error:
        raise SignatureError(f"{path}: {error}; the keys are told in iotwatch/decode/trackers/engine") from error
    return dialect
