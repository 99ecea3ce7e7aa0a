"""Do the dialects know the layout, or the samples? Every corpus message is varied as a real device would, and read again.

    python -m tests.studies.variation_study [--write] [--show] [PROTOCOL...]

For each position message of the corpus the place is located by its value, replaced by others, and the rest of the message is
varied one thing at a time (``tests/studies/variation_text.py``, ``tests/studies/variation_binary.py``).
A variant is read well when every planted
place is found within 0.0005 degrees and the dialect is named as for the original. ``--show`` prints what failed; ``--write``
writes ``docs/variation.md``. Kinds that a device need not survive (a byte of a binary head, an emptied mandatory field) are
told apart: ``must`` and ``may``.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iotwatch.decode.trackers.engine import checksums
from iotwatch.open.answer import Answer, answer
from tests.studies import variation_binary, variation_payloads, variation_text, variation_unseen
from tests.studies.scoreboard import TOLERANCE, rows, same_name
from tests.studies.variation_places import Located, Place, locate
from tests.studies.variation_text import Variant

ROOT = Path(__file__).resolve().parent.parent.parent
MUST = ("place", "decimals", "digits", "id", "length", "number", "ends", "glued", "longer")
MAY = ("case", "empty", "shorter", "word", "byte")
INSIDE = ("place", "digits", "id")
"""The kinds that leave every byte of a binary frame where it stands."""
_TEXT_SUMS = {"xor8": checksums.xor8, "sum8": checksums.sum8}
_HEX = b"0123456789ABCDEFabcdef"


def _text_sum(data: bytes) -> tuple[str, int] | None:
    """The sum and its first byte when ``*hh`` near the end of ``data`` holds for it."""
    star = data.rfind(b"*")
    if star < 0 or len(data) < star + 3 or any(byte not in _HEX for byte in data[star + 1 : star + 3]):
        return None
    value = int(data[star + 1 : star + 3], 16)
    for name, function in _TEXT_SUMS.items():
        for end in (star, star + 1):
            for start in (0, 1, 2):
                if function(data[start:end]) == value:
                    return f"{name} {end - star}", start
    return None


def _mended(data: bytes, known: tuple[str, int] | None) -> bytes:
    star = data.rfind(b"*")
    if known is None or star < 0:
        return data
    name, plus = known[0].split()
    value = _TEXT_SUMS[name](data[known[1] : star + int(plus)])
    return data[: star + 1] + f"{value:02X}".encode() + data[star + 3 :]


def of_row(row: dict[str, Any], original: Answer, draw: random.Random) -> Iterator[Variant]:
    """Every variant of one corpus message; none when its place, or how it is checked, is not found in its bytes."""
    data = bytes.fromhex(row.get("wire_hex") or row["payload_hex"])
    place = (row["expected"]["lat"], row["expected"]["lon"])
    located = locate(data.decode("latin-1"), place)
    if located is not None and row["kind"] not in ("binary", "mqtt"):
        yield from _of_text(located, data, http=row["kind"] == "http")
    elif row["kind"] in ("binary", "mqtt"):
        checks = variation_binary.sums(data) if original.checksum == "ok" else [None]
        for check in checks:
            changed = list(_of_binary(located, data, place, check, draw))
            if changed and (check is None or answer(changed[0].data).checksum == "ok"):
                yield from changed
                return


def _of_text(located: Located, data: bytes, *, http: bool) -> Iterator[Variant]:
    draw = random.Random(len(data))
    known = _text_sum(data)
    for kind, text, places, note in variation_text.variants(located, draw):
        changed = text.encode("latin-1")
        if kind == "glued":
            half = changed.find(data[:6], 6)
            yield Variant(kind, _mended(changed[:half], known) + _mended(changed[half:], known), places, note)
            continue
        if http and b"\r\n\r\n" in changed:
            changed = _relengthened(changed)
        yield Variant(kind, _mended(changed, known), places, note)


def _of_binary(
    located: Located | None,
    data: bytes,
    place: Place,
    check: variation_binary.Sum | None,
    draw: random.Random,
) -> Iterator[Variant]:
    """Variants of a frame: its place may stand in it as text or as numbers."""
    if located is not None:
        for kind, text, places, note in variation_text.variants(located, draw):
            changed = text.encode("latin-1")
            if kind in INSIDE and len(changed) == len(data):
                yield Variant(kind, check.mended(changed) if check else changed, places, note)
    elif (planted := variation_binary.plant(data, place, check)) is not None:
        for kind, changed, places, note in variation_binary.variants(planted, draw):
            yield Variant(kind, changed, places, note)
    elif (digits := variation_binary.plant_digits(data, place, check)) is not None:
        for kind, changed, places, note in variation_binary.digit_variants(digits):
            yield Variant(kind, changed, places, note)


def _relengthened(data: bytes) -> bytes:
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [
        b"Content-Length: %d" % len(body) if line.lower().startswith(b"content-length:") else line
        for line in head.split(b"\r\n")
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def has(got: Answer, place: Place) -> bool:
    return any(
        abs(fix.latitude - place[0]) <= TOLERANCE and abs(fix.longitude - place[1]) <= TOLERANCE for fix in got.fixes
    )


class Tally:
    """Good and all variants by kind, and examples of what failed."""

    def __init__(self) -> None:
        self.good: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.failed: dict[str, list[tuple[Variant, Answer]]] = defaultdict(list)
        self.messages = self.located = 0

    def take(self, variant: Variant, got: Answer, *, good: bool) -> None:
        self.all[variant.kind] += 1
        self.good[variant.kind] += good
        if not good:
            self.failed[variant.kind].append((variant, got))

    def share(self, kinds: tuple[str, ...]) -> str:
        whole = sum(self.all[kind] for kind in kinds)
        return f"{100 * sum(self.good[kind] for kind in kinds) / whole:.1f}" if whole else ""


def study(wanted: set[str]) -> dict[str, Tally]:
    """The tally of each protocol over all its messages that are read as they stand."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for row in rows("traccar.jsonl"):
        expected = row.get("expected")
        if not expected or expected.get("lat") is None or (wanted and row["protocol"] not in wanted):
            continue
        tally = tallies[row["protocol"]]
        tally.messages += 1
        original = answer(bytes.fromhex(row.get("wire_hex") or row["payload_hex"]))
        if not has(original, (expected["lat"], expected["lon"])):
            continue
        draw = random.Random(row["line"])
        before = sum(tally.all.values())
        for variant in of_row(row, original, draw):
            got = answer(variant.data)
            good = all(has(got, place) for place in variant.places)
            named = got.dialect == original.dialect or same_name(row["protocol"], got.dialect)
            tally.take(variant, got, good=good and named)
        tally.located += sum(tally.all.values()) > before
    return dict(tallies)


