"""``case.toml``: begun by ``case new`` alone, read where it is there, printed with "not stated" where silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iotwatch.cli import group as cli
from iotwatch.errors import OptionError
from iotwatch.files.case import TEMPLATE, Case, read_case

CAPTURE = Path(__file__).parent.parent.parent / "captures" / "gt06-tracker" / "gt06-tracker.pcap"
SAID = {
    "Recorded by": "B. Example, night shift",
    "Where": "yard 3, bay 12",
    "Legal basis": "works agreement of 2026-02-01",
    "Notes": "a second unit hangs behind the glove box",
    "Sites": "north depot",
}
FILLED = f"""
operator = "{SAID["Recorded by"]}"
asset = "Van 77"
place = "{SAID["Where"]}"
legal_basis = "{SAID["Legal basis"]}"
scope = ["192.0.2.10"]
notes = "{SAID["Notes"]}"
[[phases]]
name = "parked"
from = 2026-11-22T01:38:00Z
to = 2026-11-22T01:39:00Z
[[phases]]
name = "driving"
from = 2026-11-22T02:39:00+01:00
to = 2026-11-22T02:41:00+01:00
[[sites]]
name = "north depot"
latitude = -46.8267
longitude = -68.9240
radius = 2000
"""
_FACT = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>")


def scan(folder: Path) -> Result:
    words = ["scan", "--exit-zero", "--db", str(folder / "a.db"), "--case", str(folder / "case.toml"), str(CAPTURE)]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def facts(folder: Path) -> dict[str, set[str]]:
    """What the HTML report says beside each heading of the case, on the driver's page and on the analyst's."""
    words = ["report", "--db", str(folder / "a.db"), "-o", str(folder / "a.html"), "--unmask"]
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0
    told: dict[str, set[str]] = {}
    for name, value in _FACT.findall((folder / "a.html").read_text(encoding="utf-8")):
        told.setdefault(name, set()).add(value)
    return told


def test_a_file_is_begun_when_asked_and_everything_prints_as_not_stated(tmp_path: Path) -> None:
    begin = ["case", "new", str(tmp_path / "case.toml")]
    assert CliRunner().invoke(cli, begin).exit_code == 0
    assert scan(tmp_path).exit_code == 0
    assert (tmp_path / "case.toml").read_text(encoding="utf-8") == TEMPLATE
    assert read_case(tmp_path / "case.toml") == Case()
    for name in (*SAID, "Scope", "Phases"):
        assert facts(tmp_path)[name] == {"not stated"}, name


def test_every_key_of_the_template_can_be_filled_in(tmp_path: Path) -> None:
    """The template, with its comments taken off, is a case that is read whole."""
    bare = "\n".join(line.removeprefix("# ") for line in TEMPLATE.splitlines() if not re.match(r"# [A-Z]", line))
    (tmp_path / "case.toml").write_text(bare, encoding="utf-8")
    case = read_case(tmp_path / "case.toml")
    assert [phase.name for phase in case.phases] == ["parked"]
    assert [site.name for site in case.sites] == ["depot"]
    assert all(field in bare for field in Case.__struct_fields__)


def test_what_is_stated_is_printed_on_both_pages(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(FILLED, encoding="utf-8")
    told = scan(tmp_path)
    assert "Van 77" in told.stdout
    assert "reports-location" in told.stdout
    assert (tmp_path / "case.toml").read_text(encoding="utf-8") == FILLED, (
        "the file is the people's: it is never rewritten"
    )
    found = facts(tmp_path)
    assert {name: found[name] for name in SAID} == {name: {value} for name, value in SAID.items()}
    assert found["Scope"] == {"192.0.2.10"}
    assert found["Phases"] == {
        "parked from 2026-11-22 01:38 UTC to 2026-11-22 01:39 UTC;"
        " driving from 2026-11-22T02:39:00+01:00 to 2026-11-22T02:41:00+01:00"
    }
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "A position was sent from inside north depot: 12 times." in page
    assert "with the car noted as parked and driving" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('operater = "x"', "operater"),
        ("scope = 3", r"\$\.scope"),
        ('[[phases]]\nname = "parked"\nfrom = 2026-01-01T00:00:00\nto = 2026-01-01T01:00:00Z', "phases"),
        (
            '[[phases]]\nname = "parkt"\nfrom = 2026-01-01T00:00:00Z\nto = 2026-01-01T01:00:00Z',
            r"'parkt'; the known ones are parked, ignition, driving, locked.*phases\[0\]",
        ),
        ('[[phases]]\nname = "parked"\nfrom = 2026-01-01T01:00:00Z\nto = 2026-01-01T00:00:00Z', "ends after it starts"),
        ("operator = ", "broken"),
        ("\xff", "broken"),
    ],
)
def test_what_is_wrong_in_it_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(OptionError, match=words):
        read_case(tmp_path / "case.toml")


def test_a_path_that_is_not_there_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"cannot read the case file .*: No such file"):
        read_case(tmp_path / "case.toml")
    assert scan(tmp_path).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_is_there_is_never_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(FILLED, encoding="utf-8")
    begun = CliRunner().invoke(cli, ["case", "new", str(tmp_path / "case.toml")])
    assert begun.exit_code == 2
    assert "File exists" in begun.stderr
    assert (tmp_path / "case.toml").read_text(encoding="utf-8") == FILLED
