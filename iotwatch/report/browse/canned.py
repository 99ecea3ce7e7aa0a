"""What the tables hold, and the queries people ask first: data for ``browse``."""

from __future__ import annotations

import msgspec


class Query(msgspec.Struct, frozen=True):
    """A named question; ``:asset`` empty means all assets."""

    title: str
    description: str
    sql: str


TABLES = {
    "runs": "One row per scan.",
    "assets": "Cars or devices under test, with their verdict and why.",
    "sources": "Input files with SHA-256, where they were taken, and whether they were read whole.",
    "flows": "Conversations: one row per five-tuple.",
    "contacts": "A client reaching a far end; times are packed 64-bit deltas in microseconds.",
    "endpoints": "Far ends that a signature or a data base knows.",
    "beacons": "Repeated outbound contact; chance is how likely such regularity comes by accident.",
    "modules": "Cellular modules, hosts that can drive one, and chipsets.",
    "positions": "Every place that was stated; direction up leaves over a network, broadcast is radio to whoever listens.",
    "artefacts": "Files and parts found inside images.",
    "detectors": "The questions that were asked, and what answers them falsely.",
    "findings": "What observations mean; severity is how bad if true, confidence how sure.",
    "finding_positions": "Which positions stand behind a finding.",
    "places": "Where bytes stand: a tree of cuts and named steps.",
    "evidence": "Where each finding stands in its source.",
    "observations": "What was seen, once per kind, subject and value of a source.",
    "coverage": "What was, and was not, looked at.",
    "changes": "What the latest sweep of an asset changed: its verdict, and findings that are new, changed or gone.",
    "decisions": "The analysts' words: expected or explained, by whom, why, until when.",
}

QUERIES = {
    "verdicts": Query(
        "Verdicts",
        "Assets with verdict and number of findings.",
        "SELECT name, verdict, verdict_reason, (SELECT count(*) FROM findings WHERE findings.asset = assets.name) AS findings"
        " FROM assets ORDER BY verdict, name",
    ),
    "worst_findings": Query(
        "Findings, worst first",
        "Behaviour observed, intent not judged.",
        "SELECT id, asset, severity, confidence, title, subject, reasons, doubts FROM findings"
        " WHERE :asset = '' OR asset = :asset ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium'"
        " THEN 2 WHEN 'low' THEN 3 ELSE 4 END, confidence, asset, title",
    ),
    "far_ends_by_positions": Query(
        "Who was sent positions",
        "Far ends by the number of positions that left for them.",
        "SELECT server_name, server, server_port, count(*) AS positions, count(DISTINCT asset) AS assets, min(time) AS first,"
        " max(time) AS last FROM positions WHERE direction = 'up' GROUP BY 1, 2, 3 ORDER BY positions DESC",
    ),
    "devices_in_several_assets": Query(
        "The same device in several assets",
        "Ids that devices reported, seen in more than one car.",
        "SELECT reported_id, count(DISTINCT asset) AS assets, group_concat(DISTINCT asset) AS which FROM positions"
        " WHERE reported_id != '' GROUP BY 1 HAVING assets > 1 ORDER BY assets DESC",
    ),
    "rarity": Query(
        "Findings by rarity",
        "In how many of all assets the same finding stands, the rarest first.",
        "SELECT title, kind, count(DISTINCT asset) AS assets, (SELECT count(*) FROM assets) AS of_assets FROM findings"
        " GROUP BY 1, 2 ORDER BY assets, title",
    ),
    "names_asked_for": Query(
        "Names asked for",
        "Host names in DNS, TLS and HTTP, with how often.",
        "SELECT value AS name, observations.kind, asset, sum(count) AS times FROM observations JOIN sources ON sources.id ="
        " observations.source_id WHERE observations.kind IN ('dns.query', 'tls.sni', 'http.host') AND (:asset = '' OR asset"
        " = :asset) GROUP BY 1, 2, 3 ORDER BY times DESC",
    ),
    "evidence_of_finding": Query(
        "Evidence of a finding",
        "By the beginning of its id.",
        "SELECT findings.title, sources.path, sources.sha256, frame, evidence.time, offset, length, display_filter FROM"
        " evidence JOIN findings ON findings.id = finding_id JOIN sources ON sources.id = evidence.source_id"
        " WHERE findings.fingerprint LIKE :fingerprint || '%' ORDER BY evidence.id",
    ),
    "not_covered": Query(
        "What was not covered",
        "Sources that were not read whole, and measures of each.",
        "SELECT asset, path, status, reason, measure, value, note FROM sources LEFT JOIN coverage ON coverage.source_id ="
        " sources.id WHERE status != 'skipped' ORDER BY asset, path, measure",
    ),
}
