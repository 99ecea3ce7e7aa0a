"""The contract: replaying the place of every stored evidence over its source gives the excerpt."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import ReplayError
from iotwatch.model import cut, step
from iotwatch.place.replay import Replay
from iotwatch.store import Store
from iotwatch.unpack import EVERY_STEP


def test_cuts_and_steps_in_turn() -> None:
    inner = b"GET /track?lat=51.5&lon=4.25 HTTP/1.1"
    packed = gzip.compress(inner)
    file = b"head" + packed[:10] + b"gap" + packed[10:] + b"tail"
    stream = cut(None, [(4, 10), (17, len(packed) - 10)], [1, 2])
    replay = Replay(io.BytesIO(file), EVERY_STEP)

    assert replay.result(stream) == packed
    assert replay.result(cut(step(stream, "gzip"), [(11, 8)])) == b"lat=51.5"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (cut(None, [(0, 99)]), "ends before"),
        (cut(step(cut(None, [(0, 4)]), "hex"), [(0, 9)]), "over the end"),
        (step(cut(None, [(0, 4)]), "gzip"), "does not fit"),
        (step(None, "no-such-step"), "no step named"),
    ],
)
def test_what_cannot_be_replayed_says_why(place: object, words: str) -> None:
    with pytest.raises(ReplayError, match=words):
        Replay(io.BytesIO(b"00aa")).result(place)


def replay_everything(database: Path) -> tuple[int, list[str]]:
    """Replay every evidence, observation and position of a database; gives their number and what went wrong."""
    wrong: list[str] = []
    count = 0
    queries = (
        "SELECT source_id, place_id, excerpt, length FROM evidence",
        "SELECT source_id, json_extract(evidence, '$.place') AS place_id, json_extract(evidence, '$.excerpt') AS excerpt,"
        " json_extract(evidence, '$.length') AS length FROM observations",
        "SELECT source_id, place_id, json_extract(evidence, '$.excerpt') AS excerpt,"
        " json_extract(evidence, '$.length') AS length FROM positions",
    )
    with Store(database) as store:
        paths = {row["id"]: row["path"] for row in store.query("SELECT id, path FROM sources")}
        for source_id, path in paths.items():
            rows = [row for query in queries for row in store.query(f"{query} WHERE source_id = ?", (source_id,))]
            if not rows:
                continue
            store.places.load(source_id)
            with Path(path).open("rb") as file:
                replay = Replay(file, EVERY_STEP)
                for row in rows:
                    count += 1
                    try:
                        data = replay.result(store.places.place(row["place_id"]))
                    except ReplayError as error:
                        wrong.append(f"{path}: {error}")
                        continue
                    excerpt = bytes.fromhex(row["excerpt"])
                    if data[: len(excerpt)] != excerpt or len(data) != row["length"]:
                        wrong.append(f"{path}: place {row['place_id']} gives other bytes")
    return count, wrong


def test_every_evidence_of_our_own_captures_replays(tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent.parent / "captures"
    scan([folder], tmp_path / "own.db", Plan(jobs=1))

    count, wrong = replay_everything(tmp_path / "own.db")

    assert wrong == []
    assert count > 100


@pytest.mark.corpus
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["pcap", "firmware", "serial", "positions/gpsd-logs"])
def test_every_evidence_of_the_corpus_replays(corpus: Path, tmp_path: Path, part: str) -> None:
    scan([corpus / part], tmp_path / "all.db", Plan(jobs=2))

    count, wrong = replay_everything(tmp_path / "all.db")

    assert wrong == []
    assert count > 100
