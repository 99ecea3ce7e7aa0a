"""Wrong places told as certain when a frame is changed and its check value still holds.

    python -m tests.studies.mutated_frames [--frames N] [--seed S] [--write]

``--write`` puts the table into ``docs/mutated-frames.md``. Frames are the examples of the dialects' own files and, where it is
there, the corpus' messages. Which check value a frame has is searched for here, with other code than the decoder's: every
rule of ``RULES`` over every range that begins near the front, until the bytes at its end are the result. One to three
bytes are then drawn anew, the check value is made right, and the frame is decoded alone and behind the untouched one.
A place is wrong when the untouched frame states none within a kilometre.
"""

from __future__ import annotations

import argparse
import binascii
import json
import os
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import reduce
from operator import xor
from pathlib import Path
from typing import NamedTuple

from iotwatch.decode import decode
from iotwatch.decode.trackers.engine import frame_file, text
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "mutated-frames.md"
BEGIN, END = "<!-- made by tests/studies/mutated_frames.py -->", "<!-- end -->"
_STARTS, _TAILS = range(9), range(5)
_WRONG_DEGREES = 0.01


def _reflected(polynomial: int, initial: int, final: int) -> Callable[[bytes], int]:
    """A CRC of 16 bits that takes the lowest bit first."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (polynomial if byte & 1 else 0)
        table.append(byte)

    def of(data: bytes) -> int:
        return reduce(lambda crc, byte: crc >> 8 ^ table[(crc ^ byte) & 255], data, initial) ^ final

    return of


RULES: dict[str, tuple[int, Callable[[bytes], int]]] = {
    "x25": (2, _reflected(0x8408, 0xFFFF, 0xFFFF)),
    "kermit": (2, _reflected(0x8408, 0, 0)),
    "mcrf4xx": (2, _reflected(0x8408, 0xFFFF, 0)),
    "arc": (2, _reflected(0xA001, 0, 0)),
    "modbus": (2, _reflected(0xA001, 0xFFFF, 0)),
    "ccitt": (2, lambda data: binascii.crc_hqx(data, 0xFFFF)),
    "xmodem": (2, lambda data: binascii.crc_hqx(data, 0)),
    "crc32": (4, zlib.crc32),
    "sum16": (2, lambda data: sum(data) & 0xFFFF),
    "sum8": (1, lambda data: sum(data) & 0xFF),
    "minus8": (1, lambda data: -sum(data) & 0xFF),
    "not8": (1, lambda data: ~sum(data) & 0xFF),
    "xor8": (1, lambda data: reduce(xor, data, 0)),
}


class Place(NamedTuple):
    """Where a frame's check value stands, what it covers, and by which rule; ``form`` is big, little or hex digits."""

    rule: str
    start: int
    at: int
    form: str

    def written(self, frame: bytes) -> bytes:
        """The check value that these bytes ought to have."""
        size, calculate = RULES[self.rule]
        value = calculate(frame[self.start : self.at - (self.form == "hex" and frame[self.at - 1 : self.at] == b"*")])
        if self.form == "hex":
            return b"%0*X" % (2 * size, value)
        return value.to_bytes(size, "big" if self.form == "big" else "little")

    def mended(self, frame: bytes) -> bytes:
        """The frame with its check value made right."""
        value = self.written(frame)
        return frame[: self.at] + value + frame[self.at + len(value) :]


def places(frame: bytes) -> Iterator[Place]:
    """Where a check value may stand; by chance alone one of 8 bits holds in several ranges."""
    for rule, (size, _) in RULES.items():
        for form in ("big", "little", "hex") if size > 1 else ("big", "hex"):
            width = 2 * size if form == "hex" else size
            for tail in _TAILS:
                at = len(frame) - tail - width
                for start in _STARTS:
                    if at - start < 6:
                        continue
                    place = Place(rule, start, at, form)
                    if (
                        place.written(frame) == frame[at : at + width].upper()
                        if form == "hex"
                        else (place.written(frame) == frame[at : at + width])
                    ):
                        yield place


