"""Writes what is inside an image as files, under names that no image chose, with a list of what became of each.

Nothing outside the folder is touched: it is made here or empty, every part of a name is cleaned, no link is made (a link is a text
that says where it leads), and no file that is there is written again. Files are readable by their owner alone and never programs.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from iotwatch import unpack
from iotwatch.errors import IotwatchError, OutputError, UnreadableSource
from iotwatch.files.limits import WorkLimits
from iotwatch.files.shelf import Shelf
from iotwatch.model import Artefact
from iotwatch.open.blob import Blob, Part, Source
from iotwatch.open.worklist import Worklist
from iotwatch.patterns import regex

MANIFEST = "manifest.jsonl"
_FILES = "files"
_UNSAFE = regex(r"[^A-Za-z0-9._+@=~, -]")
_RESERVED = regex(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
"""Names that mean a device to Windows (Microsoft, Naming Files, Paths, and Namespaces)."""
_PART = 100
_PATH = 600
_LINKS = frozenset({"symlink", "hardlink"})


class Extracted(msgspec.Struct, frozen=True):
    """How many files and links were written; whether all of the image was opened."""

    files: int
    links: int
    complete: bool


class Written(msgspec.Struct, frozen=True):
    """One row of the manifest: a path inside the image, and the file that holds its bytes, relative to the folder; ``None`` where
    nothing was written: what was opened itself, or could not be."""

    path: str
    file: str | None
    size: int
    sha256: str
    type: str
    status: str
    note: str


def extract(image: Path, folder: Path, limits: WorkLimits | None = None) -> Extracted:
    """Write what can be opened of ``image`` into ``folder``.

    ``OutputError`` when the folder holds anything or cannot be written, ``UnreadableSource`` when nothing is inside the image.
    """
    limits = limits or WorkLimits()
    place = _Folder(folder)
    found: dict[str, Artefact] = {}
    work = Worklist(limits)
    shelf = Shelf(limits.output(image.stat().st_size))
    work.push(Source(image, limits.image_bytes))
    failed = False
    for blob in work:
        try:
            opened = _opened(blob, shelf)
            found |= {one.path: one for one in opened.artefacts if one.path}
            if not opened.members and blob.depth:
                place.write(blob.path, blob.stream.data)
        except OutputError:
            raise
        except (IotwatchError, MemoryError) as error:
            failed = True
            found[blob.path] = Artefact(blob.path, blob.size if blob.depth else 0, "", "damaged", "", str(error))
            continue
        for member in opened.members:
            work.push(Part(member.path, member.content, member.place, blob.depth + 1, listed=member.listed))
    if not found:
        raise UnreadableSource(f"{image} holds nothing that can be opened")
    links = sum(
        place.write(one.path, one.note.removeprefix("-> ").encode()) for one in found.values() if one.type in _LINKS
    )
    place.finish(image, list(found.values()))
    complete = not failed and not work.left and all(one.status in ("ok", "skipped") for one in found.values())
    return Extracted(len(place.written) - links, links, complete)


def _opened(blob: Blob, shelf: Shelf) -> unpack.Unpacked:
    if not blob.container:
        return unpack.Unpacked()
    return unpack.unpack(blob.stream.data, blob.place, path=blob.path, shelf=shelf)


class _Folder:
    """The folder that is filled; ``written`` are the files by the paths inside the image."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.written: dict[str, str] = {}
        self._names: set[str] = set()
        self._folders: set[str] = set()
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if any(folder.iterdir()):
                raise OutputError(f"{folder} is not empty: give a folder that is, or a new one")
        except OSError as error:
            raise OutputError(f"cannot write {folder}: {error.strerror}") from error

    def write(self, path: str, data: bytes) -> bool:
        """Write a file for ``path`` of the image; whether it was, once for each path."""
        if path in self.written:
            return False
        name = self._name(path)
        target = self._folder / name
        try:
            for parent in reversed(target.relative_to(self._folder).parents):
                with suppress(FileExistsError):
                    (self._folder / parent).mkdir(mode=0o700)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror}") from error
        self.written[path] = name
        return True

    def _name(self, path: str) -> str:
        """A name that nothing has, whatever the case of its letters, and below no file: else the hash of its path is the name."""
        parts = [safe(one) for part in path.split("!") for one in part.split("/") if one]
        name = "/".join((_FILES, *parts))
        taken = name.lower() in self._names or name.lower() in self._folders
        if taken or len(name) > _PATH or not self._names.isdisjoint(_above(name)):
            name = f"{_FILES}/~{_hash(path)}"
        self._names.add(name.lower())
        self._folders.update(_above(name))
        return name

    def finish(self, image: Path, found: list[Artefact]) -> None:
        """Write the manifest: a line for the image, then one for each path inside it, in their order."""
        digest = hashlib.sha256()
        with image.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        try:
            handle = os.open(self._folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as out:
                head = {"image": str(image), "sha256": digest.hexdigest(), "size": image.stat().st_size}
                out.write(json.dumps(head) + "\n")
                self._rows(found, out)
        except OSError as error:
            raise OutputError(f"cannot write {self._folder / MANIFEST}: {error.strerror}") from error

    def _rows(self, found: list[Artefact], out: IO[str]) -> None:
        for one in sorted(found, key=lambda row: row.path):
            row = Written(one.path, self.written.get(one.path), one.size, one.sha256, one.type, one.status, one.note)
            out.write(json.dumps(msgspec.to_builtins(row)) + "\n")


def _above(name: str) -> list[str]:
    """The folders above a name, in lower case."""
    parts = name.lower().split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def safe(part: str) -> str:
    """One part of a path as a name that every file system takes and no program obeys: of letters, digits and a few signs, at most
    100 of them, beginning with none that means something to a shell, and no name of a device."""
    clean = _UNSAFE.sub("_", part).rstrip(". ") or "_"
    if clean[0] in "-~. " or _RESERVED.match(clean):
        clean = f"_{clean}"
    return clean if len(clean) <= _PART else f"{clean[: _PART - 33]}~{_hash(part)}"
