"""Positions that were stated, sent or not."""

from iotwatch.store.query import Query

# The positions of an asset by time, those without one first, with the hash of their source.
of: Query[str] = Query(
    "SELECT positions.*, sources.sha256 FROM positions JOIN sources ON sources.id = positions.source_id"
    " WHERE positions.asset = ? ORDER BY positions.time, sources.sha256, positions.frame, positions.dialect,"
    " positions.latitude, positions.longitude, positions.reported_id, positions.id"
)
# The positions that went over one flow (row id), so many, in the order stored.
of_flow: Query[int, int] = Query(
    "SELECT id, time, latitude, longitude, direction, dialect FROM positions WHERE flow_id = ? ORDER BY id LIMIT ?"
)
# What was read as a position from exactly the bytes of a place of a source (row ids), so many.
at: Query[int, int, int] = Query(
    "SELECT latitude, longitude, time, reported_id, facts FROM positions WHERE source_id = ? AND place_id = ? LIMIT ?",
    decoded=True,
)
# Positions found by the same method, of the source, flow (or none) and encoding of one of them (row id), which comes first.
alike: Query[int, int] = Query(
    "SELECT other.latitude, other.longitude, other.facts, other.evidence, other.transport FROM positions AS one"
    " JOIN positions AS other ON other.source_id = one.source_id AND other.flow_id IS one.flow_id AND other.method = one.method"
    " AND json_extract(other.facts, '$.encoding') = json_extract(one.facts, '$.encoding')"
    " WHERE one.id = ? ORDER BY other.id != one.id, other.id LIMIT ?",
    decoded=True,
)
# Positions that a known place proves, with all that a dialect file is learned from.
proved: Query[()] = Query(
    "SELECT positions.asset, positions.client, latitude, longitude, facts, evidence, place_id, transport, server_port"
    " FROM positions JOIN sources ON sources.id = positions.source_id WHERE method = 'known-position' AND transport != ''"
    " ORDER BY sources.sha256, positions.asset, positions.frame, positions.id",
    decoded=True,
)
# The positions of a finding (row id) that went by TCP or UDP in their dialect alone, with evidence and file.
spoken_bare: Query[int] = Query(
    "SELECT positions.evidence, positions.place_id, sources.path, positions.dialect, positions.server_port,"
    " positions.transport FROM finding_positions JOIN positions ON positions.id = position_id JOIN flows ON flows.id = flow_id"
    " JOIN sources ON sources.id = positions.source_id WHERE finding_id = ? AND flows.protocol = positions.dialect AND"
    " positions.transport IN ('tcp', 'udp') AND positions.server_port > 0 ORDER BY positions.id"
)
