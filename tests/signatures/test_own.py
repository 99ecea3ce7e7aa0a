"""The user's own signatures: they add to the shipped ones, findings name their file, and a wrong file is told with its line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import dpkt
import pytest
from click.testing import CliRunner, Result

from iotwatch import open_results, scan
from iotwatch.errors import OptionError, SignatureError
from iotwatch.files.own import own_folders
from iotwatch.model import Confidence
from iotwatch.signatures import load
from iotwatch.signatures.check import check
from iotwatch.signatures.check_own import check_own

SIGNATURE = """
id = "acme-cloud"
title = "Acme telematics"
vendor = "Acme"
country = "XX"
identifies = "endpoint"

[[match]]
field = "host"
pattern = "acme-fleet.example"
confidence = "certain"
because = "the name is that of the service of Acme"
mistaken_for = "its web site"
purpose = "cloud"
  [[match.source]]
  title = "our own contract"
  says = "acme-fleet.example"

[[example]]
field = "dns"
origin = "made"
matches = true
value = "gw.acme-fleet.example"

[[example]]
field = "dns"
origin = "made"
matches = false
value = "acme.example"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An own folder with one signature."""
    made = tmp_path / "ours"
    made.mkdir()
    (made / "acme.toml").write_text(SIGNATURE)
    return made


def capture(path: Path, name: str = "gw.acme-fleet.example") -> Path:
    """A device asks for the address of a name."""
    asked = bytes(dpkt.dns.DNS(id=7, qd=[dpkt.dns.DNS.Q(name=name)]))
    datagram = dpkt.udp.UDP(sport=4000, dport=53, ulen=8 + len(asked), data=asked)
    packet = dpkt.ip.IP(src=b"\x0a\0\0\x02", dst=b"\xcb\0\x71\x05", p=17, data=datagram)
    frame = dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)
    with path.open("wb") as file:
        dpkt.pcap.Writer(file).writepkt(bytes(frame), ts=1_700_000_000)
    return path


def test_an_own_signature_is_found_and_the_finding_names_its_file(tmp_path: Path, folder: Path) -> None:
    scan([capture(tmp_path / "a.pcap")], tmp_path / "a.db", signatures=[folder])
    with open_results(tmp_path / "a.db") as results:
        (found,) = [one for one in results.findings() if "Acme" in one.title]
    assert any("ours/acme.toml" in reason for reason in found.reasons)
    assert found.confidence == Confidence.LIKELY  # "certain" needs more than an example that was made up


def test_own_signatures_come_beside_the_shipped_ones(folder: Path) -> None:
    known = load(folder)
    assert known.usb(0x2C7C, 0x0125), "the shipped tables are there"
    (match,) = known.match("sni", "eu.acme-fleet.example")
    assert (match.signature, match.origin) == ("acme-cloud", "ours/acme.toml")
    assert known.version != load().version


def test_a_rule_without_a_source_is_possible_at_most(folder: Path) -> None:
    begin, end = SIGNATURE.index("  [[match.source]]"), SIGNATURE.index("[[example]]")
    (folder / "acme.toml").write_text(SIGNATURE[:begin] + "source = []\n\n" + SIGNATURE[end:])
    (match,) = load(folder).match("dns", "acme-fleet.example")
    assert match.confidence == Confidence.POSSIBLE


def test_settings_and_environment_name_own_folders(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings" / "iotwatch"
    (settings / "signatures").mkdir(parents=True)
    (settings / "signatures" / "mine.toml").write_text(SIGNATURE.replace("acme", "mine"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("IOTWATCH_SIGNATURES", str(folder))
    assert own_folders() == (settings.resolve(), folder.resolve())
    assert [one.id for one in load().all() if one.file] == ["mine-cloud", "acme-cloud"]


def test_a_named_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(OptionError, match="IOTWATCH_SIGNATURES names /nowhere"):
        own_folders({"IOTWATCH_SIGNATURES": "/nowhere", "XDG_CONFIG_HOME": "/nowhere"})


def test_a_user_without_a_home_has_no_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as it answers where nobody knows the home
    monkeypatch.chdir(tmp_path)
    assert own_folders({}) == ()


def test_the_option_is_heard_by_a_command_and_forgotten_after_it(folder: Path) -> None:
    from iotwatch.cli.signatures import command

    before = os.environ.get("IOTWATCH_SIGNATURES")
    result = CliRunner().invoke(command, ["test", "--signatures", str(folder), "dns", "acme-fleet.example"])
    assert "acme-cloud" in result.output
    assert os.environ.get("IOTWATCH_SIGNATURES") == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('confidence = "certain"', 'confidence = "sure"', "$.match[0].confidence"),
        ('title = "Acme', 'titel = "Acme', "titel"),
        ('value = "acme.example"', "matches = 7", "overwrite"),
        ('value = "acme.example"', "value = 7", "$.example[1].value"),
        ('because = "the', 'reason = "the', "reason"),
        ('  says = "acme', "  says = 7 #", "$.match[0].source[0].says"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(folder: Path, old: str, new: str, told: str) -> None:
    text = SIGNATURE.replace(old, new, 1)
    (folder / "acme.toml").write_text(text)
    with pytest.raises(SignatureError) as caught:
        load(folder)
    assert str(folder / "acme.toml") in str(caught.value)
    assert f"line {text[: text.index(new)].count(chr(10)) + 1}" in str(caught.value)
    assert told in str(caught.value)


def test_an_id_that_is_taken_is_told(folder: Path) -> None:
    (folder / "again.toml").write_text(SIGNATURE)
    with pytest.raises(SignatureError, match=r"ours/again\.toml: the id 'acme-cloud' is that of ours/acme\.toml"):
        load(folder)


def test_own_tables_of_far_ends(folder: Path) -> None:
    (folder / "tables").mkdir()
    columns = [
        "host",
        "vendor",
        "country",
        "purpose",
        "sends_location",
        "ports",
        "confidence",
        "unverified",
        "note",
        "source",
    ]
    rows = [columns, ["c2.example.net", "Acme", "", "listed", "", "", "likely", "", "", "list of us"]]
    (folder / "tables" / "endpoints-list.tsv").write_text("\n".join("\t".join(row) for row in rows) + "\n")
    (match,) = load(folder).match("dns", "a.c2.example.net")
    assert (match.origin, match.source) == ("ours/tables/endpoints-list.tsv", "list of us")


def test_an_expected_far_end_is_told_and_the_finding_stays(tmp_path: Path, folder: Path) -> None:
    scan([capture(tmp_path / "a.pcap")], tmp_path / "before.db", signatures=[folder])
    allow = '[[allow]]\nhost = "acme-fleet.example"\nbecause = "our contract of 2026"\n'
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "allow.toml").write_text(allow)
    scan([tmp_path / "a.pcap"], tmp_path / "after.db", signatures=[folder, tmp_path / "allowed"])
    told = []
    for name in ("before.db", "after.db"):
        with open_results(tmp_path / name) as results:
            told.append({one.fingerprint: one for one in results.findings()})
    before, after = told
    assert before.keys() == after.keys()
    (changed,) = [one for one in after if before[one].reasons != after[one].reasons]
    assert "is expected: our contract of 2026 (allowed/allow.toml)" in after[changed].reasons[-1]
    assert (before[changed].severity, before[changed].confidence) == (
        after[changed].severity,
        after[changed].confidence,
    )


@pytest.mark.parametrize(
    ("host", "far_end", "expected"),
    [
        ("acme.example", "gw.acme.example", True),
        ("acme.example", "notacme.example", False),
        ("192.0.2.0/24", "192.0.2.9", True),
        ("192.0.2.0/24", "192.0.3.9", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("192.0.2.9", "192.0.2.9:7700", True),
    ],
)
def test_an_allow_list_knows_names_addresses_and_networks(
    folder: Path, host: str, far_end: str, *, expected: bool
) -> None:
    (folder / "allow.toml").write_text(f'[[allow]]\nhost = "{host}"\nbecause = "ours"\n')
    assert (load(folder).expected(far_end) is not None) == expected


@pytest.mark.parametrize("wrong", ['host = "com"', 'host = "192.0.2.1/24"', 'host = "a.example"\nbecuase = "x"'])
def test_a_wrong_allow_list_is_told_with_its_line(folder: Path, wrong: str) -> None:
    (folder / "allow.toml").write_text(f'\n[[allow]]\nbecause = "ours"\n{wrong}\n')
    with pytest.raises(SignatureError, match=r"allow\.toml, line [2-5]"):
        load(folder)


def invoked(*words: str | Path) -> Result:
    """What ``iotwatch signatures`` answers."""
    from iotwatch.cli.signatures import command

    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


def test_a_sound_own_folder_has_no_problem(folder: Path) -> None:
    text = SIGNATURE.replace('confidence = "certain"', 'confidence = "likely"')
    (folder / "acme.toml").write_text(text)
    assert [*check(load(folder)), *check_own(load(folder))] == []


@pytest.mark.parametrize(
    ("field", "pattern", "example", "told"),
    [
        ("host", "heclouds.com", "a.heclouds.com", "which is an endpoint of"),
        ("host", "com", "a.com", "two labels"),
        ("usb.string", "(?i)huawei", "huawei mobile", "which is an example of huawei-modem"),
        ("text", "[a-z]+[0-9]", "abc1", "slow"),
        ("agent", "x*", "x", "all values"),
    ],
)
def test_the_check_tells_collisions_and_costs(folder: Path, field: str, pattern: str, example: str, told: str) -> None:
    text = (
        SIGNATURE.replace('"host"', f'"{field}"')
        .replace('"dns"', f'"{field}"')
        .replace('"acme-fleet.example"', f"'{pattern}'")
    )
    (folder / "acme.toml").write_text(text.replace("gw.acme-fleet.example", example))
    assert told in "\n".join(check_own(load(folder)))


def test_new_asks_for_what_is_not_given_and_what_it_writes_is_sound(tmp_path: Path) -> None:
    told = [
        "--title",
        "Acme",
        "--vendor",
        'Acme "Ltd"',
        "--identifies",
        "endpoint",
        "--field",
        "host",
        "--confidence",
        "likely",
    ]
    asked = ["XX", "*.acme.example", "its name", "its site", "contract", "acme.example", "gw.acme.example", "acme.test"]
    path = tmp_path / "own" / "acme.toml"
    from iotwatch.cli.signatures import command

    result = CliRunner().invoke(command, ["new", "acme", "--to", str(path), *told], input="\n".join(asked) + "\n")
    assert result.exit_code == 0, result.output
    (match,) = load(path.parent).match("dns", "eu.acme.example")
    assert (match.vendor, match.origin) == ('Acme "Ltd"', "own/acme.toml")


def test_new_overwrites_nothing(folder: Path) -> None:
    words = ["title", "vendor", "because", "mistaken-for", "source", "says", "example", "counterexample", "country"]
    told = [part for word in words for part in (f"--{word}", "a.example")]
    told += ["--identifies", "vendor", "--field", "host", "--confidence", "possible", "--pattern", "a.example"]
    result = invoked("new", "acme", "--to", folder / "acme.toml", *told)
    assert isinstance(result.exception, OptionError)
    assert (folder / "acme.toml").read_text() == SIGNATURE


def test_own_signatures_are_tried_on_captures(tmp_path: Path, folder: Path) -> None:
    (folder / "silent.toml").write_text(SIGNATURE.replace("acme", "silent"))
    result = invoked("test", "--signatures", folder, "--format", "json", capture(tmp_path / "a.pcap"))
    rows = {row["own"]: row for row in json.loads(result.stdout)}
    assert rows["acme-cloud"]["values"] == "gw.acme-fleet.example"
    assert (rows["acme-cloud"]["seen"], rows["silent-cloud"]["seen"]) == ("1", "never")
    assert not list(tmp_path.glob("*.db"))
