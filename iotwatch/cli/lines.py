"""``iotwatch decode --jsonl``: a JSON object in for each line, one out, in the same order."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from iotwatch.cli import EXIT_INCOMPLETE, EXIT_UNREADABLE
from iotwatch.cli.answers import as_json, why_json

if TYPE_CHECKING:
    from iotwatch.open.answer import Chosen

MAX_MESSAGE = 1 << 20
_PIECE = 1 << 16
# So many lines are answered while others would still start.
_FIRST_LINES = 1000
_MOST_WORKERS = 16
_Piece = list[bytes]
_Answers = tuple[bytes, int, int]
"""Lines of JSON, how many, and how many of them tell an error."""


def answer_lines(given: int, written: BinaryIO, *, why: bool, jobs: int) -> int:
    """Answer each line of the descriptor ``given`` into ``written``; gives the exit code. ``jobs`` of 0: as many as pay."""
    workers = jobs or min(os.cpu_count() or 1, _MOST_WORKERS)
    read = broken = 0
    for rows, lines, errors in _all(_pieces(given), partial(_answers, why=why), workers):
        written.write(rows)
        # A piece is what there was to read at once: whoever writes line by line waits for the answer.
        written.flush()
        read += lines
        broken += errors
    return EXIT_UNREADABLE if read and read == broken else EXIT_INCOMPLETE if broken else 0


def _all(pieces: Iterator[_Piece | None], task: Callable[[_Piece], _Answers], workers: int) -> Iterator[_Answers]:
    """What the task says of all pieces, in their order: of the first ones here, of the others by workers."""
    lines = 0
    for piece in pieces:
        if piece is not None:
            yield task(piece)
            lines += len(piece)
            if workers > 1 and lines >= _FIRST_LINES:
                break
    else:
        return
    from iotwatch.batch.in_order import in_order

    yield from in_order(task, pieces, workers, (__name__, "iotwatch.open.answer"))


def _pieces(given: int) -> Iterator[_Piece | None]:
    """The lines that can be read at once, again and again; ``None`` where the next ones are waited for."""
    begun: list[bytes] = []
    while True:
        if not select.select([given], [], [], 0)[0]:
            yield None
        if not (data := os.read(given, _PIECE)):
            break
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            yield b"".join([*begun, whole]).split(b"\n")
            begun = []
        if rest:
            begun.append(rest)
    if begun:
        yield [b"".join(begun)]


def _answers(piece: _Piece, *, why: bool) -> _Answers:
    encode = msgspec.json.Encoder().encode
    rows = [_answered(line, why=why) for line in piece if line.strip()]
    return b"".join([encode(row) + b"\n" for row in rows]), len(rows), sum("error" in row for row in rows)


def _answered(line: bytes, *, why: bool) -> dict[str, Any]:
    from iotwatch.open.answer import answer

    name = None
    try:
        row = msgspec.json.decode(line)
        name = row.get("id") if isinstance(row, dict) else None
        payload = bytes.fromhex(row["payload_hex"])
    except (msgspec.DecodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        return {"id": name, "dialect": None, "error": f"not a line with payload_hex: {error}"}
    told: list[Chosen] | None = [] if why else None
    found = {"id": name, **as_json(answer(payload[:MAX_MESSAGE], told))}
    return found if told is None else {**found, "why": why_json(told)}
