"""The rules that we write, read by somebody else: idstools, our second reader over tshark, and YARA over benign files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yara_x
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.handoff import suricata as writer
from iotwatch.handoff.rules import Rules, benign_capture
from iotwatch.handoff.suricata import suricata_rules
from iotwatch.handoff.yara import yara_rules
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store
from tests.handoff.rule_reader import Rule, Seen, merged, read_rule

CAPTURES = Path(__file__).parent.parent.parent / "captures"
Program = Callable[[str], str]
# Files of the corpus that nobody should be accused of, and which are small enough to scan in a test.
_LARGEST = 4 << 20


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of our captures but the benign one, as one car."""
    path = tmp_path_factory.mktemp("second") / "car.db"
    sources = [folder for folder in sorted(CAPTURES.iterdir()) if folder.is_dir() and folder.name != "phone-benign"]
    scan(sources, path, Plan(asset="car", jobs=1))
    return path


@pytest.fixture(scope="module")
def suricata(database: Path) -> Rules:
    with Store(database) as store, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")  # what a real Suricata would sort out must be right before
        return suricata_rules(EvidenceReader(store, masked=True))


@pytest.fixture(scope="module")
def read(suricata: Rules) -> list[Rule]:
    return [read_rule(line) for line in suricata.text.splitlines() if not line.startswith("#")]


def test_every_rule_keeps_the_grammar(suricata: Rules, read: list[Rule]) -> None:
    assert len(read) == suricata.count > 8
    assert {rule.buffer for rule in read} == {"dns.query", "tls.sni", "http.host", "http.user_agent", ""}
    assert len({rule.sid for rule in read}) == len(read)
    assert all(rule.message.startswith("iotwatch: ") and rule.finding for rule in read)


def test_idstools_reads_the_same(suricata: Rules, read: list[Rule]) -> None:
    parser = pytest.importorskip("idstools.rule", reason="idstools is not installed")
    theirs = [parser.parse(line) for line in suricata.text.splitlines() if not line.startswith("#")]
    assert [one["sid"] for one in theirs] == [rule.sid for rule in read]
    assert [one["msg"] for one in theirs] == [rule.message for rule in read]
    assert [one["metadata"] for one in theirs] == [[f"iotwatch_finding {rule.finding}"] for rule in read]


@pytest.mark.programs
def test_every_rule_fires_where_tshark_reads_its_evidence(database: Path, read: list[Rule], program: Program) -> None:
    tshark, seen, fired = program("tshark"), dict[str, Seen](), list[Rule]()
    with Store(database) as store:
        findings = {row["fingerprint"]: row["id"] for row in Reader(store, masked=False).findings()}
        for rule in read:
            paths = store.query(
                "SELECT DISTINCT sources.path FROM evidence JOIN sources ON sources.id = source_id"
                " WHERE finding_id = ? AND sources.format IN ('pcap', 'pcapng')",
                (findings[rule.finding],),
            )
            for row in paths:
                seen.setdefault(row["path"], Seen(tshark, Path(row["path"])))
            # What a modem's log alone holds (QMDL), tshark does not read.
            if paths:
                fired.append(rule)
                assert any(seen[row["path"]].fires(rule) for row in paths), rule
    assert len(fired) > len(read) // 2


@pytest.mark.programs
def test_no_rule_fires_on_the_phone(read: list[Rule], program: Program) -> None:
    phone = Seen(program("tshark"), benign_capture())
    assert [rule for rule in read if phone.fires(rule)] == []


@pytest.mark.corpus
@pytest.mark.programs
def test_no_rule_fires_on_the_benign_corpus(read: list[Rule], corpus: Path, program: Program, tmp_path: Path) -> None:
    captures = [path for path in sorted((corpus / "pcap" / "benign").iterdir()) if path.stat().st_size < _LARGEST]
    assert len(captures) > 20
    one = Seen(program("tshark"), merged(program("mergecap"), captures, tmp_path / "benign.pcapng"))
    assert [rule for rule in read if one.fires(rule)] == []


@pytest.mark.corpus
def test_no_yara_rule_fires_on_benign_files(database: Path, corpus: Path) -> None:
    with Store(database) as store:
        made = yara_rules(EvidenceReader(store, masked=True))
    assert made.count >= 2
    scanner = yara_x.Scanner(yara_x.compile(made.text))
    folders = (corpus / "pcap" / "benign", corpus / "firmware" / "debian-host", corpus / "firmware" / "quectel-rootfs")
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and path.stat().st_size < _LARGEST
    ]
    assert len(files) > 30
    fired = {path.name: [rule.identifier for rule in scanner.scan(path.read_bytes()).matching_rules] for path in files}
    assert {name: names for name, names in fired.items() if names} == {}


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=80), st.text(max_size=300))
def test_whatever_a_device_says_a_rule_stays_one_rule(value: bytes, says: str) -> None:
    draft = writer._Draft(
        "k", "http any any -> any any", writer._whole("http.user_agent", value), says, value, "s", 1, "f0", "a"
    )
    text = writer._rule(draft, 1_000_001)
    assert "\n" not in text
    rule = read_rule(text)
    assert (rule.content, rule.sid, rule.finding, rule.buffer) == (value, 1_000_001, "f0", "http.user_agent")


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("nocase", "nocsae"),
        ("rev:1;)", "rev:1)"),
        ("dns.query;", "dns_query;"),
        ("alert dns", "alert tls"),
        (" -> ", " => "),
        ('content:"', "content:"),
    ],
)
def test_the_second_reader_sees_faults(change: str, to: str) -> None:
    rule = (
        'alert dns any any -> any any (msg:"iotwatch: a.example"; dns.query; content:"a.example"; startswith; endswith; nocase;'
        " metadata:iotwatch_finding 00; sid:1000001; rev:1;)"
    )
    assert read_rule(rule).content == b"a.example"
    assert change in rule
    with pytest.raises(ValueError, match=r"."):
        read_rule(rule.replace(change, to))


@pytest.mark.parametrize("content", ["|1f 1|", "|zz|", "a;b", "a|41", 'a\\"b', "a:b"])
def test_the_second_reader_sees_faulty_contents(content: str) -> None:
    rule = f'alert udp any any -> any 7000 (msg:"m"; content:"{content}"; metadata:iotwatch_finding 00; sid:1; rev:1;)'
    with pytest.raises(ValueError, match=r"."):
        read_rule(rule)
