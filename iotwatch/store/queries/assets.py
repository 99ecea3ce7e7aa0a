"""Assets, and what a judgement wrote of one beside its findings."""

from iotwatch.store.query import Query

# All assets by name, with their verdict and the numbers of their findings and sources.
every: Query[()] = Query(
    "SELECT name, verdict, verdict_reason, verdict_ground, verdict_findings, judged_at, first_seen, last_seen,"
    " (SELECT count(*) FROM findings WHERE findings.asset = assets.name) AS findings,"
    " (SELECT count(*) FROM sources WHERE sources.asset = assets.name AND status != 'skipped') AS sources"
    " FROM assets ORDER BY name",
    decoded=True,
)
# When the database was judged last, and how many scans there were.
judged: Query[()] = Query("SELECT max(judged_at) AS judged_at, (SELECT count(*) FROM runs) AS scans FROM assets")
beacons: Query[str] = Query(
    "SELECT b.*, f.fingerprint, json_extract(f.facts, '$.pattern') AS pattern,"
    " json_extract(f.facts, '$.second_interval_s') AS second_interval_s"
    " FROM beacons b LEFT JOIN findings f ON f.id = b.finding_id WHERE b.asset = ?"
    " ORDER BY b.chance, b.score DESC, b.server_name, b.server, b.port, b.client, b.kind"
)
modules: Query[str] = Query("SELECT * FROM modules WHERE asset = ? ORDER BY role DESC, vendor, model, imei, iccid")
endpoints: Query[str] = Query("SELECT * FROM endpoints WHERE asset = ? ORDER BY name, address, purpose")
# The names of all known far ends with the asset.
endpoint_names: Query[()] = Query("SELECT DISTINCT asset, name FROM endpoints WHERE name != ''")
# What the latest sweep changed: of one asset, and of each.
changes: Query[str] = Query("SELECT * FROM changes WHERE asset = ? ORDER BY id")
all_changes: Query[()] = Query("SELECT asset, what, change, before FROM changes ORDER BY id")
