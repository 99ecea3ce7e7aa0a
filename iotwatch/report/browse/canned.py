"""The queries people ask first: data for ``browse``."""

from __future__ import annotations

import msgspec


class Query(msgspec.Struct, frozen=True):
    """A named question; ``:asset`` empty means all assets."""

    title: str
    description: str
    sql: str


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
        "SELECT asset, path, status, reason, measure, subject, value, note FROM sources LEFT JOIN coverage ON coverage.source_id ="
        " sources.id WHERE status != 'skipped' ORDER BY asset, path, measure",
    ),
}
