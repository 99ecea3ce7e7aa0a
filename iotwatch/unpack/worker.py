"""The reader process: confines itself, then answers one request after the other until its parent closes the channel."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Sequence
from typing import Protocol

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.model import Cut, Operation
from iotwatch.unpack import logged, wire
from iotwatch.unpack.confine import confine, cpu
from iotwatch.unpack.entry import BROKEN, Budget, Entry, Reader


class _Bounded(Protocol):
    def __call__(self, data: bytes, argument: str, limit: int) -> bytes: ...


class _Held(msgspec.Struct):
    """The bytes of the last request and, for picks, what one reader found in them by path."""

    data: bytes = b""
    reader: str = ""
    entries: dict[str, Entry] = msgspec.field(default_factory=dict)


def main(channel: socket.socket, memory: int, readable: Sequence[str]) -> None:
    """Serve ``channel`` for ever. Readers are imported first: what they load later stands in ``readable``."""
    from iotwatch.unpack.readers import READERS

    readers = {reader.name: reader for reader in READERS}
    wire.send(channel, confine(memory, readable))
    held = _Held()
    while True:
        try:
            request = wire.REQUEST.decode(wire.receive(channel, wire.FRAME_BYTES))
            if request.size:
                held = _Held()  # lets go of the old bytes before the new ones come
                held.data = _read(channel, request.size)
        except EOFError:
            return
        cpu(request.limits.cpu_seconds)
        wire.send(channel, _answer(channel, readers[request.reader], request, held))


def _read(channel: socket.socket, size: int) -> bytes:
    """The next ``size`` bytes, which stand in memory once."""
    with channel.makefile("rb", buffering=wire.PIECE) as file:
        data: bytes = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _send(channel: socket.socket, found: wire.Found, content: bytes) -> None:
    wire.send(channel, found)
    if content:
        channel.sendall(content)


def _answer(channel: socket.socket, reader: Reader, request: wire.Request, held: _Held) -> wire.Ended:
    budget = Budget(request.limits, request.limits.output(len(held.data)))
    families: tuple[type[Exception], ...] = (*BROKEN, *reader.broken())
    try:
        if request.pick is None:
            databases = logged.Databases(reader.name, held.data, request.limits.file_bytes)
            try:
                for entry in reader.entries(held.data, budget):
                    budget.file()
                    found, content = _found(entry, families, held.data, budget)
                    if not databases.hold(found, content):
                        _send(channel, found, content)
            finally:
                for found, content in databases.found():
                    _send(channel, found, content)
        else:
            _pick(channel, reader, request.pick, held, families, budget)
    except LimitReached as error:
        return wire.Ended("limit", str(error))
    except MemoryError:
        return wire.Ended("limit", "the reader process ran out of memory")
    except RecursionError:
        return wire.Ended("damaged", "nested too deep")
    except families as error:
        return wire.Ended("damaged", _reason(error))
    return wire.Ended("ok")


def _pick(
    channel: socket.socket,
    reader: Reader,
    path: str,
    held: _Held,
    families: tuple[type[Exception], ...],
    budget: Budget,
) -> None:
    """Send the entry of this path; a database goes with the log beside it."""
    databases = logged.Databases(reader.name, held.data, budget.limits.file_bytes)
    entries = _index(reader, held, families, budget)
    for name in (path, *logged.logs_of(path)):
        if name in entries:
            found, content = _found(entries[name], families, held.data, budget)
            if not databases.hold(found, content) and name == path:
                _send(channel, found, content)
    for found, content in databases.found():
        if found.path == path:
            _send(channel, found, content)


def _index(reader: Reader, held: _Held, families: tuple[type[Exception], ...], budget: Budget) -> dict[str, Entry]:
    """All entries by path, walked once: replaying a thousand files of one image walks its tree once, not each time."""
    if held.reader != reader.name:
        held.reader, held.entries = reader.name, {}
        with contextlib.suppress(*families):  # what stands before a break can still be picked
            for entry in reader.entries(held.data, budget):
                budget.file()
                held.entries.setdefault(entry.path, entry)
    return held.entries


def _found(
    entry: Entry, families: tuple[type[Exception], ...], data: bytes, budget: Budget
) -> tuple[wire.Found, bytes]:
    """The frame of one entry and the bytes that follow it; an entry that cannot be read keeps its name, and its status says why."""
    cut = bool(entry.chain) and entry.load is None and all(isinstance(operation, Cut) for operation in entry.chain)
    content, status, note = b"", entry.status, entry.note
    chain: tuple[Operation, ...] = entry.chain
    try:
        if cut:
            budget.spend(sum(operation.length for operation in chain if isinstance(operation, Cut)))
        elif entry.load is not None:
            content = entry.load()
            budget.spend(len(content))
    except MemoryError:
        status, note = "limit", "the reader process ran out of memory"
    except LimitReached as error:
        if budget.bytes >= budget.output:  # the whole container's budget is spent, not only this entry's
            raise
        status, note = "limit", str(error)
    except families as error:
        status, note = "damaged", _reason(error)
    else:
        found = wire.Found(
            *(entry.path, chain, len(content), cut and bool(chain), entry.type, entry.kind, status, note, entry.size),
            takes=entry.takes,
        )
        return found, content
    size = entry.size or _taken(entry, data)
    lost = wire.Found(
        entry.path, (), 0, cut=False, type=entry.type, kind=entry.kind, status=status, note=note, size=size
    )
    return lost, b""


def _taken(entry: Entry, data: bytes) -> int:
    """Bytes of the container that an entry takes, which is cut out of it or, compressed, is all of it."""
    first = entry.chain[0]
    return sum(length for _, length in first.spans) if isinstance(first, Cut) else len(data)


def _reason(error: BaseException) -> str:
    text = f"{type(error).__name__}: {error}" if not isinstance(error, UnpackError) else str(error)
    return "".join(c if c.isprintable() else "?" for c in text)[:300]


def run(handle: int, memory: int, readable: Sequence[str]) -> None:
    """Entry point of ``sandbox``'s command line: ``handle`` is the inherited socket."""
    # A reader has nobody to talk to but its parent's channel.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError), socket.socket(fileno=handle) as channel:
        sys.setrecursionlimit(2000)
        main(channel, memory, readable)
