"""What others wrote turns no sentence round and steers no terminal: every output of a capture whose host is full of such marks."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from iotwatch.cli.export import FORMS
from iotwatch.files.printable import plain
from tests import command
from tests.talks import report, talk, write

MARKS = "\u202e\u2066\u200f\u061c\x9b\x85\u2028\U000e0041"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def run(*words: str | Path) -> str:
    done = command.run(Path.cwd(), *words)
    assert done.returncode != 70, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marks")
    sent = [
        report("861234567890128", 48.1 + step / 100, 11.5, step * 60, f"a{MARKS}{HEBREW}.example.com")
        for step in range(12)
    ]
    packets = [
        one
        for step, body in enumerate(sent)
        for one in talk(step * 60, "10.0.0.1", "203.0.113.9", 80, body, sport=40000 + step)
    ]
    write(folder / "marks.pcap", packets)
    out = run("--db", folder / "marks.db", "scan", folder / "marks.pcap")
    assert "a position was sent" in out
    assert raw(out) == []
    return folder / "marks.db"


def raw(text: str) -> list[str]:
    return [one for one in text if one in MARKS or (unicodedata.category(one) == "Cc" and one not in "\t\r\n")]


@pytest.mark.parametrize(
    "words",
    [
        ("show", noun, *form)
        for noun in ("finding", "flow", "position", "endpoint", "beacon")
        for form in ((), ("--format", "json"))
    ],
)
def test_show(words: tuple[str, ...], database: Path) -> None:
    out = run(*words, "--db", database)
    assert raw(out) == []


@pytest.mark.parametrize("form", [one for one in FORMS if one not in ("pcap", "parquet", "stix")])
def test_export(form: str, database: Path) -> None:
    assert raw(run("export", "--format", form, "--db", database, "--unmask")) == []


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_report(suffix: str, database: Path, tmp_path: Path) -> None:
    run("report", "--db", database, "-o", tmp_path / f"report{suffix}")
    text = (tmp_path / f"report{suffix}").read_text(encoding="utf-8")
    assert raw(text) == []
    assert "\\u202e" in text
    if suffix == ".html":
        assert f"<bdi>{HEBREW}</bdi>" in text


def test_json_says_the_same_and_ends_of_lines_stay() -> None:

    assert json.loads(plain(json.dumps(MARKS, ensure_ascii=False))) == MARKS
    assert plain("a\r\nb\tc\u00e9 d\u00a0e") == "a\r\nb\tc\u00e9 d\u00a0e"
    assert plain("a\rb") == "a\\u000db"