def said(*frames: bytes) -> list[tuple[float, float, Confidence, str, str]]:
    """Places that are told of one flow: degrees, how sure, the word on the check value, the dialect."""
    stream = from_bytes(b"".join(frames))
    return [
        (fix.latitude, fix.longitude, message.confidence, message.checksum, message.protocol)
        for message in decode(stream)
        for fix in message.fixes
    ]


def checked(frame: bytes, rng: random.Random) -> Place | None:
    """The place of the check value that the decoder means: a frame changed and mended there still holds."""
    for place in places(frame):
        inside = range(place.start + 4, place.at - 1)
        if not inside:
            continue
        changed = bytearray(frame)
        changed[rng.choice(inside)] ^= 1
        told = [one[3] for one in said(place.mended(bytes(changed)))]
        if told and set(told) == {"ok"}:
            return place
    return None


def examples() -> Iterator[bytes]:
    """Messages with a right check value: of the dialects' files, and of the corpus."""
    for path in sorted(frame_file.FOLDER.glob("*.toml")):
        yield from (one.data for one in frame_file.read_file(path).example)
    for dialect in text.load_all():
        yield from (one.data for one in dialect.file.example)
    corpus = os.environ.get("IOTWATCH_CORPUS")
    for name in ("traccar.jsonl", "jt808-vectors.jsonl", "gb32960-vectors.jsonl") if corpus else ():
        with (Path(corpus or "") / "positions" / name).open() as lines:
            yield from (bytes.fromhex(json.loads(line)["payload_hex"]) for line in lines)


class Tried(NamedTuple):
    """What came of the frames: counts by what was told, and the wrong ones that were told as certain."""

    counts: Counter[str]
    dialects: Counter[str]
    wrong: list[tuple[str, str]]


def run(frames: int, seed: int = 1) -> Tried:
    """Decode ``frames`` changed ones."""
    rng = random.Random(seed)
    known = []
    for frame in dict.fromkeys(examples()):
        if len(frame) < 2048 and (true := said(frame)) and {one[3] for one in true} == {"ok"}:
            place = checked(frame, rng)
            if place is not None:
                known.append((frame, place, true))
    tried = Tried(Counter(), Counter(), [])
    for number in range(frames):
        frame, place, true = known[number % len(known)]
        changed = bytearray(frame)
        for _ in range(rng.randint(1, 3)):
            changed[rng.randrange(place.start, place.at)] = rng.randrange(256)
        mended = place.mended(bytes(changed))
        tried.dialects[true[0][4]] += 1
        for told in (said(mended), said(frame, mended)):
            tried.counts["readings"] += 1
            tried.counts["check value holds"] += any(one[3] == "ok" for one in told)
            far = [one for one in told if not any(_near(one, other) for other in true)]
            tried.counts["other place"] += bool(far)
            if any(one[2] is Confidence.CERTAIN for one in far):
                tried.counts["other place, certain"] += 1
                tried.wrong.append((frame.hex(), mended.hex()))
    return tried


def _near(one: tuple[float, float, Confidence, str, str], other: tuple[float, float, Confidence, str, str]) -> bool:
    return abs(one[0] - other[0]) < _WRONG_DEGREES and abs(one[1] - other[1]) < _WRONG_DEGREES


def main() -> None:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tried = run(options.frames, options.seed)
    told = ("readings", "check value holds", "other place", "other place, certain")
    rows = [f"| {name} | {tried.counts[name]:,} |" for name in told]
    head = f"| of {options.frames:,} changed frames, alone and behind the untouched one | |"
    table = "\n".join([head, "|---|---|", *rows])
    table += f"\n\n{len(tried.dialects)} dialects: " + ", ".join(f"{name}" for name in sorted(tried.dialects))
    print(table)
    for pair in tried.wrong[:20]:
        print("certain and wrong:", *pair)
    if options.write:
        page = re.sub(f"{BEGIN}.*{END}", f"{BEGIN}\n\n{table}\n\n{END}", PAGE.read_text(), flags=re.DOTALL)
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
