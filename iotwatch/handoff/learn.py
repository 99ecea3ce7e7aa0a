"""Dialect files learned from the messages that a known place proves, so that the next device's are read without one.

Each is tried before it is written: it must read its own examples, as ``signatures check`` will ask. What one device alone was heard
to say teaches a short head (``report.words.draft``); more devices teach a longer one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from iotwatch.decode.trackers.own import load_folder
from iotwatch.errors import OutputError, SignatureError
from iotwatch.files.scratch import scratch
from iotwatch.model import Cut, Place, Step
from iotwatch.report.forms.writing import write_private
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words.draft import Draft, Told, draft
from iotwatch.store import queries

_EXAMPLES = 8
_LEAST = 2


class Learned(NamedTuple):
    """The files written, and for each layout that gave none why."""

    written: tuple[Path, ...]
    left_out: tuple[str, ...]


def learn(reader: Reader, folder: Path) -> Learned:
    """Write a dialect into ``folder``/dialects for each layout proved in the database; an own folder reads it (``files.own``).

    Raises ``OutputError`` where the folder refuses. The examples are the messages as they were sent.
    """
    written, left_out = list[Path](), list[str]()
    for told, transport, wrapped in _layouts(reader):
        encoding = told[0].facts["encoding"]
        reason, made = ("its messages are wrapped in others", None) if wrapped else _made(told, transport)
        if made is None:
            left_out.append(f"{len(told)} message(s), {encoding}: {reason}")
            continue
        path = folder / "dialects" / made.folder / f"{made.name}.toml"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {path.parent}: {error.strerror}") from error
        write_private(path, "\n".join([*made.lines, ""]).encode())
        written.append(path)
    return Learned(tuple(dict.fromkeys(written)), tuple(left_out))


def _made(told: list[Told], transport: str) -> tuple[str, Draft | None]:
    """The dialect of one layout, or why there is none."""
    if len(told) < _LEAST:
        return "one message is not enough to learn from", None
    if any(not one.facts.get(f"{half}_field") for one in told for half in ("latitude", "longitude")):
        return "dialect files have no word for this encoding", None
    made = draft(told, transport, proven=True)
    if not made.headed and made.folder == "frame" and "anchors = ['.']" in made.lines:
        return "its messages do not begin alike", None
    read = [one for one, right in zip(told, _tried(made, told), strict=True) if right]
    if len(read) < _LEAST:
        return "the dialect made of them does not read them", None
    # The fewest first, which leaves those that are built alike.
    return "", draft(read[:_EXAMPLES], transport, proven=True)


def _tried(made: Draft, told: list[Told]) -> list[bool]:
    """For each message whether the dialect reads its place."""
    with scratch() as folder:
        path = folder / "dialects" / made.folder / f"{made.name}.toml"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(made.lines), encoding="utf-8")
        try:
            (dialect,) = load_folder(folder)
        except SignatureError:
            return [False for _ in told]
        return [not any(dialect.missing(example)) for example in dialect.file.example]


def _layouts(reader: Reader) -> Iterator[tuple[list[Told], str, bool]]:
    """The messages of each layout, each told once, with their transport, and whether they stand inside others."""
    found: dict[tuple[object, ...], dict[bytes, Told]] = defaultdict(dict)
    for row in reader.ask(queries.positions.proved):
        one = _told(row)
        halves = [int(one.facts[f"{half}_at"]) for half in ("latitude", "longitude")]
        stands = [int(halves[0] < halves[1])] if one.text else halves
        wrapped = _wrapped(reader.place(row["place_id"]))
        key = (row["transport"], row["server_port"], wrapped, one.facts["encoding"], *stands)
        found[key].setdefault(one.message, one)
    for (transport, _, inside, *_), messages in found.items():
        yield list(messages.values()), str(transport), bool(inside)


def _told(row: Row) -> Told:
    kept = json.loads(row["evidence"])
    message = bytes.fromhex(kept["excerpt"])
    whole = kept["length"] == len(message)
    sender = f"{row['asset']} {row['client']}"
    return Told(message, row["latitude"], row["longitude"], row["facts"], sender, whole)


def _wrapped(place: Place) -> bool:
    """Whether the bytes were decoded after they were cut out of frames."""
    chain = place.chain()
    last = max((at for at, one in enumerate(chain) if isinstance(one, Cut) and one.frames), default=len(chain))
    return any(isinstance(one, Step) for one in chain[last:])
