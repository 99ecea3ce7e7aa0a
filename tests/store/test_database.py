"""The store: whole sources, tree of places, judgements replaced, several writers at once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from iotwatch.errors import StoreError
from iotwatch.model import Confidence, Direction, Evidence, Finding, Observation, Position, Severity, Verdict, cut, step
from iotwatch.report.reader import Reader
from iotwatch.store import Analysis, SourceRow, Store, queries, schema
from iotwatch.store.judgements import fingerprint
from iotwatch.store.views import read_view
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.findings import FindingKind, Reason
from iotwatch.words.measures import Measure
from iotwatch.words.trouble import Trouble
from iotwatch.words.verdicts import Ground, VerdictWord

JUDGED = Verdict(VerdictWord.CAPABLE, Ground.MODULE(title="a modem"))


def source(sha256: str = "aa", asset: str = "car", status: str = "ok", **more: object) -> SourceRow:
    return SourceRow(sha256, f"/evidence/{sha256}.pcap", asset, "lan", "capture", "pcap", 100, status, **more)


def analysis(sha256: str = "aa", asset: str = "car", positions: int = 3) -> Analysis:
    shared = step(cut(None, [(40, 500), (600, 500)], [1, 2]), "gzip")
    rows = tuple(
        Position(
            latitude=51.0 + index / 100,
            longitude=4.0,
            direction=Direction.UP,
            dialect="json",
            method="decoded",
            evidence=Evidence(place=cut(shared, [(index * 50, 20)]), excerpt=b"x" * 20, length=20, frame=1),
            doubts=(ReadingDoubt.COARSE(), ReadingDoubt.BLOCK_UNKNOWN(block=7)),
        )
        for index in range(positions)
    )
    seen = Observation("imei", "ip:192.0.2.1", "490154203237518", rows[0].evidence, facts={"direction": "up"})
    return Analysis(source=source(sha256, asset), positions=rows, observations=(seen,))


def test_the_file_is_private(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db"):
        pass
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["a folder?mode=ro#50%25 full", os.fsdecode(b"b\xe9timent")])
def test_it_stands_wherever_its_path_says(name: str, tmp_path: Path) -> None:
    """What means something in a URI, and bytes that are no UTF-8."""
    folder = tmp_path / name
    folder.mkdir()
    with Store(folder / "a.db"):
        pass
    with Store(folder / "a.db", create=False):
        pass
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_missing_database_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        Store(tmp_path / "none.db", create=False)


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"not a database at all, but long enough to look at" * 10)
    with pytest.raises(StoreError, match="cannot use the database"):
        Store(tmp_path / "a.db")


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.sources.write(analysis(), store.runs.start("1", "s", ""))
        view = read_view(store, "car")
    position = view.positions[1].position
    assert (position.latitude, position.longitude, position.direction) == (51.01, 4.0, Direction.UP)
    assert [type(one).__name__ for one in position.evidence.place.chain()] == ["Cut", "Step", "Cut"]
    assert position.evidence.excerpt == b"x" * 20
    assert view.of("imei")[0].value == "490154203237518"


def test_doubts_are_stored_as_words_and_read_as_text_where_an_older_version_wrote_that(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.sources.write(analysis(positions=2), store.runs.start("1", "s", ""))
        (row,) = store.query("SELECT doubts FROM positions WHERE id = 1")
        assert row["doubts"] == '[["COARSE",{}],["BLOCK_UNKNOWN",{"block":7}]]'
        store.connection.execute("""UPDATE positions SET doubts = '["coarse {0}"]' WHERE id = 2""")
        doubts = [row.position.doubts for row in read_view(store, "car").positions]
        shown = Reader(store, masked=False).ask(queries.named.row, "position", 1)
    assert doubts[0] == (ReadingDoubt.COARSE(), ReadingDoubt.BLOCK_UNKNOWN(block=7))
    assert doubts[1] == (ReadingDoubt.TOLD(text="coarse {0}"),)
    assert [doubt.text for doubt in doubts[1]] == ["coarse {0}"]
    assert shown["doubts"] == [doubt.text for doubt in doubts[0]]


def test_two_thousand_positions_share_the_spans_of_their_stream(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.sources.write(analysis(positions=2000), store.runs.start("1", "s", ""))
        rows = store.query("SELECT count(*) AS n, sum(length(operation)) AS size FROM places")[0]
    assert rows["n"] == 2002
    assert rows["size"] < 2002 * 60


def test_a_source_is_known_by_content_asset_version_and_options(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        row = source(version="1", signatures_version="s", options_hash="o")
        store.sources.write(Analysis(source=row), store.runs.start("1", "s", ""))
        assert store.sources.known(row)
        assert not store.sources.known(source(version="2", signatures_version="s", options_hash="o"))
        assert not store.sources.known(source(version="1", signatures_version="t", options_hash="o"))
        assert not store.sources.known(source(asset="other", version="1", signatures_version="s", options_hash="o"))


def test_writing_a_source_again_replaces_it_and_marks_the_asset(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        run = store.runs.start("1", "s", "")
        store.sources.write(analysis(), run)
        store.judgements.write("car", JUDGED, (None, None), [], [], ((), ()), {})
        assert store.assets.unjudged() == []
        store.sources.write(analysis(), run)
        assert store.assets.unjudged() == ["car"]
        assert store.query("SELECT count(*) AS n FROM positions")[0]["n"] == 3
        assert store.query("SELECT count(*) AS n FROM sources")[0]["n"] == 1


def test_judging_again_replaces_findings_and_adds_no_places(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.sources.write(analysis(), store.runs.start("1", "s", ""))
        for _ in range(2):
            view = read_view(store, "car")
            stored = view.positions[0].position.evidence
            made = Evidence(place=cut(None, [(7, 4)], [1]), excerpt=b"abcd", length=4, frame=1, source=stored.source)
            finding = Finding(
                *("location", FindingKind.LOCATION, "car", "key", "Position sent"),
                *(Severity.HIGH, Confidence.LIKELY, (Reason.CARRIES(what="positions"),)),
                evidence=(stored, made),
                positions=(view.positions[0].id,),
            )
            store.judgements.write("car", JUDGED, (None, None), [finding], [], ((), ()), {"location": 1})
        assert json.loads(store.query("SELECT reasons FROM findings")[0]["reasons"]) == [
            "the same contact carries positions"
        ]
        counts = {
            name: store.query(f"SELECT count(*) AS n FROM {name}")[0]["n"]
            for name in ("findings", "evidence", "finding_positions", "places")
        }
    assert counts == {"findings": 1, "evidence": 2, "finding_positions": 1, "places": 6}


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        run = store.runs.start("1", "s", "")
        broken = analysis()
        rows = (*broken.observations, "not an observation")
        with pytest.raises(AttributeError):
            store.sources.write(Analysis(source=broken.source, observations=rows), run)
        assert store.query("SELECT count(*) AS n FROM sources")[0]["n"] == 0


_WRITER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_database import JUDGED, analysis
    from iotwatch.store import Store
    with Store(Path({path!r})) as store:
        run = store.runs.start("1", "s", "")
        for number in range(25):
            store.sources.write(analysis(f"{{sys.argv[1]}}-{{number}}", f"car-{{number}}"), run)
            if number % 5 == 0:
                store.judgements.write(f"car-{{number}}", JUDGED, (None, None), [], [], ((), ()), {{}})
"""


