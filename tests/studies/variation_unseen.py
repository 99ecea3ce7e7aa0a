"""What is found of a protocol that nobody knows: every corpus message read again without its own dialect.

    python -m tests.studies.variation_unseen [--show]

This is the best guess at what happens to trackers that the corpus does not have. Binary frames without a dialect are not guessed
at; text is read by its shape, which cannot tell a longitude that stands first from a latitude.
"""

from __future__ import annotations

import argparse
from collections import Counter

import iotwatch.decode
from iotwatch.decode import CARRIERS, FRAMES, GENERIC, LOGS, LOOSE, PROTOCOLS, TRACKERS
from iotwatch.decode.dispatcher import Dispatcher
from iotwatch.open.answer import Answer, answer
from tests.studies.scoreboard import claims, near, rows

SHARED = frozenset({"nmea", "http", "mqtt", "json", "text", "query", ""})


def without(names: frozenset[str]) -> Dispatcher:
    """All decoders but the dialects of those names."""
    left = [decoder for decoder in TRACKERS if decoder.name not in names]
    return Dispatcher(PROTOCOLS, left, LOOSE, CARRIERS, LOGS, GENERIC, FRAMES)


def asked(dispatcher: Dispatcher, data: bytes) -> Answer:
    """The answer that this dispatcher gives."""
    usual = iotwatch.decode._DISPATCHER
    iotwatch.decode._DISPATCHER = dispatcher
    try:
        return answer(data)
    finally:
        iotwatch.decode._DISPATCHER = usual


def study(*, show: bool = False) -> Counter[tuple[str, str]]:
    """Position messages by their kind and what became of them: found, elsewhere (another place was told) or silent."""
    dispatchers: dict[frozenset[str], Dispatcher] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows("traccar.jsonl"):
        expected = row.get("expected")
        if not expected or expected.get("lat") is None:
            continue
        data = bytes.fromhex(row.get("wire_hex") or row["payload_hex"])
        names = frozenset({row["protocol"], answer(data).dialect} - SHARED)
        got = asked(dispatchers.setdefault(names, without(names)), data)
        places = claims(got)
        told = "found" if any(near(place, expected) for place in places) else "elsewhere" if places else "silent"
        counts[row["kind"], told] += 1
        if show and told != "found":
            print(
                row["protocol"],
                row["kind"],
                told,
                got.dialect,
                places[:2],
                (expected["lat"], expected["lon"]),
                data[:140],
            )
    return counts


def lines(counts: Counter[tuple[str, str]]) -> list[str]:
    """The table of the study."""
    out = [
        "| position messages without their own dialect | place found | another place told | nothing |",
        "|---|---|---|---|",
    ]
    for kind in sorted({kind for kind, _ in counts}):
        found, elsewhere, silent = (counts[kind, told] for told in ("found", "elsewhere", "silent"))
        whole = found + elsewhere + silent
        out.append(f"| {kind}: {whole} | {found} ({100 * found / whole:.1f} %) | {elsewhere} | {silent} |")
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    print("\n".join(lines(study(show=parser.parse_args().show))))
