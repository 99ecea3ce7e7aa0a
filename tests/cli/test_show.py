"""``show``: every noun with and without an id, in 80 columns and as JSON, and every command it prints shows the bytes."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.cli.show import NOUNS
from iotwatch.store import Store
from iotwatch.store.queries.named import NOUNS as STORED

CAPTURES = Path(__file__).parent.parent.parent / "captures"
COMMAND = re.compile(r"  \(?(?:dd|tshark|gzip|iotwatch) ")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captures plain and packed, a serial log, an image, and names with blanks and quotes."""
    folder = tmp_path_factory.mktemp("show")
    sources = folder / "it's a car"
    sources.mkdir()
    for name in ("gt06-tracker/gt06-tracker.pcap", "jt808-tracker/jt808-tracker.pcapng", "at-quectel/ttyUSB2-at.log"):
        (sources / Path(name).name).write_bytes((CAPTURES / name).read_bytes())
    packed = gzip.compress((CAPTURES / "nmea-uplink" / "nmea-uplink.pcap").read_bytes(), mtime=0)
    (sources / "nmea-uplink.pcap.gz").write_bytes(packed)
    for name in ("http-gzip-batch/http-gzip-batch.pcap", "dns-and-tls/dns-and-tls.pcapng", "firmware/unit-1-flash.bin"):
        (sources / Path(name).name).write_bytes((CAPTURES / name).read_bytes())
    scan([sources], folder / "show.db", Plan(jobs=1))
    return folder / "show.db"


def show(database: Path, *words: str, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(group, ["show", "--db", str(database), *words])


def told(database: Path, *words: str) -> Any:
    result = show(database, *words, "--format", "json", "--unmask")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def some_id(noun: str, database: Path) -> str:
    """The id of a row that has much to tell."""
    row = told(database, noun)[-1 if noun == "source" else 0]
    return str(row.get("fingerprint") or row.get("id") or row.get("name"))


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun != "evidence"])
def test_every_noun_is_listed_in_80_columns_and_as_json(noun: str, database: Path) -> None:
    result = show(database, noun)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 80
    assert told(database, noun)


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun not in ("evidence", "coverage", "fleet")])
def test_every_noun_is_told_whole(noun: str, database: Path) -> None:
    given = some_id(noun, database)
    result = show(database, noun, given)
    assert result.exit_code == 0, result.output
    # Commands are copied whole, so they alone may be wider than the terminal.
    assert max(len(line) for line in result.stdout.splitlines() if not COMMAND.match(line)) <= 80
    row = told(database, noun, given)
    assert given in (str(row.get("id")), row.get("name"), row.get("fingerprint"))


def test_a_file_of_an_image_is_told_by_the_end_of_its_path_with_what_it_says(database: Path) -> None:
    row = told(database, "artefact", "etc/report.conf")
    assert row["path"].endswith("etc/report.conf")
    assert len(row["sha256"]) == 64
    assert any("telemetry.fleet.example" in one["value"] for one in row["observations"])
    assert row["commands"] == [f"iotwatch extract {shlex.quote(row['source'])} -o inside"]


def test_a_finding_is_told_with_all_that_stands_behind_it(database: Path) -> None:
    (one,) = [row for row in told(database, "finding") if row["facts"].get("dialect") == "gt06"]
    text = show(database, "finding", one["fingerprint"][:6], "--unmask", columns=500).stdout
    for line in (*one["reasons"], *one["doubts"]):
        assert line in text
    row = told(database, "finding", one["fingerprint"])
    assert row["asks"] in text
    assert row["false_alarms"] in text
    assert "server_name" in text
    for evidence in row["evidence"]:
        assert all(command in text for command in evidence["commands"])
        assert evidence["display_filter"] in text
        assert f"{evidence['length']} bytes" in text
    (cut,) = row["commands"]
    assert cut in text
    assert cut.split()[:3] == ["iotwatch", "export", row["fingerprint"]]
    fields = {field["what"]: field["value"] for field in row["evidence"][0]["decoded"]}
    assert fields["latitude"] == pytest.approx(-46.83, abs=0.01)
    assert not {"dialect", "checksum", "direction", "method", "server", "reported_id"} & fields.keys()
    assert str(fields["latitude"]) in text


def test_fields_stand_where_the_dump_says(database: Path) -> None:
    """Texts that were read out of a part of the bytes are found there, letter by letter."""
    checked = 0
    for finding in told(database, "finding"):
        for evidence in told(database, "finding", finding["fingerprint"])["evidence"]:
            excerpt = bytes.fromhex(evidence["excerpt"])
            for field in evidence["decoded"]:
                stands = excerpt[field["at"] : field["at"] + field["bytes"]]
                if field["bytes"] == len(str(field["value"])) and field["at"] + field["bytes"] <= len(excerpt):
                    assert stands == str(field["value"]).encode()
                    checked += field["at"] > 0
    assert checked


def run(line: str) -> str:
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


@pytest.mark.programs
def test_every_command_shows_the_same_bytes(database: Path, program: Any) -> None:
    for name in ("xxd", "dd", "tshark", "gzip"):
        program(name)
    ran = dict.fromkeys(("dd", "tshark", "gzip", "iotwatch"), 0)
    for finding in told(database, "finding"):
        for evidence in told(database, "finding", finding["fingerprint"])["evidence"]:
            excerpt = bytes.fromhex(evidence["excerpt"])
            cut_only = [link["type"] for link in evidence["place"]] in (["cut"], ["step", "cut"])
            for line in evidence["commands"]:
                tool = line.split(maxsplit=1)[0].lstrip("(")
                ran[tool] += 1
                if tool == "iotwatch":
                    output = show(database, *line.split()[2:]).stdout
                    dump = output[output.index("\n  0000  ") :] if excerpt else ""
                    assert bytes.fromhex("".join(hex_part(row) for row in dump.splitlines()))[: len(excerpt)] == excerpt
                elif tool == "tshark":
                    frames = frames_of(run(line))
                    assert frames
                    # What comes out of a step (a gzip body) is in the frames, but in other bytes.
                    assert not cut_only or pieces_in(evidence, frames)
                else:
                    shown = run(f"{line} | xxd -r | xxd -p")
                    assert bytes.fromhex("".join(shown.split()))[: len(excerpt)] == excerpt
    assert all(ran.values()), ran


