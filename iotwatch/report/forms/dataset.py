"""Findings and observations as Parquet by asset and day, in a folder or wherever fsspec writes (extra ``parquet``).

Hive's layout (``findings/asset=car-17/day=2026-01-05/part-0.parquet``), which DuckDB, Spark and pandas read as one table.
"""

from __future__ import annotations

import json
import os
from typing import Any

from iotwatch.errors import MissingExtra, OutputError
from iotwatch.report.forms.parquet import findings_table, pyarrow
from iotwatch.report.reader import Reader
from iotwatch.store import queries

_PARTS = ["asset", "day"]
_TEXTS = ("asset", "sha256", "path", "kind", "subject", "value", "time", "facts")
_NO_DAY = "unknown"
_DAY = len("2026-01-05")


def write_dataset(reader: Reader, target: str, asset: str = "") -> tuple[int, int]:
    """Write ``findings`` and ``observations`` below ``target``; gives the number of either.

    ``target`` is a folder, or a URL that fsspec knows (``s3://...``). What an asset's days held before is replaced, other assets
    and days stay, so that many databases write into one place. Local files are their owner's alone. Raises ``MissingExtra``
    where pyarrow or fsspec is not installed, and ``OutputError`` where nothing can be written there.
    """
    pa, pq = pyarrow()
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra("--into needs the fsspec library: pip install 'iotwatch[parquet]'") from error
    tables = {"findings": findings_table(reader, asset), "observations": _observations(pa, reader, asset)}
    mask = os.umask(0o077)
    try:
        system, root = url_to_fs(target)
        for name, table in tables.items():
            first = table.column("first_seen" if name == "findings" else "time").to_pylist()
            days = pa.array([(time or _NO_DAY)[:_DAY] for time in first], pa.string())
            pq.write_to_dataset(
                table.append_column("day", days),
                f"{root.rstrip('/')}/{name}",
                partition_cols=_PARTS,
                filesystem=system,
                basename_template="part-{i}.parquet",
                existing_data_behavior="delete_matching",
                compression="zstd",
            )
    except (ImportError, OSError, ValueError) as error:
        raise OutputError(f"cannot write to {target}: {str(error).partition(chr(10))[0]}") from error
    finally:
        os.umask(mask)
    return tables["findings"].num_rows, tables["observations"].num_rows


def _observations(pa: Any, reader: Reader, asset: str) -> Any:
    found = reader.ask(queries.observations.everywhere, asset)
    schema = pa.schema([(name, pa.string()) for name in _TEXTS] + [("count", pa.int64())])
    rows = [row | {"facts": json.dumps(row["facts"], ensure_ascii=False, sort_keys=True)} for row in found]
    return pa.Table.from_pylist(rows, schema=schema)
