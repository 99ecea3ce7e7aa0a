"""The scoreboard of the dialects: every message of the corpus decoded from its bytes alone and compared with the truth.

    python -m tests.studies.scoreboard [--write] [PROTOCOL...]

prints one line per protocol and the totals; ``--write`` puts the same into ``docs/scoreboard.md``. With protocols named, every
message of theirs that failed is shown. Places count as found within 0.0005 degrees.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iotwatch.decode.trackers import TRACKERS
from iotwatch.open.answer import Answer, answer
from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
TOLERANCE = 0.0005
DIALECTS = frozenset(decoder.name for decoder in TRACKERS) | {"nmea", "gpsd"}

# The corpus names messages after the server port that takes them; several of those are the same dialect.
ALIASES: dict[str, set[str]] = {
    "t55": {"nmea"},
    "gpsgate": {"nmea"},
    "gl100": {"gl200", "queclink"},
    "gl200": {"queclink", "gl601"},
    "owntracks": {"osmand"},
    "tr20": {"portman"},
    "portman": {"tr20"},
    "mictrack": {"esky"},
    "supermate": {"easytrack"},
    "trv": {"iwap"},
    "wondex": {"alematics"},
    "opengts": {"nmea"},
    "blackkite": {"galileo"},
}

# Protocols whose layout the reference facts describe; of the others only samples are known.
DESCRIBED = frozenset(
    {
        "gt06", "jt808", "gb32960", "h02", "gl100", "gl200", "teltonika", "gps103", "tk103", "tk102", "carscop",
        "xexun", "xexun2", "xexun3", "meitrack", "meiligao", "watch", "suntech", "calamp", "castel", "t800x",
        "eelink", "ruptela", "wialon", "megastek", "cellocator", "atrack", "navis", "galileo", "arnavi", "egts",
        "osmand", "flespi", "totem", "tzone", "gosafe", "starcom", "enfora", "huasheng", "taip", "t55", "owntracks",
    }
)  # fmt: skip


@dataclass
class Score:
    """The counts of one protocol."""

    messages: int = 0
    expected: int = 0
    found: int = 0
    named: int = 0
    by_dialect: int = 0
    empty: int = 0
    claimed: int = 0
    wrong_names: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Score) -> Score:
        for name in ("messages", "expected", "found", "named", "by_dialect", "empty", "claimed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def rows(name: str) -> Iterator[dict[str, Any]]:
    with (FOLDER / "positions" / name).open() as lines:
        for line in lines:
            yield json.loads(line)


def claims(got: Answer) -> list[tuple[float, float]]:
    """The places that an answer claims for the device: zero/zero is no claim, and neither is somebody else's place."""
    return [(f.latitude, f.longitude) for f in got.fixes if (f.latitude, f.longitude) != (0, 0) and not f.whose]


def same_name(protocol: str, dialect: str) -> bool:
    return dialect == protocol or dialect in ALIASES.get(protocol, set())


def near(place: tuple[float, float], expected: dict[str, Any]) -> bool:
    return abs(place[0] - expected["lat"]) <= TOLERANCE and abs(place[1] - expected["lon"]) <= TOLERANCE


def score(row: dict[str, Any], got: Answer) -> Score:
    """The counts of one message."""
    expected = row.get("expected")
    one = Score(messages=1)
    places = [(fix.latitude, fix.longitude) for fix in got.fixes]
    if expected and expected.get("lat") is not None:
        one.expected = 1
        one.found = int(any(near(place, expected) for place in places))
        one.named = int(same_name(row["protocol"], got.dialect)) if one.found else 0
        one.by_dialect = int(one.found and got.dialect in DIALECTS)
    elif row.get("carries_position") is False and not row.get("suspect_position"):
        one.empty = 1
        one.claimed = int(bool(claims(got)))
    return one


def traccar(wanted: set[str], *, show: bool) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    for row in rows("traccar.jsonl"):
        if wanted and row["protocol"] not in wanted:
            continue
        data = bytes.fromhex(row.get("wire_hex") or row["payload_hex"])
        got = answer(data)
        one = score(row, got)
        scores[row["protocol"]] += one
        if one.expected and not same_name(row["protocol"], got.dialect):
            scores[row["protocol"]].wrong_names[got.dialect or "nothing"] += 1
        if show and (one.found < one.expected or one.claimed or one.named < one.expected):
            print(row["protocol"], row["line"], got.dialect, claims(got)[:3], row.get("expected"), data[:160])
    return dict(scores)


def vectors(name: str) -> tuple[int, int]:
    """(found, expected) of the frames with a good checksum and a possible place."""
    found = total = 0
    for row in rows(name):
        expected = row.get("expected") or {}
        if row.get("checksum_ok") is False or row.get("out_of_range") or expected.get("lat") is None:
            continue
        total += 1
        data = bytes.fromhex(row.get("wire_hex") or row.get("frame_hex") or row["payload_hex"])
        found += any(near(place, expected) for place in claims(answer(data)))
    return found, total


def total(scores: dict[str, Score], which: Callable[[str], bool]) -> Score:
    whole = Score()
    for protocol, one in scores.items():
        if which(protocol):
            whole += one
    return whole


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none"


def report(scores: dict[str, Score], extra: dict[str, tuple[int, int]]) -> str:
    """The page: totals first, then a line per protocol."""
    known = total(scores, DESCRIBED.__contains__)
    seen = total(scores, lambda name: name not in DESCRIBED)
    whole = total(scores, lambda _: True)
    lines = [
        "# Scoreboard of the dialects",
        "",
        "Made by `python -m tests.studies.scoreboard --write` over the development corpus, from the bytes alone",
        "(no port is given).",
        f"A place counts as found within {TOLERANCE} degrees.",
        "",
        "| measure | result |",
        "|---|---|",
        f"| positions found, dialects that the reference describes | {share(known.found, known.expected)} |",
        f"| positions found, dialects that only samples show | {share(seen.found, seen.expected)} |",
        f"| of those found, dialect named right | {share(whole.named, whole.found)} |",
        f"| of those found, by a dialect and not by the generic layer | {share(whole.by_dialect, whole.found)} |",
        f"| messages without a position: a position claimed | {share(whole.claimed, whole.empty)} |",
        *(f"| {name}: positions found | {share(*counts)} |" for name, counts in extra.items()),
        "",
        "| protocol | messages | expected | found | named right | without a position | claimed | named otherwise |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for protocol in sorted(scores):
        one = scores[protocol]
        others = ", ".join(f"{name} {count}" for name, count in one.wrong_names.most_common(3))
        lines.append(
            f"| {protocol} | {one.messages} | {one.expected} | {one.found} | {one.named} | {one.empty} | {one.claimed} "
            f"| {others} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("protocols", nargs="*")
    parser.add_argument("--write", action="store_true", help="write docs/scoreboard.md")
    options = parser.parse_args()
    scores = traccar(set(options.protocols), show=bool(options.protocols))
    extra = {} if options.protocols else {
        "JT/T 808 vectors": vectors("jt808-vectors.jsonl"),
        "GB/T 32960 vectors": vectors("gb32960-vectors.jsonl"),
    }  # fmt: skip
    page = report(scores, extra)
    print(page)
    if options.write:
        (ROOT / "docs" / "scoreboard.md").write_text(page)


if __name__ == "__main__":
    main()