def test_four_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    code = textwrap.dedent(_WRITER.format(path=str(path), tests=str(Path(__file__).parent)))
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(number)], stderr=subprocess.PIPE) for number in range(4)
    ]
    for writer in writers:
        _, trouble = writer.communicate(timeout=120)
        assert writer.returncode == 0, trouble.decode()
    with Store(path) as store:
        assert store.query("SELECT count(*) AS n FROM sources")[0]["n"] == 100
        assert store.query("SELECT count(*) AS n FROM positions")[0]["n"] == 300
        assert store.query("PRAGMA integrity_check")[0]["integrity_check"] == "ok"


def test_a_new_database_has_had_all_migrations_as_their_runner_sees_it(tmp_path: Path) -> None:
    import sqlite_utils

    with Store(tmp_path / "a.db") as store:
        before = store.query("SELECT type, name, sql FROM sqlite_schema")
        runner = sqlite_utils.Migrations("iotwatch")
        database = sqlite_utils.Database(store.connection, execute_plugins=False)
        runner.ensure_migrations_table(database)
        assert store.query("SELECT type, name, sql FROM sqlite_schema") == before
        applied = [one.name for one in runner.applied(database)]
        assert applied == [one.__name__ for one in schema.MIGRATIONS]
        assert applied == sorted(set(applied))


