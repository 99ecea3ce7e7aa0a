"""What stands on the worklist: bytes with their way back."""

from __future__ import annotations

from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from iotwatch.errors import LimitReached, UnreadableSource
from iotwatch.files.magics import Form
from iotwatch.files.shelf import Kept, Shelf
from iotwatch.model import Place
from iotwatch.read.files.compressed import open_capture
from iotwatch.read.files.sniff import headerless, sniff, unread
from iotwatch.read.stream import Stream, from_bytes

HEAD_BYTES = 64 << 10
FILE = "file"
"""The kind of bytes of which nobody knows yet what they are; other kinds say what carried them."""


class Blob:
    """Bytes with their way back, and how deep inside the source they stand; at depth 0 they are the source itself.

    ``carrier`` is the protocol whose message carried them, ``listed`` says that they are a file that a file system or an
    archive names, or a part of one. ``cut`` says why ``stream`` ends before the bytes do.
    """

    cut = ""

    def __init__(self, stream: Stream, depth: int, carrier: str = "", *, listed: bool = False) -> None:
        self.stream = stream
        self.depth = depth
        self.carrier = carrier
        self.listed = listed

    @property
    def kind(self) -> str:
        return self.stream.kind

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.stream.data)

    def let_go(self) -> None:
        """Hold no more than what tells where the bytes are, if they can be had again."""

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
    def form(self) -> str | None:
        """The capture's or compression's form that the first bytes name (``sniff``); every opener of a file asks for it."""
        return sniff(self.head)

    @cached_property
    def named(self) -> Form | None:
        """The form that a magic names and that is no file of packets (``unread``)."""
        return unread(self.head)

    @cached_property
    def chained(self) -> Form | None:
        """The form without a magic that a chain of records tells (``headerless``)."""
        return headerless(self.head)

    @cached_property
    def container(self) -> str | None:
        """What ``unpack`` calls them; ``None`` for what it would not open."""
        from iotwatch import unpack  # heavy, and not needed for messages

        return unpack.sniff(self.head, self.stream.data)

    def reading(self) -> BinaryIO:
        """The bytes from the first on, for those who read front to back."""
        return BytesIO(self.stream.data)


class Part(Blob):
    """What stands inside a container, at ``at``: its bytes wait on a shelf until they are asked for."""

    kind = FILE
    path = ""

    def __init__(self, path: str, content: Kept, at: Place, depth: int, *, listed: bool) -> None:
        self.path = path
        self.depth = depth
        self.carrier = ""
        self.listed = listed
        self._content = content
        self._at = at

    @property
    def size(self) -> int:
        return self._content.size

    @property
    def place(self) -> Place | None:
        return self._at

    @cached_property
    def stream(self) -> Stream:  # type: ignore[override]  # in memory only when it is asked for
        return from_bytes(self._content.read(), origin=self._at, kind=FILE, path=self.path)

    def let_go(self) -> None:
        for held in ("stream", "head"):
            self.__dict__.pop(held, None)


class Body(Blob):
    """What a message carried: its bytes wait on a shelf, since a capture may hold hundreds that were packed to a thousandth."""

    def __init__(self, stream: Stream, depth: int, carrier: str, shelf: Shelf) -> None:
        self.depth = depth
        self.carrier = carrier
        self.listed = False
        self._content = shelf.put(stream.data)
        self._without = replace(stream, data=b"")

    @property
    def kind(self) -> str:
        return self._without.kind

    @property
    def size(self) -> int:
        return self._content.size

    @property
    def path(self) -> str:
        return self._without.path

    @cached_property
    def stream(self) -> Stream:  # type: ignore[override]  # in memory only when it is asked for
        return replace(self._without, data=self._content.read())

    def let_go(self) -> None:
        for held in ("stream", "head"):
            self.__dict__.pop(held, None)


class Source(Blob):
    """A file that is read front to back by those who can, and into memory only for those who must have it whole.

    ``origin`` says through which compression it is read, ``limit`` bounds what memory takes of it.
    """

    kind = FILE
    path = ""

    def __init__(self, file: Path, limit: int, origin: Place | None = None) -> None:
        self.file = file
        self.depth = 0
        self.carrier = ""
        self.listed = False
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
