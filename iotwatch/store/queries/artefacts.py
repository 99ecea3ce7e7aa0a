"""What was opened of images, and what was not."""

from iotwatch.store.query import Query

# The files of an asset's images in the order stored.
of: Query[str] = Query(
    "SELECT artefacts.path, artefacts.sha256, artefacts.size FROM artefacts JOIN sources ON sources.id = source_id"
    " WHERE asset = ? ORDER BY artefacts.id"
)
# The files of one source (row id) that have a hash, by path; a path may come more than once.
of_source: Query[int] = Query(
    "SELECT path, sha256, type, status, size FROM artefacts WHERE source_id = ? AND sha256 != '' ORDER BY path, sha256"
)
# The hashes of what stood at a path of one source.
at: Query[int, str] = Query("SELECT sha256 FROM artefacts WHERE source_id = ? AND path = ? AND sha256 != ''")
# The largest parts of an asset's images that were not opened, so many.
unopened: Query[str, int] = Query(
    "SELECT sources.path, artefacts.path AS part, type, artefacts.status, size, note FROM artefacts JOIN sources"
    " ON sources.id = artefacts.source_id WHERE asset = ? AND artefacts.status != 'ok'"
    " ORDER BY size DESC, sources.path, artefacts.path, note LIMIT ?"
)