def page(tallies: dict[str, Tally]) -> str:
    whole = Tally()
    for tally in tallies.values():
        whole.good += tally.good
        whole.all += tally.all
    messages, located = sum(t.messages for t in tallies.values()), sum(t.located for t in tallies.values())
    lines = [
        "# Variation study of the dialects",
        "",
        "Made by `python -m tests.studies.variation_study --write` over the development corpus.",
        "Each position message is varied one thing",
        "at a time as another device of the same protocol would send it; a variant counts as read when the planted place is found",
        f"within {TOLERANCE} degrees and the dialect is named as before. Places were located by value in {located} of",
        f"{messages} messages.",
        "",
        "`must` kinds are what every device does; `may` kinds include what no device does (a mandatory field emptied, a magic byte",
        "changed), so that 100 % there would mean that anything is claimed.",
        "",
        "| kind of variant | variants | read |",
        "|---|---|---|",
    ]
    for kind in (*MUST, *MAY):
        if whole.all[kind]:
            lines.append(f"| {kind}{'' if kind in MUST else ' (may)'} | {whole.all[kind]} | {whole.share((kind,))} % |")
    lines.append(f"| all that must | {sum(whole.all[kind] for kind in MUST)} | {whole.share(MUST)} % |")
    lines += [
        "",
        "| protocol | messages | located | must | may | weakest kinds that must |",
        "|---|---|---|---|---|---|",
    ]
    for name in sorted(tallies):
        one = tallies[name]
        weak = sorted((one.good[kind] / one.all[kind], kind) for kind in MUST if one.good[kind] < one.all[kind])
        told = ", ".join(f"{kind} {100 * share:.0f}" for share, kind in weak[:4])
        lines.append(f"| {name} | {one.messages} | {one.located} | {one.share(MUST)} | {one.share(MAY)} | {told} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("protocols", nargs="*")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--kinds", default=",".join(MUST))
    parser.add_argument("--write", action="store_true", help="write docs/variation.md")
    options = parser.parse_args()
    tallies = study(set(options.protocols))
    if options.show:
        for name, tally in sorted(tallies.items()):
            for kind in options.kinds.split(","):
                for variant, got in tally.failed[kind][:12]:
                    stated = [(round(fix.latitude, 5), round(fix.longitude, 5)) for fix in got.fixes[:2]]
                    print(
                        f"{name} {kind} [{variant.note}] {got.dialect} {stated} wanted {variant.places} {variant.data[:260]!r}"
                    )
    text = page(tallies)
    if not options.protocols:
        text += "\n" + "\n".join(variation_payloads.lines(*variation_payloads.study()))
        text += "\n\n" + "\n".join(variation_unseen.lines(variation_unseen.study())) + "\n"
    print(text)
    if options.write:
        (ROOT / "docs" / "variation.md").write_text(text)


if __name__ == "__main__":
    main()
