"""What stands on the worklist, what an opener makes of it, and what it works with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from iotwatch import unpack
from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached, UnreadableSource
from iotwatch.model import Artefact, Coverage, Damage, Place
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.names import Names
from iotwatch.observe.traffic.scope import Scope
from iotwatch.read.files.compressed import open_capture
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.signatures import Signatures
from iotwatch.store.rows import ContactRow, FlowRow
from iotwatch.words.vantage import Vantage

HEAD_BYTES = 64 << 10
NOT_READ = "not read"
"""The measure of what is known by its form and has no reader."""
FILE = "file"
"""The kind of bytes of which nobody knows yet what they are; other kinds say what carried them."""


class Blob:
    """Bytes with their way back, and how deep inside the source they stand; at depth 0 they are the source itself.

    ``cut`` says why ``stream`` ends before the bytes do.
    """

    cut = ""

    def __init__(self, stream: Stream, depth: int) -> None:
        self.stream = stream
        self.depth = depth

    @property
    def kind(self) -> str:
        return self.stream.kind

    @property
    def path(self) -> str:
        """Its name inside the source; empty for the source."""
        return self.stream.path

    @property
    def place(self) -> Place | None:
        """Where its bytes stand; ``None`` when they are the source's own, from the first to the last."""
        if self.depth == 0 and self.stream.origin is None:
            return None
        return self.stream.place(0, len(self.stream.data))

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.stream.data[:HEAD_BYTES]

    @cached_property
    def container(self) -> str | None:
        """What ``unpack`` calls them; ``None`` for what it would not open."""
        return unpack.sniff(self.head, self.stream.data)

    def reading(self) -> BinaryIO:
        """The bytes from the first on, for those who read front to back."""
        return BytesIO(self.stream.data)


class Source(Blob):
    """A file that is read front to back by those who can, and into memory only for those who must have it whole.

    ``origin`` says through which compression it is read, ``limit`` bounds what memory takes of it.
    """

    kind = FILE
    path = ""

    def __init__(self, file: Path, limit: int, origin: Place | None = None) -> None:
        self.file = file
        self.depth = 0
        self._limit = limit
        self._origin = origin

    @property
    def place(self) -> Place | None:
        return self._origin

    @cached_property
    def head(self) -> bytes:
        with self.reading() as file:
            head = file.read(HEAD_BYTES)
        if not head and self._origin is None:
            raise UnreadableSource(f"{self.file.name} is empty")
        return head

    @cached_property
    def stream(self) -> Stream:  # type: ignore[override]  # in memory only when it is asked for
        if self._origin is None and self.file.stat().st_size > self._limit:
            raise LimitReached(f"{self.file.name} is larger than the limit of {self._limit} bytes")
        with self.reading() as file:
            data = file.read(self._limit)
            self.cut = getattr(getattr(file, "raw", None), "broken", "")
            if not self.cut and file.read(1):
                self.cut = f"expands to more than {self._limit} bytes"
        return from_bytes(data, origin=self._origin, kind=FILE)

    def reading(self) -> BinaryIO:
        return self.file.open("rb") if self._origin is None else open_capture(self.file)[0]

    def expanded(self) -> Source:
        """The same file read through its compression, layer by layer."""
        file, origin, _ = open_capture(self.file)
        file.close()
        return Source(self.file, self._limit, origin)


class Facts(msgspec.Struct, frozen=True):
    """What the source is. Times are microseconds UTC, ``link_types`` maps names to packets."""

    kind: str = "unknown"
    format: str = "unknown"
    packets: int = 0
    link_types: dict[str, int] = {}
    first: int | None = None
    last: int | None = None
    damage: tuple[Damage, ...] = ()
    vantage: Vantage = Vantage.OTHER


@dataclass(frozen=True)
class Opened:
    """What one blob gave. ``messages`` are taken one by one, and what they carry becomes blobs too.

    ``unread`` counts bytes of the source that stay of no known format, ``complete`` is false when some of it was not read.
    ``rest`` is asked once the messages were taken, for what only they decide.
    """

    facts: Facts | None = None
    blobs: tuple[Blob, ...] = ()
    messages: Iterable[Message] = ()
    artefacts: tuple[Artefact, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    flows: Collection[FlowRow] = ()
    contacts: tuple[Collection[ContactRow], ...] = ()
    unread: int = 0
    complete: bool = True
    rest: Callable[[], Opened] | None = None


@dataclass(frozen=True)
class Kit:
    """What openers work with; they fill ``collector`` and ``names``. ``flows`` are those that the source gave so far.

    ``named`` says that the user named the source himself: then a text is a log whatever its lines are.
    """

    signatures: Signatures
    collector: Collector = field(default_factory=Collector)
    names: Names = field(default_factory=Names)
    scope: Scope | None = None
    named: bool = False
    progress: Callable[[int], None] | None = None
    flows: list[FlowRow] = field(default_factory=list)


class Opener(Protocol):
    """One answer to "what are these bytes?". ``kind`` is what a source becomes that it opens, ``name`` tells it in tests.

    ``claims`` is cheap and looks at the first bytes where it can. ``open`` raises ``NotEvidence`` for a source that is
    none of ours, and other errors of ``iotwatch.errors`` for what is broken or over a limit.
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def claims(self, blob: Blob) -> bool: ...

    def open(self, blob: Blob, kit: Kit) -> Opened: ...
