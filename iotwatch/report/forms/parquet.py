"""Findings as a Parquet file through pyarrow (extra ``parquet``): one row a finding, lists as lists, evidence as structures."""

from __future__ import annotations

import json
from typing import IO, Any

from iotwatch.errors import MissingExtra
from iotwatch.report.forms.export import records
from iotwatch.report.reader import Reader

_TEXTS = (
    *("fingerprint", "asset", "kind", "subject", "title", "severity", "confidence", "detector", "signature"),
    *("first_seen", "last_seen"),
)
_LISTS = ("reasons", "doubts", "aliases")
_EVIDENCE_TEXTS = ("sha256", "path", "time", "excerpt", "display_filter")
_EVIDENCE_NUMBERS = ("frame", "offset", "length")


def write_parquet(reader: Reader, out: IO[bytes], asset: str = "") -> int:
    """Write all findings; gives their number. ``MissingExtra`` where pyarrow is not installed."""
    _, pq = pyarrow()
    found = findings_table(reader, asset)
    pq.write_table(found, out, compression="zstd")
    return int(found.num_rows)


def pyarrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet; ``MissingExtra`` where they are not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("Parquet needs the pyarrow library: pip install 'iotwatch[parquet]'") from error
    return pa, pq


def findings_table(reader: Reader, asset: str = "") -> Any:
    """All findings as an Arrow table.

    ``facts`` differ by kind, so they are one column of JSON text, as is each evidence's ``place``. Evidence ``time`` is text.
    """
    pa, _ = pyarrow()
    evidence = pa.struct(
        [(name, pa.string()) for name in (*_EVIDENCE_TEXTS, "place")]
        + [(name, pa.int64()) for name in _EVIDENCE_NUMBERS]
    )
    schema = pa.schema(
        [(name, pa.string()) for name in _TEXTS]
        + [("detector_version", pa.int64())]
        + [(name, pa.list_(pa.string())) for name in _LISTS]
        + [("facts", pa.string()), ("evidence", pa.list_(evidence))]
    )
    return pa.Table.from_pylist([_row(record) for record in records(reader, asset)], schema=schema)


def _row(record: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {name: _text(record[name]) for name in _TEXTS}
    row["detector_version"] = record["detector_version"]
    row.update({name: [str(one) for one in record[name] or ()] for name in _LISTS})
    row["facts"] = json.dumps(record["facts"], ensure_ascii=False, sort_keys=True)
    row["evidence"] = [
        {name: _text(one[name]) for name in _EVIDENCE_TEXTS}
        | {name: one[name] for name in _EVIDENCE_NUMBERS}
        | {"place": json.dumps(one["place"], sort_keys=True)}
        for one in record["evidence"]
    ]
    return row


def _text(value: object) -> str | None:
    return None if value is None else str(value)
