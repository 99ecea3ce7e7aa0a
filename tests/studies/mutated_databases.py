"""Databases with one to three cells that no writer of ours made: merged into a good one, and in the place of the good one.

    python -m tests.studies.mutated_databases [--count 5000] [--broken 500] [--seed 18]

prints how many were refused, how many commands ended as a bug (exit code 70), and how many merges did lasting harm: a row that is
not ours, or a scan, list or report that ended in another way than before.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from iotwatch.cli import EXIT_BUG, EXIT_NOT_WRITTEN, EXIT_UNREADABLE, group
from iotwatch.store import Store
from iotwatch.store.damage import named
from iotwatch.store.tables import OF_SOURCE, TABLES

CAPTURES = Path(__file__).parent.parent.parent / "captures"
TAKEN = ("runs", "assets", "sources", "decisions", *(table.name for table in OF_SOURCE))
DEEP = "[" * 900 + "]" * 900
CELLS: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        "x",
        "\x00",
        "\u202e",
        "9" * 400,
        "2026-13-45",
        "0001-01-01T00:00:00.000000Z",
        "9999-12-31T23:59:59.999999Z",
    ),
    *(
        "2026-01-01",
        "2026-01-01T00:00:00",
        "yesterday",
        "NaN",
        "[]",
        "{}",
        "null",
        "[1]",
        '{"a":1e999}',
        '"\\ud800"',
        DEEP,
    ),
    *(0, 1, -1, 2**31, 2**53, 2**62, 2**63 - 1, -(2**63), 1.5, -0.0, 1e308, float("inf"), float("-inf")),
    *(b"", b"\x00", b"\xff" * 8, b"\x7f" * 4096),
)
LEAVES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**64,
    1e300,
    "",
    "x",
    "\x1b[2J",
    [],
    {},
    [[]],
    {"word": "NEVER"},
    json.loads(DEEP),
)


def mutate(database: Path, draw: random.Random, tables: tuple[str, ...]) -> str:
    """Change one to three cells of ``database``; tells which."""
    told = []
    with closing(sqlite3.connect(database)) as connection, connection:
        for _ in range(draw.randint(1, 3)):
            table = draw.choice(tables)
            column = draw.choice(list(TABLES[table].columns)[1:])
            rows = connection.execute(f'SELECT id, "{column}" FROM {table}').fetchall()
            if not rows:
                continue
            row, cell = draw.choice(rows)
            value = _other(cell, draw)
            every = " OR 1" if draw.random() < 0.2 else ""
            try:
                connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE id = ?{every}', (value, row))
            except sqlite3.IntegrityError:
                continue
            told.append(f"{table}.{column} = {str(value)[:60]!r}")
    return "; ".join(told)


def _other(cell: Any, draw: random.Random) -> Any:
    if isinstance(cell, str) and cell[:1] in ("{", "[") and draw.random() < 0.7:
        try:
            return json.dumps(_changed(json.loads(cell), draw))
        except (ValueError, RecursionError):
            return DEEP
    if isinstance(cell, bytes) and cell and draw.random() < 0.5:
        changed = bytearray(cell)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        return bytes(changed)
    return draw.choice(CELLS)


def _changed(value: Any, draw: random.Random) -> Any:
    """The JSON value with one leaf of it changed, or left away."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        name = draw.choice(list(value))
        if draw.random() < 0.1:
            return {key: one for key, one in value.items() if key != name}
        return value | {name: _changed(value[name], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        index = draw.randrange(len(value))
        return [*value[:index], _changed(value[index], draw), *value[index + 1 :]]
    return draw.choice(LEAVES)


def run(database: Path, *words: str | Path) -> int:
    """The exit code of a command; that of a bug for whatever it does not turn into a line."""
    result = CliRunner().invoke(group, [*map(str, words), "--db", str(database)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return EXIT_BUG
    return result.exit_code


def made(folder: Path) -> tuple[Path, Path, Path]:
    """A database of ours, one of another host, and a capture that is new to both."""
    own, other, new = folder / "own.db", folder / "other.db", folder / "new.pcap"
    shutil.copy(next((CAPTURES / "nmea-uplink").glob("*.pcap*")), new)
    run(own, "scan", CAPTURES / "gt06-tracker", "--asset", "car")
    run(other, "scan", CAPTURES / "at-quectel", CAPTURES / "jt808-tracker", "--asset", "car")
    run(other, "decide", "add", "expected", "--kind", "beacon", "--author", "A", "--reason", "fitted")
    return own, other, new


def merged(own: Path, other: Path, new: Path, folder: Path, draw: random.Random) -> tuple[str, str]:
    """Merge a changed database into one of ours and use what came of it. Gives how it ended, and the cells."""
    into, given = folder / "into.db", folder / "given.db"
    shutil.copy(own, into)
    shutil.copy(other, given)
    cells = mutate(given, draw, TAKEN)
    before = _content(into)
    code = run(into, "merge", given)
    if code not in (0, EXIT_UNREADABLE):
        return "bug", f"{cells}: merge {code}"
    if _content(into) == before:
        return "refused", cells
    codes = used(into, new, folder)
    with Store(into) as store:
        harm = named(store)
    return ("harm" if harm or _failed(codes) else "taken"), f"{cells}: {codes} {harm}"


def own_broken(own: Path, new: Path, folder: Path, draw: random.Random) -> tuple[str, str]:
    """Use a database of ours that is changed, then heal it. Gives how it ended, and the cells."""
    broken = folder / "broken.db"
    shutil.copy(own, broken)
    cells = mutate(broken, draw, tuple(TABLES))
    codes = used(broken, new, folder)
    if EXIT_BUG in codes:
        return "bug", f"{cells}: {codes}"
    if run(broken, "purge", "--damaged", "--yes") or _failed(used(broken, new, folder)):
        return "harm", f"not healed: {cells}"
    return ("named" if _failed(codes) else "used"), cells


def _failed(codes: list[int]) -> bool:
    return any(code in (EXIT_BUG, EXIT_NOT_WRITTEN) for code in codes)


def _content(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def used(database: Path, new: Path, folder: Path) -> list[int]:
    """The exit codes of a scan, lists and a report."""
    return [
        run(database, "scan", new, "--asset", "car"),
        run(database, "show"),
        run(database, "show", "finding"),
        run(database, "show", "position"),
        run(database, "report", "-o", folder / "report.html"),
    ]


def study(count: int, seed: int, *, broken: int = 0) -> tuple[Counter[str], list[str]]:
    """How ``count`` merges ended and how ``broken`` databases of ours did, and what those did that should not have."""
    draw, ends, bad = random.Random(seed), Counter[str](), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own, other, new = made(folder)
        outcomes = chain(
            (merged(own, other, new, folder, draw) for _ in range(count)),
            (own_broken(own, new, folder, draw) for _ in range(broken)),
        )
        for end, told in outcomes:
            ends[end] += 1
            if end in ("bug", "harm"):
                bad.append(f"{end}: {told}")
    return ends, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--broken", type=int, default=500)
    parser.add_argument("--seed", type=int, default=18)
    given = parser.parse_args()
    ends, bad = study(given.count, given.seed, broken=given.broken)
    print(*(f"{name}: {number}" for name, number in sorted(ends.items())), *bad, sep="\n")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
