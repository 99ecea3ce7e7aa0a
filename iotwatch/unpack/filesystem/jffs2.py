"""JFFS2 as Linux mounts it, used or new: of each name and piece the newest counts. A file is the step ``jffs2`` with its path.

Source: Linux fs/jffs2 (scan.c, readinode.c, dir.c); the root is inode 1, a name whose newest node has inode 0 was removed.
What was removed and is still on the flash stands below ``removed-files``.
"""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, codec_errors, device, link, path_note, safe_path
from iotwatch.unpack.filesystem.jffs2_nodes import Lost, Name, Piece, header, nodes, undone

_KINDS = frozenset({0xE001, 0xE002, 0x2003, 0x2004, 0x2006, 0xE008, 0xE009})
_ROOT = 1
_DEPTH = 100
_LINK_LIMIT = 4096
_REMOVED = b"removed-files/"


class _Tree(msgspec.Struct):
    """What the nodes of one byte order say: all nodes of each name, and the pieces of each inode."""

    names: dict[tuple[int, bytes], list[Name]] = msgspec.field(default_factory=lambda: defaultdict(list))
    pieces: dict[int, list[Piece]] = msgspec.field(default_factory=lambda: defaultdict(list))


def claims(data: bytes) -> bool:
    found = header(data, 0) if len(data) >= 64 else None
    return found is not None and found[1] in _KINDS


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    trees: dict[str, _Tree] = defaultdict(_Tree)
    lost = 0
    for node in nodes(data):
        if isinstance(node, Lost):
            lost += node.length
        elif isinstance(node, Name):
            trees[node.order].names[node.folder, node.name].append(node)
        else:
            trees[node.order].pieces[node.inode].append(node)
    if not any(tree.names for tree in trees.values()):
        raise UnpackError("no JFFS2 name can be read")
    for tree in trees.values():
        yield from _files(tree, budget)
    if lost:
        yield Entry(
            "broken-nodes", type="jffs2-nodes", status="damaged", note="their check values are wrong", size=lost
        )


def _files(tree: _Tree, budget: Budget) -> Iterator[Entry]:
    newest = {key: max(some, key=lambda name: (name.version, not name.obsolete)) for key, some in tree.names.items()}
    present = [name for name in newest.values() if name.inode and not name.obsolete]
    folders = {name.inode: name for name in present}
    for name in present:
        yield from _entry(_path(folders, name), tree.pieces.get(name.inode, []), budget, removed=False)
    shown = {name.inode for name in present}
    before = folders | {name.inode: name for some in tree.names.values() for name in some if name.inode not in folders}
    gone = {name.inode: name for some in tree.names.values() for name in some if name.inode and name.inode not in shown}
    for number, name in gone.items():
        if number in tree.pieces:
            yield from _entry(_REMOVED + _path(before, name), tree.pieces[number], budget, removed=True)


def _path(folders: dict[int, Name], name: Name) -> bytes:
    """The path from the root; the walk upwards ends after 100 folders, so a cycle is only a long name."""
    parts, parent = [name.name], name.folder
    while parent != _ROOT and parent in folders and len(parts) < _DEPTH:
        parts.append(folders[parent].name)
        parent = folders[parent].folder
    return b"/".join(part.replace(b"/", b"\\x2f") for part in reversed(parts))


def _entry(path: bytes, pieces: list[Piece], budget: Budget, *, removed: bool) -> Iterator[Entry]:
    """The entry of one name. Obsolete pieces belong to an older state; of a removed file they are what is left."""
    alive = [piece for piece in pieces if removed or not piece.obsolete]
    sound = sorted((piece for piece in alive if not piece.broken), key=lambda piece: piece.version)
    if not sound:
        if not removed:
            yield Entry(safe_path(path), type="file", status="damaged", note="none of its nodes is sound")
        return
    mode = sound[-1].mode
    if stat.S_ISLNK(mode):
        try:
            yield link(path, undone(sound[-1], _LINK_LIMIT))
        except UnpackError as error:
            yield Entry(safe_path(path), type="symlink", status="damaged", note=str(error))
    elif stat.S_ISREG(mode):
        safe = budget.unique(safe_path(path))
        notes = [path_note(path), "removed: what the flash still holds of it" if removed else ""]
        trouble = "" if removed else _trouble(sound, alive)
        note = ", ".join(part for part in (*notes, trouble) if part)
        status = "damaged" if trouble else "ok"
        yield Entry(safe, (Step("jffs2", safe),), load=partial(_content, sound, budget), status=status, note=note)
    elif not stat.S_ISDIR(mode):
        yield device(path)


def _trouble(sound: list[Piece], alive: list[Piece]) -> str:
    """What makes the file's content differ from what was written; empty where nothing does."""
    known = {piece.version for piece in sound}
    broken = [piece for piece in alive if piece.broken and piece.version not in known]
    if broken:
        return f"{len(broken)} of its nodes are broken or were cut short: older or no bytes stand in their place"
    size, covered = sound[-1].size, 0
    for start, end in sorted((piece.offset, piece.offset + piece.length) for piece in sound if piece.length):
        if start > covered:
            break
        covered = max(covered, end)
    return f"it has a hole at byte {covered}: no node says what stands there" if covered < size else ""


def _content(pieces: list[Piece], budget: Budget) -> bytes:
    """The newest node of each range wins; the last one says how long the file is."""
    size = pieces[-1].size
    budget.room(size)
    out = bytearray(size)
    for piece in pieces:
        if piece.offset < size:
            part = undone(piece, min(piece.length, size - piece.offset))
            out[piece.offset : piece.offset + len(part)] = part
    return bytes(out)


READER = Reader("jffs2", claims, entries, broken=codec_errors, step=True)
