"""Observations: what was said or shown, by whom, and in which bytes. Kinds that are given are a JSON list."""

from iotwatch.store.query import Query

_OF_SOURCES = "FROM observations JOIN sources ON sources.id = source_id WHERE"
_KINDS = "observations.kind IN (SELECT value FROM json_each(?))"
# How often each value of the kinds was seen of each subject of an asset; those of no subject last.
traces: Query[str, str] = Query(
    f"SELECT subject, observations.kind, value, sum(count) AS count {_OF_SOURCES} sources.asset = ? AND {_KINDS}"
    " GROUP BY 1, 2, 3 ORDER BY subject = '', subject, observations.kind, value"
)
# Each value of the kinds once for each asset that has it.
shared: Query[str] = Query(f"SELECT DISTINCT asset, observations.kind, value {_OF_SOURCES} {_KINDS}")
# What an asset's images say in words.
texts: Query[str] = Query(
    f"SELECT DISTINCT observations.kind, value {_OF_SOURCES} asset = ?"
    " AND observations.kind IN ('text', 'text.url', 'apn', 'component')"
)
# Certificates and private keys in an asset's images, each with the file that holds it.
certificates: Query[str] = Query(
    "SELECT observations.id, observations.kind, value, json_extract(evidence, '$.path') AS path,"
    " json_extract(facts, '$.sha256') AS sha256, json_extract(facts, '$.not_after') AS not_after,"
    f" json_extract(facts, '$.form') AS form {_OF_SOURCES} asset = ? AND observations.kind IN ('certificate', 'key.private')"
)
# What one file of a source (row id, path) says, so many.
in_file: Query[int, str, int] = Query(
    "SELECT kind, value, count FROM observations WHERE source_id = ? AND json_extract(evidence, '$.path') = ? ORDER BY id LIMIT ?"
)
# URLs that an asset asked for or that stand in its images; ``inactive`` where no program uses it.
urls: Query[str] = Query(
    "SELECT DISTINCT observations.kind, value, json_extract(observations.facts, '$.inactive') AS inactive"
    f" {_OF_SOURCES} sources.asset = ? AND observations.kind IN ('http.url', 'text.url')"
)
# Names of servers and of programs that an asset gave in clear, with evidence and file.
names: Query[str] = Query(
    f"SELECT observations.kind, value, observations.facts, evidence, sources.path {_OF_SOURCES} sources.asset = ?"
    " AND observations.kind IN ('dns.query', 'tls.sni', 'http.host', 'http.agent')"
    " ORDER BY observations.kind, value, sources.sha256, observations.id",
    decoded=True,
)
# Programs of an image (row id) that tell their name and version, with the path that told it.
components: Query[int] = Query(
    "SELECT json_extract(facts, '$.name') AS name, json_extract(facts, '$.version') AS version, json_extract(facts, '$.list')"
    " AS listed, json_extract(facts, '$.architecture') AS architecture, json_extract(evidence, '$.path') AS path"
    " FROM observations WHERE source_id = ? AND kind = 'component' ORDER BY name, version, path"
)
# The frames of a source's (row id) DNS answers whose facts are LIKE the text.
answers: Query[int, str] = Query(
    "SELECT json_extract(evidence, '$.frame') AS frame FROM observations WHERE source_id = ? AND kind = 'dns.answer'"
    " AND facts LIKE ?"
)
# What was read from exactly the bytes of a place of a source (row ids), so many.
at: Query[int, int, int] = Query(
    "SELECT kind, value FROM observations WHERE source_id = ? AND json_extract(evidence, '$.place') = ? ORDER BY id LIMIT ?"
)
# What was read from cuts of a source (row id) that have the parent of a place (row id) and begin between two of its bytes.
inside: Query[int, int, int, int] = Query(
    "SELECT kind, value, places.id AS place FROM observations JOIN places ON places.id = json_extract(observations.evidence,"
    " '$.place') WHERE observations.source_id = ?1 AND places.source_id = ?1 AND places.parent IS (SELECT parent FROM places"
    " WHERE id = ?2) AND json_extract(operation, '$.spans[0][0]') BETWEEN ?3 AND ?4 ORDER BY observations.id LIMIT 2000"
)
# All that was seen, with its source; of one asset where its name is given, else of all.
everywhere: Query[str] = Query(
    f"SELECT asset, sources.sha256, sources.path, observations.kind, subject, value, time, count, facts {_OF_SOURCES}"
    " ?1 IN ('', asset) ORDER BY asset, sources.sha256, sources.path, observations.kind, subject, value, observations.id",
    decoded=True,
)
