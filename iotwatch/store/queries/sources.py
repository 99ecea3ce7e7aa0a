"""Sources, what they cover, and what hangs on them."""

from iotwatch.store.query import Query

# The sources of an asset that are evidence, by path.
of: Query[str] = Query(
    "SELECT * FROM sources WHERE asset = ? AND status != 'skipped' ORDER BY path, sha256", decoded=True
)
# The source with a row id.
one: Query[int] = Query("SELECT path, sha256, asset FROM sources WHERE id = ?")
# How many rows hang on the source with a row id.
counts: Query[int] = Query(
    "SELECT (SELECT count(*) FROM flows WHERE source_id = sources.id) AS flows, (SELECT count(*) FROM positions WHERE"
    " source_id = sources.id) AS positions, (SELECT count(*) FROM observations WHERE source_id = sources.id) AS observations,"
    " (SELECT count(*) FROM artefacts WHERE source_id = sources.id) AS artefacts FROM sources WHERE id = ?"
)
signatures_versions: Query[()] = Query(
    "SELECT DISTINCT signatures_version FROM sources WHERE status != 'skipped' ORDER BY signatures_version"
)
# Every source that was read, with who read it and when, by path.
scanned: Query[()] = Query(
    "SELECT sources.id, path, asset, sha256, sources.version, sources.signatures_version, runs.started AS scanned FROM sources"
    " LEFT JOIN runs ON runs.id = run_id WHERE status != 'skipped' AND sha256 != '' ORDER BY path, asset, sources.id"
)
# Each image once, of one asset or (empty) of all, by asset and hash.
images: Query[str] = Query(
    "SELECT sha256, asset, min(path) AS path, min(id) AS id FROM sources WHERE kind = 'firmware' AND sha256 != ''"
    " AND ? IN ('', asset) GROUP BY sha256, asset ORDER BY asset, sha256"
)
# What was covered and what was not: of an asset source by source, of one source (row id), and over all of an asset's.
coverage: Query[str] = Query(
    "SELECT path, measure, value, note, subject FROM coverage JOIN sources ON sources.id = coverage.source_id"
    " WHERE asset = ? ORDER BY path, measure, subject, note, value"
)
coverage_of: Query[int] = Query("SELECT measure, subject, value, note FROM coverage WHERE source_id = ? ORDER BY id")
coverage_sums: Query[str] = Query(
    "SELECT '' AS path, measure, sum(value) AS value, coalesce(note, '') AS note, subject FROM coverage JOIN sources"
    " ON sources.id = coverage.source_id WHERE asset = ? GROUP BY measure, subject, note ORDER BY measure, subject, note"
)
# What was missing of the walls around the readers of images, in the last run.
unwalled: Query[()] = Query(
    "SELECT DISTINCT note FROM coverage JOIN sources ON sources.id = coverage.source_id"
    " WHERE run_id = (SELECT max(id) FROM runs) AND measure = 'unpack.sandbox' ORDER BY note"
)
# When the captures of an asset listened, with the place of listening.
stretches: Query[str] = Query(
    "SELECT vantage, stretches.first_seen, stretches.last_seen FROM stretches JOIN sources"
    " ON sources.id = stretches.source_id WHERE asset = ? AND kind = 'capture' AND status != 'skipped'"
    " ORDER BY vantage, stretches.first_seen, stretches.last_seen"
)
