"""Flows and contacts: who spoke to whom, and when."""

from iotwatch.store.query import Query

# The far ends of an asset's flows, each with what went there over all of them.
far_ends: Query[str] = Query(
    "SELECT server AS address, coalesce(server_name, '') AS name, server_port AS port, min(flows.first_seen) AS"
    " first_seen, max(flows.last_seen) AS last_seen, sum(bytes_up) AS bytes_up, sum(bytes_down) AS bytes_down,"
    " group_concat(DISTINCT protocol) AS protocol FROM flows JOIN sources ON sources.id = flows.source_id"
    " WHERE sources.asset = ? GROUP BY 1, 2, 3 ORDER BY 2, 1, 3"
)
# The contacts of an asset with the hash of their source.
contacts: Query[str] = Query(
    "SELECT contacts.*, sources.sha256 FROM contacts JOIN sources ON sources.id = contacts.source_id"
    " WHERE sources.asset = ? ORDER BY sources.sha256, contacts.id"
)
# The near ends of all contacts with the asset.
clients: Query[()] = Query("SELECT DISTINCT asset, client FROM sources JOIN contacts ON source_id = sources.id")
