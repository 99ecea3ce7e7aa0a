"""What is told of the made head units, held against their truth: the table of ``docs/head-units.md``."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.model import Cut, Place, Position, iso
from iotwatch.open.pipeline import Job, analyse
from iotwatch.place.replay import Replay
from iotwatch.signatures import Signatures, load
from iotwatch.store import Store
from iotwatch.unpack import EVERY_STEP
from tests.studies.head_units import NAME, NUMBER, Stored, Unit, packer_of, units, write

_OUTPUTS = (
    *(("export", "--unmask", "--format", form) for form in ("jsonl", "csv")),
    *(("show", noun, "--unmask", "--format", "json") for noun in ("position", "finding", "source")),
)


class Told(NamedTuple):
    """Of one unit: stored places told as they are (with time, file, row, record), what else was told, people, and the verdict."""

    right: int
    wrong: int
    kept_names: int
    counted: int
    verdict: str


def told(unit: Unit, image: Path, folder: Path, signatures: Signatures) -> Told:
    with image.open("rb") as file:
        replay = Replay(file, EVERY_STEP)
        found = [_key(one, replay) for one in analyse(Job(str(image), unit.name), signatures).positions]
    wanted = _truth(unit.stored)
    right = sum(found.count(one) == 1 for one in wanted)
    database = folder / f"{unit.name}.db"
    scan([image], database, Plan(jobs=1))
    store = Store(database)
    (asset,) = store.query("SELECT verdict FROM assets")
    rows = store.query("SELECT value FROM coverage WHERE measure = 'entries about people'")
    return Told(
        right, len(found) - right, _names(database), int(sum(row["value"] for row in rows)), str(asset["verdict"])
    )


_Key = tuple[float, float, str, str, int, str, str]


def _truth(stored: Sequence[Stored]) -> list[_Key]:
    """The truths, with the row that each is of its table; what stands in other files has none."""
    rows: dict[str, int] = {}
    keys = []
    for one in stored:
        row = rows[one.path] = rows.get(one.path, -1) + 1
        table = "!" in one.path
        point = one.point
        place = round(point.latitude, 4), round(point.longitude, 4), point.iso[:19]
        keys.append((*place, one.path, row if table else -1, one.kept, one.far_end))
    return keys


def _key(position: Position, replay: Replay) -> _Key:
    """What is told of a position; its evidence must give its excerpt again."""
    evidence, facts = position.evidence, position.facts
    assert replay.result(evidence.place)[: len(evidence.excerpt)] == evidence.excerpt
    assert position.direction == "local"
    path = evidence.path.removeprefix("data!")  # the volume of UBI
    row = _row(evidence.place, replay) if "!" in path else -1
    return (
        round(position.latitude or 0, 4),
        round(position.longitude or 0, 4),
        (iso(position.time) or "")[:19],
        path,
        row,
        str(facts.get("kept", "")),
        str(facts.get("kept_for", "")),
    )


def _row(place: Place, replay: Replay) -> int:
    """In which line of its file a place stands: the innermost cut of more than one line."""
    while place.parent is not None:
        lines = replay.result(place.parent)
        if isinstance(place.operation, Cut) and lines.count(b"\n") > 1:
            return lines.count(b"\n", 0, place.operation.spans[0][0])
        place = place.parent
    raise AssertionError("a place that is in no line")


def _names(database: Path) -> int:
    """How often a person's name or number stands in the database's files or in what is printed of it, as text or as hex."""
    texts = [one.read_bytes() for one in database.parent.glob(database.name + "*")]
    for command in _OUTPUTS:
        ended = CliRunner().invoke(group, ["--db", str(database), *command])
        texts.append(ended.output.encode())
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        CliRunner().invoke(group, ["--db", str(database), "report", "--unmask", "-o", str(report)])
        texts.append(report.read_bytes())
    marks = [mark for word in (NAME, NUMBER) for mark in (word.lower().encode(), word.encode().hex().encode())]
    return sum(text.lower().count(mark) for text in texts for mark in marks)


def main() -> int:
    signatures = load()
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, unit in enumerate(units()):
            packer = packer_of(number)
            image = folder / unit.name
            write(unit, packer, image)
            one = told(unit, image, folder, signatures)
            failed += one.right != len(unit.stored) or one.wrong > 0 or one.kept_names > 0
            cells = (unit.name, packer, f"{one.right} of {len(unit.stored)}", one.wrong, one.counted, one.kept_names)
            rows.append(f"| {' | '.join(map(str, cells))} | {one.verdict} |")
            image.unlink()
    print(
        "| unit | in | stored places told, with time, row and record | others told | people counted | names kept | verdict |"
    )
    print("|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    return int(failed > 0)
