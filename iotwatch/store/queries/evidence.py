"""Evidence of findings with the source it stands in."""

from iotwatch.store.query import Query

_WITH_SOURCE = (
    "SELECT evidence.*, sources.path AS source_path, sources.sha256 AS source_sha256, sources.kind AS source_kind"
    " FROM evidence JOIN sources ON sources.id = evidence.source_id WHERE"
)
# The evidence with a row id.
one: Query[int] = Query(f"{_WITH_SOURCE} evidence.id = ?")
# The evidence of a finding (row id), in the order stored.
of: Query[int] = Query(f"{_WITH_SOURCE} finding_id = ? ORDER BY evidence.id")
# The evidence that stands in one source (row id), by place, with the finding that it supports.
of_source: Query[int] = Query(
    "SELECT evidence.id, place_id, excerpt, findings.fingerprint, findings.title FROM evidence"
    " JOIN findings ON findings.id = finding_id WHERE evidence.source_id = ? ORDER BY place_id, evidence.id"
)
# Where the evidence and the positions of a finding (row id) stand: source, place and file, each once.
places: Query[int] = Query(
    "SELECT source_id, place_id, sources.path FROM evidence JOIN sources ON sources.id = source_id WHERE finding_id = ?1 UNION"
    " SELECT positions.source_id, positions.place_id, sources.path FROM finding_positions JOIN positions ON positions.id ="
    " position_id JOIN sources ON sources.id = positions.source_id WHERE finding_positions.finding_id = ?1"
)
