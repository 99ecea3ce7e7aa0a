"""One row of the database told whole, as data: what ``show NOUN ID`` prints, and gives as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from iotwatch.files.printable import shell_word
from iotwatch.model import BLIND, KNOWN_POSITION, Evidence, iso
from iotwatch.report.document.first_page import first_page
from iotwatch.report.document.registered import registered
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words.decoded import decoded
from iotwatch.report.words.draft import Told, draft
from iotwatch.report.words.walkback import commands
from iotwatch.store import queries
from iotwatch.words.amounts import duration, odds

_FINDING = ("fingerprint", "severity", "confidence", "title")
_SOURCE = ("id", "path", "vantage", "kind", "status")
_CHANGE = ("change", "what", "before", "after", "name")
_ROWS_SHOWN = 200
_DRAFT_EXAMPLES = 3


def detail(reader: Reader, noun: str, row_id: int) -> Row:
    """The row with what belongs to it: a finding's evidence with the bytes and what they say, an asset's findings ..."""

    def read(whole: Reader) -> Row:
        row = whole.ask(queries.named.row, noun, row_id)
        more = _MORE.get(noun)
        return more(whole, row) if more else row

    # The asset's name is the people's own word for the car.
    told = reader.computed(read, keep=("name",) if noun == "asset" else ())
    if noun == "position" and told["method"] in (KNOWN_POSITION, BLIND) and not reader.masked:
        return told | {"draft": _draft(reader, row_id, proven=told["method"] == KNOWN_POSITION)}
    return _with_page(reader, told) if noun == "asset" else told


def _draft(reader: Reader, row_id: int, *, proven: bool) -> list[str]:
    """The lines of a dialect file begun for the messages like this one."""
    rows = reader.ask(queries.positions.alike, row_id, _DRAFT_EXAMPLES)
    told = [
        Told(bytes.fromhex(json.loads(row["evidence"])["excerpt"]), row["latitude"], row["longitude"], row["facts"])
        for row in rows
    ]
    return draft(told, rows[0]["transport"], proven=proven).lines


def _asset(reader: Reader, row: Row) -> Row:
    return {
        "name": row["name"],
        "verdict": row["verdict"],
        **{name: row[name] for name in ("verdict_reason", "judged_at", "first_seen", "last_seen")},
        "scope": json.loads(row["scope"] or "[]"),
        "findings": _some(reader.findings(row["name"], limit=_ROWS_SHOWN), _FINDING),
        "sweeps": _swept(reader, row["name"]),
        "changes": _some(reader.ask(queries.assets.changes, row["name"]), _CHANGE),
        "sources": _some(reader.ask(queries.sources.of, row["name"]), _SOURCE),
    }


def _with_page(reader: Reader, told: Row) -> Row:
    """An asset's row with its first page, which hides names by itself."""
    (entry,) = reader.assets([told["name"]])
    page = first_page(reader, entry)
    return told | {"sentence": page.sentence, "not_checked": list(page.not_checked)}


def _swept(reader: Reader, asset: str) -> list[Row]:
    """The sweeps by their numbers, as ``diff ASSET@NUMBER`` takes them."""
    return [
        {"number": one.number, "first": iso(one.first), "last": iso(one.last), "sources": len(one.sources)}
        for one in reader.sweeps(asset)
    ]