def test_only_an_older_database_needs_the_runner_of_migrations(tmp_path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from iotwatch.store import Store
        for _ in range(2):
            Store(Path(sys.argv[1])).close()
            assert "sqlite_utils" not in sys.modules
        with Store(Path(sys.argv[1])) as store:
            store.connection.execute("DELETE FROM _sqlite_migrations WHERE name != 'm001_first_tables'")
        Store(Path(sys.argv[1])).close()
        assert "sqlite_utils" in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "a.db")], check=True, timeout=60)


def test_what_an_older_database_said_in_a_sentence_is_a_word_after_migration(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        run = store.runs.start("1", "s", "")
        for name, reason in (("aa", "internal error: KeyError: 'x'"), ("bb", "the capture ends in a packet")):
            row = Analysis(source=source(name, status="partial", reason=reason))
            store.sources.write(row, run)
        store.connection.executescript(
            "ALTER TABLE sources DROP COLUMN trouble; DELETE FROM _sqlite_migrations WHERE name = 'm004_trouble'"
        )
    with Store(tmp_path / "a.db") as store:
        assert [one.trouble for one in store.sources.of("car")] == [Trouble.INTERNAL, Trouble.NONE]


def test_what_an_older_database_counted_in_one_text_is_measure_and_subject_after_migration(tmp_path: Path) -> None:
    said = ("frames.802.15.4", "frames.usb.left", "broken.gt06", "positions over the limit", "packets.cut")
    with Store(tmp_path / "a.db") as store:
        store.sources.write(Analysis(source=source("aa")), store.runs.start("1", "s", ""))
        store.connection.executescript(
            "ALTER TABLE coverage DROP COLUMN subject;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm005_subjects_of_measures'"
        )
        store.connection.executemany(
            "INSERT INTO coverage (source_id, measure, value, note) VALUES (1, ?, 1, '')", [(text,) for text in said]
        )
        store.connection.commit()
    with Store(tmp_path / "a.db") as store:
        rows = store.query("SELECT measure, subject FROM coverage ORDER BY id")
        assert [(row["measure"], row["subject"]) for row in rows] == [
            (Measure.FRAMES, "802.15.4"),
            (Measure.FRAMES_LEFT, "usb"),
            (Measure.BROKEN, "gt06"),
            (Measure.OVER_LIMIT, "positions"),
            (Measure.PACKETS_CUT, ""),
        ]


def test_the_id_of_a_finding_is_the_same_for_ever() -> None:
    """Decisions, exports and reports of years name findings by it: what it is made of is pinned, the asset included."""
    told = {
        ("location", "location", "Van 20", "490154203237518"): "dda18e253f2999c4",
        ("location", "location", "Van 21", "490154203237518"): "b7f049da50a29ee0",
        ("beacon", "location", "Van 20", "490154203237518"): "d465ccb4f78a2810",
        ("location", "beacon", "Van 20", "490154203237518"): "0416e75f94e26e5a",
        ("location", "location", "Van 20", "mac:00:00:5e:00:53:01"): "1b16282435780918",
    }
    assert {parts: fingerprint(*parts) for parts in told} == told


def test_the_sources_of_a_path_are_told_with_size_and_hash(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        run = store.runs.start("1", "s", "")
        for sha256, path in (("aa", "ring-1.pcap"), ("bb", "ring-1.pcap"), ("cc", "ring-2.pcap")):
            store.sources.write(Analysis(source=msgspec.structs.replace(source(sha256), path=path)), run)
        assert [(size, sha256) for _, size, sha256 in store.sources.at("ring-1.pcap")] == [(100, "aa"), (100, "bb")]
        assert store.sources.at("ring-3.pcap") == []