def hex_part(row: str) -> str:
    found = re.match(r"\s{0,2}[0-9a-f]{4}  ((?:[0-9a-f]{2} )+)", row)
    return found[1] if found else ""


def frames_of(text: str) -> bytes:
    """The bytes that ``tshark -x`` shows, frame by frame, without what it puts together itself."""
    data = b""
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("Packet (") or block[:4] == "0000":
            data += bytes.fromhex("".join(hex_part(row) for row in block.splitlines()))
    return data


def pieces_in(evidence: dict[str, Any], frames: bytes) -> bool:
    excerpt = bytes.fromhex(evidence["excerpt"])
    at = 0
    for _, length in evidence["place"][-1]["spans"]:
        if at >= len(excerpt):
            break
        if excerpt[at : at + length] not in frames:
            return False
        at += length
    return True


@pytest.mark.parametrize("noun", sorted(STORED))
def test_an_unknown_id_is_told_with_the_next_step(noun: str, database: Path) -> None:
    for given in ("zzzz", "99999999999999999999", "%", "'"):
        result = show(database, noun, given)
        assert result.exit_code == 2
        assert f"no {noun} has the id" in result.output
        assert f"`iotwatch show {'finding ID`' if noun == 'evidence' else noun + '` lists them'}" in result.output


@pytest.mark.parametrize("noun", ["dialect", "signature"])
def test_an_unknown_name_is_told_with_the_next_step(noun: str, database: Path) -> None:
    result = show(database, noun, "zzzz")
    assert result.exit_code == 2
    assert f"`iotwatch show {noun}` lists them" in result.output


def test_a_beginning_that_several_share_is_refused_with_their_names(database: Path) -> None:
    ids = [row["fingerprint"] for row in told(database, "finding")]
    shared = next(one[:1] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    result = show(database, "finding", shared)
    assert result.exit_code == 2
    assert f"is that of {sum(one[0] == shared for one in ids)} findings" in result.output
    assert any(one in result.output for one in ids)
    assert show(database, "dialect", "g").exit_code == 2


def test_names_aliases_and_beginnings_are_ids(database: Path) -> None:
    source = next(row for row in told(database, "source") if row["path"].endswith("gt06-tracker.pcap"))
    for given in (str(source["id"]), source["sha256"], source["sha256"][:10], source["path"], "gt06-tracker.pcap"):
        assert told(database, "source", given)["id"] == source["id"]
    with Store(database) as store:
        (row,) = store.query("SELECT fingerprint, aliases FROM findings WHERE json_array_length(aliases) > 1 LIMIT 1")
    for alias in json.loads(row["aliases"]):
        assert told(database, "finding", alias)["fingerprint"] == row["fingerprint"]


def test_bytes_and_fields_are_masked_unless_asked(database: Path) -> None:
    (one,) = [row for row in told(database, "finding") if row["facts"].get("dialect") == "gt06"]
    for words in ((), ("--format", "json")):
        text = show(database, "finding", one["fingerprint"], *words).stdout
        assert "masked" in text
        assert "860000000000033" not in text
        assert "-46.83127" not in text
        assert "-46.83" in text


def complete(words: str, **environment: str) -> list[str]:
    """What the shell would offer after ``words``."""
    given = words.split(" ")
    env = {"_IOTWATCH_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(given) - 1)}
    result = CliRunner(env={**env, **environment}).invoke(group, [], prog_name="iotwatch")
    return [line.partition(",")[2] for line in result.output.splitlines() if line]


def test_the_shell_completes_nouns_and_ids(database: Path) -> None:
    here = {"IOTWATCH_DB": str(database)}
    ids = sorted(row["fingerprint"] for row in told(database, "finding"))
    assert complete("iotwatch show fi") == ["finding"]
    assert complete("iotwatch show finding ", **here) == ids
    assert complete(f"iotwatch show finding {ids[0][:5]}", **here) == [ids[0]]
    assert complete("iotwatch show asset gt", **here) == ["gt06-tracker.pcap"]
    assert complete("iotwatch show dialect gt0") == ["gt02", "gt06"]
    assert complete("iotwatch show detector loc", **here) == ["location"]
    assert complete(f"iotwatch --db {database} show position 1")[0] == "1"
    assert complete(f"iotwatch export --db {database} {ids[0][:5]}") == [ids[0]]
    assert complete(f"iotwatch report --db {database} --asset gt") == ["gt06-tracker.pcap"]


def test_completion_is_quiet_and_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database\n" * 200)
    (tmp_path / "empty.db").write_bytes(b"")
    for name in ("none.db", "text.db", "empty.db", "."):
        assert complete("iotwatch show finding ", IOTWATCH_DB=str(tmp_path / name)) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.db", "text.db"]


def test_completion_reads_while_a_scan_writes(database: Path) -> None:
    with Store(database) as store, store.transaction():
        assert complete("iotwatch show detector bea", IOTWATCH_DB=str(database)) == ["beacon"]