def _some(rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
    return [{name: row[name] for name in columns} for row in rows[:_ROWS_SHOWN]]


def _finding(reader: Reader, row: Row) -> Row:
    asked = reader.ask(queries.findings.detector, row["detector"])
    evidence = [told_evidence(reader, one) for one in reader.evidence(row["id"])]
    cut = f"iotwatch export {row['fingerprint']} --format pcap -o {row['fingerprint'][:8]}.pcapng"
    return {
        **row,
        **(asked[0] if asked else {"asks": "", "false_alarms": ""}),
        # All of its packets, where it has any.
        "commands": [cut] if any(one["frame"] for one in evidence) else [],
        "evidence": evidence,
    }


def told_evidence(reader: Reader, row: Row) -> Row:
    """A row of ``Reader.evidence`` with its place, the commands that show its bytes, and what was read out of them."""
    chain, path, inner = row["chain"], row["source_path"], row["path"] or ""
    display_filter = row["display_filter"] or ""
    return {
        "id": row["id"],
        "source": path,
        "sha256": row["source_sha256"],
        "path": inner,
        **{name: row[name] for name in ("frame", "time", "offset", "length", "excerpt")},
        "display_filter": display_filter,
        "place": msgspec.to_builtins(chain),
        "commands": list(commands(chain, path, inner, display_filter, f"evidence {row['id']}")),
        "decoded": decoded(reader, row),
    }


def _with_source(reader: Reader, row: Row) -> Row:
    (source,) = reader.ask(queries.sources.one, row["source_id"])
    chain = reader.place(row["place_id"]).chain()
    return {**row, "source_path": source["path"], "source_sha256": source["sha256"], "chain": chain}


def _flow(reader: Reader, row: Row) -> Row:
    (source,) = reader.ask(queries.sources.one, row["source_id"])
    display_filter = _flow_filter(row)
    return {
        **row,
        "asset": source["asset"],
        "source": source["path"],
        "far_end": registered(row["server"]),
        "display_filter": display_filter,
        "commands": list(commands((), source["path"], "", display_filter, f"flow {row['id']}")[:-1]),
        "positions": reader.ask(queries.positions.of_flow, row["id"], _ROWS_SHOWN),
    }


def _flow_filter(row: Row) -> str:
    """Wireshark's filter for the packets of a flow."""
    version = "ipv6" if ":" in row["server"] else "ip"
    ends = f"{version}.addr == {row['client']} && {version}.addr == {row['server']}"
    if row["transport"] not in ("tcp", "udp"):
        return ends
    ports = [f"{row['transport']}.port == {port}" for port in (row["client_port"], row["server_port"]) if port]
    return " && ".join([ends, *ports])


def _endpoint(reader: Reader, row: Row) -> Row:  # noqa: ARG001
    said = registered(row["address"])
    return {**row, **{name: row[name] or said[name] for name in ("country", "as_name")}, "said_by": said["said_by"]}


def _module(reader: Reader, row: Row) -> Row:
    """A module, with the finding that it stands for."""
    return {**row, "findings": reader.ask(queries.findings.one, row.pop("finding_id"))}


def _beacon(reader: Reader, row: Row) -> Row:
    """A beacon, with its interval and chance as every form says them, and the finding that it stands for."""
    said = {
        "every": duration(row["interval_s"]),
        "by_chance": odds(row["chance"]),
        "far_end": registered(row["server"]),
    }
    return {**_module(reader, row), **said}


def _position(reader: Reader, row: Row) -> Row:
    kept = json.loads(row.pop("evidence"))
    place = reader.place(row["place_id"])
    stands = Evidence(place, bytes.fromhex(kept["excerpt"]), kept["length"], kept["frame"], path=kept["path"])
    ends = {"id": 0, "offset": stands.offset, "display_filter": stands.display_filter, "path": stands.path}
    told = told_evidence(reader, _with_source(reader, {**row, **kept, **ends, "time": row["time"]}))
    # Our own command wants the number of a finding's evidence, and this is none.
    told["commands"] = told["commands"][:-1]
    found = reader.ask(queries.findings.of_position, row["id"])
    return {**row, "far_end": registered(row["server"]), "findings": found, "evidence": [told]}


def _source(reader: Reader, row: Row) -> Row:
    (counts,) = reader.ask(queries.sources.counts, row["id"])
    return {**row, "counts": counts, "coverage": reader.ask(queries.sources.coverage_of, row["id"])}


def _detector(reader: Reader, row: Row) -> Row:
    (counted,) = reader.ask(queries.findings.count_of, row["name"])
    return {**row, "findings_stored": counted["number"]}


def _artefact(reader: Reader, row: Row) -> Row:
    """A file of an image with its source and what was seen in it."""
    seen = reader.ask(queries.observations.in_file, row["source_id"], row["path"], _ROWS_SHOWN) if row["path"] else []
    source = reader.ask(queries.named.row, "source", row["source_id"])
    return {
        **row,
        "source": source["path"],
        "asset": source["asset"],
        "observations": seen,
        "commands": [f"iotwatch extract {shell_word(source['path'])} -o inside"],
    }


_MORE: dict[str, Callable[[Reader, Row], Any]] = {
    "asset": _asset,
    "finding": _finding,
    "evidence": lambda reader, row: told_evidence(reader, _with_source(reader, row)),
    "flow": _flow,
    "beacon": _beacon,
    "module": _module,
    "endpoint": _endpoint,
    "position": _position,
    "source": _source,
    "artefact": _artefact,
    "detector": _detector,
}
