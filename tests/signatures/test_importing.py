"""Published lists: the far ends that each format names, what is left out, and findings that name the list."""

from __future__ import annotations

import json
from pathlib import Path

import dpkt
import pytest
from click.testing import CliRunner

from iotwatch import open_results, scan
from iotwatch.cli.signatures import command
from iotwatch.errors import OptionError
from iotwatch.signatures.importing import read_list

STIX = json.dumps(
    {
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            {"type": "malware", "name": "Example spyware"},
            {
                "type": "indicator",
                "id": "indicator--1",
                "name": "one",
                "pattern": "[domain-name:value='evil.example.net']",
            },
            {
                "type": "indicator",
                "id": "indicator--2",
                "pattern": "[ipv4-addr:value = '93.184.216.9'] OR [url:value = 'https://c2.example.org/a?b']",
            },
            {"type": "indicator", "pattern": "[process:name='roleaboutd']"},
            {"type": "indicator", "pattern": "[domain-name:value='a.example.com' AND process:name='x']"},
            {"type": "indicator", "pattern": "[domain-name:value='old.example.com']", "revoked": True},
        ],
    }
)
MISP = json.dumps(
    {
        "Event": {
            "info": "Example campaign",
            "Attribute": [
                {"type": "domain", "value": "evil.example.net", "uuid": "u1"},
                {"type": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e"},
                {"type": "domain|ip", "value": "c2.example.org|93.184.216.9"},
            ],
            "Object": [{"name": "ip-port", "Attribute": [{"type": "ip-dst", "value": "93.184.216.9"}]}],
        }
    }
)
TINYCHECK = json.dumps(
    {
        "iocs": [
            {"type": "domain", "tag": "stalkerware", "tlp": "white", "value": "evil.example.net"},
            {"type": "ip4addr", "tag": "stalkerware", "tlp": "white", "value": "93.184.216.9"},
            {"type": "domain", "tag": "stalkerware", "tlp": "white", "value": "c2.example.org"},
            {"type": "cidr", "tag": "vpn", "tlp": "white", "value": "93.184.0.0/16"},
        ]
    }
)
ZEEK = (
    "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"
    "evil.example.net\tIntel::DOMAIN\tlab\tone\n"
    "93.184.216.9\tIntel::ADDR\tlab\t-\n"
    "c2.example.org/a?b\tIntel::URL\tlab\t-\n"
    "d41d8cd98f00b204e9800998ecf8427e\tIntel::FILE_HASH\tlab\t-\n"
)
SURICATA = """# rules
alert dns $HOME_NET any -> any any (msg:"one"; dns.query; content:"evil.example.net"; nocase; bsize:16; sid:1; rev:1;)
alert tls $HOME_NET any -> $EXTERNAL_NET any (msg:"two"; tls.sni; dotprefix; content:".c2|2e|example.org"; endswith; sid:2;)
alert ip $HOME_NET any -> [93.184.216.9,93.184.0.0/16] any (msg:"three"; sid:3;)
alert http any any -> any any (msg:"four"; http.uri; content:"/gate.php"; sid:4;)
alert http any any -> any any (msg:"five"; http.host; content:"cdn.example.com"; http.uri; content:"/gate.php"; sid:5;)
"""
LIST = """# a list
evil[.]example[.]net
hxxps://c2.example.org/a?b   # defanged
0.0.0.0 93.184.216.9
192.168.1.1
no-name
"""
FAR_ENDS = {"evil.example.net", "93.184.216.9", "c2.example.org"}


@pytest.mark.parametrize(
    ("form", "text", "left_out"),
    [
        ("stix", STIX, 3),
        ("misp", MISP, 2),
        ("tinycheck", TINYCHECK, 1),
        ("zeek", ZEEK, 1),
        ("suricata", SURICATA, 3),
        ("list", LIST, 2),
    ],
)
def test_a_list_gives_its_far_ends_and_counts_the_rest(tmp_path: Path, form: str, text: str, left_out: int) -> None:
    (tmp_path / "list").write_text(text)
    found = read_list(tmp_path / "list", "lab 2026")
    assert found.format == form
    assert {row.host for row in found.rows} == FAR_ENDS
    assert sum(found.left_out.values()) == left_out
    assert all(row.source.startswith("lab 2026") and row.confidence == "possible" for row in found.rows)


@pytest.mark.parametrize(
    "text", ['{"iocs": 7}', '{"Event": []}', '{"type": "bundle", "objects": [1]}', "[" * 100_000 + '"Event"']
)
def test_a_broken_list_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text)
    with pytest.raises(OptionError, match="is no list of the format"):
        read_list(tmp_path / "list", "x", "misp" if text.startswith("[") else "")


def test_an_imported_address_is_found_in_traffic_and_the_finding_names_list_and_file(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(TINYCHECK)
    own = tmp_path / "ours"
    words = ["import", str(tmp_path / "bad.json"), "--source", "lab 2026", "--to", str(own)]
    result = CliRunner().invoke(command, words)
    assert "3 far end(s), read as tinycheck" in result.output
    assert "left out: 1 (cidr)" in result.output
    syn = dpkt.tcp.TCP(sport=4000, dport=443, seq=1, flags=2)
    packet = dpkt.ip.IP(src=b"\x0a\0\0\x02", dst=bytes((93, 184, 216, 9)), p=6, data=syn)
    with (tmp_path / "a.pcap").open("wb") as file:
        frame = dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)
        dpkt.pcap.Writer(file).writepkt(bytes(frame), ts=1_700_000_000)
    scan([tmp_path / "a.pcap"], tmp_path / "a.db", signatures=[own])
    with open_results(tmp_path / "a.db") as results:
        (found,) = [one for one in results.findings() if one.kind == "endpoint"]
    assert "stalkerware" in found.title
    assert any("ours/tables/endpoints-bad.tsv" in reason for reason in found.reasons)
    assert found.evidence[0].frame == 1
