"""Which known command servers are found in labelled captures and logs? Writes ``docs/beacons-known.md``; seconds.

IOTWATCH_CORPUS=FOLDER python tests/studies/beacon_known.py
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store

# (file, far end looked for, whether its source names it). Where it does not, the far end is our own reading of the file,
# for RITA's logs even after seeing the result: such a row is an illustration and no test.
CASES = (
    ("StratosphereLinuxIPS__test-cc-capture-2.pcap", "testing.com", True),
    ("StratosphereLinuxIPS__test7-malicious.pcap", "", False),
    ("rita__truncated__conn.log", "165.227.88.15", False),
    ("rita__truncated__conn.log", "165.227.216.194", False),
    ("rita__proxy_rolling__conn.16-00-00-17-00-00.log.gz", "", False),
    ("rita__proxy_rolling__http.16-00-00-17-00-00.log.gz", "", False),
    ("rita__proxy_rolling__ssl.16-00-00-17-00-00.log.gz", "", False),
    ("Pcaps__capture-Mon-02-13-17-17-15-34_Empire.pcap", "192.168.1.161", False),
    ("PCAP-ATTACK__cmds_over_dns_txt_queries_and_reponses.pcap", "ostrykebs.pl", False),
    ("nfstream__dns_exfiltration.pcap", "192.168.203.167", False),
    ("zeek-spicy-facefish__facefish_full.pcap", "176.111.174.26", False),
)


def _ends(facts: dict[str, Any]) -> str:
    """The addresses that a beacon's facts name: of the far end, or of who was asked for its name."""
    return " ".join(str(facts.get(name, "")) for name in ("server", "resolver"))


def main() -> None:
    corpus = Path(os.environ["IOTWATCH_CORPUS"]) / "pcap"
    says = {}
    for line in (corpus / "MANIFEST.jsonl").read_text().splitlines():
        entry = json.loads(line)
        stated = entry["truth"].get("source_says", "")
        says[Path(entry["path"]).name] = f"{entry['what']}; {stated}" if stated else entry["what"]
    lines = [
        "# Known command servers",
        "",
        "Made by `python tests/studies/beacon_known.py` from captures and logs of others (not part of this repository).",
        "Only where the",
        "source names the far end is a row a test; elsewhere the far end is our own reading of the file, for RITA's logs after",
        "seeing the result. *Listed* means that the contact is told, without a claim that it has a beat.",
        "",
        "| source | what it says | far end | named by the source | found | said | other findings above info |",
        "|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as here:
        database = Path(here) / "known.db"
        scan([corpus / "beacon" / name for name in dict.fromkeys(name for name, _, _ in CASES)], database, Plan(jobs=1))
        with Store(database) as store:
            rows = store.query("SELECT * FROM findings WHERE kind = 'beacon' ORDER BY id")
    for name, server, named in CASES:
        of_file = [row for row in rows if row["asset"] == name]
        hits = [row for row in of_file if server and server in f"{row['title']} {_ends(json.loads(row['facts']))}"]
        hits.sort(key=lambda row: (row["confidence"] != "likely", row["severity"] == "info"))
        told = f"{hits[0]['severity']}, {hits[0]['confidence']}: {json.loads(hits[0]['reasons'])[0]}" if hits else ""
        others = sum(row["severity"] != "info" for row in of_file if row not in hits)
        lines.append(
            f"| {name} | {says[name]} | {server} | {'yes' if named else 'no'} | {_found(server, hits)} | {told} | {others} |"
        )
    page = Path(__file__).parent.parent.parent / "docs" / "beacons-known.md"
    page.write_text("\n".join(lines) + "\n")
    sys.stdout.write(f"{page}\n")


def _found(server: str, hits: list[dict[str, Any]]) -> str:
    if not server:
        return "none known"
    if not hits:
        return "no"
    beat = any("without pauses" not in row["title"] for row in hits)
    return "yes" if beat else "listed"


if __name__ == "__main__":
    main()
