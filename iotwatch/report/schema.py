"""The published JSON Schema (2020-12) of the report document."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from iotwatch.report.document import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The JSON Schema that every ``report -o FILE.json`` of this version satisfies."""
    made = msgspec.json.schema(Document)
    return {"$schema": DIALECT, "title": "iotwatch report, format version 1", **made}


def schema_text() -> str:
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"
